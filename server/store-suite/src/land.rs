//! Looking things up.

use std::collections::BTreeMap;

use domain::{
    LandCode, Localized,
    dataset::DatasetInfo,
    dictionary::Coded,
    extent::FoundFeature,
    lifecycle::{LifecycleEvent, Stage},
    policy::Field,
    record::{ParcelRecord, Value},
    restriction::{Finding, LayerAnswer},
};
use geo::{Area, Contains, Geometry, Intersects, LineString, MultiPolygon, Point, Polygon};
use jiff::civil::date;
use store::{BaseFeature, BaseKind, Bounds, Change, Ending, Imports, SearchQuery, Store};

use super::{Storage, samples::*};

fn full_parcel() -> ParcelRecord {
    let (x, y) = corner(1);
    let outer = square(x, y, 0.0005).exterior().clone();
    let hole = square(x + 0.0001, y + 0.0001, 0.0001).exterior().clone();
    ParcelRecord {
        local_id: Some("12-345".into()),
        fields: BTreeMap::from([
            (Field::Location, Value::Localized(Localized::new("永安街", "Yong'an Street"))),
            (Field::LandUse, Value::Coded(Coded::new("land-use-planning", "2023-11", "0701"))),
            (Field::ParcelArea, Value::AreaM2(0.1 + 0.2)),
            (Field::FloorAreaRatio, Value::Number(2.000_000_000_000_000_4)),
            (Field::SupplyPrice, Value::Money { amount: 1e-7, currency: "CNY".into() }),
            (Field::BuildingYear, Value::Date(date(1998, 2, 28))),
            (Field::RightTerm, Value::Period { from: date(2000, 1, 1), to: date(2069, 12, 31) }),
            (Field::CoOwned, Value::Flag(true)),
            (Field::RegisterNotes, Value::Text("\"引号\"\n\u{0}\\".into())),
        ]),
        outline: MultiPolygon(vec![
            Polygon::new(outer, vec![hole]),
            square(x + 0.01, y, 1.234_567_890_123e-4),
        ]),
        events: vec![LifecycleEvent {
            stage: Stage::Supplied,
            date: date(2000, 1, 1),
            title: Localized::same("出让"),
            document: Some("浙土 1".into()),
        }],
        predecessors: vec![parcel_code(100), parcel_code(101)],
        successors: vec![parcel_code(102)],
        valid_from: Some(date(2000, 1, 1)),
        valid_to: Some(date(2026, 1, 1)),
        ..parcel(1)
    }
}

pub async fn a_record_comes_back_as_it_went_in<S: Store + Imports>(place: &Storage<S>) {
    let parcels = [full_parcel(), parcel(2)];
    let version = publish(&place.open(), "deqing", &parcels);
    let store = place.open();
    for parcel in parcels {
        let record = store.record(&LandCode::Parcel(parcel.code)).await.unwrap().unwrap();
        assert_eq!(record.parcel, parcel);
        assert_eq!((record.unit, record.findings, record.layers), (None, vec![], vec![]));
        assert_eq!(record.version, version);
    }
    let datasets = all(&store).await;
    let text = "12-345".into();
    let query = SearchQuery { text, limit: 5, datasets, ..SearchQuery::default() };
    let found = store.search(&query).await.unwrap();
    assert_eq!((found.matched, found.more), (1, false));
    let [hit] = found.hits.try_into().unwrap();
    assert_eq!((hit.code, hit.dataset.as_str()), (parcel_code(1), "deqing"));
    assert_eq!(hit.local_id.as_deref(), Some("12-345"));
    assert_eq!(hit.location.as_deref(), Some("永安街"));
    assert!(full_parcel().outline.contains(&Point::from(hit.centre.unwrap())), "{:?}", hit.centre);
}

