//! The finder patterns of a frame.
//!
//! Every third row or so is cut into dark and light runs. An edge is where the light changes by more
//! than the grain and crosses the middle of the two extremes beside it, so that neither a shadow
//! nor a blown-out corner needs a threshold of its own. Five runs of 1 : 1 : 3 : 1 : 1 modules
//! (ISO/IEC 18004, 6.3.3) that are found again in the column through their middle are a finder
//! pattern. No decoder is asked; this costs less than a tenth of a reading.

use crate::Frame;

/// Rows between two that are looked at: the middle of a pattern is three modules high.
const ROW_STEP: usize = 3;
/// Changes of light up to this many levels are grain, however clear the picture is.
const LEAST_GRAIN: i32 = 10;
/// Patterns that are kept; texture can have hundreds that look like one.
const MOST_FINDERS: usize = 400;

/// One finder pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FinderPattern {
    /// Its middle, in pixels of the frame.
    pub x: f32,
    pub y: f32,
    /// Pixels per module.
    pub module: f32,
    /// Rows of the frame for which it was seen.
    pub rows: u32,
    /// Whether it is light on dark.
    pub inverted: bool,
}

impl FinderPattern {
    /// Whether it was seen for a module of its three at least: texture is not.
    pub(crate) fn is_sure(&self) -> bool {
        self.rows as f32 >= self.module
    }
}

/// How far apart rows are looked at at first: half of a label's in a camera's frame.
pub(crate) fn coarse_step(frame: &Frame) -> usize {
    (frame.height() / 120).max(ROW_STEP)
}

/// Which runs are a finder pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuietZone {
    /// Five as they should be.
    Present,
    /// One of the outer two may be longer: without a quiet zone it goes on in what surrounds the
    /// code.
    Absent,
}

/// The finder patterns of a frame, those seen in most rows first; `step` is how many rows apart
/// it is looked at, [`ROW_STEP`] at least.
pub(crate) fn finders(frame: &Frame, step: usize, quiet_zone: QuietZone) -> Vec<FinderPattern> {
    let step = step.max(ROW_STEP);
    let mut found: Vec<FinderPattern> = Vec::new();
    let mut edges: Vec<Edge> = Vec::new();
    let grain = noise_of(frame);
    let mut y = step / 2;
    while y < frame.height() {
        edges.clear();
        cut(frame.row_clamped(y as isize), grain, &mut edges);
        quiet_zone.close(&mut edges, frame.width());
        for six in edges.windows(6) {
            let Some(across) = quiet_zone.pattern(six) else { continue };
            let Some(finder) = cross_check(frame, six, across, y, grain, quiet_zone) else {
                continue;
            };
            merge(&mut found, FinderPattern { rows: step as u32, ..finder });
        }
        y += step;
    }
    sort(&mut found);
    found
}

/// What noise does to a picture: five times the median difference between neighbours, of which
/// most lie on something plain.
fn noise_of(frame: &Frame) -> i32 {
    let mut differences = [0_u32; 256];
    let mut count = 0;
    for row in frame.rows().step_by(16) {
        for (a, b) in row.iter().zip(row.iter().skip(1)).step_by(4) {
            differences[usize::from(a.abs_diff(*b))] += 1;
            count += 1;
        }
    }
    let mut seen = 0;
    let median = differences.iter().position(|&pixels| {
        seen += pixels;
        2 * seen > count
    });
    LEAST_GRAIN.max(5 * median.unwrap_or(0) as i32)
}

