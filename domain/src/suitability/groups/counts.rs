//! Counts of clusters that say something of a site. Whether there is none, one, or several is all that matters.

use super::flags::{DOES_NOT, SUITS, SUITS_IF};

/// None, one, or several.
pub(super) type Count = u8;

pub(super) const fn plus(a: Count, b: Count) -> Count {
    if a + b > 2 { 2 } else { a + b }
}

/// Without one of them; of several some are left.
pub(super) const fn less(count: Count, one: bool) -> Count {
    if one { count - 1 } else { count }
}

/// By how many clusters each outcome is possible or not, in one assignment of the common questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Counts {
    /// By how many the site may fail.
    fails: Count,
    /// In how many *suits* is not possible.
    pub(super) lacks: Count,
    /// In how many nothing better than *does not* is.
    pub(super) worst: Count,
    /// By how many *suits if* is.
    may: Count,
}

impl Counts {
    pub(super) const NONE: Self = Self { fails: 0, lacks: 0, worst: 0, may: 0 };

    pub(super) const fn of(set: u8) -> Self {
        Self {
            fails: (set & DOES_NOT != 0) as u8,
            lacks: (set & SUITS == 0) as u8,
            worst: (set & (SUITS | SUITS_IF) == 0) as u8,
            may: (set & SUITS_IF != 0) as u8,
        }
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            fails: plus(self.fails, other.fails),
            lacks: plus(self.lacks, other.lacks),
            worst: plus(self.worst, other.worst),
            may: plus(self.may, other.may),
        }
    }

    /// With what one cluster says put in the place of what it said.
    pub(super) const fn instead(self, said: u8, says: u8) -> Self {
        let said = Self::of(said);
        let rest = Self {
            fails: less(self.fails, said.fails == 1),
            lacks: less(self.lacks, said.lacks == 1),
            worst: less(self.worst, said.worst == 1),
            may: less(self.may, said.may == 1),
        };
        rest.and(Self::of(says))
    }

    /// The outcomes that are possible.
    pub(super) const fn set(self) -> u8 {
        let mut set = if self.fails > 0 { DOES_NOT } else { 0 };
        if self.lacks == 0 {
            set |= SUITS;
        }
        if self.worst == 0 && self.may > 0 {
            set |= SUITS_IF;
        }
        set
    }
}