pub async fn units_are_found_on_their_parcel<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_parcel(&parcel(1), &[], &[]).unwrap();
    import.put_unit(&unit(1, 1)).unwrap();
    import.publish(at(1)).unwrap();
    let record = async |code| store.record(&code).await.unwrap();
    let with = record(LandCode::Unit(unit_code(1, 1))).await.unwrap();
    assert_eq!(with.unit, Some(unit(1, 1)));
    // A unit that is not known: the parcel is still given.
    let without = record(LandCode::Unit(unit_code(1, 2))).await.unwrap();
    assert_eq!((without.unit, without.parcel), (None, parcel(1)));
    let bare = record(LandCode::Unit(parcel_code(1).parcel_unit())).await.unwrap();
    assert_eq!(bare.unit, None);
    assert_eq!(record(LandCode::Unit(unit_code(2, 1))).await, None);
}

pub async fn layers_say_whether_they_reach_the_parcel<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    for turn in 0..2 {
        let mut import = store.begin_import(&dataset("deqing")).unwrap();
        import.put_layer(&layer("zoning")).unwrap();
        import.put_layer(&layer("farmland")).unwrap();
        import.put_restriction("farmland", &restriction("f1", 120.0, 30.5)).unwrap();
        import.put_restriction("farmland", &restriction("f2", 120.0, 30.5)).unwrap();
        let findings = [finding("farmland", "f2", 0.7), finding("farmland", "f1", 0.001)];
        import.put_parcel(&parcel(1), &findings, &["farmland".into()]).unwrap();
        import.publish(at(turn)).unwrap();
        let record = store.record(&code(1)).await.unwrap().unwrap();
        let answer = |id, covers| LayerAnswer { layer: layer(id).info.into(), covers };
        assert_eq!(record.layers, [answer("zoning", false), answer("farmland", true)]);
        let of = |finding: &Finding| kept(finding, &restriction(&finding.feature, 120.0, 30.5));
        assert_eq!(record.findings, findings.map(|finding| of(&finding)));
    }
}

pub async fn what_was_found_comes_with_its_ground_and_of_the_layers_asked_for_alone<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    let mut versions = Vec::new();
    for x in [120.0, 121.0] {
        let mut import = store.begin_import(&dataset("deqing")).unwrap();
        for name in ["zoning", "farmland"] {
            import.put_layer(&layer(name)).unwrap();
            for id in ["f1", "f2", "f3"] {
                import.put_restriction(name, &restriction(id, x, 30.5)).unwrap();
            }
        }
        let findings = [("farmland", "f2"), ("zoning", "f1"), ("farmland", "f1")];
        let findings = findings.map(|(layer, feature)| finding(layer, feature, 0.5));
        import.put_parcel(&parcel(1), &findings, &[]).unwrap();
        versions.push(import.publish(at(0)).unwrap());
    }
    let found = async |version, layers: &[&str]| {
        let layers: Vec<String> = layers.iter().map(|name| (*name).to_owned()).collect();
        store.found_features(version, &parcel_code(1), &layers).await.unwrap()
    };
    let feature = |layer: &str, id: &str, x: f64| FoundFeature {
        layer: layer.into(),
        feature: id.into(),
        label: restriction(id, x, 30.5).label,
        ground: restriction(id, x, 30.5).outline,
    };
    let farmland = |x| [feature("farmland", "f2", x), feature("farmland", "f1", x)];
    assert_eq!(found(&versions[1], &["farmland", "unknown"]).await, farmland(121.0));
    assert_eq!(found(&versions[1], &["zoning"]).await, [feature("zoning", "f1", 121.0)]);
    assert_eq!(found(&versions[1], &[]).await, []);
    // The version before is kept for a rollback: who began with it is answered of it.
    assert_eq!(found(&versions[0], &["farmland"]).await, farmland(120.0));
    let other = store.found_features(&versions[1], &parcel_code(2), &["zoning".into()]).await;
    assert_eq!(other.unwrap(), []);
}

