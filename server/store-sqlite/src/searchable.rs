//! The search tables (R*Trees and the trigram index). They hold the rows of current versions, and
//! of one being staged: a kept version would double every search, and bringing its rows back takes
//! seconds, while everybody still sees the version that is to be replaced.
//!
//! Which rows are in them is read from their own tables of rows (`…_rowid` of an R*Tree,
//! `…_docsize` of FTS5), so putting in and taking out can be cut off at any point and done again.

use std::thread;

use rusqlite::{Connection, Row, params};
use store::{BaseKind, Bounds};

use super::{
    PAUSE,
    error::SqliteError,
    geometry, in_transaction,
    value::{blob, from_json, text},
};

/// Rows put in within one transaction: some tens of milliseconds.
const BATCH: i64 = 1_000;

/// Puts in the words of a parcel that stands in its own tables.
pub(super) fn insert_words(connection: &Connection, parcel: i64) -> Result<(), SqliteError> {
    connection
        .prepare_cached(
            "insert into parcel_text (rowid, code, local_id, location, land_use, kind)
             select p.id, p.code, p.local_id, address_text(p.location), use_text(b.fields),
                 kind_text(p.code)
             from parcel p join parcel_body b on b.parcel_id = p.id
             where p.id = ?1",
        )?
        .execute([parcel])?;
    Ok(())
}

