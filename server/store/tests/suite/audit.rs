//! The disclosure audit.

use domain::{
    audit::{AuditCheck, AuditFault, AuditKey, AuditNote, Head, Outcome},
    policy::Field,
    viewer::Tier,
};
use store::{Audit, DailyCap, Imports, Noted, Store, StoreError, StoredEntry};

use super::{Place, samples};

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

/// The length of the chain, if every entry is as it was written.
pub async fn checked<S: Audit>(store: &S) -> Result<u64, AuditFault> {
    let mut check = AuditCheck::new(&KEY, Vec::new());
    let mut last = 0;
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
    let length = check.end(head)?.map_or(0, |head| head.sequence);
    if store.audit_is_whole().await.unwrap() { Ok(length) } else { Err(AuditFault::Strays) }
}

async fn noted<S: Audit>(store: &S, notes: Vec<AuditNote>) -> Head {
    match store.note(notes, &KEY, None, None).await.unwrap() {
        Noted::Written(head) => head,
        Noted::OverCap => panic!("there is no cap"),
    }
}

pub async fn notes_make_one_chain_whoever_writes<S: Store + Imports>(place: &Place<S>) {
    let (one, other) = (place.open(), place.open());
    assert_eq!(checked(&one).await, Ok(0));
    for round in 0..4 {
        noted(&one, vec![note(round, "a", 1), note(round, "b", 2)]).await;
        noted(&other, vec![note(round, "c", 3)]).await;
    }
    assert_eq!(checked(&place.open()).await, Ok(12));
}

pub async fn x2_a_chain_that_lost_a_known_end_is_not_added_to<S: Store + Imports>(
    place: &Place<S>,
) {
    let store = place.open();
    let head = noted(&store, vec![note(1, "a", 1)]).await;
    noted(&store, vec![note(2, "a", 2)]).await;
    let again = store.note(vec![note(3, "a", 3)], &KEY, Some(head.clone()), None).await;
    assert!(matches!(again, Ok(Noted::Written(_))));
    for lost in [
        Head { sequence: 9, ..head.clone() },
        Head { sequence: 2, ..head.clone() },
        Head { seal: "other".into(), ..head },
    ] {
        let refused = store.note(vec![note(4, "a", 4)], &KEY, Some(lost), None).await;
        assert!(matches!(refused, Err(StoreError::Tampered { .. })), "{refused:?}");
    }
    let stranger = AuditKey::new([1; 32]);
    let refused = store.note(vec![note(4, "a", 4)], &stranger, None, None).await;
    assert!(matches!(refused, Err(StoreError::Tampered { .. })), "{refused:?}");
    assert_eq!(checked(&store).await, Ok(3));
}

pub async fn p4_nobody_is_shown_more_places_than_the_cap<S: Store + Imports + 'static>(
    place: &Place<S>,
) {
    let store = std::sync::Arc::new(place.open());
    let cap = Some(DailyCap { places: 3, since: samples::at(20) });
    // All at once, and one of them twice; what was shown the day before does not count.
    noted(&*store, vec![note(10, "a", 90), note(11, "a", 91), note(12, "a", 92)]).await;
    let mut asking = tokio::task::JoinSet::new();
    for number in [1, 2, 3, 4, 5, 6, 1] {
        let store = store.clone();
        asking.spawn(async move {
            let noted = store.note(vec![note(50, "a", number)], &KEY, None, cap).await.unwrap();
            (number, noted != Noted::OverCap)
        });
    }
    let shown: std::collections::BTreeSet<u32> =
        asking.join_all().await.into_iter().filter(|(_, shown)| *shown).map(|(n, _)| n).collect();
    assert_eq!(shown.len(), 3, "{shown:?}");
    let other = store.note(vec![note(50, "b", 9)], &KEY, None, cap).await.unwrap();
    assert_ne!(other, Noted::OverCap);
}
