//! Keeping the version before, and going back to it.

use domain::{
    base_map::{BaseFeature, BaseKind},
    record::ParcelRecord,
};
use geo::Geometry;
use jiff::civil::{Date, date};
use store::{
    Bounds, Change, Cleared, Ending, Imports, LandWriter, Store, StoreError, VersionState,
};

use super::{Storage, samples::*};

fn change(second: i64) -> Change {
    Change { at: at(second), by: "operator".into() }
}

fn around(x: f64, y: f64) -> Bounds {
    Bounds { west: x - 0.001, south: y - 0.001, east: x + 0.005, north: y + 0.005 }
}

/// A whole version: a layer with a feature, parcels with findings, units, a base map.
fn publish_whole<S: Imports>(store: &S, street: &str, numbers: &[u32]) {
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    import.put_layer(&layer(street)).unwrap();
    import.put_restriction(street, &restriction("f1", 120.0, 30.5)).unwrap();
    for number in numbers {
        let (x, y) = corner(*number);
        let parcel = parcel_at(*number, &format!("德清县{street}街 {number} 号"), x, y);
        let covered = [street.to_owned()];
        let found = [finding(street, "f1", 0.5)];
        assert!(import.put_parcel(&parcel, &found, &covered).unwrap());
        assert!(import.put_unit(&unit(*number, 1)).unwrap());
    }
    let classified = ParcelRecord { classified: true, ..parcel(90) };
    assert!(import.put_parcel(&classified, &[], &[]).unwrap());
    let geometry = Geometry::Polygon(square(120.0, 30.5, 0.01));
    let base = BaseFeature { kind: BaseKind::Water, name: Some(street.into()), geometry };
    import.put_base(&base).unwrap();
    import.publish(at(1)).unwrap();
}

/// Everything that the store says of a version.
async fn told<S: Store>(store: &S, numbers: &[u32]) -> String {
    let mut told = Vec::new();
    for number in numbers {
        told.push(format!("{:?}", store.record(&code(*number)).await.unwrap()));
        let unit = domain::LandCode::Unit(unit_code(*number, 1));
        told.push(format!("{:?}", store.record(&unit).await.unwrap()));
    }
    for text in ["老街", "新街", "街 1", "街", "330521001001GB"] {
        told.push(format!("{text}: {:?}", found(store, text).await));
    }
    let here = around(120.0, 30.5);
    told.push(format!("{:?}", found_in(store, "", Some(here)).await));
    told.push(format!("{:?}", store.base_map("deqing", here, 10).await.unwrap().features));
    told.push(format!("{:?}", store.versions().await.unwrap()));
    told.join("\n")
}

pub async fn the_version_before_is_kept_and_comes_back_whole<S: Store + Imports>(
    place: &Storage<S>,
) {
    let (store, elsewhere) = (place.open(), place.open());
    publish_whole(&store, "老", &[1, 2]);
    let first = told(&elsewhere, &[1, 2, 3]).await;
    publish_whole(&store, "新", &[2, 3]);
    let second = told(&elsewhere, &[1, 2, 3]).await;
    assert_ne!(first, second);

    let done = store.roll_back("deqing", None, &change(50)).await.unwrap();
    assert_eq!((done.from.label(), done.to.label()), ("deqing/2".into(), "deqing/1".into()));
    // Also to those who had it open.
    assert_eq!(told(&elsewhere, &[1, 2, 3]).await, first);
    let listed = whole(store.history().await.unwrap());
    assert_eq!(
        listed.iter().map(|one| (one.version.number, one.state)).collect::<Vec<_>>(),
        [(1, VersionState::Current), (2, VersionState::Kept)]
    );
    assert_eq!((&listed[0].withdrawn, &listed[0].restored), (&None, &Some(change(50))));
    assert_eq!((&listed[1].withdrawn, &listed[1].restored), (&Some(change(50)), &None));
    // A classified parcel is no row.
    assert_eq!((listed[1].parcels, listed[1].layers), (Some(2), Some(1)));

    // And back, as often as wanted.
    for round in 0..2 {
        store.roll_back("deqing", Some(2), &change(60 + round)).await.unwrap();
        assert_eq!(told(&elsewhere, &[1, 2, 3]).await, second);
        let listed = whole(store.history().await.unwrap());
        assert_eq!((listed[0].state, listed[1].state), (VersionState::Kept, VersionState::Current));
        assert_eq!(listed[1].withdrawn, None);
        assert_eq!(listed[1].restored, Some(change(60 + round)));
        store.roll_back("deqing", None, &change(70)).await.unwrap();
        assert_eq!(told(&elsewhere, &[1, 2, 3]).await, first);
    }
}

