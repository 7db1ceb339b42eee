//! What a current version has that may be taken along feature by feature: its layers, its base map by kinds,
//! its parcels. Whether it may be given out is for the caller to ask.

use domain::{
    ParcelCode,
    base_map::{BaseKind, Bounds},
    restriction::LayerInfo,
};
use geo::Geometry;

/// A part of a data version, whose features have one order as long as the version is current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// A restriction layer, by its name.
    Layer(String),
    /// What the base map draws as this.
    Base(BaseKind),
    /// Its parcels; never a classified one.
    Parcels,
}

/// What a current version has of shelves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelves {
    /// Its layers.
    pub layers: Vec<LayerInfo>,
    /// The kinds that its base map draws, each once.
    pub base_kinds: Vec<BaseKind>,
    /// The grid that its base map was brought to at its import, m; `None` where it is as its source has it.
    pub base_grid_m: Option<f64>,
}

/// Which features of a shelf are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnShelf {
    /// Those that have ground in one of these boxes, or no ground at all; all of them where there is no box.
    pub boxes: Vec<Bounds>,
    /// Of these so many are passed over.
    pub skip: usize,
    /// At most so many.
    pub limit: usize,
}

/// A feature of a shelf. Not public.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelved {
    /// Its place on the shelf, from 1. It has no gaps, whatever was left out.
    pub place: usize,
    /// What it is.
    pub thing: Thing,
}

/// What stands on a shelf.
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    /// A feature of a layer.
    Restriction {
        /// The feature's own id in its source, which another may have too.
        id: String,
        /// What it is, for people.
        label: domain::Localized,
        /// Its ground, degrees; `None` of one that is lines or points.
        ground: Option<Geometry<f64>>,
    },
    /// A feature of the base map.
    Base {
        /// Its name.
        name: Option<String>,
        /// Degrees.
        ground: Geometry<f64>,
    },
    /// A parcel. What may be told of it is for the caller to look up.
    Parcel(ParcelCode),
}

/// Features of a shelf, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShelfPage {
    /// How many are wanted altogether.
    pub matched: usize,
    /// Those of the page, which may end before its limit where they are large: as many as are there are passed over
    /// by the next.
    pub things: Vec<Shelved>,
}
