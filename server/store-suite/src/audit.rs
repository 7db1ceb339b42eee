//! The disclosure audit.

use domain::{
    audit::{
        AuditCheck, AuditEvent, AuditFault, AuditKey, AuditNote, Head, Outcome, Pruned, Record,
    },
    policy::Field,
    viewer::Tier,
};
use store::{Audit, DailyCap, Imports, Noted, Store, StoreError, StoredEntry};

use super::{Storage, samples};

pub const KEY: AuditKey = AuditKey::new([9; 32]);

pub fn note(second: i64, who: &str, number: u32) -> AuditNote {
    AuditNote {
        at: samples::at(second),
        who: who.into(),
        tier: Tier::Registered,
        purpose: Some("拟购房".into()),
        code: samples::code(number),
        outcome: Outcome::Disclosed,
        reason: None,
        fields: vec![Field::BuildingArea],
        policy: Some("zhejiang@1".into()),
    }
}

/// The beginning of a chain, and looks behind it, in all so many entries.
pub fn records(length: i64) -> Vec<Record> {
    let began = AuditEvent::Began { at: samples::at(0) };
    std::iter::once(began.into()).chain((1..length).map(|n| note(n, "a", 1).into())).collect()
}

/// The length of the chain, if every entry is as it was written.
pub async fn checked<S: Audit>(store: &S) -> Result<u64, AuditFault> {
    let cut = store.audit_cut().await.unwrap();
    let mut last = cut.as_ref().map_or(0, |(head, _)| head.sequence);
    let mut check = AuditCheck::new(&KEY, Vec::new()).behind(cut)?;
    loop {
        let entries = store.audit_after(last, 3).await.unwrap();
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            match entry {
                StoredEntry::Entry(entry) => {
                    check.take(&entry)?;
                    last = entry.sequence;
                }
                StoredEntry::Unreadable { sequence } => {
                    return Err(AuditFault::Unreadable { sequence });
                }
            }
        }
    }
    let head = store.audit_head().await.unwrap();
    let length = check.end(head)?.head.map_or(0, |head| head.sequence);
    if store.audit_is_whole().await.unwrap() { Ok(length) } else { Err(AuditFault::Strays) }
}

async fn noted<S: Audit>(store: &S, notes: Vec<AuditNote>) -> Head {
    let notes = notes.into_iter().map(Record::from).collect();
    match store.note(notes, &KEY, Vec::new(), None).await.unwrap() {
        Noted::Written(head) => head,
        Noted::OverCap => panic!("there is no cap"),
    }
}

async fn begun<S: Audit>(store: &S) -> Head {
    match store.note(records(1), &KEY, Vec::new(), None).await.unwrap() {
        Noted::Written(head) => head,
        Noted::OverCap => panic!("there is no cap"),
    }
}

pub async fn notes_make_one_chain_whoever_writes<S: Store + Imports>(place: &Storage<S>) {
    let (one, other) = (place.open(), place.open());
    assert_eq!(checked(&one).await, Ok(0));
    begun(&one).await;
    for round in 0..4 {
        noted(&one, vec![note(round, "a", 1), note(round, "b", 2)]).await;
        noted(&other, vec![note(round, "c", 3)]).await;
    }
    assert_eq!(checked(&place.open()).await, Ok(13));
}

pub async fn x2_a_chain_that_lost_a_known_end_is_not_added_to<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let unbegun = store.note(vec![note(1, "a", 1).into()], &KEY, Vec::new(), None).await;
    assert!(matches!(unbegun, Err(StoreError::Tampered { .. })), "it was emptied: {unbegun:?}");
    let head = begun(&store).await;
    noted(&store, vec![note(2, "a", 2)]).await;
    let again = store.note(vec![note(3, "a", 3).into()], &KEY, vec![head.clone()], None).await;
    assert!(matches!(again, Ok(Noted::Written(_))));
    for lost in [
        Head { sequence: 9, ..head.clone() },
        Head { sequence: 2, ..head.clone() },
        Head { seal: "other".into(), ..head },
    ] {
        let refused = store.note(vec![note(4, "a", 4).into()], &KEY, vec![lost], None).await;
        assert!(matches!(refused, Err(StoreError::Tampered { .. })), "{refused:?}");
    }
    let stranger = AuditKey::new([1; 32]);
    let refused = store.note(vec![note(4, "a", 4).into()], &stranger, Vec::new(), None).await;
    assert!(matches!(refused, Err(StoreError::Tampered { .. })), "{refused:?}");
    assert_eq!(checked(&store).await, Ok(3));
}

pub async fn p4_nobody_is_shown_more_places_than_the_cap<S: Store + Imports + 'static>(
    place: &Storage<S>,
) {
    let store = std::sync::Arc::new(place.open());
    let cap = Some(DailyCap { places: 3, since: samples::at(20) });
    begun(&*store).await;
    // All at once, and one of them twice; what was shown the day before does not count.
    noted(&*store, vec![note(10, "a", 90), note(11, "a", 91), note(12, "a", 92)]).await;
    let mut asking = tokio::task::JoinSet::new();
    for number in [1, 2, 3, 4, 5, 6, 1] {
        let store = store.clone();
        asking.spawn(async move {
            let note = vec![note(50, "a", number).into()];
            let noted = store.note(note, &KEY, Vec::new(), cap).await.unwrap();
            (number, noted != Noted::OverCap)
        });
    }
    let shown: std::collections::BTreeSet<u32> =
        asking.join_all().await.into_iter().filter(|(_, shown)| *shown).map(|(n, _)| n).collect();
    assert_eq!(shown.len(), 3, "{shown:?}");
    let other = store.note(vec![note(50, "b", 9).into()], &KEY, Vec::new(), cap).await.unwrap();
    assert_ne!(other, Noted::OverCap);
}

pub async fn x2_what_is_pruned_stays_named_and_the_rest_of_the_chain_passes<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    store.note(records(9), &KEY, Vec::new(), None).await.unwrap();
    let end = store.audit_head().await.unwrap().unwrap().0;
    let StoredEntry::Entry(fourth) = store.audit_after(3, 1).await.unwrap().remove(0) else {
        panic!("the fourth entry reads");
    };
    let pruned = |until: Head| Pruned {
        clock_is_right: false,
        leaps: Vec::new(),
        at: samples::at(60),
        by: "王建国".into(),
        why: "over six months".into(),
        until,
        until_at: fourth.record.at(),
        count: 4,
    };
    let nowhere = Head { sequence: 4, seal: "other".into() };
    let refused = store.audit_cut_behind(pruned(nowhere), &KEY, Vec::new()).await;
    assert!(matches!(refused, Err(StoreError::Tampered { .. })), "{refused:?}");
    let until = Head::from(&fourth);
    store.audit_cut_behind(pruned(until.clone()), &KEY, vec![end.clone()]).await.unwrap();
    // Half done: what is left over counts no more.
    assert_eq!(store.audit_clear(3).await.unwrap(), 3);
    assert_eq!(checked(&store).await, Ok(10));
    assert_eq!(store.audit_clear(3).await.unwrap(), 1);
    assert_eq!(store.audit_clear(3).await.unwrap(), 0, "nothing else may go");
    assert_eq!(checked(&store).await, Ok(10));
    // Written in as before, by whoever knows an end from before or after the cut.
    for known in [Head { sequence: 2, seal: "gone".into() }, until, end] {
        store.note(vec![note(70, "a", 1).into()], &KEY, vec![known], None).await.unwrap();
    }
    assert_eq!(checked(&place.open()).await, Ok(13));
}
