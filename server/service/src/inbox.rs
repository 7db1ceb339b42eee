//! The inbox of a department that cannot be posted to: it collects its deliveries under a lease, and
//! says which of them it has.
//!
//! What is collected may have arrived, and so is *ambiguous* until the department acknowledges it. It
//! comes again when the lease is over: the department tells it apart by its id.

use domain::request::DeliveryId;
use jiff::{SignedDuration, Timestamp};
use service_api::Unavailable;
use store::{Acknowledged, Acknowledgement, Delivery, LONGEST_HELD, Outbox, StoreError, Whose};

/// How long what was collected may be acknowledged before it is handed out again.
pub const LEASE: SignedDuration = LONGEST_HELD;

/// The most that is handed out at once.
pub const MOST: usize = 50;

/// Hands out up to `limit` of what waits for a department, first what has waited longest: since it was handed in or
/// last handed out. `lease` is a name that no other collection has: only under it what is handed out now is
/// acknowledged.
///
/// # Errors
/// Storage did not answer; what was taken comes again after its lease.
pub async fn collect(
    outbox: &dyn Outbox,
    department: &str,
    lease: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Delivery>, Unavailable> {
    let whose = Whose::Of(department);
    let taken = outbox.lease(lease, now, LEASE, limit.min(MOST), whose).await;
    let mut handed = Vec::new();
    for delivery in taken.map_err(|error| not_read(&error))? {
        // Before its first byte leaves: after a crash it is known that it may be there.
        let begun = outbox.begin_attempt(&delivery.id, lease, now).await;
        if begun.map_err(|error| not_read(&error))? {
            handed.push(delivery);
        }
    }
    if !handed.is_empty() {
        tracing::info!(
            delivery.department = %department, delivery.count = handed.len(),
            "Department {department} collected deliveries"
        );
    }
    Ok(handed)
}

fn not_read(error: &StoreError) -> Unavailable {
    tracing::error!(error = %error, "an inbox could not be read");
    Unavailable
}

/// Takes a department's word that it has what it collected.
///
/// # Errors
/// Storage did not answer; nothing was changed.
pub async fn acknowledge(
    outbox: &dyn Outbox,
    said: &Acknowledgement,
) -> Result<Acknowledged, Unavailable> {
    let Acknowledgement { id: DeliveryId(id), department, reference, .. } = said;
    let became = outbox.acknowledge(said).await.map_err(|error| {
        tracing::error!(error = %error, "an acknowledgement was not taken");
        Unavailable
    })?;
    match &became {
        Acknowledged::Done => tracing::info!(
            delivery.id = %id, delivery.department = %department,
            delivery.has_reference = reference.is_some(),
            "Department {department} acknowledged a delivery"
        ),
        Acknowledged::NotHeld | Acknowledged::Closed(_) => tracing::warn!(
            delivery.id = %id, delivery.department = %department, became = ?became,
            "An acknowledgement of department {department} was not taken"
        ),
        Acknowledged::Before(_) | Acknowledged::Unknown => {}
    }
    Ok(became)
}
