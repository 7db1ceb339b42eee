//! The table of a Shapefile (`.dbf`, dBASE III), row by row.
//!
//! Not with the crate `dbase`: it makes `f64` of every number, and codes of 19 figures lose their
//! last ones. Here a number stays the text that the table has.

use std::{
    collections::BTreeMap,
    io::{BufReader, Read},
};

use super::super::{
    ReadError,
    binary::{Binary, Order},
    written::{Written, quoted},
};
use crate::encoding::Encoding;

/// A table, read up to some row.
pub(super) struct Table<R> {
    input: BufReader<R>,
    columns: Vec<Column>,
    rows: u64,
    row: Vec<u8>,
    encoding: Option<Encoding>,
    /// Columns of a type that is not read, with the type.
    pub(super) left_out: Vec<(String, char)>,
}

struct Column {
    name: String,
    /// Its name as JSON.
    quoted: String,
    kind: u8,
    from: usize,
    to: usize,
}

/// What the table itself says of its encoding, before its texts are read.
pub(super) struct Head<R> {
    input: BufReader<R>,
    rows: u64,
    length: usize,
    columns: Vec<(Vec<u8>, u8, usize)>,
    pub(super) language: u8,
}

const HEAD: usize = 32;
/// What ends the list of columns.
const END: u8 = 0x0D;

fn damaged(reason: &str) -> ReadError {
    ReadError::damaged("its .dbf", reason)
}

impl<R: Read> Head<R> {
    pub(super) fn read(input: R) -> Result<Self, ReadError> {
        let mut input = BufReader::with_capacity(1 << 18, input);
        let short = |_error: std::io::Error| damaged("it is shorter than its own heading");
        let mut head = [0; HEAD];
        input.read_exact(&mut head).map_err(short)?;
        let mut bytes = Binary::new(&head[4..8]);
        let rows = bytes.u32(Order::Little).map_or(0, u64::from);
        let whole = usize::from(u16::from_le_bytes([head[8], head[9]]));
        let length = usize::from(u16::from_le_bytes([head[10], head[11]]));
        let mut list = vec![0; whole.saturating_sub(HEAD)];
        input.read_exact(&mut list).map_err(short)?;
        let columns: Vec<(Vec<u8>, u8, usize)> = list
            .chunks_exact(32)
            .take_while(|column| column[0] != END)
            .map(|column| {
                let name = column[..11].split(|byte| *byte == 0).next().unwrap_or_default();
                (name.to_vec(), column[11], usize::from(column[16]))
            })
            .collect();
        let needed = 1 + columns.iter().map(|(_, _, width)| width).sum::<usize>();
        if columns.is_empty() || needed > length {
            return Err(damaged("its list of columns is not one"));
        }
        Ok(Self { input, rows, length, columns, language: head[29] })
    }

    /// The table, its texts in that encoding; without one they must be ASCII.
    pub(super) fn open(self, encoding: Option<Encoding>) -> Result<Table<R>, ReadError> {
        let Self { input, rows, length, columns, .. } = self;
        let mut table = Table {
            input,
            columns: Vec::with_capacity(columns.len()),
            rows,
            row: vec![0; length],
            encoding,
            left_out: Vec::new(),
        };
        let mut from = 1;
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (at, (name, kind, width)) in columns.into_iter().enumerate() {
            let name = match encoding {
                _ if name.is_ascii() => String::from_utf8_lossy(&name).into_owned(),
                None => return Err(ReadError::ColumnEncodingUnsaid),
                Some(encoding) => encoding
                    .decode_name(&name)
                    .ok_or_else(|| ReadError::ColumnEncoding { encoding: encoding.name() })?
                    .into_owned(),
            };
            let (name, to) = (name.trim().to_owned(), from + width);
            if matches!(kind, b'C' | b'N' | b'F' | b'D' | b'L') {
                if let Some(first) = places.insert(name.clone(), at + 1) {
                    return Err(ReadError::ColumnsAlike { first, second: at + 1, name });
                }
                table.columns.push(Column { quoted: quoted(&name), name, kind, from, to });
            } else {
                table.left_out.push((name, char::from(kind)));
            }
            from = to;
        }
        Ok(table)
    }
}

