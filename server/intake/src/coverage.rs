//! Where a layer's data reach, and whether that is the whole of a parcel (rule Z4): what could not
//! be read is not known, and what is not known is never *not concerned*.

use std::sync::Arc;

use domain::{overlay::subdivide, restriction::Tolerance};
use geo::{
    BooleanOps, BoundingRect, Contains, Coord, CoordsIter, Intersects, MultiPolygon, Polygon, Rect,
    unary_union,
};

use crate::subdivided::Subdivided;

/// Corners of a piece of a coverage.
const PIECE_CORNERS: usize = 64;

/// Less of a parcel than this, m², or than [`NOISE_SHARE`] of it, is arithmetic and not ground
/// that a coverage leaves out.
const NOISE_M2: f64 = 0.01;
const NOISE_SHARE: f64 = 1e-6;

/// Some ground, cut up so that a parcel meets little of it.
#[derive(Debug)]
pub struct Areas {
    outline: MultiPolygon<f64>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    polygon: Polygon<f64>,
    bounds: Rect<f64>,
    /// Whether it is its own box; most pieces inside a coverage are.
    is_box: bool,
}

impl Areas {
    /// Cuts the outline, in longitude and latitude, up.
    #[must_use]
    pub fn new(outline: MultiPolygon<f64>) -> Self {
        let pieces = subdivide(&outline, PIECE_CORNERS)
            .into_iter()
            .filter_map(|polygon| {
                let bounds = polygon.bounding_rect()?;
                let is_box = polygon.interiors().is_empty()
                    && polygon.coords_count() == 5
                    && polygon.exterior().coords().all(|corner| at_corner(&bounds, corner));
                Some(Piece { polygon, bounds, is_box })
            })
            .collect();
        Self { outline, pieces }
    }

    fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// How much of a parcel lies in it, m².
    fn part_of(&self, parcel: &Measured<'_>) -> f64 {
        let near = |piece: &&Piece| piece.bounds.intersects(&parcel.bounds);
        if self.pieces.iter().any(|p| p.is_box && p.bounds.contains(&parcel.bounds)) {
            return parcel.area_m2;
        }
        let pieces: Vec<&Polygon<f64>> =
            self.pieces.iter().filter(near).map(|piece| &piece.polygon).collect();
        if pieces.is_empty() {
            return 0.0;
        }
        let parts = Subdivided::of(parcel.outline, parcel.area_m2);
        parts.common(&pieces).map_or(0.0, |common| common.area_m2.min(parcel.area_m2))
    }
}

fn at_corner(bounds: &Rect<f64>, corner: &Coord<f64>) -> bool {
    let (min, max) = (bounds.min(), bounds.max());
    (corner.x == min.x || corner.x == max.x) && (corner.y == min.y || corner.y == max.y)
}

/// Ground on which data are complete.
#[derive(Clone, Debug)]
pub enum Ground {
    /// All of the data set.
    Everywhere,
    /// These areas.
    Within(Arc<Areas>),
}

/// Where the data of a layer reach.
#[derive(Clone, Debug)]
pub struct Reach {
    ground: Ground,
    /// Ground within it of which a file is missing or empty.
    lost: Option<Arc<Areas>>,
    /// Boxes of features that were refused: what they say of the ground in there is not known.
    unread: Arc<[Rect<f64>]>,
}

impl Reach {
    /// A layer of which nothing is missing on that ground.
    #[must_use]
    pub fn all_of(ground: Ground) -> Self {
        Self { ground, lost: None, unread: Arc::new([]) }
    }

    fn nowhere() -> Self {
        let nothing = Areas::new(MultiPolygon::new(Vec::new()));
        Self::all_of(Ground::Within(Arc::new(nothing)))
    }

    /// What is covered as an outline, for keeping; `None` for everywhere in the data set.
    #[must_use]
    pub fn outline(&self) -> Option<MultiPolygon<f64>> {
        let mut outline = match &self.ground {
            Ground::Everywhere if self.lost.is_none() && self.unread.is_empty() => return None,
            Ground::Everywhere => {
                let (from, to) = (Coord { x: -180.0, y: -90.0 }, Coord { x: 180.0, y: 90.0 });
                MultiPolygon::new(vec![Rect::new(from, to).to_polygon()])
            }
            Ground::Within(areas) => areas.outline.clone(),
        };
        if let Some(lost) = &self.lost {
            outline = outline.difference(&lost.outline);
        }
        if !self.unread.is_empty() {
            let boxes: Vec<Polygon<f64>> =
                self.unread.iter().map(|unread| unread.to_polygon()).collect();
            outline = outline.difference(&unary_union(&boxes));
        }
        Some(outline)
    }

