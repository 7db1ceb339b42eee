//! Damage in the write-ahead log, noticed before SQLite opens it.
//!
//! SQLite takes the log up to the first page whose checksum is wrong for the whole log. After a
//! crash that is the end of what was being written; after damage it silently drops commits whose
//! receipts were given. The difference can be seen: behind damage, pages of the same log follow,
//! with commits among them. The format is that of <https://sqlite.org/fileformat2.html#walformat>.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use domain::digest::hexadecimal;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// What is wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// The first page that does not read, from 1.
    pub frame: u64,
    /// Commits from there on that SQLite will not read.
    pub commits: u64,
    /// The log's salt, which tells it from others.
    salt: [u8; 8],
}

/// Looks at the log beside a database; `None` when there is none or nothing is wrong with it.
pub(super) fn look(log: &Path) -> io::Result<Option<Damage>> {
    let found = scan(log)?;
    if found.is_none() {
        return Ok(None);
    }
    // Another process may have been writing: what it had begun is whole a moment later.
    std::thread::sleep(std::time::Duration::from_millis(100));
    Ok(scan(log)?.filter(|again| Some(*again) == found))
}

fn scan(log: &Path) -> io::Result<Option<Damage>> {
    let mut file = match File::open(log) {
        Ok(file) => BufReader::with_capacity(1 << 20, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut header = [0; HEADER];
    if !filled(&mut file, &mut header)? {
        return Ok(None);
    }
    let big = match word(&header, 0, true) {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return Ok(None),
    };
    let page = word(&header, 8, true) as usize;
    if !(512..=65_536).contains(&page) {
        return Ok(None);
    }
    let mut salt = [0; 8];
    salt.copy_from_slice(&header[16..24]);
    let mut sum = checksum((0, 0), &header[..24], big);
    if sum != (word(&header, 24, true), word(&header, 28, true)) {
        return Ok(None);
    }
    let (mut frame, mut broken) = (vec![0; FRAME_HEADER + page], None);
    let mut commits = 0;
    let mut number = 0;
    while filled(&mut file, &mut frame)? {
        number += 1;
        let ours = frame[8..16] == salt;
        if broken.is_none() {
            let next = checksum(checksum(sum, &frame[..8], big), &frame[FRAME_HEADER..], big);
            if ours && next == (word(&frame, 16, true), word(&frame, 20, true)) {
                sum = next;
                continue;
            }
            broken = Some(number);
        }
        // The size of the database stands in the last page of a commit.
        commits += u64::from(ours && word(&frame, 4, true) != 0);
    }
    Ok(broken.filter(|_| commits > 0).map(|frame| Damage { frame, commits, salt }))
}

fn filled(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn word(bytes: &[u8], at: usize, big: bool) -> u32 {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[at..at + 4]);
    if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
}

fn checksum((mut a, mut b): (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    for at in (0..bytes.len()).step_by(8) {
        a = a.wrapping_add(word(bytes, at, big)).wrapping_add(b);
        b = b.wrapping_add(word(bytes, at + 4, big)).wrapping_add(a);
    }
    (a, b)
}

/// Keeps a copy of a damaged log, which SQLite is about to write over, and says so. `true` when
/// it was not known before.
pub(super) fn keep(log: &Path, damage: &Damage) -> bool {
    let salt = hexadecimal(&damage.salt);
    let copy = log.with_extension(format!("sqlite3-wal.damaged-{salt}"));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&copy);
    let kept = match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return false,
        made => made.and_then(|mut to| io::copy(&mut File::open(log)?, &mut to)),
    };
    let kept = match kept {
        Ok(_) => format!("a copy is in {}", copy.display()),
        Err(error) => format!("no copy could be made: {error}"),
    };
    tracing::error!(
        wal.frame = damage.frame, wal.commits = damage.commits, wal.log = %log.display(),
        "The write-ahead log of the database is damaged at page {}: {} commits from there on are \
         lost, unless the power failed while they were being written; {kept}",
        damage.frame, damage.commits
    );
    true
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;

    /// A log of four commits, as a killed process leaves it, and where each page begins.
    fn log() -> (TempDir, PathBuf, Vec<usize>) {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.sqlite3");
        let connection = Connection::open(&database).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.execute_batch("create table receipt (number text)").unwrap();
        for number in 0..3 {
            connection.execute("insert into receipt values (?1)", [number]).unwrap();
        }
        let copy = folder.path().join("copy-wal");
        fs::copy(folder.path().join("a.sqlite3-wal"), &copy).unwrap();
        let frame = FRAME_HEADER + 4096;
        let pages = (fs::metadata(&copy).unwrap().len() as usize - HEADER) / frame;
        (folder, copy, (0..pages).map(|page| HEADER + page * frame).collect())
    }

    fn changed(copy: &Path, change: impl FnOnce(&mut Vec<u8>)) -> Option<Damage> {
        let mut bytes = fs::read(copy).unwrap();
        change(&mut bytes);
        fs::write(copy, bytes).unwrap();
        look(copy).unwrap()
    }

    #[test]
    fn s5_a_log_that_a_kill_or_a_power_cut_leaves_is_whole() {
        let (folder, copy, pages) = log();
        assert_eq!(look(&copy).unwrap(), None);
        assert_eq!(look(&folder.path().join("nowhere")).unwrap(), None);
        // Cut off anywhere: what was being written was never promised.
        let last = *pages.last().unwrap();
        for length in [last + 2_000, last, last - 1, HEADER, 7, 0] {
            assert_eq!(changed(&copy, |bytes| bytes.truncate(length)), None, "{length}");
        }
    }

    #[test]
    fn s5_a_changed_byte_before_a_commit_is_damage() {
        for page in [0, 1, 2] {
            let (_folder, copy, pages) = log();
            let at = pages[page] + FRAME_HEADER + 100;
            let damage = changed(&copy, |bytes| bytes[at] ^= 1).unwrap();
            assert_eq!(damage.frame, page as u64 + 1);
            assert!(damage.commits >= 1, "{damage:?}");
        }
        // The last commit alone, and a page whose own head is gone.
        let (_folder, copy, pages) = log();
        let at = pages.last().unwrap() + FRAME_HEADER + 5;
        assert_eq!(changed(&copy, |bytes| bytes[at] ^= 1).unwrap().commits, 1);
        let (_folder, copy, pages) = log();
        let head = pages[1];
        assert!(changed(&copy, |bytes| bytes[head..head + 24].fill(0)).is_some());
    }

    #[test]
    fn s5_pages_of_an_older_log_behind_the_end_are_no_damage() {
        let (_folder, copy, pages) = log();
        // A log is begun again from its start, with another salt.
        let from = pages[2];
        let found = changed(&copy, |bytes| {
            for page in (from..bytes.len()).step_by(FRAME_HEADER + 4096) {
                bytes[page + 8] ^= 1;
            }
        });
        assert_eq!(found, None);
    }
}
