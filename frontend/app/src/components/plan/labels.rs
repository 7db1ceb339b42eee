//! Names on the drawing: few, and none over another.

use domain::{
    Locale,
    base_map::{BaseFeature, BaseKind},
};
use geo::{Coord, Geometry, InteriorPoint, Intersects, LineString, Point, Rect};

use super::{base::Cut, frame::Frame};
use crate::{components::in_letters, words::Words};

/// Most names.
const MOST: usize = 8;

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its class.
    pub class: &'static str,
    /// The name.
    pub text: String,
    /// Middle, drawing units.
    pub x: f64,
    /// Base line, drawing units.
    pub y: f64,
}

/// The names that fit, places first, as a reader of these words can say them; none on the place itself,
/// `keep_clear`. Of the first features there are `cuts`.
pub fn labels(
    words: Words,
    frame: &Frame,
    (features, cuts): (&[BaseFeature], &[Cut]),
    keep_clear: Option<Rect<f64>>,
) -> Vec<Label> {
    let cuts = cuts.iter().map(Some).chain(std::iter::repeat(None));
    let mut named: Vec<(u8, &BaseFeature, &str, Option<&Cut>)> = features
        .iter()
        .zip(cuts)
        .filter_map(|(feature, cut)| {
            Some((rank(feature.kind)?, feature, feature.name.as_deref()?, cut))
        })
        .collect();
    named.sort_by_key(|(rank, ..)| *rank);
    let mut out: Vec<Label> = Vec::new();
    for (_, feature, name, cut) in named {
        let anchor = match cut {
            Some(cut) => anchor(frame, &feature.geometry, cut),
            None => anchor(frame, &feature.geometry, &Cut::of(frame, &feature.geometry)),
        };
        let Some((x, y)) = anchor else { continue };
        let label = Label { class: class(feature.kind), text: in_letters(words, name), x, y };
        let is_free = |label: &Label| !out.iter().any(|other| touch(other, label));
        let is_clear = |label: &Label| {
            fits(frame, label) && keep_clear.is_none_or(|place| !place.intersects(&area(label)))
        };
        // Only what its length keeps out may stand aside: another name is not made way for.
        let place = if is_clear(&label) {
            Some(label)
        } else {
            aside(words, frame, feature.kind, &label).into_iter().find(is_clear)
        };
        let place = place.filter(is_free);
        out.extend(place);
        if out.len() == MOST {
            break;
        }
    }
    out
}

/// Where else the name of a place may stand that is longer in letters than it is written: within the frame,
/// a line above or below, and never further along than half its width.
fn aside(words: Words, frame: &Frame, kind: BaseKind, label: &Label) -> Vec<Label> {
    if words.0 != Locale::En || kind != BaseKind::Label {
        return Vec::new();
    }
    let half = half_width(label);
    let (least, most) = (half + 5.0, frame.width - 41.0 - half);
    let x = if least < most { label.x.clamp(least, most) } else { label.x };
    let x = x.clamp(label.x - half, label.x + half);
    [0.0, -34.0, 34.0].map(|down| Label { x, y: label.y + down, ..label.clone() }).to_vec()
}

/// The middle of what is in the frame: the centroid of a long road lies far outside.
fn anchor(frame: &Frame, geometry: &Geometry<f64>, cut: &Cut) -> Option<(f64, f64)> {
    let point = match (geometry, cut) {
        (Geometry::Point(point), _) => {
            let (x, y) = frame.point(point.x(), point.y());
            Point::new(x, y)
        }
        (_, Cut::Lines(lines)) => {
            middle(lines.iter().max_by(|one, other| length(one).total_cmp(&length(other)))?)?
        }
        (_, Cut::Areas(areas)) => areas.interior_point()?,
        (_, Cut::Neither) => return None,
    };
    Some((point.x(), point.y()))
}

fn length(line: &LineString<f64>) -> f64 {
    line.lines().map(|part| part.dx().hypot(part.dy())).sum()
}

/// The point half-way along a line.
fn middle(line: &LineString<f64>) -> Option<Point<f64>> {
    let mut left = length(line) / 2.0;
    for part in line.lines() {
        let long = part.dx().hypot(part.dy());
        if long > 0.0 && long >= left {
            let share = left / long;
            return Some(Point::new(
                part.start.x + part.dx() * share,
                part.start.y + part.dy() * share,
            ));
        }
        left -= long;
    }
    None
}

