//! The departments as somebody who watches the portal sees them: whether what is for them gets there.

use std::{collections::BTreeMap, sync::Arc};

use domain::Clock;
use forward::{COLLECT_WITHIN, CircuitState, Circuits, Departments};
use jiff::{SignedDuration, Timestamp};
use store::{Backlog, DeliveryState};

use crate::collections::Collections;

/// The departments, and what this process knows of how they are reached.
pub struct Offices {
    departments: Arc<Departments>,
    /// When those that collect did so last.
    pub collections: Collections,
    /// Whether those that are posted to answer.
    pub circuits: Arc<Circuits>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Offices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offices").field("collections", &self.collections).finish_non_exhaustive()
    }
}

/// How a department stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How long the oldest that waits for it has waited, seconds; 0 where nothing waits.
    pub oldest: i64,
    /// When it collected last, if it collects and did since this process started.
    pub collected: Option<Timestamp>,
    /// Whether it answers what is posted to it.
    pub circuit: CircuitState,
    /// Whether it collects and leaves something for longer than it should.
    pub is_late: bool,
}

impl Offices {
    /// These departments, of which nothing is known yet.
    #[must_use]
    pub fn new(departments: Arc<Departments>, clock: Arc<dyn Clock>) -> Self {
        let (collections, circuits) = (Collections::default(), Arc::default());
        Self { departments, collections, circuits, clock }
    }

    /// How each department stands that is in the configuration.
    #[must_use]
    pub fn standing(&self, backlog: &[Backlog]) -> BTreeMap<String, Standing> {
        let now = self.clock.now();
        let each = self.departments.iter().map(|department| {
            let waiting = backlog.iter().filter(|each| {
                each.department == department.id && each.state != DeliveryState::Stuck
            });
            let waited = waiting.map(|each| now.duration_since(each.oldest)).max();
            let waited = waited.unwrap_or_default().max(SignedDuration::ZERO);
            let collected = self.collections.last(&department.id);
            let is_away = collected.is_none_or(|at| now.duration_since(at) >= COLLECT_WITHIN);
            let is_late = department.endpoint.is_none() && waited >= COLLECT_WITHIN && is_away;
            let (oldest, circuit) = (waited.as_secs(), self.circuits.state(&department.id));
            (department.id.clone(), Standing { oldest, collected, circuit, is_late })
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::Localized;
    use forward::{Department, Secret};

    use super::*;

    struct At(i64);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0).unwrap()
        }
    }

    const HOUR: i64 = 3_600;

    fn late(now: i64, oldest: i64, collected: Option<i64>, posted: bool) -> (bool, i64) {
        let secret = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let (id, name) = ("fire".to_owned(), Localized::same("fire"));
        let mut department = Department::collecting(id.clone(), name, secret);
        department.endpoint = posted.then(|| "https://fire.example/".parse().unwrap());
        let departments = std::iter::once(department).collect();
        let offices = Offices::new(Arc::new(departments), Arc::new(At(now)));
        if let Some(at) = collected {
            let at = Timestamp::from_second(at).unwrap();
            assert!(offices.collections.note(&id, "m-1".into(), at));
        }
        let oldest = Timestamp::from_second(oldest).unwrap();
        let waits = |state, count| Backlog { department: id.clone(), state, count, oldest };
        let waiting = [waits(DeliveryState::Pending, 2), waits(DeliveryState::Stuck, 1)];
        let nothing = offices.standing(&waiting[1..]);
        assert_eq!((nothing[&id].is_late, nothing[&id].oldest), (false, 0), "nothing waits");
        let standing = offices.standing(&waiting);
        (standing[&id].is_late, standing[&id].oldest)
    }

    #[test]
    fn s5_a_department_is_late_when_something_waits_and_it_does_not_come() {
        assert_eq!(late(7 * HOUR, 0, None, false), (true, 7 * HOUR));
        assert_eq!(late(5 * HOUR, 0, None, false), (false, 5 * HOUR));
        assert_eq!(late(20 * HOUR, 0, Some(19 * HOUR), false), (false, 20 * HOUR));
        assert_eq!(late(20 * HOUR, 0, Some(13 * HOUR), false), (true, 20 * HOUR));
        // Of one that is posted to, its attempts tell.
        assert!(!late(20 * HOUR, 0, None, true).0);
        // A clock that was ahead made nobody late.
        assert_eq!(late(0, 9 * HOUR, None, false), (false, 0));
    }
}
