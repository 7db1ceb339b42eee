//! What may be said of a layer whose geometry is not shown, on ground that somebody draws.
//!
//! Whoever may draw outlines as they like and is told how much of each a layer covers can trace the layer: by
//! halving, to the centimetre, whatever the shares are rounded to. So nothing that is said follows from where
//! the line runs. Ground is looked at by the cells of a grid, and each cell is moved by a way that nobody
//! outside knows, [`Veil::reach_m`] long in a direction that hangs on layer and place, and widened by as much
//! on every side. What is then said of a cell is true of the cell itself: it lies wholly in the layer where
//! the widened one does, and outside where that does. Between the two it is not said. Everything that any
//! number of outlines can bring out in a block is the line moved by that way (*sites S12*): its distance from the true
//! one is [`Veil::reach_m`]/√2 on the quadratic mean, 35 m on a grid of 25 m. A line that is known to go on over several
//! blocks can be placed better, for the way is as long in each of them (ADR 0023).
//!
//! Shares are told in classes beside that, so that a look tells little.

use geo::{BoundingRect, Coord, MultiPolygon, Polygon, Rect};

use crate::{
    area::polygon_area_m2,
    overlay::{LocalPlane, within},
    planar::{Grid, Gridded},
};

/// As many cells an outline is looked at by; of a larger one they are larger.
const MOST_CELLS: f64 = 1_024.0;
/// Side of the squares of ground in which a layer is moved alike, degrees.
const BLOCK: f64 = 0.02;
/// Less than this of a cell, as a share, is arithmetic and not ground.
const NOISE: f64 = 1e-7;
/// From this share on something is certainly there. Less is not told from nothing.
const PARTLY: f64 = 0.05;
/// From this share on it is most of the site.
const MOSTLY: f64 = 0.5;

/// A grid that hides what lies under it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Veil {
    grid_m: f64,
}

/// A part of an outline that is looked at as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    ground: Rect<f64>,
    /// How much of the outline lies in it, as a share.
    part: f64,
}

/// What is said of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Within,
    Outside,
    Nothing,
}

/// A share of a site by its least and its most, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// No less than this.
    pub least: f64,
    /// No more than this.
    pub most: f64,
}

impl Cell {
    /// The square of ground that it is moved with: east, north.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "degrees over a block fit by far")]
    pub fn block(&self) -> (i32, i32) {
        let at = |degrees: f64| (degrees / BLOCK).floor() as i32;
        let centre = self.ground.center();
        (at(centre.x), at(centre.y))
    }
}

impl Veil {
    /// Over a grid of so many metres.
    #[must_use]
    pub const fn of(grid_m: f64) -> Self {
        Self { grid_m }
    }

    /// How far cells are moved, m.
    #[must_use]
    pub const fn reach_m(self) -> f64 {
        2.0 * self.grid_m
    }

    /// The least that is judged, m²: four cells. Less would be a needle to feel with.
    #[must_use]
    pub const fn least_m2(self) -> f64 {
        4.0 * self.grid_m * self.grid_m
    }

    /// The cells that an outline meets, degrees in. The grid is fixed to the ground.
    #[must_use]
    pub fn cells(self, outline: &MultiPolygon<f64>) -> Vec<Cell> {
        let Some(bounds) = outline.bounding_rect() else { return Vec::new() };
        let plane = plane(&bounds);
        let (min, max) = (plane.metres(bounds.min()), plane.metres(bounds.max()));
        let mut side = self.grid_m;
        let span =
            |from: f64, to: f64, side: f64| (to / side).floor() - (from / side).floor() + 1.0;
        while span(min.x, max.x, side) * span(min.y, max.y, side) > MOST_CELLS {
            side *= 2.0;
        }
        let steps = |from: f64, to: f64| {
            let first = (from / side).floor();
            std::iter::successors(Some(first), |at| Some(at + 1.0))
                .take_while(move |at| at * side <= to)
        };
        let mut cells = Vec::new();
        for east in steps(min.x, max.x) {
            for north in steps(min.y, max.y) {
                let corner = |x: f64, y: f64| plane.degrees(Coord { x: x * side, y: y * side });
                let ground = Rect::new(corner(east, north), corner(east + 1.0, north + 1.0));
                let part: f64 = outline.iter().map(|polygon| held(polygon, &ground)).sum();
                if part > 0.0 {
                    cells.push(Cell { ground, part });
                }
            }
        }
        let whole: f64 = cells.iter().map(|cell| cell.part).sum();
        for cell in &mut cells {
            cell.part /= whole;
        }
        cells
    }

