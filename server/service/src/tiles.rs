//! Tiles of the layers that the policies give out as a whole, and of nothing else: no parcels, whatever the policy
//! (rule M4). Kept as they are made, each of a state of the data and a day.

use std::sync::Arc;

use domain::{
    dataset::{DataVersion, Epoch},
    extent::FoundFeature,
    tile::{EXTENT, Ring},
};
use jiff::civil::Date;
use mvt::{GeomData, GeomEncoder, GeomType};
use quick_cache::{Weighter, sync::Cache};
use service_api::{TileAsked, TileDrawn, TileLayer, Unavailable};
use store::{MostRead, Snapshot, StoreError};

use crate::disclosure::{PolicyGate, unavailable};

/// As much as one tile draws.
const MOST_READ: MostRead = MostRead { features: 20_000, bytes: 32 << 20 };
/// How many tiles are kept about, and how many bytes of them.
const KEPT: usize = 4_096;
const KEPT_BYTES: u64 = 32 << 20;

/// A tile of a state of the data and a day: layers begin and end at midnight.
type Key = (Epoch, Date, TileAsked);

/// A tile; `None` where there is more in it than is drawn.
type Kept = Option<Arc<[u8]>>;

/// What the cache and the allocator have beside each, bytes, about.
const BESIDE: usize = 128;

#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, (.., asked): &Key, tile: &Kept) -> u64 {
        let names: usize = asked.layers.iter().map(String::len).sum();
        (BESIDE + size_of::<Key>() + names + tile.as_ref().map_or(0, |tile| tile.len())) as u64
    }
}

/// Tiles that were made.
pub(crate) struct Tiles {
    kept: Cache<Key, Kept, Bytes>,
}

impl Default for Tiles {
    fn default() -> Self {
        Self { kept: Cache::with_weighter(KEPT, KEPT_BYTES, Bytes) }
    }
}

impl Tiles {
    /// What can be drawn in tiles.
    pub(crate) async fn layers(
        self: &Arc<Self>,
        gate: &PolicyGate,
    ) -> Result<Vec<TileLayer>, Unavailable> {
        let to_read = gate.clone();
        let read = store::read(&*gate.store, move |moment| given_out(&to_read, moment));
        read.await.map_err(unavailable)
    }

    /// A tile, from those that are kept or made now.
    pub(crate) async fn drawn(
        self: &Arc<Self>,
        gate: &PolicyGate,
        asked: &TileAsked,
    ) -> Result<TileDrawn, Unavailable> {
        let epoch = gate.store.epoch().map_err(unavailable).ok();
        let key = epoch.map(|epoch| (epoch, gate.today(), asked.clone()));
        if let Some(tile) = key.as_ref().and_then(|key| self.kept.get(key)) {
            return Ok(drawn(tile));
        }
        let (to_read, asked) = (gate.clone(), asked.clone());
        let read = store::read(&*gate.store, move |moment| {
            let layers = given_out(&to_read, moment)?;
            encoded(moment, &layers, &asked)
        });
        let tile: Kept = read.await.map_err(unavailable)?.map(Arc::from);
        // Of data that were published meanwhile it may be the former or the next.
        if let Some(key) = key.filter(|(of, ..)| gate.store.epoch().is_ok_and(|now| now == *of)) {
            self.kept.insert(key, tile.clone());
        }
        Ok(drawn(tile))
    }
}

fn drawn(tile: Kept) -> TileDrawn {
    tile.map_or(TileDrawn::TooFull, TileDrawn::Drawn)
}

/// The layers of this moment that are given out today, in the order of their data.
fn given_out(gate: &PolicyGate, moment: &dyn Snapshot) -> Result<Vec<TileLayer>, StoreError> {
    let today = gate.today();
    let mut given = Vec::new();
    for (version, shelves) in gate.shelves(moment)?.iter() {
        let Some(policy) = gate.policies.governing(&version.dataset) else { continue };
        let layers = shelves.layers.iter().filter(|layer| policy.gives_out_layer(layer, today));
        given.extend(layers.map(|info| TileLayer { version: version.clone(), info: info.clone() }));
    }
    Ok(given)
}

/// The bytes of a tile; `None` where there is more in it than is drawn.
fn encoded(
    moment: &dyn Snapshot,
    layers: &[TileLayer],
    asked: &TileAsked,
) -> Result<Option<Vec<u8>>, StoreError> {
    let is_wanted = |layer: &&TileLayer| {
        asked.layers.is_empty() || asked.layers.iter().any(|name| *name == layer.name())
    };
    let wanted: Vec<&TileLayer> = layers.iter().filter(is_wanted).collect();
    let mut tile = mvt::Tile::new(EXTENT);
    for of_version in wanted.chunk_by(|one, next| one.version == next.version) {
        let version: &DataVersion = &of_version[0].version;
        let names: Vec<String> = of_version.iter().map(|layer| layer.info.id.clone()).collect();
        let bounds = asked.tile.bounds();
        let Some(found) = moment.features_meeting(version, &names, bounds, MOST_READ)? else {
            return Ok(None);
        };
        for layer in of_version {
            let own = found.iter().filter(|feature| feature.layer == layer.info.id);
            draw(&mut tile, layer, own, asked).map_err(|error| unencodable(&error))?;
        }
    }
    tile.to_bytes().map(Some).map_err(|error| unencodable(&error))
}

/// A bug of this file: it is told to whoever runs the portal, and nobody is drawn half a tile.
fn unencodable(error: &mvt::Error) -> StoreError {
    tracing::error!(%error, "a tile could not be written");
    StoreError::Stopped
}

/// Draws what a layer has in a tile. A layer without anything in it is not in the tile at all.
fn draw<'f>(
    tile: &mut mvt::Tile,
    layer: &TileLayer,
    features: impl Iterator<Item = &'f FoundFeature>,
    asked: &TileAsked,
) -> Result<(), mvt::Error> {
    let mut into = tile.create_layer(&layer.name());
    for found in features {
        let polygons = asked.tile.cut(&found.ground);
        if polygons.is_empty() {
            continue;
        }
        let mut feature = into.into_feature(geometry(polygons)?);
        feature.add_tag_string("feature", &found.feature);
        feature.add_tag_string("zh", &found.label.zh);
        feature.add_tag_string("en", &found.label.en);
        feature.add_tag_string("theme", &layer.info.theme.0);
        into = feature.into_layer();
    }
    if into.num_features() > 0 {
        tile.add_layer(into)?;
    }
    Ok(())
}

fn geometry(polygons: Vec<Vec<Ring>>) -> Result<GeomData, mvt::Error> {
    let mut encoder = GeomEncoder::<f64>::new(GeomType::Polygon);
    let mut last = None;
    for mut ring in polygons.into_iter().flatten() {
        if ring.first().copied() == last {
            // The encoder takes a ring that begins where the last one ended for more of that one.
            ring.rotate_left(1);
        }
        for [x, y] in &ring {
            encoder.add_point(f64::from(*x), f64::from(*y))?;
        }
        encoder.complete_geom()?;
        last = ring.last().copied();
    }
    encoder.encode()
}

#[cfg(test)]
mod tests;
