//! What people do about deliveries.

use async_trait::async_trait;
use domain::request::{Actor, RequestNumber, RequestState};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    SqliteStore,
    requests::{advance, read_number, remark},
    value::{corrupt, from_json, instant, read_instant, text, text_or_null, to_json},
};
use crate::{
    Deliveries, DeliveryAct, DeliveryEvent, DeliveryFilter, DeliveryId, DeliveryRecord,
    DeliveryState, Intervened, Intervener, Intervention, StoreError,
};

/// The longest that one attempt can be under way: a lease that claims more comes from a clock
/// that went wrong.
const LONGEST_ATTEMPT: SignedDuration = SignedDuration::from_mins(10);

#[async_trait]
impl Deliveries for SqliteStore {
    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<DeliveryRecord>, StoreError> {
        let filter = filter.clone();
        self.read(move |connection, _| list(connection, &filter)).await
    }

    async fn intervene(
        &self,
        id: &DeliveryId,
        intervention: &Intervention,
        by: &Intervener,
    ) -> Result<Intervened, StoreError> {
        let (id, intervention, by) = (id.clone(), intervention.clone(), by.clone());
        self.write(move |transaction| intervene(transaction, &id, &intervention, &by)).await
    }
}

fn list(
    connection: &Connection,
    filter: &DeliveryFilter,
) -> Result<Vec<DeliveryRecord>, StoreError> {
    // An empty list of states stands for all of them.
    let states = to_json("states", &filter.states.iter().map(|s| s.name()).collect::<Vec<_>>())?;
    let number = filter.number.as_ref().map(RequestNumber::as_str);
    let mut records: Vec<DeliveryRecord> = connection
        .prepare_cached(
            "select d.id, r.number, d.department, d.state, d.attempts, r.submitted_at, d.due_at,
                 d.reason, d.reference, d.delivered_at
             from delivery d join request r on r.id = d.request_id
             where (?1 is null or d.department = ?1) and (?2 is null or r.number = ?2)
                 and (?3 = '[]' or d.state in (select value from json_each(?3)))
             order by r.submitted_at, d.rowid",
        )?
        .query_and_then(params![filter.department, number, states], read_record)?
        .collect::<Result<_, _>>()?;
    for record in &mut records {
        record.events = journal(connection, &record.id)?;
    }
    Ok(records)
}

fn read_record(row: &Row<'_>) -> Result<DeliveryRecord, StoreError> {
    let moment = |column| text_or_null(row, column)?.map(read_instant).transpose();
    Ok(DeliveryRecord {
        id: DeliveryId(row.get(0)?),
        number: read_number(text(row, 1)?)?,
        department: row.get(2)?,
        state: read_state(text(row, 3)?)?,
        attempts: row.get(4)?,
        submitted_at: read_instant(text(row, 5)?)?,
        next_attempt_at: moment(6)?,
        reason: row.get(7)?,
        reference: row.get(8)?,
        delivered_at: moment(9)?,
        events: Vec::new(),
    })
}

/// A state from its column.
pub(super) fn read_state(name: &str) -> Result<DeliveryState, StoreError> {
    DeliveryState::from_name(name).ok_or_else(|| corrupt("delivery state")(name.to_owned()))
}

/// An act from its column.
pub(super) fn read_act(name: &str) -> Result<DeliveryAct, StoreError> {
    let known = DeliveryAct::ALL.into_iter().find(|act| act.name() == name);
    known.ok_or_else(|| corrupt("delivery act")(name.to_owned()))
}

fn journal(connection: &Connection, id: &DeliveryId) -> Result<Vec<DeliveryEvent>, StoreError> {
    connection
        .prepare_cached(
            "select sequence, at, act, actor, note, hash
             from delivery_event where delivery_id = ?1 order by sequence",
        )?
        .query_and_then([&id.0], |row| {
            Ok(DeliveryEvent {
                sequence: row.get(0)?,
                at: read_instant(text(row, 1)?)?,
                act: read_act(text(row, 2)?)?,
                actor: from_json("actor", text(row, 3)?)?,
                note: row.get(4)?,
                hash: row.get(5)?,
            })
        })?
        .collect()
}

