//! The properties of a feature: the number of a column, then a value of its type, in any order.

use ::flatgeobuf::{Column as Described, ColumnType};
use serde_json::value::RawValue;

use super::super::{
    Said,
    binary::{Binary, Order},
    written::{Written, quoted},
};

/// A column of properties.
pub(super) struct Column {
    name: String,
    /// Its name as JSON.
    quoted: String,
    kind: ColumnType,
}

/// Binary values are skipped, and said to be once for the file.
pub(super) fn columns<'a>(
    described: Option<impl IntoIterator<Item = Described<'a>>>,
    mut said: Option<&mut Said>,
) -> Vec<Column> {
    let described = described.into_iter().flatten();
    let columns = described.map(|column| {
        let (name, kind) = (column.name().to_owned(), column.type_());
        if kind == ColumnType::Binary
            && let Some(said) = &mut said
        {
            said.remarks
                .push(format!("its column `{name}` is of the type BINARY, which is not read"));
        }
        Column { quoted: quoted(&name), name, kind }
    });
    columns.collect()
}

/// Writes the values into a feature; what is damaged is what is wrong with it.
pub(super) fn write(feature: &mut Written, bytes: &[u8], columns: &[Column]) {
    let mut bytes = Binary::new(bytes);
    while !bytes.is_empty() {
        if value(feature, &mut bytes, columns).is_none() {
            feature.fault(
                "has damaged properties: they end before they are complete or are of a column that \
                 is not there"
                    .to_owned(),
            );
            return;
        }
    }
}

/// Writes the next value; `None` where there is none of its type.
fn value(feature: &mut Written, bytes: &mut Binary<'_>, columns: &[Column]) -> Option<()> {
    let Column { name, quoted: own, kind } =
        columns.get(usize::from(u16::from_le_bytes(bytes.array()?)))?;
    match *kind {
        ColumnType::Byte => feature.property(own, i8::from_le_bytes(bytes.array()?)),
        ColumnType::UByte => feature.property(own, bytes.byte()?),
        ColumnType::Bool => feature.property(own, bytes.byte()? != 0),
        ColumnType::Short => feature.property(own, i16::from_le_bytes(bytes.array()?)),
        ColumnType::UShort => feature.property(own, u16::from_le_bytes(bytes.array()?)),
        ColumnType::Int => feature.property(own, i32::from_le_bytes(bytes.array()?)),
        ColumnType::UInt => feature.property(own, u32::from_le_bytes(bytes.array()?)),
        ColumnType::Long => feature.property(own, i64::from_le_bytes(bytes.array()?)),
        ColumnType::ULong => feature.property(own, u64::from_le_bytes(bytes.array()?)),
        ColumnType::Float => {
            let number = f32::from_le_bytes(bytes.array()?);
            number_of(feature, name, own, number.is_finite(), number);
        }
        ColumnType::Double => {
            let number = f64::from_le_bytes(bytes.array()?);
            number_of(feature, name, own, number.is_finite(), number);
        }
        ColumnType::String | ColumnType::DateTime | ColumnType::Json => {
            let size = bytes.count(Order::Little, 1)?;
            match std::str::from_utf8(bytes.take(size)?) {
                Ok(text) if *kind == ColumnType::Json && is_json(text) => {
                    feature.property(own, text);
                }
                Ok(text) => feature.property(own, quoted(text)),
                Err(_not_utf8) => {
                    feature.fault(format!("has a text in `{name}` that is not UTF-8"));
                }
            }
        }
        ColumnType::Binary => {
            let size = bytes.count(Order::Little, 1)?;
            bytes.take(size)?;
        }
        _ => return None,
    }
    Some(())
}

fn number_of(
    feature: &mut Written,
    name: &str,
    own: &str,
    is_finite: bool,
    number: impl std::fmt::Display,
) {
    if is_finite {
        feature.property(own, number);
    } else {
        feature.fault(format!("has in `{name}` what is not a number"));
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}