impl<R: Read> Table<R> {
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Reads the next row; `false` when it is marked as deleted.
    pub(super) fn next(&mut self, number: u64) -> Result<bool, ReadError> {
        self.input.read_exact(&mut self.row).map_err(|_error| {
            damaged(&format!("it ends before its row {number} of {}", self.rows))
        })?;
        match self.row.first() {
            Some(b'*') => Ok(false),
            Some(b' ') => Ok(true),
            _ => Err(damaged(&format!("its row {number} does not begin as rows do"))),
        }
    }

    /// Writes the row's values into a feature; a text that does not decode is what is wrong with it.
    pub(super) fn write(&self, number: u64, feature: &mut Written) -> Result<(), ReadError> {
        for column in &self.columns {
            let raw = self.row.get(column.from..column.to).unwrap_or_default();
            // Some programs end a text as C does, with whatever behind it.
            let bytes = raw.split(|byte| *byte == 0).next().unwrap_or_default().trim_ascii_end();
            let text = match (std::str::from_utf8(bytes), self.encoding) {
                (Ok(text), _) if bytes.is_ascii() => text.into(),
                (_, None) => return Err(ReadError::EncodingUnsaid { row: number }),
                (_, Some(encoding)) => match encoding.decode(bytes) {
                    Some(text) => text,
                    None => {
                        let (name, width) = (&column.name, column.to - column.from);
                        let cut = bytes.len() == width && encoding.decode_cut(bytes).is_some();
                        feature.fault(if cut {
                            format!(
                                "has a text in `{name}` that ends within a character: the program that \
                                 wrote it cut it at the {width} bytes of the column; export it with a \
                                 wider column, or as a GeoPackage"
                            )
                        } else {
                            format!(
                                "has a text in `{name}` that is not {}; check the encoding of the file",
                                encoding.name()
                            )
                        });
                        continue;
                    }
                },
            };
            feature.property(&column.quoted, value(column.kind, &text));
        }
        Ok(())
    }
}

/// A value as JSON; what does not read as its type stays the text that it is.
fn value(kind: u8, text: &str) -> String {
    let bare = text.trim();
    match kind {
        b'C' if bare.is_empty() => "null".to_owned(),
        b'C' => quoted(text),
        // A number too wide for its column is written as stars.
        b'N' | b'F' if bare.bytes().all(|byte| byte == b'*') => "null".to_owned(),
        b'N' | b'F' => number(bare),
        b'L' => match bare {
            "T" | "t" | "Y" | "y" => "true".to_owned(),
            "F" | "f" | "N" | "n" => "false".to_owned(),
            "" | "?" => "null".to_owned(),
            _ => quoted(bare),
        },
        _ if bare.bytes().all(|byte| byte == b'0') => "null".to_owned(),
        _ if bare.len() == 8 && bare.bytes().all(|byte| byte.is_ascii_digit()) => {
            quoted(&format!("{}-{}-{}", &bare[..4], &bare[4..6], &bare[6..]))
        }
        _ => quoted(bare),
    }
}

/// A number with every figure that the table has. Zeros in front are part of a code.
fn number(text: &str) -> String {
    let (sign, size) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let whole = if size.starts_with('.') { "0" } else { "" };
    let written = format!("{sign}{whole}{}", size.strip_suffix('.').unwrap_or(size));
    let is_json = serde_json::from_str::<&serde_json::value::RawValue>(&written)
        .is_ok_and(|json| json.get().starts_with(|c: char| c == '-' || c.is_ascii_digit()));
    if is_json { written } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_every_figure() {
        for (kind, text, json) in [
            (b'N', "330521001001000123456", "330521001001000123456"),
            (b'N', " 12.500", "12.500"),
            (b'N', "-.5", "-0.5"),
            (b'F', "1.25000000000e+003", "1.25000000000e+003"),
            (b'N', "7.", "7"),
            (b'N', "", "null"),
            (b'N', "****", "null"),
            (b'N', "0012", "\"0012\""),
            (b'N', "12,5", "\"12,5\""),
            (b'N', "nan", "\"nan\""),
            (b'N', "true", "\"true\""),
            (b'D', "20240229", "\"2024-02-29\""),
            (b'D', "00000000", "null"),
            (b'D', "        ", "null"),
            (b'D', "2024", "\"2024\""),
            (b'L', "T", "true"),
            (b'L', "?", "null"),
            (b'C', "", "null"),
            (b'C', "a \"b\"\n", "\"a \\\"b\\\"\\n\""),
        ] {
            assert_eq!(value(kind, text), json, "{text}");
        }
    }
}
