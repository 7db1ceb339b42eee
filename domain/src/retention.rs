//! How long requests are kept: by item, from the day on which a request ended.

use std::collections::BTreeMap;

pub use crate::retention_period::{LONGEST, Retention};
use crate::service::services;

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
    pub fn period(&self, item: &str) -> Option<&Retention> {
        self.0.get(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p10_every_item_says_how_long_its_requests_are_kept() {
        let periods = Retentions::default();
        for item in services() {
            assert!(
                (1..=LONGEST).contains(&periods.period(&item.id).unwrap().months),
                "{}",
                item.id
            );
        }
    }

    #[test]
    fn p10_an_operator_sets_a_period_for_an_item_that_there_is() {
        let ten_years = Retention { months: 120, required_by: None };
        let set = |item: &str, months| {
            let period = Retention { months, ..ten_years.clone() };
            Retentions::with(&BTreeMap::from([(item.to_owned(), period)]))
        };
        assert_eq!(set("hazard-zone", 120).unwrap().period("hazard-zone"), Some(&ten_years));
        assert!(set("hazard-zones", 120).unwrap_err().to_string().contains("data-correction"));
        assert!(set("hazard-zone", 0).is_err());
    }
}