pub async fn the_newest_import_of_a_code_answers<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "old", &[parcel_at(1, "旧地址一号", 120.0, 30.5)]);
    publish(&store, "new", &[parcel_at(1, "新地址一号", 120.0, 30.5)]);
    let dataset = async || store.record(&code(1)).await.unwrap().unwrap().version.dataset.id;
    assert_eq!(dataset().await, "new");
    // A search finds what the record would show, and no other.
    assert_eq!(found(&store, "旧地址").await, []);
    assert_eq!(found(&store, "新地址").await, [parcel_code(1)]);
    assert_eq!(found(&store, parcel_code(1).as_str()).await, [parcel_code(1)]);
    publish(&store, "old", &[parcel_at(1, "旧地址一号", 120.0, 30.5)]);
    assert_eq!(dataset().await, "old");
}

pub async fn the_newest_source_of_a_code_answers_before_the_newest_import<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let publish = |id: &str, day: jiff::civil::Date, location: &str| {
        let info = DatasetInfo { source_date: day, ..dataset(id) };
        let mut import = store.begin_import(&info).unwrap();
        let parcel = ParcelRecord {
            successors: vec![parcel_code(if id == "new" { 7 } else { 8 })],
            ..parcel_at(1, location, 120.0, 30.5)
        };
        assert!(import.put_parcel(&parcel, &[], &[]).unwrap());
        import.publish(at(0)).unwrap();
    };
    publish("new", date(2026, 2, 1), "新地址一号");
    publish("old", date(2026, 1, 31), "旧地址一号");
    let record = store.record(&code(1)).await.unwrap().unwrap();
    assert_eq!(record.version.dataset.id, "new");
    assert_eq!(found(&store, "旧地址").await, []);
    assert_eq!(found(&store, "新地址").await, [parcel_code(1)]);
    let ties = store.lineage(&parcel_code(1)).await.unwrap();
    assert_eq!(ties[0].successors.first(), Some(&parcel_code(7)));
}

pub async fn classified_parcels_are_never_found<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut secret = parcel_at(1, "保密路 1 号", 120.0, 30.5);
    secret.local_id = Some("S-1".into());
    publish(&store, "open", &[secret.clone(), parcel_at(2, "保密路 2 号", 120.001, 30.5)]);
    secret.classified = true;
    publish(&store, "military", std::slice::from_ref(&secret));
    for text in ["保密路", "保密", "S-1", "330521001001GB", "GB000"] {
        let others = found(&store, text).await;
        assert!(!others.contains(&parcel_code(1)), "{text}");
    }
    assert_eq!(found(&store, parcel_code(1).as_str()).await, []);
    let everywhere = Bounds { west: 119.0, south: 30.0, east: 121.0, north: 31.0 };
    assert_eq!(found_in(&store, "", Some(everywhere)).await, [parcel_code(2)]);
    assert_eq!(store.record(&code(1)).await.unwrap(), None);
    assert!(store.is_classified(&parcel_code(1)).await.unwrap());
    assert!(!store.is_classified(&parcel_code(2)).await.unwrap());
    // A later data set that does not know it is classified uncovers nothing.
    secret.classified = false;
    publish(&store, "later", &[secret]);
    assert_eq!(store.record(&code(1)).await.unwrap(), None);
    assert_eq!(found(&store, parcel_code(1).as_str()).await, []);
    assert!(!found(&store, "保密路").await.contains(&parcel_code(1)));
}

