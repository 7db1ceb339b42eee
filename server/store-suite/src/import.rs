//! Imports.

use std::collections::BTreeMap;

use domain::{policy::Field, record::Value};
use geo::MultiPolygon;
use store::{Bounds, Imports, Store, StoreError};

use super::{Storage, samples::*};

pub async fn nothing_is_seen_before_it_is_published<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    for number in 0..1_500 {
        assert!(import.put_parcel(&parcel(number), &[], &[]).unwrap());
    }
    assert_eq!(store.versions().await.unwrap(), []);
    assert_eq!(store.record(&code(1)).await.unwrap(), None);
    assert_eq!(found(&store, "永安街").await, []);
    let version = import.publish(at(5)).unwrap();
    assert_eq!(version.label(), "deqing/1");
    assert_eq!(version.imported_at, at(5));
    // Also to those who had it open.
    assert_eq!(store.versions().await.unwrap(), std::slice::from_ref(&version));
    assert_eq!(store.record(&code(1)).await.unwrap().unwrap().version, version);
    assert_eq!(found(&store, "永安街").await.len(), 10);
    store.ping().await.unwrap();
}

pub async fn a_second_version_replaces_the_first<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(1), parcel(2)]);
    let other = publish(&store, "arlington", &[parcel(9)]);
    assert!(store.record(&code(1)).await.unwrap().is_some());
    let second = publish(&store, "deqing", &[parcel(2), parcel(3)]);
    assert_eq!(second.number, 2);
    assert_eq!(store.versions().await.unwrap(), [other, second.clone()]);
    assert_eq!(store.record(&code(1)).await.unwrap(), None);
    assert_eq!(store.record(&code(3)).await.unwrap().unwrap().version, second);
    assert_eq!(found(&store, "永安街").await, [2, 3, 9].map(parcel_code));
}

pub async fn a_dropped_import_leaves_no_trace<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let first = publish(&store, "deqing", &[parcel(1)]);
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_layer(&layer("farmland")).unwrap();
    import.put_restriction("farmland", &restriction("f1", 120.0, 30.5)).unwrap();
    for number in 2..1_200 {
        import.put_parcel(&parcel(number), &[], &[]).unwrap();
    }
    drop(import);
    assert_eq!(store.versions().await.unwrap(), [first]);
    assert_eq!(found(&store, "永安街").await, [parcel_code(1)]);
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_layer(&layer("farmland")).unwrap();
    assert!(import.put_parcel(&parcel(2), &[], &[]).unwrap());
    assert_eq!(import.publish(at(9)).unwrap().number, 2);
    // The feature of the layer that was dropped is none of this one's.
    let current = store.begin_import(&dataset("deqing")).unwrap().current().unwrap().unwrap();
    assert_eq!(current.layers, [(layer("farmland").info, 0)]);
}

pub async fn one_import_runs_at_a_time<S: Store + Imports>(place: &Storage<S>) {
    let (store, elsewhere) = (place.open(), place.open());
    let import = store.begin_import(&dataset("deqing")).unwrap();
    for other in [&store, &elsewhere] {
        let refused = other.begin_import(&dataset("arlington"));
        assert!(matches!(refused, Err(StoreError::ImportRunning)));
    }
    drop(import);
    publish(&elsewhere, "arlington", &[parcel(1)]);
    publish(&store, "deqing", &[parcel(2)]);
}

pub async fn what_cannot_be_kept_is_refused<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_layer(&layer("farmland")).unwrap();
    let refused = |result: Result<(), StoreError>| {
        assert!(matches!(result, Err(StoreError::Staging { .. })), "{result:?}");
    };
    refused(import.put_layer(&layer("farmland")));
    refused(import.put_restriction("other", &restriction("f1", 120.0, 30.5)));
    refused(import.put_parcel(&parcel(1), &[finding("farmland", "f1", 0.5)], &[]).map(drop));
    refused(import.put_parcel(&parcel(1), &[], &["other".into()]).map(drop));
    let mut infinite = parcel(1);
    infinite.fields.insert(Field::FloorAreaRatio, Value::Number(f64::INFINITY));
    refused(import.put_parcel(&infinite, &[], &[]).map(drop));
    // What is refused is as if it had not been tried.
    assert!(import.put_parcel(&parcel(1), &[], &["farmland".into()]).unwrap());
    import.publish(at(1)).unwrap();
    assert!(store.record(&code(1)).await.unwrap().is_some());
}