pub async fn what_is_kept_is_in_no_answer<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish_whole(&store, "老", &[1, 2]);
    publish_whole(&store, "新", &[3]);
    assert_eq!(store.record(&code(1)).await.unwrap(), None);
    for text in ["老街", "街 1", "330521001001GB00001", "330521001001GB000"] {
        let found = found(&store, text).await;
        assert!(!found.contains(&parcel_code(1)), "{text}: {found:?}");
    }
    let here = around(120.0, 30.5);
    assert_eq!(found_in(&store, "", Some(here)).await, [parcel_code(3)]);
    let map = store.base_map("deqing", here, 10).await.unwrap().features;
    assert_eq!(map.iter().map(|it| it.name.as_deref().unwrap()).collect::<Vec<_>>(), ["新"]);
    assert!(store.lineage(&parcel_code(1)).await.unwrap().is_empty());
}

pub async fn one_version_beside_the_current_one_is_kept<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    for _ in 0..3 {
        publish(&store, "deqing", &[parcel(1), parcel(2)]);
    }
    publish(&store, "other", &[parcel(9)]);
    let listed = whole(store.history().await.unwrap());
    let states: Vec<_> =
        listed.iter().map(|one| (one.version.label(), one.state, one.parcels)).collect();
    assert_eq!(
        states,
        [
            ("deqing/1".into(), VersionState::Past, None),
            ("deqing/2".into(), VersionState::Kept, Some(2)),
            ("deqing/3".into(), VersionState::Current, Some(2)),
            ("other/1".into(), VersionState::Current, Some(1)),
        ]
    );
    let refused = store.roll_back("deqing", Some(1), &change(5)).await.unwrap_err();
    assert!(refused.to_string().contains("import its files again"), "{refused}");
}

pub async fn numbers_go_on_after_a_rollback<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(1)]);
    publish(&store, "deqing", &[parcel(2)]);
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    assert_eq!(publish(&store, "deqing", &[parcel(3)]).number, 3);
    // What was current before it is kept, not what was rolled back.
    let done = store.roll_back("deqing", None, &change(6)).await.unwrap();
    assert_eq!(done.to.number, 1);
    assert!(store.record(&code(1)).await.unwrap().is_some());
    let listed = whole(store.history().await.unwrap());
    assert_eq!(listed[1].state, VersionState::Past);
    assert_eq!(listed[1].withdrawn, Some(change(5)), "and it stays said who rolled it back");
    for (dataset, number, been) in
        [("deqing", 1, true), ("deqing", 2, true), ("deqing", 4, false), ("other", 1, false)]
    {
        assert_eq!(store.has_been(dataset, number).await.unwrap(), been, "{dataset}/{number}");
    }
}

pub async fn what_cannot_be_current_again_is_said_in_words<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let says = async |dataset: &str, to, words: &str| {
        let refused = store.roll_back(dataset, to, &change(5)).await.unwrap_err();
        assert!(matches!(refused, StoreError::NoRollback { .. }), "{refused:?}");
        assert!(refused.to_string().contains(words), "{refused}");
    };
    says("deqing", None, "there are: none").await;
    publish(&store, "deqing", &[parcel(1)]);
    says("other", None, "there are: deqing").await;
    says("deqing", None, "the only version").await;
    says("deqing", Some(1), "is current already").await;
    says("deqing", Some(7), "never was").await;
    publish(&store, "deqing", &[parcel(1)]);
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    says("deqing", None, "deqing/2 was rolled back").await;
    let refused = store.roll_back("deqing", None, &change(5)).await;
    assert!(matches!(refused, Err(StoreError::NoRollback { kept: Some(2), .. })), "{refused:?}");
}

pub async fn a_rollback_and_an_import_exclude_each_other<S: Store + Imports>(place: &Storage<S>) {
    let (store, elsewhere) = (place.open(), place.open());
    publish(&store, "deqing", &[parcel(1)]);
    publish(&store, "deqing", &[parcel(2)]);
    let import = store.begin_import(&dataset("other")).unwrap();
    let refused = elsewhere.roll_back("deqing", None, &change(5)).await;
    assert!(matches!(refused, Err(StoreError::ImportRunning)), "{refused:?}");
    drop(import);
    elsewhere.roll_back("deqing", None, &change(5)).await.unwrap();
}

