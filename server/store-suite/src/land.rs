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
    restriction::LayerAnswer,
};
use geo::{Area, Contains, Geometry, Intersects, LineString, MultiPolygon, Point, Polygon};
use jiff::civil::date;
use store::{
    BaseFeature, BaseKind, Bounds, Change, Ending, Imports, MOST_COUNTED, ParcelHit, SearchQuery,
    SearchResult, Searched, Store,
};

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
        let answer = |id, covers| LayerAnswer { layer: layer(id).info, covers };
        assert_eq!(record.layers, [answer("zoning", false), answer("farmland", true)]);
        assert_eq!(record.findings, findings);
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

pub async fn words_of_any_length_find_addresses<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[
            parcel_at(1, "德清县武康街道永安街 12 号德清大厦附属用房", 120.0, 30.5),
            parcel_at(2, "德清县武康街道永安街 12 号", 120.0, 30.5),
            parcel_at(3, "德清县新市镇健康路 5 号", 120.0, 30.5),
            parcel_at(4, "100 Main Street", 120.0, 30.5),
        ],
    );
    // Shorter addresses first: the word is more of them.
    assert_eq!(found(&store, "武康街道").await, [2, 1].map(parcel_code));
    assert_eq!(found(&store, "永安街").await, [2, 1].map(parcel_code));
    assert_eq!(found(&store, "武康").await, [2, 1].map(parcel_code));
    assert_eq!(found(&store, "康").await, [3, 2, 1].map(parcel_code));
    assert_eq!(found(&store, "德清县 健康").await, [parcel_code(3)]);
    assert_eq!(found(&store, "武康街道 大厦附").await, [parcel_code(1)]);
    assert_eq!(found(&store, " main  STREET ").await, [parcel_code(4)]);
    // Two characters, wherever they stand in an address.
    assert_eq!(found(&store, "德清").await, [3, 2, 1].map(parcel_code));
    assert_eq!(found(&store, "大厦").await, [parcel_code(1)]);
    assert_eq!(found(&store, "用房").await, [parcel_code(1)]);
    // 永安街 is a street too, in letters.
    assert_eq!(found(&store, "ET").await, [2, 4, 1].map(parcel_code));
    assert_eq!(found(&store, "健康 5").await, [parcel_code(3)]);
    assert_eq!(found(&store, "杭州").await, []);
    assert_eq!(found(&store, "杭州市西湖区").await, []);
}

pub async fn codes_and_local_ids_come_first<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let with_id = |number, id: &str, location| ParcelRecord {
        local_id: Some(id.into()),
        ..parcel_at(number, location, 120.0, 30.5)
    };
    publish(
        &store,
        "arlington",
        &[
            with_id(1, "45-2-10", "a"),
            with_id(2, "45-2-1", "b"),
            with_id(3, "45-2-1.A", "c"),
            with_id(4, "9-9", "behind 45-2-1"),
            with_id(12, "x", "d"),
        ],
    );
    assert_eq!(found(&store, "45-2-1").await, [2, 3, 1, 4].map(parcel_code));
    assert_eq!(found(&store, "45-2-1.a").await, [parcel_code(3)]);
    assert_eq!(found(&store, "330521001001GB0000").await, [1, 2, 3, 4].map(parcel_code));
    assert_eq!(found(&store, "330521 001001 gb00012").await, [parcel_code(12)]);
    // A unit's code finds its parcel.
    assert_eq!(found(&store, unit_code(12, 1).as_str()).await, [parcel_code(12)]);
    // The middle of a code, as words are found.
    assert_eq!(found(&store, "GB00012").await, [parcel_code(12)]);
    assert_eq!(found(&store, "331").await, []);
}

pub async fn bounds_narrow_a_search<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(0), parcel(1), parcel(250)]);
    let west = Bounds { west: 119.9999, south: 30.4, east: 120.0008, north: 30.6 };
    assert_eq!(found_in(&store, "", Some(west)).await, [parcel_code(0)]);
    assert_eq!(found_in(&store, "永安街", Some(west)).await, [parcel_code(0)]);
    assert_eq!(found_in(&store, "永安", Some(west)).await, [parcel_code(0)]);
    assert_eq!(found_in(&store, parcel_code(1).as_str(), Some(west)).await, []);
    let far = Bounds { west: 10.0, south: 10.0, east: 11.0, north: 11.0 };
    assert_eq!(found_in(&store, "永安街", Some(far)).await, []);
    assert_eq!(found(&store, "").await, [0, 1, 250].map(parcel_code));
    let datasets = all(&store).await;
    let text = "永安街".into();
    let none = SearchQuery { text, datasets, ..SearchQuery::default() };
    assert_eq!(store.search(&none).await.unwrap(), SearchResult::default());
    let one = SearchQuery { limit: 1, ..none };
    assert_eq!(store.search(&one).await.unwrap().hits.len(), 1);
}

