//! The content of a record of a `.shp` as a GeoJSON geometry (ESRI Shapefile Technical Description,
//! 1998, pages 5 to 20).
//!
//! Not with the crate `shapefile`: it takes lengths from the file before it knows that so much
//! follows, and the table that belongs to it makes `f64` of every number, which cuts codes short.

use std::ops::Range;

use super::super::{
    binary::{Binary, Order},
    written::{Corner, DAMAGED, NOT_A_NUMBER, geometry, list, position},
};

/// Measures below this are none (page 2 of the description).
const NO_MEASURE: f64 = -1e38;
/// Corners of a hole that are asked where they lie: one of them may be on the outline.
const ASKED: usize = 3;
/// Comparisons after which holes and outlines are too many for one feature: some seconds of work,
/// which 30,000 of each stay below.
const MOST_COMPARED: u64 = 2_000_000_000;

/// The geometry of a record, `null` for a null shape or one without corners.
///
/// # Errors
/// Why the feature is refused.
pub(super) fn of_record(content: &[u8]) -> Result<String, String> {
    let mut bytes = Binary::new(content);
    let damaged = || DAMAGED.to_owned();
    let kind = bytes.u32(Order::Little).ok_or_else(damaged)?;
    match kind {
        0 => Ok("null".to_owned()),
        1 | 11 | 21 => {
            let corner = point(&mut bytes, kind != 1).ok_or_else(damaged)?;
            geometry("Point", |out| position(out, corner))
        }
        8 | 18 | 28 => {
            let corners = points(&mut bytes, kind > 10).ok_or_else(damaged)?;
            if corners.is_empty() {
                return Ok("null".to_owned());
            }
            geometry("MultiPoint", |out| list(out, corners, position))
        }
        3 | 13 | 23 => {
            let parts = Parts::read(&mut bytes, kind > 10).ok_or_else(damaged)?;
            if parts.ranges.is_empty() {
                return Ok("null".to_owned());
            }
            geometry("MultiLineString", |out| {
                list(out, parts.each(), |out, line| list(out, line.iter().copied(), position))
            })
        }
        5 | 15 | 25 => {
            let parts = Parts::read(&mut bytes, kind > 10).ok_or_else(damaged)?;
            if parts.ranges.is_empty() {
                return Ok("null".to_owned());
            }
            polygons(&parts, MOST_COMPARED)
        }
        31 => Err("is a MultiPatch, a body in space; export its outline as polygons".to_owned()),
        other => Err(format!("has the shape type {other}, which Shapefiles do not have")),
    }
}

fn point(bytes: &mut Binary<'_>, third: bool) -> Option<Corner> {
    let (x, y) = (bytes.f64(Order::Little)?, bytes.f64(Order::Little)?);
    let third = if third { Some(bytes.f64(Order::Little)?) } else { None };
    Some(Corner { x, y, third: third.filter(|third| *third > NO_MEASURE) })
}

fn points(bytes: &mut Binary<'_>, third: bool) -> Option<Vec<Corner>> {
    bytes.take(BOX)?;
    let count = bytes.count(Order::Little, 16)?;
    corners(bytes, count, third)
}

/// Bytes of the box around a shape.
const BOX: usize = 32;

fn corners(bytes: &mut Binary<'_>, count: usize, third: bool) -> Option<Vec<Corner>> {
    let mut corners = (0..count).map(|_| point(bytes, false)).collect::<Option<Vec<_>>>()?;
    // Heights come first; a shape with measures alone has them in the same place, and may leave
    // them out.
    if third && bytes.take(16).is_some() {
        for corner in &mut corners {
            let third = bytes.f64(Order::Little)?;
            corner.third = Some(third).filter(|third| *third > NO_MEASURE);
        }
    }
    Some(corners)
}

/// The rings or lines of a shape.
struct Parts {
    corners: Vec<Corner>,
    ranges: Vec<Range<usize>>,
}

impl Parts {
    fn read(bytes: &mut Binary<'_>, third: bool) -> Option<Self> {
        bytes.take(BOX)?;
        let parts = bytes.count(Order::Little, 4)?;
        let count = bytes.count(Order::Little, 16)?;
        let starts = (0..parts)
            .map(|_| usize::try_from(bytes.u32(Order::Little)?).ok())
            .collect::<Option<Vec<_>>>()?;
        // Corners before the first part would be of none.
        if starts.first().copied().unwrap_or(count) != 0 {
            return None;
        }
        let corners = corners(bytes, count, third)?;
        let ends = starts.iter().skip(1).copied().chain([count]);
        let ranges = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| (*start <= end && end <= count).then_some(*start..end))
            .collect::<Option<Vec<_>>>()?;
        Some(Self { corners, ranges: ranges.into_iter().filter(|part| !part.is_empty()).collect() })
    }

    fn each(&self) -> impl Iterator<Item = &[Corner]> {
        self.ranges.iter().filter_map(|range| self.corners.get(range.clone()))
    }
}

