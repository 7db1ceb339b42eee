//! What does not mend itself: told to the log again and again, and at last left to a person.

use std::collections::BTreeMap;

use jiff::Timestamp;
use store::{Backlog, DeliveryState};
use tokio::time::Instant;
use tracing::{error, warn};

use super::Shared;
use crate::departments::COLLECT_WITHIN;

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

    /// Leaves to a person what a department did not collect within its patience.
    async fn give_up_overdue(&self, backlog: &[Backlog], now: Timestamp, overdue: &mut Overdue) {
        let patience = self.settings.schedule.give_up_after;
        let late = |each: &&Backlog| {
            each.state != DeliveryState::Stuck
                && self.collecting.contains(&each.department)
                && now.duration_since(each.oldest) >= patience
        };
        let mut still = Overdue::new();
        for each in backlog.iter().filter(late) {
            let since = overdue.get(&each.department).copied().unwrap_or_else(Instant::now);
            still.insert(each.department.clone(), since);
        }
        *overdue = still;
        let began_before = now.checked_sub(patience).unwrap_or(Timestamp::MIN);
        let reason = "out of time: the department did not collect and acknowledge it";
        for (department, since) in &*overdue {
            if since.elapsed() < self.settings.grace {
                continue;
            }
            let lease = self.settings.lease;
            match self.outbox.give_up(department, now, lease, began_before, reason).await {
                Ok(0) => {}
                Ok(count) => error!(
                    delivery.department = %department, delivery.stuck = count,
                    remedy = "list-deliveries",
                    "{count} deliveries that department {department} did not collect need a person"
                ),
                Err(error) => {
                    error!(error = %error, "What nobody collected cannot be left to a person");
                }
            }
        }
    }
}
