//! Keeping requests.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{
    figures::Handled,
    request::{
        Actor, DeliveryPayload, Follows, Message, Prepared, Request, RequestEvent, RequestNumber,
        RequestState, Submission, keys_beside, prepare,
    },
};
use jiff::{Timestamp, civil::Date};
use rusqlite::{OptionalExtension, params};
use store::{
    DeliveryId, DepartmentWord, Heard, NewRequest, RecordFault, Requests, StoreError, Submitted,
};

use super::{
    SqliteStore,
    anchor::{Added, Anchor, bind, check_bound, incomplete},
    attachments, deliveries,
    error::SqliteError,
    events::{insert_event, read_event, read_last},
    figures,
    sealed::{SealedConnection, message_place, said_place},
    value::{blob, instant, read_instant, read_number, text, to_json},
};

#[async_trait]
impl Requests for SqliteStore {
    async fn submit(&self, request: &NewRequest) -> Result<Submitted, StoreError> {
        let request = request.clone();
        let (submitted, row) = self
            .write_sealed(move |connection| {
                let submitted = submit(connection, &request)?;
                let row = "select coalesce(max(id), 0) from request";
                Ok((submitted, connection.query_one(row, [], |row| row.get(0))?))
            })
            .await?;
        if let Submitted::New(number) = &submitted {
            self.inner.receipts.note(row, number);
        }
        Ok(submitted)
    }

    async fn earlier(&self, request: &NewRequest) -> Result<Option<Submitted>, StoreError> {
        let request = request.clone();
        self.read_sealed(move |connection| earlier(connection, &request)).await
    }

    async fn kept_under(&self, key: &str) -> Result<Option<RequestNumber>, StoreError> {
        let key = key.to_owned();
        self.read_sealed(move |connection| {
            connection
                .prepare_cached("select number from request where idempotency_key = ?1")?
                .query_and_then([key], |row| read_number(text(row, 0)?))?
                .next()
                .transpose()
        })
        .await
    }

    async fn request(&self, number: &RequestNumber) -> Result<Option<Request>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| request(connection, number)).await
    }

    async fn handled(&self, since: Date, today: Date) -> Result<Vec<Handled>, StoreError> {
        self.read(move |connection, _| figures::handled(connection, since, today)).await
    }

    async fn beside(&self, number: &RequestNumber) -> Result<Vec<RequestNumber>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| beside(connection, &number)).await
    }

    async fn check_requests(&self) -> Result<Vec<RecordFault>, StoreError> {
        self.look_through_requests().await
    }

    async fn hear(&self, word: &DepartmentWord) -> Result<Heard, StoreError> {
        let word = word.clone();
        self.write_sealed(move |connection| hear(connection, &word)).await
    }
}

/// What the key of a request was used for before.
fn earlier(
    connection: &SealedConnection<'_>,
    request: &NewRequest,
) -> Result<Option<Submitted>, SqliteError> {
    let before = connection
        .prepare_cached("select id, number from request where idempotency_key = ?1")?
        .query_row([&request.idempotency_key], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((id, number)) = before else { return Ok(None) };
    // What was handed in first, whatever was corrected since.
    let kept = submission(connection, id, &number, "asc")?;
    let number = read_number(&number)?;
    Ok(Some(if kept.asks_like(&request.submission) {
        Submitted::Repeated(number)
    } else {
        Submitted::Conflict(number)
    }))
}

fn beside(
    connection: &SealedConnection<'_>,
    number: &RequestNumber,
) -> Result<Vec<RequestNumber>, SqliteError> {
    let key: Option<String> = connection
        .prepare_cached("select idempotency_key from request where number = ?1")?
        .query_row([number.as_str()], |row| row.get(0))
        .optional()?;
    let Some((below, above)) = key.as_deref().and_then(keys_beside) else { return Ok(Vec::new()) };
    connection
        .prepare_cached(
            "select number from request
             where idempotency_key > ?1 and idempotency_key < ?2 and number <> ?3 order by id",
        )?
        .query_and_then([&below, &above, number.as_str()], |row| read_number(text(row, 0)?))?
        .collect()
}

fn submit(
    connection: &SealedConnection<'_>,
    request: &NewRequest,
) -> Result<Submitted, SqliteError> {
    if let Some(before) = earlier(connection, request)? {
        return Ok(before);
    }
    let files = &request.submission.attachments;
    let gone = attachments::unattachable(connection, files, request.submitted_at)?;
    if !gone.is_empty() {
        return Ok(Submitted::Unattachable(gone));
    }
    let NewRequest { number, submission, submitted_at, idempotency_key, departments, confirmation } =
        request.clone();
    let Prepared { request, message, deliveries } =
        prepare(number, submission, submitted_at, &departments, confirmation)
            .map_err(|error| unwritten(&error))?;
    let different: BTreeSet<&DeliveryId> = deliveries.iter().map(|(id, _)| id).collect();
    let deliveries_begun = u32::try_from(different.len()).unwrap_or(u32::MAX);
    let event = request.events.last();
    let begun = Added { event, messages: 1, deliveries: deliveries_begun };
    connection
        .prepare_cached(
            "insert into request (number, idempotency_key, item, submitted_at, anchor)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            request.number.as_str(),
            idempotency_key,
            request.submission.item,
            instant(request.submitted_at),
            Anchor::of_new(connection, &request.number, begun)?,
        ])?;
    let id = connection.last_insert_rowid();
    attachments::claim(connection, id, &request.submission.attachments)?;
    for event in &request.events {
        insert_event(connection, id, &request.number, event)?;
    }
    insert_message(connection, id, &request.number, &message)?;
    for (delivery, department) in deliveries {
        let (number, sequence, at) = (&request.number, message.sequence, message.at);
        insert_delivery(connection, &delivery, id, number, sequence, &department, at)?;
    }
    Ok(Submitted::New(request.number))
}

