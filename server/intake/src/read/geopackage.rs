//! OGC GeoPackage (OGC 12-128r18), one row of one table at a time.

mod blob;

use std::{fs::File, io::Read, path::Path};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, config::DbConfig, limits::Limit,
    types::ValueRef,
};

use super::{
    Declared, MAX_FEATURE_BYTES, ReadError, Said, Stop,
    written::{Written, quoted},
};
use crate::feature::RawFeature;

/// A table that a GeoPackage offers.
struct Offered {
    name: String,
    /// Its column of geometries and their `srs_id`; tables of attributes have none.
    geometry: Option<(String, i64)>,
}

struct Column {
    name: String,
    /// Its name as JSON.
    quoted: String,
    kind: String,
    key: bool,
}

fn damaged(reason: impl Into<String>) -> ReadError {
    ReadError::damaged("the GeoPackage", reason)
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        damaged(error.to_string())
    }
}

impl<E> From<rusqlite::Error> for Stop<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Read(error.into())
    }
}

/// Hands every row of the table that the mapping names, or of the only one, to `sink`; gives what
/// the file says of itself.
pub(super) fn each_feature<E>(
    path: &Path,
    declared: &Declared<'_>,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), E>,
) -> Result<Said, Stop<E>> {
    let length = path.metadata().map_err(ReadError::Io)?.len();
    let package = open(path)?;
    let table = chosen(offered(&package)?, declared.table)?;
    let mut said = Said::default();
    if let Some((_, srs)) = table.geometry {
        compare(&package, srs, declared, &mut said)?;
    }
    let is_shape = |column: &Column| {
        let named = table.geometry.as_ref().map(|(name, _)| name);
        named.is_some_and(|name| name.eq_ignore_ascii_case(&column.name))
    };
    // What is left out is not even read: it would be whole in memory.
    let (columns, left_out): (Vec<Column>, Vec<Column>) = columns(&package, &table.name)?
        .into_iter()
        .partition(|column| is_shape(column) || !column.kind.starts_with("BLOB"));
    for Column { name, kind, .. } in left_out {
        said.remarks.push(format!("its column `{name}` is of the type {kind}, which is not read"));
    }
    let key = columns.iter().position(|column| column.key);
    let shape = columns.iter().position(is_shape);
    let from = name_of(&table.name);
    let names: Vec<String> = columns.iter().map(|column| name_of(&column.name)).collect();
    let order = key.and_then(|key| names.get(key));
    let last: Option<i64> = match order {
        Some(key) => {
            let sql = ["SELECT", &format!("max({key})"), "FROM", &from].join(" ");
            package.query_row(&sql, [], |row| row.get(0))?
        }
        None => None,
    };
    let mut sql = vec!["SELECT".to_owned(), names.join(", "), "FROM".to_owned(), from];
    sql.extend(order.map(|key| ["ORDER", "BY", key].join(" ")));
    let mut statement = package.prepare(&sql.join(" "))?;
    let mut rows = statement.query([])?;
    let mut number = 0;
    loop {
        number += 1;
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::TooBig) => {
                return Err(ReadError::TooLarge { feature: number }.into());
            }
            Err(error) => return Err(error.into()),
        };
        let id = match key.map(|key| row.get_ref(key)).transpose()? {
            Some(ValueRef::Integer(id)) => Some(id),
            _ => None,
        };
        let geometry = match &table.geometry {
            None => Ok("null".to_owned()),
            Some((name, srs)) => {
                let at = shape.ok_or_else(|| rusqlite::Error::InvalidColumnName(name.clone()))?;
                match row.get_ref(at)? {
                    ValueRef::Null => Ok("null".to_owned()),
                    ValueRef::Blob(bytes) => blob::of_blob(bytes, *srs),
                    _ => Err(super::written::DAMAGED.to_owned()),
                }
            }
        };
        let mut feature = Written::with_geometry(id, geometry);
        for (at, column) in columns.iter().enumerate() {
            if !column.key && shape != Some(at) {
                write(&mut feature, column, row.get_ref(at)?);
            }
        }
        // How far it is, as far as keys tell.
        let end = match (id, last) {
            (Some(id), Some(last)) if (1..=last).contains(&id) => {
                (length as f64 * (id as f64 / last as f64)) as u64
            }
            _ => 0,
        };
        sink(feature.finish(number, end)?).map_err(Stop::Sink)?;
    }
    Ok(said)
}

