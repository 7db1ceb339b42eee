//! What clusters say of a site, put together: what is possible by all is the worst of what is possible by each, so
//! that it is enough to know whether none, one or several of them say something.

use super::{
    counts::{Count, Counts, less, plus},
    flags::{
        ALL_DIFFERENCES, ASKED, CONDITION, CONDITION_OPEN, DOES_NOT, FROM_IF, FROM_NO, HARD,
        HARD_OPEN, NEVER_FROM_IF, NEVER_TO_IF, SUITS, SUITS_IF, TO_IF, TO_NO, both, differences,
        kleene,
    },
    weighing::Weight,
};
use crate::suitability::{fact::FactKey, outcome::Answer};

/// Flags that are counted.
const FLAGS: [u32; 6] = [HARD, HARD_OPEN, CONDITION, CONDITION_OPEN, ASKED[0], ASKED[1]];
/// Logarithms of ways to the base of two, in steps of which 2^24 are one: products of whole numbers are told apart
/// by them up to the most ways that are looked at.
const STEPS: f64 = 16_777_216.0;
/// The logarithm of the most ways, and what roundings of 63 clusters come to at most.
const MOST_LOG: u32 = (16 << 24) + 64;
/// More than this is too much, whatever one cluster is left out.
const ENOUGH_LOG: u32 = 64 << 24;

/// A state of a cluster, by the cluster's place among those of the use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Leaf {
    pub(super) place: u32,
    pub(super) state: u32,
}

/// What some of the clusters say of a site, as far as it makes a difference to what all say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Said<const A: usize> {
    counts: [Counts; A],
    /// By how many clusters the site may fail whatever the assignment, and by which if it is one.
    fails: (Count, Leaf),
    /// By how many *suits if* is possible, and by which.
    may: (Count, Leaf),
    flags: [Count; 6],
    differences: u32,
    log: u32,
    /// Facts that decide between *suits* and *suits if*, and for or against *does not*, as long as no other
    /// cluster has decided.
    one: [u64; A],
    two: [u64; A],
    lacking: u64,
    axes: u64,
}

/// What a search has to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<const A: usize> {
    /// The assignments, by how the common questions come out.
    pub(super) places: [usize; A],
    /// Whether there may be too many ways for some sites.
    pub(super) limited: bool,
    /// Whether there may be more facts than are told apart.
    pub(super) many: bool,
}

impl<const A: usize> Said<A> {
    pub(super) const NOTHING: Self = Self {
        counts: [Counts::NONE; A],
        fails: (0, Leaf { place: 0, state: 0 }),
        may: (0, Leaf { place: 0, state: 0 }),
        flags: [0; 6],
        differences: 0,
        log: 0,
        one: [0; A],
        two: [0; A],
        lacking: 0,
        axes: 0,
    };

    /// What one cluster says; `bits` has the bit of a fact.
    pub(super) fn of(
        weight: &Weight,
        leaf: Leaf,
        wanted: &Wanted<A>,
        bits: &impl Fn(&FactKey) -> u64,
    ) -> Self {
        let all = wanted.places.iter().fold(0, |all, place| all | weight.sets[*place]);
        let by = |is_it: bool| if is_it { (1, leaf) } else { (0, Leaf::default()) };
        let mut said = Self {
            counts: wanted.places.map(|place| Counts::of(weight.sets[place])),
            fails: by(all & DOES_NOT != 0),
            may: by(all & SUITS_IF != 0),
            flags: FLAGS.map(|flag| u8::from(weight.flags & flag != 0)),
            differences: weight.flags & ALL_DIFFERENCES,
            ..Self::NOTHING
        };
        for (fact, one, two) in &weight.turns {
            for (at, place) in wanted.places.iter().enumerate() {
                said.one[at] |= if one >> place & 1 == 1 { bits(fact) } else { 0 };
                said.two[at] |= if two >> place & 1 == 1 { bits(fact) } else { 0 };
            }
        }
        if wanted.limited {
            said.log = log(weight.ways);
        }
        if wanted.limited || wanted.many {
            said.lacking = weight.lacking.iter().fold(0, |all, fact| all | bits(fact));
        }
        if wanted.many {
            said.axes = weight.axes.iter().fold(0, |all, fact| all | bits(fact));
        }
        said.plain(wanted)
    }

    pub(super) fn and(&self, other: &Self, wanted: &Wanted<A>) -> Self {
        let by = |one: (Count, Leaf), other: (Count, Leaf)| match (one.0, other.0) {
            (_, 0) => one,
            (0, _) => other,
            _ => (2, Leaf::default()),
        };
        let mut said = Self {
            fails: by(self.fails, other.fails),
            may: by(self.may, other.may),
            differences: self.differences | other.differences,
            log: (self.log + other.log).min(ENOUGH_LOG),
            lacking: self.lacking | other.lacking,
            axes: self.axes | other.axes,
            ..Self::NOTHING
        };
        for at in 0..self.flags.len() {
            said.flags[at] = plus(self.flags[at], other.flags[at]);
        }
        // What decides in one cluster matters unless another one has decided already.
        let turns = |mine: (Count, u64), theirs: (Count, u64)| match (mine.0, theirs.0) {
            (0, 0) => mine.1 | theirs.1,
            (1, 0) => mine.1,
            (0, 1) => theirs.1,
            _ => 0,
        };
        for at in 0..A {
            let (mine, theirs) = (self.counts[at], other.counts[at]);
            said.counts[at] = mine.and(theirs);
            said.one[at] = turns((mine.lacks, self.one[at]), (theirs.lacks, other.one[at]));
            said.two[at] = turns((mine.worst, self.two[at]), (theirs.worst, other.two[at]));
        }
        said.plain(wanted)
    }

