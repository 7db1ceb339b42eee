//! Deliveries with their journals.

use domain::request::{Actor, RequestNumber};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use store::{
    DeliveryAct, DeliveryEvent, DeliveryFilter, DeliveryId, DeliveryRecord, DeliveryState,
    OpenRequest,
};

use super::{
    error::{Reads, SqliteError},
    sealed::{SealedConnection, journal_place, reference_place},
    value::{
        blob, corrupt, instant, read_date, read_instant, read_kind, read_number, shown, text,
        text_or_null, to_json,
    },
};

/// The longest that one attempt can be under way: a lease that claims more comes from a clock
/// that went wrong.
const LONGEST_ATTEMPT: SignedDuration = SignedDuration::from_mins(10);

/// Until when an attempt that holds a lease may still be under way; `None` when it must have ended.
pub(super) fn under_way(leased_until: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let longest = now.checked_add(LONGEST_ATTEMPT).unwrap_or(Timestamp::MAX);
    leased_until.filter(|until| (now..longest).contains(until))
}

/// The states of a delivery that is still to reach its department, as
/// [`DeliveryState::UNDELIVERED`] has them.
macro_rules! undelivered {
    () => {
        "('pending', 'ambiguous', 'stuck')"
    };
}
pub(super) use undelivered;

/// Of a delivery: somebody said that the department has it, or it said so.
pub(super) const CONFIRMED: &str =
    "(delivered_at is not null or reference is not null or state = 'delivered')";
/// Of a delivery: bytes of it may have got there.
pub(super) const MAYBE_THERE: &str =
    "(may_be_there or attempt_started_at is not null or state in ('ambiguous', 'stuck'))";

/// The columns of a [`DeliveryRecord`]; one whose request is gone is a row too.
macro_rules! records {
    () => {
        "select d.id, r.number, d.department, d.state, d.attempts, r.submitted_at, d.due_at,
             d.reason, d.reference, d.delivered_at, m.kind
         from delivery d left join request r on r.id = d.request_id
         left join message m on m.request_id = d.request_id and m.sequence = d.message "
    };
}

/// The deliveries that fit, oldest first, with their places.
pub(super) fn list(
    connection: &SealedConnection<'_>,
    filter: &DeliveryFilter,
) -> Result<Reads<DeliveryRecord>, SqliteError> {
    // An empty list of states stands for all of them.
    let states = to_json("states", &filter.states.iter().map(|s| s.name()).collect::<Vec<_>>())?;
    let number = filter.number.as_ref().map(RequestNumber::as_str);
    let id = filter.id.as_ref().map(|id| &*id.0);
    connection
        .prepare_cached(concat!(
            records!(),
            "where (?1 is null or d.department = ?1) and (?2 is null or r.number = ?2)
                 and (?3 = '[]' or d.state in (select value from json_each(?3)))
                 and (?4 is null or d.id = ?4)
             order by r.submitted_at, d.rowid"
        ))?
        .query_and_then(params![filter.department, number, states, id], |row| {
            Ok((format!("delivery/{}", shown(row, 0)), read_record(connection, row)))
        })?
        .collect()
}

/// Fails where a delivery does not read as one.
pub(super) fn check_record(connection: &SealedConnection<'_>, id: &str) -> Result<(), SqliteError> {
    connection
        .prepare_cached(concat!(records!(), "where d.id = ?1"))?
        .query_and_then([id], |row| read_record(connection, row).map(drop))?
        .collect()
}

fn read_record(
    connection: &SealedConnection<'_>,
    row: &Row<'_>,
) -> Result<DeliveryRecord, SqliteError> {
    let moment = |column| text_or_null(row, column)?.map(read_instant).transpose();
    let id = DeliveryId(row.get(0)?);
    Ok(DeliveryRecord {
        reference: read_reference(connection, &id, row, 8)?,
        events: journal(connection, &id)?,
        id,
        number: read_number(text(row, 1)?)?,
        department: row.get(2)?,
        state: read_state(text(row, 3)?)?,
        attempts: row.get(4)?,
        submitted_at: read_instant(text(row, 5)?)?,
        next_attempt_at: moment(6)?,
        kind: read_kind(text(row, 10)?)?,
        reason: row.get(7)?,
        delivered_at: moment(9)?,
    })
}

