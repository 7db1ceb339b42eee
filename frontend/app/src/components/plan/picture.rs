//! The plan as shapes without words, for an extract: of the same frame, ground and outline as the page's.

use std::fmt::Write as _;

use domain::{
    base_map::BaseKind,
    dataset::DataVersion,
    profile::PublicOutline,
    severity::Severity,
    signed_extract::{Drawn, Picture, Shape},
};

use super::{
    Frame,
    base::{cuts, layers},
    path,
};
use service_api::MapAround;

/// An extract has room for so many bytes of paths: beyond that its map is drawn without buildings, beyond that
/// without ground, and where the place and what lies over it take more themselves there is none.
const MOST_BYTES: usize = 80_000;
/// Corners of the round mark of a place of which only a point is shown.
const CORNERS: u32 = 24;
/// Its radius, units.
const RADIUS: f64 = 18.0;

/// The shapes of the map around a place; `None` where those of the place and of restrictions are too long.
#[must_use]
pub fn picture(
    map: &MapAround,
    (outline, centroid): (Option<&PublicOutline>, Option<(f64, f64)>),
    version: &DataVersion,
) -> Option<Picture> {
    let frame = Frame::around(&map.bounds);
    let (scale_m, scale_units) = frame.scale();
    let mut own = Vec::new();
    match (outline, centroid) {
        (Some(shown), _) => {
            let extents = map.extents.iter().rev().filter(|extent| !extent.ground.0.is_empty());
            own.extend(extents.map(|extent| Shape {
                of: match extent.severity {
                    Severity::Danger | Severity::Prohibits => Drawn::Prohibited,
                    _ => Drawn::Restricted,
                },
                d: path(&frame, &extent.ground),
            }));
            own.push(Shape { of: Drawn::Place, d: path(&frame, &shown.outline) });
        }
        (None, Some((longitude, latitude))) => {
            own.push(Shape { of: Drawn::Place, d: round(frame.point(longitude, latitude)) });
        }
        (None, None) => {}
    }
    let room = MOST_BYTES.checked_sub(length(&own))?;
    let base = layers(&map.base, &cuts(&frame, &map.base)).into_iter();
    let ground = base.filter_map(|(kind, d)| Some(Shape { of: of(kind)?, d })).collect();
    let mut shapes = fitting(ground, room);
    shapes.extend(own);
    let tenth = |figure: f64| (figure * 10.0).round() / 10.0;
    Some(Picture {
        width: tenth(frame.width),
        height: tenth(frame.height),
        shapes,
        scale_m,
        scale_units: tenth(scale_units),
        precision: outline.map(|shown| shown.precision),
        review_number: version.dataset.map_review_number.clone(),
        source: version.dataset.source.clone(),
    })
}

fn length(shapes: &[Shape]) -> usize {
    shapes.iter().map(|shape| shape.d.len()).sum()
}

fn fitting(mut ground: Vec<Shape>, room: usize) -> Vec<Shape> {
    if length(&ground) > room {
        ground.retain(|shape| shape.of != Drawn::Building);
    }
    if length(&ground) > room {
        ground.clear();
    }
    ground
}

const fn of(kind: BaseKind) -> Option<Drawn> {
    Some(match kind {
        BaseKind::Boundary => Drawn::Boundary,
        BaseKind::Water => Drawn::Water,
        BaseKind::Green => Drawn::Green,
        BaseKind::Building => Drawn::Building,
        BaseKind::RoadMajor => Drawn::RoadMajor,
        BaseKind::Road => Drawn::Road,
        BaseKind::Rail => Drawn::Rail,
        BaseKind::Label => return None,
    })
}

fn round((x, y): (f64, f64)) -> String {
    let mut d = String::new();
    for corner in 0..CORNERS {
        let angle = f64::from(corner) / f64::from(CORNERS) * std::f64::consts::TAU;
        let letter = ["M", "L", " "][corner.min(2) as usize];
        let (across, down) = (x + RADIUS * angle.cos(), y + RADIUS * angle.sin());
        let _ = write!(d, "{letter}{across:.1} {down:.1}");
    }
    d.push('z');
    d
}