/// Adds an entry to a delivery's journal.
pub(super) fn note(
    connection: &Connection,
    id: &DeliveryId,
    at: Timestamp,
    act: DeliveryAct,
    actor: Actor,
    note: Option<String>,
) -> Result<(), StoreError> {
    let last = journal(connection, id)?.pop();
    let event = DeliveryEvent::after(last.as_ref(), id, at, act, actor, note);
    connection
        .prepare_cached(
            "insert into delivery_event (delivery_id, sequence, at, act, actor, note, hash)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id.0,
            event.sequence,
            instant(event.at),
            event.act.name(),
            to_json("actor", &event.actor)?,
            event.note,
            event.hash,
        ])?;
    Ok(())
}

/// A department spoke of a request that was in doubt or stuck: it has it.
pub(super) fn heard(
    connection: &Connection,
    id: &DeliveryId,
    department: &str,
    at: Timestamp,
    reference: Option<&str>,
) -> Result<(), StoreError> {
    let settled = connection
        .prepare_cached(
            "update delivery set state = 'delivered', due_at = null, delivered_at = ?2,
                 reason = null, reference = coalesce(?3, reference), failed_look_ups = 0,
                 attempt_started_at = null, leased_by = null, leased_until = null
             where id = ?1 and state in ('ambiguous', 'stuck')",
        )?
        .execute(params![id.0, instant(at), reference])?;
    if settled == 1 {
        let office = Actor::Department(department.to_owned());
        note(connection, id, at, DeliveryAct::Heard, office, None)?;
    }
    Ok(())
}

/// What an intervention needs to know of a delivery.
struct Subject {
    request: i64,
    number: RequestNumber,
    state: DeliveryState,
    leased_until: Option<Timestamp>,
    attempt_begun: bool,
}

fn subject(connection: &Connection, id: &DeliveryId) -> Result<Option<Subject>, StoreError> {
    connection
        .prepare_cached(
            "select d.request_id, r.number, d.state, d.leased_until,
                 d.attempt_started_at is not null
             from delivery d join request r on r.id = d.request_id where d.id = ?1",
        )?
        .query_and_then([&id.0], |row| {
            Ok(Subject {
                request: row.get(0)?,
                number: read_number(text(row, 1)?)?,
                state: read_state(text(row, 2)?)?,
                leased_until: text_or_null(row, 3)?.map(read_instant).transpose()?,
                attempt_begun: row.get(4)?,
            })
        })?
        .next()
        .transpose()
}

/// Whether that can be done about a delivery in this state.
fn allows(state: DeliveryState, intervention: &Intervention) -> bool {
    match intervention {
        Intervention::TakeOver => state == DeliveryState::Stuck,
        Intervention::Retry { again: true } => state != DeliveryState::Redirected,
        Intervention::Retry { again: false }
        | Intervention::Redirect { .. }
        | Intervention::Settle { .. } => DeliveryState::UNDELIVERED.contains(&state),
    }
}

impl Subject {
    /// Until when whoever has the delivery in hand holds this up.
    fn under_way(&self, intervention: &Intervention, now: Timestamp) -> Option<Timestamp> {
        let holds = match intervention {
            Intervention::TakeOver => false,
            // Also before anything is sent: what they do counts by the round that they took it in.
            Intervention::Retry { .. } => true,
            // The answer would find no delivery, and nobody would know who has the request.
            Intervention::Redirect { .. } | Intervention::Settle { .. } => self.attempt_begun,
        };
        let longest = now.checked_add(LONGEST_ATTEMPT).unwrap_or(Timestamp::MAX);
        self.leased_until.filter(|until| holds && (now..longest).contains(until))
    }
}