/// The department's reference from its column.
pub(super) fn read_reference(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    row: &Row<'_>,
    column: usize,
) -> Result<Option<String>, SqliteError> {
    let sealed: Option<Vec<u8>> = row.get(column)?;
    sealed.map(|sealed| connection.open_value(&reference_place(&id.0), &sealed)).transpose()
}

/// The department's reference for its column.
pub(super) fn seal_reference(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    reference: Option<&str>,
) -> Result<Option<Vec<u8>>, SqliteError> {
    reference.map(|text| connection.seal_value(&reference_place(&id.0), &text)).transpose()
}

/// A state from its column.
pub(super) fn read_state(name: &str) -> Result<DeliveryState, SqliteError> {
    DeliveryState::from_name(name).ok_or_else(|| corrupt("delivery state")(name.to_owned()))
}

/// An act from its column.
pub(super) fn read_act(name: &str) -> Result<DeliveryAct, SqliteError> {
    let known = DeliveryAct::ALL.into_iter().find(|act| act.name() == name);
    known.ok_or_else(|| corrupt("delivery act")(name.to_owned()))
}

/// What of an entry is sealed.
#[derive(Serialize, Deserialize)]
struct EntryContent {
    actor: Actor,
    note: Option<String>,
    hash: String,
}

/// The journal of a delivery, oldest first.
pub(super) fn journal(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
) -> Result<Vec<DeliveryEvent>, SqliteError> {
    connection
        .prepare_cached(
            "select sequence, at, act, content
             from delivery_event where delivery_id = ?1 order by sequence",
        )?
        .query_and_then([&id.0], |row| {
            let sequence = row.get(0)?;
            let place = journal_place(&id.0, sequence);
            let EntryContent { actor, note, hash } =
                connection.open_value(&place, blob(row, 3)?)?;
            let at = read_instant(text(row, 1)?)?;
            Ok(DeliveryEvent { sequence, at, act: read_act(text(row, 2)?)?, actor, note, hash })
        })?
        .collect()
}

/// Adds an entry to a delivery's journal.
pub(super) fn note(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    at: Timestamp,
    act: DeliveryAct,
    actor: Actor,
    note: Option<String>,
) -> Result<(), SqliteError> {
    let last = journal(connection, id)?.pop();
    let event = DeliveryEvent::after(last.as_ref(), id, at, act, actor, note);
    connection
        .prepare_cached(
            "insert into delivery_event (delivery_id, sequence, at, act, content)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            id.0,
            event.sequence,
            instant(event.at),
            event.act.name(),
            connection.seal_value(
                &journal_place(&id.0, event.sequence),
                &EntryContent { actor: event.actor, note: event.note, hash: event.hash },
            )?,
        ])?;
    Ok(())
}

/// A department spoke of a request that was in doubt or stuck: it has it.
pub(super) fn heard(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    department: &str,
    at: Timestamp,
    reference: Option<&str>,
) -> Result<(), SqliteError> {
    let settled = connection
        .prepare_cached(
            "update delivery set state = 'delivered', due_at = null, delivered_at = ?2,
                 reason = null, reference = coalesce(?3, reference), failed_look_ups = 0,
                 attempt_started_at = null, leased_by = null, leased_until = null
             where id = ?1 and state in ('ambiguous', 'stuck')",
        )?
        .execute(params![id.0, instant(at), seal_reference(connection, id, reference)?])?;
    if settled == 1 {
        let office = Actor::Department(department.to_owned());
        note(connection, id, at, DeliveryAct::Heard, office, None)?;
    }
    Ok(())
}

