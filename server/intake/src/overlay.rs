//! What the restriction layers say of one parcel.

use domain::restriction::{Finding, Tolerance};
use geo::MultiPolygon;

use crate::{
    coverage::{Measured, Reach},
    pieces::{PieceIndex, PiecesNear},
    subdivided::Subdivided,
};

/// A layer as the overlay needs it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its id within the data set.
    pub id: String,
    /// Which overlaps are slivers.
    pub tolerance: Tolerance,
    /// Where its data reach.
    pub reach: Reach,
}

/// The overlaps of a parcel in longitude and latitude (CGCS2000) with the `pieces` of restriction
/// features, by layer in the order of `layers` and then by feature. `area_m2` is the parcel's own.
#[must_use]
pub fn findings(
    outline: &MultiPolygon<f64>,
    area_m2: f64,
    pieces: &PieceIndex,
    layers: &[Layer],
) -> Vec<Finding> {
    let parts = Subdivided::of(outline, area_m2);
    let mut found: Vec<(usize, Finding)> = pieces
        .near(outline)
        .into_iter()
        .filter_map(|PiecesNear { feature, pieces }| {
            let at = layers.iter().position(|layer| layer.id == feature.layer)?;
            let met = parts.meet(&pieces)?;
            let finding = Finding {
                layer: feature.layer.clone(),
                feature: feature.id.clone(),
                label: feature.label.clone(),
                area_m2: met.area_m2,
                share: met.share,
                sliver: met.area_m2 > 0.0 && layers[at].tolerance.is_sliver(met.area_m2, met.share),
                of_feature: None,
            };
            Some((at, finding))
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.feature.cmp(&y.feature)));
    found.into_iter().map(|(_, finding)| finding).collect()
}

/// The ids of the layers whose data reach all of the parcel. One that found something on it and does not
/// reach the rest is not among them: what lies there nobody knows.
#[must_use]
pub fn covered_by(outline: &MultiPolygon<f64>, area_m2: f64, layers: &[Layer]) -> Vec<String> {
    let Some(parcel) = Measured::new(outline, area_m2) else { return Vec::new() };
    let reaching = layers.iter().filter(|layer| layer.reach.covers(&parcel, layer.tolerance));
    reaching.map(|layer| layer.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use domain::{Localized, area::area_m2};
    use store::RestrictionFeature;

    use super::*;
    use crate::{coverage::Ground, pieces::PieceIndexBuilder};

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        let (west, south) = (120.0 + x / 1e3, 30.0 + y / 1e3);
        MultiPolygon::new(vec![testkit::square(west, south, side / 1e3)])
    }

    fn layer(id: &str) -> Layer {
        Layer {
            id: id.to_owned(),
            tolerance: Tolerance { min_area_m2: 100.0, min_share: 0.01 },
            reach: Reach::all_of(Ground::Everywhere),
        }
    }

    fn index(features: [(&str, &str, MultiPolygon<f64>); 4]) -> PieceIndex {
        let mut index = PieceIndexBuilder::default();
        for (layer, id, outline) in features {
            let pieces = outline.0.clone();
            let label = Localized::same(id);
            index.add(layer, &RestrictionFeature { id: id.to_owned(), label, outline }, pieces);
        }
        index.build()
    }

    #[test]
    fn findings_are_in_order_and_slivers_are_named() {
        let parcel = square(0., 0., 2.);
        let area = area_m2(&parcel);
        let layers = [layer("zoning"), layer("flood")];
        let pieces = index([
            ("flood", "a", square(1., 0., 2.)),
            ("zoning", "b", square(1.99, 1.9, 2.)),
            ("zoning", "a", square(0., 0., 2.)),
            ("zoning", "c", square(2., 0., 2.)),
        ]);
        let found = findings(&parcel, area, &pieces, &layers);
        let short: Vec<_> = found
            .iter()
            .map(|f| (f.layer.as_str(), f.feature.as_str(), (f.share * 100.0).round(), f.sliver))
            .collect();
        assert_eq!(
            short,
            [
                ("zoning", "a", 100.0, false),
                ("zoning", "b", 0.0, true),
                ("flood", "a", 50.0, false)
            ]
        );
    }
}
