//! What a witness keeps: ends, one a line, in a file that is only added to. Whoever may add to it
//! must not be able to take back what it says.

use std::{
    fs::{File, Metadata},
    io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::audit::{Head, Restored};
use jiff::Timestamp;

/// Bytes of the longest piece that is read at once; a line has about 80.
const LONGEST: u64 = 4 << 10;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The chain went on.
    End,
    /// A database was put back, and the chain ended there.
    Restored,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Restored => "restored",
        }
    }
}

/// The file. All of it counts, read once and then as it grows: an end that was noted is not put out
/// of sight by what is added behind it.
#[derive(Debug)]
pub(super) struct Witness {
    path: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Device and number of the file.
    file: Option<(u64, u64)>,
    until: u64,
    stretches: Vec<Stretch>,
}

/// The ends from one database put back to the next.
#[derive(Debug, Default)]
struct Stretch {
    /// The end that a database put back had.
    restored: Option<Head>,
    /// What the chain's own entry says there; none while the chain was not found to have one.
    answer: Option<Restored>,
    farthest: Option<Head>,
}

impl Witness {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, seen: Mutex::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The end that the chain must run through; none when there is none yet. It goes back only where
    /// the chain has an entry that names the end that was lost, and each such entry counts once.
    pub(super) fn known(&self) -> io::Result<Option<Head>> {
        let seen = self.read_on()?;
        let mut latest: Option<&Head> = None;
        let mut answered = 0;
        for Stretch { restored, answer, farthest } in &seen.stretches {
            if let Some(restored) = restored {
                let known = answer.as_ref().map(|answer| answer.known.as_ref());
                let is_answered = known == Some(latest) && restored.sequence > answered;
                if is_answered || is_later(latest, restored) {
                    latest = Some(restored);
                }
                if known.is_some() {
                    answered = answered.max(restored.sequence);
                }
            }
            if let Some(end) = farthest
                && is_later(latest, end)
            {
                latest = Some(end);
            }
        }
        Ok(latest.cloned())
    }

    /// The end that its last lines say, whether or not somebody answers for them.
    pub(super) fn said(&self) -> io::Result<Option<Head>> {
        let seen = self.read_on()?;
        let last = seen.stretches.last();
        Ok(last.and_then(|last| {
            let [restored, farthest] = [&last.restored, &last.farthest].map(Option::as_ref);
            restored.into_iter().chain(farthest).max_by_key(|head| head.sequence).cloned()
        }))
    }

    /// Databases put back for which no entry of the chain was found yet.
    pub(super) fn unanswered(&self) -> io::Result<Vec<Head>> {
        let seen = self.read_on()?;
        let open = seen.stretches.iter().filter(|stretch| stretch.answer.is_none());
        Ok(open.filter_map(|stretch| stretch.restored.clone()).collect())
    }

    /// Takes what the chain's own entry says of a database put back.
    pub(super) fn answer(&self, restored: &Head, answer: &Restored) {
        for stretch in &mut self.lock().stretches {
            if stretch.restored.as_ref() == Some(restored) {
                stretch.answer = Some(answer.clone());
            }
        }
    }

    /// Hands every line to `take`, in order. A file that is not there has none.
    pub(super) fn each(&self, take: &mut dyn FnMut(Kind, Head)) -> io::Result<()> {
        match File::open(&self.path) {
            Ok(file) => each(file, take).map(drop),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes the file if it is not there.
    pub(super) fn make(&self) -> io::Result<()> {
        File::options().append(true).create(true).mode(0o600).open(&self.path).map(drop)
    }

    /// Added in one write to a file that must be there: one that may only be added to will do, and
    /// one that was taken away is missed.
    pub(super) fn add(&self, at: Timestamp, kind: Kind, head: &Head) -> io::Result<()> {
        let line = format!("\n{at:.0} {} {head}\n", kind.word());
        let mut file = File::options().append(true).open(&self.path)?;
        file.write_all(line.as_bytes())
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_on(&self) -> io::Result<MutexGuard<'_, Seen>> {
        let mut seen = self.lock();
        let mut file = match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                *seen = Seen::default();
                return Ok(seen);
            }
            other => other?,
        };
        seen.read_on(&mut file)?;
        let is_empty = file.metadata()?.len() == 0;
        if !is_empty && seen.stretches.is_empty() {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "it has lines, and none is an end of the audit: put back the one that was there",
            ));
        }
        Ok(seen)
    }
}

impl Seen {
    fn read_on(&mut self, file: &mut File) -> io::Result<()> {
        let facts: Metadata = file.metadata()?;
        let which = Some((facts.dev(), facts.ino()));
        // Another file, e.g. after the old one was moved away.
        if self.file != which || facts.len() < self.until {
            *self = Self { file: which, ..Self::default() };
        }
        file.seek(SeekFrom::Start(self.until))?;
        let stretches = &mut self.stretches;
        self.until += each(file, &mut |kind, head| {
            if kind == Kind::Restored || stretches.is_empty() {
                stretches.push(Stretch::default());
            }
            let Some(stretch) = stretches.last_mut() else { return };
            match kind {
                Kind::Restored => stretch.restored = Some(head),
                Kind::End if is_later(stretch.farthest.as_ref(), &head) => {
                    stretch.farthest = Some(head);
                }
                Kind::End => {}
            }
        })?;
        Ok(())
    }
}

fn is_later(known: Option<&Head>, head: &Head) -> bool {
    known.is_none_or(|known| known.sequence < head.sequence)
}

/// Hands every line to `take`; how many bytes were read. A line that is not finished is left for
/// the next time.
fn each(file: impl Read, take: &mut dyn FnMut(Kind, Head)) -> io::Result<u64> {
    let mut file = BufReader::new(file);
    let mut done = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = file.by_ref().take(LONGEST).read_until(b'\n', &mut line)? as u64;
        // One that was cut off with the power says nothing.
        let understood = std::str::from_utf8(&line).ok().and_then(understood);
        if understood.is_none() && !line.ends_with(b"\n") && read < LONGEST {
            return Ok(done);
        }
        done += read;
        if let Some((kind, head)) = understood {
            take(kind, head);
        }
    }
}

fn understood(line: &str) -> Option<(Kind, Head)> {
    let mut words = line.trim_end().split(' ');
    let (_at, kind, head) = (words.next()?, words.next()?, words.next()?);
    let kind = [Kind::End, Kind::Restored].into_iter().find(|each| each.word() == kind)?;
    Some((kind, head.parse().ok()?))
}

#[cfg(test)]
mod tests;
