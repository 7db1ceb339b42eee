//! Edges that were given in metres of a zone. They are straight there and not in degrees: 3 km of one lie up to
//! 10 cm off the chord. So long ones get corners between, as parcels do at their import.

use geo::{Coord, LineString, Polygon};

use super::gauss;
use crate::overlay::LocalPlane;

/// How far an edge may lie from the one that was given, m.
const TOLERANCE_M: f64 = 0.01;
/// Shorter ones, m, are bent by less anywhere in China.
const SHORT_M: f64 = 300.0;
/// An edge is halved this often at most: into 16, enough for the 10 km that a site may reach.
const HALVINGS: u8 = 4;

/// Rings in metres of a zone, in degrees.
pub(super) fn in_degrees(parts: &[Polygon<f64>], zone: u8) -> Vec<Polygon<f64>> {
    let ring = |ring: &LineString<f64>| {
        let mut corners = Vec::with_capacity(ring.0.len());
        for edge in ring.lines() {
            corners.push(placed(edge.start, zone));
            bend((edge.start, edge.end), zone, HALVINGS, &mut corners);
        }
        corners.extend(ring.0.last().map(|last| placed(*last, zone)));
        LineString::new(corners)
    };
    let part = |part: &Polygon<f64>| {
        Polygon::new(ring(part.exterior()), part.interiors().iter().map(ring).collect())
    };
    parts.iter().map(part).collect()
}

fn placed(given: Coord<f64>, zone: u8) -> Coord<f64> {
    gauss::degrees(zone, given.x, given.y)
}

/// Adds the corners between two, metres, that the edge needs.
fn bend((from, to): (Coord<f64>, Coord<f64>), zone: u8, halvings: u8, into: &mut Vec<Coord<f64>>) {
    let way = to - from;
    if halvings == 0 || way.x.hypot(way.y) < SHORT_M {
        return;
    }
    let (start, end) = (placed(from, zone), placed(to, zone));
    // An edge bent like an S crosses its chord in the middle.
    let off = |share: f64| off_m(placed(from + way * share, zone), (start, end)) > TOLERANCE_M;
    if [0.25, 0.5, 0.75].into_iter().any(off) {
        let middle = from + way * 0.5;
        bend((from, middle), zone, halvings - 1, into);
        into.push(placed(middle, zone));
        bend((middle, to), zone, halvings - 1, into);
    }
}

/// How far a place lies from a chord, degrees in, m.
fn off_m(place: Coord<f64>, (start, end): (Coord<f64>, Coord<f64>)) -> f64 {
    let plane = LocalPlane::at(place.y);
    let (chord, way) = (plane.metres(end - start), plane.metres(place - start));
    (chord.x * way.y - chord.y * way.x).abs() / chord.x.hypot(chord.y)
}
