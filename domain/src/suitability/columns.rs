//! *Where could I?* The same rules over many sites at once: two bits for each atom and site say whether
//! it holds and whether that is known, and the tree that judges one site is worked on them as bits.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    bits::{Bits, Column},
    model::{Kind, RuleSet},
    outcome::{Outcome, Possible},
    tree::Atom,
};

/// What is possible of every site, by strong Kleene logic: that of one site is
/// [`RuleSet::possible_by_kleene`] (rule *sites Q1*).
#[derive(Clone, Debug)]
pub struct Columns {
    hard: Column,
    condition: Column,
}

impl RuleSet {
    /// The use at that position over `len` sites, of which `column` says how an atom stands.
    pub fn search(
        &self,
        use_at: usize,
        len: usize,
        on: Date,
        column: &mut impl FnMut(&Atom) -> Column,
    ) -> Columns {
        let rules: Vec<(Kind, Column)> = self
            .rules_for(use_at, on)
            .map(|rule| (rule.kind, rule.stands.column(len, column)))
            .collect();
        Columns::of(len, rules.iter().map(|(kind, stands)| (*kind, stands)))
    }
}

impl Columns {
    /// Of rules of which it is known at which sites each stands in the way. Where no rule speaks of a use,
    /// nobody says anything of it.
    pub(super) fn of<'a>(len: usize, rules: impl Iterator<Item = (Kind, &'a Column)>) -> Self {
        let all = |unknown| Column { yes: Bits::all(len, false), unknown: Bits::all(len, unknown) };
        let mut rules = rules.peekable();
        let silent = rules.peek().is_none();
        let mut found = Self { hard: all(silent), condition: all(silent) };
        for (kind, stands) in rules {
            let part = match kind {
                Kind::Hard => &mut found.hard,
                Kind::Condition => &mut found.condition,
            };
            *part = part.clone().or(stands);
        }
        found
    }

    /// Where nothing stands in the way.
    #[must_use]
    pub fn suits(&self) -> Bits {
        self.hard.possible().or(&self.condition.possible()).not()
    }

    /// Where something must be obtained and nothing else stands in the way.
    #[must_use]
    pub fn suits_if(&self) -> Bits {
        self.hard.possible().not().and(&self.condition.yes)
    }

    /// Where a hard rule stands in the way.
    #[must_use]
    pub fn does_not(&self) -> Bits {
        self.hard.yes.clone()
    }

    /// Where it cannot be said.
    #[must_use]
    pub fn cannot_be_said(&self) -> Bits {
        self.suits().or(&self.suits_if()).or(&self.does_not()).not()
    }

    /// What is possible of one of the sites.
    #[must_use]
    pub fn possible(&self, at: usize) -> Possible {
        let ways = |column: &Column| match (column.yes.get(at), column.unknown.get(at)) {
            (_, true) => vec![true, false],
            (yes, false) => vec![yes],
        };
        let mut outcomes = BTreeSet::new();
        for hard in ways(&self.hard) {
            outcomes.extend(ways(&self.condition).into_iter().map(|it| Outcome::of(hard, it)));
        }
        Possible { outcomes, exact: false }
    }
}
