//! From three finder patterns to the perspective of a code.

use super::level::level_at;
use super::perspective::Perspective;
use crate::finder_pattern::{Edge, FinderPattern, cut, is_pattern};
use crate::symbol::{LEAST_MODULES, MOST_MODULES};
use crate::{Corner, Frame};

/// A sum of both timing patterns' alternation beyond which no other size is looked at.
const CERTAIN: f32 = 1.97;
/// Samples of a line per module.
const FINE: f32 = 8.0;

/// Three finder patterns in their order: at the corner, along the rows, down the columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triple {
    pub finders: [FinderPattern; 3],
}

impl Triple {
    /// With the corner first.
    pub(super) fn cornered([p, mut q, mut r]: [FinderPattern; 3]) -> Self {
        if (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x) < 0.0 {
            (q, r) = (r, q);
        }
        Self { finders: [p, q, r] }
    }

    /// With the pattern opposite the longest side at the corner, or the next one or two after it.
    pub(super) fn of(three: [FinderPattern; 3], turned: usize) -> Self {
        let apart =
            |a: &FinderPattern, b: &FinderPattern| (a.x - b.x).powi(2) + (a.y - b.y).powi(2);
        let [a, b, c] = three;
        let (ab, bc, ca) = (apart(&a, &b), apart(&b, &c), apart(&c, &a));
        let corner = if ab >= bc && ab >= ca {
            2
        } else if bc >= ca {
            0
        } else {
            1
        } + turned;
        let [p, mut q, mut r] = [0, 1, 2].map(|i| three[(corner + i) % 3]);
        // Rows go to the right of columns, unless the code is mirrored: that is tried later.
        if (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x) < 0.0 {
            (q, r) = (r, q);
        }
        Self { finders: [p, q, r] }
    }
}

/// A finder pattern cut along a line: its middle on that line and the size of its modules there.
pub(super) fn across(
    frame: &Frame,
    finder: &FinderPattern,
    middle: Corner,
    (dx, dy): Corner,
    edges: &mut Vec<Edge>,
) -> Option<(f32, f32)> {
    let step = finder.module / FINE;
    let half = (FINE * 8.0) as usize;
    let mut line = [0_u8; 8 * 8 * 2 + 1];
    for (i, level) in line.iter_mut().enumerate() {
        let along = (i as f32 - half as f32) * step;
        *level = level_at(frame, (middle.0 + along * dx, middle.1 + along * dy)) as u8;
    }
    let (mut low, mut high) = (255, 0);
    for &level in &line {
        (low, high) = (level.min(low), level.max(high));
    }
    edges.clear();
    cut(&line, i32::from(high.saturating_sub(low)) / 5, edges);
    let centre = half as f32;
    let core = edges
        .windows(2)
        .position(|two| two[0].falls && two[0].at <= centre && centre <= two[1].at)?;
    let six = edges.get(core.checked_sub(2)?..core + 4)?;
    is_pattern([0, 1, 2, 3, 4].map(|i| six[i + 1].at - six[i].at))?;
    // The middles of the ring's two sides: blur moves both edges of it alike.
    let (before, after) = ((six[0].at + six[1].at) / 2.0, (six[4].at + six[5].at) / 2.0);
    Some((((before + after) / 2.0 - centre) * step, (after - before) / 6.0 * step))
}

/// The length and direction of a line.
pub(super) fn line(from: Corner, to: Corner) -> (f32, Corner) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt();
    (length, (dx / length, dy / length))
}

