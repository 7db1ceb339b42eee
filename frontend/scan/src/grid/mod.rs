//! Our own reading of a code's modules: from finder patterns to what the code says.
//!
//! The sizes of the patterns give that of the code and a first perspective, the timing patterns
//! confirm both, and the last alignment pattern corrects the perspective. The levels at the modules' middles are
//! taken from the grey frame and judged against their neighbours; what blur has mixed is unmixed
//! as the known modules show. Nothing here searches without a bound.

mod alignment_pattern;
mod equaliser;
mod estimate;
mod level;
mod mesh;
mod missing_finder;
mod perspective;
mod sampling;

use crate::finder_pattern::FinderPattern;
use crate::symbol::{self, Decoded, LEAST_MODULES, Layout, ModuleKind};
use crate::{Corner, Frame};
use alignment_pattern::candidates_near;
use estimate::{Triple, estimates};
use mesh::Mesh;
use perspective::{ALIGNMENT_MIDDLE, Perspective};
use sampling::Levels;

/// How well the timing patterns of a code alternate at least, of 2; those of others rarely do.
const LEAST_TIMING: f32 = 1.2;
/// The share of known modules that are right at least, before blur is undone; chance has half, and
/// finder patterns without a code three quarters.
const LEAST_AGREEMENT: f32 = 0.7;
/// The share of known modules that are right at least before words are guessed at.
const SURE_AGREEMENT: f32 = 0.8;

/// What was read and its corners in the frame.
pub(crate) struct Reading {
    pub decoded: Decoded,
    pub corners: [Corner; 4],
}

/// What may be spent, in modules that are looked at: whatever a frame shows, there is an end.
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    /// Some 60 ms natively.
    pub(crate) fn of_one_step() -> Self {
        Self { left: 800_000 }
    }

    /// Whether so much was left; it is spent.
    fn spend(&mut self, modules: usize) -> bool {
        let after = self.left.checked_sub(modules);
        self.left = after.unwrap_or(0);
        after.is_some()
    }
}

/// Reads the code whose finder patterns these are, dark on light.
pub(crate) fn read(
    frame: &Frame,
    three: [FinderPattern; 3],
    try_harder: bool,
    budget: &mut Budget,
) -> Option<Reading> {
    // Seen at an angle, the longest side need not be the diagonal.
    (0..if try_harder { 3 } else { 1 })
        .find_map(|turned| read_triple(frame, &Triple::of(three, turned), try_harder, budget))
}

/// Reads the code of which two finder patterns are seen.
pub(crate) fn read_with_two(
    frame: &Frame,
    two: [FinderPattern; 2],
    budget: &mut Budget,
) -> Option<Reading> {
    let completed = missing_finder::completed(frame, two, budget);
    completed
        .into_iter()
        .find_map(|three| read_triple(frame, &Triple::cornered(three), true, budget))
}

fn read_triple(
    frame: &Frame,
    triple: &Triple,
    try_harder: bool,
    budget: &mut Budget,
) -> Option<Reading> {
    let perspectives = estimates(frame, triple, try_harder);
    let likely = perspectives.iter().take(if try_harder { 2 } else { 1 });
    likely
        .filter(|(timing, _)| *timing >= LEAST_TIMING)
        .find_map(|(_, perspective)| read_in_perspective(frame, *perspective, try_harder, budget))
}

fn read_in_perspective(
    frame: &Frame,
    perspective: Perspective,
    try_harder: bool,
    budget: &mut Budget,
) -> Option<Reading> {
    let layout = Layout::of(perspective.modules);
    let middle = perspective.modules as f32 - ALIGNMENT_MIDDLE;
    let mut corrected = Vec::new();
    if perspective.modules > LEAST_MODULES {
        let most = if try_harder { 3 } else { 1 };
        let places = candidates_near(frame, &perspective, (middle, middle), (0.0, 0.0), 3.0, most);
        corrected.extend(places.iter().filter_map(|&(_, place)| perspective.through(place)));
    }
    if try_harder || corrected.is_empty() {
        corrected.push(perspective);
    }
    let mut best = 0.0_f32;
    for perspective in &corrected {
        let (agreement, reading) = judge(frame, perspective, &layout, budget);
        if reading.is_some() {
            return reading;
        }
        best = best.max(agreement);
    }
    if !try_harder || best < SURE_AGREEMENT {
        return None;
    }
    // A bent or badly seen code: its far corner somewhat elsewhere.
    (0..25).filter(|i| *i != 12).find_map(|i| {
        let (du, dv) = ((i % 5) as f32 * 0.5 - 1.0, (i / 5) as f32 * 0.5 - 1.0);
        let moved = perspective.through(corrected.first()?.at(middle + du, middle + dv))?;
        judge(frame, &moved, &layout, budget).1
    })
}

