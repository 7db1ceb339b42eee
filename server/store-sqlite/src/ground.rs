//! What lies around ground that somebody drew: versions that have parcels there, their layers, and the
//! features of these that come near.

use std::collections::BTreeSet;

use domain::{
    ParcelCode, among::Surroundings, dataset::DataVersion, drawn::LayerAround, extent::FoundFeature,
};
use geo::MultiPolygon;
use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
};
use store::{Around, Bounds, MostRead};

use super::{
    error::SqliteError,
    geometry,
    value::{blob, from_json, read_parcel_code, text},
    versions::VersionCache,
};

/// Gives a connection the functions that migrations use: `outline_edge`, the western, eastern, southern and
/// northern edge of an outline by 0 to 3, and `outline_m2`, its area; null of an empty one.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("outline_edge", 2, flags, |call| {
        let edges = geometry::bounds(&outline(call)?);
        let edges = edges.map(|it| [it.west, it.east, it.south, it.north]);
        let edge: u8 = call.get(1)?;
        Ok(edges.and_then(|edges| edges.get(usize::from(edge)).copied()))
    })?;
    connection.create_scalar_function("outline_m2", 1, flags, |call| {
        Ok(geometry::area_of(&outline(call)?))
    })
}

fn outline(call: &Context<'_>) -> rusqlite::Result<MultiPolygon<f64>> {
    let failed = |error: SqliteError| rusqlite::Error::UserFunctionError(error.into());
    let outline = call.get_raw(0).as_blob().map_err(|e| failed(rusqlite::Error::from(e).into()))?;
    geometry::read_outline(outline).map_err(failed)
}

