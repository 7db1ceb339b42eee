//! Several places by their numbers, without a base map: where they lie to each other, each with its mark.

use domain::{base_map::Bounds, overlay::LocalPlane};
use geo::Coord;
use leptos::prelude::*;

use super::{frame::Frame, furniture};
use crate::{
    components::mark::{Mark, MarkKind},
    words::Words,
};

/// A place that is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Numbered {
    /// What it is called beside the drawing.
    pub number: usize,
    /// Where it is, longitude and latitude.
    pub at: (f64, f64),
    /// Its mark, which differs from others by its shape.
    pub kind: MarkKind,
    /// The class that colours it.
    pub class: &'static str,
}

/// What mark and number stand on, drawing units.
const CHIP: Coord<f64> = Coord { x: 78.0, y: 42.0 };
/// Between one and the next.
const GAP: f64 = 6.0;
/// Ground that is drawn at least, degrees.
const LEAST: f64 = 0.004;

/// The drawing; `None` of no places. `title` and `text` are for who does not see it.
pub fn numbered(words: Words, places: &[Numbered], title: String, text: &str) -> Option<AnyView> {
    let middles: Vec<(f64, f64)> = places.iter().map(|place| place.at).collect();
    let frame = Frame::around(&around(&middles)?);
    let points: Vec<Coord<f64>> =
        places.iter().map(|place| frame.coord(Coord::from(place.at))).collect();
    let chips = apart(&points, &frame);
    let size = format!("0 0 {:.0} {:.0}", frame.width, frame.height);
    let leads = points.iter().zip(&chips).map(|(point, chip)| {
        let line = format!("M{:.1} {:.1}L{:.1} {:.1}", point.x, point.y, chip.x, chip.y);
        view! {
            <path class="numbered-lead" d=line />
            <circle class="numbered-place" cx=format!("{:.1}", point.x) cy=format!("{:.1}", point.y) r="6" />
        }
    });
    let marks = places.iter().zip(&chips).map(|(place, chip)| one(place, *chip));
    Some(
        view! {
            <svg class="plan" viewBox=size role="img" aria-labelledby="numbered-title numbered-text">
                <title id="numbered-title">{title}</title>
                <desc id="numbered-text">{text.to_owned()}</desc>
                <rect class="plan-ground" x="0" y="0" width=frame.width height=frame.height />
                {leads.collect_view()}
                {marks.collect_view()}
                {furniture(words, &frame)}
            </svg>
        }
        .into_any(),
    )
}

fn one(place: &Numbered, at: Coord<f64>) -> AnyView {
    let Numbered { number, kind, class, .. } = *place;
    let corner = format!("translate({:.1} {:.1})", at.x - CHIP.x / 2.0, at.y - CHIP.y / 2.0);
    view! {
        <g class=class data-number=number transform=corner>
            <rect class="numbered-chip" width=CHIP.x height=CHIP.y rx="8" />
            <g class="numbered-mark" transform="translate(8 8) scale(1.3)"><Mark kind /></g>
            <text class="numbered-figure" x="42" y="30">{number.to_string()}</text>
        </g>
    }
    .into_any()
}

/// The ground that shows all of them, no flatter and no higher than a drawing is.
pub fn around(places: &[(f64, f64)]) -> Option<Bounds> {
    let axis = |of: fn(&(f64, f64)) -> f64| {
        let each = || places.iter().map(of);
        let (low, high) = (each().reduce(f64::min)?, each().reduce(f64::max)?);
        Some(((low + high) / 2.0, ((high - low) * 0.7).max(LEAST)))
    };
    let (east, mut wide) = axis(|at| at.0)?;
    let (north, mut high) = axis(|at| at.1)?;
    let metres = LocalPlane::at(north).metres(Coord { x: wide, y: high });
    let ratio = metres.y / metres.x;
    wide *= (ratio / 0.9).max(1.0);
    high *= (0.5 / ratio).max(1.0);
    Some(Bounds { west: east - wide, south: north - high, east: east + wide, north: north + high })
}

/// Where the chips stand: each above its place, or as near to it as there is room, so that none covers another.
fn apart(points: &[Coord<f64>], frame: &Frame) -> Vec<Coord<f64>> {
    let step = Coord { x: CHIP.x + GAP, y: CHIP.y + GAP };
    let mut ways: Vec<Coord<f64>> = (-10_i32..=10)
        .flat_map(|row| (-8_i32..=8).map(move |column| (f64::from(column), f64::from(row))))
        .map(|(column, row)| Coord { x: column * step.x / 2.0, y: row * step.y / 2.0 })
        // Its own place stays in sight.
        .filter(|way| way.y.abs() > CHIP.y / 2.0 || way.x.abs() > CHIP.x / 2.0)
        .collect();
    // The nearest first, of equal ones that above.
    ways.sort_by(|a, b| (a.x.hypot(a.y) + a.y * 1e-3).total_cmp(&(b.x.hypot(b.y) + b.y * 1e-3)));
    let inside = |chip: &Coord<f64>| {
        let (x, y) = (CHIP.x / 2.0 + 2.0, CHIP.y / 2.0 + 2.0);
        (x..=frame.width - x).contains(&chip.x) && (y..=frame.height - y).contains(&chip.y)
    };
    let mut taken: Vec<Coord<f64>> = Vec::new();
    for point in points {
        let free = |chip: &Coord<f64>| {
            let meets = |other: &Coord<f64>, room: Coord<f64>| {
                (chip.x - other.x).abs() < room.x && (chip.y - other.y).abs() < room.y
            };
            let half = Coord { x: CHIP.x / 2.0, y: CHIP.y / 2.0 };
            inside(chip)
                && !taken.iter().any(|other| meets(other, step))
                && !points.iter().any(|other| meets(other, half))
        };
        let chip = ways.iter().map(|way| *point + *way).find(free);
        taken.push(chip.unwrap_or(*point));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_s8_twenty_marks_at_one_place_cover_neither_each_other_nor_the_place() {
        for at in [vec![(120.0, 30.5); 20], vec![(120.0, 30.5), (120.2, 30.5), (120.0, 30.6)]] {
            let frame = Frame::around(&around(&at).unwrap());
            let points: Vec<_> = at.iter().map(|at| frame.coord(Coord::from(*at))).collect();
            let chips = apart(&points, &frame);
            for (n, chip) in chips.iter().enumerate() {
                assert!(chip.x > 0.0 && chip.x < frame.width, "{chip:?}");
                assert!(chip.y > 0.0 && chip.y < frame.height, "{chip:?}");
                for other in chips.iter().skip(n + 1) {
                    let clear =
                        (chip.x - other.x).abs() >= CHIP.x || (chip.y - other.y).abs() >= CHIP.y;
                    assert!(clear, "{chip:?} {other:?}");
                }
            }
        }
        assert!(around(&[]).is_none());
    }

    #[test]
    fn places_in_a_row_are_drawn_true_to_the_ground() {
        for at in [[(120.0, 30.5), (120.5, 30.5)], [(120.0, 30.0), (120.0, 30.9)]] {
            let bounds = around(&at).unwrap();
            let frame = Frame::around(&bounds);
            let plane = LocalPlane::at((bounds.north + bounds.south) / 2.0);
            let (x, y) = (bounds.east - bounds.west, bounds.north - bounds.south);
            let ground = plane.metres(Coord { x, y });
            assert!((frame.height / frame.width - ground.y / ground.x).abs() < 0.02, "{frame:?}");
        }
    }
}