fn half_width(label: &Label) -> f64 {
    let wide = label.text.chars().filter(|c| !c.is_ascii()).count();
    let narrow = label.text.chars().count() - wide;
    // 22 units for a Chinese character, about half for a letter.
    (f64::from(u32::try_from(wide * 2 + narrow).unwrap_or(u32::MAX)) * 11.0) / 2.0
}

/// The part of the drawing that a name takes.
fn area(label: &Label) -> Rect<f64> {
    let half = half_width(label);
    Rect::new(
        Coord { x: label.x - half, y: label.y - 22.0 },
        Coord { x: label.x + half, y: label.y + 8.0 },
    )
}

fn fits(frame: &Frame, label: &Label) -> bool {
    let half = half_width(label);
    // The bottom belongs to the scale.
    label.x - half > 4.0
        && label.x + half < frame.width - 40.0
        && label.y > 28.0
        && label.y < frame.height - 60.0
}

fn touch(one: &Label, other: &Label) -> bool {
    (one.x - other.x).abs() < half_width(one) + half_width(other) + 8.0
        && (one.y - other.y).abs() < 32.0
}

const fn rank(kind: BaseKind) -> Option<u8> {
    match kind {
        BaseKind::Label => Some(0),
        BaseKind::RoadMajor => Some(1),
        BaseKind::Water => Some(2),
        BaseKind::Green => Some(3),
        BaseKind::Road => Some(4),
        BaseKind::Boundary | BaseKind::Building | BaseKind::Rail => None,
    }
}

const fn class(kind: BaseKind) -> &'static str {
    match kind {
        BaseKind::Water => "plan-label plan-label-water",
        BaseKind::Label => "plan-label plan-label-place",
        _ => "plan-label",
    }
}

#[cfg(test)]
mod tests {
    use domain::base_map::Bounds;
    use geo::line_string;

    use super::*;

    #[test]
    fn names_do_not_cover_each_other() {
        let frame =
            Frame::around(&Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.505 });
        let label = |name: &str, x: f64| BaseFeature {
            kind: BaseKind::Label,
            name: Some(name.into()),
            geometry: Geometry::Point(Point::new(x, 30.5025)),
        };
        let features = [label("永乐村", 120.005), label("长河湾", 120.0051), label("东", 120.002)];
        for (locale, whole) in
            [(Locale::Zh, ["永乐村", "东"]), (Locale::En, ["Yongle Village", "Dong"])]
        {
            let found = labels(Words(locale), &frame, (&features, &[]), None);
            let names: Vec<_> = found.iter().map(|label| label.text.as_str()).collect();
            assert_eq!(names, whole);
        }
    }

    #[test]
    fn a_name_that_is_too_long_in_letters_stands_beside() {
        let frame =
            Frame::around(&Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.505 });
        let village = |x: f64| BaseFeature {
            kind: BaseKind::Label,
            name: Some("演示里山村".into()),
            geometry: Geometry::Point(Point::new(x, 30.5025)),
        };
        let edge = village(120.0015);
        for locale in Locale::ALL {
            let found = labels(Words(locale), &frame, (std::slice::from_ref(&edge), &[]), None);
            assert_eq!(found.len(), 1, "{locale:?}");
            assert!(fits(&frame, &found[0]), "{found:?}");
        }
        // Above what is to be kept clear.
        let middle = village(120.005);
        let (x, y) = anchor(&frame, &middle.geometry, &Cut::Neither).unwrap();
        let place = Rect::new(Coord { x: x - 5.0, y: y - 5.0 }, Coord { x: x + 5.0, y: y + 5.0 });
        let found =
            labels(Words(Locale::En), &frame, (std::slice::from_ref(&middle), &[]), Some(place));
        assert!(found.len() == 1 && (found[0].y - y).abs() > 30.0, "{found:?}");
    }

    #[test]
    fn a_long_road_has_its_name_where_it_is_in_view() {
        let frame =
            Frame::around(&Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.505 });
        let road = BaseFeature {
            kind: BaseKind::RoadMajor,
            name: Some("永乐路".into()),
            geometry: Geometry::LineString(
                line_string![(x: 119.0, y: 30.5025), (x: 120.02, y: 30.5025)],
            ),
        };
        let found = labels(Words(Locale::Zh), &frame, (&[road], &[]), None);
        assert!((found[0].x - 320.0).abs() < 1.0, "{found:?}");
    }
}
