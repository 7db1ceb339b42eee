//! Pieces of restrictions that an import holds its parcels against.

use rusqlite::Connection;
use store::{Bounds, PiecesNear};

use crate::{
    error::SqliteError,
    geometry,
    value::{blob, from_json, text},
};

/// The staged pieces whose boxes meet `bounds`, by feature.
pub(super) fn near(
    connection: &Connection,
    version: i64,
    bounds: Bounds,
) -> Result<Vec<PiecesNear>, SqliteError> {
    let mut statement = connection.prepare_cached(
        "select r.id, l.name, r.feature, r.label, p.outline
         from piece_box b
         cross join piece p on p.id = b.id
         cross join restriction r on r.id = p.restriction_id
         cross join layer l on l.id = r.layer_id
         where b.version_id = ?1
             and b.east >= ?2 and b.west <= ?3 and b.north >= ?4 and b.south <= ?5
         order by r.id, p.id",
    )?;
    let Bounds { west, south, east, north } = bounds;
    let mut rows = statement.query((version, west, east, south, north))?;
    let mut groups: Vec<PiecesNear> = Vec::new();
    let mut last = None;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let piece = geometry::read_piece(blob(row, 4)?)?;
        match groups.last_mut() {
            Some(group) if last == Some(id) => group.pieces.push(piece),
            _ => groups.push(PiecesNear {
                layer: row.get(1)?,
                feature: row.get(2)?,
                label: from_json("label", text(row, 3)?)?,
                pieces: vec![piece],
            }),
        }
        last = Some(id);
    }
    Ok(groups)
}
