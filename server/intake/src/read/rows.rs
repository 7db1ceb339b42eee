//! Rows of text (CSV, RFC 4180), one at a time: each is a feature without a geometry, whose
//! properties are the cells under the names of the first row. A cell stays the text that it is.

mod watch;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    rc::Rc,
};

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use self::watch::{Watch, Watched};
use super::{
    Declared, ReadError, Said, Stop,
    written::{Written, quoted},
};
use crate::{encoding::Encoding, feature::RawFeature, separator::Separator};

/// What stands in front of UTF-8 to say that it is.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Columns of the largest spreadsheet (ECMA-376 as programs implement it); more are a mistake or an attack.
const MOST_COLUMNS: usize = 16_384;

struct Column {
    name: String,
    /// Its name as JSON; `None` for a column without a name, which is not read.
    quoted: Option<String>,
}

/// Hands every row under the first one to `sink`, numbered from 1; gives what the file says of itself.
pub(super) fn each_feature<E>(
    input: impl Read,
    declared: &Declared<'_>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<Said, Stop<E>> {
    let mut input = BufReader::with_capacity(1 << 18, input);
    let marked = input.fill_buf().map_err(ReadError::Io)?.starts_with(MARK);
    if marked {
        input.consume(MARK.len());
    }
    let (encoding, is_said) = encoding(marked, declared)?;
    let watch = Rc::new(Watch::default());
    let separator = declared.separator.unwrap_or(Separator::COMMA).byte;
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(Watched { inner: input, separator, watch: Rc::clone(&watch) });
    let mut row = ByteRecord::new();
    let mut next = |row: &mut ByteRecord, number: u64| {
        watch.begin();
        let there = rows.read_byte_record(row).map_err(|error| match error.into_kind() {
            _ if watch.is_too_large() => ReadError::TooLarge { feature: number },
            ErrorKind::Io(error) => ReadError::Io(error),
            other => ReadError::Io(std::io::Error::other(format!("{other:?}"))),
        })?;
        Ok::<_, ReadError>(there.then_some(rows.position().byte()))
    };
    if next(&mut row, 0)?.is_none() {
        return Err(ReadError::NoHeading.into());
    }
    if watch.stray(0).is_some() {
        return Err(ReadError::QuoteOpen { row: 0 }.into());
    }
    let mut said = Said { encoding: Some(encoding.name()), ..Said::default() };
    let columns = columns(&row, encoding, is_said, &mut said)?;
    let (mut number, mut blank) = (0_u64, 0_u64);
    while let Some(end) = next(&mut row, number + 1)? {
        number += 1;
        let stray = watch.stray(number);
        if stray == Some(true) {
            return Err(ReadError::QuoteOpen { row: number }.into());
        }
        if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
            blank += 1;
            continue;
        }
        let mut feature = Written::with_geometry(None, Ok("null".to_owned()));
        if stray.is_some() {
            feature.fault(
                "has a quotation mark within a cell that begins with one; double it".to_owned(),
            );
        }
        // Spreadsheets end some rows in more empty cells than others.
        let beyond = row.iter().skip(columns.len());
        if row.len() < columns.len() || beyond.clone().any(|cell| !cell.trim_ascii().is_empty()) {
            let (has, wants) = (row.len(), columns.len());
            feature.fault(format!(
                "has {has} cells where the first row has {wants} names; a separator or a quotation \
                 mark in it is one too many or missing"
            ));
        }
        for (column, cell) in columns.iter().zip(&row) {
            let Some(name) = &column.quoted else { continue };
            match encoding.decode(cell) {
                Some(text) => feature.property(name, value(&text)),
                None if !is_said => return Err(ReadError::RowNotUtf8 { row: number }.into()),
                None => feature.fault(format!(
                    "has a text in `{}` that is not {}; check the encoding of the file",
                    column.name,
                    encoding.name()
                )),
            }
        }
        sink(feature.finish(number, end)?).map_err(Stop::Sink)?;
    }
    if let Some(row) = watch.left_open() {
        return Err(ReadError::QuoteOpen { row }.into());
    }
    if watch.ends_within_a_line() {
        said.remarks.push(
            "its last row has no line end where the others have one; if it was cut there, get a complete copy"
                .to_owned(),
        );
    }
    if blank > 0 {
        said.remarks.push(format!("{blank} of its rows have nothing in any cell and are left out"));
    }
    Ok(said)
}

