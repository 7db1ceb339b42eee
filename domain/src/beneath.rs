//! Which parcels ground lies on, by the outlines that are shown of them and by nothing else: what is said of ground
//! that somebody draws can then place no boundary better than these outlines do (rule M3, *sites S12*).

use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Polygon};

use crate::{
    area::area_m2,
    drawn::taken,
    outline::Outline,
    overlay::LocalPlane,
    planar::{Grid, Gridded},
    profile::{Precision, PublicOutline},
};

/// Ground that is no more than this, m², and no more than [`SLIVER_SHARE`] of the outline lies along a line that
/// somebody drew by hand, and decides nothing.
const SLIVER_M2: f64 = 10.0;
/// As a share of the outline, 0 to 1.
const SLIVER_SHARE: f64 = 0.01;
/// And, of a parcel, as a share of that: a small one that lies in it whole is no sliver.
const SLIVER_OF_PARCEL: f64 = 0.1;

/// The parcels that ground lies on.
#[derive(Clone, Debug, PartialEq)]
pub struct Beneath {
    /// Which of them it lies on, or may: by their places in the list.
    pub parcels: Vec<usize>,
    /// How much of it lies on none of them, m²; 0 where that is but a sliver.
    pub bare_m2: f64,
    /// How much of that lies farther from them than they may reach, m²; 0 where that is but a sliver. Whoever draws along
    /// the edge of a parcel that is shown on a grid has ground that lies on none, and nothing out of reach.
    pub beyond_m2: f64,
}

impl Outline {
    /// The parcels that it lies on, of these. One that is shown on a grid may reach a cell farther to every side, and is
    /// among them then; ground is on a parcel only where it is shown to be (*sites S2*).
    #[must_use]
    pub fn beneath(&self, shown: &[&PublicOutline]) -> Beneath {
        let (bare_m2, beyond_m2) = (self.area_m2(), self.area_m2());
        let none = Beneath { parcels: Vec::new(), bare_m2, beyond_m2 };
        let Some(window) = self.shape().bounding_rect() else { return none };
        let grid = Grid::of(&window);
        let own = grid.outline(self.shape());
        let is_sliver = |m2: f64| m2 <= SLIVER_M2 && m2 <= SLIVER_SHARE * self.area_m2();
        let plane = LocalPlane::at(window.center().y);
        let (mut parcels, mut all, mut reached) = (Vec::new(), Vec::new(), Vec::new());
        for (at, one) in shown.iter().enumerate() {
            let lies = taken(&grid, &window, &[&one.outline]);
            let may = reach(one, plane).map(|reach| taken(&grid, &window, &[&reach]));
            let common = own.shared_with(may.as_ref().unwrap_or(&lies));
            reached.extend(may);
            let common_m2 = area_m2(&grid.in_degrees(&common));
            let of_parcel = SLIVER_OF_PARCEL * area_m2(&one.outline);
            if common_m2 > 0.0 && !(is_sliver(common_m2) && common_m2 <= of_parcel) {
                parcels.push(at);
            }
            all.push(lies);
        }
        let bare = own.without(&Gridded::together(all));
        let beyond = bare.without(&Gridded::together(reached));
        let [bare_m2, beyond_m2] = [bare, beyond].map(|ground| {
            let m2 = area_m2(&grid.in_degrees(&ground));
            if is_sliver(m2) { 0.0 } else { m2 }
        });
        Beneath { parcels, bare_m2, beyond_m2 }
    }
}

/// Where a parcel may lie beyond what is shown; `None` of one that is shown as it is.
fn reach(shown: &PublicOutline, plane: LocalPlane) -> Option<MultiPolygon<f64>> {
    let Precision::Generalised { cell_m } = shown.precision else { return None };
    let cell = plane.degrees(Coord { x: cell_m, y: cell_m });
    let steps = || [-1.0, 0.0, 1.0].into_iter();
    let moved = |polygon: &Polygon<f64>| -> Vec<Polygon<f64>> {
        let ways = steps().flat_map(|east| steps().map(move |north| (east, north)));
        ways.map(|(east, north)| {
            polygon.map_coords(|at| Coord { x: at.x + east * cell.x, y: at.y + north * cell.y })
        })
        .collect()
    };
    // Its cells are no smaller than the steps: together these are it with a cell around.
    Some(MultiPolygon::new(shown.outline.iter().flat_map(moved).collect()))
}

