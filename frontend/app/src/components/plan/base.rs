//! The base map as few, short paths: clipped to the frame, simplified, one decimal.

use std::{borrow::Cow, slice};

use domain::base_map::{BaseFeature, BaseKind};
use geo::{
    Coord, Geometry, LineString, MapCoords, MultiLineString, MultiPolygon, Polygon, Simplify,
};

use super::{clip, frame::Frame};

/// Most features that are drawn; a page is no map sheet.
const MOST: usize = 400;

/// Half a drawing unit: less than a screen shows.
const TOLERANCE: f64 = 0.5;

/// What of a feature lies in the frame, in drawing units.
#[derive(Debug)]
pub enum Cut {
    /// Its polygons.
    Areas(MultiPolygon<f64>),
    /// Its lines.
    Lines(MultiLineString<f64>),
    /// It has neither.
    Neither,
}

impl Cut {
    /// A feature, cut at the frame's edge.
    pub fn of(frame: &Frame, geometry: &Geometry<f64>) -> Self {
        match geometry {
            Geometry::Polygon(polygon) => areas(frame, slice::from_ref(polygon)),
            Geometry::MultiPolygon(polygons) => areas(frame, &polygons.0),
            Geometry::LineString(line) => lines(frame, slice::from_ref(line)),
            Geometry::MultiLineString(several) => lines(frame, &several.0),
            _ => Self::Neither,
        }
    }
}

fn areas(frame: &Frame, polygons: &[Polygon<f64>]) -> Cut {
    let (drawn, edge) = (|at| frame.coord(at), frame.edge());
    let cut = |part: &Polygon<f64>| clip::polygon(Cow::Owned(part.map_coords(drawn)), &edge);
    Cut::Areas(polygons.iter().flat_map(cut).collect())
}

fn lines(frame: &Frame, lines: &[LineString<f64>]) -> Cut {
    let (drawn, edge) = (|at| frame.coord(at), frame.edge());
    Cut::Lines(lines.iter().flat_map(|part| clip::line(&part.map_coords(drawn), &edge)).collect())
}

/// Those features that are drawn, each cut once: for its line and for its name.
pub fn cuts(frame: &Frame, features: &[BaseFeature]) -> Vec<Cut> {
    features.iter().take(MOST).map(|feature| Cut::of(frame, &feature.geometry)).collect()
}

/// Runs of one kind as one path each, in drawing order, of features and their cuts.
pub fn layers(features: &[BaseFeature], cuts: &[Cut]) -> Vec<(BaseKind, String)> {
    let mut out: Vec<(BaseKind, String)> = Vec::new();
    for (feature, cut) in features.iter().zip(cuts) {
        match out.last_mut() {
            Some((kind, run)) if *kind == feature.kind => write_path(run, cut),
            _ => {
                let mut run = String::new();
                write_path(&mut run, cut);
                if !run.is_empty() {
                    out.push((feature.kind, run));
                }
            }
        }
    }
    out
}

fn write_path(out: &mut String, cut: &Cut) {
    match cut {
        Cut::Areas(areas) => {
            for polygon in &areas.simplify(TOLERANCE) {
                write_polygon(out, polygon);
            }
        }
        Cut::Lines(lines) => {
            for line in &lines.simplify(TOLERANCE) {
                write_coords(out, &line.0);
            }
        }
        Cut::Neither => {}
    }
}

/// A polygon of the place itself: neither clipped nor simplified.
pub fn rings(frame: &Frame, polygon: &Polygon<f64>) -> String {
    let mut out = String::new();
    write_polygon(&mut out, &polygon.map_coords(|at| frame.coord(at)));
    out
}

fn write_polygon(out: &mut String, polygon: &Polygon<f64>) {
    write_ring(out, polygon.exterior());
    for hole in polygon.interiors() {
        write_ring(out, hole);
    }
}

fn write_ring(out: &mut String, ring: &LineString<f64>) {
    // `z` closes it: the last point is the first.
    if let Some((_, open)) = ring.0.split_last() {
        write_coords(out, open);
        out.push('z');
    }
}

