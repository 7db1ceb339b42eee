//! Deleting what is due.

use std::{sync::Arc, time::Duration};

use domain::{
    Clock,
    clock::Leap,
    request::{Actor, reopening_asked},
    retention::Retentions,
};
use jiff::Timestamp;
use store::{DeletionCause, EndedRequest, Listed, RecordFault, Rights, Store, StoreError};

use super::{By, RightsError, delete};

/// How often a portal looks for what is due: a day is what retention is counted in.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// How a look for what is due is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// It only names what is due.
    Try,
    /// It deletes, unless the clock may have jumped.
    Due,
    /// It deletes: somebody says that the clock is right.
    ByThisClock,
}

/// Why a clock is not believed: it leapt since it was believed last. A portal looks every day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock says {:.0}, more than 7 days after the last look at {:.0}", .0.to, .0.from)]
pub struct ClockDoubt(pub Leap);

/// What became of a look for what is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Requests that were deleted, or would have been.
    pub due: Vec<EndedRequest>,
    /// Items that the catalogue has no more: their requests stay until somebody decides.
    pub without_period: Vec<EndedRequest>,
    /// Requests that are due and not as they were written: what is left of them is evidence, and
    /// stays until somebody decides.
    pub altered: Vec<EndedRequest>,
    /// Ended requests of which it does not read when they ended, or which they are: they stay.
    pub unreadable: Vec<RecordFault>,
    /// Why nothing was deleted, though it was to be.
    pub doubt: Option<ClockDoubt>,
}

/// Deletes every request whose time is over, or only names them. What is open, and of what anything
/// is still on its way, is never among them. While the clock is in doubt nothing is deleted.
///
/// # Errors
/// [`StoreError`]; what was deleted until then is in the register.
pub async fn purge(
    store: &dyn Rights,
    retentions: &Retentions,
    clock: &dyn Clock,
    how: Purge,
) -> Result<Purged, StoreError> {
    let at = clock.now();
    let doubt = match how {
        Purge::ByThisClock => None,
        Purge::Try | Purge::Due => doubt(store, at).await?,
    };
    let deletes = how != Purge::Try && doubt.is_none();
    if deletes {
        store.note_look(at).await?;
    }
    let Listed { rows, faults } = store.ended().await?;
    let mut purged = Purged { doubt, unreadable: faults, ..Purged::default() };
    for request in rows {
        let Some(period) = retentions.period(&request.item) else {
            purged.without_period.push(request);
            continue;
        };
        if !period.is_over(request.ended_at, at) {
            continue;
        }
        if deletes {
            let by = By { actor: Actor::Portal, at, reason: None };
            match delete(store, retentions, &request.number, DeletionCause::Retention, by).await {
                Ok(_) => {}
                Err(RightsError::Store(error)) if error.is_of_one_row() => {
                    purged.altered.push(request);
                    continue;
                }
                Err(RightsError::Store(error)) => return Err(error),
                // It came to life since it was listed, or its department has still to say whether it takes it up again.
                Err(_) => continue,
            }
        }
        // What would be deleted is told as what is.
        if !deletes
            && let Ok(Some(dossier)) = store.dossier(&request.number).await
            && reopening_asked(&dossier.request.events).is_some()
        {
            continue;
        }
        purged.due.push(request);
    }
    Ok(purged)
}

/// Why the clock is not believed. One that is behind the last look is: it deletes less.
async fn doubt(store: &dyn Rights, now: Timestamp) -> Result<Option<ClockDoubt>, StoreError> {
    let leap = store.last_look().await?.and_then(|last| Leap::between(last, now));
    Ok(leap.map(ClockDoubt))
}

/// Purges when a portal starts and every day after, drafts too, and tells each time what became of it.
pub async fn keep_to_retention(
    store: Arc<dyn Store>,
    retentions: Arc<Retentions>,
    clock: Arc<dyn Clock>,
    tell: impl Fn(Result<Purged, StoreError>),
) {
    loop {
        let purged = purge(&*store, &retentions, &*clock, Purge::Due).await;
        // A clock that is not believed deletes no draft either.
        let believed = purged.as_ref().is_ok_and(|purged| purged.doubt.is_none());
        if believed && let Err(error) = store.expire_drafts(clock.now()).await {
            tracing::error!(%error, "drafts whose time is over were not deleted; again tomorrow");
        }
        if believed && let Err(error) = store.expire_cases(clock.now()).await {
            tracing::error!(%error, "visits whose time is over were not deleted; again tomorrow");
        }
        tell(purged);
        tokio::time::sleep(PAUSE).await;
    }
}
