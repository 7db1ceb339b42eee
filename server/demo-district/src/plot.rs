//! A piece of ground before it is entered in the register.

use geo::{Area, MultiPolygon, Polygon};

use super::{
    kinds::Kind,
    shape::{compactness, survives_rounding},
};

/// What a parcel was before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Past {
    /// As it is, as far as anybody remembers.
    #[default]
    Unchanged,
    /// One of the parts of a larger parcel; parts of one parcel follow each other.
    PartOf(u32),
    /// Made of two parcels.
    Merged,
    /// The same ground under another type, here the former one.
    Retyped(&'static Kind),
    /// Nothing is there any more: the plot is only remembered.
    Gone,
}

/// A plot: ground, what it is, and where people say it lies.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) kind: &'static Kind,
    /// 地籍区 and 地籍子区, six digits.
    pub(crate) district: &'static str,
    /// Metres of the drawing board.
    pub(crate) outline: MultiPolygon<f64>,
    /// Street or village.
    pub(crate) place: &'static str,
    pub(crate) past: Past,
    /// Building footprints, one for each building number from 1.
    pub(crate) buildings: Vec<Polygon<f64>>,
    /// Classified: nothing may be said of it.
    pub(crate) classified: bool,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Kind {}

impl Plot {
    /// A plot of one piece.
    pub(crate) fn new(
        kind: &'static Kind,
        district: &'static str,
        place: &'static str,
        outline: Polygon<f64>,
    ) -> Self {
        Self {
            kind,
            district,
            outline: outline.into(),
            place,
            past: Past::Unchanged,
            buildings: Vec::new(),
            classified: false,
        }
    }
}

/// Whether somebody would own such a piece: not a scrap, not a ribbon along a ditch.
pub(crate) fn ownable(piece: &Polygon<f64>, least: f64) -> bool {
    piece.unsigned_area() >= least
        && compactness(piece) > 0.2
        && survives_rounding(&piece.clone().into())
}