fn intervene(
    connection: &Connection,
    id: &DeliveryId,
    intervention: &Intervention,
    by: &Intervener,
) -> Result<Intervened, StoreError> {
    let Some(subject) = subject(connection, id)? else { return Ok(Intervened::Unknown) };
    if !allows(subject.state, intervention) {
        return Ok(Intervened::NotIn(subject.state));
    }
    if let Some(until) = subject.under_way(intervention, by.at) {
        return Ok(Intervened::UnderWay(until));
    }
    let staff = Actor::Staff(by.name.clone());
    let tell = |note: Option<String>| {
        remark(connection, subject.request, &subject.number, by.at, staff.clone(), note)
    };
    let (act, entry) = match intervention {
        Intervention::TakeOver => (DeliveryAct::TakenOver, by.reason.clone()),
        Intervention::Retry { .. } => {
            retry(connection, id, by.at)?;
            (DeliveryAct::Retried, by.reason.clone())
        }
        Intervention::Redirect { to } => {
            if !redirect(connection, id, &subject, to, by.at)? {
                return Ok(Intervened::AlreadyThere);
            }
            tell(by.reason.clone())?;
            (DeliveryAct::Redirected, Some(said(&format!("to {to}"), by.reason.as_deref())))
        }
        Intervention::Settle { received, reference } => {
            close(connection, id, DeliveryState::Settled, reference.as_deref())?;
            let there = *received || reference.is_some();
            let step = |state, reference, note| {
                let (number, staff) = (&subject.number, staff.clone());
                advance(connection, subject.request, number, by.at, state, staff, reference, note)
            };
            if !(there && step(RequestState::Sent, None, by.reason.clone())?) {
                tell(by.reason.clone())?;
            }
            if reference.is_some() {
                step(RequestState::Acknowledged, reference.clone(), None)?;
            }
            let how = if there { "the department has it" } else { "it is not sent any more" };
            (DeliveryAct::Settled, Some(said(how, by.reason.as_deref())))
        }
    };
    note(connection, id, by.at, act, staff, entry)?;
    Ok(Intervened::Done)
}

fn said(what: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| what.to_owned(), |reason| format!("{what}: {reason}"))
}

/// Due now, with new patience. Only what certainly never arrived is not asked about first.
fn retry(connection: &Connection, id: &DeliveryId, at: Timestamp) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "update delivery set state = iif(state = 'pending', 'pending', 'ambiguous'),
                 due_at = ?2, delivered_at = null, failed_look_ups = 0,
                 round_began_at = ?2, round_before = attempts
             where id = ?1",
        )?
        .execute((&id.0, instant(at)))?;
    Ok(())
}

fn close(
    connection: &Connection,
    id: &DeliveryId,
    state: DeliveryState,
    reference: Option<&str>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "update delivery set state = ?2, due_at = null, reference = coalesce(?3, reference),
                 attempt_started_at = null, leased_by = null, leased_until = null
             where id = ?1",
        )?
        .execute(params![id.0, state.name(), reference])?;
    Ok(())
}

/// Closes the delivery and opens one to `to` with the same bytes; `false` if that department has
/// one that is open or delivered.
fn redirect(
    connection: &Connection,
    id: &DeliveryId,
    subject: &Subject,
    to: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let there = connection
        .prepare_cached("select id, state from delivery where request_id = ?1 and department = ?2")?
        .query_row((subject.request, to), |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    match there {
        // It was with them before, and comes back.
        Some((former, state)) if read_state(&state)? == DeliveryState::Redirected => {
            let former = DeliveryId(former);
            retry(connection, &former, at)?;
        }
        Some(_) => return Ok(false),
        None => {
            connection
                .prepare_cached(
                    "insert into delivery
                         (id, request_id, department, body, state, due_at, round_began_at)
                     select ?2, request_id, ?3, body, 'pending', ?4, ?4 from delivery where id = ?1",
                )?
                .execute((&id.0, format!("msg_{}_{to}", subject.number), to, instant(at)))?;
        }
    }
    close(connection, id, DeliveryState::Redirected, None)?;
    Ok(true)
}
