//! What became of parcels (rule C7).

use domain::{
    lineage::{ChangeKind, Lineage, MOST_CODES, MOST_GENERATIONS, Succession},
    record::ParcelRecord,
};
use jiff::civil::{Date, date};
use store::{Ending, Imports, Store};

use super::{Storage, samples::*};

fn tied(number: u32, from: &[u32], into: &[u32], ended: Option<Date>) -> ParcelRecord {
    ParcelRecord {
        predecessors: from.iter().copied().map(parcel_code).collect(),
        successors: into.iter().copied().map(parcel_code).collect(),
        valid_from: Some(date(2000, 1, 1)),
        valid_to: ended,
        ..parcel(number)
    }
}

async fn around<S: Store>(store: &S, number: u32) -> Vec<Succession> {
    store.lineage(&parcel_code(number)).await.unwrap()
}

/// The numbers of the codes, which count up from 0 in these tests.
async fn numbers<S: Store>(store: &S, number: u32) -> Vec<u32> {
    let all = around(store, number).await;
    all.iter().map(|one| one.code.sequence().parse().unwrap()).collect()
}

pub async fn c7_ties_are_followed_both_ways_and_to_the_side<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let day = Some(date(2010, 5, 6));
    // 1 was split into 2 and 3; 3 and 4 were merged into 5; 6 has nothing to do with it.
    publish(
        &store,
        "deqing",
        &[
            tied(1, &[], &[2, 3], day),
            tied(2, &[1], &[], None),
            tied(3, &[1], &[5], day),
            tied(4, &[], &[5], day),
            tied(5, &[3, 4], &[], None),
            tied(6, &[], &[], None),
        ],
    );
    assert_eq!(numbers(&store, 1).await, [1, 2, 3, 5, 4]);
    assert_eq!(numbers(&store, 5).await, [5, 3, 4, 1, 2]);
    assert_eq!(numbers(&store, 6).await, [6]);
    // A code nobody has, here or among the ties, is left out.
    assert!(numbers(&store, 7).await.is_empty());
    let one = around(&store, 3).await.remove(0);
    assert_eq!((one.predecessors, one.successors), (vec![parcel_code(1)], vec![parcel_code(5)]));
    assert_eq!((one.valid_from, one.valid_to), (Some(date(2000, 1, 1)), day));
    // The newest import of a code answers.
    publish(&store, "other", &[tied(1, &[], &[99], day)]);
    assert_eq!(numbers(&store, 1).await, [1]);
}

pub async fn c7_circles_and_long_chains_end<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let day = Some(date(2010, 5, 6));
    let mut parcels = vec![tied(1, &[2, 1], &[2, 1], day), tied(2, &[1], &[1], day)];
    parcels.extend((10..40).map(|at| tied(at, &[at - 1], &[at + 1], day)));
    let many: Vec<u32> = (200..400).collect();
    parcels.push(tied(199, &[], &many, day));
    parcels.extend(many.iter().map(|at| tied(*at, &[199], &[], None)));
    publish(&store, "deqing", &parcels);
    assert_eq!(numbers(&store, 1).await, [1, 2]);
    let chain = numbers(&store, 25).await;
    assert_eq!(chain.len(), 1 + 2 * MOST_GENERATIONS);
    let most = u32::try_from(MOST_GENERATIONS).unwrap();
    assert!(chain.iter().all(|at| (25 - most..=25 + most).contains(at)), "{chain:?}");
    assert_eq!(numbers(&store, 199).await.len(), MOST_CODES);
    let sibling = numbers(&store, 300).await;
    assert_eq!((sibling[0], sibling[1], sibling.len()), (300, 199, MOST_CODES));
}

pub async fn c7_an_import_sees_what_any_version_ended<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let day = date(2010, 5, 6);
    let ended = |store: &S, id: &str, number| {
        store.begin_import(&dataset(id)).unwrap().ended(&parcel_code(number)).unwrap()
    };
    assert_eq!(ended(&store, "deqing", 1), None);
    publish(&store, "deqing", &[tied(1, &[], &[2], Some(day)), tied(2, &[1], &[], None)]);
    assert_eq!(ended(&store, "deqing", 1), Some(Ending::On(day)));
    assert_eq!(ended(&store, "deqing", 2), None);
    assert_eq!(ended(&store, "deqing", 3), None);
    // Another data set numbers for itself; what was staged before says nothing.
    assert_eq!(ended(&store, "other", 1), None);
    // Nor is it forgotten when a later version does not name it any more.
    publish(&store, "deqing", &[tied(2, &[], &[], None)]);
    assert_eq!(ended(&store, "deqing", 1), Some(Ending::On(day)));
    // What is to end one day has not ended yet.
    publish(&store, "deqing", &[tied(3, &[], &[], Some(date(2999, 1, 1)))]);
    assert_eq!(ended(&store, "deqing", 3), None);
}

pub async fn c7_an_import_sees_what_gave_way_by_either_record<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let ended = |number| {
        store.begin_import(&dataset("deqing")).unwrap().ended(&parcel_code(number)).unwrap()
    };
    let since = |number, on| Some(Ending::Into { successor: parcel_code(number), on });
    let day = Some(date(2000, 1, 1));
    // 1 says that it became 2; of 3 only 4 says so; 5 is to become 6 one day.
    let planned = ParcelRecord { valid_from: Some(date(2999, 1, 1)), ..tied(6, &[5], &[], None) };
    let all = [tied(1, &[], &[2], None), tied(4, &[3], &[], None), planned];
    publish(&store, "deqing", &all);
    assert_eq!((ended(1), ended(3), ended(5)), (since(2, None), since(4, day), None));
    assert_eq!((ended(2), ended(4), ended(6)), (None, None, None));
    // What has come about stays known; a plan of which nothing is said any more was given up.
    publish(&store, "deqing", &[tied(4, &[], &[], None), tied(5, &[], &[], None)]);
    assert_eq!((ended(1), ended(3), ended(5)), (since(2, None), since(4, day), None));
    assert_eq!(numbers(&store, 5).await, [5]);
}

