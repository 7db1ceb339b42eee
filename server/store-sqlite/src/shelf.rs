//! What a current version has, feature by feature: layers, kinds of the base map, parcels.
//!
//! A shelf is swept for the row ids of its features, which are its order, along an index or a narrow table: where
//! a feature stands on it is told without the row id, which has gaps where something was left out.

use domain::{
    base_map::{BaseKind, Bounds},
    dataset::DataVersion,
};
use geo::{CoordsIter as _, Geometry, Intersects, Rect, coord};
use rusqlite::{Connection, OptionalExtension, Row};
use store::{OnShelf, Shelf, ShelfPage, Shelved, Shelves, Thing};

use super::{
    error::SqliteError,
    geometry,
    searchable::drawing,
    value::{blob, from_json, read_parcel_code, text, text_or_null},
};

/// A page ends with the feature that has it hold more corners than this: some 10 MB of text.
const MOST_CORNERS: usize = 200_000;

/// Every kind of the base map.
const KINDS: [BaseKind; 8] = [
    BaseKind::Boundary,
    BaseKind::Water,
    BaseKind::Green,
    BaseKind::Building,
    BaseKind::RoadMajor,
    BaseKind::Road,
    BaseKind::Rail,
    BaseKind::Label,
];

/// A parcel of the version that answers for its code: of several, that of the newest source (rule P5).
macro_rules! answering {
    () => {
        "p.version_id = ?1 and ?2 = 0 and not exists (
             select 1 from parcel other
                 join data_version ov on ov.id = other.version_id
                 join data_version v on v.id = p.version_id
             where other.code = p.code and other.id <> p.id and ov.state = 'current'
                 and (ov.info ->> 'source_date', other.version_id)
                     > (v.info ->> 'source_date', p.version_id)
         )"
    };
}

/// Where the features of a shelf stand.
struct Place {
    /// Row ids of its features, in its order; `?1` is `key`, `?2` is `part`.
    sweep: &'static str,
    /// Those without ground, which no box has.
    groundless: Option<&'static str>,
    /// Boxes by row id.
    boxes: &'static str,
    /// The box around all of it.
    around: &'static str,
    /// The ground of the row `?1`.
    ground: &'static str,
    key: i64,
    part: i64,
}

/// `None` where the version is not current, or has no such layer.
fn place(
    connection: &Connection,
    version: &DataVersion,
    shelf: &Shelf,
) -> Result<Option<Place>, SqliteError> {
    let Some(current) = current(connection, version)? else { return Ok(None) };
    Ok(match shelf {
        Shelf::Layer(name) => layer(connection, current, name)?.map(|key| Place {
            sweep: "select id from restriction where layer_id = ?1 and ?2 = 0 order by id",
            groundless: Some(
                "select r.id from restriction r where r.layer_id = ?1 and ?2 = 0
                     and not exists (select 1 from restriction_box_rowid d where d.rowid = r.id)",
            ),
            boxes: "select id, west, east, south, north from restriction_box
                 where east >= ?1 and west <= ?2 and north >= ?3 and south <= ?4",
            around: "select min(b.west), min(b.south), max(b.east), max(b.north)
                 from restriction r join restriction_box b on b.id = r.id
                 where r.layer_id = ?1 and ?2 = 0",
            ground: "select outline from restriction where id = ?1",
            key,
            part: 0,
        }),
        Shelf::Base(kind) => Some(Place {
            // What the R*Tree has beside its boxes: a0 the version, a2 when it is drawn, one for each kind.
            sweep: "select rowid from base_box_rowid where a0 = ?1 and a2 = ?2 order by rowid",
            groundless: None,
            boxes: "select id, west, east, south, north from base_box
                 where east >= ?1 and west <= ?2 and north >= ?3 and south <= ?4",
            around: "select min(b.west), min(b.south), max(b.east), max(b.north)
                 from base_box_rowid own join base_box b on b.id = own.rowid
                 where own.a0 = ?1 and own.a2 = ?2",
            ground: "select geometry from base_feature where id = ?1",
            key: current,
            part: drawing(*kind),
        }),
        Shelf::Parcels => Some(Place {
            sweep: concat!("select p.id from parcel p where ", answering!(), " order by p.id"),
            groundless: Some(concat!(
                "select p.id from parcel p where ",
                answering!(),
                " and not exists (select 1 from parcel_box_rowid d where d.rowid = p.id)",
            )),
            boxes: "select id, west, east, south, north from parcel_box
                 where east >= ?1 and west <= ?2 and north >= ?3 and south <= ?4",
            around: concat!(
                "select min(b.west), min(b.south), max(b.east), max(b.north)
                 from parcel p join parcel_box b on b.id = p.id where ",
                answering!(),
            ),
            ground: "select outline from parcel_body where parcel_id = ?1",
            key: current,
            part: 0,
        }),
    })
}

fn current(connection: &Connection, version: &DataVersion) -> Result<Option<i64>, SqliteError> {
    let found = connection
        .prepare_cached(
            "select id from data_version where dataset = ?1 and number = ?2 and state = 'current'",
        )?
        .query_row((&version.dataset.id, version.number), |row| row.get(0))
        .optional()?;
    Ok(found)
}

