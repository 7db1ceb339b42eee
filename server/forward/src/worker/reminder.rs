//! What does not mend itself: told to the log again and again, and at last left to a person.

use std::collections::BTreeMap;

use jiff::Timestamp;
use store::{Backlog, DeliveryState, LONGEST_HELD};
use tokio::time::Instant;
use tracing::{error, warn};

use super::Shared;
use crate::{circuit::CircuitState, departments::COLLECT_WITHIN};

/// Departments for which something waits that is older than its patience, and since when this worker
/// sees it so.
pub(super) type Overdue = BTreeMap<String, Instant>;

impl Shared {
    /// A line for each department that somebody must do something about.
    pub(super) async fn remind(&self, overdue: &mut Overdue) {
        let backlog = match self.outbox.backlog().await {
            Ok(backlog) => backlog,
            Err(error) => {
                error!(error = %error, "What waits in the outbox cannot be counted");
                return;
            }
        };
        let now = self.clock.now();
        for each in &backlog {
            self.remind_of(each, now);
        }
        self.give_up_overdue(&backlog, now, overdue).await;
    }

    fn remind_of(&self, each: &Backlog, now: Timestamp) {
        let (department, count, oldest) = (&each.department, each.count, each.oldest);
        if each.state == DeliveryState::Stuck {
            warn!(
                delivery.department = %department, delivery.stuck = count,
                delivery.oldest = %oldest, remedy = "list-deliveries",
                "{count} deliveries to department {department} need a person, the oldest since \
                 {oldest:.0}"
            );
        } else if self.collecting.contains(department) {
            if now.duration_since(oldest) >= COLLECT_WITHIN {
                warn!(
                    delivery.department = %department, delivery.waiting = count,
                    delivery.oldest = %oldest, remedy = "list-deliveries",
                    "{count} requests wait until department {department} collects and acknowledges \
                     them, the oldest since {oldest:.0}"
                );
            }
        } else if !self.routes.contains_key(department) {
            warn!(
                delivery.department = %department, delivery.waiting = count,
                delivery.oldest = %oldest, remedy = "redirect-deliveries",
                "{count} requests wait for department {department}, which is not in the \
                 configuration: they are kept and not delivered. Add \
                 [departments.{department}], or send them elsewhere"
            );
        }
    }

    /// Why a department gets nothing though nothing of it was tried: it does not collect, or the one
    /// delivery at a time that is tried fails and fails.
    fn why_untried(&self, department: &str) -> Option<String> {
        if self.collecting.contains(department) {
            return Some(
                "out of time: the department did not collect and acknowledge it".to_owned(),
            );
        }
        let CircuitState { failures, is_open } = self.circuits.state(department);
        let is_down = is_open && failures >= self.settings.schedule.least_attempts;
        is_down.then(|| format!("out of time: the department failed {failures} times in a row"))
    }

    /// Leaves to a person what a department did not get within its patience though nobody tried it.
    async fn give_up_overdue(&self, backlog: &[Backlog], now: Timestamp, overdue: &mut Overdue) {
        let patience = self.settings.schedule.give_up_after;
        let late = |each: &&Backlog| {
            each.state != DeliveryState::Stuck
                && self.why_untried(&each.department).is_some()
                && now.duration_since(each.oldest) >= patience
        };
        let mut still = Overdue::new();
        for each in backlog.iter().filter(late) {
            let since = overdue.get(&each.department).copied().unwrap_or_else(Instant::now);
            still.insert(each.department.clone(), since);
        }
        *overdue = still;
        let began_before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
        for (department, since) in &*overdue {
            if since.elapsed() < self.settings.grace {
                continue;
            }
            let Some(reason) = self.why_untried(department) else { continue };
            // What was collected is in the department's hands for longer than anything in a worker's.
            let lease = self.settings.lease.max(LONGEST_HELD);
            match self.outbox.give_up(department, now, lease, began_before, &reason).await {
                Ok(0) => {}
                Ok(count) => error!(
                    delivery.department = %department, delivery.stuck = count,
                    remedy = "list-deliveries",
                    "{count} deliveries that department {department} did not get need a person \
                     ({reason})"
                ),
                Err(error) => {
                    error!(error = %error, "What is out of time cannot be left to a person");
                }
            }
        }
    }
}
