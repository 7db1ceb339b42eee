//! What is possible of a site and what that turns on, without evidence and without the smallest sets of
//! facts: all that a search over a whole register needs of each.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    completions::MOST_ROWS,
    fact::{FactKey, Facts},
    model::RuleSet,
    outcome::Possible,
    settle,
    verdict::Judged,
};

/// What is possible, and what it turns on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What is possible, as [`RuleSet::possible`] says it.
    pub possible: Possible,
    /// The facts that the verdict turns on, those of [`super::Settling::surely`]; where there are too many
    /// ways to look at, every one that an open rule lacks. None where the verdict is certain.
    pub matter: BTreeSet<FactKey>,
}

impl RuleSet {
    /// What is open for the use at that position, by all rules or by all but one. `None` for a use that
    /// the set does not have.
    #[must_use]
    pub fn open(
        &self,
        use_at: usize,
        facts: &Facts,
        on: Date,
        without: Option<&str>,
    ) -> Option<Open> {
        let mut judged = Judged::of(self, use_at, facts, on)?;
        if let Some(rule) = without {
            judged = judged.without(rule);
        }
        let by_kleene = judged.kleene();
        if by_kleene.len() == 1 {
            let possible = Possible { outcomes: by_kleene, exact: true };
            return Some(Open { possible, matter: BTreeSet::new() });
        }
        Some(match judged.completions(MOST_ROWS) {
            None => {
                let possible = Possible { outcomes: by_kleene, exact: false };
                Open { possible, matter: judged.lacking() }
            }
            Some(table) => {
                let rows = judged.rows(&table).0;
                let outcomes: BTreeSet<_> = rows.iter().copied().collect();
                let matter = match outcomes.len() {
                    1 => BTreeSet::new(),
                    _ => settle::matter(&table.axes(), &rows).unwrap_or_else(|| judged.lacking()),
                };
                Open { possible: Possible { outcomes, exact: true }, matter }
            }
        })
    }
}
