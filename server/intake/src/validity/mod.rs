//! Outlines made valid, or a reason why they cannot be.
//!
//! Valid is what OGC Simple Features say: closed rings of at least three corners that do not cross
//! themselves or each other, holes inside, parts that meet in points at most. Which way a ring runs
//! is no matter of validity; outer rings come out counter-clockwise and holes clockwise (RFC 7946).
//!
//! Here: from GeoJSON to an outline. [`shapes`] takes a geometry apart and [`edges`] places its
//! corners, [`sweep`] finds what is wrong with an outline, [`repair`] mends it, and [`slender`]
//! gives lines and points their ground.

mod edges;
#[cfg(test)]
mod random;
mod repair;
mod shapes;
mod slender;
mod sweep;
#[cfg(test)]
mod tests;

use domain::area::{area_m2, polygon_area_m2};
use geo::{BoundingRect, Coord, MultiPolygon, Orient, Polygon, Rect, orient::Direction};
use geojson::{GeometryValue, Position};

pub(crate) use self::edges::{EDGE_TOLERANCE_M, Transform};
use self::{
    repair::{NO_AREA_M2, mend},
    shapes::Shapes,
    sweep::problems,
};
use crate::mapping::Slender;

/// How a geometry was changed so that it is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What was wrong, each thing once.
    pub reasons: Vec<String>,
    /// Area of the outline as drawn, m². Of a ring that crosses itself this is a difference of
    /// loops, not a size.
    pub area_before_m2: f64,
    /// Area afterwards, m².
    pub area_after_m2: f64,
}

/// An outline that is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// The outline, degrees. Empty when there is nothing but lines and points that only touch.
    pub outline: MultiPolygon<f64>,
    /// Its area by the one measure ([`domain::area::area_m2`]), m².
    pub area_m2: f64,
    /// Edges and points of a restriction that has no area, as rings without area.
    pub traces: Vec<Polygon<f64>>,
    /// Boxes around rings that may have meant ground and gave none, degrees: parts without area,
    /// holes that lie in no part. Of a restriction it is not known what it says there.
    pub lost: Vec<Rect<f64>>,
    /// What had to be done, if anything.
    pub repair: Option<Repair>,
    /// Corners that stood twice in a row and were taken out. They do not make an outline invalid.
    pub repeated_points: u64,
    /// Heights were there and were dropped.
    pub had_heights: bool,
}

