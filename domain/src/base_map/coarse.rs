//! A base map brought to a grid: 公开地图内容表示规范 wants a public map no better than 10 m, and houses
//! drawn to the centimetre tell the survey that the outlines of parcels hide.
//!
//! Houses become built-up land, made of the cells that they cover enough of. Lines and areas keep
//! their course, their corners on the grid.

use std::collections::BTreeMap;

use geo::{
    Area, BoundingRect, Centroid, Coord, Geometry, LineString, MapCoords, MultiLineString,
    MultiPolygon, Point, Polygon, Rect, Simplify, unary_union,
};

use super::{BaseFeature, BaseKind};
use crate::{
    generalise::generalise,
    overlay::{LocalPlane, within},
};

/// Least share of a cell under roofs that makes it built-up: a house of 12 m by 10 m in the middle
/// of a cell of 25 m.
const BUILT: f64 = 0.18;
/// Cells on a side of the blocks that built-up land is stored in, so that a map of a place reads the
/// blocks around it and not a town.
const BLOCK: i64 = 32;

/// Where a cell lies: the plane, a tenth of a degree of latitude, then columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    plane: i64,
    east: i64,
    north: i64,
}

/// A base map on its way to a grid.
#[derive(Clone, Debug)]
pub struct CoarseMap {
    grid_m: f64,
    /// Ground under roofs in each cell, m².
    built: BTreeMap<Cell, f64>,
}

/// Features brought to a grid of `grid_m` metres, degrees in and out.
#[must_use]
pub fn coarsen(features: &[BaseFeature], grid_m: f64) -> Vec<BaseFeature> {
    let mut map = CoarseMap::new(grid_m);
    let mut drawn: Vec<BaseFeature> =
        features.iter().filter_map(|feature| map.add(feature)).collect();
    // Built-up land is drawn where houses are: over areas, under lines.
    let lines = drawn.iter().position(|it| !matches!(it.geometry, Geometry::MultiPolygon(_)));
    let at = lines.unwrap_or(drawn.len());
    drawn.splice(at..at, map.built_up());
    drawn
}

impl CoarseMap {
    /// An empty map on a grid of `grid_m` metres.
    #[must_use]
    pub const fn new(grid_m: f64) -> Self {
        Self { grid_m, built: BTreeMap::new() }
    }

    /// The feature on the grid; `None` for a house, which is part of [`CoarseMap::built_up`], and for
    /// what is too small to be drawn.
    pub fn add(&mut self, feature: &BaseFeature) -> Option<BaseFeature> {
        let geometry = match &feature.geometry {
            Geometry::Polygon(polygon) if feature.kind == BaseKind::Building => {
                self.build(polygon);
                return None;
            }
            Geometry::MultiPolygon(polygons) if feature.kind == BaseKind::Building => {
                polygons.iter().for_each(|polygon| self.build(polygon));
                return None;
            }
            Geometry::Polygon(polygon) => self.areas(&MultiPolygon::new(vec![polygon.clone()]))?,
            Geometry::MultiPolygon(polygons) => self.areas(polygons)?,
            Geometry::LineString(line) => self.lines(std::slice::from_ref(line))?,
            Geometry::MultiLineString(lines) => self.lines(&lines.0)?,
            Geometry::Point(point) => Geometry::Point(Point(self.snap(point.0))),
            Geometry::MultiPoint(points) => {
                Geometry::MultiPoint(points.map_coords(|at| self.snap(at)))
            }
            _ => return None,
        };
        Some(BaseFeature { geometry, ..feature.clone() })
    }

