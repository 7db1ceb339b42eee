//! Where the chain was last seen to end, noted outside the database.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use domain::audit::Head;
use jiff::Timestamp;

use crate::{config::Config, private_file};

/// The file in the data folder.
pub const END_FILE: &str = "audit.end";
/// Bytes at the end of a witness that are read: hundreds of ends.
const TAIL: u64 = 64 << 10;

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
    witness: Option<PathBuf>,
    writing: Mutex<()>,
}

/// Whether a name is that of an `audit.end` that is being written.
#[must_use]
pub fn is_end_draft(name: &str) -> bool {
    name.strip_prefix("audit.end-").is_some_and(|tail| tail.bytes().all(|b| b.is_ascii_digit()))
}

impl Ends {
    /// Those of a data folder and a configuration.
    #[must_use]
    pub fn of(data: &Path, config: &Config) -> Self {
        Self {
            end: data.join(END_FILE),
            witness: config.audit.witness.clone(),
            writing: Mutex::new(()),
        }
    }

    /// That of a data folder alone.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        Self::of(data, &Config::default())
    }

    /// Every end that was noted, and that the chain must run through.
    ///
    /// # Errors
    /// [`EndsError`] when a file that is there cannot be read, or `audit.end` is no end.
    pub fn known(&self) -> Result<Vec<Head>, EndsError> {
        Ok(self.in_end_file()?.into_iter().chain(self.witnessed()?).collect())
    }

    /// The end that the witness keeps; none when it keeps none yet.
    ///
    /// # Errors
    /// [`EndsError`] when it is there and does not read.
    pub fn witnessed(&self) -> Result<Option<Head>, EndsError> {
        let Some(path) = &self.witness else { return Ok(None) };
        let tail = match tail(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(failed(path))?,
        };
        let mut known: Option<Head> = None;
        for line in tail.lines() {
            // A line that was cut off with the power, or at the beginning of the part that is read.
            let Some((kind, head)) = understood(line) else { continue };
            let later = known.as_ref().is_none_or(|known| known.sequence < head.sequence);
            if later || kind == RESTORED {
                known = Some(head);
            }
        }
        Ok(known)
    }

    /// Whether a witness is configured that keeps no end yet.
    ///
    /// # Errors
    /// As [`Ends::witnessed`].
    pub fn lacks_witness(&self) -> Result<bool, EndsError> {
        Ok(self.witness.is_some() && self.witnessed()?.is_none())
    }

    fn in_end_file(&self) -> Result<Option<Head>, EndsError> {
        match fs::read_to_string(&self.end) {
            Ok(text) => {
                let head = whole(&text);
                head.map(Some).ok_or_else(|| EndsError::Unreadable { path: self.end.clone() })
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
            self.witness(at, END, head)?;
        }
        Ok(())
    }

    /// Notes the end of a database that was put back, however far it lies.
    ///
    /// # Errors
    /// [`EndsError`] when either cannot be written.
    pub fn restored(&self, at: Timestamp, head: &Head) -> Result<(), EndsError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.witness(at, RESTORED, head)?;
        self.replace(head)
    }

    /// Makes the file of a witness that is not there.
    ///
    /// # Errors
    /// [`EndsError`] when it cannot be made.
    pub fn make_witness(&self) -> Result<(), EndsError> {
        let Some(path) = &self.witness else { return Ok(()) };
        let made = File::options().append(true).create(true).mode(0o600).open(path);
        made.map(drop).map_err(failed(path))
    }

    fn replace(&self, head: &Head) -> Result<(), EndsError> {
        private_file::replace(&self.end, head.to_string().as_bytes()).map_err(failed(&self.end))
    }

    /// Added in one write to a file that must be there: one that may only be added to will do, and
    /// one that was taken away is missed.
    fn witness(&self, at: Timestamp, kind: &str, head: &Head) -> Result<(), EndsError> {
        let Some(path) = &self.witness else { return Ok(()) };
        let line = format!("\n{at:.0} {kind} {head}\n");
        File::options()
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .map_err(failed(path))
    }
}

const END: &str = "end";
const RESTORED: &str = "restored";

fn understood(line: &str) -> Option<(&str, Head)> {
    let mut words = line.split(' ');
    let (_at, kind, head) = (words.next()?, words.next()?, words.next()?);
    let head = whole(head)?;
    matches!(kind, END | RESTORED).then_some((kind, head))
}

/// An end, unless it was cut off: a seal has 43 characters.
fn whole(text: &str) -> Option<Head> {
    text.parse().ok().filter(|head: &Head| head.seal.len() == 43)
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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

    #[test]
    fn x2_a_witness_is_only_added_to_and_goes_back_only_where_somebody_answers_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let mut config = Config::default();
        config.audit.witness = Some(path.clone());
        let ends = Ends::of(folder.path(), &config);
        let at = Timestamp::UNIX_EPOCH;
        assert!(ends.lacks_witness().unwrap());
        assert!(ends.note(at, &head(1)).is_err(), "a witness that was taken away is missed");
        ends.make_witness().unwrap();
        ends.note(at, &head(3)).unwrap();
        let before = fs::read(&path).unwrap();
        ends.note(at, &head(2)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before);
        // Cut off with the power.
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(b"1970-01-01T00:00:00Z end 77:sss").unwrap();
        ends.note(at, &head(4)).unwrap();
        assert_eq!(ends.known().unwrap(), [head(4), head(4)]);
        ends.restored(at, &head(2)).unwrap();
        assert_eq!(ends.known().unwrap(), [head(2), head(2)]);
        ends.note(at, &head(3)).unwrap();
        assert_eq!(ends.witnessed().unwrap(), Some(head(3)));
        assert!(fs::read(&path).unwrap().starts_with(&before));
    }
}
