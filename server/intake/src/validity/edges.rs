//! Corners placed, with more of them where a straight edge of the file is bent on the map.
//!
//! An edge that is straight in a projection is not straight in longitude and latitude: 3 km of it
//! lie up to 10 cm off the chord. Neighbours that follow the same line with different corners
//! would overlap there, so the stored edge follows the drawn one.

use geo::Coord;
use geojson::Position;

use super::NoOutline;

/// How far a stored edge may lie from the edge as drawn, m.
pub(crate) const EDGE_TOLERANCE_M: f64 = 0.000_5;
/// An edge is halved this often at most: into 4096, enough for 1000 km.
const HALVINGS: u8 = 12;
/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_320.0;
/// Radius of the Earth, m.
const EARTH_M: f64 = 6_371_000.0;

/// How a coordinate of the file becomes one in degrees.
pub(crate) type Transform<'a, E> = dyn Fn(Coord<f64>) -> Result<Coord<f64>, E> + 'a;

/// A corner in the file and on the map.
#[derive(Clone, Copy)]
struct Corner {
    drawn: Coord<f64>,
    placed: Coord<f64>,
}

/// Corners of one ring or line, as they are placed.
pub(super) struct Path {
    pub(super) corners: Vec<Coord<f64>>,
    pub(super) repeated: u64,
    pub(super) had_heights: bool,
    last: Option<Corner>,
    first: Option<Corner>,
    jumps: bool,
}

impl Path {
    /// Places every position.
    pub(super) fn read<E>(
        positions: &[Position],
        place: &Transform<'_, E>,
    ) -> Result<Self, NoOutline<E>> {
        let mut path = Self {
            corners: Vec::with_capacity(positions.len()),
            repeated: 0,
            had_heights: false,
            last: None,
            first: None,
            jumps: false,
        };
        for position in positions {
            path.had_heights |= position.len() > 2;
            let (drawn, placed) = both(position, place)?;
            path.push(Corner { drawn, placed }, place);
        }
        Ok(path)
    }

    /// Goes back to the first corner; whether it was not there yet.
    pub(super) fn close<E>(&mut self, place: &Transform<'_, E>) -> bool {
        let open = self.corners.first() != self.corners.last();
        if let (true, Some(first)) = (open, self.first) {
            self.push(first, place);
        }
        open
    }

    fn push<E>(&mut self, corner: Corner, place: &Transform<'_, E>) {
        if let Some(last) = self.last {
            if last.placed == corner.placed {
                self.repeated += 1;
                return;
            }
            if (corner.placed.x - last.placed.x).abs() > 180.0 {
                self.jumps = true;
            } else {
                bend(last, corner, HALVINGS, place, &mut self.corners);
            }
        }
        self.first.get_or_insert(corner);
        self.last = Some(corner);
        self.corners.push(corner.placed);
    }

    /// Refuses what goes over the 180th meridian: in longitude and latitude its edges run around
    /// the Earth. A strip all around the Earth has the same jump and is none.
    pub(super) fn check_meridian<E>(&self) -> Result<(), NoOutline<E>> {
        if self.jumps && !self.corners.iter().all(|corner| corner.x.abs() == 180.0) {
            return Err(NoOutline::Bad(
                "has an edge over more than 180 degrees of longitude, as an outline across the \
                 180th meridian has; cut it there into the parts of a MultiPolygon (ogr2ogr \
                 -wrapdateline does)"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

/// A position as it stands in the file and on the map.
pub(super) fn both<E>(
    position: &Position,
    place: &Transform<'_, E>,
) -> Result<(Coord<f64>, Coord<f64>), NoOutline<E>> {
    match position.as_slice() {
        [x, y, ..] => {
            let drawn = Coord { x: *x, y: *y };
            Ok((drawn, place(drawn).map_err(NoOutline::Coordinate)?))
        }
        _ => Err(NoOutline::Bad("has a position of fewer than two numbers".to_owned())),
    }
}

/// Adds the corners between two that the edge needs.
fn bend<E>(
    from: Corner,
    to: Corner,
    halvings: u8,
    place: &Transform<'_, E>,
    into: &mut Vec<Coord<f64>>,
) {
    if halvings == 0 || !may_bend(from.placed, to.placed) {
        return;
    }
    let at = |share: f64| {
        let drawn = from.drawn + (to.drawn - from.drawn) * share;
        place(drawn).ok().map(|placed| Corner { drawn, placed })
    };
    let Some(middle) = at(0.5) else { return };
    let off = |corner: Corner| off_m(corner.placed, from.placed, to.placed) > EDGE_TOLERANCE_M;
    // An edge bent like an S crosses its chord in the middle.
    if off(middle) || [0.25, 0.75].into_iter().filter_map(at).any(off) {
        bend(from, middle, halvings - 1, place, into);
        into.push(middle.placed);
        bend(middle, to, halvings - 1, place, into);
    }
}

/// Whether an edge is long enough to be bent by as much as the tolerance. Chords bend by their
/// length squared over eight radii, parallels by the tangent of the latitude more; four times that
/// is beyond any projection in use.
fn may_bend(from: Coord<f64>, to: Coord<f64>) -> bool {
    let latitude = ((from.y + to.y) / 2.0).to_radians();
    let length = ((to.x - from.x) * latitude.cos()).hypot(to.y - from.y) * DEGREE_M;
    let bend = length * length / (8.0 * EARTH_M) * (latitude.tan().abs() + 0.5) * 4.0;
    bend > EDGE_TOLERANCE_M
}

/// Distance of a point from a chord, m.
fn off_m(point: Coord<f64>, from: Coord<f64>, to: Coord<f64>) -> f64 {
    let cos = ((from.y + to.y) / 2.0).to_radians().cos();
    let flat = |c: Coord<f64>| Coord { x: c.x * cos, y: c.y };
    let (along, beside) = (flat(to - from), flat(point - from));
    let length = along.x.hypot(along.y);
    (along.x * beside.y - along.y * beside.x).abs() / length * DEGREE_M
}
