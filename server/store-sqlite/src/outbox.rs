//! Carrying requests to departments.

use async_trait::async_trait;
use domain::request::{Actor, MessageKind, RequestNumber, RequestState};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use store::{
    Backlog, Delivery, DeliveryAct, DeliveryId, DeliveryOutcome, DeliveryState, DeliveryStatus,
    Outbox, Round, StoreError,
};

use super::{
    SqliteStore,
    anchor::check_bound,
    deliveries::{
        CONFIRMED, MAYBE_THERE, note, read_act, read_reference, read_state, seal_reference,
        undelivered,
    },
    error::SqliteError,
    requests::{advance, last_event},
    sealed::{SealedConnection, message_place},
    value::{blob, instant, read_instant, read_kind, read_number, text, text_or_null},
};

/// The furthest that a clock that goes right makes anything due.
const FURTHEST_DUE: SignedDuration = SignedDuration::from_hours(24);

/// What a department is told of a request it is told in order: not before it has what came before.
macro_rules! in_turn {
    () => {
        concat!(
            "not exists (select 1 from delivery b where b.request_id = d.request_id
                 and b.department = d.department and b.message < d.message
                 and b.state in ",
            undelivered!(),
            ")"
        )
    };
}

/// What is due at `?1` and in nobody's hands. What is due after `?2` or held until after `?3` was
/// written by a clock that had jumped ahead.
macro_rules! takeable {
    () => {
        concat!(
            "d.due_at is not null and (d.due_at <= ?1 or d.due_at > ?2)
             and (d.leased_until is null or d.leased_until <= ?1 or d.leased_until > ?3) and ",
            in_turn!()
        )
    };
}

/// The three instants of [`takeable`].
fn bounds(now: Timestamp, lease: SignedDuration) -> [String; 3] {
    let after = |wait| instant(now.checked_add(wait).unwrap_or(Timestamp::MAX));
    // Two portals' clocks may differ a little, so a lease may end later than ours would.
    [instant(now), after(FURTHEST_DUE), after(lease.saturating_mul(2))]
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn lease(
        &self,
        owner: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let bounds = bounds(now, lease);
        // A look without the write lock first: most of the time there is nothing.
        let looked = bounds.clone();
        let due = self
            .read(move |connection, _| {
                let sql = concat!("select 1 from delivery d where ", takeable!());
                Ok(connection.prepare_cached(sql)?.exists(looked)?)
            })
            .await?;
        if !due {
            return Ok(Vec::new());
        }
        let owner = owner.to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        self.write_sealed(move |connection| take(connection, &owner, &bounds, until, limit)).await
    }

    async fn begin_attempt(
        &self,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, owner) = (id.0.clone(), owner.to_owned());
        self.write(move |transaction| {
            let begun = transaction
                .prepare_cached(
                    "update delivery set attempt_started_at = ?3, attempts = attempts + 1
                     where id = ?1 and leased_by = ?2 and leased_until > ?3
                         and due_at is not null",
                )?
                .execute((id, owner, instant(now)))?;
            Ok(begun == 1)
        })
        .await
    }

    async fn record_outcome(
        &self,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
        outcome: &DeliveryOutcome,
    ) -> Result<bool, StoreError> {
        let (id, owner, outcome) = (id.0.clone(), owner.to_owned(), outcome.clone());
        self.write_sealed(move |connection| record_outcome(connection, &id, &owner, now, outcome))
            .await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection, _| {
            // What is leased comes back, at the latest, when its lease ends.
            let next: Option<String> = connection
                .prepare_cached(concat!(
                    "select min(max(d.due_at, coalesce(d.leased_until, d.due_at)))
                     from delivery d where d.due_at is not null and ",
                    in_turn!()
                ))?
                .query_one([], |row| row.get(0))?;
            next.as_deref().map(read_instant).transpose()
        })
        .await
    }

    async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError> {
        self.read(|connection, _| {
            let mut count =
                connection.prepare_cached("select count(*) from delivery where state = ?1")?;
            DeliveryState::ALL
                .into_iter()
                .map(|state| {
                    let count: i64 = count.query_one([state.name()], |row| row.get(0))?;
                    Ok((state, count.unsigned_abs()))
                })
                .collect()
        })
        .await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached(concat!(
                    "select d.department, d.state, count(*), min(r.submitted_at)
                     from delivery d join request r on r.id = d.request_id
                     where d.state in ",
                    undelivered!(),
                    " group by d.department, d.state order by d.department, d.state"
                ))?
                .query_and_then([], |row| {
                    Ok(Backlog {
                        department: row.get(0)?,
                        state: read_state(text(row, 1)?)?,
                        count: row.get::<_, i64>(2)?.unsigned_abs(),
                        oldest: read_instant(text(row, 3)?)?,
                    })
                })?
                .collect()
        })
        .await
    }

    async fn deliveries_of(
        &self,
        number: &RequestNumber,
    ) -> Result<Vec<DeliveryStatus>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| {
            connection
                .prepare_cached(&format!(
                    "select d.department, d.state,
                         d.attempts - (d.attempt_started_at is not null), d.due_at, d.reference,
                         e.act, e.at, d.id, m.kind, d.delivered_at, {CONFIRMED} or {MAYBE_THERE}
                     from request r join delivery d on d.request_id = r.id
                     join message m on m.request_id = d.request_id and m.sequence = d.message
                     left join delivery_event e on e.delivery_id = d.id and e.sequence =
                         (select max(sequence) from delivery_event where delivery_id = d.id)
                     where r.number = ?1 order by d.rowid",
                ))?
                .query_and_then([number.as_str()], |row| {
                    let last_act = match (text_or_null(row, 5)?, text_or_null(row, 6)?) {
                        (Some(act), Some(at)) => Some((read_act(act)?, read_instant(at)?)),
                        _ => None,
                    };
                    Ok(DeliveryStatus {
                        department: row.get(0)?,
                        state: read_state(text(row, 1)?)?,
                        attempts: row.get(2)?,
                        next_attempt_at: text_or_null(row, 3)?.map(read_instant).transpose()?,
                        reference: read_reference(connection, &DeliveryId(row.get(7)?), row, 4)?,
                        kind: read_kind(text(row, 8)?)?,
                        delivered_at: text_or_null(row, 9)?.map(read_instant).transpose()?,
                        reached: row.get(10)?,
                        last_act,
                    })
                })?
                .collect()
        })
        .await
    }
}

