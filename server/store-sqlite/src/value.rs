//! Values as columns.

use domain::{
    ParcelCode,
    code::Strictness,
    dataset::DataVersion,
    record::{Fields, Value},
    request::{MessageKind, RequestNumber},
};
use jiff::{Timestamp, civil::Date};
use rusqlite::{Row, types::ValueRef};
use serde::{Serialize, de::DeserializeOwned};
use store::StoreError;

use crate::error::SqliteError;

/// A text column, without a copy.
pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, SqliteError> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

/// A text column that may be null, without a copy.
pub(super) fn text_or_null<'r>(
    row: &'r Row<'_>,
    column: usize,
) -> Result<Option<&'r str>, SqliteError> {
    Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
}

/// A text or number column as it can be shown, whatever somebody wrote into it.
pub(super) fn shown(row: &Row<'_>, column: usize) -> String {
    let text = match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Ok(ValueRef::Integer(number)) => number.to_string(),
        _ => "?".to_owned(),
    };
    text.replace(|character: char| character.is_control(), "\u{fffd}")
}

/// A column of bytes, without a copy.
pub(super) fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8], SqliteError> {
    Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
}

/// Turns any reading error into [`StoreError::Corrupt`].
pub(super) fn corrupt<E: std::fmt::Display>(what: &'static str) -> impl FnOnce(E) -> SqliteError {
    move |error| StoreError::Corrupt { what, reason: error.to_string() }.into()
}

/// JSON text for a column.
pub(super) fn to_json<T: Serialize + ?Sized>(
    what: &'static str,
    value: &T,
) -> Result<String, SqliteError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Staging { reason: format!("{what}: {error}") }.into())
}

/// A value from a column of JSON text.
pub(super) fn from_json<T: DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, SqliteError> {
    serde_json::from_str(text).map_err(corrupt(what))
}

/// Reads a column of parcel codes.
pub(super) fn read_codes(row: &Row<'_>, column: usize) -> Result<Vec<ParcelCode>, SqliteError> {
    // Nearly always empty.
    match text(row, column)? {
        "[]" => Ok(Vec::new()),
        some => from_json("parcel codes", some),
    }
}

/// Fields as JSON text. JSON has no word for infinite and not-a-number: what cannot be read back
/// is refused here and not found out by a visitor.
pub(super) fn fields_to_json(fields: &Fields) -> Result<String, SqliteError> {
    for (field, value) in fields {
        if let Value::AreaM2(figure) | Value::Number(figure) | Value::Money { amount: figure, .. } =
            value
            && !figure.is_finite()
        {
            return Err(
                StoreError::Staging { reason: format!("{} is {figure}", field.name()) }.into()
            );
        }
    }
    to_json("fields", fields)
}

/// An instant as text of one width, so that text order is time order.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// An instant from its column.
pub(super) fn read_instant(text: &str) -> Result<Timestamp, SqliteError> {
    text.parse().map_err(corrupt("instant"))
}

/// A date from its column.
pub(super) fn read_date(text: Option<&str>) -> Result<Option<Date>, SqliteError> {
    text.map(|text| text.parse().map_err(corrupt("date"))).transpose()
}

/// A parcel code from its column.
pub(super) fn read_parcel_code(text: &str) -> Result<ParcelCode, SqliteError> {
    ParcelCode::parse(text, Strictness::LookUp)
        .map(|parsed| parsed.code)
        .map_err(|error| corrupt("parcel code")(format!("{error:?}")))
}

/// A kind of message from its column.
pub(super) fn read_kind(name: &str) -> Result<MessageKind, SqliteError> {
    MessageKind::from_name(name).ok_or_else(|| corrupt("message kind")(name.to_owned()))
}

/// A number from its column.
pub(super) fn read_number(text: &str) -> Result<RequestNumber, SqliteError> {
    RequestNumber::parse(text).ok_or_else(|| corrupt("request number")(text.to_owned()))
}

/// Reads the columns `info, number, imported_at`.
pub(super) fn read_version(row: &Row<'_>) -> Result<DataVersion, SqliteError> {
    Ok(DataVersion {
        dataset: from_json("data set", text(row, 0)?)?,
        number: row.get(1)?,
        imported_at: read_instant(text(row, 2)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_sort_as_text_and_come_back_whole() {
        let whole: Timestamp = "2026-11-22T16:30:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-22T16:30:00.000000001Z".parse().unwrap();
        assert_eq!(instant(whole), "2026-11-22T16:30:00.000000000Z");
        assert!(instant(whole) < instant(later));
        assert_eq!(read_instant(&instant(later)).unwrap(), later);
        assert!(read_instant("yesterday").is_err());
    }
}