/// A message that JSON has no words for.
pub(super) fn unwritten(error: &serde_json::Error) -> SqliteError {
    StoreError::Staging { reason: format!("message: {error}") }.into()
}

/// Keeps what departments are told, frozen.
pub(super) fn insert_message(
    connection: &SealedConnection<'_>,
    request: i64,
    number: &RequestNumber,
    message: &Message,
) -> Result<(), SqliteError> {
    let Message { sequence, kind, at, body } = message;
    let place = message_place(number.as_str(), *sequence, kind.name());
    connection
        .prepare_cached(
            "insert into message (request_id, sequence, kind, at, content)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            request,
            sequence,
            kind.name(),
            instant(*at),
            connection.seal(&place, body.as_bytes())?
        ])?;
    Ok(())
}

/// Puts a message into the outbox for a department; one that is named twice gets it once. How many
/// were added. Whoever adds anything to a request has its [`Anchor`] say so.
pub(super) fn insert_delivery(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    request: i64,
    number: &RequestNumber,
    message: u32,
    department: &str,
    due: Timestamp,
) -> Result<u32, SqliteError> {
    let bound = bind(connection, id, number, message, department)?;
    let added = connection
        .prepare_cached(
            "insert into delivery
                 (id, request_id, message, department, state, due_at, round_began_at, bound)
             values (?1, ?2, ?3, ?4, 'pending', ?5, iif(?3 = 1, null, ?5), ?6)
             on conflict (request_id, department, message) do nothing",
        )?
        .execute(params![id.0, request, message, department, instant(due), bound])?;
    Ok(u32::from(added == 1))
}

/// What was handed in, first (`asc`) or as it was corrected last (`desc`).
pub(super) fn submission(
    connection: &SealedConnection<'_>,
    request: i64,
    number: &str,
    order: &'static str,
) -> Result<Submission, SqliteError> {
    let sql = format!(
        "select sequence, kind, content from message
         where request_id = ?1 and kind <> 'withdrawn' order by sequence {order} limit 1"
    );
    let mut found = connection.prepare_cached(&sql)?;
    let mut rows = found.query([request])?;
    let row = rows.next()?.ok_or_else(|| StoreError::Corrupt {
        what: "request",
        reason: format!("{number} has no message"),
    })?;
    let place = message_place(number, row.get(0)?, text(row, 1)?);
    let payload: DeliveryPayload = connection.open_value(&place, blob(row, 2)?)?;
    Ok(payload.submission)
}

