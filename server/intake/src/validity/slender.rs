//! Lines and points as areas: with their width on the ground, or as the mere trace of one.

use domain::overlay::LocalPlane;
use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::repair::together;

/// Corners of a round end, all the way around. The area of the circle is met to 0.1 %.
const ROUND: u32 = 72;
/// A segment is widened on the plane at its middle, which is good for this many metres.
const SEGMENT_M: f64 = 5_000.0;

/// The ground within half of `width_m` of the lines and points, degrees in and out.
pub(super) fn widened(lines: &[LineString<f64>], width_m: f64) -> MultiPolygon<f64> {
    let mut around: Vec<LineString<f64>> = Vec::new();
    for line in lines {
        if let [point] = line.0[..] {
            around.push(capsule(point, point, width_m / 2.0));
        }
        for edge in line.lines() {
            let plane = LocalPlane::at(edge.start.y);
            let flat = plane.metres(edge.delta());
            let pieces = (flat.x.hypot(flat.y) / SEGMENT_M).ceil().max(1.0);
            let at = |piece: f64| edge.start + edge.delta() * (piece / pieces);
            let mut piece = 0.0;
            while piece < pieces {
                around.push(capsule(at(piece), at(piece + 1.0), width_m / 2.0));
                piece += 1.0;
            }
        }
    }
    together(&around)
}

/// The ground within `radius_m` of an edge: two straight sides and two round ends.
fn capsule(from: Coord<f64>, to: Coord<f64>, radius_m: f64) -> LineString<f64> {
    let plane = LocalPlane::at((from.y + to.y) / 2.0);
    let along = plane.metres(to - from);
    let heading = along.y.atan2(along.x);
    let half = ROUND / 2;
    let arc = |centre: Coord<f64>, start: f64| {
        (0..=half).map(move |step| {
            let angle = start + std::f64::consts::PI * f64::from(step) / f64::from(half);
            let (sin, cos) = angle.sin_cos();
            centre + plane.degrees(Coord { x: radius_m * cos, y: radius_m * sin })
        })
    };
    let quarter = std::f64::consts::FRAC_PI_2;
    let mut ring: LineString<f64> =
        arc(to, heading - quarter).chain(arc(from, heading + quarter)).collect();
    ring.close();
    ring
}

/// Lines and points as rings without area, one for every edge and point: the overlay asks of them
/// whether a parcel is met and not by how much.
pub(super) fn traced(lines: &[LineString<f64>]) -> Vec<Polygon<f64>> {
    let ring = |from: Coord<f64>, to: Coord<f64>| {
        Polygon::new(LineString::new(vec![from, to, from]), Vec::new())
    };
    lines
        .iter()
        .flat_map(|line| match line.0[..] {
            [point] => vec![ring(point, point)],
            _ => line.lines().map(|edge| ring(edge.start, edge.end)).collect(),
        })
        .collect()
}
