//! The pieces of the restriction features of an import, found by where they lie.
//!
//! Parcels come after the layers, so the pieces of all layers are held in one R-tree until the import
//! ends, and every worker looks into it at once. That is what of an import grows with its layers:
//! a piece costs about 120 bytes, its share of the tree among them, and 16 for each corner, so 1.1 kB
//! at 64 corners. 100,000 pieces take some 120 MB at the most. Parcels and base maps stream.

use domain::Localized;
use geo::{BoundingRect, MultiPolygon, Polygon, Rect};
use rstar::{AABB, RTree, RTreeObject};
use store::RestrictionFeature;

/// Restriction features as they are read, before any parcel is held against them.
#[derive(Debug, Default)]
pub struct PieceIndexBuilder {
    features: Vec<IndexedFeature>,
    pieces: Vec<Piece>,
}

impl PieceIndexBuilder {
    /// Takes in a feature of a layer. Its pieces, in degrees, do not overlap each other
    /// ([`domain::overlay::subdivide`]); lines and points are pieces without area.
    pub fn add(&mut self, layer: &str, feature: &RestrictionFeature, pieces: Vec<Polygon<f64>>) {
        let at = self.features.len();
        self.features.push(IndexedFeature {
            layer: layer.to_owned(),
            id: feature.id.clone(),
            label: feature.label.clone(),
        });
        for polygon in pieces {
            // An empty piece meets nothing.
            let Some(bounds) = polygon.bounding_rect() else { continue };
            let place = (at, self.pieces.len());
            self.pieces.push(Piece { place, bounds: envelope(bounds), polygon });
        }
    }

    /// All of them at once, which packs the tree.
    #[must_use]
    pub fn build(self) -> PieceIndex {
        PieceIndex { features: self.features, tree: RTree::bulk_load(self.pieces) }
    }
}

/// The features of all layers by where their pieces lie.
#[derive(Debug, Default)]
pub struct PieceIndex {
    features: Vec<IndexedFeature>,
    tree: RTree<Piece>,
}

impl PieceIndex {
    /// The pieces whose boxes meet that of the outline, also those that only touch it: by feature
    /// and then by piece, in the order in which they were added. The order decides the last digits
    /// of an area that is a sum.
    pub(crate) fn near(&self, outline: &MultiPolygon<f64>) -> Vec<PiecesNear<'_>> {
        let Some(bounds) = outline.bounding_rect() else { return Vec::new() };
        let mut found: Vec<&Piece> =
            self.tree.locate_in_envelope_intersecting(&envelope(bounds)).collect();
        found.sort_unstable_by_key(|piece| piece.place);
        found
            .chunk_by(|a, b| a.place.0 == b.place.0)
            .map(|group| PiecesNear {
                feature: &self.features[group[0].place.0],
                pieces: group.iter().map(|piece| &piece.polygon).collect(),
            })
            .collect()
    }
}

/// A feature as its pieces are known by.
#[derive(Debug)]
pub(crate) struct IndexedFeature {
    /// The id of its layer.
    pub(crate) layer: String,
    pub(crate) id: String,
    pub(crate) label: Localized,
}

/// Pieces of one feature near a parcel.
pub(crate) struct PiecesNear<'a> {
    pub(crate) feature: &'a IndexedFeature,
    pub(crate) pieces: Vec<&'a Polygon<f64>>,
}

#[derive(Debug)]
struct Piece {
    /// The index of its feature, and its own among all pieces.
    place: (usize, usize),
    bounds: AABB<[f64; 2]>,
    polygon: Polygon<f64>,
}

impl RTreeObject for Piece {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.bounds
    }
}

fn envelope(bounds: Rect<f64>) -> AABB<[f64; 2]> {
    AABB::from_corners(bounds.min().into(), bounds.max().into())
}

#[cfg(test)]
mod tests {
    use geo::Intersects;
    use proptest::prelude::*;

    use super::*;

    /// In thousandths of a degree.
    fn square(x: f64, y: f64, side: f64) -> Polygon<f64> {
        testkit::square(120.0 + x / 1e3, 30.0 + y / 1e3, side / 1e3)
    }