    /// Without what makes no difference any more.
    fn plain(mut self, wanted: &Wanted<A>) -> Self {
        if self.flags[0] > 0 {
            (self.one, self.two) = ([0; A], [0; A]);
            (self.lacking, self.axes, self.differences) = (0, 0, 0);
        }
        if !wanted.limited {
            self.flags =
                [self.flags[0].min(1), 0, 0, 0, self.flags[4].min(1), self.flags[5].min(1)];
        }
        self
    }

    /// The outcomes that are possible, and whether there were too many ways to look at.
    pub(super) fn set(&self, wanted: &Wanted<A>) -> (u8, bool) {
        settled(self.flags, self.log, self.counts.map(Counts::set), wanted)
    }

    /// What is possible if one cluster says something else.
    pub(super) fn instead(&self, said: &Weight, says: &Weight, wanted: &Wanted<A>) -> u8 {
        let mut sets = [0; A];
        for (at, place) in wanted.places.iter().enumerate() {
            sets[at] = self.counts[at].instead(said.sets[*place], says.sets[*place]).set();
        }
        let mut flags = [0; 6];
        let mut left = 0;
        if wanted.limited {
            for (at, flag) in FLAGS.iter().enumerate() {
                let rest = less(self.flags[at], said.flags & flag != 0);
                flags[at] = plus(rest, u8::from(says.flags & flag != 0));
            }
            // Of too much, too much is left.
            left = match self.log {
                ENOUGH_LOG => ENOUGH_LOG,
                log => log - self::log(said.ways) + self::log(says.ways),
            };
        }
        settled(flags, left, sets, wanted).0
    }

    /// The facts that it turns on; `common` are the open common questions, each by its place with its bit.
    pub(super) fn matter(&self, common: &[(usize, u64)], wanted: &Wanted<A>, most: u32) -> u64 {
        let asked = common.iter().filter(|(question, _)| self.flags[4 + question] > 0);
        let asked = asked.fold(0, |all, (_, bit)| all | bit);
        if self.set(wanted).1 || (self.axes | asked).count_ones() > most {
            return self.lacking;
        }
        let decides = |(question, _): &&(usize, u64)| self.turns_on(*question, wanted);
        let matter = common.iter().filter(decides).fold(0, |all, (_, bit)| all | bit);
        self.one.iter().chain(&self.two).fold(matter, |all, own| all | own)
    }

    /// Whether the answer to a common question makes a difference, whatever that to the other one is.
    fn turns_on(&self, question: usize, wanted: &Wanted<A>) -> bool {
        let counts = |assignment: usize| {
            let at = wanted.places.iter().position(|place| *place == assignment)?;
            Some(self.counts[at])
        };
        (0..2).any(|other| {
            let (from, to) = both(question, other);
            let (Some(from), Some(to)) = (counts(from), counts(to)) else { return false };
            let has = |flag: u32| self.differences >> differences(question, other) & flag != 0;
            from.worst == 0 && has(TO_NO)
                || to.worst == 0 && has(FROM_NO)
                || !has(NEVER_TO_IF) && has(TO_IF)
                || !has(NEVER_FROM_IF) && has(FROM_IF)
        })
    }

    /// The one cluster that may keep the site from fitting; none where it is several.
    pub(super) fn kept_by(&self) -> Option<Leaf> {
        match (self.fails, self.may) {
            ((1, leaf), _) | ((0, _), (1, leaf)) => Some(leaf),
            _ => None,
        }
    }

    /// Whether the site cannot fail by any of them.
    pub(super) const fn is_safe(&self) -> bool {
        self.fails.0 == 0
    }
}

/// Whether there are too many ways, with common questions that are open in some rule.
fn settled<const A: usize>(
    flags: [Count; 6],
    log: u32,
    sets: [u8; A],
    wanted: &Wanted<A>,
) -> (u8, bool) {
    let exact = sets.iter().fold(0, |all, set| all | set);
    if !wanted.limited {
        return (exact, false);
    }
    let on = (0..FLAGS.len()).filter(|at| flags[*at] > 0).fold(0, |all, at| all | FLAGS[at]);
    let by_kleene = kleene(on);
    let asked = u32::from(flags[4].min(1)) + u32::from(flags[5].min(1));
    match by_kleene.is_power_of_two() {
        true => (by_kleene, false),
        false if log + (asked << 24) > MOST_LOG => (by_kleene, true),
        false => (exact, false),
    }
}

fn log(ways: u32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "up to 17 times 2^24"
    )]
    let steps = (f64::from(ways).log2() * STEPS).round() as u32;
    steps
}

/// What can be said where these outcomes are possible.
pub(super) const fn answer(set: u8) -> Answer {
    match set {
        SUITS => Answer::Suits,
        SUITS_IF => Answer::SuitsIf,
        DOES_NOT => Answer::DoesNot,
        _ => Answer::CannotBeSaid,
    }
}