/// An outer ring runs clockwise, a hole against it (page 8). Holes may stand anywhere in the list.
fn polygons(parts: &Parts, most_compared: u64) -> Result<String, String> {
    let rings: Vec<Ring<'_>> = parts.each().map(Ring::of).collect();
    if rings.iter().any(|ring| !ring.doubled_area.is_finite()) {
        return Err(NOT_A_NUMBER.to_owned());
    }
    let is_hole = |ring: &Ring<'_>| ring.doubled_area > 0.0 && rings.len() > 1;
    let mut polygons: Vec<(&Ring<'_>, Vec<&Ring<'_>>)> =
        rings.iter().filter(|ring| !is_hole(ring)).map(|ring| (ring, Vec::new())).collect();
    if polygons.is_empty() {
        return Err("has rings that all run as holes do, against the clock; mend the file: \
                    ogr2ogr -makevalid OUT.shp IN.shp"
            .to_owned());
    }
    let alone = polygons.len() == 1;
    let mut compared = 0;
    for hole in rings.iter().filter(|ring| is_hole(ring)) {
        if compared > most_compared {
            return Err(
                "has too many holes and outlines for one feature; cut it into several".to_owned()
            );
        }
        let mut holds = |outer: &Ring<'_>| {
            let boxed = outer.boxes(hole);
            compared += if boxed { (ASKED * outer.corners.len()) as u64 } else { 1 };
            boxed && outer.surrounds_most(hole)
        };
        let around = polygons
            .iter_mut()
            .filter(|(outer, _)| alone || holds(outer))
            .min_by(|(a, _), (b, _)| a.doubled_area.abs().total_cmp(&b.doubled_area.abs()));
        let Some((_, holes)) = around else {
            return Err("has a hole that lies in none of its outlines; mend the file: \
                        ogr2ogr -makevalid OUT.shp IN.shp"
                .to_owned());
        };
        holes.push(hole);
    }
    let ring =
        |out: &mut String, ring: &Ring<'_>| list(out, ring.corners.iter().copied(), position);
    let polygon = |out: &mut String, (outer, holes): (&Ring<'_>, Vec<&Ring<'_>>)| {
        list(out, [outer].into_iter().chain(holes), ring)
    };
    match polygons.pop() {
        Some(only) if polygons.is_empty() => geometry("Polygon", |out| polygon(out, only)),
        last => {
            geometry("MultiPolygon", |out| list(out, polygons.into_iter().chain(last), polygon))
        }
    }
}

