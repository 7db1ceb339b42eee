//! What people do about deliveries.

use async_trait::async_trait;
use domain::request::{Actor, MessageKind, RequestNumber, RequestState};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use store::{
    Deliveries, DeliveryAct, DeliveryEvent, DeliveryFilter, DeliveryId, DeliveryRecord,
    DeliveryState, Intervened, Intervener, Intervention, Listed, StoreError,
};

use super::{
    SqliteStore,
    anchor::{Added, Anchor, bind},
    error::{self, Reads, SqliteError},
    records::{SealedConnection, journal_place, reference_place},
    requests::{advance, insert_delivery, last_event, read_kind, read_number, remark},
    rights::parts,
    value::{blob, corrupt, instant, read_instant, shown, text, text_or_null, to_json},
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

#[async_trait]
impl Deliveries for SqliteStore {
    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
    ) -> Result<Listed<DeliveryRecord>, StoreError> {
        let filter = filter.clone();
        self.read_kept(move |kept| error::listed(list(kept, &filter)?)).await
    }

    async fn intervene(
        &self,
        id: &DeliveryId,
        intervention: &Intervention,
        by: &Intervener,
    ) -> Result<Intervened, StoreError> {
        let (id, intervention, by) = (id.clone(), intervention.clone(), by.clone());
        self.write_kept(move |kept| intervene(kept, &id, &intervention, &by)).await
    }
}

