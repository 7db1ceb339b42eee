//! What is tried on one frame, and in which order.
//!
//! First our own reader, on the frame as it is and on others made of it in which finder patterns
//! show that blur, noise or a screen hides; then the second detector, if it is there. Steps are in
//! the order of what they win per millisecond, measured on real and synthetic frames (`README.md`).

mod preprocessed;
mod steps;

use crate::decoded_symbol::merge;
use crate::finder_pattern::FinderPattern;
use crate::grid::{Budget, Reading, read, read_with_two};
use crate::region::{Region, regions};
use crate::{Corner, DecodedSymbol, Frame, Grid, SecondDetector};
use crate::{flood_fill, preprocess};
use preprocessed::Preprocessed;
pub(crate) use steps::FIRST_STEPS;
use steps::{PREPROCESSINGS, Preprocessing, STEPS, Search, Step};

/// The longest side of a region that the second detector gets, in pixels.
const LONGEST: usize = 1600;

/// Finder patterns beyond which `quircs` is not asked about the whole frame.
const MOST_CROWD: usize = 10;

/// The decoder that may be there beside our own.
pub(crate) type Second<'s> = Option<&'s mut (dyn SecondDetector + 's)>;

/// One frame and what has been found out about it.
pub(crate) struct Analysis<'a> {
    frame: &'a Frame,
    most_regions: usize,
    preprocessed: [Option<Preprocessed>; PREPROCESSINGS],
}

impl<'a> Analysis<'a> {
    pub(crate) fn new(frame: &'a Frame, most_regions: usize) -> Self {
        let preprocessed = [const { None }; PREPROCESSINGS];
        Self { frame, most_regions, preprocessed }
    }

    /// Looks at few rows, before more is asked.
    pub(crate) fn analyse_coarsely(&mut self) {
        self.seen(Preprocessing::Coarse);
    }

    /// The finder patterns of the frame as it is.
    pub(crate) fn finders(&mut self) -> &[FinderPattern] {
        &self.seen(self.best_so_far()).finders
    }

    /// Whether anything in the frame as it is looks like a finder pattern for sure.
    pub(crate) fn sees_finders(&mut self) -> bool {
        self.seen(Preprocessing::Plain).finders.iter().any(FinderPattern::is_sure)
    }

    /// The likeliest region of the frame as it is.
    pub(crate) fn region(&mut self) -> Option<Region> {
        self.seen(self.best_so_far()).regions.first().copied()
    }

    /// What was found in most so far of the frame as it is.
    fn best_so_far(&self) -> Preprocessing {
        let has = |preprocessing: Preprocessing| {
            self.preprocessed[preprocessing as usize]
                .as_ref()
                .is_some_and(|seen| !seen.regions.is_empty())
        };
        if has(Preprocessing::Coarse) && !has(Preprocessing::Plain) {
            Preprocessing::Coarse
        } else {
            Preprocessing::Plain
        }
    }

    /// How many codes the finder patterns speak of.
    pub(crate) fn expected(&mut self) -> usize {
        self.seen(Preprocessing::Plain).regions.len()
    }

    /// Whether finder patterns beside those of what was read may be those of another code, of which
    /// few rows do not show all.
    pub(crate) fn has_more(&mut self, found: &[DecodedSymbol]) -> bool {
        let is_other = |finder: &&FinderPattern| {
            finder.is_sure() && !found.iter().any(|payload| payload.covers((finder.x, finder.y)))
        };
        let enough = if self.best_so_far() == Preprocessing::Coarse { 1 } else { 3 };
        self.finders().iter().filter(is_other).count() >= enough
    }

    fn seen(&mut self, preprocessing: Preprocessing) -> &mut Preprocessed {
        let (whole, most) = (self.frame, self.most_regions);
        self.preprocessed[preprocessing as usize].get_or_insert_with(|| {
            let frame = preprocessing.of(whole);
            let looked_at = frame.as_ref().unwrap_or(whole);
            let finders = preprocessing.finders(looked_at);
            let regions = regions(looked_at, &finders, most);
            Preprocessed { frame, inverted: None, finders, regions }
        })
    }

    /// The steps that can be taken, by their place in the ladder.
    pub(crate) fn steps(second: &Second<'_>) -> Vec<usize> {
        let there =
            |step: &Step| !matches!(step, Step::Regions(_) | Step::Whole(_)) || second.is_some();
        (0..STEPS.len()).filter(|&i| STEPS.get(i).is_some_and(there)).collect()
    }

    /// Takes one step: what it reads, in pixels of the frame.
    pub(crate) fn take(
        &mut self,
        step: usize,
        second: &mut Second<'_>,
        time_left: &mut dyn FnMut() -> bool,
    ) -> Vec<DecodedSymbol> {
        match STEPS.get(step) {
            Some(&Step::Own(preprocessing, search)) => self.read(preprocessing, search, time_left),
            Some(Step::FloodFillRegions) => self.flood_fill_regions(time_left),
            Some(Step::FloodFill) if time_left() => self.flood_fill_frame(),
            Some(&Step::Regions(module)) => self.ask_about_regions(module, second, time_left),
            Some(&Step::Whole(by)) if time_left() => self.ask_about_all(by, second),
            _ => Vec::new(),
        }
    }

