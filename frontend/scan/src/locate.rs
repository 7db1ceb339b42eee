//! The finder patterns of a frame.
//!
//! Every third row is cut into dark and light runs. An edge is where the light changes by more
//! than the grain and crosses the middle of the two extremes beside it, so that neither a shadow
//! nor a blown-out corner needs a threshold of its own. Five runs of 1 : 1 : 3 : 1 : 1 modules
//! (ISO/IEC 18004, 6.3.3) that are found again in the column through their middle are a finder
//! pattern. No decoder is asked; this costs less than a tenth of a reading.

use crate::Frame;

/// Rows between two that are looked at: the middle of a pattern is three modules high.
const ROW_STEP: usize = 3;
/// Changes of light up to this many levels are grain.
const GRAIN: i32 = 10;
/// Patterns that are kept; texture can have hundreds that look like one.
const MOST_FINDERS: usize = 400;

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
    sort(&mut found);
    found
}

/// Those seen in most rows first; ties by size and place, so that the order is the same everywhere.
///
/// By insertion: there are few, and each sort of the standard library is 2 kB of the first load.
fn sort(finders: &mut [Finder]) {
    let before =
        |a: &Finder, b: &Finder| (a.rows, a.module, b.y, b.x) > (b.rows, b.module, a.y, a.x);
    for end in 1..finders.len() {
        for at in (1..=end).rev() {
            if !before(&finders[at], &finders[at - 1]) {
                break;
            }
            finders.swap(at, at - 1);
        }
    }
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
