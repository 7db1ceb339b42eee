//! The way back: somebody answers for a database that was put back. The end that was known and the
//! end that is there go into a sealed entry, and the noted ends begin anew behind it.

use std::path::Path;

use domain::{
    Clock,
    audit::{AuditEvent, AuditFault, AuditKey, Head, Restored},
};
use store::{Noted, Store, StoreError};

use super::{
    ends::{Ends, EndsError},
    verify::{VerifyError, verify},
};
use crate::keys::{KeyError, manifest::KeyList};

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

/// Accepts that the database was put back.
pub(super) async fn accept(
    place: &Place<'_>,
    by: String,
    why: String,
    clock: &dyn Clock,
) -> Result<Restored, AcceptError> {
    let found = verify(place.store, place.key, Vec::new(), Vec::new()).await?.checked.head;
    let known = place.ends.known()?;
    let reached = found.as_ref().map_or(0, |head| head.sequence);
    let within: Vec<Head> = known.iter().filter(|k| k.sequence <= reached).cloned().collect();
    let farthest = known.into_iter().max_by_key(|head| head.sequence);
    if let Err(error) = place.store.audit_ends_well(place.key, within.clone()).await {
        let StoreError::Tampered { .. } = error else { return Err(error.into()) };
        let known = within.iter().map(|head| head.sequence).max().unwrap_or_default();
        return Err(AcceptError::Another { found: reached, known });
    }
    let is_short = farthest.as_ref().is_some_and(|known| known.sequence > reached);
    if found.is_some() && !is_short {
        return Err(AcceptError::NothingMissing);
    }
    write(place, Restored { at: clock.now(), by, why, known: farthest, found }).await
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