pub async fn c7_either_record_of_a_pair_is_enough<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let day = Some(date(2010, 5, 6));
    // Each change is told by one side: a split, a merger, a new number, an adjustment; 30 is gone.
    publish(
        &store,
        "deqing",
        &[
            tied(1, &[], &[], day),
            tied(2, &[1], &[], None),
            tied(3, &[1], &[], None),
            tied(4, &[], &[6], day),
            tied(5, &[], &[6], None),
            tied(6, &[], &[], None),
            tied(10, &[], &[], None),
            tied(11, &[10], &[], None),
            tied(20, &[], &[22, 23], day),
            tied(21, &[], &[], day),
            tied(22, &[], &[], None),
            tied(23, &[21], &[], None),
            tied(30, &[], &[], day),
        ],
    );
    let today = date(2026, 11, 22);
    for (codes, kind, ended) in [
        (&[1, 2, 3][..], ChangeKind::Split, 1),
        (&[4, 5, 6], ChangeKind::Merge, 2),
        (&[10, 11], ChangeKind::Renumber, 1),
        (&[20, 21, 22, 23], ChangeKind::Readjust, 2),
        (&[30], ChangeKind::Extinguish, 1),
    ] {
        let told: Vec<Lineage> = {
            let mut told = Vec::new();
            for number in codes {
                let ties = around(&store, *number).await;
                let ties: Vec<_> = ties.iter().map(|one| one.told(today, true)).collect();
                told.push(Lineage::of(parcel_code(*number), &ties));
            }
            told
        };
        for (number, one) in codes.iter().zip(&told) {
            assert_eq!(one.changes, told[0].changes, "{number} tells another story");
            assert_eq!((one.changes.len(), one.changes[0].kind), (1, kind), "{number}");
        }
        assert_eq!(told.iter().filter(|one| one.ended).count(), ended, "{kind:?}");
        assert!(told[..ended].iter().all(|one| one.ended_by == Some(kind)), "{kind:?}");
    }
    // The record says the same.
    let ten = store.record(&code(10)).await.unwrap().unwrap().parcel;
    assert_eq!((ten.successors, ten.valid_to), (vec![parcel_code(11)], Some(date(2000, 1, 1))));
}

pub async fn c7_a_code_without_a_record_keeps_its_history<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let day = Some(date(2010, 5, 6));
    publish(
        &store,
        "deqing",
        &[tied(1, &[], &[2], day), tied(2, &[], &[3], day), tied(3, &[], &[], None)],
    );
    let former = async |number| store.former(&parcel_code(number)).await.unwrap();
    assert_eq!(former(1).await, None, "its record says more");
    let version = publish(&store, "deqing", &[tied(3, &[], &[], None), tied(9, &[8], &[], None)]);
    for start in 1..=3 {
        let mut found = numbers(&store, start).await;
        found.sort_unstable();
        assert_eq!(found, [1, 2, 3], "from {start}");
    }
    let two = former(2).await.unwrap();
    assert_eq!((two.version, two.unit), (version, None));
    assert_eq!(two.parcel.predecessors, [parcel_code(1)]);
    assert_eq!((two.parcel.successors, two.parcel.valid_to), (vec![parcel_code(3)], day));
    assert!(two.parcel.fields.is_empty() && two.parcel.outline.0.is_empty());
    // One that never had a record, but is named as what another was formed from.
    assert_eq!(former(8).await.unwrap().parcel.successors, [parcel_code(9)]);
    assert_eq!(store.record(&code(8)).await.unwrap(), None);
    for number in [3, 7, 9] {
        assert_eq!(former(number).await, None, "{number} did not end");
    }
    // A code that ended and led nowhere.
    publish(&store, "deqing", &[tied(40, &[], &[], day)]);
    publish(&store, "deqing", &[tied(3, &[], &[], None)]);
    assert_eq!(former(40).await.unwrap().parcel.valid_to, day);
    // Another data set that has the code decides.
    publish(&store, "other", &[parcel(1)]);
    assert_eq!(former(1).await, None);
}

pub async fn p5_a_classified_code_stays_withheld_without_its_record<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let day = Some(date(2010, 5, 6));
    let classified =
        |number, into: &[u32]| ParcelRecord { classified: true, ..tied(number, &[], into, day) };
    publish(&store, "deqing", &[classified(1, &[2]), classified(3, &[]), tied(2, &[], &[], None)]);
    publish(&store, "deqing", &[tied(2, &[], &[], None)]);
    for number in [1, 3] {
        assert_eq!(store.former(&parcel_code(number)).await.unwrap(), None);
        assert!(numbers(&store, number).await.is_empty());
    }
    assert_eq!(numbers(&store, 2).await, [2]);
    // Until a record says otherwise.
    publish(&store, "deqing", &[tied(1, &[], &[2], day), tied(2, &[], &[], None)]);
    publish(&store, "deqing", &[tied(2, &[], &[], None)]);
    assert!(store.former(&parcel_code(1)).await.unwrap().is_some());
    assert_eq!(store.former(&parcel_code(3)).await.unwrap(), None);
}