fn layer(connection: &Connection, version: i64, name: &str) -> Result<Option<i64>, SqliteError> {
    let found = connection
        .prepare_cached("select id from layer where version_id = ?1 and name = ?2")?
        .query_row((version, name), |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// What a current version has.
pub(super) fn shelves(
    connection: &Connection,
    version: &DataVersion,
) -> Result<Shelves, SqliteError> {
    let Some(current) = current(connection, version)? else { return Ok(Shelves::default()) };
    let layers = connection
        .prepare_cached("select info from layer where version_id = ?1 order by id")?
        .query_and_then([current], |row| from_json("layer", text(row, 0)?))?
        .collect::<Result<_, SqliteError>>()?;
    let drawn = connection
        .prepare_cached("select distinct a2 from base_box_rowid where a0 = ?1")?
        .query_map([current], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let base_grid_m = connection
        .prepare_cached("select base_grid_m from data_version where id = ?1")?
        .query_row([current], |row| row.get(0))?;
    let base_kinds = KINDS.into_iter().filter(|kind| drawn.contains(&drawing(*kind))).collect();
    Ok(Shelves { layers, base_kinds, base_grid_m })
}

/// Features of a shelf.
pub(super) fn on_shelf(
    connection: &Connection,
    version: &DataVersion,
    shelf: &Shelf,
    wanted: &OnShelf,
) -> Result<ShelfPage, SqliteError> {
    let Some(place) = place(connection, version, shelf)? else { return Ok(ShelfPage::default()) };
    let all = place.ids(connection, place.sweep)?;
    let met =
        if wanted.boxes.is_empty() { None } else { Some(place.meeting(connection, &all, wanted)?) };
    let matching = met.as_ref().unwrap_or(&all);
    let (mut things, mut weight) = (Vec::new(), 0);
    for id in matching.iter().skip(wanted.skip).take(wanted.limit) {
        let place = all.partition_point(|other| other < id) + 1;
        let thing = thing(connection, shelf, *id)?;
        weight += corners(&thing);
        things.push(Shelved { place, thing });
        if weight > MOST_CORNERS {
            break;
        }
    }
    Ok(ShelfPage { matched: matching.len(), things })
}

/// The box around a shelf.
pub(super) fn bounds(
    connection: &Connection,
    version: &DataVersion,
    shelf: &Shelf,
) -> Result<Option<Bounds>, SqliteError> {
    let Some(place) = place(connection, version, shelf)? else { return Ok(None) };
    let mut statement = connection.prepare_cached(place.around)?;
    let found = statement.query_row((place.key, place.part), |row| {
        let edge = |column| row.get::<_, Option<f64>>(column);
        Ok((edge(0)?, edge(1)?, edge(2)?, edge(3)?))
    })?;
    let (Some(west), Some(south), Some(east), Some(north)) = found else { return Ok(None) };
    Ok(Some(Bounds { west, south, east, north }))
}

impl Place {
    fn ids(&self, connection: &Connection, statement: &str) -> Result<Vec<i64>, SqliteError> {
        let mut statement = connection.prepare_cached(statement)?;
        let ids = statement.query_map((self.key, self.part), |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Those of `all`, which are in their order, that have ground in one of the boxes, or none at all.
    fn meeting(
        &self,
        connection: &Connection,
        all: &[i64],
        wanted: &OnShelf,
    ) -> Result<Vec<i64>, SqliteError> {
        let mut met = match self.groundless {
            Some(statement) => self.ids(connection, statement)?,
            None => Vec::new(),
        };
        let mut near = connection.prepare_cached(self.boxes)?;
        let mut ground = connection.prepare_cached(self.ground)?;
        for bounds in &wanted.boxes {
            let mut rows = near.query((bounds.west, bounds.east, bounds.south, bounds.north))?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                if all.binary_search(&id).is_err() {
                    continue;
                }
                let meets = lies_within(row, bounds)?
                    || ground.query_row([id], |row| Ok(touches(row, bounds)))??;
                if meets {
                    met.push(id);
                }
            }
        }
        met.sort_unstable();
        met.dedup();
        Ok(met)
    }
}

/// Whether a feature's own box, which is never smaller than it, lies in the box.
fn lies_within(row: &Row<'_>, bounds: &Bounds) -> Result<bool, SqliteError> {
    let (west, east): (f64, f64) = (row.get(1)?, row.get(2)?);
    let (south, north): (f64, f64) = (row.get(3)?, row.get(4)?);
    Ok(west >= bounds.west && east <= bounds.east && south >= bounds.south && north <= bounds.north)
}

fn touches(row: &Row<'_>, bounds: &Bounds) -> Result<bool, SqliteError> {
    let (min, max) =
        (coord! { x: bounds.west, y: bounds.south }, coord! { x: bounds.east, y: bounds.north });
    Ok(geometry::read(blob(row, 0)?)?.intersects(&Rect::new(min, max)))
}

/// The corners of a feature; of a parcel what its look-up costs, in corners.
fn corners(thing: &Thing) -> usize {
    match thing {
        Thing::Restriction { ground, .. } => ground.as_ref().map_or(0, |it| it.coords_count()),
        Thing::Base { ground, .. } => ground.coords_count(),
        Thing::Parcel(_) => 1_000,
    }
}

fn thing(connection: &Connection, shelf: &Shelf, id: i64) -> Result<Thing, SqliteError> {
    let statement = match shelf {
        Shelf::Layer(_) => "select feature, label, outline from restriction where id = ?1",
        Shelf::Base(_) => "select name, geometry from base_feature where id = ?1",
        Shelf::Parcels => "select code from parcel where id = ?1",
    };
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows = statement.query([id])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(match shelf {
        Shelf::Layer(_) => {
            let outline = geometry::read_outline(blob(row, 2)?)?;
            let ground = (!outline.0.is_empty()).then_some(Geometry::MultiPolygon(outline));
            Thing::Restriction {
                id: row.get(0)?,
                label: from_json("label", text(row, 1)?)?,
                ground,
            }
        }
        Shelf::Base(_) => Thing::Base {
            name: text_or_null(row, 0)?.map(str::to_owned),
            ground: geometry::read(blob(row, 1)?)?,
        },
        Shelf::Parcels => Thing::Parcel(read_parcel_code(text(row, 0)?)?),
    })
}