/// Opens it so that nothing is written, not beside it either.
fn open(path: &Path) -> Result<Connection, ReadError> {
    // Read as it lies there; what another program has not yet written back would be missed.
    // It lies beside the file itself, not beside a link to it.
    let path = path.canonicalize()?;
    for ending in ["-wal", "-journal"] {
        let mut other = path.as_os_str().to_owned();
        other.push(ending);
        let mut head = Vec::new();
        match File::open(&other) {
            Ok(file) => file.take(JOURNAL_HEAD).read_to_end(&mut head)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        // A journal that is kept has zeros for a heading once all is written back.
        if head.iter().any(|byte| *byte != 0) {
            return Err(ReadError::Unwritten { name: Path::new(&other).display().to_string() });
        }
    }
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                uri.push(char::from(*byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let package = Connection::open_with_flags(uri, flags)?;
    // What the file has of views and triggers is the work of others.
    package.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    package.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    let most = i32::try_from(MAX_FEATURE_BYTES).unwrap_or(i32::MAX);
    package.set_limit(Limit::SQLITE_LIMIT_LENGTH, most)?;
    // A view may go on without end.
    let view: Option<String> =
        package.query_row(include_str!("geopackage/views.sql"), [], |row| row.get(0)).optional()?;
    match view {
        Some(name) => Err(damaged(format!("its {name} is no table"))),
        None => Ok(package),
    }
}

/// Bytes in front of a rollback journal (SQLite, "Database File Format", 3).
const JOURNAL_HEAD: u64 = 28;

/// A name as SQL.
fn name_of(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn offered(package: &Connection) -> Result<Vec<Offered>, ReadError> {
    let mut statement = package.prepare(include_str!("geopackage/tables.sql"))?;
    let rows = statement.query_map([], |row| {
        let (column, srs): (Option<String>, Option<i64>) = (row.get(1)?, row.get(2)?);
        Ok(Offered { name: row.get(0)?, geometry: column.zip(srs) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The table of that name; without a name the only one with geometries, or the only one.
fn chosen(tables: Vec<Offered>, name: Option<&str>) -> Result<Offered, ReadError> {
    let tables_there: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
    let drawn = tables.iter().filter(|table| table.geometry.is_some()).count();
    let meant = |table: &Offered| match name {
        Some(name) => table.name == name,
        None => table.geometry.is_some() || drawn == 0,
    };
    let mut found: Vec<Offered> = tables.into_iter().filter(meant).collect();
    match (found.pop(), name) {
        (Some(table), _) if found.is_empty() => Ok(table),
        (None, Some(name)) if !tables_there.is_empty() => {
            Err(ReadError::NoSuchTable { name: name.to_owned(), tables: tables_there })
        }
        (None, _) => Err(damaged("it has no table of features")),
        (Some(_), _) => Err(ReadError::WhichTable { tables: tables_there }),
    }
}

fn columns(package: &Connection, table: &str) -> Result<Vec<Column>, ReadError> {
    let mut statement = package.prepare(include_str!("geopackage/columns.sql"))?;
    let rows = statement.query_map([table], |row| {
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let key = row.get::<_, i64>(2)? > 0;
        Ok(Column { quoted: quoted(&name), name, key, kind: kind.to_ascii_uppercase() })
    })?;
    let mut columns = rows.collect::<Result<Vec<Column>, _>>()?;
    // One column of several is no key, and a property like others.
    let alone = columns.iter().filter(|column| column.key).count() == 1;
    for column in &mut columns {
        column.key &= alone && column.kind.contains("INT");
    }
    Ok(columns)
}

/// The names of the tables, those of features and of attributes.
pub(super) fn tables(path: &Path) -> Result<Vec<String>, ReadError> {
    Ok(offered(&open(path)?)?.into_iter().map(|table| table.name).collect())
}

/// Holds what the table says of its CRS against the declared one, and notes it.
fn compare(
    package: &Connection,
    srs: i64,
    declared: &Declared<'_>,
    said: &mut Said,
) -> Result<(), ReadError> {
    let found: Option<(String, i64, String, String)> = package
        .query_row(include_str!("geopackage/srs.sql"), [srs], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((organization, code, name, definition)) = found else {
        return Err(damaged(format!(
            "its table is in the srs_id {srs}, which is not described in it"
        )));
    };
    // −1 and 0 stand for what nobody knows (clause 1.1.2.1.2).
    if srs <= 0 {
        return declared.compare(None, said);
    }
    if !organization.eq_ignore_ascii_case("EPSG") {
        return declared.compare(Some(&definition), said);
    }
    declared.compare_code(code, &name, said)
}

/// Writes a value: integers exactly, reals as the shortest decimals that give them again. What is no
/// text, number or truth, as pictures are, is left out.
fn write(feature: &mut Written, column: &Column, value: ValueRef<'_>) {
    let Column { name, quoted: own, .. } = column;
    match value {
        ValueRef::Null => feature.property(own, "null"),
        ValueRef::Integer(value @ (0 | 1)) if column.kind == "BOOLEAN" => {
            feature.property(own, value == 1);
        }
        ValueRef::Integer(value) => feature.property(own, value),
        ValueRef::Real(value) if value.is_finite() => feature.property(own, value),
        ValueRef::Real(_) => feature.fault(format!("has in `{name}` what is not a number")),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => feature.property(own, quoted(text)),
            Err(_not_utf8) => feature.fault(format!("has a text in `{name}` that is not UTF-8")),
        },
        ValueRef::Blob(_) => {}
    }
}
