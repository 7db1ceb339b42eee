//! What became of parcels (rule C7).

use domain::{
    lineage::{MOST_CODES, MOST_GENERATIONS, Ties},
    record::ParcelRecord,
};
use jiff::civil::{Date, date};
use store::{Imports, Store};

use super::{Place, samples::*};

fn tied(number: u32, from: &[u32], into: &[u32], ended: Option<Date>) -> ParcelRecord {
    ParcelRecord {
        predecessors: from.iter().copied().map(parcel_code).collect(),
        successors: into.iter().copied().map(parcel_code).collect(),
        valid_from: Some(date(2000, 1, 1)),
        valid_to: ended,
        ..parcel(number)
    }
}

async fn around<S: Store>(store: &S, number: u32) -> Vec<Ties> {
    store.lineage(&parcel_code(number)).await.unwrap()
}

/// The numbers of the codes, which count up from 0 in these tests.
async fn numbers<S: Store>(store: &S, number: u32) -> Vec<u32> {
    let all = around(store, number).await;
    all.iter().map(|one| one.code.sequence().parse().unwrap()).collect()
}

pub async fn c7_ties_are_followed_both_ways_and_to_the_side<S: Store + Imports>(place: &Place<S>) {
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

pub async fn c7_circles_and_long_chains_end<S: Store + Imports>(place: &Place<S>) {
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

pub async fn c7_an_import_sees_what_any_version_ended<S: Store + Imports>(place: &Place<S>) {
    let store = place.open();
    let day = date(2010, 5, 6);
    let ended = |store: &S, id: &str, number| {
        store.begin_import(&dataset(id)).unwrap().ended(&parcel_code(number)).unwrap()
    };
    assert_eq!(ended(&store, "deqing", 1), None);
    publish(&store, "deqing", &[tied(1, &[], &[2], Some(day)), tied(2, &[1], &[], None)]);
    assert_eq!(ended(&store, "deqing", 1), Some(day));
    assert_eq!(ended(&store, "deqing", 2), None);
    assert_eq!(ended(&store, "deqing", 3), None);
    // Another data set numbers for itself; what was staged before says nothing.
    assert_eq!(ended(&store, "other", 1), None);
    // Nor is it forgotten when a later version does not name it any more.
    publish(&store, "deqing", &[tied(2, &[], &[], None)]);
    assert_eq!(ended(&store, "deqing", 1), Some(day));
    // What is to end one day has not ended yet.
    publish(&store, "deqing", &[tied(3, &[], &[], Some(date(2999, 1, 1)))]);
    assert_eq!(ended(&store, "deqing", 3), None);
}