fn take(
    connection: &SealedConnection<'_>,
    owner: &str,
    bounds: &[String; 3],
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>, SqliteError> {
    let [now, furthest_due, longest_lease] = bounds;
    // A round that begins in the future would have patience for as long as the clock was wrong.
    let mut due = connection.prepare_cached(concat!(
        "select d.id, r.number, d.department, m.content, d.attempts, r.submitted_at,
             d.state = 'ambiguous' or d.attempt_started_at is not null, d.failed_look_ups,
             d.attempts - d.round_before, min(coalesce(d.round_began_at, r.submitted_at), ?1),
             m.sequence, m.kind, d.bound, d.request_id
         from delivery d join request r on r.id = d.request_id
         join message m on m.request_id = d.request_id and m.sequence = d.message
         where ",
        takeable!(),
        " order by r.submitted_at, d.rowid limit ?4"
    ))?;
    let mut rows = due.query(params![now, furthest_due, longest_lease, limit])?;
    let (mut deliveries, mut broken) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        match read_delivery(connection, row, until) {
            Ok(delivery) => deliveries.push(delivery),
            // One that was tampered with holds up no other.
            Err(SqliteError::Store(error)) if error.is_of_altered_rows() => {
                let remedy = match &error {
                    StoreError::Misaddressed { .. } => "redirect-deliveries",
                    _ => "check-requests",
                };
                tracing::error!(
                    %error, remedy, "a delivery was tampered with, and nothing of it is sent"
                );
                broken.push((DeliveryId(row.get(0)?), error.to_string()));
            }
            Err(error) => return Err(error),
        }
    }
    for (id, reason) in broken {
        let sql = "update delivery set state = 'stuck', due_at = null, reason = ?2,
                       attempt_started_at = null, leased_by = null, leased_until = null
                   where id = ?1";
        connection.prepare_cached(sql)?.execute((&id.0, &reason))?;
        let at = read_instant(now)?;
        match note(connection, &id, at, DeliveryAct::Stuck, Actor::Portal, Some(reason)) {
            // Its journal too: that it is stuck stands in its row.
            Err(SqliteError::Store(error)) if error.is_of_one_row() => {
                tracing::error!(%error, delivery = id.0, "the journal of a delivery does not read");
            }
            noted => noted?,
        }
    }
    // An attempt that began under the old lease and has no outcome: its answer is lost.
    let mut lease = connection.prepare_cached(
        "update delivery set
             state = iif(attempt_started_at is null, state, 'ambiguous'),
             reason = iif(attempt_started_at is null, reason, 'the attempt was cut off'),
             round_began_at = ?4,
             attempt_started_at = null, leased_by = ?2, leased_until = ?3
         where id = ?1",
    )?;
    for delivery in &deliveries {
        let began = instant(delivery.round.began);
        lease.execute(params![delivery.id.0, owner, instant(until), began])?;
    }
    Ok(deliveries)
}

