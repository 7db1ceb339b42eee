//! One delivery: attempt, outcome, record.

use std::{sync::atomic::Ordering, time::Duration};

use domain::Clock;
use jiff::{SignedDuration, Timestamp};
use store::{Delivery, DeliveryOutcome, StoreError};
use tracing::{error, info, warn};

use super::{ForwardSettings, Route, Shared};
use crate::{
    answer::Confirmed,
    circuit::{Exchange, Turn},
    courier::{Courier, DeliveryFailure, FailureKind},
    open311::Places,
    schedule::{Failure, NextAttempt, portion},
};

impl Shared {
    pub(super) async fn handle(&self, delivery: Delivery, is_probe: bool) {
        if let Err(error) = self.deliver(&delivery, is_probe).await {
            // The lease runs out and somebody takes it again; if anything was sent, the begun
            // attempt on record makes that one look it up first.
            error!(
                delivery.id = %delivery.id.0, delivery.department = %delivery.department,
                error = %error, "The outbox cannot be written; the delivery will be taken again"
            );
        }
    }

    async fn deliver(&self, delivery: &Delivery, is_probe: bool) -> Result<(), StoreError> {
        let route = self.routes.get(&delivery.department);
        let permit = route.map(|route| (route, route.free.try_acquire()));
        if let Some((route, Err(_))) = permit {
            return self.hand_back(delivery, route).await;
        }
        if !self.outbox.begin_attempt(&delivery.id, &self.owner, self.clock.now()).await? {
            return Ok(()); // the lease has run out: it is another worker's
        }
        let tried = match route {
            Some(route) => {
                let tried =
                    attempt(&route.courier, delivery, &*self.clock, self.places.as_deref()).await;
                if tried.result.is_ok() {
                    route.handed_back.store(0, Ordering::Relaxed);
                }
                self.turn(&delivery.department, &tried.result, is_probe);
                tried
            }
            None => Tried {
                result: Err(DeliveryFailure::new(
                    FailureKind::Unconfigured,
                    "the department is not in the configuration",
                )),
                failed_look_ups: delivery.failed_look_ups,
            },
        };
        let outcome = self.outcome(delivery, tried);
        report(delivery, &outcome);
        let now = self.clock.now();
        if !self.outbox.record_outcome(&delivery.id, &self.owner, now, &outcome).await? {
            warn!(delivery.id = %delivery.id.0, "The lease ran out before the outcome was recorded");
        }
        Ok(())
    }

    /// Opens or closes a department's circuit by how an exchange ended.
    fn turn(&self, department: &str, result: &Result<Confirmed, DeliveryFailure>, is_probe: bool) {
        // Whoever reads a delivery and refuses it is there.
        let (answered, asked) = match result {
            Ok(_) => (true, SignedDuration::ZERO),
            Err(failure) => (failure.kind == FailureKind::Rejected, failure.retry_after),
        };
        let ForwardSettings { schedule, failures_in_a_row, longest_pause, .. } = &self.settings;
        let pause = |pauses: u32| {
            let most = schedule.ceiling(pauses).min(*longest_pause);
            let wait = most / 2 + portion(most / 2, self.random());
            Duration::try_from(wait.max(asked)).unwrap_or_default()
        };
        let exchange = Exchange { answered, is_probe };
        let now = self.circuits.instant();
        match self.circuits.note(department, exchange, now, *failures_in_a_row, pause) {
            Turn::None => {}
            Turn::Opened(failures) => warn!(
                delivery.department = %department, delivery.failures = failures,
                "Department {department} failed {failures} times in a row: one delivery at a time is \
                 tried until it answers"
            ),
            Turn::Closed => info!(
                delivery.department = %department,
                "Department {department} answers again: what waits for it is sent"
            ),
        }
    }

    /// Gives a delivery back whose department has its hands full. Waiting for a free place here
    /// would let one slow department take every place from the others.
    ///
    /// The more are handed back without a confirmation in between, the longer they stay away, or
    /// the backlog of a department that hangs would keep this worker busy with handing back.
    async fn hand_back(&self, delivery: &Delivery, route: &Route) -> Result<(), StoreError> {
        let now = self.clock.now();
        let before = route.handed_back.fetch_add(1, Ordering::Relaxed);
        let places = u32::try_from(self.settings.per_department).unwrap_or(u32::MAX).max(1);
        let rounds = i32::try_from(before / places + 1).unwrap_or(i32::MAX);
        let most = self.settings.busy_wait.saturating_mul(rounds);
        let wait = portion(most.min(self.settings.schedule.longest), self.random());
        let retry_at = now.checked_add(wait).unwrap_or(now);
        let reason = "waiting for earlier deliveries to this department".to_owned();
        let outcome = not_yet(delivery.ambiguous, reason, retry_at, delivery.failed_look_ups);
        self.outbox.record_outcome(&delivery.id, &self.owner, now, &outcome).await?;
        Ok(())
    }