    /// What our own reader makes of the preprocessed frame.
    fn read(
        &mut self,
        preprocessing: Preprocessing,
        search: Search,
        time_left: &mut dyn FnMut() -> bool,
    ) -> Vec<DecodedSymbol> {
        let whole = self.frame;
        let seen = self.seen(preprocessing);
        let mut budget = Budget::of_one_step();
        let mut found = Vec::new();
        let groups = if search == Search::TwoFinders { seen.twos() } else { seen.threes() };
        let mut used: Vec<usize> = Vec::new();
        for group in groups {
            // A finder pattern belongs to one code.
            if group.iter().any(|i| used.contains(i)) {
                continue;
            }
            if !time_left() {
                break;
            }
            let three = group.map(|i| seen.finders[i]);
            let shown = seen.dark_on_light(whole, three[0].inverted);
            let reading = match search {
                Search::TwoFinders => read_with_two(shown, [three[0], three[1]], &mut budget),
                _ => read(shown, three, search == Search::TryHarder, &mut budget),
            };
            let Some(Reading { decoded, corners }) = reading else { continue };
            used.extend(group);
            let scale = whole.width() as f32 / shown.width() as f32;
            let payload = DecodedSymbol::new(decoded.segments, decoded.part, corners);
            merge(&mut found, placed(payload, scale, (0.0, 0.0)));
        }
        found
    }

    /// What `quircs` finds in the regions.
    fn flood_fill_regions(&mut self, time_left: &mut dyn FnMut() -> bool) -> Vec<DecodedSymbol> {
        let mut found = Vec::new();
        let frame = self.frame;
        for region in &self.seen(Preprocessing::Plain).regions {
            if !time_left() {
                break;
            }
            let shown = region.show(frame, 0, LONGEST);
            let scale = region.width as f32 / shown.width() as f32;
            let start = (region.left as f32, region.top as f32);
            merge(&mut found, flood_filled(&shown, scale, start));
        }
        found
    }

    /// What `quircs` finds in the frame. It pairs finder patterns of different codes, and can spiral
    /// for seconds from where such a code would end: not in a crowd.
    fn flood_fill_frame(&mut self) -> Vec<DecodedSymbol> {
        if self.finders().len() > MOST_CROWD {
            return Vec::new();
        }
        let mut found = Vec::new();
        merge(&mut found, flood_filled(self.frame, 1.0, (0.0, 0.0)));
        found
    }

    fn ask_about_regions(
        &mut self,
        module: u8,
        second: &mut Second<'_>,
        time_left: &mut dyn FnMut() -> bool,
    ) -> Vec<DecodedSymbol> {
        let mut found = Vec::new();
        let frame = self.frame;
        for region in &self.seen(Preprocessing::Plain).regions {
            let Some(second) = second.as_mut().filter(|_| time_left()) else { break };
            let shown = region.show(frame, module, LONGEST);
            let scale = region.width as f32 / shown.width() as f32;
            let start = (region.left as f32, region.top as f32);
            merge(&mut found, placed(read_by(*second, &shown), scale, start));
        }
        found
    }

    fn ask_about_all(&self, by: usize, second: &mut Second<'_>) -> Vec<DecodedSymbol> {
        let Some(second) = second else { return Vec::new() };
        let shown = if by == 1 { None } else { Some(preprocess::shrunk(self.frame, by)) };
        let shown = shown.as_ref().unwrap_or(self.frame);
        let scale = self.frame.width() as f32 / shown.width() as f32;
        let mut found = Vec::new();
        merge(&mut found, placed(read_by(*second, shown), scale, (0.0, 0.0)));
        found
    }
}

/// What the codes say that the second detector finds.
fn read_by(second: &mut dyn SecondDetector, frame: &Frame) -> Vec<DecodedSymbol> {
    second.find(frame).iter().filter_map(Grid::read).collect()
}

/// What the codes say that `quircs` finds in a part of the frame.
fn flood_filled(shown: &Frame, scale: f32, start: Corner) -> Vec<DecodedSymbol> {
    let (grids, shrunk) = flood_fill::grids(shown);
    placed(grids.iter().filter_map(Grid::read), scale * shrunk, start)
}

/// Payloads with their corners where they are in a frame of which a part was shown.
fn placed(
    payloads: impl IntoIterator<Item = DecodedSymbol>,
    scale: f32,
    start: Corner,
) -> Vec<DecodedSymbol> {
    let mut payloads: Vec<DecodedSymbol> = payloads.into_iter().collect();
    for payload in &mut payloads {
        payload.corners = payload.corners.map(|(x, y)| (x * scale + start.0, y * scale + start.1));
    }
    payloads
}
