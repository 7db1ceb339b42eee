//! What is tried on one frame, and in which order.
//!
//! Most steps look only at the regions that finder patterns span, cut out and brought to a few
//! pixels per module: a region is a tenth of a frame, large codes shrink and small ones grow to
//! what the decoder likes, and a threshold taken from the code's own surroundings is the right one.
//! Steps are in the order of what they win per millisecond, measured on real and synthetic frames
//! (`README.md`); steps of a decoder that is not there are left out.

use crate::decoder::quirc::QuircDecoder;
use crate::locate::{Finder, finders};
use crate::payload::merge;
use crate::prepare::{self, Ink};
use crate::region::{Region, regions};
use crate::{Frame, Payload, SecondDecoder};

/// Which frame finder patterns are sought in and regions are cut out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// The frame as it is.
    Plain,
    /// With its grain smoothed: noise and screens.
    Smooth,
    /// At half its size: large or coarse codes, strong noise.
    Half,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    First,
    Second,
}

/// Finder patterns in a region beyond which quircs is not asked: it pairs those of different codes,
/// and can spiral for seconds from where such a code would end.
const MOST_CROWD: u32 = 10;

impl Reader {
    /// The longest side of a region that it gets, in pixels. The time that quircs can lose in a
    /// degenerate frame grows with the fourth power of it.
    fn longest(self) -> usize {
        match self {
            Self::First => 900,
            Self::Second => 1600,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// The regions, at so many pixels per module; 0 leaves them as large as they are.
    Regions(Sight, u8),
    /// The whole frame, shrunk by this.
    Whole(usize),
}

#[derive(Clone, Copy, Debug)]
struct Step {
    reader: Reader,
    place: Place,
    ink: Ink,
}

const fn first(sight: Sight, module: u8, ink: Ink) -> Step {
    Step { reader: Reader::First, place: Place::Regions(sight, module), ink }
}

const fn second(sight: Sight, module: u8, ink: Ink) -> Step {
    Step { reader: Reader::Second, place: Place::Regions(sight, module), ink }
}

const fn whole(by: usize) -> Step {
    Step { reader: Reader::Second, place: Place::Whole(by), ink: Ink::Blocks }
}

const fn around(modules: u8, percent: u8) -> Ink {
    Ink::Around { modules, percent }
}

/// The ladder.
const STEPS: [Step; 22] = [
    second(Sight::Plain, 4, around(8, 5)),
    second(Sight::Smooth, 4, around(5, 3)),
    second(Sight::Plain, 3, around(5, 0)),
    second(Sight::Half, 0, around(14, 8)),
    second(Sight::Plain, 0, around(5, 3)),
    first(Sight::Plain, 4, Ink::Grey),
    first(Sight::Smooth, 4, around(5, 3)),
    first(Sight::Plain, 0, around(5, 3)),
    whole(1),
    whole(4),
    whole(2),
    first(Sight::Plain, 6, around(14, 8)),
    second(Sight::Plain, 4, around(14, 8)),
    first(Sight::Half, 3, around(14, 8)),
    second(Sight::Smooth, 4, Ink::Sharp),
    second(Sight::Half, 0, around(5, 3)),
    first(Sight::Half, 0, around(5, 0)),
    first(Sight::Smooth, 4, Ink::Grey),
    second(Sight::Half, 3, around(8, 5)),
    first(Sight::Plain, 8, Ink::Sharp),
    first(Sight::Smooth, 4, Ink::Sharp),
    first(Sight::Half, 0, Ink::Blocks),
];

/// Steps at the start that every live frame gets.
pub(crate) const FIRST_STEPS: usize = 2;

/// The decoder that may be there beside the first.
pub(crate) type Second<'s> = Option<&'s mut (dyn SecondDecoder + 's)>;

/// The decoders that are there.
pub(crate) struct Decoders<'s> {
    pub first: QuircDecoder,
    pub second: Second<'s>,
}

/// One frame and what has been found out about it.
pub(crate) struct Look<'a> {
    frame: &'a Frame,
    /// A region where a code was seen before, in pixels of the frame.
    kept: Option<Region>,
    most_regions: usize,
    sights: [Option<Seen>; 3],
}

struct Seen {
    /// Nothing if it is the frame itself.
    frame: Option<Frame>,
    finders: Vec<Finder>,
    regions: Vec<Region>,
}

impl<'a> Look<'a> {
    pub(crate) fn new(frame: &'a Frame, kept: Option<Region>, most_regions: usize) -> Self {
        Self { frame, kept, most_regions, sights: [None, None, None] }
    }

