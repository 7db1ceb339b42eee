//! Where a layer is known, and where it is not (rule Z4): what was refused, filtered away, missing or
//! empty is no data, never not concerned.

use std::path::PathBuf;

use intake::{IntakeError, Report};

use crate::trial::*;

const THREE: &str = "330521001001GB00003";

/// A layer of zones over the whole data set, and more keys of its entry.
fn zones(keys: &str) -> String {
    let zoning = ZONING.replace("extent-of-file", "dataset");
    zoning.replace("    [file.layer]", &format!("{keys}\n    [file.layer]"))
}

fn zone(name: &str, geometry: &str) -> String {
    feature(format!(r#"{{"zone":"{name}"}}"#), geometry)
}

/// Three parcels of a thousandth of a degree, at 0, 20 and 40.
fn parcels(trial: &Trial) -> PathBuf {
    let codes = [(ONE, 0.), (TWO, 20.), (THREE, 40.)];
    trial.file("parcels.geojson", &collection(codes.map(|(c, x)| parcel(c, c, &square(x, 0., 1.)))))
}

fn run(trial: &Trial, zones: &str, features: &[String]) -> Result<Report, IntakeError> {
    let files = [parcels(trial), trial.file("zoning.geojson", &collection(features))];
    trial.import(&format!("{HEAD}{PARCELS}{zones}"), &files)
}

/// What the profile says of the three parcels.
fn answers(trial: &Trial) -> [&'static str; 3] {
    [ONE, TWO, THREE].map(|code| trial.zoning(code))
}

fn warned(report: &Report, words: &[&str]) {
    let text = report.to_string();
    assert!(
        report.warnings.iter().any(|warning| words.iter().all(|word| warning.contains(word))),
        "{words:?} in\n{text}"
    );
}

#[test]
fn z4_a_restriction_that_was_refused_stops_the_import() {
    let trial = Trial::new();
    // What the mapping allows of parcels is not allowed of restrictions.
    let head = HEAD.replace("max_refused = 0", "max_refused = 9");
    let bad = zone("R", r#"{"type":"Polygon","coordinates":[[[120,30],[120],[120.01,30]]]}"#);
    let files = [parcels(&trial), trial.file("zoning.geojson", &collection(&[bad]))];
    let mapping = format!("{head}{PARCELS}{}", zones(""));
    let error = trial.import(&mapping, &files).unwrap_err();
    let IntakeError::TooManyRefused { file, refused: 1, allowed: 0, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(file, "zoning.geojson");
    assert!(error.to_string().contains("max_refused"), "{error}");
    assert_eq!(trial.version(), None);
    trial.has_nothing_staged();
}

#[test]
fn z4_a_refused_restriction_costs_its_place_and_no_more() {
    let trial = Trial::new();
    let refused = [
        // All of a geometry of a kind that cannot restrict, or that is not one at all.
        r#"{"type":"Sphere","coordinates":[[[120.0195,29.9995],[120.0215,30.0015]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[120.0195,29.9995],[120.0215,30.0015],[120.0195,29.9995]]]}"#,
        // Half of it beyond the mapping's extent.
        r#"{"type":"Polygon","coordinates":[[[120.0195,30],[120.0215,30],[120.0215,31.5],[120.0195,31.5],[120.0195,30]]]}"#,
    ];
    for geometry in refused {
        let features = [zone("good", &square(-0.5, -0.5, 2.)), zone("bad", geometry)];
        let report = run(&trial, &zones("max_refused = 1"), &features).unwrap();
        assert_eq!(answers(&trial), ["concerned", "no data", "not concerned"], "{geometry}");
        warned(&report, &["zoning.geojson", "feature 2 (", "no data"]);
        // And where another feature of the layer concerns the parcel, that is said.
        let features = [zone("good", &square(19., -1., 3.)), zone("bad", geometry)];
        run(&trial, &zones("max_refused = 1"), &features).unwrap();
        assert_eq!(answers(&trial), ["not concerned", "concerned", "not concerned"], "{geometry}");
    }
}

/// Rings in thousandths of a degree from 120° east and 30° north, polygon by polygon.
fn polygons(polygons: &[&[&[[f64; 2]]]]) -> String {
    let place = |[x, y]: &[f64; 2]| [120.0 + x / 1e3, 30.0 + y / 1e3];
    let polygons: Vec<Vec<Vec<[f64; 2]>>> = polygons
        .iter()
        .map(|rings| rings.iter().map(|ring| ring.iter().map(place).collect()).collect())
        .collect();
    format!(r#"{{"type":"MultiPolygon","coordinates":{polygons:?}}}"#)
}

const FIRST: &[[f64; 2]] = &[[-0.5, -0.5], [1.5, -0.5], [1.5, 1.5], [-0.5, 1.5], [-0.5, -0.5]];
/// Over the second parcel, the way [`FIRST`] runs.
const SECOND: &[[f64; 2]] = &[[19.5, -0.5], [21.5, -0.5], [21.5, 1.5], [19.5, 1.5], [19.5, -0.5]];

#[test]
fn z4_a_line_or_point_beside_the_areas_of_a_restriction_costs_its_place() {
    let beside = [
        r#"{"type":"LineString","coordinates":[[120.0195,30.0005],[120.0215,30.0005]]}"#,
        r#"{"type":"Point","coordinates":[120.0205,30.0005]}"#,
        r#"{"type":"GeometryCollection","geometries":[
            {"type":"MultiPoint","coordinates":[[120.0205,30.0005]]}]}"#,
    ];
    for beside in beside {
        let both = format!(
            r#"{{"type":"GeometryCollection","geometries":[{},{beside}]}}"#,
            square(-0.5, -0.5, 2.)
        );
        let trial = Trial::new();
        let report = run(
            &trial,
            &zones("max_refused = 1"),
            &[zone("bad", &both), zone("good", &square(60., 0., 1.))],
        )
        .unwrap();
        assert_eq!(answers(&trial), ["no data", "no data", "not concerned"], "{beside}");
        let refused = &report.file("zoning.geojson", "restriction").unwrap().refused;
        let why = &refused.first[0].reason;
        assert!(why.contains("GeometryCollection with 1 "), "{why}");
        assert!(why.contains("`width_m`") && why.contains("`touching = true`"), "{why}");
        // With a key it is read.
        for key in ["width_m = 4", "touching = true"] {
            let trial = Trial::new();
            run(&trial, &zones(key), &[zone("both", &both)]).unwrap();
            assert_eq!(answers(&trial), ["concerned", "concerned", "not concerned"], "{beside}");
        }
    }
}

#[test]
fn z4_a_part_of_a_restriction_without_area_costs_its_place() {
    let without_area: [&[[f64; 2]]; 6] = [
        // In a line; in a line but for the last digits; there and back; there and back open.
        &[[19.5, 0.5], [20., 0.5], [21.5, 0.5], [19.5, 0.5]],
        &[[19.5, -0.5], [20.1, 0.1], [21.4, 1.4], [19.5, -0.5]],
        &[[19.5, 0.5], [21.5, 0.5], [19.5, 0.5]],
        &[[19.5, 0.5], [21.5, 0.5]],
        // There and back with more corners, and a point.
        &[[19.5, 0.5], [20.5, 0.7], [21.5, 0.5], [20.5, 0.7], [19.5, 0.5]],
        &[[20.5, 0.5], [20.5, 0.5], [20.5, 0.5], [20.5, 0.5]],
    ];
    let expected = ["concerned", "no data", "not concerned"];
    for ring in without_area {
        let parts = polygons(&[&[FIRST], &[ring]]);
        let member = polygons(&[&[ring]]);
        let collected = format!(
            r#"{{"type":"GeometryCollection","geometries":[{},{member}]}}"#,
            square(-0.5, -0.5, 2.)
        );
        // As a ring among the holes it is the same.
        let listed = polygons(&[&[FIRST, ring]]);
        for geometry in [parts, collected, listed] {
            let trial = Trial::new();
            let report = run(&trial, &zones(""), &[zone("R", &geometry)]).unwrap();
            assert_eq!(answers(&trial), expected, "{geometry}");
            warned(&report, &["zoning.geojson", "have no area", "feature 1 (R)", "no data"]);
        }
    }
    // A part that its own hole takes away whole has no area either.
    let taken = polygons(&[&[FIRST], &[SECOND, SECOND]]);
    let trial = Trial::new();
    let report = run(&trial, &zones(""), &[zone("R", &taken)]).unwrap();
    assert_eq!(answers(&trial), expected);
    let repaired = &report.file("zoning.geojson", "restriction").unwrap().repaired;
    assert!(repaired.first[0].reason.contains("a part without area was left out"), "{report}");
    // Within the rest it would say nothing new.
    let inside = polygons(&[&[FIRST, &[[0., 0.5], [1., 0.5], [0., 0.5]]]]);
    let trial = Trial::new();
    run(&trial, &zones(""), &[zone("R", &inside)]).unwrap();
    assert_eq!(answers(&trial), ["concerned", "not concerned", "not concerned"]);
}

#[test]
fn z4_a_second_outline_of_a_restriction_among_its_holes_is_never_not_concerned() {
    let turned = |ring: &[[f64; 2]]| ring.iter().rev().copied().collect::<Vec<_>>();
    let (first, second) = (turned(FIRST), turned(SECOND));
    // Over the second parcel and beyond the first outline, which it overlaps.
    let long: &[[f64; 2]] = &[[1.2, -0.5], [21.5, -0.5], [21.5, 1.5], [1.2, 1.5], [1.2, -0.5]];
    for (rings, answer) in [
        ([FIRST, SECOND], "concerned"),
        ([&first, &second], "concerned"),
        ([FIRST, &second], "no data"),
        ([&first, SECOND], "no data"),
        ([FIRST, long], "no data"),
    ] {
        let trial = Trial::new();
        run(&trial, &zones(""), &[zone("R", &polygons(&[&rings]))]).unwrap();
        assert_eq!(answers(&trial), ["concerned", answer, "not concerned"], "{rings:?}");
    }
    // An island in a hole, listed as one more hole.
    let wide: &[[f64; 2]] = &[[-9., -9.], [30., -9.], [30., 9.], [-9., 9.], [-9., -9.]];
    let hole = [[18., -2.], [18., 3.], [23., 3.], [23., -2.], [18., -2.]];
    for (rings, answer) in
        [(vec![wide, &hole], "not concerned"), (vec![wide, &hole, SECOND], "no data")]
    {
        let trial = Trial::new();
        run(&trial, &zones(""), &[zone("R", &polygons(&[&rings]))]).unwrap();
        assert_eq!(answers(&trial), ["concerned", answer, "not concerned"], "{rings:?}");
    }
    // A hole listed under the wrong part is a hole, whichever way it runs.
    let around: &[[f64; 2]] = &[[18., -2.], [23., -2.], [23., 3.], [18., 3.], [18., -2.]];
    for hole in [SECOND, &second] {
        let trial = Trial::new();
        let geometry = polygons(&[&[FIRST, hole], &[around]]);
        run(&trial, &zones(""), &[zone("R", &geometry)]).unwrap();
        assert_eq!(answers(&trial), ["concerned", "not concerned", "not concerned"], "{hole:?}");
    }
}

#[test]
fn z4_a_refused_restriction_of_unknown_place_costs_the_layer() {
    let trial = Trial::new();
    let good = zone("good", &square(-0.5, -0.5, 2.));
    let refused = [
        zone("bad", "null"),
        zone("bad", r#"{"type":"Polygon","coordinates":[]}"#),
        zone("bad", r#"{"type":"Polygon","coordinates":[[[120.02,30],["E",30],[120.02,30.001]]]}"#),
        r#"{"type":"Feature","properties":{"zone":"bad"},"geometry":"POLYGON((120 30))"}"#
            .to_owned(),
        "17".to_owned(),
    ];
    for bad in refused {
        let report = run(&trial, &zones("max_refused = 1"), &[good.clone(), bad.clone()]).unwrap();
        assert_eq!(answers(&trial), ["concerned", "no data", "no data"], "{bad}");
        warned(&report, &["zoning.geojson", "no data anywhere", "feature 2 ("]);
    }
}

#[test]
fn z4_a_restriction_without_a_name_or_with_that_of_another_restricts_all_the_same() {
    let trial = Trial::new();
    let features = [
        zone("R", &square(-0.5, -0.5, 2.)),
        zone("R", &square(19., -1., 3.)),
        feature("{}", square(39., -1., 3.)),
    ];
    let report = run(&trial, &zones(""), &features).unwrap();
    assert_eq!(answers(&trial), ["concerned"; 3]);
    assert_eq!(report.layer("zoning").unwrap().features, 3);
    let said = &report.file("zoning.geojson", "restriction").unwrap().values_left_out;
    for (number, words) in [(2, "the id of another feature"), (3, "label.zh: lacks")] {
        assert!(
            said.first.iter().any(|note| note.number == number && note.reason.contains(words)),
            "{said:?}"
        );
    }
    let found = &trial.record(THREE).unwrap().findings[0];
    assert!(found.label.en.contains("number 3"), "{found:?}");
    assert_ne!(trial.record(ONE).unwrap().findings[0].feature, found.feature);
}

#[test]
fn z4_an_empty_layer_is_no_data_unless_it_may_be_empty() {
    let trial = Trial::new();
    let filtered = "where = { property = \"zone\", equals = 1 }";
    let there = [zone("R", &square(-0.5, -0.5, 2.))];
    let rest: [(&str, &[String], &str); 2] =
        [("", &[], "no features"), (filtered, &there, "leaves out all 1")];
    for (keys, features, why) in rest {
        let report = run(&trial, &zones(keys), features).unwrap();
        assert_eq!(answers(&trial), ["no data"; 3], "{why}");
        warned(&report, &[why, "zoning.geojson", "no data", "may_be_empty"]);
        assert!(!trial.record(ONE).unwrap().layers[0].covers);

        let allowed = zones(&format!("{keys}\n    may_be_empty = true"));
        let report = run(&trial, &allowed, features).unwrap();
        assert_eq!(answers(&trial), ["not concerned"; 3], "{why}");
        warned(&report, &[why, "as its entry allows", "not concerned"]);
    }
    // The box of no features is no ground, whatever may be empty.
    let own = zones("may_be_empty = true").replace("\"dataset\"", "\"extent-of-file\"");
    run(&trial, &own, &[]).unwrap();
    assert_eq!(answers(&trial), ["no data"; 3]);
    // Leaving out a part of the file is what `where` is for.
    let some = zones("where = { property = \"zone\", equals = \"R\" }");
    run(&trial, &some, &[there[0].clone(), zone("X", &square(19., -1., 3.))]).unwrap();
    assert_eq!(answers(&trial), ["concerned", "not concerned", "not concerned"]);
}

const BOUNDED: &str = r#"
    [[file]]
    name = "border.geojson"
    role = "boundary"
"#;

fn bounded(
    trial: &Trial,
    keys: &str,
    zones_: &[String],
    border: &[String],
) -> Result<Report, IntakeError> {
    let zoning = zones("").replace("\"dataset\"", "{ boundary = \"border.geojson\" }");
    let files = [
        parcels(trial),
        trial.file("zoning.geojson", &collection(zones_)),
        trial.file("border.geojson", &collection(border)),
    ];
    trial.import(&format!("{HEAD}{PARCELS}{zoning}{BOUNDED}{keys}"), &files)
}

#[test]
fn features_of_a_boundary_stand_in_the_report_and_count() {
    let trial = Trial::new();
    let zones = [zone("R", &square(40.5, 0., 0.5))];
    let bow_tie = r#"{"type":"Polygon","coordinates":[[[120.05,30],[120.06,30.01],[120.06,30],[120.05,30.01],[120.05,30]]]}"#;
    let border = [
        feature("{}", square(-1., -1., 3.)),
        feature("{}", bow_tie),
        feature("{}", r#"{"type":"Sphere","coordinates":[[[120.019,29.9],[120.03,30.1]]]}"#),
    ];
    let Err(IntakeError::TooManyRefused { file, report, allowed: 0, .. }) =
        bounded(&trial, "", &zones, &border)
    else {
        panic!("a border was read in part");
    };
    assert_eq!(file, "border.geojson");
    let file = report.file("border.geojson", "boundary").unwrap();
    assert_eq!((file.read, file.stored, file.repaired.total, file.refused.total), (3, 2, 1, 1));
    assert_eq!(file.refused.first[0].number, 3);

    // Allowed, the ground that is missing has no data, and a finding beyond the border is shown.
    bounded(&trial, "max_refused = 1", &zones, &border).unwrap();
    assert_eq!(answers(&trial), ["not concerned", "no data", "concerned"]);
    let error = bounded(&trial, "max_refused = 1", &zones, &border[2..]).unwrap_err();
    assert!(matches!(&error, IntakeError::NoCoverage { .. }), "{error}");
    assert!(error.to_string().contains("1 refused; feature 1"), "{error}");
    trial.has_nothing_staged();
}

#[test]
fn z4_a_parcel_that_lies_partly_within_the_coverage_is_not_told_to_be_free() {
    // A parcel of 107 m by 96 m; the layer's tolerance is 1 m² and 1 %, so 1.07 m of an edge.
    let zones = [zone("R", &square(60., 0., 1.))];
    for (west, answer) in [
        (-1.0, "not concerned"),
        (0.0, "not concerned"),
        (0.000_05, "not concerned"),
        (0.009, "no data"),
        (0.5, "no data"),
        (0.99, "no data"),
        (5.0, "no data"),
    ] {
        let trial = Trial::new();
        let border = feature("{}", square(west, -10., 100.));
        bounded(&trial, "", &zones, &[border]).unwrap();
        assert_eq!(answers(&trial), [answer, "not concerned", "not concerned"], "{west}");
    }
}

#[test]
fn z4_the_extent_of_a_file_is_that_of_what_is_stored() {
    let trial = Trial::new();
    let own = zones("max_refused = 1").replace("\"dataset\"", "\"extent-of-file\"");
    // Its box would reach over all parcels, and a part of it lies beyond the mapping's extent.
    let stray = zone("stray", &square(30., 10., 2000.));
    let features = [zone("R", &square(-5., -5., 2.)), zone("R2", &square(3., 3., 2.)), stray];
    run(&trial, &own, &features).unwrap();
    assert_eq!(answers(&trial), ["not concerned", "no data", "no data"]);
}

#[test]
fn z4_another_layer_of_the_theme_does_not_hide_what_was_not_read() {
    let trial = Trial::new();
    let other =
        zones("").replace("zoning.geojson", "other.geojson").replace("\"zoning\"", "\"other\"");
    let away = collection(&[zone("far", &square(70., 0., 1.))]);
    let files =
        [parcels(&trial), trial.file("zoning.geojson", &away), trial.file("other.geojson", &away)];
    let mapping = format!("{HEAD}{PARCELS}{}{other}", zones(""));
    trial.import(&mapping, &files).unwrap();
    assert_eq!(answers(&trial), ["not concerned"; 3]);
    // A layer whose file is missing is not known either.
    let trial = Trial::new();
    let files = [parcels(&trial), trial.file("zoning.geojson", &away)];
    let report = trial.import(&mapping, &files).unwrap();
    assert_eq!(answers(&trial), ["no data"; 3]);
    warned(&report, &["other.geojson is missing", "no data"]);
}

#[test]
fn z4_a_condition_on_nothing_empties_no_layer() {
    let trial = Trial::new();
    let zoning = ZONING.replace(
        "    coverage",
        "    may_be_empty = true\n    where = { property = \"typo\", equals = \"1\" }\n    coverage",
    );
    let mapping = format!("{HEAD}{PARCELS}{zoning}").replace("\"extent-of-file\"", "\"dataset\"");
    let files = [
        trial.file("parcels.geojson", &collection(&[parcel("a", ONE, &square(0., 0., 1.))])),
        trial.file(
            "zoning.geojson",
            &collection(&[feature(r#"{"zone":"R"}"#, square(-5., -5., 20.))]),
        ),
    ];
    trial.import(&mapping, &files).unwrap();
    assert_eq!(trial.zoning(ONE), "no data");
}
