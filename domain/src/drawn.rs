//! What may be said of ground that somebody drew. Only [`Policy::disclose_ground`] can say it.

use std::collections::BTreeMap;

use geo::{BoundingRect, MultiPolygon, Polygon, Rect};
use jiff::civil::Date;

use crate::{
    area::area_m2,
    dataset::DataVersion,
    extent::FoundFeature,
    field::Field,
    localized::Localized,
    outline::Outline,
    overlay::{common, within},
    planar::{Grid, Gridded},
    policy::{Disclosure, Policy},
    profile::{Precision, Sealed},
    restriction::LayerInfo,
    veil::{Cell, Veil},
    viewer::Tier,
};

/// Narrower than this, m, is an edge that two areas share.
const EDGE_M: f64 = 0.001;

/// A layer around some ground, as the store has it. Not public.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerAround {
    /// What is said of it.
    pub info: LayerInfo,
    /// Where its data reach, degrees; `None` for everywhere among the parcels of the data set.
    pub coverage: Option<MultiPolygon<f64>>,
    /// Whether it has features that are lines or points, of whose place nothing is kept: then that nothing is
    /// found does not say that nothing is there.
    pub groundless: bool,
}

impl LayerAround {
    /// It where its silence says nothing: beyond the parcels of its data set, or where another data set has some
    /// too, of whose layers nothing was asked. What it found is there still.
    #[must_use]
    pub fn unsure(self) -> Self {
        Self { coverage: Some(MultiPolygon::new(Vec::new())), ..self }
    }
}

/// A feature, or all of one name, that meets the outline or may.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnFeature {
    /// Its name.
    pub label: Localized,
    /// How much of the outline it covers, m²: the least and the most.
    pub area_m2: (f64, f64),
    /// The same as a share, 0 to 1.
    pub share: (f64, f64),
    /// Its ground, degrees; empty where the policy does not show it.
    pub ground: MultiPolygon<f64>,
}

/// What a layer says of the outline.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnLayer {
    /// The layer.
    pub layer: LayerInfo,
    /// Whether its silence means *not concerned* on all of the outline.
    pub reaches: bool,
    /// What meets the outline, or may.
    pub features: Vec<DrawnFeature>,
}

/// What may be said of the ground of an outline to a tier.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnGround {
    /// Each published layer of a theme that the tier is shown.
    pub layers: Vec<DrawnLayer>,
    /// How exact that is: exactly, or in classes over a grid ([`Veil`]).
    pub precision: Precision,
    /// Where it comes from.
    pub version: DataVersion,
    /// The policy that decided, `id@version`.
    pub policy: String,
    // Keeps anybody but the policy from building one.
    sealed: Sealed,
}

/// Bytes that nobody outside can guess, always the same for a layer's name and a block of ground.
pub type Hidden<'h> = &'h dyn Fn(&str, (i32, i32)) -> [u8; 16];

impl Policy {
    /// How exactly a tier is told what lies on ground that it draws: exactly only where both the outlines of
    /// parcels and the ground of restrictions are shown as they are (rows 31 and 47).
    #[must_use]
    pub fn ground_precision(&self, tier: Tier) -> Precision {
        let shows = |field| self.cell(field, tier) == Disclosure::Show;
        if shows(Field::Outline) && shows(Field::RestrictionExtent) {
            Precision::Exact
        } else {
            Precision::Generalised { cell_m: self.grid_m }
        }
    }

    /// Whether a tier is told anything of what lies on ground that it draws: not where it is shown no outlines of
    /// parcels or not where in a place restrictions lie (rows 31 and 47), for an outline tells where they do.
    #[must_use]
    pub fn tells_of_ground(&self, tier: Tier) -> bool {
        [Field::Outline, Field::RestrictionExtent]
            .into_iter()
            .all(|field| !self.cell(field, tier).is_closed())
    }

    /// The least ground that is judged for a tier, m².
    #[must_use]
    pub fn least_ground_m2(&self, tier: Tier) -> f64 {
        match self.ground_precision(tier) {
            Precision::Exact => 1.0,
            Precision::Generalised { cell_m } => Veil::of(cell_m).least_m2(),
        }
    }

    /// The box beyond which no ground has a part in what a tier is told of an outline, degrees.
    #[must_use]
    pub fn ground_touched(&self, outline: &Outline, tier: Tier) -> Option<Rect<f64>> {
        match self.ground_precision(tier) {
            Precision::Exact => outline.shape().bounding_rect(),
            Precision::Generalised { cell_m } => {
                let veil = Veil::of(cell_m);
                veil.touched(&veil.cells(outline.shape()))
            }
        }
    }

