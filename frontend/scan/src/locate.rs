//! Where codes may be: the finder patterns of a frame, and the regions that they span.
//!
//! Every third row is cut into dark and light runs. An edge is where the light changes by more
//! than the grain and crosses the middle of the two extremes beside it, so that neither a shadow
//! nor a blown-out corner needs a threshold of its own. Five runs of 1 : 1 : 3 : 1 : 1 modules
//! (ISO/IEC 18004, 6.3.3) that are found again in the column through their middle are a finder
//! pattern. No decoder is asked; this costs less than a tenth of a reading.

use crate::{Corner, Frame, prepare};

/// Rows between two that are looked at: the middle of a pattern is three modules high.
const ROW_STEP: usize = 3;
/// Changes of light up to this many levels are grain.
const GRAIN: i32 = 10;
/// Patterns that are kept; texture can have hundreds that look like one.
const MOST_FINDERS: usize = 400;
/// Patterns, best first, that are tried as corners of a code.
const MOST_CORNERS: usize = 40;
/// Modules between two finder patterns of a code, centre to centre: 14 for version 1, 170 for 40.
const SPAN: std::ops::RangeInclusive<f32> = 10.0..=190.0;

/// One finder pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finder {
    /// Its middle, in pixels of the frame.
    pub x: f32,
    pub y: f32,
    /// Pixels per module.
    pub module: f32,
    /// Rows in which it was seen.
    pub rows: u32,
    /// Whether it is light on dark.
    pub inverted: bool,
}

impl Finder {
    /// Whether it was seen in as many rows as its middle is high: texture is not.
    pub(crate) fn is_sure(&self) -> bool {
        self.rows as f32 * ROW_STEP as f32 >= self.module
    }
}

/// A part of the frame that may hold a code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    /// Estimated pixels per module in the frame.
    pub module: f32,
    /// Whether three finder patterns span it, which fewer do not say.
    pub whole: bool,
    /// Whether the code is light on dark.
    pub inverted: bool,
    /// Finder patterns in it that were seen as often as their size promises.
    pub crowd: u32,
}

impl Region {
    /// The region cut out, dark on light, at about `module` pixels per module (0: as it is), its
    /// sides no longer than `longest` pixels.
    pub(crate) fn show(&self, frame: &Frame, module: u8, longest: usize) -> Frame {
        let mut shown = prepare::crop(frame, self.left, self.top, self.width, self.height);
        // Near enough is good enough, and costs nothing.
        let near = if module <= 4 { 0.7..=1.5 } else { 0.8..=1.25 };
        let mut scale = f32::from(module) / self.module;
        if module == 0 || near.contains(&(1.0 / scale)) {
            scale = 1.0;
        }
        scale = scale.min(longest as f32 / shown.long_side() as f32);
        if scale != 1.0 {
            let side = |side: usize| (side as f32 * scale) as usize;
            shown = prepare::resized(&shown, side(shown.width()), side(shown.height()));
        }
        if self.inverted { prepare::inverted(&shown) } else { shown }
    }

    /// The same region in a frame of half the size.
    pub(crate) fn halved(self) -> Self {
        Self {
            left: self.left / 2,
            top: self.top / 2,
            width: (self.width / 2).max(1),
            height: (self.height / 2).max(1),
            module: self.module / 2.0,
            ..self
        }
    }

    /// The part of it that is in the frame.
    pub(crate) fn within(self, frame: &Frame) -> Self {
        let (left, top) = (self.left.min(frame.width() - 1), self.top.min(frame.height() - 1));
        let width = self.width.clamp(1, frame.width() - left);
        let height = self.height.clamp(1, frame.height() - top);
        Self { left, top, width, height, ..self }
    }