/// What the texts are in, and whether the file or the mapping says so: the mark in front or the mapping.
/// Where neither does, it is UTF-8 (RFC 7111, clause 3), to which every text is held.
fn encoding(marked: bool, declared: &Declared<'_>) -> Result<(Encoding, bool), ReadError> {
    match declared.encoding {
        Some(declared) if marked && !declared.agrees(Encoding::UTF_8) => {
            Err(ReadError::MarkDiffers { declared: declared.name() })
        }
        Some(declared) => Ok((declared, true)),
        None => Ok((Encoding::UTF_8, marked)),
    }
}

/// The columns by the names of the first row.
fn columns(
    row: &ByteRecord,
    encoding: Encoding,
    is_said: bool,
    said: &mut Said,
) -> Result<Vec<Column>, ReadError> {
    if row.len() > MOST_COLUMNS {
        return Err(ReadError::TooManyColumns { columns: row.len(), most: MOST_COLUMNS });
    }
    let mut columns = Vec::with_capacity(row.len());
    let (mut nameless, mut first_nameless) = (0_usize, None);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, cell) in row.iter().enumerate() {
        let place = at + 1;
        let name = match encoding.decode(cell) {
            Some(name) => bare(&name).trim().to_owned(),
            None if is_said => {
                return Err(ReadError::HeadingEncoding { encoding: encoding.name() });
            }
            None => return Err(ReadError::RowNotUtf8 { row: 0 }),
        };
        if name.is_empty() {
            nameless += 1;
            first_nameless.get_or_insert(place);
            columns.push(Column { name, quoted: None });
            continue;
        }
        if let Some(first) = places.insert(name.clone(), place) {
            return Err(ReadError::NamesAlike { first, second: place, name });
        }
        columns.push(Column { quoted: Some(quoted(&name)), name });
    }
    if let Some(place) = first_nameless {
        said.remarks.push(format!(
            "{nameless} of its columns have no name and are not read; column {place} is the first of them"
        ));
    }
    match &columns[..] {
        [only] if only.name.contains([',', ';', '\t', '，', '|']) => {
            Err(ReadError::OneColumn { name: only.name.clone() })
        }
        _ => Ok(columns),
    }
}

/// A cell as JSON: its text, or null where it is blank.
fn value(text: &str) -> String {
    let text = bare(text);
    if text.trim().is_empty() { "null".to_owned() } else { quoted(text) }
}