/// Versions with parcels in the boxes, or with features of layers, oldest first.
pub(super) fn around(
    connection: &Connection,
    versions: &VersionCache,
    boxes: &[Bounds],
    but: Option<&str>,
) -> Result<Vec<Around>, SqliteError> {
    let mut current = connection.prepare_cached(
        "select id from data_version where state = 'current' and dataset is not ?1 order by id",
    )?;
    let ids = current.query_map([but], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut found = Vec::new();
    for id in ids {
        let (mut districts, mut everywhere) = (BTreeSet::new(), !boxes.is_empty());
        let mut near = BTreeSet::new();
        for bounds in boxes {
            let before = districts_in(connection, id, bounds)?;
            everywhere &= !before.is_empty();
            districts.extend(before);
            near.extend(layers_in(connection, id, bounds)?);
        }
        if districts.is_empty() && near.is_empty() {
            continue;
        }
        let version = versions.get(connection, id)?.version.clone();
        let layers = layers(connection, id)?;
        found.push(Around { version, districts, everywhere, layers, near });
    }
    Ok(found)
}

fn districts_in(
    connection: &Connection,
    version: i64,
    bounds: &Bounds,
) -> Result<BTreeSet<String>, SqliteError> {
    let found = connection
        .prepare_cached(
            "select distinct substr(p.code, 1, 12)
             from parcel_box b join parcel p on p.id = b.id
             where b.version_id = ?1
                 and b.east >= ?2 and b.west <= ?3 and b.north >= ?4 and b.south <= ?5",
        )?
        .query_map((version, bounds.west, bounds.east, bounds.south, bounds.north), |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// How far outside its box a generalised outline of a parcel is looked for, degrees: some 50 m.
const DRAWN_OUT: f64 = 0.0005;

/// Parcels of current versions in whose box, drawn out by a little, a point lies: the nearest first.
pub(super) fn near_point(
    connection: &Connection,
    (x, y): (f64, f64),
    limit: u32,
) -> Result<Vec<ParcelCode>, SqliteError> {
    connection
        .prepare_cached(
            "select distinct p.code
             from parcel_box b
             join parcel p on p.id = b.id
             join data_version v on v.id = b.version_id and v.state = 'current'
             where b.east >= ?1 - ?3 and b.west <= ?1 + ?3 and b.north >= ?2 - ?3 and b.south <= ?2 + ?3
             order by max(b.west - ?1, ?1 - b.east, b.south - ?2, ?2 - b.north), p.code limit ?4",
        )?
        .query_and_then((x, y, DRAWN_OUT, limit), |row| read_parcel_code(text(row, 0)?))?
        .collect()
}

/// Parcels of these data sets whose boxes meet this one, in the order of their codes.
pub(super) fn parcels_near(
    connection: &Connection,
    datasets: &[String],
    bounds: Bounds,
    limit: usize,
) -> Result<Option<Vec<ParcelCode>>, SqliteError> {
    let datasets = serde_json::json!(datasets).to_string();
    let one_more = i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1));
    let found: Vec<ParcelCode> = connection
        .prepare_cached(
            "select distinct p.code
             from parcel_box b
             join parcel p on p.id = b.id
             join data_version v on v.id = b.version_id and v.state = 'current'
             where b.east >= ?1 and b.west <= ?2 and b.north >= ?3 and b.south <= ?4
                 and v.dataset in (select value from json_each(?5))
             order by p.code limit ?6",
        )?
        .query_and_then(
            (bounds.west, bounds.east, bounds.south, bounds.north, datasets, one_more),
            |row| read_parcel_code(text(row, 0)?),
        )?
        .collect::<Result<_, _>>()?;
    Ok((found.len() <= limit).then_some(found))
}

/// Layers with a feature whose box meets this one.
fn layers_in(
    connection: &Connection,
    version: i64,
    bounds: &Bounds,
) -> Result<BTreeSet<String>, SqliteError> {
    let found = connection
        .prepare_cached(
            "select distinct l.name
             from restriction_box b
             join restriction r on r.id = b.id
             join layer l on l.id = r.layer_id
             where b.version_id = ?1
                 and b.east >= ?2 and b.west <= ?3 and b.north >= ?4 and b.south <= ?5",
        )?
        .query_map((version, bounds.west, bounds.east, bounds.south, bounds.north), |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

fn layers(connection: &Connection, version: i64) -> Result<Vec<LayerAround>, SqliteError> {
    connection
        .prepare_cached(
            "select info, coverage, groundless from layer where version_id = ?1 order by id",
        )?
        .query_and_then([version], |row| {
            let coverage = row.get_ref(1)?.as_blob_or_null().map_err(rusqlite::Error::from)?;
            Ok(LayerAround {
                info: from_json("layer", text(row, 0)?)?,
                coverage: coverage.map(geometry::read_outline).transpose()?,
                groundless: row.get(2)?,
            })
        })?
        .collect()
}

/// Small parcels by their boxes first: few are left whose outlines must be read.
pub(super) fn fill(
    connection: &Connection,
    version: &DataVersion,
    mut surroundings: Surroundings,
) -> Result<bool, SqliteError> {
    let bounds = surroundings.bounds();
    let mut near = connection.prepare_cached(
        "select id, west, east, south, north from parcel_box
         where version_id = (
                 select id from data_version
                 where dataset = ?1 and number = ?2 and state = 'current'
             )
             and east >= ?3 and west <= ?4 and north >= ?5 and south <= ?6",
    )?;
    let mut rows = near.query((
        &version.dataset.id,
        version.number,
        bounds.west,
        bounds.east,
        bounds.south,
        bounds.north,
    ))?;
    let mut large: Vec<i64> = Vec::new();
    while let Some(row) = rows.next()? {
        let parcel =
            Bounds { west: row.get(1)?, east: row.get(2)?, south: row.get(3)?, north: row.get(4)? };
        if !surroundings.note_small(&parcel) {
            large.push(row.get(0)?);
        }
    }
    let mut outlines =
        connection.prepare_cached("select outline from parcel_body where parcel_id = ?1")?;
    for parcel in large {
        if surroundings.are_full() {
            break;
        }
        let mut rows = outlines.query([parcel])?;
        if let Some(row) = rows.next()? {
            surroundings.note(&geometry::read_outline(blob(row, 0)?)?);
        }
    }
    Ok(surroundings.are_full())
}

/// In the order in which they were imported: the same every time.
pub(super) fn features_meeting(
    connection: &Connection,
    version: &DataVersion,
    layers: &[String],
    bounds: Bounds,
    most: MostRead,
) -> Result<Option<Vec<FoundFeature>>, SqliteError> {
    let layers = serde_json::json!(layers).to_string();
    let mut statement = connection.prepare_cached(
        "select l.name, r.feature, r.label, r.outline
         from restriction_box b
         join restriction r on r.id = b.id
         join layer l on l.id = r.layer_id
         where b.version_id = (
                 select id from data_version
                 where dataset = ?1 and number = ?2 and state = 'current'
             )
             and b.east >= ?3 and b.west <= ?4 and b.north >= ?5 and b.south <= ?6
             and l.name in (select value from json_each(?7))
         order by r.id",
    )?;
    let mut rows = statement.query((
        &version.dataset.id,
        version.number,
        bounds.west,
        bounds.east,
        bounds.south,
        bounds.north,
        layers,
    ))?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let outline = blob(row, 3)?;
        bytes += outline.len();
        if found.len() == most.features || bytes > most.bytes {
            return Ok(None);
        }
        found.push(FoundFeature {
            layer: row.get(0)?,
            feature: row.get(1)?,
            label: from_json("label", text(row, 2)?)?,
            ground: geometry::read_outline(outline)?,
        });
    }
    Ok(Some(found))
}
