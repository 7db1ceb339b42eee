//! The way back: somebody answers for a database that was put back. The end that was known and the
//! end that is there go into a sealed entry, and the noted ends begin anew behind it.

use std::path::Path;

use domain::{
    Clock,
    audit::{AuditEvent, AuditFault, AuditKey, Checked, Gap, Head, Restored},
};
use store::{Noted, Store, StoreError};

use super::{
    ends::{Ends, EndsError},
    verify::{VerifyError, verify},
};
use crate::{
    keys::{KeyError, manifest::KeyList},
    staff::StaffFault,
};

/// Why a restore is not accepted. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The chain is broken in itself, which no restore does.
    #[error(
        "the audit is not as it was written: {0}. That is no restored database; stop the portal, \
         keep the data folder as it is, and tell the audit officer"
    )]
    Broken(AuditFault),
    /// Nothing is missing.
    #[error("the audit runs through the end that was noted: there is nothing to accept")]
    NothingMissing,
    /// The chain reaches the noted end and is another: an older database would be shorter.
    #[error(
        "the audit has {found} entries and {known} were known, but entry {known} is another one: it \
         was sealed anew, or is of another portal. That is no restored database; tell the audit \
         officer"
    )]
    Another {
        /// How many there are.
        found: u64,
        /// How many were known.
        known: u64,
    },
    /// Storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The noted ends.
    #[error(transparent)]
    Ends(#[from] EndsError),
    /// The list of keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nobody can be named.
    #[error(transparent)]
    Staff(#[from] StaffFault),
}

impl From<VerifyError> for AcceptError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Fault(fault) => Self::Broken(fault),
            VerifyError::Store(error) => Self::Store(error),
        }
    }
}

/// Where the audit stands that somebody answers for.
pub(super) struct Place<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) key: &'a AuditKey,
    pub(super) ends: &'a Ends,
    pub(super) keys: &'a Path,
}

/// Accepts that the database was put back. `elsewhere` is an end that somebody noted.
pub(super) async fn accept(
    place: &Place<'_>,
    elsewhere: Option<Head>,
    (by, why): (String, String),
    clock: &dyn Clock,
) -> Result<Restored, AcceptError> {
    let checked = verify(place.store, place.key, Vec::new(), Vec::new()).await?.checked;
    let mut missing = Vec::new();
    for known in place.ends.known()?.into_iter().chain(elsewhere) {
        match place.store.audit_ends_well(place.key, vec![known.clone()]).await {
            Ok(()) => {}
            Err(StoreError::Tampered { .. }) => missing.push(known),
            Err(error) => return Err(error.into()),
        }
    }
    let found = fork(&checked, &missing)?;
    let known = missing.into_iter().max_by_key(|head| head.sequence);
    write(place, Restored { at: clock.now(), by, why, known, found }).await
}

/// Where the chain left the one that was known: at its end, or where it was restored of a backup and
/// went on.
fn fork(checked: &Checked, missing: &[Head]) -> Result<Option<Head>, AcceptError> {
    if missing.is_empty() {
        return match checked.head {
            Some(_) => Err(AcceptError::NothingMissing),
            None => Ok(None),
        };
    }
    let reached = |head: &Option<Head>| head.as_ref().map_or(0, |head| head.sequence);
    let unanswered = checked.gaps.iter().rev().filter(|gap| gap.restored.known.is_none());
    // Restored, and nothing written since; or put back by hand; or restored, and gone on.
    let (last, before): (Vec<_>, Vec<_>) =
        unanswered.partition(|gap| gap.sequence == reached(&checked.head));
    let found = |gap: &'_ Gap| gap.restored.found.clone();
    let forks = last.into_iter().map(found).chain([checked.head.clone()]);
    for fork in forks.chain(before.into_iter().map(found)) {
        if missing.iter().all(|known| known.sequence > reached(&fork)) {
            return Ok(fork);
        }
    }
    let known = missing.iter().map(|head| head.sequence).min().unwrap_or_default();
    Err(AcceptError::Another { found: reached(&checked.head), known })
}

/// Writes down that a database was put back, and begins the noted ends anew behind it.
pub(super) async fn write(place: &Place<'_>, restored: Restored) -> Result<Restored, AcceptError> {
    let record = AuditEvent::Restored(restored.clone()).into();
    // Its own end alone: what was known is what is missing.
    let noted = place.store.note(vec![record], place.key, Vec::new(), None).await?;
    if let Noted::Written(head) = noted {
        place.ends.make_witness()?;
        place.ends.restored(restored.at, &head)?;
    }
    KeyList::begun(place.keys)?;
    Ok(restored)
}

/// Writes into a database that was just restored of a backup that it was; whatever came after the
/// backup, nobody there knows of.
pub(crate) async fn note_backup(
    store: &dyn Store,
    key: &AuditKey,
    folder: &Path,
    keys: &Path,
    restored: Restored,
) -> Result<(), AcceptError> {
    let ends = Ends::in_folder(folder);
    write(&Place { store, key, ends: &ends, keys }, restored).await.map(drop)
}