pub async fn codes_come_page_by_page_in_their_order<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let numbered = |numbers: &[u32]| numbers.iter().copied().map(parcel).collect::<Vec<_>>();
    publish(&store, "one", &numbered(&[7, 3, 5]));
    // The second version is the current one, and both data sets have 4.
    publish(&store, "one", &numbered(&[9, 3, 4]));
    publish(&store, "two", &numbered(&[1, 4, 8]));
    publish(&store, "other", &numbered(&[2, 6]));
    let secret = ParcelRecord { classified: true, ..parcel(8) };
    publish(&store, "military", &[secret]);
    let pages = store::read(&store, |moment| {
        let datasets = ["one", "two", "military"].map(str::to_owned);
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = moment.codes_after(after.as_ref(), &datasets, 2)?;
            after = page.last().copied().or(after);
            if page.is_empty() {
                break Ok(pages);
            }
            pages.push(page);
        }
    });
    let pages = pages.await.unwrap();
    assert_eq!(pages, [[1, 3].map(parcel_code), [4, 9].map(parcel_code)]);
    let none = store::read(&store, |moment| moment.codes_after(None, &[], 10)).await.unwrap();
    assert_eq!(none, [], "of no data set none");
}

pub async fn p5_nothing_is_drawn_where_classified_land_lies<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let secret =
        ParcelRecord { classified: true, ..parcel_at(1, "保密路 1 号", 120.0103, 30.5103) };
    let everywhere = Bounds { west: 119.0, south: 30.0, east: 121.0, north: 31.0 };
    let lake = MultiPolygon(vec![square(120.0, 30.5, 0.03)]);
    let road = LineString::from(vec![(119.99, 30.5104), (120.03, 30.5107)]);
    let near = square(120.0099, 30.5102, 0.0003);
    let far = square(120.02, 30.52, 0.0003);
    let publish_map = |id: &str| {
        let mut import = store.begin_import(&dataset(id)).unwrap();
        for (kind, geometry) in [
            (BaseKind::Water, Geometry::from(lake.clone())),
            (BaseKind::Road, Geometry::from(road.clone())),
            (BaseKind::Building, Geometry::from(near.clone())),
            (BaseKind::Building, Geometry::from(far.clone())),
            (BaseKind::Label, Geometry::from(Point::new(120.0105, 30.5105))),
        ] {
            import.put_base(&BaseFeature { kind, name: None, geometry }).unwrap();
        }
        import.publish(at(1)).unwrap();
    };
    let drawn = async |id: &str| store.base_map(id, everywhere, 100).await.unwrap().features;
    // One map before, one in the same import after the parcel, one after.
    publish_map("before");
    assert_eq!(drawn("before").await.len(), 5);
    publish(&store, "military", std::slice::from_ref(&secret));
    publish_map("after");
    for id in ["before", "after"] {
        let map = drawn(id).await;
        assert_eq!(map.len(), 3, "{id}: the house next to it and the name go whole");
        for feature in &map {
            assert!(!feature.geometry.intersects(&secret.outline), "{id}: {feature:?}");
        }
        assert!(map.iter().any(|it| it.geometry == Geometry::from(far.clone())));
        // The hole is as wide as its cells, and not as the land.
        let water = map.iter().find(|it| it.kind == BaseKind::Water).unwrap();
        let hole = lake.unsigned_area() - water.geometry.unsigned_area();
        assert!(hole > 4.0 * secret.outline.unsigned_area(), "{id}: {hole}");
        let road = map.iter().find(|it| it.kind == BaseKind::Road).unwrap();
        assert!(matches!(&road.geometry, Geometry::MultiLineString(parts) if parts.0.len() == 2));
    }
    // A map that is made current again goes the same way.
    publish_map("before");
    store.roll_back("before", None, &Change { at: at(5), by: "test".into() }).await.unwrap();
    assert_eq!(drawn("before").await.len(), 3);
}

