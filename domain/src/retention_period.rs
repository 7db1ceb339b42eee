//! A period for which requests are kept.

use jiff::{Span, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{clock::china_date, localized::Localized};

/// The longest period, months: a hundred years.
pub const LONGEST: u16 = 1_200;

/// How long the requests of an item are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Months from the day on which the request ended, in China; then it is deleted.
    pub months: u16,
    /// The law that requires it to be kept as long, in words: until then nobody deletes it. Without
    /// one the period is the operator's own, and an applicant may have it deleted before (PIPL 47).
    #[serde(default)]
    pub required_by: Option<Localized>,
}

impl Retention {
    /// The day on which what ended then is due for deletion, in China.
    #[must_use]
    pub fn until(&self, ended_at: Timestamp) -> Date {
        let ended = china_date(ended_at);
        ended
            .checked_add(Span::new().months(i64::from(self.months.min(LONGEST))))
            .unwrap_or(Date::MAX)
    }

    /// Whether what ended then is due for deletion at `now`.
    #[must_use]
    pub fn is_over(&self, ended_at: Timestamp, now: Timestamp) -> bool {
        china_date(now) >= self.until(ended_at)
    }

    /// The law that forbids to delete at `now` what ended then, and the day until which it does.
    #[must_use]
    pub fn forbids(&self, ended_at: Timestamp, now: Timestamp) -> Option<(&Localized, Date)> {
        let law = self.required_by.as_ref().filter(|_| !self.is_over(ended_at, now))?;
        Some((law, self.until(ended_at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn p10_a_period_ends_on_a_day_in_china() {
        let period = Retention { months: 12, required_by: None };
        // 00:30 on the 1st in China.
        let ended = at("2026-02-28T16:30:00Z");
        assert_eq!(period.until(ended).to_string(), "2027-03-01");
        assert!(!period.is_over(ended, at("2027-02-28T15:59:59Z")));
        assert!(period.is_over(ended, at("2027-02-28T16:00:00Z")));
        let month = Retention { months: 1, required_by: None };
        assert_eq!(month.until(at("2026-01-31T00:00:00Z")).to_string(), "2026-02-28");
    }

    #[test]
    fn p10_a_law_forbids_deletion_until_its_period_is_over_and_no_rule_of_our_own_does() {
        let law = Localized::same("某法第一条");
        let ended = at("2026-01-01T00:00:00Z");
        let kept = Retention { months: 12, required_by: Some(law.clone()) };
        let (by, until) = kept.forbids(ended, at("2026-12-31T00:00:00Z")).unwrap();
        assert_eq!((by, until.to_string()), (&law, "2027-01-01".to_owned()));
        assert_eq!(kept.forbids(ended, at("2027-01-01T00:00:00Z")), None);
        let own = Retention { months: 12, required_by: None };
        assert_eq!(own.forbids(ended, at("2026-01-02T00:00:00Z")), None);
    }
}