    /// Whether the middle of another lies in it.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let (x, y) = (other.left + other.width / 2, other.top + other.height / 2);
        (self.left..self.left + self.width).contains(&x)
            && (self.top..self.top + self.height).contains(&y)
    }

    /// Where a code is whose corners these are, of so many pixels per module.
    pub(crate) fn of(frame: &Frame, corners: &[Corner; 4], module: f32, inverted: bool) -> Self {
        let bound = |of: fn(&Corner) -> f32| {
            corners
                .iter()
                .map(of)
                .fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ((left, right), (top, bottom)) = (bound(|corner| corner.0), bound(|corner| corner.1));
        // A hand moves by some per cent of the code from frame to frame.
        let margin = 4.0 * module + 0.15 * (right - left).max(bottom - top);
        let sides = [left - margin, top - margin, right + margin, bottom + margin];
        clip(frame, sides, module, true, inverted)
    }
}

/// The finder patterns of a frame, those seen in most rows first.
pub(crate) fn finders(frame: &Frame) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    let mut edges: Vec<Edge> = Vec::new();
    let mut y = ROW_STEP / 2;
    while y < frame.height() {
        edges.clear();
        cut(frame.row_clamped(y as isize), &mut edges);
        for six in edges.windows(6) {
            let Some(across) = pattern(six) else { continue };
            let Some(finder) = confirm(frame, six, across, y) else { continue };
            take_in(&mut found, finder);
        }
        y += ROW_STEP;
    }
    // Ties by place, so that the order is the same everywhere.
    found.sort_unstable_by(|a, b| {
        let larger = b.rows.cmp(&a.rows).then(b.module.total_cmp(&a.module));
        larger.then(a.y.total_cmp(&b.y)).then(a.x.total_cmp(&b.x))
    });
    found
}

/// Where a row changes between dark and light.
#[derive(Clone, Copy, Debug)]
struct Edge {
    at: f32,
    /// Level half way between the two sides.
    middle: i32,
    /// Whether what follows is dark.
    falls: bool,
}

/// Finds the edges of a row, which fall and rise by turns.
fn cut(row: &[u8], edges: &mut Vec<Edge>) {
    let Some(&first) = row.first() else { return };
    // The extremes since the last edge, and where each was seen last.
    let (mut low, mut low_at) = (i32::from(first), 0);
    let (mut high, mut high_at) = (low, 0);
    let mut rising = None;
    for (x, &pixel) in row.iter().enumerate() {
        let value = i32::from(pixel);
        // A change counts if it is a third of the one before it: next to bold print, grain is not.
        let least = GRAIN.max((high - low) / 3);
        match rising {
            Some(true) if value >= high => (high, high_at) = (value, x),
            Some(true) if high - value > least => {
                edges.push(edge(row, low_at, high_at, low, high, false));
                (low, low_at) = (value, x);
                rising = Some(false);
            }
            Some(false) if value <= low => (low, low_at) = (value, x),
            Some(false) if value - low > least => {
                edges.push(edge(row, high_at, low_at, low, high, true));
                (high, high_at) = (value, x);
                rising = Some(true);
            }
            None => {
                if value >= high {
                    (high, high_at) = (value, x);
                }
                if value <= low {
                    (low, low_at) = (value, x);
                }
                if high - low > GRAIN {
                    rising = Some(high_at > low_at);
                }
            }
            _ => {}
        }
    }
    if let Some(rising) = rising {
        let (from, to) = if rising { (low_at, high_at) } else { (high_at, low_at) };
        edges.push(edge(row, from, to, low, high, !rising));
    }
}

/// The edge between two extremes of a row.
fn edge(row: &[u8], from: usize, to: usize, low: i32, high: i32, falls: bool) -> Edge {
    let middle = (low + high) / 2;
    let dark = |x: usize| i32::from(row[x]) < middle;
    let mut at = to;
    // Back from the second extreme: what lies before the first may be anything.
    while at > from && dark(at - 1) == falls {
        at -= 1;
    }
    if at == 0 {
        return Edge { at: 0.0, middle, falls };
    }
    let (before, after) = (f32::from(row[at - 1]), f32::from(row[at]));
    let share = if before == after { 0.5 } else { (middle as f32 - before) / (after - before) };
    Edge { at: at as f32 - 0.5 + share.clamp(0.0, 1.0), middle, falls }
}

/// The module of five runs between six edges, if they are as 1 : 1 : 3 : 1 : 1.
fn pattern(edges: &[Edge]) -> Option<f32> {
    let runs = [0, 1, 2, 3, 4].map(|i| edges[i + 1].at - edges[i].at);
    is_pattern(runs)
}