/// A parcel whose use is a class of 用地用海分类.
fn used(number: u32, location: &str, class: &str) -> ParcelRecord {
    let mut parcel = parcel_at(number, location, 120.0, 30.5);
    let class = Coded::new("land-use-planning", "2023-11", class);
    parcel.fields.insert(Field::LandUse, Value::Coded(class));
    parcel
}

pub async fn an_address_is_found_as_people_say_it<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[
            parcel_at(1, "演示镇演示智造路40号厂房", 120.0, 30.5),
            parcel_at(2, "演示镇演示智造路140号厂房", 120.0, 30.5),
            parcel_at(3, "演示镇演示学院路 4 号 住宅", 120.0, 30.5),
        ],
    );
    for text in [
        "浙江省湖州市德清县演示镇演示智造路40号",
        "浙江省德清县演示智造路40号厂房",
        "德清县演示智造路40号",
        "德清演示智造路40号",
        "演示智造路４０号",
        "演示智造路 40号",
        "40号 演示智造路",
        "40号，智造路，演示镇",
        "智造路40号演示镇",
        "Deqing County, Yanshi Town, Yanshizhizao Road, No. 40",
        "yszyszzl40",
    ] {
        assert_eq!(found(&store, text).await, [parcel_code(1)], "{text}");
    }
    for text in ["演示学院路4号", "学院路４号住宅", "演示学院路 4 号", "住宅 4号"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(3)], "{text}");
    }
    // Another county, another number, a word that is nowhere.
    for text in ["浙江省杭州市西湖区演示智造路40号", "演示智造路4号", "智造路40号酒店"]
    {
        assert_eq!(found(&store, text).await, [], "{text}");
    }
    // Nothing but where it lies.
    for text in ["德清县", "浙江省湖州市德清县", "浙江省", "德清县 浙江省"] {
        assert_eq!(found(&store, text).await.len(), 3, "{text}");
    }
    assert_eq!(found(&store, "杭州市").await, []);
}

pub async fn uses_and_kinds_are_found_in_both_languages<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(
        &store,
        "deqing",
        &[used(1, "智造路1号", "100101"), used(2, "学院路2号", "0701"), used(3, "b", "0901")],
    );
    for text in ["工业用地", "一类工业用地", "工业", "工矿用地", "industrial", "智造路 工业"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(1)], "{text}");
    }
    for text in ["住宅", "城镇住宅用地", "居住用地", "Urban housing", "学院路 住宅"]
    {
        assert_eq!(found(&store, text).await, [parcel_code(2)], "{text}");
    }
    assert_eq!(found(&store, "学院路 工业").await, []);
    for text in ["建设用地使用权", "construction land", "国有 智造路"] {
        assert!(found(&store, text).await.contains(&parcel_code(1)), "{text}");
    }
    assert_eq!(found(&store, "宅基地").await, []);
    // Where uses may not be searched they decide nothing; the kind is in the code.
    let closed = Searched { dataset: "deqing".into(), location: true, ..Searched::default() };
    for text in ["工业用地", "工业", "智造路 工业", "industrial"] {
        assert_eq!(searched(&store, text, None, std::slice::from_ref(&closed)).await, [], "{text}");
    }
    let kind = searched(&store, "国有建设用地", None, std::slice::from_ref(&closed)).await;
    assert_eq!(kind.len(), 3);
}

pub async fn pages_of_a_search_follow_one_another_and_its_count_is_true<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let some: Vec<_> = (0..47).map(parcel).collect();
    publish(&store, "few", &some);
    let page = async |text: &str, skip, limit| {
        let datasets = all(&store).await;
        let query = SearchQuery { text: text.into(), skip, limit, datasets, bounds: None };
        store.search(&query).await.unwrap()
    };
    for text in ["永安街", "永安", "永", "330521", "德清县", ""] {
        let mut codes = Vec::new();
        for skip in [0, 20, 40, 60] {
            let SearchResult { hits, matched, more } = page(text, skip, 20).await;
            assert_eq!((matched, more), (47, false), "{text}");
            codes.extend(hits.into_iter().map(|hit| hit.code));
        }
        codes.sort_unstable();
        assert_eq!(codes, (0..47).map(parcel_code).collect::<Vec<_>>(), "{text}");
    }
    // More than any search counts: it says so.
    let many: Vec<_> = (100..1_200).map(parcel).collect();
    publish(&store, "many", &many);
    for text in ["永安街", "永安", "330521", "德清县", ""] {
        let SearchResult { hits, matched, more } = page(text, MOST_COUNTED - 5, 20).await;
        assert_eq!((hits.len(), matched, more), (5, MOST_COUNTED, true), "{text}");
        assert_eq!(page(text, MOST_COUNTED, 20).await.hits, [], "{text}");
    }
}