fn request(
    connection: &SealedConnection<'_>,
    number: RequestNumber,
) -> Result<Option<Request>, SqliteError> {
    let found = connection
        .prepare_cached("select id, submitted_at from request where number = ?1")?
        .query_row([number.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let Some((id, submitted_at)) = found else { return Ok(None) };
    Ok(Some(Request {
        submission: submission(connection, id, number.as_str(), "desc")?,
        submitted_at: read_instant(&submitted_at)?,
        events: events(connection, id, &number)?,
        number,
    }))
}

/// The events of a request, oldest first.
///
/// # Errors
/// [`StoreError::Incomplete`] where they are not those that were kept.
pub(super) fn events(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
) -> Result<Vec<RequestEvent>, SqliteError> {
    let events: Vec<RequestEvent> = connection
        .prepare_cached(
            "select sequence, at, state, content, stars
             from request_event where request_id = ?1 order by sequence",
        )?
        .query_and_then([id], |row| read_event(connection, number, row))?
        .collect::<Result<_, _>>()?;
    let before = std::iter::once(None).chain(events.iter().map(Some));
    if !events.iter().zip(before).all(|(event, before)| event.follows(before, number)) {
        return Err(incomplete(number, "events"));
    }
    Anchor::check(connection, id, number, events.last())?;
    Ok(events)
}

/// Row and moment of submission of a request.
pub(super) fn found(
    connection: &SealedConnection<'_>,
    number: &RequestNumber,
) -> Result<Option<(i64, Timestamp)>, SqliteError> {
    connection
        .prepare_cached("select id, submitted_at from request where number = ?1")?
        .query_and_then([number.as_str()], |row| Ok((row.get(0)?, read_instant(text(row, 1)?)?)))?
        .next()
        .transpose()
}

/// Adds an event if the state may be reached from the last one; `false` if it may not.
#[expect(clippy::too_many_arguments, reason = "the parts of an event, as the domain names them")]
pub(super) fn advance(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
    at: Timestamp,
    state: RequestState,
    actor: Actor,
    reference: Option<String>,
    note: Option<String>,
) -> Result<bool, SqliteError> {
    let last = last_event(connection, id, number)?;
    if !last.state.may_become(state) {
        return Ok(false);
    }
    let event = RequestEvent::after(Some(&last), number, at, state, actor, reference, note);
    add_event(connection, id, number, &event)?;
    Ok(true)
}

/// Adds a word of the operator's staff, which leaves the state as it is.
pub(super) fn remark(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
    at: Timestamp,
    actor: Actor,
    note: Option<String>,
) -> Result<(), SqliteError> {
    let last = last_event(connection, id, number)?;
    let event = RequestEvent::after(Some(&last), number, at, last.state, actor, None, note);
    add_event(connection, id, number, &event)
}

/// The last event of a request; every request has one.
///
/// # Errors
/// [`StoreError::Incomplete`] where it is not the one that was written last.
pub(super) fn last_event(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
) -> Result<RequestEvent, SqliteError> {
    let mut last_two = read_last(connection, id, number)?;
    let last = last_two.pop().filter(|last| last.follows(last_two.last(), number));
    Anchor::check(connection, id, number, last.as_ref())?;
    last.ok_or_else(|| incomplete(number, "events"))
}

fn hear(connection: &SealedConnection<'_>, word: &DepartmentWord) -> Result<Heard, SqliteError> {
    let DepartmentWord { number, department, message, at, state, reference, note, outcome, .. } =
        word;
    let theirs = connection
        .prepare_cached(
            "select r.id, d.id, d.message, d.bound
             from request r join delivery d on d.request_id = r.id
             where r.number = ?1 and d.department = ?2 order by d.message limit 1",
        )?
        .query_row((number.as_str(), department), |row| {
            Ok((row.get(0)?, DeliveryId(row.get(1)?), row.get(2)?, row.get::<_, Vec<u8>>(3)?))
        })
        .optional()?;
    let Some((id, delivery, first, bound)) = theirs else { return Ok(Heard::NotTheirs) };
    check_bound(connection, &delivery, number.as_str(), first, department, &bound)?;
    // A word without what came up later is told again by what was kept of such words before.
    let content = match (outcome, word.reopening, &word.facts) {
        (Some(outcome), asked_at, facts) => {
            to_json("message", &(number, state, reference, note, facts, asked_at, outcome))?
        }
        (None, Some(asked_at), facts) => {
            to_json("message", &(number, state, reference, note, facts, asked_at))?
        }
        (None, None, facts) if facts.is_empty() => {
            to_json("message", &(number, state, reference, note))?
        }
        (None, None, facts) => to_json("message", &(number, state, reference, note, facts))?,
    };
    let Some(sequence) = new_message(connection, word, &content)? else {
        return Ok(Heard::Repeated);
    };
    let follows = word.follows(&events(connection, id, number)?);
    if let Follows::Past(stands) = follows {
        return Ok(Heard::Past(stands));
    }
    if let Follows::Refused(refused) = follows {
        return Ok(Heard::Refused(refused));
    }
    let place = said_place(department, message, sequence);
    connection
        .prepare_cached(
            "insert into department_message (department, message, sequence, request_id, content)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            department,
            message,
            sequence,
            id,
            connection.seal(&place, content.as_bytes())?
        ])?;
    deliveries::heard(connection, &delivery, department, *at, reference.as_deref())?;
    let Follows::Event(event) = follows else { return Ok(Heard::Repeated) };
    add_event(connection, id, number, &event)?;
    Ok(Heard::Taken)
}

/// The place of a department's message among those of the same id; `None` when it was taken before.
fn new_message(
    connection: &SealedConnection<'_>,
    word: &DepartmentWord,
    content: &str,
) -> Result<Option<u32>, SqliteError> {
    let DepartmentWord { department, message, .. } = word;
    let mut next = 1;
    let mut before = connection.prepare_cached(
        "select sequence, content from department_message
         where department = ?1 and message = ?2 order by sequence",
    )?;
    let mut rows = before.query([department, message])?;
    while let Some(row) = rows.next()? {
        let sequence: u32 = row.get(0)?;
        next = sequence + 1;
        let sealed: Option<Vec<u8>> = row.get(1)?;
        // Of one from before requests were sealed it is not known what it said.
        let Some(sealed) = sealed else { return Ok(None) };
        let place = said_place(department, message, sequence);
        if connection.open(&place, &sealed)? == content.as_bytes() {
            return Ok(None);
        }
    }
    Ok(Some(next))
}

/// Adds an event, and nothing else.
pub(super) fn add_event(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
    event: &RequestEvent,
) -> Result<(), SqliteError> {
    insert_event(connection, id, number, event)?;
    Anchor::add(connection, id, number, Added { event: Some(event), ..Added::default() })
}