    /// The built-up land of all houses that were added.
    #[must_use]
    pub fn built_up(self) -> Vec<BaseFeature> {
        let mut blocks: BTreeMap<(i64, i64, i64), Vec<Cell>> = BTreeMap::new();
        for (cell, under_roofs) in &self.built {
            if *under_roofs >= BUILT * self.grid_m * self.grid_m {
                let block = (cell.plane, cell.east.div_euclid(BLOCK), cell.north.div_euclid(BLOCK));
                blocks.entry(block).or_default().push(*cell);
            }
        }
        blocks
            .into_values()
            .map(|cells| {
                let ground: Vec<Polygon<f64>> =
                    cells.iter().map(|cell| self.ground(cell)).collect();
                let plane = plane(cells[0].plane);
                BaseFeature {
                    kind: BaseKind::Building,
                    name: None,
                    geometry: Geometry::MultiPolygon(plane.to_degrees(&unary_union(&ground))),
                }
            })
            .collect()
    }

    /// The ground of a cell, metres of its plane.
    fn ground(&self, cell: &Cell) -> Polygon<f64> {
        #[expect(clippy::cast_precision_loss, reason = "cells of the Earth fit by far")]
        let edge = |at: i64| at as f64 * self.grid_m;
        Rect::new(
            Coord { x: edge(cell.east), y: edge(cell.north) },
            Coord { x: edge(cell.east + 1), y: edge(cell.north + 1) },
        )
        .to_polygon()
    }

    /// Counts a roof into the cells that it covers.
    fn build(&mut self, roof: &Polygon<f64>) {
        let Some(centre) = roof.centroid() else { return };
        let of = plane_of(centre.y());
        let roof = roof.map_coords(|at| plane(of).metres(at));
        let Some(around) = roof.bounding_rect() else { return };
        #[expect(clippy::cast_possible_truncation, reason = "cells of the Earth fit by far")]
        let at = |metres: f64| (metres / self.grid_m).floor() as i64;
        let (west, south) = (at(around.min().x), at(around.min().y));
        let (east, north) = (at(around.max().x), at(around.max().y));
        for column in west..=east {
            for row in south..=north {
                let cell = Cell { plane: of, east: column, north: row };
                let Some(window) = self.ground(&cell).bounding_rect() else { continue };
                let covered = within(&roof, &around, &window).unsigned_area();
                *self.built.entry(cell).or_insert(0.0) += covered;
            }
        }
    }

    fn areas(&self, areas: &MultiPolygon<f64>) -> Option<Geometry<f64>> {
        let plane = plane(plane_of(areas.bounding_rect()?.center().y));
        // Without corners that say no more than the grid, edges run straight instead of in steps.
        let kept: MultiPolygon<f64> = plane
            .to_metres(areas)
            .simplify(self.grid_m / 2.0)
            .into_iter()
            .filter(|polygon| polygon.unsigned_area() >= self.grid_m * self.grid_m)
            .collect();
        let drawn = generalise(&plane.to_degrees(&kept), self.grid_m);
        (!drawn.0.is_empty()).then_some(Geometry::MultiPolygon(drawn))
    }

    fn lines(&self, lines: &[LineString<f64>]) -> Option<Geometry<f64>> {
        let drawn: Vec<LineString<f64>> = lines.iter().filter_map(|line| self.line(line)).collect();
        (!drawn.is_empty()).then(|| Geometry::MultiLineString(MultiLineString::new(drawn)))
    }

    fn line(&self, line: &LineString<f64>) -> Option<LineString<f64>> {
        let plane = plane(plane_of(line.0.first()?.y));
        let course = line.map_coords(|at| plane.metres(at)).simplify(self.grid_m / 2.0);
        let mut corners: Vec<Coord<f64>> =
            course.0.iter().map(|at| self.snap(plane.degrees(*at))).collect();
        corners.dedup();
        (corners.len() >= 2).then(|| LineString::new(corners))
    }

    /// The corner of the grid that is nearest, degrees in and out.
    fn snap(&self, at: Coord<f64>) -> Coord<f64> {
        let plane = plane(plane_of(at.y));
        let near = |metres: f64| (metres / self.grid_m).round() * self.grid_m;
        let Coord { x, y } = plane.metres(at);
        plane.degrees(Coord { x: near(x), y: near(y) })
    }
}

/// One plane for every tenth of a degree, as for outlines.
fn plane_of(latitude: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 900")]
    let tenths = (latitude * 10.0).round() as i64;
    tenths
}