/// The deliveries that fit, oldest first, with their places.
pub(super) fn list(
    connection: &SealedConnection<'_>,
    filter: &DeliveryFilter,
) -> Result<Reads<DeliveryRecord>, SqliteError> {
    // An empty list of states stands for all of them.
    let states = to_json("states", &filter.states.iter().map(|s| s.name()).collect::<Vec<_>>())?;
    let number = filter.number.as_ref().map(RequestNumber::as_str);
    connection
        .prepare_cached(
            "select d.id, r.number, d.department, d.state, d.attempts, r.submitted_at, d.due_at,
                 d.reason, d.reference, d.delivered_at, m.kind
             from delivery d left join request r on r.id = d.request_id
             left join message m on m.request_id = d.request_id and m.sequence = d.message
             where (?1 is null or d.department = ?1) and (?2 is null or r.number = ?2)
                 and (?3 = '[]' or d.state in (select value from json_each(?3)))
             order by r.submitted_at, d.rowid",
        )?
        .query_and_then(params![filter.department, number, states], |row| {
            Ok((format!("delivery/{}", shown(row, 0)), read_record(connection, row)))
        })?
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

/// What an intervention needs to know of a delivery.
struct Subject {
    request: i64,
    number: RequestNumber,
    department: String,
    message: u32,
    kind: MessageKind,
    state: DeliveryState,
    leased_until: Option<Timestamp>,
    attempt_begun: bool,
}

fn subject(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
) -> Result<Option<Subject>, SqliteError> {
    connection
        .prepare_cached(
            "select d.request_id, r.number, d.state, d.leased_until,
                 d.attempt_started_at is not null, d.department, d.message, m.kind
             from delivery d join request r on r.id = d.request_id
             join message m on m.request_id = d.request_id and m.sequence = d.message
             where d.id = ?1",
        )?
        .query_and_then([&id.0], |row| {
            Ok(Subject {
                request: row.get(0)?,
                number: read_number(text(row, 1)?)?,
                state: read_state(text(row, 2)?)?,
                leased_until: text_or_null(row, 3)?.map(read_instant).transpose()?,
                attempt_begun: row.get(4)?,
                department: row.get(5)?,
                message: row.get(6)?,
                kind: read_kind(text(row, 7)?)?,
            })
        })?
        .next()
        .transpose()
}

/// Whether that can be done about a delivery in this state.
fn allows(state: DeliveryState, intervention: &Intervention) -> bool {
    match intervention {
        Intervention::TakeOver => state == DeliveryState::Stuck,
        Intervention::Retry { again: true } => {
            !matches!(state, DeliveryState::Redirected | DeliveryState::Withdrawn)
        }
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
        under_way(self.leased_until.filter(|_| holds), now)
    }

    /// Whether the department has the request, or is to have it.
    fn concerns_department(&self, connection: &SealedConnection<'_>) -> Result<bool, SqliteError> {
        let parts = parts(connection, self.request)?;
        Ok(parts.iter().any(|part| part.department == self.department && part.has_or_will()))
    }
}

fn intervene(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    intervention: &Intervention,
    by: &Intervener,
) -> Result<Intervened, SqliteError> {
    let Some(subject) = subject(connection, id)? else { return Ok(Intervened::Unknown) };
    if !allows(subject.state, intervention) {
        return Ok(Intervened::NotIn(subject.state));
    }
    let sends = match intervention {
        Intervention::Retry { .. } => subject.kind != MessageKind::Withdrawn,
        Intervention::Redirect { .. } => true,
        Intervention::TakeOver | Intervention::Settle { .. } => false,
    };
    let last = last_event(connection, subject.request, &subject.number)?;
    if sends && last.state == RequestState::Withdrawn {
        return Ok(Intervened::TakenBack);
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
            // What was closed with it, or came since, goes with it again.
            if subject.kind == MessageKind::Submitted && !subject.concerns_department(connection)? {
                send_all(connection, &subject, &subject.department, DeliveryState::Settled, by.at)?;
            }
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
            let there = *received || reference.is_some();
            close(connection, id, DeliveryState::Settled, reference.as_deref())?;
            if there {
                let sql = "update delivery set delivered_at = ?2 where id = ?1";
                connection.prepare_cached(sql)?.execute((&id.0, instant(by.at)))?;
            }
            if subject.kind == MessageKind::Submitted && !subject.concerns_department(connection)? {
                for later in close_later(connection, &subject, DeliveryState::Settled)? {
                    let entry = said("what it corrects is not sent any more", by.reason.as_deref());
                    let act = DeliveryAct::Settled;
                    note(connection, &later, by.at, act, staff.clone(), Some(entry))?;
                }
            }
            let moves = there && subject.kind == MessageKind::Submitted;
            let step = |state, reference, note| {
                let (number, staff) = (&subject.number, staff.clone());
                advance(connection, subject.request, number, by.at, state, staff, reference, note)
            };
            if !(moves && step(RequestState::Sent, None, by.reason.clone())?) {
                tell(by.reason.clone())?;
            }
            if moves && reference.is_some() {
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
fn retry(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    at: Timestamp,
) -> Result<(), SqliteError> {
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

/// Closes the delivery and opens one to `to` with the same bytes; `false` if that department has
/// one that is open or delivered. What is told before goes there too, or they would not understand
/// it; what is open and told after goes there instead.
fn redirect(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    subject: &Subject,
    to: &str,
    at: Timestamp,
) -> Result<bool, SqliteError> {
    let there = delivery_of(connection, subject.request, subject.message, to)?;
    let is_new = there.is_none();
    if there.is_some_and(|(_, state)| state != DeliveryState::Redirected) {
        return Ok(false);
    }
    if is_new && *id == DeliveryId::of(&subject.number, to, subject.message) {
        // Its row was changed to name another department: it goes back where it was made for.
        readdress(connection, id, subject, to)?;
        retry(connection, id, at)?;
        return Ok(true);
    }
    send_all(connection, subject, to, DeliveryState::Redirected, at)?;
    close_later(connection, subject, DeliveryState::Redirected)?;
    close(connection, id, DeliveryState::Redirected, None)?;
    Ok(true)
}

fn readdress(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    subject: &Subject,
    to: &str,
) -> Result<(), SqliteError> {
    let bound = bind(connection, id, &subject.number, subject.message, to)?;
    connection
        .prepare_cached("update delivery set department = ?2, bound = ?3 where id = ?1")?
        .execute(params![id.0, to, bound])?;
    Ok(())
}

/// The messages of a request, oldest first.
fn messages(connection: &SealedConnection<'_>, request: i64) -> Result<Vec<u32>, SqliteError> {
    Ok(connection
        .prepare_cached("select sequence from message where request_id = ?1 order by sequence")?
        .query_map([request], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// Sends every message of the request to a department that has none of it, also what was `closed`
/// there before.
fn send_all(
    connection: &SealedConnection<'_>,
    subject: &Subject,
    to: &str,
    closed: DeliveryState,
    at: Timestamp,
) -> Result<(), SqliteError> {
    let mut added = Added::default();
    for message in messages(connection, subject.request)? {
        match delivery_of(connection, subject.request, message, to)? {
            Some((former, state)) if state == closed => retry(connection, &former, at)?,
            Some(_) => {}
            None => {
                let id = DeliveryId::of(&subject.number, to, message);
                let (request, number) = (subject.request, &subject.number);
                added.deliveries +=
                    insert_delivery(connection, &id, request, number, message, to, at)?;
                // Its patience begins now.
                let sql = "update delivery set round_began_at = ?2 where id = ?1";
                connection.prepare_cached(sql)?.execute((&id.0, instant(at)))?;
            }
        }
    }
    if added.deliveries > 0 {
        Anchor::add(connection, subject.request, &subject.number, added)?;
    }
    Ok(())
}

/// Closes what the department was still to be told after this; returns what that was.
fn close_later(
    connection: &SealedConnection<'_>,
    subject: &Subject,
    state: DeliveryState,
) -> Result<Vec<DeliveryId>, SqliteError> {
    let mut closed = Vec::new();
    for message in messages(connection, subject.request)? {
        let here = delivery_of(connection, subject.request, message, &subject.department)?;
        if let Some((open, stands)) = here
            && message > subject.message
            && DeliveryState::UNDELIVERED.contains(&stands)
        {
            close(connection, &open, state, None)?;
            closed.push(open);
        }
    }
    Ok(closed)
}

fn delivery_of(
    connection: &SealedConnection<'_>,
    request: i64,
    message: u32,
    department: &str,
) -> Result<Option<(DeliveryId, DeliveryState)>, SqliteError> {
    let found = connection
        .prepare_cached(
            "select id, state from delivery
             where request_id = ?1 and message = ?2 and department = ?3",
        )?
        .query_row((request, message, department), |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    found.map(|(id, state)| Ok((DeliveryId(id), read_state(&state)?))).transpose()
}
