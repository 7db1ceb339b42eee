//! What is given, laid down so that it can be read several times and from any place: standard input
//! (`-`) is written to the disk, what is packed with gzip is unpacked there. Everything behind reads
//! plain files.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, ErrorKind, Read, Seek, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use flate2::bufread::GzDecoder;
use tempfile::TempDir;

use crate::{
    format::{self, Format},
    read::{ReadError, folder_of},
};

/// How standard input is given.
const INPUT: &str = "-";
/// What the names of packed files end in.
const PACKED: &str = ".gz";
/// How many times its own size may come out of a packed file that is larger than [`UNLOOKED`]: outlines
/// and registers come to some 5 to 50 times, and gzip can make a thousand of nothing.
const MOST_TIMES: u64 = 200;
/// So much may come out of any packed file, bytes.
const UNLOOKED: u64 = 1 << 30;
/// Room that is left to others on the disk with the folder for temporary files, bytes, or a tenth of a
/// small one: a portal may have its data there.
const RESERVE: u64 = 1 << 30;
/// Bytes that are written between two looks at the room.
const LOOK_EVERY: u64 = 16 << 20;
/// What the names of folders begin in.
const PREFIX: &str = "jianma-given-";
/// A file in each folder that its process holds locked for as long as it reads.
const LOCK: &str = "lock";
/// The parts of a Shapefile that are read.
const PARTS: [&str; 4] = ["shx", "dbf", "prj", "cpg"];

/// A file as it is read.
pub(crate) struct Given {
    /// Its name for the mapping.
    pub(crate) name: String,
    /// Where it lies now.
    pub(crate) path: PathBuf,
    /// What was given, for people.
    pub(crate) shown: PathBuf,
    /// Holds what was laid down for as long as it is read.
    _folder: Option<Folder>,
}

/// A folder that is gone when it is dropped, or when the next one is made after its process was killed.
struct Folder {
    folder: TempDir,
    _lock: File,
}

/// Whether this stands for standard input.
pub(crate) fn is_input(path: &Path) -> bool {
    path.as_os_str() == INPUT
}

/// The name of what is packed in a file of that name.
pub(crate) fn unpacked(name: &str) -> &str {
    let cut = name.len().saturating_sub(PACKED.len());
    match name.get(cut..) {
        Some(end) if end.eq_ignore_ascii_case(PACKED) => &name[..cut],
        _ => name,
    }
}

impl Given {
    /// A file that lies where it is.
    pub(crate) fn plain(name: String, path: &Path) -> Self {
        Self { name, path: path.to_owned(), shown: path.to_owned(), _folder: None }
    }

    /// A file, laid down where it has to be; `name` is that of what is in it.
    ///
    /// # Errors
    /// What was given does not read to its end, or cannot be laid down.
    pub(crate) fn lay_down(name: String, path: &Path) -> Result<Self, ReadError> {
        let mut given = Self::plain(name, path);
        // A pipe reads once, whatever it is called.
        let is_pipe = fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        let flows = is_input(path) || is_pipe;
        if flows {
            let folder = Folder::new()?;
            given.path = folder.path().join("input");
            let mut output = Output::create(&given.path)?;
            if is_input(path) {
                output.take(&mut io::stdin().lock())?;
            } else {
                output.take(&mut File::open(path)?)?;
            }
            given._folder = Some(folder);
        }
        if recognise(&given.path) != Some(Format::Gzip) {
            return Ok(given);
        }
        let folder = Folder::new()?;
        let target = folder.path().join(&given.name);
        unpack(&given.path, &target)?;
        if recognise(&target) == Some(Format::Shapefile) && !flows {
            lay_parts_beside(&given, &target)?;
        }
        // The packed copy of standard input is not needed any more.
        Ok(Self { path: target, _folder: Some(folder), ..given })
    }
}