fn plane(tenths: i64) -> LocalPlane {
    #[expect(clippy::cast_precision_loss, reason = "at most 900")]
    let latitude = tenths as f64 / 10.0;
    LocalPlane::at(latitude)
}

#[cfg(test)]
mod tests {
    use geo::{CoordsIter, coord};

    use super::*;

    const GRID: f64 = 25.0;

    /// A rectangle, metres from 120°E 30.5°N.
    fn house(x: f64, y: f64, wide: f64, high: f64) -> BaseFeature {
        let plane = LocalPlane::at(30.5);
        let corner = plane.metres(coord! { x: 120.0, y: 30.5 }) + coord! { x: x, y: y };
        let ground = Rect::new(corner, corner + coord! { x: wide, y: high }).to_polygon();
        let geometry = Geometry::Polygon(ground.map_coords(|at| plane.degrees(at)));
        BaseFeature { kind: BaseKind::Building, name: None, geometry }
    }

    fn road(points: &[(f64, f64)]) -> BaseFeature {
        let plane = LocalPlane::at(30.5);
        let from = plane.metres(coord! { x: 120.0, y: 30.5 });
        let line: LineString<f64> =
            points.iter().map(|(x, y)| plane.degrees(from + coord! { x: *x, y: *y })).collect();
        let name = Some("永安街".to_owned());
        BaseFeature { kind: BaseKind::Road, name, geometry: Geometry::LineString(line) }
    }

    fn is_on_grid(at: Coord<f64>) -> bool {
        let Coord { x, y } = plane(plane_of(at.y)).metres(at);
        [x, y].iter().all(|metres| (metres / GRID - (metres / GRID).round()).abs() < 1e-4)
    }

    #[test]
    fn m3_every_corner_is_on_the_grid_and_no_house_is_told_from_another() {
        let mut features = Vec::new();
        for at in 0..400_u32 {
            let (column, row) = (f64::from(at % 20), f64::from(at / 20));
            features.push(house(column * 31.7, row * 29.3, 11.3 + column / 7.0, 9.7 + row / 9.0));
        }
        features.push(road(&[(0.0, 0.0), (203.4, 4.4), (407.1, 11.3), (598.2, 401.7)]));
        let drawn = coarsen(&features, GRID);
        assert!(drawn.len() < 12, "{}", drawn.len());
        let corners: Vec<_> = drawn.iter().flat_map(|it| it.geometry.coords_iter()).collect();
        assert!(corners.len() > 50 && corners.iter().all(|at| is_on_grid(*at)));
        let surveyed: Vec<_> = features.iter().flat_map(|it| it.geometry.coords_iter()).collect();
        assert!(!corners.iter().any(|corner| surveyed.contains(corner)));
        let built: Vec<_> = drawn.iter().filter(|it| it.kind == BaseKind::Building).collect();
        assert!(!built.is_empty() && built.iter().all(|it| it.name.is_none()));
        assert_eq!(drawn.last().unwrap().name.as_deref(), Some("永安街"));
        // On the grid already, it stays where it is.
        let again = coarsen(&drawn[drawn.len() - 1..], GRID);
        assert_eq!(again.len(), 1);
    }

    #[test]
    fn what_is_smaller_than_a_cell_is_not_drawn() {
        let pond = BaseFeature { kind: BaseKind::Water, ..house(3.0, 3.0, 12.0, 12.0) };
        let lake = BaseFeature { kind: BaseKind::Water, ..house(3.0, 3.0, 212.0, 112.0) };
        let stub = road(&[(1.0, 1.0), (4.0, 3.0)]);
        assert_eq!(coarsen(&[pond, stub], GRID), []);
        let [lake] = coarsen(&[lake], GRID).try_into().unwrap();
        assert!(lake.geometry.coords_iter().all(is_on_grid));
        // A shed makes no built-up land.
        assert_eq!(coarsen(&[house(5.0, 5.0, 4.0, 4.0)], GRID), []);
    }
}
