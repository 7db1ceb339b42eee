//! FlatGeobuf (version 3), one feature at a time. Its schema is that of the crate `flatgeobuf`; the sizes
//! between the features are read here, for the crate's own reader takes each of them for true.

mod shape;
mod values;

use std::{
    fs::File,
    io::{BufReader, ErrorKind, Read, Seek, SeekFrom},
    path::Path,
};

use ::flatgeobuf::{
    GeometryType, Header, size_prefixed_root_as_feature_with_opts,
    size_prefixed_root_as_header_with_opts,
};
use flatbuffers::VerifierOptions;

use self::values::Column;
use super::{Declared, MAX_FEATURE_BYTES, ReadError, Said, Stop, written::Written};
use crate::feature::RawFeature;

/// Bytes that say what the file is.
const MAGIC: u64 = 8;
/// Bytes in front of the heading and of each feature, which say its size.
const SIZE: usize = 4;
/// A heading names columns and a CRS; a larger one is none, bytes.
const LARGEST_HEADING: u64 = 10 << 20;
/// Bytes of a node of the index.
const NODE: u64 = 40;

/// How much a part may say, as a multiple of its bytes: a writer lets tables share what describes them,
/// and whoever points at one long name a million times fills the memory.
const MOST_SAID: usize = 8;
/// What every part may say, bytes.
const LEAST_SAID: usize = 1 << 16;

fn bounded(block: &[u8]) -> VerifierOptions {
    let max_apparent_size = LEAST_SAID + MOST_SAID * block.len();
    VerifierOptions { max_apparent_size, ..VerifierOptions::default() }
}

fn damaged(reason: impl Into<String>) -> ReadError {
    ReadError::damaged("the FlatGeobuf file", reason)
}

/// Hands every feature to `sink`; gives what the file says of itself.
pub(super) fn each_feature<E>(
    path: &Path,
    declared: &Declared<'_>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<Said, Stop<E>> {
    let mut input = Blocks::open(path)?;
    let mut block = Vec::new();
    if !input.next(&mut block, LARGEST_HEADING)? {
        return Err(damaged("it has no heading").into());
    }
    let header = size_prefixed_root_as_header_with_opts(&bounded(&block), &block)
        .map_err(|error| damaged(format!("its heading does not read: {error}")))?;
    let mut said = Said::default();
    compare(&header, declared, &mut said)?;
    let columns = values::columns(header.columns(), Some(&mut said));
    input.skip(index_size(header.features_count(), header.index_node_size()))?;
    let mut feature = Vec::new();
    while input.next(&mut feature, MAX_FEATURE_BYTES)? {
        input.features += 1;
        let number = input.features;
        sink(of_block(&feature, &header, &columns, number, input.at)?).map_err(Stop::Sink)?;
    }
    let (counted, found) = (header.features_count(), input.features);
    // 0 stands for a count that its writer did not know.
    if counted != 0 && counted != found {
        let reason = format!("its heading says that it has {counted} features, and it has {found}");
        return Err(damaged(reason).into());
    }
    Ok(said)
}

/// A feature of its bytes; one that does not read is refused by itself.
fn of_block(
    block: &[u8],
    header: &Header<'_>,
    columns: &[Column],
    number: u64,
    end: u64,
) -> Result<RawFeature, ReadError> {
    let feature = match size_prefixed_root_as_feature_with_opts(&bounded(block), block) {
        Ok(feature) => feature,
        Err(error) => {
            let fault = format!("does not read as a feature of FlatGeobuf: {error}");
            return Written::with_geometry(None, Err(fault)).finish(number, end);
        }
    };
    let geometry = feature.geometry().map_or_else(
        || Ok("null".to_owned()),
        |geometry| {
            let kind = match header.geometry_type() {
                GeometryType::Unknown => geometry.type_(),
                kind => kind,
            };
            shape::of_geometry(&geometry, kind, block.len())
        },
    );
    let mut written = Written::with_geometry(None, geometry);
    let own = feature.columns().map(|own| values::columns(Some(own), None));
    let bytes = feature.properties().map_or(&[][..], |properties| properties.bytes());
    values::write(&mut written, bytes, own.as_deref().unwrap_or(columns));
    written.finish(number, end)
}

/// Holds what the heading says of the CRS against the declared one.
fn compare(header: &Header<'_>, declared: &Declared<'_>, said: &mut Said) -> Result<(), ReadError> {
    let Some(crs) = header.crs() else { return declared.compare(None, said) };
    // Without an organization the code is one of EPSG, as the schema has it.
    let is_epsg = crs.org().is_none_or(|org| org.eq_ignore_ascii_case("EPSG"));
    if is_epsg && crs.code() > 0 {
        declared.compare_code(i64::from(crs.code()), crs.name().unwrap_or_default(), said)
    } else {
        declared.compare(crs.wkt(), said)
    }
}

/// Bytes of the index in front of the features. `None` for one that no writer makes.
fn index_size(features: u64, node_size: u16) -> Option<u64> {
    if features == 0 || node_size == 0 {
        return Some(0);
    }
    let node_size = u64::from(node_size);
    if node_size < 2 {
        return None;
    }
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
    }
    // One feature is its own root, and has one above it all the same.
    if features == 1 {
        nodes += 1;
    }
    nodes.checked_mul(NODE)
}

