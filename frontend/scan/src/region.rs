//! Where codes may be: the regions that finder patterns span.

use crate::finder_pattern::FinderPattern;
use crate::{Frame, preprocess};

/// Patterns, best first, that are tried as corners of a code.
const MOST_CORNERS: usize = 40;
/// Modules between two finder patterns of a code, centre to centre: 14 for version 1, 170 for 40.
const SPAN: std::ops::RangeInclusive<f32> = 10.0..=190.0;

/// A part of the frame that may hold a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    /// Estimated pixels per module in the frame.
    pub module: f32,
    /// Whether the code is light on dark.
    pub inverted: bool,
}

impl Region {
    /// The region cut out, dark on light, shrunk to about `module` pixels per module (0: as it is),
    /// its sides no longer than `longest` pixels.
    pub(crate) fn show(&self, frame: &Frame, module: u8, longest: usize) -> Frame {
        let mut shown = preprocess::crop(frame, self.left, self.top, self.width, self.height);
        // Near enough is good enough, and costs nothing.
        let wanted = f32::from(module) / self.module;
        let scale = if wanted > 0.0 && wanted < 0.7 { wanted } else { 1.0 };
        let scale = scale.min(longest as f32 / shown.long_side() as f32);
        if scale < 1.0 {
            let side = |side: usize| (side as f32 * scale) as usize;
            shown = preprocess::resized(&shown, side(shown.width()), side(shown.height()));
        }
        if self.inverted { preprocess::inverted(&shown) } else { shown }
    }
}

/// The regions that these finder patterns span, most likely first, `most` of them at most: three
/// patterns at the corners of a square seen at an angle.
pub(crate) fn regions(frame: &Frame, finders: &[FinderPattern], most: usize) -> Vec<Region> {
    let corners = &finders[..finders.len().min(MOST_CORNERS)];
    let mut triples = triples(corners);
    let mut regions = Vec::new();
    // The cheapest again and again: sorting all is slower and larger.
    while regions.len() < most
        && let Some(best) = cheapest(&triples)
    {
        let triple = triples[best].1;
        regions.push(spanned(frame, triple.map(|i| corners[i])));
        triples.retain(|(_, other)| !other.iter().any(|i| triple.contains(i)));
    }
    regions
}

/// How far three patterns are from those of one code, and which they are.
pub(crate) type Triple = (f32, [usize; 3]);

/// Three patterns each that may be those of one code, with their cost.
pub(crate) fn triples(finders: &[FinderPattern]) -> Vec<Triple> {
    let corners = &finders[..finders.len().min(MOST_CORNERS)];
    let mut triples = Vec::new();
    for i in 0..corners.len() {
        for j in 0..i {
            for k in 0..j {
                if let Some(cost) = cost_of([corners[i], corners[j], corners[k]]) {
                    triples.push((cost, [i, j, k]));
                }
            }
        }
    }
    triples
}

/// Where the triple of least cost is, the first of those that are equal.
pub(crate) fn cheapest(triples: &[Triple]) -> Option<usize> {
    let mut best = None;
    let mut least = f32::MAX;
    for (i, (cost, _)) in triples.iter().enumerate() {
        if *cost < least {
            (best, least) = (Some(i), *cost);
        }
    }
    best
}

/// How far three patterns are from the three of one code; nothing if they cannot be.
fn cost_of(three: [FinderPattern; 3]) -> Option<f32> {
    let [a, b, c] = three;
    if a.inverted != b.inverted || b.inverted != c.inverted {
        return None;
    }
    let small = a.module.min(b.module).min(c.module);
    let large = a.module.max(b.module).max(c.module);
    if large > 2.6 * small {
        return None;
    }
    let distance = |a: &FinderPattern, b: &FinderPattern| (a.x - b.x).powi(2) + (a.y - b.y).powi(2);
    let (ab, bc, ca) = (distance(&a, &b), distance(&b, &c), distance(&c, &a));
    let (low, high) = (ab.min(bc), ab.max(bc));
    let (short, long, diagonal) = (low.min(ca), low.max(ca.min(high)), high.max(ca));
    let module = (a.module + b.module + c.module) / 3.0;
    let (short_side, long_side) = (short.sqrt(), long.sqrt());
    if !SPAN.contains(&(short_side / module)) || !SPAN.contains(&(long_side / module)) {
        return None;
    }
    let cosine = (short + long - diagonal) / (2.0 * short_side * long_side);
    if cosine.abs() > 0.65 || long_side > 2.2 * short_side {
        return None;
    }
    let seen = a.rows.min(b.rows).min(c.rows) as f32 / module;
    // Near ones first: patterns of two labels are farther apart than those of one.
    Some(
        cosine.abs()
            + (long_side / short_side - 1.0)
            + (large / small - 1.0)
            + 0.004 * (long_side / module)
            - 0.1 * seen.min(3.0),
    )
}

/// The frame of a code whose finder patterns these are, with its quiet zone.
fn spanned(frame: &Frame, three: [FinderPattern; 3]) -> Region {
    let [a, b, c] = three;
    let side = |a: &FinderPattern, b: &FinderPattern| (a.x - b.x).powi(2) + (a.y - b.y).powi(2);
    // The corner lies opposite the diagonal.
    let (corner, one, other) = if side(&a, &b) >= side(&b, &c) && side(&a, &b) >= side(&c, &a) {
        (c, a, b)
    } else if side(&b, &c) >= side(&c, &a) {
        (a, b, c)
    } else {
        (b, c, a)
    };
    let fourth = (one.x + other.x - corner.x, one.y + other.y - corner.y);
    let module = (a.module + b.module + c.module) / 3.0;
    let widest = a.module.max(b.module).max(c.module);
    let points = [(a.x, a.y), (b.x, b.y), (c.x, c.y), fourth];
    let bound = |of: fn(&(f32, f32)) -> f32| {
        points
            .iter()
            .map(of)
            .fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (left, right) = bound(|point| point.0);
    let (top, bottom) = bound(|point| point.1);
    // Half a pattern, the quiet zone, and the far corner of a code that is seen at an angle.
    let margin = 7.0 * widest + 0.08 * (right - left).max(bottom - top);
    clip(frame, [left - margin, top - margin, right + margin, bottom + margin], module, a.inverted)
}

fn clip(
    frame: &Frame,
    [left, top, right, bottom]: [f32; 4],
    module: f32,
    inverted: bool,
) -> Region {
    let within = |value: f32, side: usize| value.max(0.0).min(side as f32) as usize;
    let (left, right) = (within(left, frame.width()), within(right, frame.width()));
    let (top, bottom) = (within(top, frame.height()), within(bottom, frame.height()));
    // At least a pixel, whatever the numbers were.
    let (left, top) = (left.min(frame.width() - 1), top.min(frame.height() - 1));
    let width = right.saturating_sub(left).max(1);
    let height = bottom.saturating_sub(top).max(1);
    Region { left, top, width, height, module, inverted }
}
