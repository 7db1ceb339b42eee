//! By what an employer tells its people apart: a staff number (工号), whatever accounts somebody has.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{fault_of_line, trimmed};

/// Longest number, characters.
const LONGEST: usize = 40;

/// A staff number. It names a person: it is kept sealed, and neither logged nor audited.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonNumber(String);

impl PersonNumber {
    /// The number that somebody typed: capitals and blanks tell nobody apart. `None` where it is none.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = trimmed(typed);
        let number: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let number = number.to_uppercase();
        let length = number.chars().count();
        let is_one = (1..=LONGEST).contains(&length) && fault_of_line(typed).is_none();
        is_one.then_some(Self(number))
    }
}

impl fmt::Debug for PersonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonNumber")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desk_d7_a_staff_number_is_one_however_it_is_typed_and_is_not_told() {
        let number = PersonNumber::parse("DQ-00817");
        assert!(number.is_some());
        for same in [" dq-00817 ", "DQ - 00817", "dq-00817\u{200B}"] {
            assert_eq!(PersonNumber::parse(same), number, "{same:?}");
        }
        assert_ne!(PersonNumber::parse("DQ-00818"), number);
        for none in ["", " ", "\u{3164}", "a\nb", "a\u{202E}b", &"1".repeat(LONGEST + 1)] {
            assert_eq!(PersonNumber::parse(none), None, "{none:?}");
        }
        assert!(!format!("{number:?}").contains("817"));
    }
}