    fn outcome(&self, delivery: &Delivery, tried: Tried) -> DeliveryOutcome {
        let Tried { result, failed_look_ups } = tried;
        let DeliveryFailure { kind, reason, retry_after } = match result {
            Ok(Confirmed { reference, remark }) => {
                return DeliveryOutcome::Delivered { reference, remark };
            }
            Err(failure) => failure,
        };
        let at_least = match kind {
            // A department may refuse what it has.
            FailureKind::Rejected if delivery.ambiguous => {
                let reason = format!("{reason}; an earlier attempt may have arrived");
                return DeliveryOutcome::Stuck { reason };
            }
            FailureKind::Rejected => return DeliveryOutcome::Stuck { reason },
            FailureKind::Misconfigured | FailureKind::Unconfigured => {
                retry_after.max(self.settings.misconfigured_wait)
            }
            FailureKind::Stalled | FailureKind::Ambiguous => retry_after,
        };
        let failure = Failure {
            attempts: delivery.round.attempts.saturating_add(1),
            began: delivery.round.began,
            now: self.clock.now(),
            at_least,
        };
        let ambiguous = delivery.ambiguous || kind == FailureKind::Ambiguous;
        let mut schedule = self.settings.schedule;
        if kind == FailureKind::Unconfigured {
            // It waits for a line in a file, and no person could do more.
            schedule.least_attempts = u32::MAX;
        }
        match schedule.after(failure, self.random()) {
            NextAttempt::At(retry_at) => not_yet(ambiguous, reason, retry_at, failed_look_ups),
            NextAttempt::Never => {
                let route = self.routes.get(&delivery.department);
                let there = if !ambiguous {
                    "does not have it"
                } else if route.is_none_or(|it| it.courier.tells_repeats_apart()) {
                    "may have it"
                } else {
                    "may have it and does not tell repetitions apart: ask it, then settle this \
                     delivery, or retry it to send it once more"
                };
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

/// What an attempt came to.
struct Tried {
    result: Result<Confirmed, DeliveryFailure>,
    /// Look-ups that failed one after another, this attempt's included.
    failed_look_ups: u32,
}

/// Look-ups that may fail before the delivery is posted again all the same, under the key that
/// tells it apart: a department whose look-up is broken would never get it.
const PATIENT_LOOK_UPS: u32 = 2;

async fn attempt(
    courier: &Courier,
    delivery: &Delivery,
    clock: &dyn Clock,
    places: Option<&dyn Places>,
) -> Tried {
    if delivery.ambiguous {
        match courier.look_up(delivery, clock).await {
            Ok(None) => {}
            Ok(Some(confirmed)) => return Tried { result: Ok(confirmed), failed_look_ups: 0 },
            Err(mut failure) => {
                let failed_look_ups = delivery.failed_look_ups.saturating_add(1);
                if failed_look_ups < PATIENT_LOOK_UPS || !courier.tells_repeats_apart() {
                    failure.reason = format!("look-up: {}", failure.reason);
                    return Tried { result: Err(failure), failed_look_ups };
                }
            }
        }
    }
    Tried { result: courier.send(delivery, clock, places).await, failed_look_ups: 0 }
}

fn not_yet(
    ambiguous: bool,
    reason: String,
    retry_at: Timestamp,
    failed_look_ups: u32,
) -> DeliveryOutcome {
    if ambiguous {
        DeliveryOutcome::Ambiguous { reason, retry_at, failed_look_ups }
    } else {
        DeliveryOutcome::Stalled { reason, retry_at }
    }
}

fn report(delivery: &Delivery, outcome: &DeliveryOutcome) {
    let (id, department) = (&delivery.id.0, &delivery.department);
    let attempt = delivery.attempts.saturating_add(1);
    match outcome {
        DeliveryOutcome::Delivered { reference, remark: None } => info!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.has_reference = reference.is_some(),
            "Department {department} confirmed a delivery"
        ),
        DeliveryOutcome::Delivered { reference, remark: Some(remark) } => warn!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.has_reference = reference.is_some(), delivery.remark = %remark,
            "Department {department} confirmed a delivery, but something of its answer was lost \
             ({remark})"
        ),
        DeliveryOutcome::Stalled { reason, retry_at } => warn!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.retry_at = %retry_at, delivery.reason = %reason,
            "Department {department} did not get a delivery ({reason}); trying again"
        ),
        DeliveryOutcome::Ambiguous { reason, retry_at, .. } => warn!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.retry_at = %retry_at, delivery.reason = %reason,
            "Department {department} may have got a delivery ({reason}); looking it up next"
        ),
        DeliveryOutcome::Stuck { reason } => error!(
            delivery.id = %id, delivery.department = %department, delivery.attempt = attempt,
            delivery.reason = %reason, remedy = "show-delivery",
            "A delivery to department {department} needs a person ({reason})"
        ),
    }
}