/// The share of known modules that a perspective shows right, and what can be read with it.
fn judge(
    frame: &Frame,
    perspective: &Perspective,
    layout: &Layout,
    budget: &mut Budget,
) -> (f32, Option<Reading>) {
    if !budget.spend(layout.modules * layout.modules) {
        return (0.0, None);
    }
    let mesh = Mesh::of(frame, perspective);
    let mut balanced = Levels::of(frame, perspective, &mesh).balanced();
    let agreement = agreement_of(&balanced, layout);
    if agreement < LEAST_AGREEMENT {
        return (agreement, None);
    }
    let mut reading = decode(&balanced, layout, false);
    if reading.is_none() && agreement > SURE_AGREEMENT {
        balanced.doubt_plain();
        reading = decode(&balanced, layout, true);
    }
    for far in [false, true] {
        if reading.is_some() {
            break;
        }
        let sharp = equaliser::equalised(&balanced, layout, far);
        if agreement_of(&sharp, layout) < SURE_AGREEMENT {
            break;
        }
        reading = decode(&sharp, layout, true);
    }
    let reading = reading.map(|(decoded, mirrored)| {
        let [a, b, c, d] = perspective.corners();
        Reading { decoded, corners: if mirrored { [a, d, c, b] } else { [a, b, c, d] } }
    });
    (agreement, reading)
}

fn agreement_of(levels: &Levels, layout: &Layout) -> f32 {
    let modules = levels.modules(false);
    let (mut right, mut all) = (0, 0);
    for row in 0..layout.modules {
        for column in 0..layout.modules {
            if let ModuleKind::Pattern(dark) = layout.at(column, row) {
                all += 1;
                right += u32::from(dark == modules.is_dark(column, row));
            }
        }
    }
    right as f32 / all as f32
}

/// What the modules say as they are or in a mirror, and which of the two.
fn decode(levels: &Levels, layout: &Layout, guess: bool) -> Option<(Decoded, bool)> {
    [false, true].into_iter().find_map(|mirrored| {
        Some((symbol::read(&levels.modules(mirrored), layout, guess)?, mirrored))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use qrcode::{Color, EcLevel, QrCode};

    const MODULE: usize = 6;

    /// A code of version 4 at (60, 60), and its finder patterns.
    fn drawn() -> (Frame, [FinderPattern; 3]) {
        let version = qrcode::Version::Normal(4);
        let code = QrCode::with_version("BOUNDED", version, EcLevel::M).unwrap();
        let (side, colours) = (code.width(), code.to_colors());
        let width = side * MODULE + 120;
        let mut luma = vec![230; width * width];
        for y in 0..side * MODULE {
            for x in 0..side * MODULE {
                if colours[y / MODULE * side + x / MODULE] == Color::Dark {
                    luma[(y + 60) * width + x + 60] = 20;
                }
            }
        }
        let at = |column: usize, row: usize| FinderPattern {
            x: (60 + column * MODULE + MODULE / 2) as f32,
            y: (60 + row * MODULE + MODULE / 2) as f32,
            module: MODULE as f32,
            rows: 18,
            inverted: false,
        };
        (Frame::of(width, width, luma), [at(side - 4, 3), at(3, side - 4), at(3, 3)])
    }

    fn text(reading: Option<Reading>) -> Option<Vec<u8>> {
        reading
            .map(|reading| reading.decoded.segments.into_iter().flat_map(|run| run.bytes).collect())
    }

    #[test]
    fn patterns_in_any_order_are_the_code() {
        let (frame, [a, b, c]) = drawn();
        let expected = Some(b"BOUNDED".to_vec());
        for three in [[a, b, c], [b, c, a], [c, b, a]] {
            assert_eq!(text(read(&frame, three, false, &mut Budget::of_one_step())), expected);
        }
        for two in [[a, b], [b, c], [c, a]] {
            assert_eq!(text(read_with_two(&frame, two, &mut Budget::of_one_step())), expected);
        }
    }

    #[test]
    fn nothing_is_done_beyond_the_effort() {
        let (frame, three) = drawn();
        let mut none = Budget { left: 1000 };
        assert_eq!(text(read(&frame, three, true, &mut none)), None);
        let mut none = Budget { left: 1000 };
        assert_eq!(text(read_with_two(&frame, [three[0], three[1]], &mut none)), None);
        assert_eq!(none.left, 0);
    }

    #[test]
    fn an_unreadable_code_costs_a_bounded_number_of_hypotheses() {
        // All patterns are right and all data is wrong: everything is tried.
        let (frame, three) = drawn();
        let width = frame.width();
        let mut luma = frame.luma().to_vec();
        for row in 9..33 - 9 {
            for x in (60 + 9 * MODULE)..(60 + 24 * MODULE) {
                for y in 60 + row * MODULE..60 + (row + 1) * MODULE {
                    luma[y * width + x] =
                        if (x / MODULE + row).is_multiple_of(2) { 20 } else { 230 };
                }
            }
        }
        let frame = Frame::of(width, width, luma);
        let mut budget = Budget::of_one_step();
        let before = budget.left;
        assert_eq!(text(read(&frame, three, true, &mut budget)), None);
        let hypotheses = (before - budget.left) / (33 * 33);
        assert!((5..=3 * 2 * 29).contains(&hypotheses), "{hypotheses}");
    }
}
