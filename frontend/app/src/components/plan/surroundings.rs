//! What is drawn around a place, in words: streets, water and the like by direction and distance
//! (rule M9). Of the published base map alone.

use std::borrow::Cow;

use domain::{
    base_map::{BaseFeature, BaseKind},
    overlay::LocalPlane,
    profile::PublicOutline,
};
use geo::{
    BoundingRect, Centroid, Closest, ClosestPoint, Coord, Distance, Euclidean, Geometry,
    Intersects, MapCoords, MultiPolygon, Point, Rect,
};
use leptos::prelude::*;
use service_api::MapAround;

use super::clip;
use crate::{components::as_named, words::Words};

/// Nearer than this is beside it, m: what the grid of a shown outline cannot tell apart.
const BESIDE_M: f64 = 15.0;

/// Keys of the eight directions, clockwise from north.
const DIRECTIONS: [&str; 8] = [
    "direction_n",
    "direction_ne",
    "direction_e",
    "direction_se",
    "direction_s",
    "direction_sw",
    "direction_w",
    "direction_nw",
];

/// A thing around a place.
#[derive(Clone, Debug, PartialEq)]
struct Neighbour {
    kind: BaseKind,
    name: Option<String>,
    /// Index of [`DIRECTIONS`]; none for what lies on or over the place's middle.
    direction: Option<usize>,
    /// From the shown outline, m.
    away_m: f64,
}

/// The surroundings as a list, north first; nothing where the base map has nothing to tell.
pub fn surroundings(
    words: Words,
    map: &MapAround,
    outline: Option<&PublicOutline>,
    centroid: Option<(f64, f64)>,
) -> AnyView {
    let found = neighbours(map, outline.map(|shown| &shown.outline), centroid);
    if found.is_empty() {
        return ().into_any();
    }
    let groups = std::iter::once((None, "direction_here"))
        .chain(DIRECTIONS.into_iter().enumerate().map(|(at, key)| (Some(at), key)))
        .filter_map(|(direction, key)| {
            let there: Vec<_> = found.iter().filter(|it| it.direction == direction).collect();
            (!there.is_empty()).then(|| {
                view! {
                    <div>
                        <dt>{words.t(key)}</dt>
                        <dd>{there.into_iter().map(|it| neighbour(words, it)).collect_view()}</dd>
                    </div>
                }
            })
        })
        .collect_view();
    view! {
        <details class="surroundings" open>
            <summary>{words.t("around_title")}</summary>
            <p class="quiet">{words.t("around_lead")}</p>
            <dl class="terms">{groups}</dl>
        </details>
    }
    .into_any()
}

fn neighbour(words: Words, it: &Neighbour) -> AnyView {
    let kind = words.t(kind_key(it.kind));
    let what = match &it.name {
        Some(name) => {
            let named = as_named(words, name.clone());
            view! { <b>{named}</b> {words.fill("around_kind", &[("kind", kind)])} }.into_any()
        }
        None => kind.into_any(),
    };
    let away = if it.direction.is_none() {
        String::new()
    } else if it.away_m < BESIDE_M {
        words.t("around_beside").to_owned()
    } else {
        let metres = (it.away_m / 10.0).round() * 10.0;
        words.fill("around_away", &[("metres", &format!("{metres:.0}"))])
    };
    view! { <span class="around">{what} " " {away}</span> }.into_any()
}

/// What of the base map is told, nearest first, nothing of one name twice.
fn neighbours(
    map: &MapAround,
    shown: Option<&MultiPolygon<f64>>,
    centroid: Option<(f64, f64)>,
) -> Vec<Neighbour> {
    let bounds = &map.bounds;
    let frame = Rect::new(
        Coord { x: bounds.west, y: bounds.south },
        Coord { x: bounds.east, y: bounds.north },
    );
    let middle = shown.and_then(Centroid::centroid).or(centroid.map(Point::from));
    let middle = middle.unwrap_or_else(|| Point(frame.center()));
    let plane = LocalPlane::at(middle.y());
    let place = Place {
        middle: Point(plane.metres(middle.0)),
        ground: shown.map(|outline| plane.to_metres(outline)),
    };
    let mut found: Vec<Neighbour> = map
        .base
        .iter()
        .filter(|feature| is_told(feature) && meets(&frame, &feature.geometry))
        .filter_map(|feature| place.neighbour(&plane, feature))
        .collect();
    found.sort_by(|a, b| a.away_m.total_cmp(&b.away_m));
    let mut seen: Vec<(BaseKind, Option<String>)> = Vec::new();
    found.retain(|it| {
        let key = (it.kind, it.name.clone());
        let first = !seen.contains(&key);
        if first {
            seen.push(key);
        }
        first
    });
    found
}