    /// The box beyond which nothing has a part in what is said of these cells, degrees.
    #[must_use]
    pub fn touched(self, cells: &[Cell]) -> Option<Rect<f64>> {
        let mut all = cells.first()?.ground;
        for Cell { ground, .. } in cells {
            let (min, max) = (all.min(), all.max());
            all = Rect::new(
                Coord { x: min.x.min(ground.min().x), y: min.y.min(ground.min().y) },
                Coord { x: max.x.max(ground.max().x), y: max.y.max(ground.max().y) },
            );
        }
        // A cell goes its way and is widened, and its plane may be that of the next tenth of a degree.
        let margin = 2.01 * self.reach_m();
        let margin = plane(&all).degrees(Coord { x: margin, y: margin });
        Some(Rect::new(all.min() - margin, all.max() + margin))
    }

    /// How much of an outline, by its cells, lies in this ground together. `hidden` tells by the block of a
    /// cell what nobody can guess: always the same for the same layer.
    #[must_use]
    pub fn shares(
        self,
        cells: &[Cell],
        ground: &[&Polygon<f64>],
        hidden: &dyn Fn((i32, i32)) -> [u8; 16],
    ) -> Shares {
        let (mut inside, mut outside) = (0.0, 0.0);
        let Some(window) = self.touched(cells) else { return classed(0.0, 1.0) };
        // A coastline is cut to the ground around once, and not for each cell.
        let near = ground.iter().filter_map(|polygon| {
            let around = polygon.bounding_rect()?;
            meet(&around, &window).then(|| within(polygon, &around, &window))
        });
        let near: Vec<Polygon<f64>> = near.collect();
        let boxed: Vec<(&Polygon<f64>, Rect<f64>)> =
            near.iter().filter_map(|polygon| Some((polygon, polygon.bounding_rect()?))).collect();
        for cell in cells {
            match said(&boxed, &self.moved(cell, hidden(cell.block()))) {
                Said::Within => inside += cell.part,
                Said::Outside => outside += cell.part,
                Said::Nothing => {}
            }
        }
        classed(inside, 1.0 - outside)
    }

    /// A cell moved and widened: it holds the cell itself, wherever it was moved.
    fn moved(self, cell: &Cell, hidden: [u8; 16]) -> Rect<f64> {
        let ground = cell.ground;
        let plane = plane(&ground);
        let mut eight = [0; 8];
        eight.copy_from_slice(&hidden[..8]);
        #[expect(clippy::cast_precision_loss, reason = "a direction, to a billionth of a turn")]
        let turn = (u64::from_le_bytes(eight) >> 11) as f64 / 9_007_199_254_740_992.0;
        let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
        let reach = self.reach_m();
        let way = plane.degrees(Coord { x: cos * reach, y: sin * reach });
        let wide = plane.degrees(Coord { x: reach, y: reach });
        Rect::new(ground.min() + way - wide, ground.max() + way + wide)
    }
}

/// One plane for every tenth of a degree, as outlines that are shown have it: the grid does not hang on who
/// draws.
fn plane(bounds: &Rect<f64>) -> LocalPlane {
    LocalPlane::at((bounds.center().y * 10.0).round() / 10.0)
}

/// How much of a polygon lies in a box, m².
fn held(polygon: &Polygon<f64>, window: &Rect<f64>) -> f64 {
    let Some(around) = polygon.bounding_rect() else { return 0.0 };
    if !meet(&around, window) {
        return 0.0;
    }
    polygon_area_m2(&within(polygon, &around, window))
}

fn meet(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x
        && b.min().x <= a.max().x
        && a.min().y <= b.max().y
        && b.min().y <= a.max().y
}

fn said(ground: &[(&Polygon<f64>, Rect<f64>)], window: &Rect<f64>) -> Said {
    let whole = polygon_area_m2(&window.to_polygon());
    let mut near = Vec::new();
    for (polygon, around) in ground {
        if !meet(around, window) {
            continue;
        }
        let part = within(polygon, around, window);
        let area_m2 = polygon_area_m2(&part);
        if area_m2 > whole * NOISE {
            near.push((part, area_m2));
        }
    }
    let covered = match &near[..] {
        [] => return Said::Outside,
        [(_, area_m2)] => *area_m2,
        // They may lie over each other.
        many if many.iter().map(|(_, area_m2)| area_m2).sum::<f64>() < whole * (1.0 - NOISE) => 0.0,
        many => {
            let grid = Grid::of(window);
            let together = Gridded::together(many.iter().map(|(part, _)| grid.polygon(part)));
            grid.in_degrees(&together).iter().map(polygon_area_m2).sum()
        }
    };
    if covered >= whole * (1.0 - NOISE) { Said::Within } else { Said::Nothing }
}

