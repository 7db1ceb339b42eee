//! Base maps and the ground on which they draw nothing.

use std::collections::{HashMap, HashSet};

use domain::{
    classified::{ClassifiedKey, CodeDigest},
    closed::{self, Cell},
};
use geo::Geometry;
use rusqlite::{Connection, Transaction};

use super::{
    error::SqliteError,
    geometry, searchable,
    value::{blob, from_json, text},
};

/// The closed cells, by their digests.
pub(super) struct ClosedCells {
    key: ClassifiedKey,
    digests: HashSet<CodeDigest>,
    /// Digests take time, and neighbours ask about the same cells.
    known: HashMap<Cell, bool>,
}

impl ClosedCells {
    /// Those of current versions and of `version`, which replaces the current one of its data set.
    pub(super) fn read(
        connection: &Connection,
        version: Option<i64>,
        key: &ClassifiedKey,
    ) -> Result<Self, SqliteError> {
        let digests = connection
            .prepare(
                "select c.digest from closed_cell c join data_version v on v.id = c.version_id
                 where c.version_id = ?1 or (
                     v.state = 'current'
                     and v.dataset is not (select dataset from data_version where id = ?1)
                 )",
            )?
            .query_map([version], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Self { key: key.clone(), digests, known: HashMap::new() })
    }

    /// Closes a cell.
    pub(super) fn close(&mut self, cell: Cell) {
        self.digests.insert(self.key.digest_of_cell(cell));
        self.known.insert(cell, true);
    }

    /// What of a thing may be drawn.
    pub(super) fn open_part(&mut self, geometry: &Geometry<f64>) -> Option<Geometry<f64>> {
        if self.digests.is_empty() {
            return Some(geometry.clone());
        }
        closed::open_part(geometry, &mut |cell| self.has(cell))
    }

    /// Whether a cell is closed.
    pub(super) fn has(&mut self, cell: Cell) -> bool {
        let Self { key, digests, known } = self;
        *known.entry(cell).or_insert_with(|| digests.contains(&key.digest_of_cell(cell)))
    }
}

/// Finds what stored base maps have on ground that is closed once `version` is current.
pub(super) fn gather(
    connection: &Connection,
    version: Option<i64>,
    key: &ClassifiedKey,
) -> Result<(), SqliteError> {
    connection.execute_batch(
        "drop table if exists temp.on_closed;
         create temp table on_closed (
             id integer primary key, version_id integer not null, kind text not null,
             geometry blob -- what may be drawn of it; null for nothing
         ) strict;",
    )?;
    let mut closed = ClosedCells::read(connection, version, key)?;
    if closed.digests.is_empty() {
        return Ok(());
    }
    let mut features =
        connection.prepare("select id, version_id, kind, geometry from base_feature")?;
    let mut insert = connection.prepare("insert into temp.on_closed values (?1, ?2, ?3, ?4)")?;
    let mut rows = features.query([])?;
    while let Some(row) = rows.next()? {
        let whole = geometry::read(blob(row, 3)?)?;
        let open = closed.open_part(&whole);
        if open.as_ref() != Some(&whole) {
            let open = open.as_ref().map(geometry::write).transpose()?;
            let (id, version): (i64, i64) = (row.get(0)?, row.get(1)?);
            insert.execute((id, version, text(row, 2)?, open))?;
        }
    }
    Ok(())
}

/// Takes out what [`gather`] found.
pub(super) fn clear(transaction: &Transaction<'_>) -> Result<(), SqliteError> {
    transaction.execute_batch(
        "update base_feature set geometry = (
             select geometry from temp.on_closed o where o.id = base_feature.id
         ) where id in (select id from temp.on_closed where geometry is not null);
         delete from base_feature
         where id in (select id from temp.on_closed where geometry is null);",
    )?;
    let mut found = transaction.prepare(
        "select o.id, o.version_id, o.kind, o.geometry from temp.on_closed o
         where o.id in (select rowid from base_box_rowid)",
    )?;
    let mut rows = found.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        transaction.prepare_cached("delete from base_box where id = ?1")?.execute([id])?;
        if row.get_ref(3)?.as_blob_or_null().map_err(rusqlite::Error::from)?.is_none() {
            continue;
        }
        let kind = from_json("base map kind", text(row, 2)?)?;
        if let Some(bounds) = geometry::bounds(&geometry::read(blob(row, 3)?)?) {
            searchable::insert_base(transaction, row.get(1)?, id, kind, &bounds)?;
        }
    }
    Ok(())
}
