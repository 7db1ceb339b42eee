use super::*;

const SQUARE: &str =
    "120.000000, 30.500000\n120.002000, 30.500000\n120.002000, 30.502000\n120.000000, 30.502000\n";

fn fault(text: &str) -> OutlineFault {
    Outline::read(text).expect_err(text)
}

#[test]
fn sites_s13_coordinates_are_read_as_people_type_them() {
    let plain = Outline::read(SQUARE).unwrap();
    assert!((plain.area_m2() - 42_560.0).abs() < 200.0, "{}", plain.area_m2());
    for text in [
        "１２０．０００，３０．５００\n120.002，30.5\n120.002、30.502\n120　30.502",
        "J1 120.0 30.5\r\nJ2 120.002 30.5\r\n\r\nJ3 120.002 30.502\r\nJ4 120.0 30.502\r\nJ1 120.0 30.5",
        "(120.0, 30.5)\n(120.002, 30.5)\n[120.002; 30.502]\n120.0\t30.502",
        r#"{"type":"Polygon","coordinates":[[[120,30.5],[120.002,30.5],[120.002,30.502],[120,30.502],[120,30.5]]]}"#,
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":null,"geometry":{"type":"MultiPolygon","coordinates":[[[[120,30.5,8],[120.002,30.5,8],[120.002,30.502,8],[120,30.502,8]]]]}}]}"#,
    ] {
        assert_eq!(Outline::read(text).as_ref(), Ok(&plain), "{text}");
    }
    assert_eq!(Outline::read(&plain.to_geojson()).as_ref(), Ok(&plain), "and comes back as it is");
}

/// The same square in zone 40, whose meridian is 120°.
const PLANE: [(f64, f64); 4] = [
    (500_000.000, 3_375_639.0),
    (500_192.0, 3_375_639.0),
    (500_192.0, 3_375_861.0),
    (500_000.000, 3_375_861.0),
];

fn plane(line: impl Fn(f64, f64) -> String) -> String {
    PLANE.map(|(east, north)| line(east, north)).join("\n")
}

#[test]
fn sites_s13_metres_of_a_zone_are_read_right_or_refused_and_the_zone_is_never_guessed() {
    let prefixed =
        Outline::read(&plane(|east, north| format!("{}, {north}", east + 40e6))).unwrap();
    assert_eq!(prefixed.written(), Written::Plane { zone: 40 });
    // A metre is a metre.
    assert!((prefixed.area_m2() - 192.0 * 222.0).abs() < 2.0, "{}", prefixed.area_m2());
    let first = prefixed.shape().0[0].exterior().0[0];
    assert!((first.x - 120.0).abs() < 1e-9 && (first.y - 30.5).abs() < 0.001, "{first:?}");
    // The northing may stand first; the zone may be said apart.
    let surveyors = plane(|east, north| format!("{north} {}", east + 40e6));
    assert_eq!(Outline::read(&surveyors).as_ref(), Ok(&prefixed));
    for said in ["zone 40", "带号=40", "带号：40"] {
        let text = format!("{said}\n{}", plane(|east, north| format!("{east} {north}")));
        assert_eq!(Outline::read(&text).as_ref(), Ok(&prefixed), "{said}");
    }
    assert_eq!(fault(&plane(|east, north| format!("{east} {north}"))), OutlineFault::ZoneMissing);
    let other = format!("zone 39\n{surveyors}");
    assert_eq!(fault(&other), OutlineFault::OtherZone { line: 2, told: 39, written: 40 });
    assert_eq!(
        fault(&plane(|east, north| format!("{} {north}", east + 20e6))),
        OutlineFault::SixDegrees
    );
    assert_eq!(fault(&format!("zone 50\n{surveyors}")), OutlineFault::NoSuchZone { zone: 50 });
    let none = plane(|east, north| format!("{} {north}", east + 47e6));
    assert_eq!(fault(&none), OutlineFault::OutOfRange { line: 1 });
    let mixed = format!("{surveyors}\n120.0 30.5");
    assert_eq!(fault(&mixed), OutlineFault::Mixed { line: 5 });
}