fn is_pattern(runs: [f32; 5]) -> Option<f32> {
    let module = runs.iter().sum::<f32>() / 7.0;
    if module < 0.9 {
        return None;
    }
    // Blur moves edges by up to a pixel, whatever the size of a module.
    let slack = 0.5 * module + 0.4;
    let fits = |i: usize| (runs[i] - module).abs() <= slack;
    let core = (runs[2] - 3.0 * module).abs() <= 1.1 * module + 0.4;
    (core && fits(0) && fits(1) && fits(3) && fits(4)).then_some(module)
}

/// Looks for the same pattern in the column through the middle, and again in the row through the
/// middle of that.
fn confirm(frame: &Frame, edges: &[Edge], across: f32, y: usize) -> Option<Finder> {
    let inverted = !edges[0].falls;
    let middle = (edges[2].middle + edges[3].middle) / 2;
    let x = (edges[2].at + edges[3].at) / 2.0;
    let column = (x.round().max(0.0) as usize).min(frame.width() - 1);
    let luma = frame.luma();
    let (width, height) = (frame.width(), frame.height());
    let down = runs_around(y, height, 12.0 * across, |y| {
        (i32::from(luma[y * width + column]) < middle) != inverted
    })?;
    let module = is_pattern(down.runs)?;
    if module > 2.6 * across || across > 2.6 * module {
        return None;
    }
    let row = (down.middle as usize).min(height - 1);
    let along = runs_around(column, width, 12.0 * across, |x| {
        (i32::from(luma[row * width + x]) < middle) != inverted
    })?;
    let again = is_pattern(along.runs)?;
    Some(Finder {
        x: along.middle,
        y: down.middle,
        module: (again + module) / 2.0,
        rows: 1,
        inverted,
    })
}

/// Five runs of a line around a place, and the middle of the third.
struct Runs {
    runs: [f32; 5],
    middle: f32,
}

fn runs_around(at: usize, length: usize, reach: f32, dark: impl Fn(usize) -> bool) -> Option<Runs> {
    if !dark(at) {
        return None;
    }
    let reach = reach as usize + 2;
    // Three run lengths outwards, the first being part of the core.
    let walk = |step: fn(usize) -> Option<usize>| {
        let mut lengths = [0_usize; 3];
        let (mut place, mut run) = (at, 0);
        for _ in 0..reach {
            let Some(next) = step(place).filter(|&next| next < length) else {
                return (run == 2).then_some(lengths);
            };
            place = next;
            if dark(place) == (run == 1) {
                run += 1;
                if run == 3 {
                    return Some(lengths);
                }
            }
            lengths[run] += 1;
        }
        None
    };
    let before = walk(|place| place.checked_sub(1))?;
    let after = walk(|place| Some(place + 1))?;
    let core = before[0] + after[0] + 1;
    let runs = [before[2], before[1], core, after[1], after[2]].map(|run| run as f32);
    let middle = at as f32 + (after[0] as f32 - before[0] as f32) / 2.0;
    Some(Runs { runs, middle: middle + 0.5 })
}

/// Adds a pattern to those known, or to the one that it is.
fn take_in(found: &mut Vec<Finder>, seen: Finder) {
    for known in found.iter_mut() {
        let near = known.module.max(seen.module) * 2.5;
        if (known.x - seen.x).abs() < near
            && (known.y - seen.y).abs() < near
            && known.inverted == seen.inverted
        {
            let rows = known.rows as f32;
            let mean = |a: f32, b: f32| (a * rows + b) / (rows + 1.0);
            known.x = mean(known.x, seen.x);
            known.y = mean(known.y, seen.y);
            known.module = mean(known.module, seen.module);
            known.rows += 1;
            return;
        }
    }
    if found.len() < MOST_FINDERS {
        found.push(seen);
    }
}

