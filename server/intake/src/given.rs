//! What is given, laid down so that it can be read several times and from any place: standard input
//! (`-`) is written to the disk, what is packed with gzip is unpacked there. Everything behind reads
//! plain files.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, ErrorKind, Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
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
/// More than this out of one packed file is an attack or a mistake, bytes.
const MOST: u64 = 1 << 40;
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
    _folder: Option<TempDir>,
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
        if is_input(path) {
            let folder = folder()?;
            given.path = folder.path().join("input");
            io::copy(&mut io::stdin().lock(), &mut create(&given.path)?)?;
            given._folder = Some(folder);
        }
        if recognise(&given.path) != Some(Format::Gzip) {
            return Ok(given);
        }
        let folder = folder()?;
        let target = folder.path().join(&given.name);
        unpack(&given.path, &target)?;
        if recognise(&target) == Some(Format::Shapefile) && !is_input(path) {
            lay_parts_beside(&given, &target)?;
        }
        // The packed copy of standard input is not needed any more.
        Ok(Self { path: target, _folder: Some(folder), ..given })
    }
}

/// A folder that nobody else reads: registers name people.
fn folder() -> io::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir()
}

fn create(path: &Path) -> io::Result<File> {
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
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
    let mut input = BufReader::with_capacity(1 << 18, File::open(packed)?);
    let mut output = create(target)?;
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
            if written > MOST {
                return Err(ReadError::PackedTooLarge);
            }
            output.write_all(&buffer[..read])?;
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
            io::copy(&mut File::open(&from)?, &mut create(&target)?)?;
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
}