/// None, partly, mostly, wholly: the class of each end.
fn classed(least: f64, most: f64) -> Shares {
    let least = match least {
        all if all >= 1.0 - NOISE => 1.0,
        much if much >= MOSTLY => MOSTLY,
        some if some >= PARTLY => PARTLY,
        _ => 0.0,
    };
    let most = match most {
        none if none <= NOISE => 0.0,
        some if some <= MOSTLY => MOSTLY,
        _ => 1.0,
    };
    Shares { least, most }
}

#[cfg(test)]
mod tests {
    use geo::{BooleanOps, polygon};
    use proptest::prelude::*;

    use super::*;
    use crate::{area::area_m2, digest::keyed_digest};

    const VEIL: Veil = Veil::of(25.0);

    fn rectangle(x: f64, y: f64, wide: f64, high: f64) -> Polygon<f64> {
        let plane = LocalPlane::at(30.5);
        let at = |x: f64, y: f64| plane.degrees(Coord { x, y }) + Coord { x: 120.0, y: 30.5 };
        polygon![at(x, y), at(x + wide, y), at(x + wide, y + high), at(x, y + high)]
    }

    fn hidden(seed: u64) -> impl Fn((i32, i32)) -> [u8; 16] {
        move |(east, north)| {
            let parts = [
                seed.to_le_bytes().to_vec(),
                east.to_le_bytes().into(),
                north.to_le_bytes().into(),
            ];
            let digest = keyed_digest(&[3; 32], &parts.each_ref().map(Vec::as_slice));
            let mut half = [0; 16];
            half.copy_from_slice(&digest[..16]);
            half
        }
    }

    proptest! {
        #[test]
        fn sites_s12_what_is_said_of_a_share_is_true_of_the_outline_itself(
            x in -3_000.0..3_000.0, y in -3_000.0..3_000.0, wide in 50.0..1_500.0, high in 50.0..800.0,
            layers in prop::collection::vec((-2_000.0..2_000.0, -2_000.0..2_000.0, 20.0..2_500.0, 20.0..2_500.0), 1..4),
            seed in any::<u64>(),
        ) {
            let outline = MultiPolygon::new(vec![rectangle(x, y, wide, high)]);
            let ground: Vec<Polygon<f64>> =
                layers.iter().map(|(dx, dy, w, h)| rectangle(x + dx, y + dy, *w, *h)).collect();
            let union = geo::unary_union(&ground);
            let exact = area_m2(&outline.intersection(&union)) / area_m2(&outline);
            let shares = VEIL.shares(&VEIL.cells(&outline), &ground.iter().collect::<Vec<_>>(), &hidden(seed));
            prop_assert!(shares.least <= exact + 1e-6, "{:?} of {}", shares, exact);
            prop_assert!(exact <= shares.most + 1e-6, "{:?} of {}", shares, exact);
        }
    }

    #[test]
    fn sites_s12_far_from_the_line_it_is_said_and_near_it_is_not() {
        let field = rectangle(0.0, 0.0, 3_000.0, 3_000.0);
        let shares = |x: f64| {
            let site = MultiPolygon::new(vec![rectangle(x, 1_000.0, 100.0, 100.0)]);
            VEIL.shares(&VEIL.cells(&site), &[&field], &hidden(1))
        };
        assert_eq!(shares(-300.0), Shares { least: 0.0, most: 0.0 });
        assert_eq!(shares(300.0), Shares { least: 1.0, most: 1.0 });
        let across = shares(-50.0);
        assert!(across.least < 0.5 && across.most == 1.0, "{across:?}");
    }

    #[test]
    fn a_large_outline_has_few_cells_and_they_are_all_of_it() {
        let large = MultiPolygon::new(vec![rectangle(0.0, 0.0, 2_500.0, 2_000.0)]);
        let cells = VEIL.cells(&large);
        assert!(cells.len() <= 1_024, "{}", cells.len());
        let whole: f64 = cells.iter().map(|cell| cell.part).sum();
        assert!((whole - 1.0).abs() < 1e-9);
    }
}