pub async fn signs_in_a_search_are_only_signs<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel_at(1, "\"A\" 100% _x_ 'y' (OR) *号", 120.0, 30.5)]);
    for text in ["\"A\"", "100%", "0%", "_x", "'y'", "(OR)", "*号", "AND NOT", "NEAR("] {
        let expected = !matches!(text, "AND NOT" | "NEAR(");
        assert_eq!(found(&store, text).await.len(), usize::from(expected), "{text}");
    }
    for text in
        ["%", "__", "\"\"\"", "-", "\u{0}", "\u{0}\u{0}\u{0}", "\\", "^", "code:330", "😀😀😀"]
    {
        found(&store, text).await;
    }
    assert_eq!(found(&store, "__").await, []);
    found(&store, &"永".repeat(5_000)).await;
    found(&store, &"永 ".repeat(5_000)).await;
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

/// A search over `searched` alone.
async fn searched<S: Store>(
    store: &S,
    text: &str,
    bounds: Option<Bounds>,
    datasets: &[Searched],
) -> Vec<ParcelHit> {
    let datasets = datasets.to_vec();
    let query = SearchQuery { text: text.into(), bounds, skip: 0, limit: 10, datasets };
    let found = store.search(&query).await.unwrap();
    assert!(found.matched >= found.hits.len());
    found.hits
}

/// Every way of searching that a word takes: by three characters and more, by two, by one, beside a
/// longer one, as the beginning of an id.
const WAYS: [&str; 9] =
    ["永安街", "永安", "12", "永", "号", "永安街 号", "45-2-1", "45-2", "330521 永"];

pub async fn p5_what_may_not_be_searched_has_no_part_in_a_search<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let with = |number, id: &str, location, x| ParcelRecord {
        local_id: Some(id.into()),
        ..parcel_at(number, location, x, 30.5)
    };
    publish(&store, "one", &[with(1, "45-2-1", "永安街12号", 120.0), with(2, "a", "b", 120.1)]);
    let closed = Searched { dataset: "one".into(), ..Searched::default() };
    let world = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    for bounds in [None, Some(world)] {
        for text in WAYS {
            let found = searched(&store, text, bounds, std::slice::from_ref(&closed)).await;
            assert_eq!(found, [], "{text}");
            assert_eq!(searched(&store, text, bounds, &[]).await, [], "{text}");
        }
    }
    // Its codes are found, with nothing else of it; no box finds it.
    let [hit] = searched(&store, parcel_code(1).as_str(), None, std::slice::from_ref(&closed))
        .await
        .try_into()
        .unwrap();
    assert_eq!((hit.local_id, hit.location, hit.centre), (None, None, None));
    for text in ["", "330521", parcel_code(1).as_str()] {
        let found = searched(&store, text, Some(world), std::slice::from_ref(&closed)).await;
        assert_eq!(found, [], "{text}");
    }
    for open in [
        Searched { location: true, ..closed.clone() },
        Searched { local_id: true, ..closed.clone() },
    ] {
        for text in WAYS {
            let found = searched(&store, text, None, std::slice::from_ref(&open)).await;
            let by_id = ["45-2-1", "45-2"].contains(&text);
            let wanted = if by_id { open.local_id } else { open.location };
            assert_eq!(found.len(), usize::from(wanted), "{text} {open:?}");
        }
    }
}

pub async fn p5_limits_and_order_depend_on_what_may_be_searched_alone<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let street = |numbers: std::ops::Range<u32>, long: bool| -> Vec<ParcelRecord> {
        let of = |number| {
            let location = if long { "永安街的很长很长的地址" } else { "永安街" };
            parcel_at(number, location, 120.0 + f64::from(number) * 1e-5, 30.5)
        };
        numbers.map(of).collect()
    };
    // More of the hidden than any search looks at, imported first, and shorter.
    publish(&store, "hidden", &street(0..1_200, false));
    publish(&store, "half", &street(1_200..2_400, false));
    publish(&store, "open", &street(2_400..2_403, true));
    let named = |dataset: &str, location| Searched {
        dataset: dataset.into(),
        location,
        point: location,
        ..Searched::default()
    };
    let datasets = [named("half", false), named("open", true)];
    let wanted = [2_400, 2_401, 2_402].map(parcel_code);
    let world = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    for (text, bounds) in
        [("永安街", None), ("永安", None), ("永", None), ("永安街 的", None), ("", Some(world))]
    {
        let found = searched(&store, text, bounds, &datasets).await;
        let codes: Vec<_> = found.iter().map(|hit| hit.code).collect();
        assert_eq!(codes, wanted, "{text}");
    }
    // In a box, by code: not by how the boxes lie.
    let all = [named("hidden", true), named("half", true), named("open", true)];
    let found = searched(&store, "", Some(world), &all).await;
    let codes: Vec<_> = found.iter().map(|hit| hit.code).collect();
    assert_eq!(codes, (0..10).map(parcel_code).collect::<Vec<_>>());
}