    /// Whether the data reach all of the parcel. An edge that the coverage just misses is told
    /// from ground it leaves out by the layer's own tolerance, as for overlaps.
    pub(crate) fn covers(&self, parcel: &Measured<'_>, tolerance: Tolerance) -> bool {
        let mut beyond_m2 = match &self.ground {
            Ground::Everywhere => 0.0,
            Ground::Within(areas) => parcel.area_m2 - parcel.in_areas(areas),
        };
        if let Some(lost) = &self.lost {
            beyond_m2 += parcel.in_areas(lost);
        }
        let is_noise = beyond_m2 < NOISE_M2.max(parcel.area_m2 * NOISE_SHARE);
        (is_noise || tolerance.is_sliver(beyond_m2, beyond_m2 / parcel.area_m2))
            && !self.unread.iter().any(|unread| parcel.meets(unread))
    }
}

/// A [`Reach`] that grows as the files of a layer are read.
#[derive(Default)]
pub(crate) struct ReachDraft {
    read: Vec<Ground>,
    lost: Vec<Ground>,
    unread: Vec<Rect<f64>>,
}

impl ReachDraft {
    /// The data are complete there.
    pub(crate) fn add(&mut self, ground: Ground) {
        self.read.push(ground);
    }

    /// Data that would be there are missing, whatever other files hold.
    pub(crate) fn lose(&mut self, ground: Ground) {
        self.lost.push(ground);
    }

    /// A feature in that box could not be read; `None` if it may be anywhere.
    pub(crate) fn leave_unread(&mut self, place: Option<Rect<f64>>) {
        match place {
            Some(place) => self.unread.push(place),
            None => self.lost.push(Ground::Everywhere),
        }
    }

    pub(crate) fn finish(self) -> Reach {
        if self.read.is_empty() || self.lost.iter().any(|g| matches!(g, Ground::Everywhere)) {
            return Reach::nowhere();
        }
        let (ground, lost) = (together(&self.read), together(&self.lost));
        let lost = match lost {
            Ground::Within(areas) if !areas.is_empty() => Some(areas),
            Ground::Within(_) | Ground::Everywhere => None,
        };
        Reach { ground, lost, unread: self.unread.into() }
    }
}

/// All of the ground; one that stands alone stays the very same, for layers share it.
fn together(grounds: &[Ground]) -> Ground {
    if let [one] = grounds {
        return one.clone();
    }
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for ground in grounds {
        match ground {
            Ground::Everywhere => return Ground::Everywhere,
            Ground::Within(areas) => polygons.extend(areas.outline.iter().cloned()),
        }
    }
    Ground::Within(Arc::new(Areas::new(unary_union(&polygons))))
}

/// A parcel that coverages are held against. Layers mostly share one coverage, so how much of the
/// parcel lies in it is asked once.
pub(crate) struct Measured<'a> {
    outline: &'a MultiPolygon<f64>,
    bounds: Rect<f64>,
    area_m2: f64,
    known: std::cell::RefCell<Vec<(*const Areas, f64)>>,
}

impl<'a> Measured<'a> {
    /// `None` of a parcel without ground.
    pub(crate) fn new(outline: &'a MultiPolygon<f64>, area_m2: f64) -> Option<Self> {
        let bounds = outline.bounding_rect().filter(|_| area_m2 > 0.0)?;
        Some(Self { outline, bounds, area_m2, known: std::cell::RefCell::default() })
    }

    fn in_areas(&self, areas: &Arc<Areas>) -> f64 {
        let key = Arc::as_ptr(areas);
        if let Some((_, part)) = self.known.borrow().iter().find(|(other, _)| *other == key) {
            return *part;
        }
        let part = areas.part_of(self);
        self.known.borrow_mut().push((key, part));
        part
    }

    fn meets(&self, unread: &Rect<f64>) -> bool {
        unread.intersects(&self.bounds) && unread.to_polygon().intersects(self.outline)
    }
}

#[cfg(test)]
mod tests {
    use domain::area::area_m2;

    use super::*;
    use crate::overlay::{Layer, covered_by};