pub async fn readers_see_one_version_or_the_other_while_it_changes<S>(place: &Storage<S>)
where
    S: Store + Imports + 'static,
{
    let (store, reader) = (place.open(), place.open());
    let all = |street: &str| -> Vec<ParcelRecord> {
        let at = |number| {
            let (x, y) = corner(number);
            parcel_at(number, &format!("{street}大道 {number} 号"), x, y)
        };
        (0..1_200).map(at).collect()
    };
    publish(&store, "deqing", &all("老"));
    publish(&store, "deqing", &all("新"));
    let reading = tokio::spawn(async move {
        let mut seen = std::collections::BTreeSet::new();
        loop {
            // Each of them alone: all ten hits, or none.
            let old = found(&reader, "老大道").await.len();
            assert!(old == 0 || old == 10, "{old}");
            let record = reader.record(&code(7)).await.unwrap().unwrap();
            seen.insert(record.version.number);
            if seen.len() == 2 {
                return;
            }
        }
    });
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    while !reading.is_finished() {
        store.roll_back("deqing", Some(2), &change(6)).await.unwrap();
        store.roll_back("deqing", None, &change(7)).await.unwrap();
    }
    reading.await.unwrap();
}

pub async fn requests_of_a_version_that_was_rolled_back_still_read<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    publish(&store, "deqing", &[parcel(1)]);
    publish(&store, "deqing", &[parcel(1), parcel(2)]);
    let mut asked = request(2);
    asked.submission.data_version = "deqing/2".into();
    store.submit(&asked).await.unwrap();
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    assert_eq!(store.record(&code(2)).await.unwrap(), None);
    let kept = store.request(&number(2)).await.unwrap().unwrap();
    assert_eq!(kept.submission, asked.submission);
    assert_eq!(store.deliveries_of(&number(2)).await.unwrap().len(), 1);
}

fn tied(number: u32, into: &[u32], ended: Option<Date>) -> ParcelRecord {
    ParcelRecord {
        successors: into.iter().copied().map(parcel_code).collect(),
        valid_to: ended,
        ..parcel(number)
    }
}

fn ended<S: Imports>(store: &S, number: u32) -> Option<Ending> {
    let mut import: Box<dyn LandWriter> = store.begin_import(&dataset("deqing")).unwrap();
    import.ended(&parcel_code(number)).unwrap()
}

pub async fn c7_what_a_rolled_back_version_ended_has_not_ended<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let day = date(2010, 5, 6);
    publish(&store, "deqing", &[tied(1, &[], None), tied(4, &[5], Some(day)), parcel(5)]);
    // A wrong file: 1 became 2, 3 is no more.
    publish(&store, "deqing", &[tied(1, &[2], Some(day)), parcel(2), tied(3, &[], Some(day))]);
    assert_eq!(ended(&store, 1), Some(Ending::On(day)));
    assert!(store.former(&parcel_code(4)).await.unwrap().is_some());

    store.roll_back("deqing", None, &change(5)).await.unwrap();
    let one = store.record(&code(1)).await.unwrap().unwrap().parcel;
    assert_eq!((one.successors, one.valid_to), (vec![], None));
    assert_eq!((ended(&store, 1), ended(&store, 3)), (None, None));
    assert_eq!(store.former(&parcel_code(3)).await.unwrap(), None);
    assert_eq!(store.lineage(&parcel_code(1)).await.unwrap().len(), 1);
    // What the first one said stands.
    assert_eq!(ended(&store, 4), Some(Ending::On(day)));

    // Undone: the second one's word counts again.
    store.roll_back("deqing", Some(2), &change(6)).await.unwrap();
    assert_eq!(ended(&store, 1), Some(Ending::On(day)));
    assert_eq!(ended(&store, 3), Some(Ending::On(day)));
    store.roll_back("deqing", None, &change(7)).await.unwrap();

    // The right file is not held against the wrong one, which never comes back.
    publish(&store, "deqing", &[parcel(1), parcel(3), tied(4, &[5], Some(day)), parcel(5)]);
    assert_eq!((ended(&store, 1), ended(&store, 3)), (None, None));
    assert_eq!(store.record(&code(1)).await.unwrap().unwrap().parcel, parcel(1));
    // One that says it anew counts by itself.
    publish(&store, "deqing", &[tied(1, &[2], Some(day)), parcel(2)]);
    assert_eq!(ended(&store, 1), Some(Ending::On(day)));
    assert_eq!(ended(&store, 4), Some(Ending::On(day)));
}