/// Planes that the patterns speak of, by how well the timing patterns fit, best first.
pub(super) fn estimates(
    frame: &Frame,
    triple: &Triple,
    try_harder: bool,
) -> Vec<(f32, Perspective)> {
    let mut edges = Vec::new();
    let mut middles = triple.finders.map(|finder| (finder.x, finder.y));
    let mut sizes = [[0.0; 2]; 3];
    // Twice: the second time along better lines.
    for _ in 0..2 {
        let lines = [line(middles[0], middles[1]), line(middles[0], middles[2])];
        for (i, finder) in triple.finders.iter().enumerate() {
            for (axis, (_, direction)) in lines.iter().enumerate() {
                if let Some((off, module)) =
                    across(frame, finder, middles[i], *direction, &mut edges)
                {
                    middles[i].0 += off * direction.0;
                    middles[i].1 += off * direction.1;
                    sizes[i][axis] = module;
                } else if sizes[i][axis] == 0.0 {
                    sizes[i][axis] = finder.module;
                }
            }
        }
    }
    let axis = |axis: usize| {
        let (length, _) = line(middles[0], middles[axis + 1]);
        let (near, far) = (sizes[0][axis], sizes[axis + 1][axis]);
        // A length of s modules from the middle of the near pattern is s near / (1 + tilt s).
        let ratio = (near / far).clamp(0.3, 3.0).sqrt();
        (length / (near * far).sqrt(), ratio)
    };
    let ((columns, ratio_u), (rows, ratio_v)) = (axis(0), axis(1));
    let estimate = (columns + rows) / 2.0 + 7.0;
    let nearest = (((estimate - 17.0) / 4.0).round().max(1.0) as usize) * 4 + 17;
    let reach: usize = if nearest > 60 { 3 } else { 2 };
    let mut perspectives: Vec<(f32, Perspective)> = Vec::new();
    // The nearest size first, then those on either side of it.
    for i in 0..=2 * reach {
        let off = 4 * i.div_ceil(2);
        let size = if i % 2 == 0 { nearest.checked_sub(off) } else { Some(nearest + off) };
        let Some(modules) = size else { continue };
        if !(LEAST_MODULES..=MOST_MODULES).contains(&modules) {
            continue;
        }
        let span = modules as f32 - 7.0;
        let mut best = [(f32::MIN, 0.0); 2];
        for (axis, ratio) in [ratio_u, ratio_v].into_iter().enumerate() {
            let other = [ratio_v, ratio_u][axis];
            for turn in [0.0, -1.0, 1.0, -2.0, 2.0_f32] {
                let near = ratio + 0.06 * turn;
                let mut tilt = [0.0; 2];
                tilt[axis] = (near - 1.0) / span;
                tilt[1 - axis] = (other - 1.0) / span;
                let perspective = Perspective::new(modules, middles, tilt);
                let score = timing_score(frame, &perspective, axis) - 0.01 * turn.abs();
                if score > best[axis].0 {
                    best[axis] = (score, tilt[axis]);
                }
                if score > CERTAIN / 2.0 {
                    break;
                }
            }
        }
        let perspective = Perspective::new(modules, middles, [best[0].1, best[1].1]);
        let score = best[0].0 + best[1].0;
        if perspective.is_sound() {
            let at = perspectives
                .iter()
                .position(|(other, _)| *other < score)
                .unwrap_or(perspectives.len());
            perspectives.insert(at, (score, perspective));
            if score > CERTAIN && !try_harder {
                break;
            }
        }
    }
    perspectives
}

/// How well the modules between two finder patterns alternate, from -1 to 1.
pub(super) fn timing_score(frame: &Frame, perspective: &Perspective, axis: usize) -> f32 {
    let level = |at: usize| {
        let (along, off) = (at as f32 + 0.5, 6.5);
        let (u, v) = if axis == 0 { (along, off) } else { (off, along) };
        level_at(frame, perspective.at(u, v))
    };
    let (mut sum, mut all) = (0.0, 0.0);
    let (mut last, mut here) = (level(7), level(8));
    for at in 8..=perspective.modules - 9 {
        let next = level(at + 1);
        let step = (last + next) / 2.0 - here;
        sum += if at % 2 == 0 { step } else { -step };
        all += step.abs();
        (last, here) = (here, next);
    }
    sum / (all + 1.0)
}