impl Folder {
    /// A folder that nobody else reads: registers name people. Those that killed processes left are removed.
    fn new() -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        Self::within(&std::env::temp_dir())
    }

    fn within(parent: &Path) -> io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new()
                .prefix(PREFIX)
                .permissions(fs::Permissions::from_mode(0o700))
                .tempdir_in(parent)?;
            let path = folder.path().join(LOCK);
            let lock = create(&path)?;
            // Another process may look just now, and take it for one that was left.
            if lock.try_lock().is_ok() && path.exists() {
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders whose processes were killed: nobody holds their locks any more. What cannot be
/// looked at is somebody else's.
fn sweep(parent: &Path) {
    for entry in parent.read_dir().into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            // It is tried again the next time.
            let _removed = fs::remove_dir_all(entry.path());
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// A file that is laid down, as long as the disk has room for others too.
struct Output {
    file: File,
    folder: PathBuf,
    since: u64,
}

impl Output {
    fn create(path: &Path) -> Result<Self, ReadError> {
        Ok(Self { file: create(path)?, folder: folder_of(path).to_owned(), since: LOOK_EVERY })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        self.since += bytes.len() as u64;
        if self.since >= LOOK_EVERY {
            self.since = 0;
            // Where the system does not tell, the disk itself will.
            if let Ok(disk) = rustix::fs::statvfs(&self.folder) {
                let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
                has_room(bytes(disk.f_bavail), bytes(disk.f_blocks))?;
            }
        }
        Ok(self.file.write_all(bytes)?)
    }

    /// Writes all that comes.
    fn take(&mut self, input: &mut impl Read) -> Result<(), ReadError> {
        let mut buffer = vec![0; 1 << 18];
        loop {
            match input.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => self.write(&buffer[..read])?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn has_room(free: u64, whole: u64) -> Result<(), ReadError> {
    let reserve = RESERVE.min(whole / 10);
    if free >= reserve {
        return Ok(());
    }
    Err(ReadError::LittleRoom { free_mib: free >> 20, reserve_mib: reserve >> 20 })
}

/// Refuses what nothing but an attack or a mistake packs so tightly.
fn fits(written: u64, packed: u64) -> Result<(), ReadError> {
    if written > UNLOOKED && written > packed.saturating_mul(MOST_TIMES) {
        return Err(ReadError::PackedTooLarge { times: MOST_TIMES });
    }
    Ok(())
}

/// What a file is by its first bytes; one that does not open is told when it is read.
fn recognise(path: &Path) -> Option<Format> {
    let mut head = Vec::new();
    let file = File::open(path).ok()?;
    file.take(format::HEAD as u64).read_to_end(&mut head).ok()?;
    format::recognise(&head)
}

/// Unpacks a file, member by member, as `cat` and the programs that pack in pieces write them.
fn unpack(packed: &Path, target: &Path) -> Result<(), ReadError> {
    let input = File::open(packed)?;
    let size = input.metadata()?.len();
    let mut input = BufReader::with_capacity(1 << 18, input);
    let mut output = Output::create(target)?;
    let (mut member, mut written) = (0_u64, 0_u64);
    let mut buffer = vec![0; 1 << 18];
    while !input.fill_buf()?.is_empty() {
        member += 1;
        let mut one = GzDecoder::new(&mut input);
        loop {
            let read = match one.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    let byte = one.into_inner().stream_position()?;
                    return Err(match error.kind() {
                        ErrorKind::UnexpectedEof => ReadError::PackedCutShort { byte, member },
                        ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                            ReadError::PackedDamaged { byte, member, reason: error.to_string() }
                        }
                        _ => ReadError::Io(error),
                    });
                }
            };
            written += read as u64;
            fits(written, size)?;
            output.write(&buffer[..read])?;
        }
    }
    Ok(())
}

/// Lays the other parts of a packed Shapefile beside it, packed or not, in names of any case.
fn lay_parts_beside(given: &Given, target: &Path) -> Result<(), ReadError> {
    let shape = target.with_extension("");
    let base = shape.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut from: [Option<PathBuf>; PARTS.len()] = [const { None }; PARTS.len()];
    for entry in folder_of(&given.shown).read_dir()? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let ending = unpacked(&name).strip_prefix(&*base).and_then(|rest| rest.strip_prefix('.'));
        let Some(at) = PARTS.iter().position(|part| Some(*part) == ending) else { continue };
        if let Some(other) = from[at].replace(path.clone()) {
            let name =
                |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut both = [name(&other), name(&path)];
            both.sort();
            let [first, second] = both;
            return Err(ReadError::PartTwice { first, second });
        }
    }
    for (part, from) in PARTS.iter().zip(from) {
        let Some(from) = from else { continue };
        let target = shape.with_extension(part);
        if recognise(&from) == Some(Format::Gzip) {
            unpack(&from, &target)?;
        } else {
            Output::create(&target)?.take(&mut File::open(&from)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.geojson.gz");
        fs::write(&path, bytes).unwrap();
        let given = Given::lay_down(unpacked("a.geojson.gz").to_owned(), &path)?;
        assert_eq!(given.path.file_name().unwrap(), "a.geojson");
        Ok(fs::read(&given.path).unwrap())
    }

    #[test]
    fn z9_members_follow_each_other_and_a_cut_is_told_by_its_byte() {
        let (first, second) = (member(b"{\"type\":"), member(b"\"x\"}"));
        let whole = [&*first, &second].concat();
        assert_eq!(read(&whole).unwrap(), b"{\"type\":\"x\"}");
        // A file that ends between two members is whole for whoever reads it; the format tells.
        for end in 2..whole.len() {
            let cut = read(&whole[..end]);
            if end == first.len() {
                assert_eq!(cut.unwrap(), b"{\"type\":");
                continue;
            }
            let Err(ReadError::PackedCutShort { byte, member }) = cut else { panic!("{end}") };
            assert_eq!((byte, member), (end as u64, 1 + u64::from(end > first.len())));
        }
        let text = read(&whole[..whole.len() - 3]).unwrap_err().to_string();
        assert!(text.contains(&format!("at byte {}", whole.len() - 3)), "{text}");
        let mut damaged = whole;
        damaged[first.len() - 6] ^= 1;
        assert!(matches!(read(&damaged), Err(ReadError::PackedDamaged { member: 1, .. })));
        let trailing = [&*first, b"more"].concat();
        assert!(matches!(
            read(&trailing),
            Err(ReadError::PackedDamaged { member: 2, .. }
                | ReadError::PackedCutShort { member: 2, .. })
        ));
    }
    #[test]
    fn z9_a_bomb_and_a_full_disk_are_told_before_they_fill_it() {
        fits(UNLOOKED, 1).unwrap();
        fits(200 << 30, 1 << 30).unwrap();
        let bomb = fits(UNLOOKED + 1, 1 << 20).unwrap_err().to_string();
        assert!(bomb.contains("200 times"), "{bomb}");
        has_room(RESERVE, 1 << 40).unwrap();
        has_room(60 << 20, 512 << 20).unwrap();
        let full = has_room(5 << 20, 1 << 40).unwrap_err().to_string();
        assert!(full.contains("5 MiB free") && full.contains("TMPDIR"), "{full}");
    }

    #[test]
    fn p5_z9_what_a_killed_import_left_is_removed_and_what_another_reads_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let read = Folder::within(parent.path()).unwrap();
        let Folder { folder, _lock: lock } = Folder::within(parent.path()).unwrap();
        let left = folder.keep();
        fs::write(left.join("input"), "a register").unwrap();
        let other = parent.path().join("of-another-program");
        fs::create_dir(&other).unwrap();
        sweep(parent.path());
        assert!(left.exists());
        drop(lock);
        sweep(parent.path());
        assert!(!left.exists() && read.path().exists() && other.exists());
    }

    #[test]
    fn z9_a_pipe_given_as_a_path_loses_nothing() {
        let text = format!("a\n{}", "1234567\n".repeat(5_000));
        let (input, mut output) = io::pipe().unwrap();
        let path = PathBuf::from(format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&input)));
        let given = std::thread::scope(|scope| {
            let text = &text;
            scope.spawn(move || {
                output.write_all(text.as_bytes()).unwrap();
                drop(output);
            });
            Given::lay_down("a.csv".to_owned(), &path).unwrap()
        });
        assert_eq!(given.shown, path);
        for _ in 0..2 {
            assert_eq!(fs::read_to_string(&given.path).unwrap(), text);
        }
    }
}
