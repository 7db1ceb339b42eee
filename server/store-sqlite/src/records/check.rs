//! Looking through everything that is kept of requests.

use store::{RecordFault, StoreError};

use super::{ANCHORS, BOUNDS, COLUMNS, Cursor, Old, STEP, next, request_of};
use crate::{
    SqliteStore, attachments,
    deliveries::check_record,
    error::{SqliteError, row_or_fault},
    requests::{events, submission},
    sealed::SealedConnection,
    value::{corrupt, read_instant, shown, text},
};

/// Places of rows whose request is gone, which are behind no anchor.
const ORPHANS: &str = "
    select 'delivery/' || id from delivery d
        where not exists (select 1 from request r where r.id = d.request_id)
    union all select 'notice/' || request_id from notice n
        where not exists (select 1 from request r where r.id = n.request_id)
    union all select 'message/' || request_id || '/' || sequence from message m
        where not exists (select 1 from request r where r.id = m.request_id)
    union all select 'request_event/' || request_id || '/' || sequence from request_event e
        where not exists (select 1 from request r where r.id = e.request_id)";

impl SqliteStore {
    /// Opens and reads everything that is kept of requests, in small steps beside a running portal:
    /// what of it is in clear, was changed, is missing, or does not read.
    pub(crate) async fn look_through_requests(&self) -> Result<Vec<RecordFault>, StoreError> {
        let (mut faults, mut cursor) = (Vec::new(), Cursor::default());
        while cursor.column < COLUMNS.len() {
            let from = cursor.clone();
            let (found, reached) =
                self.read_sealed(move |connection| look(connection, from)).await?;
            faults.extend(found);
            cursor = reached;
        }
        faults.extend(self.read_sealed(orphans).await?);
        Ok(faults)
    }
}

/// One step of looking through everything.
fn look(
    connection: &SealedConnection<'_>,
    from: Cursor,
) -> Result<(Vec<RecordFault>, Cursor), SqliteError> {
    let (olds, reached) = next(connection, from, STEP, |_| true)?;
    let mut faults = Vec::new();
    for old in olds {
        let opened = connection.open(&old.place, &old.value).and_then(|_opened| match old.column {
            ANCHORS => check_request(connection, &old),
            BOUNDS => check_delivery(connection, &old),
            _ => Ok(()),
        });
        // One whose key is gone is a fault of what is kept, though nobody altered it.
        if let Err(fault) = row_or_fault(old.place, opened)? {
            faults.push(fault);
        }
    }
    Ok((faults, reached))
}

/// Fails unless a request reads, everything is there that its anchor counts, and what stands in clear
/// of it is what was submitted: by its service and its time it is kept and deleted.
fn check_request(connection: &SealedConnection<'_>, anchor: &Old) -> Result<(), SqliteError> {
    let (id, number) = request_of(anchor)?;
    let first = events(connection, id, &number)?.into_iter().next().map(|event| event.at);
    let (item, submitted_at) = connection
        .prepare_cached("select item, submitted_at from request where id = ?1")?
        .query_one([id], |row| {
            Ok((text(row, 0).map(str::to_owned), text(row, 1).and_then(read_instant)))
        })?;
    let (item, submitted_at) = (item?, submitted_at?);
    let sealed = match submission(connection, id, number.as_str(), "asc") {
        // The message itself is a fault of its own.
        Err(SqliteError::Store(StoreError::Sealed { .. })) => return Ok(()),
        sealed => sealed?,
    };
    if item != sealed.item || first != Some(submitted_at) {
        let reason = format!("{number} stands with another service or time than was submitted");
        return Err(StoreError::Corrupt { what: "request", reason }.into());
    }
    attachments::check(connection, id, &number, &sealed.attachments)
}

/// Fails unless a delivery reads. What of it is sealed is opened as what it is.
fn check_delivery(connection: &SealedConnection<'_>, bound: &Old) -> Result<(), SqliteError> {
    let [id]: [String; 1] = serde_json::from_str(&bound.key).map_err(corrupt("key"))?;
    match check_record(connection, &id) {
        Err(SqliteError::Store(StoreError::Sealed { .. })) => Ok(()),
        read => read,
    }
}

fn orphans(connection: &SealedConnection<'_>) -> Result<Vec<RecordFault>, SqliteError> {
    let reason = "its request is not there";
    connection
        .prepare(ORPHANS)?
        .query_and_then([], |row| {
            Ok(RecordFault { place: shown(row, 0), reason: reason.to_owned() })
        })?
        .collect()
}
