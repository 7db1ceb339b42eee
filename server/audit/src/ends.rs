//! Where the chain was last seen to end, noted outside the database.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use domain::audit::{AuditEvent, AuditKey, Head, Record, Restored};
use jiff::Timestamp;
use keys::private_file;
use store::{Store, StoreError, StoredEntry};

use super::witness::{Kind, Witness};

/// The file in the data folder.
pub const END_FILE: &str = "audit.end";

/// Why the noted ends are not known, or an end was not noted. Then nothing that is not public is
/// shown.
#[derive(Debug, thiserror::Error)]
pub enum EndsError {
    /// The file system said no.
    #[error("the end of the audit in {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What stands in `audit.end` is no end: taken for none, a shortened audit would pass.
    #[error(
        "{path} does not read as the end of an audit: it was cut off or changed. Write the last end \
         into it that was kept elsewhere, as LENGTH:SEAL (the log says it behind `the audit ends \
         here`, and verify-audit prints it), and run verify-audit. Only if none was kept, move the \
         file away"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
    },
}

/// The two places where an end is noted. Both are read anew each time: a command beside the portal
/// may have written there.
#[derive(Debug)]
pub struct Ends {
    end: PathBuf,
    witness: Option<Witness>,
    writing: Mutex<()>,
}

/// Whether a name is that of an `audit.end` that is being written.
#[must_use]
pub fn is_end_draft(name: &str) -> bool {
    name.strip_prefix("audit.end-").is_some_and(|tail| tail.bytes().all(|b| b.is_ascii_digit()))
}

impl Ends {
    /// Those of a data folder and of a witness, where there is one.
    #[must_use]
    pub fn of(data: &Path, witness: Option<&Path>) -> Self {
        Self {
            end: data.join(END_FILE),
            witness: witness.map(|path| Witness::at(path.to_owned())),
            writing: Mutex::new(()),
        }
    }

    /// That of a data folder alone.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        Self::of(data, None)
    }

    /// Every end that was noted, and that the chain must run through. That a database was put back
    /// counts as far as [`Ends::ask`] was answered.
    ///
    /// # Errors
    /// [`EndsError`] when a file that is there cannot be read, or `audit.end` is no end.
    pub fn known(&self) -> Result<Vec<Head>, EndsError> {
        let witnessed = self.of_witness(Witness::known)?.flatten();
        Ok(self.in_end_file()?.into_iter().chain(witnessed).collect())
    }

    /// The ends as the files say them, whether or not the chain answers for a database that a
    /// witness says was put back.
    ///
    /// # Errors
    /// As [`Ends::known`].
    pub fn said(&self) -> Result<Vec<Head>, EndsError> {
        Ok(self.in_end_file()?.into_iter().chain(self.witnessed()?).collect())
    }

    /// Asks the chain for the sealed entry of every database that the witness says was put back. A
    /// line without one does not take back an end: whoever may add to the file could write it.
    ///
    /// # Errors
    /// [`EndsError`] when the witness or the chain cannot be read.
    pub async fn ask(&self, store: &dyn Store, key: &AuditKey) -> Result<(), EndsError> {
        let Some(witness) = &self.witness else { return Ok(()) };
        for restored in self.of_witness(Witness::unanswered)?.unwrap_or_default() {
            let answer = sealed(store, key, &restored).await;
            let failed = |error| failed(witness.path())(io::Error::other(error));
            if let Some(answer) = answer.map_err(failed)? {
                witness.answer(&restored, &answer);
            }
        }
        Ok(())
    }

    /// Every end that was noted, and that the chain does not run through though nobody answered for
    /// that: all lines of the witness, not the latest alone. `answer` is what the chain's own entry
    /// says where a database was put back.
    ///
    /// # Errors
    /// As [`Ends::known`].
    pub(super) fn missing<'a>(
        &self,
        runs_through: &dyn Fn(&Head) -> bool,
        answer: &dyn Fn(&Head) -> Option<&'a Restored>,
    ) -> Result<Vec<Head>, EndsError> {
        let mut missing: Vec<Head> = Vec::new();
        let mut answered = 0;
        self.of_witness(|witness| {
            witness.each(&mut |kind, head| {
                if kind == Kind::Restored
                    && head.sequence > answered
                    && let Some(restored) = answer(&head)
                {
                    answered = head.sequence;
                    let latest = missing.iter().max_by_key(|head| head.sequence);
                    if latest == restored.known.as_ref() {
                        missing.retain(|head| !restored.lost_entry(head.sequence));
                    }
                }
                if !runs_through(&head) {
                    missing.push(head);
                }
            })
        })?;
        missing.extend(self.in_end_file()?.filter(|head| !runs_through(head)));
        Ok(missing)
    }

    /// Of ends that somebody kept, those that the witness kept before a database was put back, each
    /// with the end that was noted when it was.
    ///
    /// # Errors
    /// As [`Ends::known`].
    pub fn before(&self, kept: &[Head]) -> Result<Vec<(Head, Head)>, EndsError> {
        let (mut seen, mut restores, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
        self.of_witness(|witness| {
            witness.each(&mut |kind, head| {
                // The first line alone: any later one may have been added by somebody else.
                if kind == Kind::Restored && !restores.contains(&head) {
                    pairs.extend(seen.iter().map(|end: &Head| (end.clone(), head.clone())));
                    restores.push(head.clone());
                }
                if kept.contains(&head) && !seen.contains(&head) {
                    seen.push(head);
                }
            })
        })?;
        Ok(pairs)
    }

    fn of_witness<T>(
        &self,
        ask: impl FnOnce(&Witness) -> io::Result<T>,
    ) -> Result<Option<T>, EndsError> {
        let Some(witness) = &self.witness else { return Ok(None) };
        ask(witness).map(Some).map_err(failed(witness.path()))
    }

    fn witnessed(&self) -> Result<Option<Head>, EndsError> {
        Ok(self.of_witness(Witness::said)?.flatten())
    }

    /// Whether a witness is configured that keeps no end yet.
    ///
    /// # Errors
    /// As [`Ends::known`].
    pub fn lacks_witness(&self) -> Result<bool, EndsError> {
        Ok(self.witness.is_some() && self.witnessed()?.is_none())
    }

    fn in_end_file(&self) -> Result<Option<Head>, EndsError> {
        match fs::read_to_string(&self.end) {
            Ok(text) => {
                let head = text.parse().map(Some);
                head.map_err(|_no_head| EndsError::Unreadable { path: self.end.clone() })
            }
            // No text, so no end.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(EndsError::Unreadable { path: self.end.clone() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(failed(&self.end)(source)),
        }
    }

    /// Notes an end that lies farther than those noted before.
    ///
    /// # Errors
    /// [`EndsError`] when the witness cannot be written. Without a witness, what cannot be written
    /// is only said: the end is then behind the chain, which does no harm.
    pub fn note(&self, at: Timestamp, head: &Head) -> Result<(), EndsError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let farther = |known: Option<Head>| known.is_none_or(|k| k.sequence < head.sequence);
        if farther(self.in_end_file()?)
            && let Err(error) = self.replace(head)
        {
            tracing::warn!(%error, "the end of the audit was not noted beside the database");
        }
        if farther(self.witnessed()?) {
            self.of_witness(|witness| witness.add(at, Kind::End, head))?;
        }
        Ok(())
    }

    /// Notes the end of a database that was put back, however far it lies, and before it the one
    /// that is lost.
    ///
    /// # Errors
    /// [`EndsError`] when either cannot be written.
    pub fn restored(
        &self,
        at: Timestamp,
        lost: Option<&Head>,
        head: &Head,
    ) -> Result<(), EndsError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = self.witnessed()?;
        let farther = |lost: &&Head| noted.is_none_or(|noted| noted.sequence < lost.sequence);
        self.of_witness(|witness| {
            // The entry names it: that line and this one must agree.
            lost.filter(farther).map_or(Ok(()), |lost| witness.add(at, Kind::End, lost))?;
            witness.add(at, Kind::Restored, head)
        })?;
        self.replace(head)
    }

    /// Makes the file of a witness that is not there.
    ///
    /// # Errors
    /// [`EndsError`] when it cannot be made.
    pub fn make_witness(&self) -> Result<(), EndsError> {
        self.of_witness(Witness::make).map(drop)
    }

    fn replace(&self, head: &Head) -> Result<(), EndsError> {
        private_file::replace(&self.end, head.to_string().as_bytes()).map_err(failed(&self.end))
    }
}