#[test]
fn sites_s13_a_long_edge_in_metres_is_straight_in_its_zone() {
    let (west, south, wide, high) = (520_000.0, 3_375_639.0, 4_000.0, 200.0);
    let corners =
        [(west, south), (west + wide, south), (west + wide, south + high), (west, south + high)];
    let text = corners.map(|(east, north)| format!("{} {north}", east + 40e6)).join("\n");
    let read = Outline::read(&text).unwrap();
    let ring = &read.shape().0[0].exterior().0;
    for share in [0.25, 0.5, 0.75] {
        let between = gauss::degrees(40, west + share * wide, south);
        let is_it =
            |corner: &Coord<f64>| (*corner - between).x.hypot((*corner - between).y) < 1e-12;
        assert!(ring.iter().any(is_it), "{share}: {ring:?}");
    }
    // Short edges are left as they are.
    let short = Outline::read(&plane(|east, north| format!("{} {north}", east + 40e6))).unwrap();
    assert_eq!(short.shape().0[0].exterior().0.len(), 5);
}

fn survey(head: &str, points: &str) -> String {
    format!(
        "[属性描述]\n格式版本号=1.01\n{head}\n投影类型=高斯克吕格\n计量单位=米\n[地块坐标]\n4,4.26,1,地块一,面,,工业用地,,@\n{points}"
    )
}

#[test]
fn sites_s13_a_surveyors_file_is_read_with_its_zone_and_datum() {
    let points = PLANE.map(|(east, north)| (east, north));
    let lines = |add: f64| {
        let lines = points.iter().enumerate();
        let lines =
            lines.map(|(at, (east, north))| format!("J{},1,{north},{}", at + 1, east + add));
        lines.collect::<Vec<_>>().join("\n")
    };
    let expected =
        Outline::read(&plane(|east, north| format!("{}, {north}", east + 40e6))).unwrap();
    let head = "坐标系=2000国家大地坐标系\n几度分带=3\n带号=40";
    for add in [0.0, 40e6] {
        assert_eq!(Outline::read_file(&survey(head, &lines(add))).as_ref(), Ok(&expected));
    }
    let no_zone = survey("坐标系=2000国家大地坐标系\n几度分带=3\n带号=", &lines(0.0));
    assert_eq!(fault(&no_zone), OutlineFault::ZoneMissing);
    let old = survey("坐标系=1980西安坐标系\n几度分带=3\n带号=40", &lines(0.0));
    assert!(matches!(fault(&old), OutlineFault::OtherDatum { named } if named.contains("1980")));
    assert_eq!(
        fault(&survey("带号=40", &lines(0.0))),
        OutlineFault::OtherDatum { named: String::new() }
    );
    let six = survey("坐标系=2000国家大地坐标系\n几度分带=6\n带号=20", &lines(0.0));
    assert_eq!(fault(&six), OutlineFault::SixDegrees);
}

#[test]
fn sites_s13_a_ring_within_is_a_hole_and_one_beside_is_a_part() {
    let square = |x: f64, y: f64, side: f64, ring: u8| {
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        let lines = corners
            .iter()
            .map(|(e, n)| format!("J,{ring},{},{}", 3_375_000.0 + n, 40_500_000.0 + e));
        lines.collect::<Vec<_>>().join("\n")
    };
    let head = "坐标系=2000国家大地坐标系\n几度分带=3\n带号=40";
    let text = survey(
        head,
        &[square(0.0, 0.0, 100.0, 1), square(20.0, 20.0, 10.0, 2), square(300.0, 0.0, 10.0, 3)]
            .join("\n"),
    );
    let read = Outline::read(&text).unwrap();
    assert_eq!((read.shape().0.len(), read.shape().0[0].interiors().len()), (2, 1));
    assert!((read.area_m2() - 10_000.0).abs() < 1.0, "{}", read.area_m2());
}