/// The regions that these finder patterns span, most likely first, `most` of them at most: three
/// patterns at the corners of a square seen at an angle, else the surroundings of one or two.
pub(crate) fn regions(frame: &Frame, finders: &[Finder], most: usize) -> Vec<Region> {
    let corners = &finders[..finders.len().min(MOST_CORNERS)];
    let mut triples: Vec<(f32, [usize; 3])> = Vec::new();
    for i in 0..corners.len() {
        for j in 0..i {
            for k in 0..j {
                if let Some(cost) = cost_of([corners[i], corners[j], corners[k]]) {
                    triples.push((cost, [i, j, k]));
                }
            }
        }
    }
    triples.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut used = [false; MOST_CORNERS];
    let mut regions = Vec::new();
    for (_, triple) in triples {
        if regions.len() == most {
            break;
        }
        if triple.iter().any(|&i| used[i]) {
            continue;
        }
        for i in triple {
            used[i] = true;
        }
        regions.push(spanned(frame, triple.map(|i| corners[i])));
    }
    if regions.is_empty() {
        for finder in corners {
            if regions.len() == most.min(2) {
                break;
            }
            let inside = |region: &Region| {
                let (x, y) = (finder.x as usize, finder.y as usize);
                (region.left..region.left + region.width).contains(&x)
                    && (region.top..region.top + region.height).contains(&y)
            };
            if !regions.iter().any(inside) {
                regions.push(around(frame, finder));
            }
        }
    }
    for region in &mut regions {
        let inside = |finder: &&Finder| {
            let (x, y) = (finder.x as usize, finder.y as usize);
            finder.is_sure()
                && (region.left..region.left + region.width).contains(&x)
                && (region.top..region.top + region.height).contains(&y)
        };
        region.crowd = u32::try_from(finders.iter().filter(inside).count()).unwrap_or(u32::MAX);
    }
    regions
}

/// How far three patterns are from the three of one code; nothing if they cannot be.
fn cost_of(three: [Finder; 3]) -> Option<f32> {
    let [a, b, c] = three;
    if a.inverted != b.inverted || b.inverted != c.inverted {
        return None;
    }
    let small = a.module.min(b.module).min(c.module);
    let large = a.module.max(b.module).max(c.module);
    if large > 2.0 * small {
        return None;
    }
    let distance = |a: &Finder, b: &Finder| (a.x - b.x).powi(2) + (a.y - b.y).powi(2);
    let mut sides = [distance(&a, &b), distance(&b, &c), distance(&c, &a)];
    sides.sort_unstable_by(f32::total_cmp);
    let [short, long, diagonal] = sides;
    let module = (a.module + b.module + c.module) / 3.0;
    let (short_side, long_side) = (short.sqrt(), long.sqrt());
    if !SPAN.contains(&(short_side / module)) || !SPAN.contains(&(long_side / module)) {
        return None;
    }
    let cosine = (short + long - diagonal) / (2.0 * short_side * long_side);
    if cosine.abs() > 0.55 || long_side > 2.2 * short_side {
        return None;
    }
    let seen = (a.rows.min(b.rows).min(c.rows) * 3) as f32 / module;
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
fn spanned(frame: &Frame, three: [Finder; 3]) -> Region {
    let [a, b, c] = three;
    let side = |a: &Finder, b: &Finder| (a.x - b.x).powi(2) + (a.y - b.y).powi(2);
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
    clip(
        frame,
        [left - margin, top - margin, right + margin, bottom + margin],
        module,
        true,
        a.inverted,
    )
}

/// Where a code is if it has this pattern and up to 41 modules a side.
fn around(frame: &Frame, finder: &Finder) -> Region {
    let reach = 42.0 * finder.module;
    let Finder { x, y, module, .. } = *finder;
    clip(frame, [x - reach, y - reach, x + reach, y + reach], module, false, finder.inverted)
}

fn clip(
    frame: &Frame,
    [left, top, right, bottom]: [f32; 4],
    module: f32,
    whole: bool,
    inverted: bool,
) -> Region {
    let within = |value: f32, side: usize| value.max(0.0).min(side as f32) as usize;
    let (left, right) = (within(left, frame.width()), within(right, frame.width()));
    let (top, bottom) = (within(top, frame.height()), within(bottom, frame.height()));
    let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
    Region { left, top, width, height, module, whole, inverted, crowd: 0 }.within(frame)
}
