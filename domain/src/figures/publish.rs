//! What is published of what was counted.

use std::collections::BTreeMap;

/// The least count that is told. Source: own decision (rule S12): twice what
/// searches for sites keep to (rule M4), for behind these are people.
pub const LEAST: u32 = 10;

/// What is told is a multiple of this.
pub const STEP: u32 = 5;

/// Percent in a band of satisfaction: a share is told by the lower end of its band.
pub const BAND: u32 = 5;

/// A count as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Below [`LEAST`]; none is among it.
    Few,
    /// So many, rounded down to a multiple of [`STEP`].
    Count(u32),
    /// Of a sum: so many or more, for one of its parts is few.
    AtLeast(u32),
    /// Of a sum: every part is few, and nothing is told.
    Withheld,
}

/// What is said of a service, or of all services of a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Received in the window.
    pub received: Shown,
    /// Decided or returned in it, whenever they were received.
    pub decided: Shown,
    /// Taken back by their applicants in it.
    pub withdrawn: Shown,
    /// Open at its end, whenever they were received.
    pub open: Shown,
    /// Of these: past the time that the law allows; `None` where it sets no number of days.
    pub overdue: Option<Shown>,
    /// Median of working days from the day on which a request was received to that on which it was decided
    /// or returned; `None` where fewer than [`LEAST`] are known.
    pub days: Option<u32>,
    /// Of those that ended in the window and were rated: percent of the three better grades, as the lower end
    /// of a band of 5; `None` where fewer than [`LEAST`] were rated.
    pub satisfied: Option<u32>,
}

impl Line {
    /// Whether no count is told.
    pub(super) fn is_silent(&self) -> bool {
        let Self { received, decided, withdrawn, open, .. } = self;
        let is_told = |shown: &&Shown| !matches!(shown, Shown::Few | Shown::Withheld);
        ![received, decided, withdrawn, open].iter().any(is_told)
    }
}

/// What was counted of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) received: u32,
    pub(super) decided: u32,
    pub(super) withdrawn: u32,
    pub(super) open: u32,
    /// `None` where the law sets no number of days.
    pub(super) overdue: Option<u32>,
    /// How many took so many working days.
    pub(super) days: BTreeMap<u32, u32>,
    pub(super) rated: u32,
    pub(super) satisfied: u32,
}

impl Counts {
    /// What came in, in parts: what became of it by the end of the window, or that it is open. They are all of it where
    /// nothing came in before the window.
    const fn parts(&self) -> [u32; 3] {
        [self.decided, self.withdrawn, self.open]
    }
}

/// What is told of a service. `whole` where nothing of any service counts that came in before the window: then what came in is the sum of
/// what was decided, taken back and is open, and is told as every sum is, for it would else lead to the fourth.
pub(super) fn line(counts: &Counts, whole: bool) -> Line {
    let Counts { received, decided, withdrawn, open, overdue, days, rated, satisfied } = counts;
    Line {
        received: if whole { sum_shown(&counts.parts()) } else { shown(*received) },
        decided: shown(*decided),
        withdrawn: shown(*withdrawn),
        open: shown(*open),
        overdue: overdue.map(shown),
        days: median(days),
        satisfied: share(*satisfied, *rated),
    }
}

/// What is told of services together; `whole` as for [`line`].
pub(super) fn line_of_all(all: &[&Counts], whole: bool) -> Line {
    let sum = |part: fn(&Counts) -> u32| {
        sum_shown(&all.iter().map(|counts| part(counts)).collect::<Vec<u32>>())
    };
    let limited: Vec<u32> = all.iter().filter_map(|counts| counts.overdue).collect();
    let mut days: BTreeMap<u32, u32> = BTreeMap::new();
    let told = all.iter().filter(|counts| counts.days.values().sum::<u32>() >= LEAST);
    for (day, count) in told.flat_map(|counts| &counts.days) {
        *days.entry(*day).or_default() += count;
    }
    let rated: Vec<_> = all.iter().filter(|counts| counts.rated >= LEAST).collect();
    let satisfied = rated.iter().map(|counts| counts.satisfied).sum();
    let rated = rated.iter().map(|counts| counts.rated).sum();
    let came_in = all.iter().flat_map(|counts| counts.parts()).collect::<Vec<u32>>();
    Line {
        received: if whole { sum_shown(&came_in) } else { sum(|counts| counts.received) },
        decided: sum(|counts| counts.decided),
        withdrawn: sum(|counts| counts.withdrawn),
        open: sum(|counts| counts.open),
        overdue: (!limited.is_empty()).then(|| sum_shown(&limited)),
        days: median(&days),
        satisfied: share(satisfied, rated),
    }
}

fn shown(count: u32) -> Shown {
    if count < LEAST { Shown::Few } else { Shown::Count(rounded(count)) }
}

/// A sum, made of nothing but what is told of its parts.
fn sum_shown(parts: &[u32]) -> Shown {
    let told: u32 = parts.iter().filter(|part| **part >= LEAST).sum();
    if parts.iter().all(|part| *part >= LEAST) {
        Shown::Count(rounded(told))
    } else if told == 0 {
        Shown::Withheld
    } else {
        Shown::AtLeast(rounded(told))
    }
}

const fn rounded(count: u32) -> u32 {
    count - count % STEP
}

/// The lower median, where enough are known.
fn median(days: &BTreeMap<u32, u32>) -> Option<u32> {
    let known: u32 = days.values().sum();
    if known < LEAST {
        return None;
    }
    let mut before = 0;
    days.iter().find_map(|(day, count)| {
        before += count;
        (before >= known.div_ceil(2)).then_some(*day)
    })
}

/// The lower end of the band that a share is in, percent; the last band has the whole in it.
fn share(part: u32, whole: u32) -> Option<u32> {
    if whole < LEAST {
        return None;
    }
    let percent = u32::try_from(u64::from(part) * 100 / u64::from(whole)).unwrap_or(100);
    Some((percent - percent % BAND).min(100 - BAND))
}
