//! Outlines made valid, or a reason why they cannot be.
//!
//! Valid is what OGC Simple Features say: closed rings of at least three corners that do not cross
//! themselves or each other, holes inside, parts that meet in points at most. Which way a ring runs
//! is no matter of validity; outer rings come out counter-clockwise and holes clockwise (RFC 7946).
//!
//! Here: from GeoJSON to an outline. [`sweep`] finds what is wrong with one, [`repair`] mends it.

mod repair;
mod sweep;
#[cfg(test)]
mod tests;

use domain::overlay::geodesic_area_m2;
use geo::{Coord, LineString, MultiPolygon, Orient, Polygon, orient::Direction};
use geojson::{GeometryValue, Position};

use self::{
    repair::{area_as_drawn_m2, mend},
    sweep::problems,
};

/// How a geometry was changed so that it is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What was wrong, each thing once.
    pub reasons: Vec<String>,
    /// Area of the outline as drawn, m². Of a ring that crosses itself this is a difference of
    /// loops, not a size.
    pub area_before_m2: f64,
    /// Area afterwards, m² on the ellipsoid.
    pub area_after_m2: f64,
}

/// An outline that is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// The outline, degrees.
    pub outline: MultiPolygon<f64>,
    /// Its area on the ellipsoid, m².
    pub area_m2: f64,
    /// What had to be done, if anything.
    pub repair: Option<Repair>,
    /// Corners that stood twice in a row and were taken out. They do not make an outline invalid.
    pub repeated_points: u64,
    /// Heights were there and were dropped.
    pub had_heights: bool,
}

/// Why there is no outline.
#[derive(Clone, Debug, PartialEq)]
pub enum NoOutline<E> {
    /// No geometry, or one without coordinates: the feature is known, its place is not.
    Missing,
    /// A geometry that is no area or cannot be repaired.
    Bad(String),
    /// The coordinate could not be placed.
    Coordinate(E),
}

/// Reads a polygon or multipolygon, places its coordinates with `place` and makes it valid.
///
/// # Errors
/// [`NoOutline`].
pub fn outline<E>(
    geometry: Option<&GeometryValue>,
    place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, E>,
) -> Result<Sound, NoOutline<E>> {
    let parts: &[Vec<Vec<Position>>] = match geometry {
        None => return Err(NoOutline::Missing),
        Some(GeometryValue::Polygon { coordinates }) => std::slice::from_ref(coordinates),
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates,
        Some(other) => {
            return Err(NoOutline::Bad(format!(
                "is a {}; an area must be a Polygon or MultiPolygon",
                other.type_name()
            )));
        }
    };
    let mut draft = Draft::default();
    let mut polygons = Vec::with_capacity(parts.len());
    for part in parts {
        let mut rings = Vec::with_capacity(part.len());
        for ring in part.iter().filter(|ring| !ring.is_empty()) {
            rings.push(draft.ring(ring, place)?);
        }
        let mut rings = rings.into_iter();
        if let Some(exterior) = rings.next() {
            // `Polygon::new` would close an open ring without a word; `ring` has noted it.
            polygons.push(Polygon::new(exterior, rings.collect()));
        }
    }
    if polygons.is_empty() {
        return Err(NoOutline::Missing);
    }
    draft.finish(MultiPolygon::new(polygons)).map_err(NoOutline::Bad)
}

/// Places a coordinate pair or triple.
pub(crate) fn placed<E>(
    position: &Position,
    place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, E>,
) -> Result<Coord<f64>, NoOutline<E>> {
    match position.as_slice() {
        [x, y, ..] => place(Coord { x: *x, y: *y }).map_err(NoOutline::Coordinate),
        _ => Err(NoOutline::Bad("has a position of fewer than two numbers".to_owned())),
    }
}

#[derive(Default)]
struct Draft {
    open_rings: usize,
    repeated_points: u64,
    had_heights: bool,
}

impl Draft {
    fn ring<E>(
        &mut self,
        ring: &[Position],
        place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, E>,
    ) -> Result<LineString<f64>, NoOutline<E>> {
        let mut corners: Vec<Coord<f64>> = Vec::with_capacity(ring.len());
        for position in ring {
            self.had_heights |= position.len() > 2;
            let corner = placed(position, place)?;
            if corners.last() == Some(&corner) {
                self.repeated_points += 1;
            } else {
                corners.push(corner);
            }
        }
        if corners.first() != corners.last() {
            self.open_rings += 1;
        }
        Ok(LineString::new(corners))
    }

    fn finish(self, drawn: MultiPolygon<f64>) -> Result<Sound, String> {
        let mut reasons: Vec<String> = Vec::new();
        if self.open_rings > 0 {
            reasons.push("a ring was not closed".to_owned());
        }
        let found = problems(&drawn);
        let area_before_m2 = area_as_drawn_m2(&drawn);
        let outline = if found.is_empty() {
            drawn
        } else {
            reasons.extend(found.iter().map(|problem| (*problem).to_owned()));
            let mended = mend(&drawn);
            if mended.0.is_empty() {
                return Err(format!("has no area: {}", reasons.join("; ")));
            }
            if let Some(problem) = problems(&mended).first() {
                return Err(format!(
                    "cannot be repaired: {}; afterwards still: {problem}",
                    reasons.join("; ")
                ));
            }
            mended
        };
        // The area on the ellipsoid of a ring that runs the other way is the rest of the Earth.
        let outline = outline.orient(Direction::Default);
        let area_m2 = geodesic_area_m2(&outline);
        if area_m2 <= 0.0 {
            return Err("has no area".to_owned());
        }
        let repair = (!reasons.is_empty()).then_some(Repair {
            reasons,
            area_before_m2,
            area_after_m2: area_m2,
        });
        Ok(Sound {
            outline,
            area_m2,
            repair,
            repeated_points: self.repeated_points,
            had_heights: self.had_heights,
        })
    }
}
