//! The patterns of restrictions. Severity decides how a line is drawn, the order on the map how it
//! runs and how close: patterns read over each other, in black and white too.

use domain::{extent::PublicExtent, severity::Severity};
use leptos::prelude::*;

use crate::components::mark::severity_class;

/// Sides of a tile, units of the drawing: no two neighbours in the list fall into step.
const SIZES: [u16; 6] = [18, 24, 20, 28, 22, 32];

/// How lines run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Rising,
    Falling,
    Level,
    Upright,
}

const DIRECTIONS: [Direction; 4] =
    [Direction::Rising, Direction::Falling, Direction::Level, Direction::Upright];

/// The `id` of an extent's pattern, and of its layer on the map that moves.
pub fn hatch_id(extent: &PublicExtent) -> String {
    format!("hatch-{}-{}", extent.theme.0, extent.severity.name())
}

/// The pattern of the extent that is the `at`th of those drawn.
pub fn pattern(at: usize, extent: &PublicExtent) -> AnyView {
    let Tile { size, path, width, dashes } = tile(at, extent.severity);
    let class = format!("hatch {}", severity_class(extent.severity));
    view! {
        <pattern id=hatch_id(extent) class=class width=size height=size patternUnits="userSpaceOnUse">
            <path
                class="hatch-line"
                d=path
                stroke-width=width
                stroke-dasharray=dashes
                stroke-linecap=if extent.severity == Severity::Informs { "round" } else { "butt" }
            />
        </pattern>
    }
    .into_any()
}

/// What repeats.
struct Tile {
    size: u16,
    path: String,
    width: f64,
    dashes: Option<String>,
}

fn tile(at: usize, severity: Severity) -> Tile {
    let size = SIZES[at % SIZES.len()];
    let direction = DIRECTIONS[at % DIRECTIONS.len()];
    let middle = size / 2;
    let line = |at: u16| line(direction, size, at);
    let (path, width) = match severity {
        // Two lines, a broad one, a dashed one, a fine one, ticks.
        Severity::Danger => (line(middle) + &line(middle - 6), 3.2),
        Severity::Prohibits => (line(middle), 4.6),
        Severity::NeedsConsent => (line(middle), 3.6),
        Severity::MustConform => (line(middle), 2.0),
        Severity::Informs => (format!("M{middle} {middle}{}", tick(direction)), 3.4),
    };
    let dashes = (severity == Severity::NeedsConsent).then(|| dashes(direction, size));
    Tile { size, path, width, dashes }
}

/// A line through the tile, `at` from its edge; it goes on in the next one.
fn line(direction: Direction, size: u16, at: u16) -> String {
    let (near, back, past) = (at + 1, at.saturating_sub(1), size + 1);
    match direction {
        Direction::Rising => format!("M-1 {near}L{near}-1M{back} {past}L{past} {back}"),
        Direction::Falling => {
            let mirrored = |x: u16| i32::from(size) - i32::from(x);
            let (near_x, back_x) = (mirrored(near), mirrored(back));
            format!("M{past} {near}L{near_x}-1M{back_x} {past}L-1 {back}")
        }
        Direction::Level => format!("M0 {at}H{size}"),
        Direction::Upright => format!("M{at} 0V{size}"),
    }
}

/// Hardly more than a dot.
const fn tick(direction: Direction) -> &'static str {
    match direction {
        Direction::Rising => "l3-3",
        Direction::Falling => "l3 3",
        Direction::Level => "h4",
        Direction::Upright => "v4",
    }
}

/// One dash for each stretch of a line in a tile.
fn dashes(direction: Direction, size: u16) -> String {
    let along = match direction {
        // Half the diagonal, and the ends that stand over.
        Direction::Rising | Direction::Falling => {
            (f64::from(size) / 2.0 + 2.0) * std::f64::consts::SQRT_2
        }
        Direction::Level | Direction::Upright => f64::from(size),
    };
    format!("{:.1} {along:.1}", along * 0.6)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_hatches_of_a_map_are_alike() {
        let mut seen = BTreeSet::new();
        for at in 0..12 {
            for severity in Severity::ALL {
                let Tile { size, path, width, dashes } = tile(at, severity);
                assert!(seen.insert((size, path, width.to_string(), dashes)), "{at} {severity:?}");
            }
        }
    }

    #[test]
    fn hatches_that_may_lie_over_each_other_run_in_other_directions() {
        for at in 0..6 {
            let (one, next) = (at % DIRECTIONS.len(), (at + 1) % DIRECTIONS.len());
            assert_ne!(DIRECTIONS[one], DIRECTIONS[next]);
            assert_ne!(SIZES[at % SIZES.len()], SIZES[(at + 1) % SIZES.len()]);
        }
    }

    #[test]
    fn a_line_goes_on_in_the_next_tile() {
        assert_eq!(line(Direction::Rising, 18, 9), "M-1 10L10-1M8 19L19 8");
        assert_eq!(line(Direction::Falling, 18, 9), "M19 10L8-1M10 19L-1 8");
        assert_eq!(line(Direction::Level, 18, 9), "M0 9H18");
    }
}