pub async fn c7_a_day_that_a_rolled_back_version_corrected_is_as_before<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let (first, second) = (date(2010, 5, 6), date(2012, 1, 1));
    publish(&store, "deqing", &[tied(1, &[2], Some(first)), parcel(2)]);
    publish(&store, "deqing", &[parcel(2)]);
    publish(&store, "deqing", &[tied(1, &[2], Some(second)), parcel(2)]);
    assert_eq!(ended(&store, 1), Some(Ending::On(second)));
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    assert_eq!(ended(&store, 1), Some(Ending::On(first)));
    let one = store.former(&parcel_code(1)).await.unwrap().unwrap().parcel;
    assert_eq!((one.successors, one.valid_to), (vec![parcel_code(2)], Some(first)));
}

pub async fn c7_plans_come_and_go_with_their_version<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let one_day = Some(date(2999, 1, 1));
    publish(&store, "deqing", &[tied(1, &[2], one_day)]);
    assert_eq!(store.lineage(&parcel_code(1)).await.unwrap()[0].successors, [parcel_code(2)]);
    publish(&store, "deqing", &[tied(1, &[], None), tied(3, &[4], one_day), parcel(4)]);
    let before = async |number| {
        let found = store.lineage(&parcel_code(number)).await.unwrap();
        found.first().map(|ties| ties.predecessors.clone())
    };
    assert_eq!(before(4).await, Some(vec![parcel_code(3)]));
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    assert_eq!(store.lineage(&parcel_code(1)).await.unwrap()[0].successors, [parcel_code(2)]);
    assert_eq!(before(4).await, None);
    store.roll_back("deqing", Some(2), &change(6)).await.unwrap();
    assert_eq!(before(4).await, Some(vec![parcel_code(3)]));
    assert_eq!(store.lineage(&parcel_code(1)).await.unwrap()[0].successors, []);
}

pub async fn p5_what_was_classified_before_is_withheld_again<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let day = Some(date(2010, 5, 6));
    let classified = ParcelRecord { classified: true, ..tied(1, &[2], day) };
    publish(&store, "deqing", &[classified, parcel(2)]);
    publish(&store, "deqing", &[parcel(2)]);
    assert_eq!(store.former(&parcel_code(1)).await.unwrap(), None);
    // A version that takes it back, and is itself taken back.
    publish(&store, "deqing", &[tied(1, &[2], day), parcel(2)]);
    assert!(store.record(&code(1)).await.unwrap().is_some());
    store.roll_back("deqing", None, &change(5)).await.unwrap();
    assert_eq!(store.former(&parcel_code(1)).await.unwrap(), None);
    publish(&store, "deqing", &[parcel(2)]);
    assert_eq!(store.former(&parcel_code(1)).await.unwrap(), None);
}

pub async fn left_over_rows_are_cleared_once_and_not_beside_an_import<S: Store + Imports>(
    place: &Storage<S>,
) {
    let (store, elsewhere) = (place.open(), place.open());
    publish(&store, "deqing", &[parcel(1)]);
    assert_eq!(store.clear_left_over().await.unwrap(), Cleared::Nothing);
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    for number in 0..1_500 {
        assert!(import.put_parcel(&parcel(number), &[], &[]).unwrap());
    }
    assert_eq!(elsewhere.clear_left_over().await.unwrap(), Cleared::ImportRunning);
    import.publish(at(3)).unwrap();
    assert_eq!(elsewhere.clear_left_over().await.unwrap(), Cleared::Nothing);
    assert_eq!(store.record(&code(1_400)).await.unwrap().unwrap().version.number, 2);
}

/// Whatever is kept in memory of the data goes by it.
pub async fn p5_every_publication_and_rollback_is_another_epoch_for_every_process<S>(
    place: &Storage<S>,
) where
    S: Store + Imports,
{
    let (store, other) = (place.open(), place.open());
    let mut seen = vec![store.epoch().unwrap()];
    let mut is_new = || {
        let epoch = store.epoch().unwrap();
        let new = !seen.contains(&epoch);
        seen.push(epoch);
        new
    };
    publish_whole(&other, "老街", &[1]);
    assert!(is_new(), "a first version");
    assert!(!is_new(), "nothing changed");
    drop(other.begin_import(&dataset("deqing")).unwrap());
    submit(&other, 1).await;
    assert!(!is_new(), "nothing was published");
    publish_whole(&other, "新街", &[1, 2]);
    assert!(is_new(), "another version");
    other.roll_back("deqing", None, &change(2)).await.unwrap();
    assert!(is_new(), "the version before");
    publish_whole(&store, "新街", &[1, 2]);
    assert!(is_new(), "published here");
}
