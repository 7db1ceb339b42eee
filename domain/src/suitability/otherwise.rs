//! What is said beside a verdict of one site alone: what would have to be different, and what else it suits as it is.
//! Both ask the same of other uses, each of which is judged once.

use jiff::civil::Date;

use super::{
    change::Changes,
    fact::Facts,
    model::RuleSet,
    others::{AsItIs, OtherUses},
};

/// Both.
#[derive(Clone, Debug, PartialEq)]
pub struct Otherwise {
    /// What would have to be different.
    pub changes: Changes,
    /// What else it suits.
    pub other_uses: OtherUses,
}

impl RuleSet {
    /// What is said beside the verdict of a site for the use at that position.
    #[must_use]
    pub fn otherwise(&self, use_at: usize, facts: &Facts, on: Date) -> Otherwise {
        let site = AsItIs::new(self, facts, on);
        let changes = self.changes(use_at, &site);
        Otherwise { changes, other_uses: site.other_uses(use_at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suitability::embedded;

    #[test]
    fn sites_s7_each_other_use_is_judged_once() {
        let on = jiff::civil::date(2026, 11, 29);
        let set = embedded().in_force("zhejiang", on).unwrap();
        let facts = Facts::default();
        let site = AsItIs::new(set, &facts, on);
        for at in 0..set.uses.len() {
            let first = site.possible(at).unwrap();
            assert!(std::ptr::eq(first, site.possible(at).unwrap()), "{at}");
            assert_eq!(Some(first), set.possible_of_one(at, &facts, on).as_ref(), "{at}");
        }
        assert!(site.possible(set.uses.len()).is_none());
    }
}
