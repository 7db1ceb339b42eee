//! What a portal says in its log of the requests that it deletes when their time is over.

use service::rights::Purged;
use store::StoreError;

use crate::remedy;

/// Says what became of a look for what is due; a line for each request that is to be looked at.
pub(crate) fn log(done: Result<Purged, StoreError>) {
    let purged = match done {
        Ok(purged) => purged,
        Err(error) => {
            tracing::error!(
                error = %remedy::in_line(&error),
                "Requests whose time is over were not deleted; trying again tomorrow"
            );
            return;
        }
    };
    for fault in &purged.unreadable {
        tracing::error!(
            place = fault.place,
            reason = fault.reason,
            "When an ended request ended does not read, or which it is: it stays, whether its time is \
             over or not; see `jianma requests check`"
        );
    }
    for request in &purged.altered {
        tracing::error!(
            request = %request.number,
            "A request whose time is over is not as it was written, and was not deleted; see \
             `jianma requests check`"
        );
    }
    let due = purged.due.len();
    if let Some(doubt) = &purged.doubt {
        tracing::warn!(requests.kept = due, "No request was deleted: {}", remedy::in_line(doubt));
    } else if due > 0 {
        tracing::info!(
            requests.deleted = due,
            "Deleted requests whose time was over; see `jianma requests register`"
        );
    }
    if !purged.without_period.is_empty() {
        tracing::warn!(
            requests.kept = purged.without_period.len(),
            "Requests of items that the catalogue has no more have no period: delete them with \
             `jianma requests delete` when it is time"
        );
    }
}
