//! What a person does about a delivery, and what follows from it for the others of its request.

use async_trait::async_trait;
use domain::request::{Actor, MessageKind, RequestNumber, RequestState};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use store::{
    Deliveries, DeliveryAct, DeliveryFilter, DeliveryId, DeliveryRecord, DeliveryState, Intervened,
    Intervener, Intervention, Listed, OpenRequest, StoreError,
};

use super::{
    SqliteStore,
    anchor::{Added, Anchor, bind},
    deliveries::{close, journal, list, note, parts, read_state, undecided, under_way},
    error::{self, SqliteError},
    persons::persons,
    requests::{advance, insert_delivery, last_event, remark},
    sealed::SealedConnection,
    value::{instant, read_instant, read_kind, read_number, text, text_or_null},
};

#[async_trait]
impl Deliveries for SqliteStore {
    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
    ) -> Result<Listed<DeliveryRecord>, StoreError> {
        let filter = filter.clone();
        self.read_sealed(move |connection| error::listed(list(connection, &filter)?)).await
    }

    async fn intervene(
        &self,
        id: &DeliveryId,
        intervention: &Intervention,
        by: &Intervener,
    ) -> Result<Intervened, StoreError> {
        let (id, intervention, by) = (id.clone(), intervention.clone(), by.clone());
        self.write_sealed(move |connection| intervene(connection, &id, &intervention, &by)).await
    }

    async fn undecided(
        &self,
        department: &str,
        most: usize,
    ) -> Result<Vec<OpenRequest>, StoreError> {
        let department = department.to_owned();
        self.read(move |connection, _| undecided(connection, &department, most)).await
    }
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
        | Intervention::Settle { .. }
        | Intervention::Propose
        | Intervention::Confirm { .. } => DeliveryState::UNDELIVERED.contains(&state),
    }
}

impl Subject {
    /// Until when whoever has the delivery in hand holds this up.
    fn under_way(&self, intervention: &Intervention, now: Timestamp) -> Option<Timestamp> {
        let holds = match intervention {
            Intervention::TakeOver | Intervention::Propose => false,
            // Also before anything is sent: what they do counts by the round that they took it in.
            Intervention::Retry { .. } => true,
            // The answer would find no delivery, and nobody would know who has the request.
            Intervention::Redirect { .. }
            | Intervention::Settle { .. }
            | Intervention::Confirm { .. } => self.attempt_begun,
        };
        under_way(self.leased_until.filter(|_| holds), now)
    }

    /// Whether the department has the request, or is to have it.
    fn concerns_department(&self, connection: &SealedConnection<'_>) -> Result<bool, SqliteError> {
        let parts = parts(connection, self.request)?;
        Ok(parts.iter().any(|part| part.department == self.department && part.has_or_will()))
    }
}

pub(super) fn intervene(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    intervention: &Intervention,
    by: &Intervener,
) -> Result<Intervened, SqliteError> {
    if let Intervention::Confirm { of } = *intervention {
        let settles = Intervention::Settle { received: true, reference: None };
        return match proposed(connection, (id, of), by)? {
            Ok(by) => intervene(connection, id, &settles, &by),
            Err(became) => Ok(became),
        };
    }
    let Some(subject) = subject(connection, id)? else { return Ok(Intervened::Unknown) };
    if !allows(subject.state, intervention) {
        return Ok(Intervened::NotIn(subject.state));
    }
    if matches!(intervention, Intervention::Propose)
        && !persons(connection, Some(&subject.department))?.counts(&by.name)
    {
        return Ok(Intervened::NoNumber);
    }
    let sends = match intervention {
        Intervention::Retry { .. } => subject.kind != MessageKind::Withdrawn,
        Intervention::Redirect { .. } => true,
        Intervention::TakeOver
        | Intervention::Settle { .. }
        | Intervention::Propose
        | Intervention::Confirm { .. } => false,
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
        Intervention::Propose => (DeliveryAct::Proposed, by.reason.clone()),
        // It was made a settlement above, or refused.
        Intervention::Confirm { .. } => return Ok(Intervened::NotProposed),
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

/// Who settles what somebody else proposed, for the reason that stands there; or why that cannot be.
fn proposed(
    connection: &SealedConnection<'_>,
    (id, of): (&DeliveryId, u32),
    by: &Intervener,
) -> Result<Result<Intervener, Intervened>, SqliteError> {
    let Some(subject) = subject(connection, id)? else { return Ok(Err(Intervened::Unknown)) };
    if !allows(subject.state, &Intervention::Confirm { of }) {
        return Ok(Err(Intervened::NotIn(subject.state)));
    }
    let last = journal(connection, id)?.pop();
    let Some(proposal) =
        last.filter(|event| event.act == DeliveryAct::Proposed && event.sequence == of)
    else {
        return Ok(Err(Intervened::NotProposed));
    };
    let Actor::Staff(first) = &proposal.actor else { return Ok(Err(Intervened::NotProposed)) };
    let persons = persons(connection, Some(&subject.department))?;
    if persons.are_one(first, &by.name) {
        return Ok(Err(Intervened::SamePerson));
    }
    if !persons.counts(first) || !persons.counts(&by.name) {
        return Ok(Err(Intervened::NoNumber));
    }
    Ok(Ok(Intervener { reason: proposal.note, ..by.clone() }))
}

fn said(what: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| what.to_owned(), |reason| format!("{what}: {reason}"))
}

/// Due now, with new patience. Only what certainly never arrived is not asked about first. What may be there and was
/// never left to a person keeps one attempt of its round: nobody was told to ask the department, so where that cannot
/// tell repetitions apart this does not count as a word to send it once more.
fn retry(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    at: Timestamp,
) -> Result<(), SqliteError> {
    connection
        .prepare_cached(
            "update delivery set state = iif(state = 'pending', 'pending', 'ambiguous'),
                 due_at = ?2, delivered_at = null, failed_look_ups = 0,
                 round_began_at = ?2,
                 round_before = iif(
                     state in ('ambiguous', 'redirected') or attempt_started_at is not null,
                     max(round_before, attempts - 1), attempts)
             where id = ?1",
        )?
        .execute((&id.0, instant(at)))?;
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
