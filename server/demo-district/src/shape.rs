//! Shapes on the drawing board: metres east and north of the township's middle.
//!
//! Only additions, products, quotients and square roots: they give the same bits everywhere,
//! which sine and cosine of the platform's library do not.

use geo::{
    Area, BooleanOps, BoundingRect, Centroid, ChaikinSmoothing, Contains, Coord, InteriorPoint,
    LineString, MapCoords, MultiPolygon, Orient, Point, Polygon, Validation, orient::Direction,
    unary_union,
};

use super::dice::Dice;

/// The middle of the township: longitude and latitude.
const MIDDLE: Coord<f64> = Coord { x: 119.97, y: 30.54 };
/// Length of a degree at the middle on the CGCS2000 ellipsoid, m.
const DEGREE: Coord<f64> = Coord { x: 95_961.0, y: 110_863.0 };

/// From the drawing board to CGCS2000 degrees, to the centimetre that a survey has.
pub(crate) fn degrees<G: MapCoords<f64, f64, Output = G>>(drawn: &G) -> G {
    let place = |value: f64| (value * 1e7).round() / 1e7;
    drawn.map_coords(|c| Coord {
        x: place(MIDDLE.x + c.x / DEGREE.x),
        y: place(MIDDLE.y + c.y / DEGREE.y),
    })
}

/// Where a place given in degrees lies on the drawing board.
pub(crate) const fn board(longitude: f64, latitude: f64) -> Coord<f64> {
    Coord { x: (longitude - MIDDLE.x) * DEGREE.x, y: (latitude - MIDDLE.y) * DEGREE.y }
}

/// A turned drawing frame: `along` and `across` are its axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) origin: Coord<f64>,
    along: Coord<f64>,
}

impl Frame {
    /// The frame at `origin` whose first axis points to `towards`.
    pub(crate) fn new(origin: (f64, f64), towards: (f64, f64)) -> Self {
        let length = (towards.0 * towards.0 + towards.1 * towards.1).sqrt().max(1e-9);
        Self {
            origin: origin.into(),
            along: Coord { x: towards.0 / length, y: towards.1 / length },
        }
    }

    /// A point of the frame on the drawing board.
    pub(crate) fn at(&self, along: f64, across: f64) -> Coord<f64> {
        Coord {
            x: self.origin.x + along * self.along.x - across * self.along.y,
            y: self.origin.y + along * self.along.y + across * self.along.x,
        }
    }

    /// The frame's figures of a point of the drawing board.
    pub(crate) fn coordinates(&self, point: Coord<f64>) -> (f64, f64) {
        let away = point - self.origin;
        (
            away.x * self.along.x + away.y * self.along.y,
            away.y * self.along.x - away.x * self.along.y,
        )
    }

    /// A box from its two opposite corners in the frame.
    pub(crate) fn rectangle(&self, from: (f64, f64), to: (f64, f64)) -> Polygon<f64> {
        ring([
            self.at(from.0, from.1),
            self.at(to.0, from.1),
            self.at(to.0, to.1),
            self.at(from.0, to.1),
        ])
    }
}

/// A polygon from its corners.
pub(crate) fn ring(corners: impl IntoIterator<Item = Coord<f64>>) -> Polygon<f64> {
    Polygon::new(LineString::new(corners.into_iter().collect()), Vec::new())
        .orient(Direction::Default)
}

/// A point of the unit circle, `turn` of the way round. The rational half-angle form keeps it
/// exactly on the circle without trigonometry.
fn direction(turn: f64) -> Coord<f64> {
    let quarter = (turn.fract() + 1.0).fract() * 4.0;
    let part = quarter.fract();
    let t = part * (0.657 + 0.343 * part);
    let (x, y) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
    let (x, y) = match quarter as u8 {
        0 => (x, y),
        1 => (-y, x),
        2 => (-x, -y),
        _ => (y, -x),
    };
    Coord { x, y }
}

/// A rounded, irregular patch with half-axes `size`, uneven by the share `rough`.
pub(crate) fn patch(dice: &mut Dice, frame: &Frame, size: (f64, f64), rough: f64) -> Polygon<f64> {
    let spokes = 13;
    let corners: Vec<_> = (0..spokes)
        .map(|at| {
            let way = direction((f64::from(at) + dice.jitter(0.25)) / f64::from(spokes));
            let reach = 1.0 + dice.jitter(rough);
            frame.at(way.x * size.0 * reach, way.y * size.1 * reach)
        })
        .collect();
    ring(corners).chaikin_smoothing(2)
}

