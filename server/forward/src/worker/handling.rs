//! One delivery: attempt, outcome, record.

use std::sync::atomic::Ordering;

use domain::Clock;
use jiff::Timestamp;
use store::{Delivery, DeliveryOutcome, DeliveryState, StoreError};
use tracing::{error, info, warn};

use super::{Route, Shared};
use crate::{
    courier::{Courier, Trouble, TroubleKind},
    schedule::{Failure, NextAttempt, portion},
};

impl Shared {
    pub(super) async fn handle(&self, delivery: Delivery) {
        if let Err(error) = self.deliver(&delivery).await {
            // The lease runs out and somebody takes it again; if anything was sent, the begun
            // attempt on record makes that one look it up first.
            error!(
                delivery.id = %delivery.id.0, delivery.department = %delivery.department,
                error = %error, "The outbox cannot be written; the delivery will be taken again"
            );
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let maybe_there = self.maybe_there(delivery).await?;
        let route = self.routes.get(&delivery.department);
        let permit = route.map(|route| (route, route.free.try_acquire()));
        if let Some((route, Err(_))) = permit {
            return self.hand_back(delivery, route, maybe_there).await;
        }
        if !self.outbox.begin_attempt(&delivery.id, &self.owner, self.clock.now()).await? {
            return Ok(()); // the lease has run out: it is another worker's
        }
        let result = match route {
            Some(route) => {
                let result = attempt(&route.courier, delivery, maybe_there, &*self.clock).await;
                if result.is_ok() {
                    route.handed_back.store(0, Ordering::Relaxed);
                }
                result
            }
            None => Err(Trouble::new(
                TroubleKind::Misconfigured,
                "the department is not in the configuration",
            )),
        };
        let outcome = self.outcome(delivery, maybe_there, result);
        report(delivery, &outcome);
        let now = self.clock.now();
        if !self.outbox.record_outcome(&delivery.id, &self.owner, now, &outcome).await? {
            warn!(delivery.id = %delivery.id.0, "The lease ran out before the outcome was recorded");
        }
        Ok(())
    }

    /// Whether an earlier attempt may have reached the department. What was once in doubt stays
    /// so until it is confirmed: even «not found» may be overtaken by a slow first request.
    async fn maybe_there(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        if delivery.attempts == 0 {
            return Ok(false);
        }
        let known = self.outbox.deliveries_of(&delivery.number).await?;
        let own = known.iter().find(|status| status.department == delivery.department);
        Ok(own.is_none_or(|status| status.state != DeliveryState::Pending))
    }

    /// Gives a delivery back whose department has its hands full. Waiting for a free place here
    /// would let one slow department take every place from the others.
    ///
    /// The more are handed back without a confirmation in between, the longer they stay away, or
    /// the backlog of a department that hangs would keep this worker busy with handing back.
    async fn hand_back(
        &self,
        delivery: &Delivery,
        route: &Route,
        maybe_there: bool,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let before = route.handed_back.fetch_add(1, Ordering::Relaxed);
        let places = u32::try_from(self.settings.per_department).unwrap_or(u32::MAX).max(1);
        let rounds = i32::try_from(before / places + 1).unwrap_or(i32::MAX);
        let most = self.settings.busy_wait.saturating_mul(rounds);
        let wait = portion(most.min(self.settings.schedule.longest), self.random());
        let retry_at = now.checked_add(wait).unwrap_or(now);
        let reason = "waiting for earlier deliveries to this department".to_owned();
        let outcome = not_yet(maybe_there, reason, retry_at);
        self.outbox.record_outcome(&delivery.id, &self.owner, now, &outcome).await?;
        Ok(())
    }

    fn outcome(
        &self,
        delivery: &Delivery,
        maybe_there: bool,
        result: Result<Option<String>, Trouble>,
    ) -> DeliveryOutcome {
        let Trouble { kind, reason, retry_after } = match result {
            Ok(reference) => return DeliveryOutcome::Delivered { reference },
            Err(trouble) => trouble,
        };
        let at_least = match kind {
            TroubleKind::Rejected => return DeliveryOutcome::Stuck { reason },
            TroubleKind::Misconfigured => retry_after.max(self.settings.misconfigured_wait),
            TroubleKind::NotThere | TroubleKind::MaybeThere => retry_after,
        };
        let failure = Failure {
            attempts: delivery.attempts.saturating_add(1),
            submitted_at: delivery.submitted_at,
            now: self.clock.now(),
            at_least,
        };
        let maybe_there = maybe_there || kind == TroubleKind::MaybeThere;
        match self.settings.schedule.after(failure, self.random()) {
            NextAttempt::At(retry_at) => not_yet(maybe_there, reason, retry_at),
            NextAttempt::Never => {
                let there = if maybe_there { "may have it" } else { "does not have it" };
                let attempts = failure.attempts;
                DeliveryOutcome::Stuck {
                    reason: format!(
                        "out of time after {attempts} attempts; the department {there}; last: {reason}"
                    ),
                }
            }
        }
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

async fn attempt(
    courier: &Courier,
    delivery: &Delivery,
    maybe_there: bool,
    clock: &dyn Clock,
) -> Result<Option<String>, Trouble> {
    if maybe_there && let Some(reference) = courier.look_up(delivery, clock).await? {
        return Ok(Some(reference));
    }
    courier.send(delivery, clock).await
}

fn not_yet(maybe_there: bool, reason: String, retry_at: Timestamp) -> DeliveryOutcome {
    if maybe_there {
        DeliveryOutcome::Ambiguous { reason, retry_at }
    } else {
        DeliveryOutcome::Stalled { reason, retry_at }
    }
}

fn report(delivery: &Delivery, outcome: &DeliveryOutcome) {
    let (id, department) = (&delivery.id.0, &delivery.department);
    let attempt = delivery.attempts.saturating_add(1);
    match outcome {
        DeliveryOutcome::Delivered { reference } => info!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.has_reference = reference.is_some(),
            "Department {department} confirmed a delivery"
        ),
        DeliveryOutcome::Stalled { reason, retry_at } => warn!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.retry_at = %retry_at, delivery.reason = %reason,
            "Department {department} did not get a delivery ({reason}); trying again"
        ),
        DeliveryOutcome::Ambiguous { reason, retry_at } => warn!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.retry_at = %retry_at, delivery.reason = %reason,
            "Department {department} may have got a delivery ({reason}); looking it up next"
        ),
        DeliveryOutcome::Stuck { reason } => error!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.reason = %reason,
            "A delivery to department {department} needs a person ({reason})"
        ),
    }
}
