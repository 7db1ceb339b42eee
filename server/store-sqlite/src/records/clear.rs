//! What an older program kept of requests in clear, sealed once.

use rusqlite::Connection;
use store::{Clear, Sealer, StoreError};

use super::{ANCHORS, COLUMNS, Cursor, Old, next, request_of, reseal};
use crate::{
    anchor::Anchor, error::SqliteError, in_transaction, room, sealed::SealedConnection,
    value::to_json,
};

/// What marks a value that is still to be sealed; see the migration that seals requests.
const CLEAR: u8 = 0;
/// Values sealed in one step where nobody waits: as many as memory holds easily.
const LARGE_STEP: usize = 10_000;

/// Seals what an older program kept in clear, and leaves nothing of it in the file or its log. Cut
/// off anywhere, it is done again at the next start. How many values were sealed.
pub(super) fn seal_what_is_clear(
    writer: &mut Connection,
    sealer: &dyn Sealer,
    clear: Clear,
) -> Result<u64, SqliteError> {
    let left =
        |what: &str| writer.prepare("select 1 from clear_left where what = ?1")?.exists([what]);
    let (requests, anchors) = (left("requests")?, left("anchors")?);
    if !requests && !anchors {
        return Ok(0);
    }
    let mut sealed = 0;
    let is_clear = |value: &[u8]| value.first() == Some(&CLEAR);
    if clear == Clear::Refused {
        let connection = SealedConnection { connection: writer, sealer };
        if let Some(found) = next(&connection, Cursor::default(), 1, is_clear)?.0.pop() {
            tracing::error!(
                found = found.place,
                remedy = "seal-as-genuine",
                "the database holds requests in clear, or without their anchors, though keys.toml \
                 says that all were sealed: somebody put them there, or a backup of before was \
                 restored. They are not answered for and not sent, unless you restored it yourself \
                 and say so"
            );
            return Ok(sealed);
        }
    } else {
        tracing::info!("sealing what an older program kept of requests; this is done once");
        in_transaction(writer, |transaction| {
            let connection = SealedConnection { connection: transaction, sealer };
            let mut cursor = Cursor::default();
            while cursor.column < COLUMNS.len() {
                let (olds, reached) = next(&connection, cursor, LARGE_STEP, is_clear)?;
                reseal(&connection, &olds, |old| clear_text(&connection, old))?;
                sealed += olds.len() as u64;
                cursor = reached;
            }
            Ok(())
        })?;
    }
    // Pages that are free, and the log, still have it: the file is written anew.
    if requests && !leave_no_trace(writer)? {
        return Ok(sealed);
    }
    writer.execute_batch("delete from clear_left")?;
    Ok(sealed)
}

/// What is to be sealed in the place of a value that is marked as clear.
fn clear_text(connection: &SealedConnection<'_>, old: &Old) -> Result<Vec<u8>, SqliteError> {
    if old.column != ANCHORS {
        return Ok(old.value.get(1..).unwrap_or_default().to_vec());
    }
    let (id, number) = request_of(old)?;
    Ok(to_json("anchor", &Anchor::counted(connection, id, &number)?)?.into_bytes())
}

/// Writes the file anew, so that free pages and the log hold nothing of before; `false` where that
/// must wait.
fn leave_no_trace(writer: &mut Connection) -> Result<bool, SqliteError> {
    match room::write_anew(writer) {
        Err(SqliteError::Store(StoreError::DiskFull)) => {
            tracing::warn!(
                "free pages of the database still hold requests in clear: there is no room to write \
                 it anew. Free as much as it takes and start again"
            );
            return Ok(false);
        }
        written => written?,
    }
    let is_empty = room::empty_log(writer)?;
    if !is_empty {
        tracing::warn!(
            "the log of the database still holds requests in clear, for another program has the \
             database open; end it and start again"
        );
    }
    Ok(is_empty)
}