#[cfg(test)]
mod tests {
    use geo::Rect;

    use super::*;

    /// A box of degrees, as the outline of a parcel is shown.
    fn shown(west: f64, east: f64, precision: Precision) -> PublicOutline {
        let ground = Rect::new((west, 30.5), (east, 30.51)).to_polygon();
        PublicOutline { outline: MultiPolygon::new(vec![ground]), precision }
    }

    fn drawn(west: f64, east: f64) -> Outline {
        let corners = [(west, 30.502), (east, 30.502), (east, 30.504), (west, 30.504)];
        let text: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.7} {y:.7}")).collect();
        Outline::read(&text.join("\n")).unwrap()
    }

    #[test]
    fn sites_s2_ground_beside_every_parcel_is_told_and_slivers_decide_nothing() {
        let (west, east) =
            (shown(119.9, 119.91, Precision::Exact), shown(119.91, 119.92, Precision::Exact));
        let both = [&west, &east];
        assert_eq!(drawn(119.902, 119.904).beneath(&both).parcels, [0]);
        let across = drawn(119.909, 119.911).beneath(&both);
        assert_eq!((across.parcels.as_slice(), across.bare_m2), (&[0, 1][..], 0.0));
        // A centimetre over the line is drawn by hand, some metres are not.
        assert_eq!(drawn(119.902, 119.910_000_1).beneath(&both).parcels, [0]);
        assert_eq!(drawn(119.902, 119.910_1).beneath(&both).parcels, [0, 1]);
        // A plot of few square metres that lies in it whole is no sliver.
        let shrine = Rect::new((119.903, 30.503), (119.903_03, 30.503_02)).to_polygon();
        let outline = MultiPolygon::new(vec![shrine]);
        let shrine = PublicOutline { outline, precision: Precision::Exact };
        assert_eq!(drawn(119.902, 119.904).beneath(&[&west, &shrine]).parcels, [0, 1]);
        let beside = drawn(119.919, 119.921).beneath(&both);
        assert_eq!(beside.parcels, [1]);
        assert!((beside.bare_m2 / drawn(119.919, 119.921).area_m2() - 0.5).abs() < 1e-6);
        assert_eq!(drawn(119.95, 119.951).beneath(&both).parcels, Vec::<usize>::new());
    }

    #[test]
    fn sites_s12_an_outline_on_a_grid_reaches_a_cell_farther() {
        let grid = Precision::Generalised { cell_m: 25.0 };
        let coarse = shown(119.9, 119.91, grid);
        // 25 m are 0.00026 of a degree here.
        // That it may reach so far is no reason to take ground for it.
        assert_eq!(drawn(119.902, 119.909).beneath(&[&coarse]).bare_m2, 0.0);
        assert!(drawn(119.902, 119.910_2).beneath(&[&coarse]).bare_m2 > 1_000.0);
        assert_eq!(drawn(119.910_1, 119.911).beneath(&[&coarse]).parcels, [0]);
        assert_eq!(drawn(119.910_4, 119.911).beneath(&[&coarse]).parcels, Vec::<usize>::new());
    }

    #[test]
    fn sites_s2_ground_that_a_parcel_on_a_grid_may_reach_is_told_from_ground_that_none_does() {
        let grid = Precision::Generalised { cell_m: 25.0 };
        let (coarse, exact) = (shown(119.9, 119.91, grid), shown(119.9, 119.91, Precision::Exact));
        // 20 m beyond, and 40 m.
        let (edge, beyond) = (drawn(119.902, 119.910_2), drawn(119.902, 119.910_4));
        let near = edge.beneath(&[&coarse]);
        assert!(near.bare_m2 > 1_000.0 && near.beyond_m2 == 0.0, "{near:?}");
        let far = beyond.beneath(&[&coarse]);
        assert!(far.beyond_m2 > 1_000.0 && far.beyond_m2 < far.bare_m2, "{far:?}");
        // What is shown as it is reaches no farther.
        let near = edge.beneath(&[&exact]);
        assert!(near.bare_m2 > 1_000.0 && near.beyond_m2 == near.bare_m2, "{near:?}");
    }
}
