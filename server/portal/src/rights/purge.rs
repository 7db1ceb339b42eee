//! Deleting what is due.

use std::{sync::Arc, time::Duration};

use domain::{Clock, request::Actor, retention::Retentions};
use store::{DeletionCause, EndedRequest, Rights, Store, StoreError};

use super::{By, RightsError, delete};

/// How often a portal looks for what is due: a day is what retention is counted in.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// What became of a look for what is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Requests that were deleted, or would have been.
    pub due: Vec<EndedRequest>,
    /// Items that the catalogue has no more: their requests stay until somebody decides.
    pub without_period: Vec<EndedRequest>,
}

/// Deletes every request whose time is over, or only names them with `dry_run`. What is open, and
/// of what anything is still on its way, is never among them.
///
/// # Errors
/// [`StoreError`]; what was deleted until then is in the register.
pub async fn purge(
    store: &dyn Rights,
    retentions: &Retentions,
    clock: &dyn Clock,
    dry_run: bool,
) -> Result<Purged, StoreError> {
    let mut purged = Purged::default();
    for request in store.ended().await? {
        let Some(period) = retentions.of(&request.item) else {
            purged.without_period.push(request);
            continue;
        };
        let at = clock.now();
        if !period.is_over(request.ended_at, at) {
            continue;
        }
        if !dry_run {
            let by = By { actor: Actor::Portal, at, reason: None };
            match delete(store, retentions, &request.number, DeletionCause::Retention, by).await {
                Ok(_) => {}
                Err(RightsError::Store(error)) => return Err(error),
                // It came to life since it was listed.
                Err(_) => continue,
            }
        }
        purged.due.push(request);
    }
    Ok(purged)
}

/// Purges when a portal starts and every day after.
pub async fn keep_to_retention(
    store: Arc<dyn Store>,
    retentions: Arc<Retentions>,
    clock: Arc<dyn Clock>,
) {
    loop {
        match purge(&*store, &retentions, &*clock, false).await {
            Ok(purged) => {
                if !purged.due.is_empty() {
                    tracing::info!(
                        requests.deleted = purged.due.len(),
                        "Deleted requests whose time was over; see `jianma requests register`"
                    );
                }
                if !purged.without_period.is_empty() {
                    tracing::warn!(
                        requests.kept = purged.without_period.len(),
                        "Requests of items that the catalogue has no more have no period: delete \
                         them with `jianma requests delete` when it is time"
                    );
                }
            }
            Err(error) => tracing::error!(
                %error, "Requests whose time is over were not deleted; trying again tomorrow"
            ),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
