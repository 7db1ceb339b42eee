//! Whose accounts are whose: two accounts of one person are not two people (desk D7).

use std::collections::BTreeMap;

use domain::{person_number::PersonNumber, staff::StaffId};

/// Whose some accounts are, as far as somebody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Persons(pub BTreeMap<StaffId, PersonNumber>);

impl Persons {
    fn of(&self, account: &str) -> Option<&PersonNumber> {
        self.0.get(&StaffId::parse(account)?)
    }

    /// Whether an account counts where two people are asked for. As long as nobody of an office has a number, accounts
    /// are told apart and all count, so that an upgrade stops no hall; from the first number on, only those with one.
    #[must_use]
    pub fn counts(&self, account: &str) -> bool {
        self.0.is_empty() || self.of(account).is_some()
    }

    /// Whether two accounts are one, or one person's.
    #[must_use]
    pub fn are_one(&self, one: &str, other: &str) -> bool {
        one == other || self.of(one).is_some_and(|person| self.of(other) == Some(person))
    }
}
