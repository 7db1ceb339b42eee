//! What a search says of sites, and how many it tells there are.

use domain::suitability::Answer;

/// Counts below this are told as *fewer than* it, where the register is not an open one (rule M4).
pub const FEW: usize = 5;

/// What a search says of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Band {
    /// It suits, or suits if what must be obtained is.
    #[default]
    Yes,
    /// It cannot be said.
    Maybe,
    /// It does not.
    No,
}

impl Band {
    /// All, the best first.
    pub const ALL: [Self; 3] = [Self::Yes, Self::Maybe, Self::No];

    /// The band of what a site is told alone.
    #[must_use]
    pub const fn of(answer: Answer) -> Self {
        match answer {
            Answer::Suits | Answer::SuitsIf => Self::Yes,
            Answer::CannotBeSaid => Self::Maybe,
            Answer::DoesNot => Self::No,
        }
    }

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Maybe => "maybe",
            Self::No => "no",
        }
    }

    /// The band of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.name() == name)
    }
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// One to [`FEW`] less one, and how many exactly is not told.
    Few,
    /// Just so many.
    Exactly(usize),
}

impl Count {
    /// Of so many, rounded where that must be.
    #[must_use]
    pub const fn of(count: usize, rounded: bool) -> Self {
        if rounded && count > 0 && count < FEW { Self::Few } else { Self::Exactly(count) }
    }

    /// So many at least.
    #[must_use]
    pub const fn least(self) -> usize {
        match self {
            Self::Few => 1,
            Self::Exactly(count) => count,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_none(self) -> bool {
        matches!(self, Self::Exactly(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m4_one_to_four_are_few_where_counts_are_rounded() {
        for (count, told) in [(0, Count::Exactly(0)), (1, Count::Few), (4, Count::Few)] {
            assert_eq!(Count::of(count, true), told);
        }
        assert_eq!(Count::of(5, true), Count::Exactly(5));
        assert_eq!(Count::of(3, false), Count::Exactly(3));
        assert!(Count::Few.least() == 1 && !Count::Few.is_none());
    }
}
