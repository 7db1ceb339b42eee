//! Buildings as a public map may draw them: a house on its plot gives the plot away, so small ones
//! become blocks of a settlement, large ones a symbol moved off its place (rule M3).
//!
//! What is drawn depends on the register only by the cell in which a building stands; direction
//! and size come from the roads and from four standard sizes.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Area, Centroid, ChaikinSmoothing, Coord, Intersects, LineString, MultiPolygon, Polygon};

use super::{
    dice::Dice,
    kinds::Built,
    plot::Plot,
    shape::{Frame, ring, together},
    streets::Way,
};

/// Side of the cells in which symbols and open ground are told, m. Finer than 25 the survey can be
/// read back; smoothing and jitter need the rest.
pub(crate) const CELL: f64 = 40.0;
/// Side of the cells for long edges, where a smoothed corner is never far, m.
pub(crate) const SHORE_CELL: f64 = 60.0;
/// Side of the cells of a block, m.
const BLOCK_CELL: f64 = 25.0;
/// Footprints below this area are drawn as part of a block, m².
const SMALL: f64 = 420.0;
/// Gaps in a block up to this area are filled, m².
const YARD: f64 = 2_000.0;
/// Half sizes of the symbols by the area up to which they are used, m.
const SYMBOLS: [(f64, (f64, f64)); 3] =
    [(700.0, (18.0, 6.5)), (1_600.0, (24.0, 10.0)), (f64::INFINITY, (34.0, 16.0))];

type Cell = (i32, i32);

fn cell_of(at: Coord<f64>, side: f64) -> Cell {
    ((at.x / side).floor() as i32, (at.y / side).floor() as i32)
}

fn middle_of(cell: Cell, side: f64) -> Coord<f64> {
    Coord { x: (f64::from(cell.0) + 0.5) * side, y: (f64::from(cell.1) + 0.5) * side }
}

/// A symbol, and the plot whose building it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    /// Number of the plot.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test compares it with its plot"))]
    pub(crate) plot: usize,
    pub(crate) outline: Polygon<f64>,
}

/// Whether a plot's buildings are on the map at all.
fn drawn(plot: &Plot) -> bool {
    !plot.classified && plot.kind.built != Built::Structure
}

/// The blocks of houses, with `streets` (ground that roads take) left free.
pub(crate) fn blocks(plots: &[Plot], streets: &MultiPolygon<f64>) -> Vec<Polygon<f64>> {
    use geo::BooleanOps;
    let cells: BTreeSet<Cell> = plots
        .iter()
        .filter(|plot| drawn(plot))
        .flat_map(|plot| &plot.buildings)
        .filter(|building| building.unsigned_area() < SMALL)
        .filter_map(|building| Some(cell_of(building.centroid()?.into(), BLOCK_CELL)))
        .collect();
    let squares: Vec<Polygon<f64>> =
        cells.into_iter().map(|cell| square(cell, BLOCK_CELL)).collect();
    let rounded: MultiPolygon<f64> = together(&squares).chaikin_smoothing(2);
    let yards = rounded.into_iter().map(|block| {
        let (around, holes) = block.into_inner();
        let open =
            |hole: &LineString<f64>| Polygon::new(hole.clone(), Vec::new()).unsigned_area() > YARD;
        Polygon::new(around, holes.into_iter().filter(open).collect())
    });
    let blocks = MultiPolygon::new(yards.collect()).difference(streets);
    blocks.into_iter().filter(|block| block.unsigned_area() > 120.0).collect()
}

fn square(cell: Cell, side: f64) -> Polygon<f64> {
    let (middle, half) = (middle_of(cell, side), side / 2.0);
    ring(
        [(-half, -half), (half, -half), (half, half), (-half, half)]
            .map(|(x, y)| Coord { x: middle.x + x, y: middle.y + y }),
    )
}

/// The symbols of large buildings: at most one in a cell, none on a street or on another.
pub(crate) fn symbols(plots: &[Plot], ways: &[&Way], streets: &MultiPolygon<f64>) -> Vec<Symbol> {
    let mut cells: BTreeMap<Cell, (f64, usize)> = BTreeMap::new();
    for (number, plot) in plots.iter().enumerate().filter(|(_, plot)| drawn(plot)) {
        for building in &plot.buildings {
            let area = building.unsigned_area();
            let Some(at) = building.centroid().filter(|_| area >= SMALL) else { continue };
            let largest = cells.entry(cell_of(at.into(), CELL)).or_insert((area, number));
            if largest.0 < area {
                *largest = (area, number);
            }
        }
    }
    let mut dice = Dice::for_part(13);
    let mut found: Vec<Symbol> = Vec::new();
    for (cell, (area, plot)) in cells {
        let half = SYMBOLS.iter().find(|(most, _)| area <= *most).map_or((34.0, 16.0), |it| it.1);
        for _ in 0..4 {
            let middle = middle_of(cell, CELL);
            let at = (middle.x + dice.jitter(8.0), middle.y + dice.jitter(8.0));
            let frame = Frame::new(at, direction_near(ways, middle));
            let outline = frame.rectangle((-half.0, -half.1), (half.0, half.1));
            let free = !streets.intersects(&outline)
                && !found.iter().any(|other| other.outline.intersects(&outline));
            if free {
                found.push(Symbol { plot, outline });
                break;
            }
        }
    }
    found
}

/// The way the nearest road runs.
fn direction_near(ways: &[&Way], at: Coord<f64>) -> (f64, f64) {
    let away = |line: &geo::Line<f64>| {
        let off = (line.start + line.end) / 2.0 - at;
        off.x * off.x + off.y * off.y
    };
    let nearest = ways
        .iter()
        .flat_map(|way| way.line.lines())
        .min_by(|one, other| away(one).total_cmp(&away(other)));
    nearest.map_or((1.0, 0.0), |line| (line.delta().x, line.delta().y))
}

