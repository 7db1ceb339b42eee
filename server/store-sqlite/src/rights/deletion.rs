//! Deleting a request, and the register that says that it was.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    clock::china_date,
    request::{RequestNumber, reopening_asked},
};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use store::{Deleted, DeletedRequest, Deletion, DeletionCause};

use crate::{
    attachments,
    deliveries::{CONFIRMED, MAYBE_THERE, undelivered},
    drafts,
    error::{Reads, SqliteError},
    requests::{events, found, last_event},
    sealed::{SealedConnection, deletion_place},
    value::{blob, corrupt, read_number, shown, text, text_or_null},
};

pub(super) fn delete(
    connection: &SealedConnection<'_>,
    deletion: &Deletion,
) -> Result<Deleted, SqliteError> {
    let number = &deletion.number;
    let Some((id, _)) = found(connection, number)? else {
        let before = connection
            .prepare_cached("select 1 from deletion where number = ?1")?
            .exists([number.as_str()])?;
        return Ok(if before { Deleted::Before } else { Deleted::Unknown });
    };
    let last = last_event(connection, id, number)?;
    if !last.state.is_ended() {
        return Ok(Deleted::Open(last.state));
    }
    let open =
        concat!("select 1 from delivery where request_id = ?1 and state in ", undelivered!());
    if connection.prepare_cached(open)?.exists([id])? {
        return Ok(Deleted::Undelivered);
    }
    // In the transaction that deletes: whoever asked for it to be taken up again meanwhile is heard.
    if deletion.cause != DeletionCause::Operator
        && reopening_asked(&events(connection, id, number)?).is_some()
    {
        return Ok(Deleted::AskedAgain);
    }
    // What no department has is on no file that a law could mean.
    if let Some((law, until)) = &deletion.law
        && is_on_file(connection, id)?
    {
        return Ok(Deleted::Kept(law.clone(), *until));
    }
    enter(connection, id, deletion)?;
    attachments::drop_of(connection, id)?;
    drafts::delete_of_request(connection, id)?;
    for sql in [
        "delete from notice where request_id = ?1",
        "delete from department_message where request_id = ?1",
        // Journals go with their deliveries.
        "delete from delivery where request_id = ?1",
        "delete from message where request_id = ?1",
        "delete from request_event where request_id = ?1",
        "delete from request where id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    Ok(Deleted::Done)
}

/// Whether a department has the request or may have it.
fn is_on_file(connection: &SealedConnection<'_>, id: i64) -> Result<bool, SqliteError> {
    let sql =
        format!("select 1 from delivery where request_id = ?1 and ({CONFIRMED} or {MAYBE_THERE})");
    Ok(connection.prepare_cached(&sql)?.exists([id])?)
}

/// Writes a request into the register, as long as it is there.
fn enter(
    connection: &SealedConnection<'_>,
    id: i64,
    deletion: &Deletion,
) -> Result<(), SqliteError> {
    let number = deletion.number.as_str();
    let item: String = connection
        .prepare_cached("select item from request where id = ?1")?
        .query_one([id], |row| row.get(0))?;
    let mut digest = Sha256::new();
    for sql in [
        "select content from message where request_id = ?1 order by sequence",
        "select content from request_event where request_id = ?1 order by sequence",
    ] {
        let mut sealed = connection.prepare_cached(sql)?;
        let mut rows = sealed.query([id])?;
        while let Some(row) = rows.next()? {
            digest.update(blob(row, 0)?);
        }
    }
    let digest = URL_SAFE_NO_PAD.encode(digest.finalize());
    let before: Option<String> = connection
        .prepare_cached("select hash from deletion order by sequence desc limit 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let (day, cause) = (china_date(deletion.at).to_string(), deletion.cause.name());
    let hash = chained(before.as_deref().unwrap_or(""), [number, &item, &day, cause, &digest]);
    let said =
        connection.seal_value(&deletion_place(number), &(&deletion.actor, &deletion.reason))?;
    connection
        .prepare_cached(
            "insert into deletion (request_id, number, item, day, cause, digest, said, hash)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, number, item, day, cause, digest, said, hash])?;
    Ok(())
}

fn chained(before: &str, parts: [&str; 5]) -> String {
    let mut hash = Sha256::new();
    for part in std::iter::once(before).chain(parts) {
        hash.update(part);
        hash.update("\n");
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Entries of the register of deletions with their places.
pub(super) fn register(
    connection: &SealedConnection<'_>,
    number: Option<&RequestNumber>,
) -> Result<Reads<DeletedRequest>, SqliteError> {
    connection
        .prepare_cached(
            "select d.number, d.item, d.day, d.cause, d.digest, d.said, d.hash,
             (select hash from deletion b where b.sequence < d.sequence
                  order by b.sequence desc limit 1)
         from deletion d where ?1 is null or d.number = ?1 order by d.sequence",
        )?
        .query_and_then([number.map(RequestNumber::as_str)], |row| {
            Ok((deletion_place(&shown(row, 0)), read(connection, row)))
        })?
        .collect()
}

fn read(connection: &SealedConnection<'_>, row: &Row<'_>) -> Result<DeletedRequest, SqliteError> {
    let [number, item, day, cause, digest] = [0, 1, 2, 3, 4].map(|column| text(row, column));
    let (number, item, day, cause, digest) = (number?, item?, day?, cause?, digest?);
    let hash: String = row.get(6)?;
    let before = text_or_null(row, 7)?.unwrap_or("");
    Ok(DeletedRequest {
        whole: hash == chained(before, [number, item, day, cause, digest]),
        number: read_number(number)?,
        item: item.to_owned(),
        day: day.parse().map_err(corrupt("day"))?,
        cause: DeletionCause::from_name(cause).ok_or_else(|| corrupt("cause")(cause.to_owned()))?,
        digest: digest.to_owned(),
        said: connection.open_value(&deletion_place(number), blob(row, 5)?)?,
        hash,
    })
}