/// A bent line through its points.
pub(crate) fn bend(points: &[(f64, f64)], rounds: usize) -> LineString<f64> {
    LineString::from(points.to_vec()).chaikin_smoothing(rounds)
}

/// Points as written in a drawing: `east,north east,north …`.
pub(crate) fn path(text: &str) -> Vec<(f64, f64)> {
    text.split_whitespace()
        .filter_map(|point| point.split_once(','))
        .filter_map(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)))
        .collect()
}

/// The ground that a line takes: `width` gives the width at each of its points, by number.
pub(crate) fn ribbon(line: &LineString<f64>, width: impl Fn(usize) -> f64) -> Polygon<f64> {
    let points = &line.0;
    let last = points.len().saturating_sub(1);
    let side = |at: usize, sign: f64| {
        let ahead = points[(at + 1).min(last)] - points[at.saturating_sub(1)];
        let length = (ahead.x * ahead.x + ahead.y * ahead.y).sqrt().max(1e-9);
        let half = sign * width(at) / 2.0;
        Coord {
            x: points[at].x - ahead.y / length * half,
            y: points[at].y + ahead.x / length * half,
        }
    };
    let left = (0..points.len()).map(|at| side(at, 1.0));
    let right = (0..points.len()).rev().map(|at| side(at, -1.0));
    ring(left.chain(right))
}

/// Everything that any of the shapes covers.
pub(crate) fn together<'a>(
    shapes: impl IntoIterator<Item = &'a Polygon<f64>>,
) -> MultiPolygon<f64> {
    let shapes: Vec<Polygon<f64>> =
        shapes.into_iter().map(|shape| shape.orient(Direction::Default)).collect();
    unary_union(&shapes)
}

/// The pieces of `land` between the lines of `cuts`, without scraps below `least` m².
pub(crate) fn between(
    land: &MultiPolygon<f64>,
    cuts: &MultiPolygon<f64>,
    least: f64,
) -> Vec<Polygon<f64>> {
    land.difference(cuts).into_iter().filter(|piece| piece.unsigned_area() >= least).collect()
}

/// How wide a shape is for its area: 4π·area/perimeter², from 0 for a line to 1 for a circle.
pub(crate) fn compactness(shape: &Polygon<f64>) -> f64 {
    let around: f64 = shape
        .exterior()
        .lines()
        .map(|line| {
            let d = line.delta();
            (d.x * d.x + d.y * d.y).sqrt()
        })
        .sum();
    4.0 * std::f64::consts::PI * shape.unsigned_area() / (around * around).max(1e-9)
}

/// The direction of the longest side, as a frame at the middle of the shape: the way a street or
/// a ditch runs along it.
pub(crate) fn grain(shape: &Polygon<f64>) -> Option<Frame> {
    let middle = shape.centroid()?;
    let longest = shape
        .exterior()
        .lines()
        .map(|line| line.delta())
        .max_by(|a, b| (a.x * a.x + a.y * a.y).total_cmp(&(b.x * b.x + b.y * b.y)))?;
    Some(Frame::new((middle.x(), middle.y()), (longest.x, longest.y)))
}

/// How far a shape reaches along and across a frame: the lowest and the highest figure of each.
pub(crate) fn reach(shape: &Polygon<f64>, frame: &Frame) -> [(f64, f64); 2] {
    let mut reach = [(f64::INFINITY, f64::NEG_INFINITY); 2];
    for corner in shape.exterior().coords() {
        let (along, across) = frame.coordinates(*corner);
        for (range, value) in reach.iter_mut().zip([along, across]) {
            *range = (range.0.min(value), range.1.max(value));
        }
    }
    reach
}