/// Closes a delivery: nothing of it is sent any more.
pub(super) fn close(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    state: DeliveryState,
    reference: Option<&str>,
) -> Result<(), SqliteError> {
    connection
        .prepare_cached(&format!(
            "update delivery set state = ?2, due_at = null, reference = coalesce(?3, reference),
                 may_be_there = {MAYBE_THERE},
                 attempt_started_at = null, leased_by = null, leased_until = null
             where id = ?1",
        ))?
        .execute(params![id.0, state.name(), seal_reference(connection, id, reference)?])?;
    Ok(())
}

/// The requests that a department has or is to have and that are not decided, returned or taken back now: what was
/// taken up again is open, and its time counts from then. The states of each are read in the index of the public figures.
pub(super) fn undecided(
    connection: &Connection,
    department: &str,
    most: usize,
) -> Result<Vec<OpenRequest>, SqliteError> {
    connection
        .prepare_cached(
            "select r.number, r.item, r.submitted_at,
                 (select date(min(s.at), '+8 hours')
                  from request_event s indexed by request_event_figures
                  where s.request_id = r.id and s.state in ('acknowledged', 'in_progress')
                      and s.sequence > (
                          select coalesce(max(o.sequence), 0)
                          from request_event o indexed by request_event_figures
                          where o.request_id = r.id and o.state in ('decided', 'returned')))
             from delivery d join request r on r.id = d.request_id
             join request_event e indexed by request_event_figures on e.request_id = r.id
             where d.department = ?1 and d.message = 1 and d.state not in ('redirected', 'withdrawn')
             group by r.id
             -- Of the last event alone.
             having max(e.sequence * 2 + (e.state in ('decided', 'returned', 'withdrawn'))) % 2 = 0
             order by r.submitted_at, r.id limit ?2",
        )?
        .query_and_then(params![department, i64::try_from(most).unwrap_or(i64::MAX)], |row| {
            Ok(OpenRequest {
                number: read_number(text(row, 0)?)?,
                item: row.get(1)?,
                submitted_at: read_instant(text(row, 2)?)?,
                begun: read_date(text_or_null(row, 3)?)?,
            })
        })?
        .collect()
}

/// A department's part in a request.
pub(super) struct Part {
    pub(super) department: String,
    /// Where its delivery of the submission stands.
    state: DeliveryState,
    /// Bytes of that, or of a correction, which says all of it again, may have got there.
    ambiguous: bool,
    /// Somebody said that the department has one of them, or it said so.
    confirmed: bool,
}

impl Part {
    /// Whether the department has the request, or is to have it.
    pub(super) fn has_or_will(&self) -> bool {
        match self.state {
            DeliveryState::Settled => self.confirmed,
            DeliveryState::Redirected | DeliveryState::Withdrawn => false,
            _ => true,
        }
    }

    /// Whether the department has the request or may have it.
    pub(super) fn has_or_may(&self) -> bool {
        self.confirmed || self.ambiguous
    }
}

/// Every department's part in a request.
pub(super) fn parts(connection: &SealedConnection<'_>, id: i64) -> Result<Vec<Part>, SqliteError> {
    let mut parts: Vec<Part> = Vec::new();
    let mut found = connection.prepare_cached(&format!(
        "select department, state, {MAYBE_THERE}, {CONFIRMED}
         from delivery where request_id = ?1 order by message, rowid",
    ))?;
    let mut rows = found.query([id])?;
    while let Some(row) = rows.next()? {
        let department: String = row.get(0)?;
        let (ambiguous, confirmed) = (row.get(2)?, row.get(3)?);
        if let Some(part) = parts.iter_mut().find(|part| part.department == department) {
            part.ambiguous |= ambiguous;
            part.confirmed |= confirmed;
        } else {
            let state = read_state(text(row, 1)?)?;
            parts.push(Part { department, state, ambiguous, confirmed });
        }
    }
    Ok(parts)
}