pub async fn codes_come_once_and_units_stand_on_parcels<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    assert!(!import.put_unit(&unit(1, 1)).unwrap());
    assert!(import.put_parcel(&parcel(1), &[], &[]).unwrap());
    assert!(!import.put_parcel(&parcel_at(1, "elsewhere", 121.0, 30.0), &[], &[]).unwrap());
    assert!(import.put_unit(&unit(1, 1)).unwrap());
    assert!(!import.put_unit(&unit(1, 1)).unwrap());
    // The same once they are written and no longer waiting.
    for number in 2..1_500 {
        assert!(import.put_parcel(&parcel(number), &[], &[]).unwrap());
    }
    assert!(!import.put_parcel(&parcel(1), &[], &[]).unwrap());
    assert!(!import.put_unit(&unit(1, 1)).unwrap());
    assert!(import.put_unit(&unit(1, 2)).unwrap());
    import.publish(at(1)).unwrap();
    assert_eq!(store.record(&code(1)).await.unwrap().unwrap().parcel, parcel(1));
}

pub async fn many_rows_go_in_and_come_out<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_layer(&layer("farmland")).unwrap();
    for number in 0..2_000 {
        let (x, y) = corner(number);
        let id = format!("f{number}");
        import.put_restriction("farmland", &restriction(&id, x, y)).unwrap();
    }
    let covered = ["farmland".to_owned()];
    for number in 0..2_000 {
        let found = [finding("farmland", &format!("f{number}"), 0.5)];
        assert!(import.put_parcel(&parcel(number), &found, &covered).unwrap());
        assert!(import.put_unit(&unit(number, 1)).unwrap());
    }
    import.publish(at(1)).unwrap();
    for number in [0, 1, 999, 1_000, 1_001, 1_999] {
        let record = store.record(&unit_code(number, 1).into_code()).await.unwrap().unwrap();
        assert_eq!(record.parcel, parcel(number));
        assert_eq!(record.unit, Some(unit(number, 1)));
        let ((x, y), id) = (corner(number), format!("f{number}"));
        let found = kept(&finding("farmland", &id, 0.5), &restriction(&id, x, y));
        assert_eq!(record.findings, [found]);
    }
    // A parcel without outline is known and found, and in no box.
    let mut flat = parcel(5_000);
    flat.outline = MultiPolygon(Vec::new());
    flat.fields = BTreeMap::new();
    publish(&store, "virtual", std::slice::from_ref(&flat));
    assert_eq!(store.record(&code(5_000)).await.unwrap().unwrap().parcel, flat);
    assert_eq!(found(&store, flat.code.as_str()).await, [flat.code]);
    let world = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
    assert_eq!(found_in(&store, flat.code.as_str(), Some(world)).await, []);
}

trait IntoCode {
    fn into_code(self) -> domain::LandCode;
}

impl IntoCode for domain::UnitCode {
    fn into_code(self) -> domain::LandCode {
        domain::LandCode::Unit(self)
    }
}

pub async fn an_import_sees_what_it_would_replace_and_whose_codes_it_has<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    assert_eq!(store.begin_import(&dataset("deqing")).unwrap().current().unwrap(), None);
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_layer(&layer("farmland")).unwrap();
    import.put_layer(&layer("red-line")).unwrap();
    import.put_restriction("farmland", &restriction("f1", 120.0, 30.5)).unwrap();
    import.put_restriction("farmland", &restriction("f2", 120.1, 30.5)).unwrap();
    for number in 1..=3 {
        import.put_parcel(&parcel(number), &[], &[]).unwrap();
    }
    import.put_unit(&unit(1, 1)).unwrap();
    let first = import.publish(at(1)).unwrap();

    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_parcel(&parcel(1), &[], &[]).unwrap();
    let current = import.current().unwrap().unwrap();
    assert_eq!((current.version, current.parcels, current.units), (first, 3, 1));
    assert_eq!(current.layers, [(layer("farmland").info, 2), (layer("red-line").info, 0)]);
    // Its own version before has the code, and that is no matter.
    assert_eq!(import.shared_codes().unwrap(), []);
    drop(import);

    let mut import = store.begin_import(&dataset("arlington")).unwrap();
    assert_eq!(import.current().unwrap(), None);
    for number in [3, 2, 9] {
        import.put_parcel(&parcel(number), &[], &[]).unwrap();
    }
    let [shared] = import.shared_codes().unwrap().try_into().unwrap();
    assert_eq!(
        (shared.dataset.as_str(), shared.count, shared.first),
        ("deqing", 2, Some(parcel_code(2)))
    );
}

pub async fn z4_the_coverage_of_a_layer_is_told_after_its_features<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    let nowhere = MultiPolygon(Vec::new());
    assert!(import.set_coverage("farmland", None).is_err());
    import.put_layer(&layer("farmland")).unwrap();
    import.put_restriction("farmland", &restriction("f1", 120.0, 30.5)).unwrap();
    import.set_coverage("farmland", Some(&nowhere)).unwrap();
    import.put_parcel(&parcel(1), &[], &[]).unwrap();
    import.publish(at(1)).unwrap();
    assert!(!store.record(&code(1)).await.unwrap().unwrap().layers[0].covers);
}
