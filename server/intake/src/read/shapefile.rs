//! ESRI Shapefile: outlines (`.shp`), where each begins (`.shx`), the table (`.dbf`), its encoding
//! (`.cpg`) and its CRS (`.prj`), one feature at a time.

mod outline;
mod table;

use std::{
    fs::File,
    io::{BufReader, ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use self::table::Head;
use super::{
    Declared, MAX_FEATURE_BYTES, ReadError, Said, Stop,
    binary::{Binary, Order},
    folder_of,
    written::Written,
};
use crate::{encoding::Encoding, feature::RawFeature};

/// Bytes of the heading of `.shp` and `.shx`.
const HEAD: u64 = 100;
/// Bytes in front of each record.
const RECORD_HEAD: u64 = 8;
/// A description of a CRS is a line of text.
const MOST_OF_A_LINE: u64 = 64 << 10;

/// Hands every feature of the Shapefile to `sink`; gives what it says of itself.
pub(super) fn each_feature<E>(
    path: &Path,
    declared: &Declared<'_>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<Said, Stop<E>> {
    let head = Head::read(part(path, "dbf")?)?;
    let encoding = encoding(path, head.language, declared)?;
    let mut said = Said { encoding: encoding.map(Encoding::name), ..Said::default() };
    declared.compare(line(path, "prj")?.as_deref(), &mut said)?;
    let mut table = head.open(encoding)?;
    for (name, kind) in &table.left_out {
        said.remarks.push(format!("its column `{name}` is of the type {kind}, which is not read"));
    }
    let mut index = BufReader::new(part(path, "shx")?);
    let outlines = outlines(&mut index)?;
    if outlines != table.rows() {
        return Err(ReadError::PartsDiffer { outlines, rows: table.rows() }.into());
    }
    let shapes = File::open(path).map_err(ReadError::Io)?;
    let mut shapes = Shapes::new(shapes)?;
    for number in 1..=outlines {
        let kept = table.next(number)?;
        let entry = next_entry(&mut index)?;
        if !kept {
            continue;
        }
        let geometry = outline::of_record(shapes.record(number, &entry)?);
        let mut feature = Written::with_geometry(None, geometry);
        table.write(number, &mut feature)?;
        sink(feature.finish(number, shapes.at)?).map_err(Stop::Sink)?;
    }
    Ok(said)
}

/// The path of another part of the Shapefile, if it is there, whatever case its name has: folders come
/// from machines that do not mind it. Of two nobody knows which is meant.
fn beside(path: &Path, ending: &str) -> Result<Option<PathBuf>, ReadError> {
    let meant = path.with_extension(ending);
    let meant = meant.file_name().unwrap_or_default();
    let mut found: Option<PathBuf> = None;
    for entry in folder_of(path).read_dir()? {
        let entry = entry?;
        if !entry.file_name().eq_ignore_ascii_case(meant) || !entry.path().is_file() {
            continue;
        }
        if let Some(other) = found.replace(entry.path()) {
            let name = |path: &Path| {
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            };
            let mut both = [name(&other), name(&entry.path())];
            both.sort();
            let [first, second] = both;
            return Err(ReadError::PartTwice { first, second });
        }
    }
    Ok(found)
}

fn part(path: &Path, ending: &'static str) -> Result<File, ReadError> {
    let Some(found) = beside(path, ending)? else {
        let name = path.with_extension(ending);
        let name = name.file_name().map(|name| name.to_string_lossy().into_owned());
        return Err(ReadError::PartMissing { name: name.unwrap_or_default() });
    };
    File::open(found).map_err(ReadError::Io)
}

/// The text of a small part, if it is there.
fn line(path: &Path, ending: &str) -> Result<Option<String>, ReadError> {
    let Some(found) = beside(path, ending)? else { return Ok(None) };
    let mut bytes = Vec::new();
    File::open(found)?.take(MOST_OF_A_LINE).read_to_end(&mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// What the texts are in: the `.cpg` says it, the mapping, or the table's language byte. Where the
/// first two differ, one of them is wrong.
fn encoding(
    path: &Path,
    language: u8,
    declared: &Declared<'_>,
) -> Result<Option<Encoding>, ReadError> {
    let said = line(path, "cpg")?.map(|said| said.trim().to_owned()).unwrap_or_default();
    match (Encoding::named(&said), declared.encoding) {
        (Some(said), Some(declared)) if !said.agrees(declared) => {
            Err(ReadError::EncodingDiffers { said: said.name(), declared: declared.name() })
        }
        (Some(said), _) => Ok(Some(said)),
        (None, Some(declared)) => Ok(Some(declared)),
        // The .cpg of some programs says the language byte over again.
        (None, None) if said.is_empty() || said.starts_with("LDID") => {
            Ok(Encoding::of_language(language))
        }
        (None, None) => Err(ReadError::EncodingUnknown { said }),
    }
}

/// How many outlines the index says there are.
fn outlines(index: &mut impl Read) -> Result<u64, ReadError> {
    let mut head = [0; HEAD as usize];
    index
        .read_exact(&mut head)
        .map_err(|_error| ReadError::damaged("its .shx", "it is shorter than its own heading"))?;
    let mut bytes = Binary::new(&head[24..28]);
    // Lengths are in words of two bytes.
    let length = bytes.u32(Order::Big).map_or(0, u64::from) * 2;
    Ok(length.saturating_sub(HEAD) / RECORD_HEAD)
}

/// What the index says of a record, bytes.
struct Entry {
    start: u64,
    size: u64,
}

/// The next entry of the index.
fn next_entry(index: &mut impl Read) -> Result<Entry, ReadError> {
    let mut entry = [0; RECORD_HEAD as usize];
    index
        .read_exact(&mut entry)
        .map_err(|_error| ReadError::damaged("its .shx", "it ends before its last outline"))?;
    let mut bytes = Binary::new(&entry);
    let mut words = || bytes.u32(Order::Big).map_or(0, u64::from);
    Ok(Entry { start: words() * 2, size: words() * 2 })
}

/// The `.shp`, read up to some place.
struct Shapes {
    input: BufReader<File>,
    /// How far it is read, bytes.
    at: u64,
    length: u64,
    record: Vec<u8>,
    features: u64,
}

impl Shapes {
    fn new(file: File) -> Result<Self, ReadError> {
        let length = file.metadata()?.len();
        let input = BufReader::with_capacity(1 << 18, file);
        Ok(Self { input, at: 0, length, record: Vec::new(), features: 0 })
    }

    /// The content of the record of that number, which the index says begins there.
    fn record(&mut self, number: u64, entry: &Entry) -> Result<&[u8], ReadError> {
        let start = entry.start;
        // Records lie one behind the other, but for files that were worked on.
        if start != self.at {
            self.input.seek(SeekFrom::Start(start))?;
        }
        let mut head = [0; RECORD_HEAD as usize];
        self.fill(&mut head)?;
        let mut bytes = Binary::new(&head);
        let mut next = || bytes.u32(Order::Big).map_or(0, u64::from);
        let (own, size) = (next(), next() * 2);
        // An index of another copy would give this row the outline of another one.
        if own != number || size != entry.size {
            let reason = format!("what it says of outline {number} is not what the .shp has there");
            return Err(ReadError::damaged("its .shx", reason));
        }
        let from = start + RECORD_HEAD;
        if size > MAX_FEATURE_BYTES {
            return Err(ReadError::TooLarge { feature: number });
        }
        if from + size > self.length {
            return Err(ReadError::CutShort { byte: self.length, features: self.features });
        }
        let mut record = std::mem::take(&mut self.record);
        record.resize(usize::try_from(size).unwrap_or_default(), 0);
        self.fill(&mut record)?;
        self.record = record;
        self.at = from + size;
        self.features += 1;
        Ok(&self.record)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ReadError> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => {
                ReadError::CutShort { byte: self.length, features: self.features }
            }
            _ => ReadError::Io(error),
        })
    }
}