fn write_coords(out: &mut String, coords: &[Coord<f64>]) {
    for (at, coord) in coords.iter().enumerate() {
        let letter = match at {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        out.push_str(letter);
        write_tenths(out, coord.x);
        out.push(' ');
        write_tenths(out, coord.y);
    }
}

/// One decimal, none where it is nought.
fn write_tenths(out: &mut String, value: f64) {
    // A drawing has some hundreds of units: the cast drops nothing.
    let tenths = (value * 10.0).round() as i64;
    if tenths < 0 {
        out.push('-');
    }
    let (whole, decimal) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    out.push_str(itoa::Buffer::new().format(whole));
    if decimal != 0 {
        out.push('.');
        out.push_str(itoa::Buffer::new().format(decimal));
    }
}

#[cfg(test)]
mod tests {
    use domain::base_map::{Bounds, near};
    use geo::{line_string, polygon};
    use proptest::prelude::*;

    use super::*;

    fn frame() -> Frame {
        Frame::around(&Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.505 })
    }

    fn feature(kind: BaseKind, geometry: Geometry<f64>) -> BaseFeature {
        BaseFeature { kind, name: None, geometry }
    }

    fn drawn(features: &[BaseFeature]) -> Vec<(BaseKind, String)> {
        layers(features, &cuts(&frame(), features))
    }

    #[test]
    fn what_lies_outside_is_not_drawn_and_what_crosses_is_cut() {
        let far = line_string![(x: 121.0, y: 30.5), (x: 121.1, y: 30.5)];
        let across = line_string![(x: 119.0, y: 30.5025), (x: 121.0, y: 30.5025)];
        let drawn = drawn(&[
            feature(BaseKind::Road, Geometry::LineString(far)),
            feature(BaseKind::Road, Geometry::LineString(across)),
        ]);
        let [(BaseKind::Road, line)] = drawn.as_slice() else { panic!("{drawn:?}") };
        assert!(line.contains("-12 ") && line.contains("652 "), "{line}");
    }

    proptest! {
        #[test]
        fn of_what_is_near_alone_the_same_is_drawn(
            x in 119.99..120.02, y in 30.49..30.515, radius in 0.001..0.03,
            spokes in prop::collection::vec(0.3..1.7, 40..200),
        ) {
            let bounds = Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.505 };
            let star = spokes.iter().enumerate().map(|(at, length)| {
                let angle = at as f64 / spokes.len() as f64 * std::f64::consts::TAU;
                (x + angle.cos() * length * radius, y + angle.sin() * length * radius)
            });
            let line = LineString::from(star.collect::<Vec<_>>());
            let area = Polygon::new(line.clone(), Vec::new());
            for whole in [Geometry::LineString(line), Geometry::Polygon(area)] {
                let [whole, part] = [whole.clone(), near(whole, &bounds)].map(|it| Cut::of(&frame(), &it));
                prop_assert_eq!(format!("{whole:?}"), format!("{part:?}"));
            }
        }
    }

    #[test]
    fn a_coordinate_has_one_decimal_and_none_where_it_is_nought() {
        let written = |value| {
            let mut out = String::new();
            write_tenths(&mut out, value);
            out
        };
        for (value, expected) in [
            (0.0, "0"),
            (-0.04, "0"),
            (0.05, "0.1"),
            (-0.05, "-0.1"),
            (-12.0, "-12"),
            (652.04, "652"),
            (99.96, "100"),
            (-0.96, "-1"),
            (318.25, "318.3"),
        ] {
            assert_eq!(written(value), expected, "{value}");
        }
    }

    #[test]
    fn neighbours_of_one_kind_share_a_path() {
        let square = |x: f64| {
            Geometry::Polygon(polygon![
                (x: x, y: 30.501), (x: x + 0.001, y: 30.501), (x: x + 0.001, y: 30.502), (x: x, y: 30.502),
            ])
        };
        let drawn = drawn(&[
            feature(BaseKind::Building, square(120.001)),
            feature(BaseKind::Building, square(120.003)),
            feature(BaseKind::Water, square(120.005)),
        ]);
        assert_eq!(drawn.len(), 2);
        assert_eq!(drawn[0].1.matches('z').count(), 2, "{drawn:?}");
    }
}