struct Ring<'a> {
    corners: &'a [Corner],
    /// Positive against the clock.
    doubled_area: f64,
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl<'a> Ring<'a> {
    fn of(corners: &'a [Corner]) -> Self {
        let all = |pick: fn(f64, f64) -> f64, start, of: fn(&Corner) -> f64| {
            corners.iter().map(of).fold(start, pick)
        };
        let origin = corners.first().map_or((0.0, 0.0), |corner| (corner.x, corner.y));
        // Relative to the first corner, or the differences drown in 40,500,000 metres.
        let doubled_area = pairs(corners)
            .map(|(a, b)| {
                let (ax, ay) = (a.x - origin.0, a.y - origin.1);
                let (bx, by) = (b.x - origin.0, b.y - origin.1);
                ax * by - bx * ay
            })
            .sum();
        Self {
            corners,
            doubled_area,
            west: all(f64::min, f64::INFINITY, |c| c.x),
            south: all(f64::min, f64::INFINITY, |c| c.y),
            east: all(f64::max, f64::NEG_INFINITY, |c| c.x),
            north: all(f64::max, f64::NEG_INFINITY, |c| c.y),
        }
    }

    /// Whether the box of a hole lies in its box.
    fn boxes(&self, hole: &Ring<'_>) -> bool {
        hole.west >= self.west
            && hole.south >= self.south
            && hole.east <= self.east
            && hole.north <= self.north
    }

    /// Whether most of the first corners of a hole lie in it.
    fn surrounds_most(&self, hole: &Ring<'_>) -> bool {
        let asked = hole.corners.iter().take(ASKED);
        asked.filter(|corner| self.surrounds(corner)).count() * 2 > ASKED.min(hole.corners.len())
    }

    fn surrounds(&self, at: &Corner) -> bool {
        let crossed = pairs(self.corners).filter(|(a, b)| {
            (a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x
        });
        crossed.count() % 2 == 1
    }
}

/// The edges, the last one back to the first corner.
fn pairs(corners: &[Corner]) -> impl Iterator<Item = (&Corner, &Corner)> {
    corners.iter().zip(corners.iter().skip(1).chain(corners.first()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u32, rings: &[&[(f64, f64)]]) -> Vec<u8> {
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.resize(4 + BOX, 0);
        let count: usize = rings.iter().map(|ring| ring.len()).sum();
        bytes.extend(u32::try_from(rings.len()).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(count).unwrap().to_le_bytes());
        let mut start = 0_u32;
        for ring in rings {
            bytes.extend(start.to_le_bytes());
            start += u32::try_from(ring.len()).unwrap();
        }
        for (x, y) in rings.iter().copied().flatten() {
            bytes.extend(x.to_le_bytes());
            bytes.extend(y.to_le_bytes());
        }
        bytes
    }

    const fn square(x: f64, size: f64) -> [(f64, f64); 5] {
        [(x, x), (x, x + size), (x + size, x + size), (x + size, x), (x, x)]
    }

    fn back(mut ring: [(f64, f64); 5]) -> [(f64, f64); 5] {
        ring.reverse();
        ring
    }

    #[test]
    fn holes_find_their_outline_wherever_they_stand() {
        // A hole first, an island in it, and a square far away.
        let text = of_record(&record(
            5,
            &[
                &back(square(2.0, 6.0)),
                &square(40.0, 2.0),
                &square(0.0, 10.0),
                &square(4.0, 2.0),
                &back(square(4.5, 1.0)),
            ],
        ))
        .unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let rings: Vec<usize> = read["coordinates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|polygon| polygon.as_array().unwrap().len())
            .collect();
        assert_eq!(rings, [1, 2, 2], "{text}");
        assert_eq!(read["coordinates"][2][1][0][0], 4.5);
    }

    #[test]
    fn what_would_take_hours_is_refused() {
        let apart = [&square(0.0, 9.0)[..], &square(20.0, 9.0), &back(square(1.0, 1.0))];
        let bytes = record(5, &[&apart[..], &[&back(square(21.0, 1.0))[..]]].concat());
        let parts = Parts::read(&mut Binary::new(&bytes[4..]), false).unwrap();
        // The first hole is held against the boxes of both, and asked of one: 1 + 3 · 5.
        assert!(polygons(&parts, 15).unwrap_err().contains("too many holes"));
        assert!(polygons(&parts, 16).unwrap().contains("MultiPolygon"));
    }

    #[test]
    fn a_ring_that_stands_alone_is_an_outline_and_rings_without_one_are_refused() {
        assert!(of_record(&record(5, &[&back(square(0.0, 1.0))])).unwrap().contains("Polygon"));
        let two = [&back(square(0.0, 1.0))[..], &back(square(5.0, 1.0))];
        assert!(of_record(&record(5, &two)).unwrap_err().contains("run as holes"));
        let apart = [&square(0.0, 1.0)[..], &square(20.0, 1.0), &back(square(5.0, 1.0))];
        assert!(of_record(&record(5, &apart)).unwrap_err().contains("none of its outlines"));
    }

    #[test]
    fn no_cut_and_no_length_makes_it_stumble() {
        let whole = record(15, &[&square(0.0, 1.0)]);
        for end in 0..whole.len() {
            let _ = of_record(&whole[..end]);
        }
        for at in 0..whole.len() {
            for value in [0x7F, 0x80, 0xFF] {
                let mut broken = whole.clone();
                broken[at] = value;
                let _ = of_record(&broken);
            }
        }
        let nan = record(5, &[&[(f64::NAN, 0.0), (1.0, 1.0), (0.0, 1.0)]]);
        assert_eq!(of_record(&nan).unwrap_err(), NOT_A_NUMBER);
        assert_eq!(of_record(&0_u32.to_le_bytes()).unwrap(), "null");
        // Corners that are of no part: the first begins behind them, or there is none.
        let mut late = whole;
        late[4 + BOX + 8] = 1;
        assert_eq!(of_record(&late).unwrap_err(), DAMAGED);
        let mut none = record(5, &[&square(0.0, 1.0)]);
        none[4 + BOX] = 0;
        assert_eq!(of_record(&none).unwrap_err(), DAMAGED);
        assert_eq!(of_record(&record(5, &[])).unwrap(), "null");
    }
}