/// The file as blocks that each say their size.
struct Blocks {
    input: BufReader<File>,
    /// How far it is read, bytes.
    at: u64,
    length: u64,
    features: u64,
}

impl Blocks {
    fn open(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut input = BufReader::with_capacity(1 << 18, file);
        input.seek(SeekFrom::Start(MAGIC))?;
        Ok(Self { input, at: MAGIC, length, features: 0 })
    }

    /// The next block with its size in front; `false` at the end of the file. No size is believed that
    /// the file has no bytes for.
    fn next(&mut self, block: &mut Vec<u8>, largest: u64) -> Result<bool, ReadError> {
        let left = self.length.saturating_sub(self.at);
        if left == 0 {
            return Ok(false);
        }
        let mut head = [0; SIZE];
        if left < SIZE as u64 {
            return Err(self.cut_short());
        }
        self.fill(&mut head)?;
        let size = u64::from(u32::from_le_bytes(head));
        if size > largest {
            return Err(ReadError::TooLarge { feature: self.features + 1 });
        }
        if size > left - SIZE as u64 {
            return Err(self.cut_short());
        }
        if size < SIZE as u64 {
            return Err(damaged(format!("at byte {} it has a part of {size} bytes", self.at)));
        }
        block.resize(SIZE + usize::try_from(size).unwrap_or_default(), 0);
        block[..SIZE].copy_from_slice(&head);
        self.fill(&mut block[SIZE..])?;
        self.at += SIZE as u64 + size;
        Ok(true)
    }

    fn skip(&mut self, bytes: Option<u64>) -> Result<(), ReadError> {
        let bytes =
            bytes.ok_or_else(|| damaged("its heading describes an index that cannot be"))?;
        if bytes > self.length.saturating_sub(self.at) {
            return Err(self.cut_short());
        }
        self.at += bytes;
        self.input.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ReadError> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.cut_short(),
            _ => ReadError::Io(error),
        })
    }

    fn cut_short(&self) -> ReadError {
        ReadError::CutShort { byte: self.length, features: self.features }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::tests::failing;

    const BUREAU: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/bureau.fgb");

    fn read(path: &Path) -> Result<u64, ReadError> {
        let mut features = 0;
        let read = each_feature::<()>(path, &Declared::nothing(), &mut |raw| {
            features += 1;
            let _refused_by_itself = raw.read();
            Ok(())
        });
        read.map(|_said| features).map_err(failing)
    }

    #[test]
    fn z9_no_size_and_no_count_of_flatgeobuf_is_believed() {
        let whole = std::fs::read(BUREAU).unwrap();
        assert_eq!(read(Path::new(BUREAU)).unwrap(), 3);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.fgb");
        let with = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            read(&path)
        };
        // Whatever a byte becomes, the file reads or is refused in words.
        for at in MAGIC as usize..whole.len() {
            for byte in [0xFF, whole[at] ^ 1] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _read_or_refused = with(&damaged);
            }
        }
        // A heading, a feature of 4 GB.
        let mut large = whole.clone();
        large[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(with(&large), Err(ReadError::TooLarge { .. })));
        // A file that ends between two features.
        let header = u32::from_le_bytes(whole[8..12].try_into().unwrap()) as usize;
        let first = 12 + header + 4 * NODE as usize;
        let size = u32::from_le_bytes(whole[first..first + 4].try_into().unwrap()) as usize;
        assert!(
            with(&whole[..first + 4 + size])
                .unwrap_err()
                .to_string()
                .contains("says that it has 3 features, and it has 1")
        );
    }

    #[test]
    fn an_index_has_the_size_that_the_format_gives_it() {
        for (features, node_size, nodes) in
            [(0, 16, 0), (5, 0, 0), (1, 16, 2), (16, 16, 17), (17, 16, 20), (179, 16, 192)]
        {
            assert_eq!(index_size(features, node_size), Some(nodes * 40), "{features}");
        }
        assert_eq!(index_size(5, 1), None);
        assert_eq!(index_size(u64::MAX, 16), None);
    }
    #[test]
    fn z9_flatgeobuf_says_no_name_again_and_again() {
        use ::flatgeobuf::{ColumnArgs, HeaderArgs, finish_size_prefixed_header_buffer};

        // A heading with columns of which each has its own name, or all have one.
        let heading = |columns: usize, share: bool| {
            let mut out = flatbuffers::FlatBufferBuilder::new();
            let mut made = Vec::new();
            for at in 0..columns {
                if let (true, Some(first)) = (share, made.first()) {
                    made.push(*first);
                    continue;
                }
                let name = out.create_string(&format!("{at:0>1000}"));
                let column = ColumnArgs { name: Some(name), ..ColumnArgs::default() };
                made.push(::flatgeobuf::Column::create(&mut out, &column));
            }
            let columns = out.create_vector(&made);
            let header = HeaderArgs { columns: Some(columns), ..HeaderArgs::default() };
            let header = Header::create(&mut out, &header);
            finish_size_prefixed_header_buffer(&mut out, header);
            out.finished_data().to_vec()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.fgb");
        let with = |heading: &[u8]| {
            std::fs::write(&path, [&[0; MAGIC as usize][..], heading].concat()).unwrap();
            read(&path)
        };
        assert_eq!(with(&heading(500, false)).unwrap(), 0);
        let error = with(&heading(10_000, true)).unwrap_err().to_string();
        assert!(error.contains("its heading does not read"), "{error}");
    }
}