    /// What `tier` may be told on `today` of an outline's ground. `around` are the layers with their features in
    /// the box of [`Policy::ground_touched`]; those of themes that the tier is not shown are left out here.
    #[must_use]
    pub fn disclose_ground(
        &self,
        outline: &Outline,
        (version, around): (&DataVersion, &[(LayerAround, Vec<FoundFeature>)]),
        (tier, today): (Tier, Date),
        hidden: Hidden<'_>,
    ) -> DrawnGround {
        let precision = self.ground_precision(tier);
        let veiled = match precision {
            Precision::Exact => None,
            Precision::Generalised { cell_m } => {
                let veil = Veil::of(cell_m);
                Some((veil, veil.cells(outline.shape())))
            }
        };
        let shown = around.iter().filter(|(layer, _)| {
            self.tells_of_ground(tier)
                && self.shows_theme(&layer.info.theme, tier)
                && layer.info.is_published(today)
        });
        let layers = shown.map(|(layer, features)| {
            let id = layer.info.id.as_str();
            let (covered, features) = match &veiled {
                None => (covers(outline, layer), exactly(outline, features)),
                Some((veil, cells)) => {
                    // Its reach goes a way of its own: two edges that are moved alike would tell of each other.
                    let of_reach = |block| hidden(&format!("{id}/reach"), block);
                    let hidden = |block| hidden(id, block);
                    let covered = layer.coverage.as_ref().is_none_or(|coverage| {
                        let pieces: Vec<&Polygon<f64>> = coverage.iter().collect();
                        // What was refused at an import is left out of it, and has an edge too.
                        veil.shares(cells, &pieces, &of_reach).least >= 1.0
                    });
                    (covered, in_classes(outline, (*veil, cells), features, &hidden))
                }
            };
            let mut info = layer.info.clone();
            info.documents.retain(|document| document.stands(today));
            DrawnLayer { reaches: covered && !layer.groundless, layer: info, features }
        });
        DrawnGround {
            layers: layers.collect(),
            precision,
            version: version.clone(),
            policy: format!("{}@{}", self.id, self.version),
            sealed: Sealed,
        }
    }
}

/// Whether a layer's data reach all of the outline, to its own tolerance.
fn covers(outline: &Outline, layer: &LayerAround) -> bool {
    let Some(coverage) = &layer.coverage else { return true };
    let pieces: Vec<&Polygon<f64>> = coverage.iter().collect();
    let covered = common(outline.shape(), &pieces).map_or(0.0, |common| common.area_m2);
    let bare = (outline.area_m2() - covered).max(0.0);
    layer.info.tolerance.is_sliver(bare, bare / outline.area_m2())
}

fn exactly(outline: &Outline, features: &[FoundFeature]) -> Vec<DrawnFeature> {
    let found = features.iter().filter_map(|feature| {
        let pieces: Vec<&Polygon<f64>> = feature.ground.iter().collect();
        let common = common(outline.shape(), &pieces).filter(|found| found.width_m > EDGE_M)?;
        let share = (common.area_m2 / outline.area_m2()).min(1.0);
        Some(DrawnFeature {
            label: feature.label.clone(),
            area_m2: (common.area_m2, common.area_m2),
            share: (share, share),
            ground: feature.ground.clone(),
        })
    });
    found.collect()
}

/// A name with its ground.
type Named<'f> = (&'f Localized, Vec<&'f Polygon<f64>>);

/// Features of one name are one: an edge between two of them is as hidden as any other.
fn in_classes(
    outline: &Outline,
    (veil, cells): (Veil, &[Cell]),
    features: &[FoundFeature],
    hidden: &dyn Fn((i32, i32)) -> [u8; 16],
) -> Vec<DrawnFeature> {
    let mut names: BTreeMap<(&str, &str), Named<'_>> = BTreeMap::new();
    for feature in features {
        let label = &feature.label;
        let (_, ground) =
            names.entry((&label.zh, &label.en)).or_insert_with(|| (label, Vec::new()));
        ground.extend(&feature.ground);
    }
    let found = names.into_values().filter_map(|(label, ground)| {
        let shares = veil.shares(cells, &ground, hidden);
        (shares.most > 0.0).then(|| DrawnFeature {
            label: label.clone(),
            area_m2: (shares.least * outline.area_m2(), shares.most * outline.area_m2()),
            share: (shares.least, shares.most),
            ground: MultiPolygon::new(Vec::new()),
        })
    });
    found.collect()
}

impl Outline {
    /// How much of it lies in one of these grounds and in none of the others, m².
    #[must_use]
    pub fn area_within_m2(
        &self,
        grounds: &[&MultiPolygon<f64>],
        others: &[&MultiPolygon<f64>],
    ) -> f64 {
        let Some(window) = self.shape().bounding_rect() else { return 0.0 };
        let grid = Grid::of(&window);
        let inside = grid.outline(self.shape()).shared_with(&taken(&grid, &window, grounds));
        area_m2(&grid.in_degrees(&inside.without(&taken(&grid, &window, others))))
    }

    /// The largest piece of it that is in none of these grounds, degrees; `None` where nothing is left.
    #[must_use]
    pub fn largest_without(&self, grounds: &[&MultiPolygon<f64>]) -> Option<Self> {
        let window = self.shape().bounding_rect()?;
        let grid = Grid::of(&window);
        let taken = taken(&grid, &window, grounds);
        let left = grid.in_degrees(&grid.outline(self.shape()).without(&taken));
        let size = |polygon: &Polygon<f64>| crate::area::polygon_area_m2(polygon);
        let largest = left.into_iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
        self.part(MultiPolygon::new(vec![largest]))
    }
}

/// These grounds together, as far as they lie in a window.
pub(crate) fn taken(grid: &Grid, window: &Rect<f64>, grounds: &[&MultiPolygon<f64>]) -> Gridded {
    let near = grounds.iter().flat_map(|ground| ground.iter()).filter_map(|polygon| {
        let around = polygon.bounding_rect()?;
        Some(grid.polygon(&within(polygon, &around, window)))
    });
    Gridded::together(near)
}
