//! The way back: somebody answers for a database that was put back. The end that was known and the
//! end that is there go into a sealed entry, and the noted ends begin anew behind it.

use std::{collections::BTreeMap, path::Path};

use domain::{
    Clock,
    audit::{AuditEvent, AuditKey, Checked, Elsewhere, Gap, Head, Restored},
};
use keys::{KeyError, manifest::KeyList};
use store::{Noted, Store, StoreError, StoredEntry};

use super::{
    ends::{Ends, EndsError},
    verify::{VerifyError, verify},
};

/// Entries read at once.
const PAGE: usize = 1_000;
/// As many as a thousand a second make in eleven days: an end that names more beyond what is there was
/// mistyped, or made up.
const MOST_LOST: u64 = 1_000_000_000;

/// Why a restore is not accepted. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The chain is broken in itself, which no restore does, or could not be read.
    #[error("that is no restored database: {0}")]
    Verify(VerifyError),
    /// Nothing is missing.
    #[error("the audit runs through every end that was noted: there is nothing to accept")]
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
    /// Nobody wrote so many entries.
    #[error(
        "{named} cannot be the end of this audit: entry {found} is the last one that is left, and no \
         portal wrote so many more. Give it as verify-audit printed it"
    )]
    Implausible {
        /// The end that somebody gave.
        named: Head,
        /// Where the chain was left.
        found: u64,
    },
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The noted ends.
    #[error("{0}")]
    Ends(#[from] EndsError),
    /// The list of keys.
    #[error("{0}")]
    Key(#[from] KeyError),
}

impl From<VerifyError> for AcceptError {
    fn from(error: VerifyError) -> Self {
        match error {
            // It says nothing of the chain.
            VerifyError::Store(error) => Self::Store(error),
            broken => Self::Verify(broken),
        }
    }
}

/// Where the audit stands that somebody answers for.
pub struct AuditUnderCheck<'a> {
    /// What has it.
    pub store: &'a dyn Store,
    /// What seals it.
    pub key: &'a AuditKey,
    /// Its ends as they were noted.
    pub ends: &'a Ends,
    /// The folder of the keys, whose list says whether it was begun.
    pub keys: &'a Path,
}

impl std::fmt::Debug for AuditUnderCheck<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditUnderCheck").field("ends", self.ends).finish_non_exhaustive()
    }
}

impl AuditUnderCheck<'_> {
    /// Every end that the chain must run through, as far as it answers for those it does not.
    ///
    /// # Errors
    /// As [`Ends::ask`] and [`Ends::known`].
    pub async fn known(&self) -> Result<Vec<Head>, EndsError> {
        self.ends.ask(self.store, self.key).await?;
        self.ends.known()
    }
}

/// Accepts that the database was put back. `elsewhere` is an end that somebody noted.
///
/// # Errors
/// [`AcceptError`]; then nothing was written.
pub async fn accept(
    place: &AuditUnderCheck<'_>,
    elsewhere: Option<Head>,
    (by, why): (String, String),
    clock: &dyn Clock,
) -> Result<Restored, AcceptError> {
    let checked = verify(place.store, place.key, Vec::new(), Elsewhere::default()).await?.checked;
    let seals = seals(place.store).await?;
    let runs_through = |end: &Head| runs_through(&checked, &seals, end);
    let answer = |end: &Head| {
        let gap = checked.gaps.iter().find(|gap| gap.sequence == end.sequence);
        gap.map(|gap| &gap.restored).filter(|_| runs_through(end))
    };
    let noted = place.ends.missing(&runs_through, &answer)?;
    let elsewhere = elsewhere.filter(|end| !runs_through(end));
    let forks = if noted.is_empty() {
        // Nothing that was noted is missing. What somebody names besides may be lost where the chain
        // itself says that it was put back, or where nothing is noted any more.
        let nothing_noted = place.ends.said()?.is_empty();
        let none_named = elsewhere.is_none() && checked.head.is_some();
        let forks = forks(&checked, nothing_noted || checked.head.is_none());
        if none_named || forks.is_empty() {
            return Err(AcceptError::NothingMissing);
        }
        forks
    } else {
        forks(&checked, true)
    };
    let missing: Vec<Head> = noted.into_iter().chain(elsewhere.clone()).collect();
    let found = fork(&checked, forks, &missing)?;
    if let Some(named) = elsewhere
        && named.sequence - reached(found.as_ref()) > MOST_LOST
    {
        return Err(AcceptError::Implausible { named, found: reached(found.as_ref()) });
    }
    let known = missing.into_iter().max_by_key(|head| head.sequence);
    write(place, Restored { at: clock.now(), by, why, known, found }).await
}