/// Houses are many, and a boundary is on every side; of them a name is told.
fn is_told(feature: &BaseFeature) -> bool {
    match feature.kind {
        BaseKind::Water | BaseKind::Green | BaseKind::Rail | BaseKind::RoadMajor => true,
        BaseKind::Road | BaseKind::Label | BaseKind::Building | BaseKind::Boundary => {
            feature.name.is_some()
        }
    }
}

fn meets(frame: &Rect<f64>, geometry: &Geometry<f64>) -> bool {
    let Some(around) = geometry.bounding_rect().filter(|around| around.intersects(frame)) else {
        return false;
    };
    let area = |polygon| !clip::polygon(Cow::Borrowed(polygon), frame).0.is_empty();
    let line = |line| !clip::line(line, frame).is_empty();
    clip::holds(frame, &around)
        || match geometry {
            Geometry::Polygon(polygon) => area(polygon),
            Geometry::MultiPolygon(polygons) => polygons.iter().any(area),
            Geometry::LineString(one) => line(one),
            Geometry::MultiLineString(lines) => lines.iter().any(line),
            other => other.intersects(frame),
        }
}

/// The place, metres.
struct Place {
    middle: Point<f64>,
    ground: Option<MultiPolygon<f64>>,
}

impl Place {
    fn neighbour(&self, plane: &LocalPlane, feature: &BaseFeature) -> Option<Neighbour> {
        let metres = feature.geometry.map_coords(|at| plane.metres(at));
        let (at, direction) = match metres.closest_point(&self.middle) {
            Closest::Intersection(at) => (at, None),
            Closest::SinglePoint(at) => (at, Some(self.direction_of(at))),
            Closest::Indeterminate => return None,
        };
        let away_m = match &self.ground {
            Some(ground) => Euclidean.distance(&at, ground),
            None => Euclidean.distance(at, self.middle),
        };
        Some(Neighbour { kind: feature.kind, name: feature.name.clone(), direction, away_m })
    }

    fn direction_of(&self, at: Point<f64>) -> usize {
        let (east, north) = (at.x() - self.middle.x(), at.y() - self.middle.y());
        let eighths = east.atan2(north) / std::f64::consts::FRAC_PI_4;
        // From -4 to 4: the cast drops nothing.
        (eighths.round() as i32).rem_euclid(8) as usize
    }
}

const fn kind_key(kind: BaseKind) -> &'static str {
    match kind {
        BaseKind::Boundary => "kind_boundary",
        BaseKind::Water => "kind_water",
        BaseKind::Green => "kind_green",
        BaseKind::Building => "kind_building",
        BaseKind::RoadMajor => "kind_road_major",
        BaseKind::Road => "kind_road",
        BaseKind::Rail => "kind_rail",
        BaseKind::Label => "kind_label",
    }
}

#[cfg(test)]
mod tests {
    use domain::base_map::Bounds;
    use geo::{line_string, polygon};

    use super::*;

    fn feature(kind: BaseKind, name: &str, geometry: impl Into<Geometry<f64>>) -> BaseFeature {
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        BaseFeature { kind, name, geometry: geometry.into() }
    }

    fn square(x: f64, y: f64, side: f64) -> geo::Polygon<f64> {
        polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)]
    }

    #[test]
    fn m9_each_thing_has_its_direction_and_distance_and_its_name_once() {
        let base = vec![
            feature(
                BaseKind::Road,
                "北路",
                line_string![(x: 119.99, y: 30.503), (x: 120.01, y: 30.503)],
            ),
            feature(
                BaseKind::Road,
                "北路",
                line_string![(x: 119.99, y: 30.504), (x: 120.01, y: 30.504)],
            ),
            feature(BaseKind::Water, "", square(120.002, 30.5, 0.001)),
            feature(BaseKind::Label, "镇上", Point::new(119.9985, 30.4985)),
            feature(BaseKind::Green, "公园", square(119.9995, 30.4995, 0.002)),
            feature(BaseKind::Building, "", square(120.0, 30.5, 0.000_1)),
            feature(BaseKind::Road, "远路", line_string![(x: 121.0, y: 30.5), (x: 121.1, y: 30.5)]),
        ];
        let bounds = Bounds { west: 119.995, south: 30.495, east: 120.006, north: 30.506 };
        let map = MapAround { bounds, base, extents: Vec::new() };
        let outline = MultiPolygon::new(vec![square(120.0, 30.5, 0.001)]);
        let found = neighbours(&map, Some(&outline), None);
        let said: Vec<_> = found
            .iter()
            .map(|it| {
                let direction = it.direction.map_or("direction_here", |at| DIRECTIONS[at]);
                (it.name.as_deref().unwrap_or("?"), direction, (it.away_m / 10.0).round() as i32)
            })
            .collect();
        // A thousandth of a degree is 96 m to the east and 111 m to the north.
        assert_eq!(
            said,
            [
                ("公园", "direction_here", 0),
                ("?", "direction_e", 10),
                ("镇上", "direction_sw", 22),
                ("北路", "direction_n", 22),
            ]
        );
    }
}
