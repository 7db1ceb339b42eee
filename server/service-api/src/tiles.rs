//! Layers as maps draw them: cut into the squares of the web's grid, as far as a policy gives them out as a whole.

use std::sync::Arc;

use domain::{dataset::DataVersion, restriction::LayerInfo, tile::Tile};

/// A layer that is drawn in tiles.
#[derive(Clone, Debug, PartialEq)]
pub struct TileLayer {
    /// The version that it is of.
    pub version: DataVersion,
    /// What is said of it.
    pub info: LayerInfo,
}

impl TileLayer {
    /// Its name in tiles and addresses: the data set's, and which of its layers: `cambridge.layer.zoning`.
    #[must_use]
    pub fn name(&self) -> String {
        layer_name(&self.version, &self.info)
    }
}

/// The name of a layer that is given out, the same in tiles and collections.
pub(crate) fn layer_name(version: &DataVersion, layer: &LayerInfo) -> String {
    format!("{}.layer.{}", version.dataset.id, layer.id)
}

/// A tile that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TileAsked {
    /// The square.
    pub tile: Tile,
    /// Which layers, by [`TileLayer::name`]; all where none is named. One that is not given out is passed over as
    /// one that is not there.
    pub layers: Vec<String>,
}

/// What a tile comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TileDrawn {
    /// It, as a Mapbox Vector Tile 2.1; without bytes where nothing is drawn.
    Drawn(Arc<[u8]>),
    /// There is more in it than is drawn at once.
    TooFull,
}