#[test]
fn sites_s13_hostile_outlines_are_refused_in_words() {
    let circle = |points: usize, radius: f64| {
        let at = |at: usize| {
            let angle = at as f64 / points as f64 * std::f64::consts::TAU;
            format!("{:.9} {:.9}", 120.0 + radius * angle.cos(), 30.5 + radius * angle.sin())
        };
        (0..points).map(at).collect::<Vec<_>>().join("\n")
    };
    assert!(Outline::read(&circle(1_000, 0.001)).is_ok());
    let many_rings = |rings: usize| {
        let part = |at: usize| {
            let x = 120.0 + at as f64 * 0.001;
            format!("[[[{x},30.5],[{},30.5],[{x},30.5005],[{x},30.5]]]", x + 0.0005)
        };
        let parts = (0..rings).map(part).collect::<Vec<_>>().join(",");
        format!("{{\"type\":\"MultiPolygon\",\"coordinates\":[{parts}]}}")
    };
    assert!(Outline::read(&many_rings(30)).is_ok());
    for (text, name) in [
        (String::new(), "empty"),
        (" \r\n ".into(), "empty"),
        ("120 30.5\n120.1 30.5".into(), "too_few"),
        ("120 30.5\n120 30.5\n120.1 30.5\n120 30.5".into(), "too_few"),
        ("120 30.5\n120.002 30.502\n120.002 30.5\n120 30.502".into(), "crosses_itself"),
        ("120 30.5\n120.002 30.5\n120.001 30.5\n120.001 30.502".into(), "crosses_itself"),
        (circle(1_001, 0.001), "too_many"),
        (circle(3_000, 0.001), "too_many"),
        (many_rings(31), "too_many_rings"),
        (circle(12, 0.02), "too_large"),
        (circle(12, 1.0), "too_far"),
        ("30.5 120\n30.5 120.002\n30.502 120.002".into(), "swapped"),
        ("42.37 -71.11\n42.37 -71.10\n42.38 -71.10".into(), "swapped"),
        ("120 NaN\n120.1 30\n120 31".into(), "not_a_number"),
        ("120 inf\n120.1 30\n120 31".into(), "not_a_number"),
        ("120 1e999\n120.1 30\n120 31".into(), "not_a_number"),
        ("120 30.5 7\n120.1 30.5 7".into(), "not_a_point"),
        ("here".into(), "not_a_point"),
        ("190 30.5\n190 30.6\n191 30.6".into(), "out_of_range"),
        ("{\"type\":\"Point\",\"coordinates\":[120,30.5]}".into(), "no_polygon"),
        ("{\"type\":\"FeatureCollection\",\"features\":[]}".into(), "no_polygon"),
        ("{\"type\":\"Polygon\",\"coordinates\":[[[120,null],[1,2],[3,4]]]}".into(), "not_a_number"),
        ("{\"type\":\"Polygon\",\"coordinates\":7}".into(), "too_few"),
        ("{\"type\":\"Polygon\"".into(), "bad_json"),
        (format!("{}{}", "{\"a\":[".repeat(300), "]}".repeat(300)), "bad_json"),
        ("{\"type\":\"Polygon\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:2437\"}},\"coordinates\":[]}".into(), "other_datum"),
        ("1 2\n".repeat(60_000), "too_long"),
    ] {
        let fault = Outline::read(&text).expect_err(&text[..text.len().min(80)]);
        assert_eq!(fault.name(), name, "{fault}");
        assert!(!fault.to_string().is_empty());
    }
    assert_eq!(Outline::read_file("just a letter").unwrap_err(), OutlineFault::UnknownFile);
    for packed in [&b"PK\x03\x04zip"[..], b"\x1f\x8bgz", b"Rar!\x1a"] {
        assert!(is_packed(packed));
    }
    assert!(!is_packed(SQUARE.as_bytes()));
}
