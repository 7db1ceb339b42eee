//! How long requests are kept: by item, from the day on which a request ended.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{clock::china_date, localized::Localized, service::services};

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

/// The periods of every item, as this portal has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retentions(BTreeMap<String, Retention>);

/// A period for an item that the catalogue does not have, or one longer than [`LONGEST`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("[retention.{item}]: {reason}")]
pub struct RetentionFault {
    /// The item as written.
    pub item: String,
    /// What is wrong.
    pub reason: String,
}

impl Default for Retentions {
    /// Those of the catalogue.
    fn default() -> Self {
        Self(services().iter().map(|item| (item.id.clone(), item.retention.clone())).collect())
    }
}

impl Retentions {
    /// Those of the catalogue, but for what the operator has set otherwise.
    ///
    /// # Errors
    /// [`RetentionFault`] for an item that there is not, and for a period that is none.
    pub fn with(set: &BTreeMap<String, Retention>) -> Result<Self, RetentionFault> {
        let mut periods = Self::default();
        for (item, retention) in set {
            let fault = |reason: String| RetentionFault { item: item.clone(), reason };
            let Some(period) = periods.0.get_mut(item) else {
                let known: Vec<&str> = services().iter().map(|item| &*item.id).collect();
                return Err(fault(format!("no such item; there are {}", known.join(", "))));
            };
            if !(1..=LONGEST).contains(&retention.months) {
                return Err(fault(format!("months is 1 to {LONGEST}")));
            }
            *period = retention.clone();
        }
        Ok(periods)
    }

    /// The period of an item. `None` for one that the catalogue has no more: its requests are not
    /// deleted by themselves.
    #[must_use]
    pub fn of(&self, item: &str) -> Option<&Retention> {
        self.0.get(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn p10_every_item_says_how_long_its_requests_are_kept() {
        let periods = Retentions::default();
        for item in services() {
            assert!((1..=LONGEST).contains(&periods.of(&item.id).unwrap().months), "{}", item.id);
        }
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

    #[test]
    fn p10_an_operator_sets_a_period_for_an_item_that_there_is() {
        let ten_years = Retention { months: 120, required_by: None };
        let set = |item: &str, months| {
            let period = Retention { months, ..ten_years.clone() };
            Retentions::with(&BTreeMap::from([(item.to_owned(), period)]))
        };
        assert_eq!(set("hazard-zone", 120).unwrap().of("hazard-zone"), Some(&ten_years));
        assert!(set("hazard-zones", 120).unwrap_err().to_string().contains("data-correction"));
        assert!(set("hazard-zone", 0).is_err());
    }
}