pub async fn p5_no_other_record_names_a_classified_code<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let day = Some(date(2015, 6, 1));
    let link = |number, before: &[u32], after: &[u32], until| ParcelRecord {
        predecessors: before.iter().map(|n| parcel_code(*n)).collect(),
        successors: after.iter().map(|n| parcel_code(*n)).collect(),
        valid_to: until,
        ..parcel(number)
    };
    // While nobody classifies it, it is told.
    publish(&store, "other", &[link(1, &[], &[2, 3], day), link(3, &[1], &[], None), parcel(2)]);
    assert_eq!(store.record(&code(1)).await.unwrap().unwrap().parcel.successors.len(), 2);
    let secret = ParcelRecord { classified: true, ..link(2, &[9], &[], None) };
    publish(&store, "military", &[secret, link(4, &[], &[2], None), link(5, &[2], &[], None)]);
    // In the other data set, and in this one whichever record came first.
    let first = store.record(&code(1)).await.unwrap().unwrap().parcel;
    assert_eq!((first.successors, first.valid_to), (vec![parcel_code(3)], day));
    assert_eq!(store.record(&code(2)).await.unwrap(), None, "nor has the other its record");
    assert_eq!(store.record(&code(5)).await.unwrap().unwrap().parcel.predecessors, []);
    // It ended only into what is classified, on no day of its own: nothing is said of it.
    assert_eq!(store.record(&code(4)).await.unwrap(), None);
    assert_eq!(found(&store, parcel_code(4).as_str()).await, []);
    assert!(store.lineage(&parcel_code(2)).await.unwrap().is_empty());
    for number in [1, 3, 5] {
        let told = format!("{:?}", store.lineage(&parcel_code(number)).await.unwrap());
        assert!(!told.contains(parcel_code(2).as_str()), "{number}: {told}");
    }
    // What ended into it is never used again, though nobody says why (C7).
    let mut import = store.begin_import(&dataset("military")).unwrap();
    for number in [4, 9] {
        assert_eq!(import.ended(&parcel_code(number)).unwrap(), Some(Ending::Unnamed), "{number}");
    }
    assert_eq!(import.ended(&parcel_code(5)).unwrap(), None);
}

pub async fn the_base_map_comes_in_drawing_order<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let feature = |kind, name: Option<&str>, geometry: Geometry<f64>| BaseFeature {
        kind,
        name: name.map(str::to_owned),
        geometry,
    };
    let line = || Geometry::from(LineString::from(vec![(120.0, 30.5), (120.01, 30.51)]));
    let area = || Geometry::from(MultiPolygon(vec![square(120.0, 30.5, 0.01)]));
    let features = [
        feature(BaseKind::Label, Some("武康"), Point::new(120.001, 30.501).into()),
        feature(BaseKind::RoadMajor, Some("永安街"), line()),
        feature(BaseKind::Building, None, square(120.002, 30.502, 0.001).into()),
        feature(BaseKind::Road, None, line()),
        feature(BaseKind::Rail, None, line()),
        feature(BaseKind::Water, None, area()),
        feature(BaseKind::Boundary, None, area()),
        feature(BaseKind::Green, None, area()),
        feature(BaseKind::Road, None, Point::new(10.0, 10.0).into()),
    ];
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    for feature in &features {
        import.put_base(feature).unwrap();
    }
    let near = Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.51 };
    assert_eq!(store.base_map("deqing", near, 100).await.unwrap().features, []);
    import.publish(at(1)).unwrap();
    let kinds = async |limit| -> Vec<BaseKind> {
        let drawn = store.base_map("deqing", near, limit).await.unwrap().features;
        drawn.into_iter().map(|feature| feature.kind).collect()
    };
    assert_eq!(
        kinds(100).await,
        [
            BaseKind::Boundary,
            BaseKind::Green,
            BaseKind::Water,
            BaseKind::Building,
            BaseKind::Road,
            BaseKind::RoadMajor,
            BaseKind::Rail,
            BaseKind::Label,
        ]
    );
    // What matters most is kept, still in drawing order.
    assert_eq!(kinds(3).await, [BaseKind::Boundary, BaseKind::Water, BaseKind::RoadMajor]);
    assert_eq!(store.base_map("other", near, 100).await.unwrap().features, []);
    let drawn = store.base_map("deqing", near, 100).await.unwrap().features;
    assert_eq!(drawn.last(), Some(&features[0]));
    assert_eq!(drawn[3], features[2]);
}