/// The seal of every entry that is kept.
async fn seals(store: &dyn Store) -> Result<BTreeMap<u64, String>, StoreError> {
    let mut seals = BTreeMap::new();
    loop {
        let last = seals.last_key_value().map_or(0, |(last, _)| *last);
        let page = store.audit_after(last, PAGE).await?;
        if page.is_empty() {
            return Ok(seals);
        }
        for stored in page {
            match stored {
                StoredEntry::Entry(entry) => seals.insert(entry.sequence, entry.seal),
                StoredEntry::Unreadable { sequence } => seals.insert(sequence, String::new()),
            };
        }
    }
}

/// Whether the chain runs through an end, or had it pruned.
fn runs_through(checked: &Checked, seals: &BTreeMap<u64, String>, end: &Head) -> bool {
    match &checked.cut {
        Some(cut) if end.sequence < cut.sequence => true,
        Some(cut) if end.sequence == cut.sequence => end == cut,
        _ => seals.get(&end.sequence) == Some(&end.seal),
    }
}

/// Where the chain may have left the one that was known: where it was restored of a backup and nobody
/// answered for what was lost, or, `at_end`, where it ends.
fn forks(checked: &Checked, at_end: bool) -> Vec<Option<Head>> {
    let end = reached(checked.head.as_ref());
    let unanswered = checked.gaps.iter().rev().filter(|gap| gap.restored.known.is_none());
    // Restored, and nothing written since; or put back by hand; or restored, and gone on.
    let (last, before): (Vec<_>, Vec<_>) = unanswered.partition(|gap| gap.sequence == end);
    let found = |gap: &'_ Gap| gap.restored.found.clone();
    let here = at_end.then(|| checked.head.clone());
    last.into_iter().map(found).chain(here).chain(before.into_iter().map(found)).collect()
}

/// The first of them that lies before everything that is missing.
fn fork(
    checked: &Checked,
    forks: Vec<Option<Head>>,
    missing: &[Head],
) -> Result<Option<Head>, AcceptError> {
    let another = |known| AcceptError::Another { found: reached(checked.head.as_ref()), known };
    // Two ends of one number are of two chains.
    let twice = |end: &&Head| {
        missing.iter().any(|other| other.sequence == end.sequence && other.seal != end.seal)
    };
    if let Some(end) = missing.iter().find(twice) {
        return Err(another(end.sequence));
    }
    let known = missing.iter().map(|head| head.sequence).min().unwrap_or(u64::MAX);
    forks.into_iter().find(|fork| known > reached(fork.as_ref())).ok_or_else(|| another(known))
}

fn reached(head: Option<&Head>) -> u64 {
    head.map_or(0, |head| head.sequence)
}

/// Writes down that a database was put back, and begins the noted ends anew behind it.
pub(super) async fn write(
    place: &AuditUnderCheck<'_>,
    restored: Restored,
) -> Result<Restored, AcceptError> {
    let record = AuditEvent::Restored(restored.clone()).into();
    // Its own end alone: what was known is what is missing.
    let noted = place.store.note(vec![record], place.key, Vec::new(), None).await?;
    if let Noted::Written(head) = noted {
        place.ends.make_witness()?;
        place.ends.restored(restored.at, restored.known.as_ref(), &head)?;
    }
    KeyList::begun(place.keys)?;
    Ok(restored)
}

/// Writes into a database that was just restored of a backup that it was; whatever came after the
/// backup, nobody there knows of. `folder` is that of the data.
///
/// # Errors
/// [`AcceptError`] when it could not be written.
pub async fn note_backup(
    store: &dyn Store,
    key: &AuditKey,
    folder: &Path,
    keys: &Path,
    restored: Restored,
) -> Result<(), AcceptError> {
    let ends = Ends::in_folder(folder);
    write(&AuditUnderCheck { store, key, ends: &ends, keys }, restored).await.map(drop)
}