/// What a spreadsheet shows of `="330521001001GB00001"`, as people write codes so that their figures stay.
fn bare(text: &str) -> &str {
    let inside = text.trim().strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    inside.filter(|text| !text.contains('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{MAX_FEATURE_BYTES, tests::failing};

    fn read(
        bytes: &[u8],
        encoding: Option<&str>,
        separator: Option<&str>,
    ) -> Result<Vec<String>, String> {
        let declared = Declared {
            encoding: encoding.map(|name| Encoding::named(name).unwrap()),
            separator: separator.map(|name| Separator::named(name).unwrap()),
            ..Declared::nothing()
        };
        let mut rows = Vec::new();
        let read = each_feature::<()>(bytes, &declared, &mut |raw| {
            rows.push(match raw.fault {
                Some(fault) => format!("{}: {fault}", raw.number),
                None => raw.json.get().split_once("\"properties\":").unwrap().1.to_owned(),
            });
            Ok(())
        });
        match read {
            Ok(said) => {
                rows.extend(said.remarks);
                Ok(rows)
            }
            Err(stop) => Err(failing(stop).to_string()),
        }
    }

    const ROW: &str = r#"{"编号":"0012","坐落":"龙山路, 2号"}}"#;

    #[test]
    fn z9_rows_are_read_in_the_encoding_that_is_said_or_in_utf8() {
        let text = "编号,坐落\r\n0012,\"龙山路, 2号\"\r\n";
        let gbk = encoding_rs::GBK.encode(text).0;
        let marked = [MARK, text.as_bytes()].concat();
        for (bytes, said) in [
            (&*gbk, Some("gbk")),
            (text.as_bytes(), None),
            (&marked, None),
            (&marked, Some("utf-8")),
        ] {
            assert_eq!(read(bytes, said, None).unwrap(), [ROW]);
        }
        let tabs = text.replace("号,坐", "号\t坐").replace("12,", "12\t");
        assert_eq!(read(tabs.as_bytes(), None, Some("tab")).unwrap(), [ROW]);
        for (bytes, said, words) in [
            (&*gbk, None, "encoding = \"gbk\""),
            (&marked, Some("gbk"), "declares GBK"),
            (tabs.as_bytes(), None, "separator = \"tab\""),
            (b"a,a\n1,2\n", None, "both named `a`"),
        ] {
            let error = read(bytes, said, None).unwrap_err();
            assert!(error.contains(words), "{words} in {error}");
        }
    }

    #[test]
    fn z9_no_row_is_swallowed_or_passed_over_in_silence() {
        let rows =
            read(b"a,b,\n1,2\n1,2,,\n1\n,,\n1,2,3,4\n\"=\"\"0\"\"\",x,\n", None, None).unwrap();
        assert_eq!(rows[1], r#"{"a":"1","b":"2"}}"#);
        for (at, words) in [
            (0, "1: has 2 cells where the first row has 3 names"),
            (2, "3: has 1 cells"),
            (3, "5: has 4 cells"),
            (4, r#"{"a":"0","b":"x"}}"#),
            (5, "1 of its columns have no name and are not read; column 3"),
            (6, "1 of its rows have nothing"),
        ] {
            assert!(rows[at].contains(words), "{words} in {rows:?}");
        }
        // The quotation mark of the first row goes on to the end.
        let error = read(b"a,b\n1,\"2\n3,4\n5,6\n", None, None).unwrap_err();
        assert!(error.contains("row 1") && error.contains("quotation"), "{error}");
        let large = [b"a,b\n1,\"".as_slice(), &vec![b'x'; MAX_FEATURE_BYTES as usize + 9]].concat();
        assert!(read(&large, None, None).unwrap_err().contains("larger than 64 MB"));
    }
    #[test]
    fn z9_stray_quotation_marks_swallow_no_row() {
        // Two of them, an even count, and the cells that are wanted: rows 2 and 3 would be text of row 1.
        for text in ["a,b\n1,\"x\n2,y\n3,\"z\n4,w\n", "a,b\r\n1,\"x\r\n2,y\r\n3,\"z\r\n4,w\r\n"] {
            let error = read(text.as_bytes(), None, None).unwrap_err();
            assert!(error.contains("row 1") && error.contains("quotation"), "{error}");
        }
        let error = read(b"a,b\n1,2\n\n3,\"4\n", None, None).unwrap_err();
        assert!(error.contains("row 2 "), "{error}");
        assert!(read(b"a,\"b\" c\n1,2\n", None, None).unwrap_err().contains(" 0 (0 is"));
        // Within a line it is the row's own matter; in a cell without any it is text.
        let rows = read(
            b"a,b\n1,\"5\" pipe\"\n2,5\" pipe\n3,\"say \"\"x\"\",\nand more\"\n\"\",\"\"\"\"\n",
            None,
            None,
        )
        .unwrap();
        assert!(rows[0].starts_with("1: has a quotation mark within a cell"), "{rows:?}");
        assert_eq!(rows[1], r#"{"a":"2","b":"5\" pipe"}}"#);
        assert_eq!(rows[2], r#"{"a":"3","b":"say \"x\",\nand more"}}"#);
        assert_eq!((rows[3].as_str(), rows.len()), (r#"{"a":null,"b":"\""}}"#, 4));
    }

    #[test]
    fn z9_a_last_row_without_a_line_end_is_told_and_a_heading_of_commas_is_one_remark() {
        let rows = read(b"a,b\n1,2\n3,4", None, None).unwrap();
        assert!(rows.len() == 3 && rows[2].contains("no line end"), "{rows:?}");
        let wide = [b"a".as_slice(), &vec![b','; MOST_COLUMNS - 1], b"\n1\n"].concat();
        let rows = read(&wide, None, None).unwrap();
        assert!(rows.len() == 2 && rows[1].contains("16383 of its columns"), "{:?}", rows.last());
        let wider = [b",".as_slice(), &wide].concat();
        let error = read(&wider, None, None).unwrap_err();
        assert!(error.contains("16385 columns"), "{error}");
    }
}