/// What the entry at that end says of a database put back, if it is one, sealed with the key behind
/// the entry before it. Of what was pruned nothing can be said.
async fn sealed(
    store: &dyn Store,
    key: &AuditKey,
    end: &Head,
) -> Result<Option<Restored>, StoreError> {
    let cut = store.audit_cut().await?.map(|(head, _)| head);
    if cut.as_ref().is_some_and(|cut| cut.sequence >= end.sequence) {
        return Ok(None);
    }
    let before = end.sequence.saturating_sub(1);
    let mut previous = cut.filter(|cut| cut.sequence == before);
    for stored in store.audit_after(before.saturating_sub(1), 2).await? {
        let StoredEntry::Entry(entry) = stored else { continue };
        if entry.sequence == before {
            previous = Some(Head::from(&entry));
        } else if Head::from(&entry) == *end
            && key.entry(previous.as_ref(), entry.record.clone()) == entry
            && let Record::Event(AuditEvent::Restored(restored)) = entry.record
        {
            return Ok(Some(restored));
        }
    }
    Ok(None)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> EndsError {
    let path = path.to_owned();
    move |source| EndsError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sequence: u64) -> Head {
        Head { sequence, seal: "s".repeat(43) }
    }

    #[test]
    fn x2_an_end_that_does_not_read_is_said_and_never_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let ends = Ends::in_folder(folder.path());
        let path = folder.path().join(END_FILE);
        let at = Timestamp::UNIX_EPOCH;
        let cut_off = format!("7:{}", "s".repeat(42));
        for broken in [&b""[..], b"7", b"7:", cut_off.as_bytes(), b"\xff\xfe"] {
            fs::write(&path, broken).unwrap();
            let said = ends.known().unwrap_err().to_string();
            assert!(said.contains("run verify-audit"), "{said}");
            assert!(ends.note(at, &head(9)).is_err(), "{broken:?}");
            assert_eq!(fs::read(&path).unwrap(), broken, "it is kept for whoever looks");
        }
        // As somebody writes it who kept one elsewhere.
        fs::write(&path, format!("{}\n", head(7))).unwrap();
        assert_eq!(ends.known().unwrap(), [head(7)]);
    }
}
