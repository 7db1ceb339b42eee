//! The disclosure audit.

use domain::{
    audit::{AuditCheck, AuditFault, AuditKey, AuditNote, Outcome},
    policy::Field,
    viewer::Tier,
};
use store::{Audit, Imports, Store, StoredEntry};

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
    let mut check = AuditCheck::new(&KEY, None);
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
    Ok(check.end(head)?.map_or(0, |head| head.sequence))
}

pub async fn notes_make_one_chain_whoever_writes<S: Store + Imports>(place: &Place<S>) {
    let (one, other) = (place.open(), place.open());
    assert_eq!(checked(&one).await, Ok(0));
    one.note(Vec::new(), &KEY).await.unwrap();
    for round in 0..4 {
        one.note(vec![note(round, "a", 1), note(round, "b", 2)], &KEY).await.unwrap();
        other.note(vec![note(round, "c", 3)], &KEY).await.unwrap();
    }
    assert_eq!(checked(&place.open()).await, Ok(12));
}

pub async fn places_shown_to_somebody_are_counted_once<S: Store + Imports>(place: &Place<S>) {
    let store = place.open();
    let withheld = AuditNote { outcome: Outcome::Withheld, ..note(50, "a", 9) };
    let notes = vec![
        note(10, "a", 1),
        note(50, "a", 2),
        note(51, "a", 2),
        note(52, "a", 3),
        note(53, "b", 4),
        withheld,
    ];
    store.note(notes, &KEY).await.unwrap();
    assert_eq!(store.places_disclosed_to("a", samples::at(20)).await.unwrap(), 2);
    assert_eq!(store.places_disclosed_to("a", samples::at(0)).await.unwrap(), 3);
    assert_eq!(store.places_disclosed_to("nobody", samples::at(0)).await.unwrap(), 0);
}
