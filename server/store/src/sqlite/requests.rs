//! Keeping requests.

use async_trait::async_trait;
use domain::request::{
    Actor, DeliveryPayload, Request, RequestEvent, RequestNumber, RequestState, Submission,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::{
    SqliteStore, deliveries,
    value::{corrupt, from_json, instant, read_instant, text, to_json},
};
use crate::{DeliveryId, DepartmentWord, Heard, NewRequest, Requests, StoreError, Submitted};

#[async_trait]
impl Requests for SqliteStore {
    async fn submit(&self, request: &NewRequest) -> Result<Submitted, StoreError> {
        let request = request.clone();
        let (submitted, row) = self
            .write(move |transaction| {
                let submitted = submit(transaction, &request)?;
                let row = "select coalesce(max(id), 0) from request";
                Ok((submitted, transaction.query_one(row, [], |row| row.get(0))?))
            })
            .await?;
        if let Submitted::New(number) = &submitted {
            self.inner.receipts.note(row, number);
        }
        Ok(submitted)
    }

    async fn request(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError> {
        let number = number.clone();
        self.read(move |connection, _| request(connection, number)).await
    }

    async fn hear(&self, word: &DepartmentWord) -> Result<Heard, StoreError> {
        let word = word.clone();
        self.write(move |transaction| hear(transaction, &word)).await
    }
}

fn submit(connection: &Connection, request: &NewRequest) -> Result<Submitted, StoreError> {
    let digest = digest(&request.submission)?;
    let before = connection
        .prepare_cached("select number, digest from request where idempotency_key = ?1")?
        .query_row([&request.idempotency_key], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    if let Some((number, kept)) = before {
        return if kept == digest {
            Ok(Submitted::Repeated(read_number(&number)?))
        } else {
            Ok(Submitted::Conflict)
        };
    }
    connection
        .prepare_cached(
            "insert into request (number, idempotency_key, digest, submission, submitted_at)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            request.number.as_str(),
            request.idempotency_key,
            digest,
            to_json("submission", &request.submission)?,
            instant(request.submitted_at),
        ])?;
    let id = connection.last_insert_rowid();
    let first = RequestEvent::after(
        None,
        &request.number,
        request.submitted_at,
        RequestState::Submitted,
        Actor::Applicant,
        None,
        None,
    );
    insert_event(connection, id, &first)?;
    insert_deliveries(connection, id, request)?;
    Ok(Submitted::New(request.number.clone()))
}

/// What makes two submissions the same: not the data version, which may change between two
/// presses of the same button.
fn digest(submission: &Submission) -> Result<Vec<u8>, StoreError> {
    let Submission { item, code, data_version: _, applicant, answers, channel } = submission;
    let content = to_json("submission", &(item, code, answers, applicant, channel))?;
    Ok(Sha256::digest(content).to_vec())
}

fn insert_deliveries(
    connection: &Connection,
    id: i64,
    request: &NewRequest,
) -> Result<(), StoreError> {
    let body = to_json(
        "delivery",
        &DeliveryPayload {
            request: request.number.clone(),
            submission: request.submission.clone(),
            submitted_at: request.submitted_at,
        },
    )?;
    // A department named twice gets it once.
    let mut insert = connection.prepare_cached(
        "insert into delivery (id, request_id, department, body, state, due_at)
         values (?1, ?2, ?3, ?4, 'pending', ?5)
         on conflict (request_id, department) do nothing",
    )?;
    for department in &request.departments {
        insert.execute(params![
            format!("msg_{}_{department}", request.number),
            id,
            department,
            body.as_bytes(),
            instant(request.submitted_at),
        ])?;
    }
    Ok(())
}

fn request(connection: &Connection, number: RequestNumber) -> Result<Option<Request>, StoreError> {
    let found = connection
        .prepare_cached("select id, submission, submitted_at from request where number = ?1")?
        .query_row([number.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((id, submission, submitted_at)) = found else { return Ok(None) };
    let events = connection
        .prepare_cached(
            "select sequence, at, state, actor, reference, note, hash
             from request_event where request_id = ?1 order by sequence",
        )?
        .query_and_then([id], read_event)?
        .collect::<Result<_, _>>()?;
    Ok(Some(Request {
        number,
        submission: from_json("submission", &submission)?,
        submitted_at: read_instant(&submitted_at)?,
        events,
    }))
}

/// Adds an event if the state may be reached from the last one; `false` if it may not.
#[expect(clippy::too_many_arguments, reason = "the parts of an event, as the domain names them")]
pub(super) fn advance(
    connection: &Connection,
    id: i64,
    number: &RequestNumber,
    at: Timestamp,
    state: RequestState,
    actor: Actor,
    reference: Option<String>,
    note: Option<String>,
) -> Result<bool, StoreError> {
    let last = last_event(connection, id, number)?;
    if !last.state.may_become(state) {
        return Ok(false);
    }
    let event = RequestEvent::after(Some(&last), number, at, state, actor, reference, note);
    insert_event(connection, id, &event)?;
    Ok(true)
}

/// Adds a word of the operator's staff, which leaves the state as it is.
pub(super) fn remark(
    connection: &Connection,
    id: i64,
    number: &RequestNumber,
    at: Timestamp,
    actor: Actor,
    note: Option<String>,
) -> Result<(), StoreError> {
    let last = last_event(connection, id, number)?;
    let event = RequestEvent::after(Some(&last), number, at, last.state, actor, None, note);
    insert_event(connection, id, &event)
}

/// The last event of a request; every request has one.
fn last_event(
    connection: &Connection,
    id: i64,
    number: &RequestNumber,
) -> Result<RequestEvent, StoreError> {
    connection
        .prepare_cached(
            "select sequence, at, state, actor, reference, note, hash
             from request_event where request_id = ?1 order by sequence desc limit 1",
        )?
        .query_and_then([id], read_event)?
        .next()
        .transpose()?
        .ok_or_else(|| StoreError::Corrupt {
            what: "request",
            reason: format!("{number} has no event"),
        })
}

fn hear(connection: &Connection, word: &DepartmentWord) -> Result<Heard, StoreError> {
    let DepartmentWord { number, department, message, at, state, reference, note } = word;
    let theirs = connection
        .prepare_cached(
            "select r.id, d.id from request r join delivery d on d.request_id = r.id
             where r.number = ?1 and d.department = ?2",
        )?
        .query_row((number.as_str(), department), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, delivery)) = theirs else { return Ok(Heard::NotTheirs) };
    let content = to_json("message", &(number, state, reference, note))?;
    let digest = Sha256::digest(content).to_vec();
    let before = connection
        .prepare_cached(
            "select 1 from department_message
             where department = ?1 and message = ?2 and digest = ?3",
        )?
        .exists(params![department, message, digest])?;
    if before {
        return Ok(Heard::Repeated);
    }
    let last = last_event(connection, id, number)?;
    if !last.state.takes_word(*state) {
        return Ok(Heard::Past(last.state));
    }
    connection
        .prepare_cached(
            "insert into department_message (department, message, digest, request_id)
             values (?1, ?2, ?3, ?4)",
        )?
        .execute(params![department, message, digest, id])?;
    deliveries::heard(connection, &DeliveryId(delivery), department, *at, reference.as_deref())?;
    if last.state == *state && nothing_new(connection, id, &last, word)? {
        return Ok(Heard::Repeated);
    }
    let actor = Actor::Department(department.clone());
    let (reference, note) = (reference.clone(), note.clone());
    let event = RequestEvent::after(Some(&last), number, *at, *state, actor, reference, note);
    insert_event(connection, id, &event)?;
    Ok(Heard::Taken)
}

/// Whether a word in the present state says what is known: nothing beside the state, or the last
/// word again under a new message id, as senders do that lost our answer.
fn nothing_new(
    connection: &Connection,
    id: i64,
    last: &RequestEvent,
    word: &DepartmentWord,
) -> Result<bool, StoreError> {
    if word.note.is_some() {
        return Ok(last.note == word.note
            && (word.reference.is_none() || last.reference == word.reference)
            && last.actor == Actor::Department(word.department.clone()));
    }
    let Some(reference) = &word.reference else { return Ok(true) };
    let known: Option<String> = connection
        .prepare_cached(
            "select reference from request_event
             where request_id = ?1 and reference is not null order by sequence desc limit 1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(known.as_ref() == Some(reference))
}

fn insert_event(connection: &Connection, id: i64, event: &RequestEvent) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "insert into request_event
                 (request_id, sequence, at, state, actor, reference, note, hash)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            event.sequence,
            instant(event.at),
            event.state.name(),
            to_json("actor", &event.actor)?,
            event.reference,
            event.note,
            event.hash,
        ])?;
    Ok(())
}

fn read_event(row: &Row<'_>) -> Result<RequestEvent, StoreError> {
    let state = text(row, 2)?;
    Ok(RequestEvent {
        sequence: row.get(0)?,
        at: read_instant(text(row, 1)?)?,
        state: RequestState::from_name(state)
            .ok_or_else(|| corrupt("request state")(state.to_owned()))?,
        actor: from_json("actor", text(row, 3)?)?,
        reference: row.get(4)?,
        note: row.get(5)?,
        hash: row.get(6)?,
    })
}

/// A number from its column.
pub(super) fn read_number(text: &str) -> Result<RequestNumber, StoreError> {
    RequestNumber::parse(text).ok_or_else(|| corrupt("request number")(text.to_owned()))
}