/// Open ground, so coarse that the parcels on its edge cannot be read from it.
pub(crate) fn coarse(outline: &MultiPolygon<f64>, cell: f64) -> MultiPolygon<f64> {
    use geo::BooleanOps;
    let snap = |at: &Coord<f64>| Coord {
        x: (at.x / cell).round() * cell,
        y: (at.y / cell).round() * cell,
    };
    let snapped: Vec<Polygon<f64>> = outline
        .iter()
        .filter_map(|part| {
            let mut corners: Vec<Coord<f64>> = part.exterior().coords().map(snap).collect();
            corners.dedup();
            let ring = LineString::new(corners);
            (ring.0.len() >= 4).then(|| Polygon::new(ring, Vec::new()))
        })
        .collect();
    let clean = MultiPolygon::new(snapped).union(&MultiPolygon::new(Vec::new()));
    let clean = if clean.unsigned_area() < cell * cell {
        let cell = outline.centroid().map(|at| square(cell_of(at.into(), cell), cell));
        MultiPolygon::new(cell.into_iter().collect())
    } else {
        clean
    };
    clean.chaikin_smoothing(2)
}

#[cfg(test)]
mod tests {
    use geo::{CoordsIter, Distance, Euclidean, Point};

    use super::{
        super::{
            fields, kinds,
            landscape::{Landscape, public_courses},
            plots, works,
        },
        *,
    };

    fn squares_to_nearest(corners: &[Coord<f64>], shown: &[Coord<f64>]) -> Vec<f64> {
        let square = |from: &Coord<f64>, to: &Coord<f64>| {
            let off = *from - *to;
            off.x * off.x + off.y * off.y
        };
        let nearest =
            |corner| shown.iter().map(|at| square(corner, at)).fold(f64::INFINITY, f64::min);
        corners.iter().map(nearest).collect()
    }

    /// What is further away than the public grid counts as one cell of it, so that no far corner
    /// makes up for a near one.
    fn rms(squares: &[f64]) -> f64 {
        let squares: Vec<f64> = squares.iter().map(|square| square.min(25.0 * 25.0)).collect();
        (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()
    }

    fn corners(shape: &impl CoordsIter<Scalar = f64>) -> Vec<Coord<f64>> {
        shape.exterior_coords_iter().collect()
    }

    #[test]
    fn m3_the_base_map_gives_no_parcel_away_better_than_ten_metres() {
        let land = Landscape::draw();
        let roads = works::roads();
        let plain = fields::plain(&land);
        let plots = plots(&land, &roads, &plain);
        let ways: Vec<&Way> = land.lanes.iter().chain(&land.streets).chain(&roads).collect();
        let streets = super::super::base::ground_of(&ways);

        // Each symbol against the plot it stands for.
        let symbols = symbols(&plots, &ways, &streets);
        assert!(symbols.len() > 100, "{} symbols make no town", symbols.len());
        let mut off = Vec::new();
        for symbol in &symbols {
            let plot = &plots[symbol.plot];
            let shown = corners(&symbol.outline);
            off.extend(squares_to_nearest(&corners(&plot.outline), &shown));
            off.extend(
                plot.buildings.iter().flat_map(|it| squares_to_nearest(&shown, &corners(it))),
            );
        }
        assert!(rms(&off) >= 10.0, "symbols: {:.1} m", rms(&off));

        // Every plot with a small house against whatever corner of a block is nearest.
        let blocks = blocks(&plots, &streets);
        assert!(blocks.len() > 50, "{} blocks make no settlement", blocks.len());
        let shown: Vec<_> = blocks.iter().flat_map(corners).collect();
        let small = |plot: &&Plot| plot.buildings.iter().any(|it| it.unsigned_area() < SMALL);
        let off: Vec<f64> = plots
            .iter()
            .filter(|plot| drawn(plot))
            .filter(small)
            .flat_map(|plot| squares_to_nearest(&corners(&plot.outline), &shown))
            .collect();
        assert!(rms(&off) >= 10.0, "blocks: {:.1} m", rms(&off));

        // Ponds, parks and islands are parcels themselves.
        let open = plots.iter().filter(|plot| {
            *plot.kind == kinds::PARK || *plot.kind == kinds::POND || plot.kind.feature == "GG"
        });
        let off: Vec<f64> = open
            .flat_map(|plot| {
                squares_to_nearest(&corners(&plot.outline), &corners(&coarse(&plot.outline, CELL)))
            })
            .collect();
        assert!(rms(&off) >= 10.0, "open ground: {:.1} m", rms(&off));

        // Parcels end at water, at the hills and at the boundary.
        let [river, brook] = public_courses(SHORE_CELL).map(MultiPolygon::from);
        let lakes = land.lakes.iter().map(|lake| &lake.1);
        let edges = lakes.chain([&land.reservoir, &land.hills, &land.boundary]);
        let mut pairs = vec![(&land.river, river), (&land.brook, brook)];
        pairs.extend(edges.map(|ground| (ground, super::super::base::shore(ground))));
        for (ground, shown) in pairs {
            let edge = ground.exterior();
            let shown = corners(&shown);
            let at_edge: Vec<Coord<f64>> = plots
                .iter()
                .flat_map(|plot| corners(&plot.outline))
                .filter(|corner| Euclidean.distance(&Point::from(*corner), edge) < 1.0)
                .collect();
            assert!(at_edge.len() > 20, "{} corners lie at an edge", at_edge.len());
            let off = squares_to_nearest(&at_edge, &shown);
            assert!(rms(&off) >= 10.0, "{} corners: {:.1} m", off.len(), rms(&off));
        }
    }
}