impl Sound {
    /// Outline and traces together, for the box around them.
    pub fn reach(&self) -> MultiPolygon<f64> {
        self.outline.iter().chain(&self.traces).cloned().collect()
    }
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

/// Reads an area, places its coordinates with `place` and makes it valid.
///
/// # Errors
/// [`NoOutline`].
pub fn outline<E>(
    geometry: Option<&GeometryValue>,
    place: &Transform<'_, E>,
) -> Result<Sound, NoOutline<E>> {
    sound(
        geometry,
        place,
        |kind| format!("is a {kind}; an area must be a Polygon or MultiPolygon"),
        Beside::LeftOut,
    )
}

/// Reads a restriction: an area, or lines and points that `slender` gives a meaning. Without one
/// a collection that holds some is refused whole: they restrict, and it is not known what (rule Z4).
///
/// # Errors
/// [`NoOutline`].
pub fn restriction<E>(
    geometry: Option<&GeometryValue>,
    slender: Option<Slender>,
    place: &Transform<'_, E>,
) -> Result<Sound, NoOutline<E>> {
    let refusal = |kind: &str| {
        format!(
            "is a {kind}, which has no area; add `width_m` (its width on the ground in metres) or \
             `touching = true` to the file's entry in the mapping"
        )
    };
    sound(geometry, place, refusal, slender.map_or(Beside::Refused, Beside::Given))
}

/// What is done with lines and points.
#[derive(Clone, Copy)]
enum Beside {
    /// They go; areas beside them stay.
    LeftOut,
    /// The whole geometry is refused.
    Refused,
    /// They mean this.
    Given(Slender),
}

fn sound<E>(
    geometry: Option<&GeometryValue>,
    place: &Transform<'_, E>,
    refusal: impl Fn(&str) -> String,
    beside: Beside,
) -> Result<Sound, NoOutline<E>> {
    let geometry = geometry.ok_or(NoOutline::Missing)?;
    let mut shapes = Shapes::default();
    shapes.gather(geometry, place)?;
    let mut notes: Vec<String> = Vec::new();
    let mut traces = Vec::new();
    match beside {
        _ if shapes.slender.is_empty() => {}
        Beside::Given(Slender::Width(width_m)) => {
            shapes.polygons.extend(slender::widened(&shapes.slender, width_m));
        }
        Beside::Given(Slender::Touching) => traces = slender::traced(&shapes.slender),
        Beside::LeftOut | Beside::Refused if shapes.polygons.is_empty() => {
            return Err(NoOutline::Bad(refusal(geometry.type_name())));
        }
        Beside::Refused => {
            let kind = format!("{} with {}", geometry.type_name(), shapes.slender_in_words());
            return Err(NoOutline::Bad(refusal(&kind)));
        }
        Beside::LeftOut => {
            notes.push(format!("{} beside its areas left out", shapes.slender_in_words()));
        }
    }
    if shapes.polygons.is_empty() && traces.is_empty() {
        return Err(NoOutline::Missing);
    }
    if shapes.had_collection && !shapes.polygons.is_empty() {
        notes.insert(0, "a GeometryCollection was taken as a MultiPolygon".to_owned());
    }
    if shapes.open_rings > 0 {
        notes.push("a ring was not closed".to_owned());
    }
    let Shapes { polygons, repeated_points, had_heights, .. } = shapes;
    let Valid { outline, lost, repair } =
        valid(MultiPolygon::new(polygons), notes).map_err(NoOutline::Bad)?;
    let area_m2 = area_m2(&outline);
    if area_m2 <= 0.0 && traces.is_empty() {
        return Err(NoOutline::Bad("has no area".to_owned()));
    }
    Ok(Sound { outline, area_m2, traces, lost, repair, repeated_points, had_heights })
}

struct Valid {
    outline: MultiPolygon<f64>,
    lost: Vec<Rect<f64>>,
    repair: Option<Repair>,
}

/// The outline if it is valid, or mended.
fn valid(drawn: MultiPolygon<f64>, mut reasons: Vec<String>) -> Result<Valid, String> {
    let area_before_m2 = area_m2(&drawn);
    let found = problems(&drawn);
    let (outline, lost) = if found.is_empty() {
        let is_scant = |part: &&Polygon<f64>| polygon_area_m2(part) <= NO_AREA_M2;
        let lost = drawn.iter().filter(is_scant).filter_map(BoundingRect::bounding_rect).collect();
        (drawn, lost)
    } else {
        reasons.extend(found.iter().map(|problem| (*problem).to_owned()));
        let mended = mend(&drawn);
        reasons.extend(mended.notes);
        if mended.outline.0.is_empty() {
            return Err(format!("has no area: {}", reasons.join("; ")));
        }
        if let Some(problem) = problems(&mended.outline).first() {
            return Err(format!(
                "cannot be repaired: {}; afterwards still: {problem}",
                reasons.join("; ")
            ));
        }
        (mended.outline, mended.lost)
    };
    let outline = outline.orient(Direction::Default);
    let area_after_m2 = area_m2(&outline);
    let repair = (!reasons.is_empty()).then_some(Repair { reasons, area_before_m2, area_after_m2 });
    Ok(Valid { outline, lost, repair })
}

/// Places a coordinate pair or triple.
pub(crate) fn placed<E>(
    position: &Position,
    place: &Transform<'_, E>,
) -> Result<Coord<f64>, NoOutline<E>> {
    edges::both(position, place).map(|(_drawn, placed)| placed)
}