fn read_delivery(
    connection: &SealedConnection<'_>,
    row: &Row<'_>,
    leased_until: Timestamp,
) -> Result<Delivery, SqliteError> {
    let kind = text(row, 11)?;
    let (id, number) = (DeliveryId(row.get(0)?), read_number(text(row, 1)?)?);
    let (department, message): (String, u32) = (row.get(2)?, row.get(10)?);
    check_bound(connection, &id, number.as_str(), message, &department, blob(row, 12)?)?;
    last_event(connection, row.get(13)?, &number)?;
    let place = message_place(number.as_str(), message, kind);
    Ok(Delivery {
        id,
        number,
        department,
        kind: read_kind(kind)?,
        body: connection.open(&place, blob(row, 3)?)?,
        attempts: row.get(4)?,
        submitted_at: read_instant(text(row, 5)?)?,
        leased_until,
        ambiguous: row.get(6)?,
        failed_look_ups: row.get(7)?,
        round: Round { attempts: row.get(8)?, began: read_instant(text(row, 9)?)? },
    })
}

fn record_outcome(
    connection: &SealedConnection<'_>,
    id: &str,
    owner: &str,
    now: Timestamp,
    outcome: DeliveryOutcome,
) -> Result<bool, SqliteError> {
    let held = connection
        .prepare_cached(
            "select d.request_id, r.number, d.department, m.kind
             from delivery d join request r on r.id = d.request_id
             join message m on m.request_id = d.request_id and m.sequence = d.message
             where d.id = ?1 and d.leased_by = ?2 and d.leased_until > ?3",
        )?
        .query_row(params![id, owner, instant(now)], |row| {
            let text = |column| row.get::<_, String>(column);
            Ok((row.get::<_, i64>(0)?, text(1)?, text(2)?, text(3)?))
        })
        .optional()?;
    let Some((request, number, department, kind)) = held else { return Ok(false) };
    // `?2` the state, `?3` when it is due again, `?4` the reason, `?5` the reference, `?6` when
    // it was delivered, `?7` look-ups that failed.
    let mut close = connection.prepare_cached(
        "update delivery set state = coalesce(?2, state), due_at = ?3, reason = ?4,
             reference = coalesce(?5, reference), delivered_at = ?6, failed_look_ups = ?7,
             attempt_started_at = null, leased_by = null, leased_until = null
         where id = ?1",
    )?;
    let none = None::<String>;
    let delivery = DeliveryId(id.to_owned());
    match outcome {
        DeliveryOutcome::Delivered { reference, remark } => {
            let number = read_number(&number)?;
            let at = instant(now);
            let sealed = seal_reference(connection, &delivery, reference.as_deref())?;
            close.execute(params![id, "delivered", none, remark, sealed, at, 0])?;
            // Of several departments the first moves the request; a callback may have moved it
            // further already. What follows a submission moves nothing.
            let moves = read_kind(&kind)? == MessageKind::Submitted;
            let step = |state, actor, reference| {
                advance(connection, request, &number, now, state, actor, reference, None)
            };
            if moves {
                step(RequestState::Sent, Actor::Portal, None)?;
            }
            let office = || Actor::Department(department.clone());
            if moves && reference.is_some() {
                step(RequestState::Acknowledged, office(), reference)?;
            }
            note(connection, &delivery, now, DeliveryAct::Delivered, office(), remark)?;
        }
        // One that may have arrived earlier stays ambiguous, though this attempt did not.
        DeliveryOutcome::Stalled { reason, retry_at } => {
            close.execute(params![id, none, instant(retry_at), reason, none, none, 0])?;
        }
        DeliveryOutcome::Ambiguous { reason, retry_at, failed_look_ups } => {
            let due = instant(retry_at);
            close.execute(params![id, "ambiguous", due, reason, none, none, failed_look_ups])?;
        }
        DeliveryOutcome::Stuck { reason } => {
            close.execute(params![id, "stuck", none, reason, none, none, 0])?;
            note(connection, &delivery, now, DeliveryAct::Stuck, Actor::Portal, Some(reason))?;
        }
    }
    Ok(true)
}