/// Divides a shape again and again across its longer side until the pieces are about as large as
/// `target` says, never quite in the middle. `wave` bends the dividing lines: 0 for a plan drawn
/// with a ruler, 0.1 for ridges and gullies.
pub(crate) fn divide(
    dice: &mut Dice,
    shape: Polygon<f64>,
    wave: f64,
    target: &impl Fn(&mut Dice) -> f64,
    pieces: &mut Vec<Polygon<f64>>,
) {
    let wanted = target(dice);
    let Some(frame) = grain(&shape).filter(|_| shape.unsigned_area() > wanted * 1.5) else {
        pieces.push(shape);
        return;
    };
    let half = half_of(dice, &shape, &frame, wave);
    for part in [shape.intersection(&half), shape.difference(&half)] {
        for piece in part {
            if piece.unsigned_area() > 40.0 {
                divide(dice, piece, wave, target, pieces);
            }
        }
    }
}

/// Ground that holds about half of a shape, cut off across its longer side.
fn half_of(dice: &mut Dice, shape: &Polygon<f64>, frame: &Frame, wave: f64) -> Polygon<f64> {
    let [along, across] = reach(shape, frame);
    let lengthwise = along.1 - along.0 >= across.1 - across.0;
    let (long, wide) = if lengthwise { (along, across) } else { (across, along) };
    let (length, width) = (long.1 - long.0, wide.1 - wide.0);
    let at = |long: f64, wide: f64| {
        if lengthwise { frame.at(long, wide) } else { frame.at(wide, long) }
    };
    let middle = long.0 + length * dice.between(0.4, 0.6);
    let skew = dice.jitter(0.05) * width.min(length);
    let steps = if wave > 0.0 { 6 } else { 1 };
    let line: Vec<_> = (0..=steps)
        .map(|step| {
            let share = f64::from(step) / f64::from(steps);
            let bend = if step == 0 || step == steps { 0.0 } else { dice.jitter(wave) * length };
            (middle + skew * (share - 0.5) * 2.0 + bend, wide.0 - 5.0 + (width + 10.0) * share)
        })
        .collect();
    let line = LineString::from(line).chaikin_smoothing(if wave > 0.0 { 1 } else { 0 });
    let back = [(long.0 - 5.0, wide.1 + 5.0), (long.0 - 5.0, wide.0 - 5.0)];
    let corners = line.coords().map(|c| (c.x, c.y)).chain(back).map(|(l, w)| at(l, w));
    ring(corners)
}

/// A smaller or larger copy of a shape about its middle.
pub(crate) fn scaled(shape: &Polygon<f64>, share: f64) -> Polygon<f64> {
    let middle: Coord<f64> = shape.centroid().map_or_else(Coord::default, Into::into);
    shape.map_coords(|c| middle + (c - middle) * share)
}

/// Whether every corner and side middle of `inner` lies within `outer`.
pub(crate) fn holds(outer: &impl Contains<Point<f64>>, inner: &Polygon<f64>) -> bool {
    inner.exterior().lines().all(|side| {
        outer.contains(&Point::from(side.start))
            && outer.contains(&Point::from((side.start + side.end) / 2.0))
    })
}

/// A hole of about `radius` metres well inside a shape, with the shape as it is without it.
pub(crate) fn enclave(
    dice: &mut Dice,
    shape: &Polygon<f64>,
    radius: f64,
) -> Option<(Polygon<f64>, Polygon<f64>)> {
    let inside = shape.interior_point()?;
    let frame = Frame::new((inside.x(), inside.y()), (0.9, 0.3 + dice.unit()));
    let (width, depth) = (radius * dice.between(0.8, 1.2), radius * dice.between(0.7, 1.0));
    let room = frame.rectangle((-width * 1.5, -depth * 1.5), (width * 1.5, depth * 1.5));
    if !holds(shape, &room) {
        return None;
    }
    let inner = ring([
        frame.at(-width, -depth),
        frame.at(width * dice.between(0.8, 1.1), -depth),
        frame.at(width, depth * dice.between(0.7, 1.1)),
        frame.at(-width * dice.between(0.8, 1.0), depth),
    ]);
    let mut holes = shape.interiors().to_vec();
    holes.push(inner.exterior().clone());
    let host = Polygon::new(shape.exterior().clone(), holes).orient(Direction::Default);
    Some((host, inner))
}

/// Whether a shape still is one after its corners were rounded to the centimetre.
pub(crate) fn survives_rounding(shape: &MultiPolygon<f64>) -> bool {
    let rounded = degrees(shape);
    !rounded.0.is_empty() && rounded.bounding_rect().is_some() && rounded.is_valid()
}