    fn index(features: &[(&str, &str, Vec<Polygon<f64>>)]) -> PieceIndex {
        let mut builder = PieceIndexBuilder::default();
        for (layer, id, pieces) in features {
            let feature = RestrictionFeature {
                id: (*id).to_owned(),
                label: Localized::same(*id),
                outline: MultiPolygon::new(pieces.clone()),
            };
            builder.add(layer, &feature, pieces.clone());
        }
        builder.build()
    }

    fn near(index: &PieceIndex, x: f64, y: f64, side: f64) -> Vec<(&str, &str, usize)> {
        let outline = MultiPolygon::new(vec![square(x, y, side)]);
        let found = index.near(&outline).into_iter();
        let short = |near: PiecesNear<'_>| near.pieces.len();
        found.map(|it| (&*it.feature.layer, &*it.feature.id, short(it))).collect()
    }

    #[test]
    fn pieces_near_a_parcel_come_by_feature() {
        let row = |x: f64| vec![square(x, 0., 1.), square(x + 1., 0., 1.)];
        let index = index(&[
            ("farmland", "f1", row(0.)),
            ("farmland", "far", row(500.)),
            ("farmland", "empty", vec![Polygon::new(Vec::<(f64, f64)>::new().into(), Vec::new())]),
            ("red-line", "r1", row(0.3)),
        ]);
        assert_eq!(near(&index, 0., 0., 0.2), [("farmland", "f1", 1)]);
        assert_eq!(near(&index, 0., 0., 0.5), [("farmland", "f1", 1), ("red-line", "r1", 1)]);
        assert_eq!(near(&index, 0.5, 0., 1.), [("farmland", "f1", 2), ("red-line", "r1", 2)]);
        assert_eq!(near(&index, 100., 0., 1.), []);
        assert_eq!(
            PieceIndex::default().near(&MultiPolygon::new(vec![square(0., 0., 1.)])).len(),
            0
        );
        assert_eq!(index.near(&MultiPolygon::new(Vec::new())).len(), 0);
    }

    #[test]
    fn a_piece_that_only_touches_a_parcel_is_near_it() {
        let point = Polygon::new(vec![(120.0, 30.0); 3].into(), Vec::new());
        let index = index(&[
            ("zoning", "beside", vec![square(-1., 0., 1.)]),
            ("flood", "mark", vec![point]),
        ]);
        assert_eq!(near(&index, 0., 0., 1.), [("zoning", "beside", 1), ("flood", "mark", 1)]);
        assert_eq!(near(&index, 0.001, 0.001, 1.), []);
    }

    proptest! {
        /// The order is what sums are made in, so it may not depend on how the tree is packed.
        #[test]
        fn a_look_into_the_index_finds_what_going_through_all_pieces_finds(
            squares in prop::collection::vec((0_i32..60, 0_i32..60, 1_i32..9), 0..200),
            at in (0_i32..60, 0_i32..60, 1_i32..30),
        ) {
            let place = |(x, y, side): (i32, i32, i32)| square(x.into(), y.into(), side.into());
            let names: Vec<String> = (0..squares.len().div_ceil(5)).map(|at| format!("f{at}")).collect();
            let features: Vec<_> = squares
                .chunks(5)
                .zip(&names)
                .map(|(pieces, name)| ("zoning", name.as_str(), pieces.iter().copied().map(place).collect()))
                .collect();
            let index = index(&features);
            let parcel = place(at);
            let outline = MultiPolygon::new(vec![parcel.clone()]);
            let found: Vec<(&str, Vec<Polygon<f64>>)> = index
                .near(&outline)
                .into_iter()
                .map(|near| (&*near.feature.id, near.pieces.into_iter().cloned().collect()))
                .collect();
            let expected: Vec<(&str, Vec<Polygon<f64>>)> = features
                .iter()
                .map(|(_, id, pieces)| {
                    let near = pieces.iter().filter(|piece| piece.intersects(&parcel));
                    (*id, near.cloned().collect::<Vec<_>>())
                })
                .filter(|(_, pieces)| !pieces.is_empty())
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