pub(super) fn insert_parcel(
    connection: &Connection,
    version: i64,
    parcel: i64,
    bounds: &Bounds,
) -> Result<(), SqliteError> {
    connection
        .prepare_cached("insert into parcel_box values (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute((parcel, bounds.west, bounds.east, bounds.south, bounds.north, version))?;
    Ok(())
}

pub(super) fn insert_restriction(
    connection: &Connection,
    version: i64,
    restriction: i64,
    bounds: &Bounds,
) -> Result<(), SqliteError> {
    connection
        .prepare_cached("insert into restriction_box values (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute((restriction, bounds.west, bounds.east, bounds.south, bounds.north, version))?;
    Ok(())
}

pub(super) fn insert_base(
    connection: &Connection,
    version: i64,
    feature: i64,
    kind: BaseKind,
    bounds: &Bounds,
) -> Result<(), SqliteError> {
    let (drawing, importance) = order(kind);
    let Bounds { west, south, east, north } = bounds;
    connection
        .prepare_cached("insert into base_box values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
        .execute(params![feature, west, east, south, north, version, importance, drawing])?;
    Ok(())
}

/// When a kind is drawn: each at a time of its own.
pub(super) const fn drawing(kind: BaseKind) -> i64 {
    order(kind).0
}

/// When a kind is drawn, areas first, and how soon it is missed when not all fits: without
/// boundaries and main roads a map says nothing, without buildings it still does.
const fn order(kind: BaseKind) -> (i64, i64) {
    match kind {
        BaseKind::Boundary => (0, 0),
        BaseKind::Green => (1, 4),
        BaseKind::Water => (2, 2),
        BaseKind::Building => (3, 7),
        BaseKind::Road => (4, 5),
        BaseKind::RoadMajor => (5, 1),
        BaseKind::Rail => (6, 3),
        BaseKind::Label => (7, 6),
    }
}

/// Puts in what is missing of a version, in short transactions.
pub(super) fn fill(connection: &mut Connection, version: i64) -> Result<(), SqliteError> {
    fill_from(
        connection,
        version,
        "select p.id, p.longitude is not null, b.outline,
             exists (select 1 from parcel_text_docsize d where d.id = p.id),
             exists (select 1 from parcel_box_rowid d where d.rowid = p.id)
         from parcel p join parcel_body b on b.parcel_id = p.id
         where p.version_id = ?1 and p.id > ?2
         order by p.id limit ?3",
        |connection, row| {
            let id = row.get(0)?;
            if !row.get::<_, bool>(3)? {
                insert_words(connection, id)?;
            }
            let has_place: bool = row.get(1)?;
            if !has_place || row.get(4)? {
                return Ok(());
            }
            let bounds = geometry::bounds(&geometry::read_outline(blob(row, 2)?)?);
            bounds.map_or(Ok(()), |bounds| insert_parcel(connection, version, id, &bounds))
        },
    )?;
    fill_from(
        connection,
        version,
        "select r.id, r.outline from restriction r
         where r.version_id = ?1 and r.id > ?2
             and not exists (select 1 from restriction_box_rowid d where d.rowid = r.id)
         order by r.id limit ?3",
        |connection, row| {
            let bounds = geometry::bounds(&geometry::read_outline(blob(row, 1)?)?);
            let id = row.get(0)?;
            bounds.map_or(Ok(()), |bounds| insert_restriction(connection, version, id, &bounds))
        },
    )?;
    fill_from(
        connection,
        version,
        "select f.id, f.kind, f.geometry from base_feature f
         where f.version_id = ?1 and f.id > ?2
             and not exists (select 1 from base_box_rowid d where d.rowid = f.id)
         order by f.id limit ?3",
        |connection, row| {
            let kind = from_json("base map kind", text(row, 1)?)?;
            let bounds = geometry::bounds(&geometry::read(blob(row, 2)?)?);
            let id = row.get(0)?;
            bounds.map_or(Ok(()), |bounds| insert_base(connection, version, id, kind, &bounds))
        },
    )
}

/// `select` gives rows of `?1` after the id `?2`, at most `?3`, by id, which comes first.
fn fill_from(
    connection: &mut Connection,
    version: i64,
    select: &str,
    insert: impl Fn(&Connection, &Row<'_>) -> Result<(), SqliteError>,
) -> Result<(), SqliteError> {
    let mut last = 0;
    loop {
        let before = last;
        in_transaction(connection, |transaction| {
            let mut statement = transaction.prepare_cached(select)?;
            let mut rows = statement.query((version, last, BATCH))?;
            while let Some(row) = rows.next()? {
                insert(transaction, row)?;
                last = row.get(0)?;
            }
            Ok(())
        })?;
        if last == before {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
}

/// A search table, and where its ids come from.
struct SearchTable {
    name: &'static str,
    id: &'static str,
    /// Its table of rows, which are found by number.
    rows: &'static str,
    rows_id: &'static str,
    of: &'static str,
}

#[rustfmt::skip]
const TABLES: [SearchTable; 4] = [
    SearchTable { name: "parcel_text", id: "rowid", rows: "parcel_text_docsize", rows_id: "id", of: "parcel" },
    SearchTable { name: "parcel_box", id: "id", rows: "parcel_box_rowid", rows_id: "rowid", of: "parcel" },
    SearchTable { name: "restriction_box", id: "id", rows: "restriction_box_rowid", rows_id: "rowid", of: "restriction" },
    SearchTable { name: "base_box", id: "id", rows: "base_box_rowid", rows_id: "rowid", of: "base_feature" },
];

/// Takes a version out, in short transactions of `batch` rows. Says whether there was anything.
pub(super) fn clear(
    connection: &mut Connection,
    version: i64,
    batch: i64,
) -> Result<bool, SqliteError> {
    let mut any = false;
    for SearchTable { name, id, rows, rows_id, of } in TABLES {
        // Ids of a version follow one another: only one import runs at a time.
        let ends = format!("select min(id), max(id) from {of} where version_id = ?1");
        let ends = connection.query_one(&ends, [version], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (Some(first), Some(last)): (Option<i64>, Option<i64>) = ends else { continue };
        let present = format!(
            "select {rows_id} from {rows} where {rows_id} between ?1 and ?2 order by {rows_id}"
        );
        let some = format!("{present} limit 1");
        let delete = format!("delete from {name} where {id} in ({present} limit ?3)");
        while connection.prepare_cached(&some)?.exists((first, last))? {
            in_transaction(connection, |transaction| {
                transaction.prepare_cached(&delete)?.execute((first, last, batch))?;
                Ok(())
            })?;
            any = true;
            thread::sleep(PAUSE);
        }
    }
    Ok(any)
}
