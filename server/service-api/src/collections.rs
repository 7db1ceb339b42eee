//! What anybody may take along feature by feature: collections and their items, as far as the policy gives
//! them out as a whole.

use domain::{
    Localized,
    base_map::{BaseKind, Bounds},
    dataset::DataVersion,
    lineage::Lineage,
    profile::PublicProfile,
    restriction::LayerInfo,
};
use geo::Geometry;
use jiff::civil::Date;

use crate::tiles::layer_name;

/// Something that is given out as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    /// The version that it is of.
    pub version: DataVersion,
    /// What it has.
    pub kind: CollectionKind,
}

/// What a collection has.
#[derive(Clone, Debug, PartialEq)]
pub enum CollectionKind {
    /// The features of a restriction layer.
    Layer(Box<LayerInfo>),
    /// What the base map draws as this.
    Base(BaseKind),
    /// The parcels of an open cadastre.
    Parcels,
}

impl Collection {
    /// Its name, for addresses: the data set's, what it is, and which: `deqing-demo.base.water`.
    #[must_use]
    pub fn id(&self) -> String {
        let dataset = &self.version.dataset.id;
        match &self.kind {
            CollectionKind::Layer(layer) => layer_name(&self.version, layer),
            CollectionKind::Base(kind) => {
                let kind = serde_json::to_value(kind).unwrap_or_default();
                format!("{dataset}.base.{}", kind.as_str().unwrap_or_default())
            }
            CollectionKind::Parcels => format!("{dataset}.parcels"),
        }
    }

    /// The day that its features tell of: what was before, they do not say.
    #[must_use]
    pub fn source_date(&self) -> Date {
        match &self.kind {
            CollectionKind::Layer(layer) => layer.source_date,
            CollectionKind::Base(_) | CollectionKind::Parcels => self.version.dataset.source_date,
        }
    }
}

/// A collection, and the box around its features; `None` where they have no ground.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedCollection {
    /// The collection.
    pub collection: Collection,
    /// Degrees.
    pub bounds: Option<Bounds>,
}

/// Which items are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemsAsked {
    /// Those in one of these boxes, and what has no ground; all where there is no box.
    pub boxes: Vec<Bounds>,
    /// So many are passed over.
    pub skip: usize,
    /// At most so many.
    pub limit: usize,
}

/// Items of a collection, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    /// Of what.
    pub collection: Collection,
    /// How many are wanted altogether; `None` where the number would tell of what is not given out.
    pub matched: Option<usize>,
    /// How many the next page passes over; `None` where nothing follows.
    pub next: Option<usize>,
    /// Those of the page.
    pub items: Vec<Item>,
}

/// A feature as anybody may take it along.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its name in the collection, the same as long as the data are: a running number, or a parcel's code.
    pub id: String,
    /// Degrees; `None` where it has no ground, or none that may be shown.
    pub ground: Option<Geometry<f64>>,
    /// What is said of it.
    pub told: ItemTold,
}

/// What is said of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemTold {
    /// Of a feature of a layer.
    Restriction {
        /// Its own id in its source.
        feature: String,
        /// What it is, for people.
        label: Localized,
    },
    /// Of a feature of the base map.
    Base {
        /// Its name.
        name: Option<String>,
    },
    /// Of a parcel, what everybody is shown of it.
    Parcel {
        /// What may be shown.
        profile: Box<PublicProfile>,
        /// What became of its code.
        lineage: Lineage,
    },
}

/// One item, and what it is an item of.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemOf {
    /// The collection.
    pub collection: Collection,
    /// The item.
    pub item: Item,
}