    /// In thousandths of a degree.
    fn rect(x: f64, y: f64, width: f64, height: f64) -> Rect<f64> {
        let corner = Coord { x: 120.0 + x / 1e3, y: 30.0 + y / 1e3 };
        Rect::new(corner, corner + Coord { x: width / 1e3, y: height / 1e3 })
    }

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        MultiPolygon::new(vec![rect(x, y, side, side).to_polygon()])
    }

    fn within(outline: MultiPolygon<f64>) -> Ground {
        Ground::Within(Arc::new(Areas::new(outline)))
    }

    fn layer(id: &str, reach: Reach) -> Layer {
        let tolerance = Tolerance { min_area_m2: 100.0, min_share: 0.01 };
        Layer { id: id.to_owned(), tolerance, reach }
    }

    fn covering(outline: &MultiPolygon<f64>, layers: &[Layer]) -> Vec<String> {
        covered_by(outline, area_m2(outline), layers)
    }

    #[test]
    fn z4_a_layer_answers_for_parcels_that_lie_wholly_within_its_data() {
        let layers = [
            layer("all", Reach::all_of(Ground::Everywhere)),
            layer("whole", Reach::all_of(within(square(-1., -1., 9.)))),
            layer("half", Reach::all_of(within(square(0.5, 0., 9.)))),
            layer("hundredth", Reach::all_of(within(square(0.99, 0., 9.)))),
            layer("far", Reach::all_of(within(square(50., 0., 9.)))),
            layer("nowhere", Reach::nowhere()),
        ];
        assert_eq!(covering(&square(0., 0., 1.), &layers), ["all", "whole"]);
        assert!(covering(&MultiPolygon::new(Vec::new()), &layers).is_empty());
    }

    #[test]
    fn the_edge_of_a_coverage_has_the_tolerance_of_the_layer() {
        // 107 m by 96 m: 100 m² and 1 % are both about a hundredth.
        let parcel = square(0., 0., 1.);
        let covers = |beyond: f64| {
            let reach = Reach::all_of(within(square(beyond, -1., 9.)));
            !covering(&parcel, &[layer("a", reach)]).is_empty()
        };
        assert!(covers(0.0) && covers(0.005) && covers(0.009));
        assert!(!covers(0.011) && !covers(0.5));
    }

    #[test]
    fn a_coverage_of_many_corners_leaves_nothing_out_between_its_pieces() {
        let ring: Vec<(f64, f64)> = (0..5000)
            .map(|at| {
                let angle = f64::from(at) / 5000.0 * std::f64::consts::TAU;
                let radius = 0.05 + 0.004 * (angle * 37.0).sin();
                (120.0 + radius * angle.cos(), 30.0 + radius * angle.sin())
            })
            .collect();
        let city = MultiPolygon::new(vec![Polygon::new(ring.into(), Vec::new())]);
        let reach = Reach::all_of(within(city));
        let strict = Tolerance { min_area_m2: 0.0, min_share: 0.0 };
        let layers = [Layer { id: "a".to_owned(), tolerance: strict, reach }];
        for at in 0..400_i32 {
            let (x, y) = (f64::from(at % 20) * 3.0 - 30.0, f64::from(at / 20) * 3.0 - 30.0);
            assert_eq!(covering(&square(x, y, 1.3), &layers).len(), 1, "{x} {y}");
        }
    }

    #[test]
    fn z4_what_could_not_be_read_costs_its_place() {
        let mut draft = ReachDraft::default();
        draft.add(Ground::Everywhere);
        draft.leave_unread(Some(rect(0.9, 0., 2., 1.)));
        let layers = [layer("a", draft.finish())];
        assert!(covering(&square(0., 0., 1.), &layers).is_empty());
        assert_eq!(covering(&square(-5., 0., 1.), &layers), ["a"]);
        let outline = layers[0].reach.outline().unwrap();
        assert!(!outline.intersects(&Coord { x: 120.002, y: 30.0005 }));
        assert!(outline.intersects(&Coord { x: 120.004, y: 30.0005 }));

        // Nobody knows where it is.
        let mut draft = ReachDraft::default();
        draft.add(Ground::Everywhere);
        draft.leave_unread(None);
        let layers = [layer("a", draft.finish())];
        assert!(covering(&square(-5., 0., 1.), &layers).is_empty());
        assert_eq!(layers[0].reach.outline(), Some(MultiPolygon::new(Vec::new())));
    }

    #[test]
    fn z4_files_of_a_layer_add_up_and_a_missing_one_costs_its_own_ground() {
        let (west, east) = (within(square(0., 0., 10.)), within(square(10., 0., 10.)));
        let border = square(9.5, 5., 1.);
        let mut draft = ReachDraft::default();
        draft.add(west.clone());
        draft.add(east.clone());
        let both = [layer("a", draft.finish())];
        assert_eq!(covering(&border, &both), ["a"]);
        assert_eq!(covering(&square(15., 5., 1.), &both), ["a"]);

        for ground in [west, Ground::Everywhere] {
            let mut draft = ReachDraft::default();
            draft.add(ground);
            draft.lose(east.clone());
            let one = [layer("a", draft.finish())];
            assert_eq!(covering(&square(5., 5., 1.), &one), ["a"]);
            assert!(covering(&border, &one).is_empty());
            assert!(covering(&square(15., 5., 1.), &one).is_empty());
        }
    }
}