/// Those seen in most rows first; ties by size and place, so that the order is the same everywhere.
///
/// By insertion: there are few, and each sort of the standard library is 2 kB of the first load.
fn sort(finders: &mut [FinderPattern]) {
    let before = |a: &FinderPattern, b: &FinderPattern| {
        (a.rows, a.module, b.y, b.x) > (b.rows, b.module, a.y, a.x)
    };
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
pub(crate) struct Edge {
    pub at: f32,
    /// Whether what follows is dark.
    pub falls: bool,
}

/// Finds the edges of a row, which fall and rise by turns; changes up to `grain` levels are none.
pub(crate) fn cut(row: &[u8], grain: i32, edges: &mut Vec<Edge>) {
    let Some(&first) = row.first() else { return };
    // The extremes since the last edge, and where each was seen last.
    let (mut low, mut low_at) = (i32::from(first), 0);
    let (mut high, mut high_at) = (low, 0);
    let mut rising = None;
    for (x, &pixel) in row.iter().enumerate() {
        let value = i32::from(pixel);
        // A change counts if it is a third of the one before it: next to bold print, grain is not.
        let least = grain.max((high - low) / 3);
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
                if high - low > grain {
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
        return Edge { at: 0.0, falls };
    }
    let (before, after) = (f32::from(row[at - 1]), f32::from(row[at]));
    let share = if before == after { 0.5 } else { (middle as f32 - before) / (after - before) };
    Edge { at: at as f32 - 0.5 + share.clamp(0.0, 1.0), falls }
}

impl QuietZone {
    /// The module of five runs between six edges, if they are as 1 : 1 : 3 : 1 : 1.
    fn pattern(self, edges: &[Edge]) -> Option<f32> {
        let runs = [0, 1, 2, 3, 4].map(|i| edges[i + 1].at - edges[i].at);
        let closed = is_pattern(runs);
        if closed.is_some() || self == Self::Present {
            return closed;
        }
        // The longer one as long as the other.
        let mut runs = runs;
        let least = runs[0].min(runs[4]);
        (runs[0], runs[4]) = (least, least);
        is_pattern(runs)
    }

    /// Where what surrounds the code goes on to the end of a line, there is an edge.
    fn close(self, edges: &mut Vec<Edge>, length: usize) {
        let (Self::Absent, Some(first), Some(last)) = (self, edges.first(), edges.last()) else {
            return;
        };
        let (before, after) = (!first.falls, !last.falls);
        edges.push(Edge { at: length as f32, falls: after });
        edges.insert(0, Edge { at: 0.0, falls: before });
    }
}

pub(crate) fn is_pattern(runs: [f32; 5]) -> Option<f32> {
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
fn cross_check(
    frame: &Frame,
    six: &[Edge],
    across: f32,
    y: usize,
    grain: i32,
    quiet_zone: QuietZone,
) -> Option<FinderPattern> {
    let inverted = !six[0].falls;
    let x = (six[2].at + six[3].at) / 2.0;
    let luma = frame.luma();
    let (width, height) = (frame.width(), frame.height());
    let column = (x.max(0.0) as usize).min(width - 1);
    let reach = (9.0 * across) as usize + 2;
    let (top, bottom) = (y.saturating_sub(reach), (y + reach).min(height));
    let levels = (top..bottom).map(|row| luma[row * width + column]);
    let (middle, module) = pattern_in(levels, (y - top) as f32 + 0.5, inverted, grain, quiet_zone)?;
    if module > 2.6 * across || across > 2.6 * module {
        return None;
    }
    let y = top as f32 + middle;
    let row = (y as usize).min(height - 1);
    let (left, right) = (column.saturating_sub(reach), (column + reach).min(width));
    let levels = luma[row * width + left..row * width + right].iter().copied();
    let (middle, again) =
        pattern_in(levels, (column - left) as f32 + 0.5, inverted, grain, quiet_zone)?;
    Some(FinderPattern {
        x: left as f32 + middle,
        y,
        module: (again + module) / 2.0,
        rows: 1,
        inverted,
    })
}

/// The finder pattern in a line of levels whose middle run holds a place: the middle of that run,
/// and the size of a module.
fn pattern_in(
    levels: impl Iterator<Item = u8>,
    place: f32,
    inverted: bool,
    grain: i32,
    quiet_zone: QuietZone,
) -> Option<(f32, f32)> {
    /// Samples of a line; a larger pattern is found in a smaller frame.
    const LONGEST: usize = 1024;
    let mut line = [0; LONGEST];
    let mut length = 0;
    for (sample, level) in line.iter_mut().zip(levels) {
        *sample = level;
        length += 1;
    }
    let mut edges = Vec::new();
    cut(&line[..length], grain, &mut edges);
    quiet_zone.close(&mut edges, length);
    let core = edges
        .windows(2)
        .position(|two| two[0].falls != inverted && two[0].at <= place && place <= two[1].at)?;
    let six = edges.get(core.checked_sub(2)?..core + 4)?;
    Some(((six[2].at + six[3].at) / 2.0, quiet_zone.pattern(six)?))
}

/// Adds a pattern to those known, or to the one that it is.
fn merge(found: &mut Vec<FinderPattern>, seen: FinderPattern) {
    for known in found.iter_mut() {
        let near = known.module.max(seen.module) * 2.5;
        if (known.x - seen.x).abs() < near
            && (known.y - seen.y).abs() < near
            && known.inverted == seen.inverted
        {
            let rows = known.rows as f32;
            let more = seen.rows as f32;
            let mean = |a: f32, b: f32| (a * rows + b * more) / (rows + more);
            known.x = mean(known.x, seen.x);
            known.y = mean(known.y, seen.y);
            known.module = mean(known.module, seen.module);
            known.rows += seen.rows;
            return;
        }
    }
    if found.len() < MOST_FINDERS {
        found.push(seen);
    }
}