    /// The finder patterns of the frame as it is.
    pub(crate) fn finders(&mut self) -> &[Finder] {
        &self.seen(Sight::Plain).finders
    }

    /// The likeliest region of the frame as it is.
    pub(crate) fn region(&mut self) -> Option<Region> {
        self.seen(Sight::Plain).regions.first().copied().filter(|region| region.whole)
    }

    /// How many codes the finder patterns speak of.
    pub(crate) fn expected(&mut self) -> usize {
        self.seen(Sight::Plain).regions.iter().filter(|region| region.whole).count()
    }

    fn seen(&mut self, sight: Sight) -> &Seen {
        let (whole, kept, most) = (self.frame, self.kept, self.most_regions);
        self.sights[sight as usize].get_or_insert_with(|| {
            let frame = match sight {
                Sight::Plain => None,
                Sight::Smooth => Some(prepare::smooth(whole)),
                Sight::Half => Some(prepare::shrunk(whole, 2)),
            };
            let looked_at = frame.as_ref().unwrap_or(whole);
            let finders = finders(looked_at);
            let mut regions = regions(looked_at, &finders, most);
            if let Some(kept) = kept {
                let kept = if sight == Sight::Half { kept.halved() } else { kept };
                if !regions.iter().any(|region| region.whole && region.covers(&kept)) {
                    regions.push(kept.within(looked_at));
                }
            }
            Seen { frame, finders, regions }
        })
    }

    /// The steps that can be taken, by their place in the ladder.
    pub(crate) fn steps(decoders: &Decoders<'_>) -> Vec<usize> {
        let there = |step: &Step| step.reader == Reader::First || decoders.second.is_some();
        (0..STEPS.len()).filter(|&i| STEPS.get(i).is_some_and(there)).collect()
    }

    /// Takes one step: what it reads, in pixels of the frame.
    pub(crate) fn take(
        &mut self,
        step: usize,
        decoders: &mut Decoders<'_>,
        time_left: &mut dyn FnMut() -> bool,
    ) -> Vec<Payload> {
        let Some(&Step { reader, place, ink }) = STEPS.get(step) else { return Vec::new() };
        let mut found = Vec::new();
        match place {
            Place::Whole(by) => {
                if !time_left() {
                    return found;
                }
                let shown = if by == 1 { None } else { Some(prepare::shrunk(self.frame, by)) };
                let shown = shown.as_ref().unwrap_or(self.frame);
                let scale = self.frame.width() as f32 / shown.width() as f32;
                let mut payloads = read(reader, decoders, &ink.apply(shown, 0));
                for payload in &mut payloads {
                    payload.corners = payload.corners.map(|(x, y)| (x * scale, y * scale));
                }
                merge(&mut found, payloads);
            }
            Place::Regions(sight, module) => {
                let whole = self.frame;
                let seen = self.seen(sight);
                let looked_at = seen.frame.as_ref().unwrap_or(whole);
                let enlarged = whole.width() as f32 / looked_at.width() as f32;
                for region in &seen.regions {
                    if !time_left() {
                        break;
                    }
                    if reader == Reader::First && region.crowd > MOST_CROWD {
                        continue;
                    }
                    let shown = region.show(looked_at, module, reader.longest());
                    let scale = region.width as f32 / shown.width() as f32;
                    let mut payloads = read(reader, decoders, &ink.apply(&shown, module));
                    for payload in &mut payloads {
                        payload.corners = payload.corners.map(|(x, y)| {
                            let (x, y) = (x * scale, y * scale);
                            (
                                (x + region.left as f32) * enlarged,
                                (y + region.top as f32) * enlarged,
                            )
                        });
                    }
                    merge(&mut found, payloads);
                }
            }
        }
        found
    }
}

fn read(reader: Reader, decoders: &mut Decoders<'_>, frame: &Frame) -> Vec<Payload> {
    match (reader, &mut decoders.second) {
        (Reader::First, _) => decoders.first.read(frame),
        (Reader::Second, Some(second)) => second.read(frame),
        (Reader::Second, None) => Vec::new(),
    }
}
