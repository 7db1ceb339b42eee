//! What a GeoJSON geometry is made of: areas, lines and points, placed, out of however many
//! collections.

use geo::{LineString, Polygon};
use geojson::{GeometryValue, Position};

use super::{
    NoOutline,
    edges::{Path, Transform},
};

/// The parts of one geometry, in degrees.
#[derive(Default)]
pub(super) struct Shapes {
    pub(super) polygons: Vec<Polygon<f64>>,
    /// Lines, and points as lines of one corner.
    pub(super) slender: Vec<LineString<f64>>,
    pub(super) had_collection: bool,
    pub(super) open_rings: usize,
    pub(super) repeated_points: u64,
    pub(super) had_heights: bool,
}

impl Shapes {
    /// Adds what a geometry holds.
    pub(super) fn gather<E>(
        &mut self,
        geometry: &GeometryValue,
        place: &Transform<'_, E>,
    ) -> Result<(), NoOutline<E>> {
        match geometry {
            GeometryValue::Polygon { coordinates } => self.polygon(coordinates, place)?,
            GeometryValue::MultiPolygon { coordinates } => {
                for polygon in coordinates {
                    self.polygon(polygon, place)?;
                }
            }
            GeometryValue::LineString { coordinates } => self.line(coordinates, place)?,
            GeometryValue::MultiLineString { coordinates } => {
                for line in coordinates {
                    self.line(line, place)?;
                }
            }
            GeometryValue::Point { coordinates } => {
                self.line(std::slice::from_ref(coordinates), place)?;
            }
            GeometryValue::MultiPoint { coordinates } => {
                for point in coordinates {
                    self.line(std::slice::from_ref(point), place)?;
                }
            }
            GeometryValue::GeometryCollection { geometries } => {
                self.had_collection = true;
                for geometry in geometries {
                    self.gather(&geometry.value, place)?;
                }
            }
        }
        Ok(())
    }

    fn polygon<E>(
        &mut self,
        rings: &[Vec<Position>],
        place: &Transform<'_, E>,
    ) -> Result<(), NoOutline<E>> {
        let mut placed = Vec::with_capacity(rings.len());
        for ring in rings.iter().filter(|ring| !ring.is_empty()) {
            let mut path = Path::read(ring, place)?;
            // `Polygon::new` would close an open ring without a word.
            self.open_rings += usize::from(path.close(place));
            placed.push(self.checked(path)?);
        }
        let mut placed = placed.into_iter();
        if let Some(exterior) = placed.next() {
            self.polygons.push(Polygon::new(exterior, placed.collect()));
        }
        Ok(())
    }

    fn line<E>(
        &mut self,
        positions: &[Position],
        place: &Transform<'_, E>,
    ) -> Result<(), NoOutline<E>> {
        // A point without coordinates is an empty position.
        if positions.iter().all(|position| position.as_slice().is_empty()) {
            return Ok(());
        }
        let path = Path::read(positions, place)?;
        let line = self.checked(path)?;
        self.slender.push(line);
        Ok(())
    }

    fn checked<E>(&mut self, path: Path) -> Result<LineString<f64>, NoOutline<E>> {
        path.check_meridian()?;
        self.repeated_points += path.repeated;
        self.had_heights |= path.had_heights;
        Ok(LineString::new(path.corners))
    }

    /// The lines and points in words: `2 lines and 1 point`.
    pub(super) fn slender_in_words(&self) -> String {
        let points = self.slender.iter().filter(|line| line.0.len() == 1).count();
        let lines = self.slender.len() - points;
        let count = |count: usize, name: &str| match count {
            0 => None,
            1 => Some(format!("1 {name}")),
            many => Some(format!("{many} {name}s")),
        };
        let words: Vec<String> =
            [count(lines, "line"), count(points, "point")].into_iter().flatten().collect();
        words.join(" and ")
    }
}
