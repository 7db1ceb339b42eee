//! Telling the log, again and again, what does not mend itself.

use store::DeliveryState;
use tracing::{error, warn};

use super::Shared;

impl Shared {
    /// A line for each department that somebody must do something about.
    pub(super) async fn remind(&self) {
        let backlog = match self.outbox.backlog().await {
            Ok(backlog) => backlog,
            Err(error) => {
                error!(error = %error, "What waits in the outbox cannot be counted");
                return;
            }
        };
        for each in backlog {
            let (department, count, oldest) = (&each.department, each.count, each.oldest);
            if each.state == DeliveryState::Stuck {
                warn!(
                    delivery.department = %department, delivery.stuck = count,
                    delivery.oldest = %oldest, remedy = "list-deliveries",
                    "{count} deliveries to department {department} need a person, the oldest since \
                     {oldest:.0}"
                );
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
    }
}
