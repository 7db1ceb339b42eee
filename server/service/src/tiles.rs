//! Tiles of the layers that the policies give out as a whole, and of nothing else: no parcels, whatever the policy
//! (rule M4). Kept as they are made, each of a state of the data and a day.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    base_map::Bounds,
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
/// Every place there is.
const EVERYWHERE: Bounds = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

/// A tile of a state of the data and a day: layers begin and end at midnight.
type Key = (Epoch, Date, TileAsked);

#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<Key, Arc<[u8]>> for Bytes {
    fn weight(&self, (.., asked): &Key, tile: &Arc<[u8]>) -> u64 {
        let names: usize = asked.layers.iter().map(String::len).sum();
        (size_of::<Key>() + names + tile.len()) as u64
    }
}

/// Tiles that were made, and what can be drawn in them.
pub(crate) struct Tiles {
    kept: Cache<Key, Arc<[u8]>, Bytes>,
    /// Every layer of a state of the data, given out or not: to find them, the boxes of all data are gone through.
    layers: Mutex<Option<(Epoch, Arc<[TileLayer]>)>>,
}

impl Default for Tiles {
    fn default() -> Self {
        Self { kept: Cache::with_weighter(KEPT, KEPT_BYTES, Bytes), layers: Mutex::default() }
    }
}

impl Tiles {
    fn known_layers(&self, epoch: Option<Epoch>) -> Option<Arc<[TileLayer]>> {
        let known = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(of, _)| Some(*of) == epoch).map(|(_, layers)| layers.clone())
    }

    fn note_layers(&self, epoch: Epoch, layers: Arc<[TileLayer]>) {
        *self.layers.lock().unwrap_or_else(PoisonError::into_inner) = Some((epoch, layers));
    }
}

impl Tiles {
    /// What can be drawn in tiles.
    pub(crate) async fn layers(
        self: &Arc<Self>,
        gate: &PolicyGate,
    ) -> Result<Vec<TileLayer>, Unavailable> {
        let (to_read, tiles) = (gate.clone(), self.clone());
        let read = store::read(&*gate.store, move |moment| given_out(&to_read, &tiles, moment));
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
            return Ok(TileDrawn::Drawn(tile));
        }
        let (to_read, tiles, asked) = (gate.clone(), self.clone(), asked.clone());
        let read = store::read(&*gate.store, move |moment| {
            let layers = given_out(&to_read, &tiles, moment)?;
            encoded(moment, &layers, &asked)
        });
        let Some(tile) = read.await.map_err(unavailable)? else { return Ok(TileDrawn::TooFull) };
        let tile: Arc<[u8]> = tile.into();
        // Of data that were published meanwhile it may be the former or the next.
        if let Some(key) = key.filter(|(of, ..)| gate.store.epoch().is_ok_and(|now| now == *of)) {
            self.kept.insert(key, tile.clone());
        }
        Ok(TileDrawn::Drawn(tile))
    }
}

/// The layers of this moment that are given out today, in the order of their data.
fn given_out(
    gate: &PolicyGate,
    tiles: &Tiles,
    moment: &dyn Snapshot,
) -> Result<Vec<TileLayer>, StoreError> {
    let today = gate.today();
    let before = gate.store.epoch().ok();
    let all = match tiles.known_layers(before) {
        Some(known) => known,
        None => {
            let all = layers_at(moment)?;
            if let Some(epoch) = before.filter(|of| gate.store.epoch().is_ok_and(|now| now == *of))
            {
                tiles.note_layers(epoch, all.clone());
            }
            all
        }
    };
    let is_given = |layer: &&TileLayer| {
        let policy = gate.policy_of(&layer.version);
        policy.is_some_and(|policy| policy.gives_out_layer(&layer.info, today))
    };
    Ok(all.iter().filter(is_given).cloned().collect())
}

fn layers_at(moment: &dyn Snapshot) -> Result<Arc<[TileLayer]>, StoreError> {
    let around = moment.around(&[EVERYWHERE], None)?;
    let layers = around.into_iter().flat_map(|it| {
        let version = it.version;
        let layers = it.layers.into_iter();
        layers.map(move |layer| TileLayer { version: version.clone(), info: layer.info })
    });
    Ok(layers.collect())
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
