//! Carrying requests to departments.

use async_trait::async_trait;
use domain::request::{Actor, RequestNumber, RequestState};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    SqliteStore,
    deliveries::{note, read_act, read_state},
    requests::{advance, read_number},
    value::{instant, read_instant, text, text_or_null},
};
use crate::{
    Backlog, Delivery, DeliveryAct, DeliveryId, DeliveryOutcome, DeliveryState, DeliveryStatus,
    Outbox, Round, StoreError,
};

/// The furthest that a clock that goes right makes anything due.
const FURTHEST_DUE: SignedDuration = SignedDuration::from_hours(24);

/// What is due at `?1` and in nobody's hands. What is due after `?2` or held until after `?3` was
/// written by a clock that had jumped ahead.
macro_rules! takeable {
    () => {
        "due_at is not null and (due_at <= ?1 or due_at > ?2)
             and (leased_until is null or leased_until <= ?1 or leased_until > ?3)"
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
                let sql = concat!("select 1 from delivery where ", takeable!());
                Ok(connection.prepare_cached(sql)?.exists(looked)?)
            })
            .await?;
        if !due {
            return Ok(Vec::new());
        }
        let owner = owner.to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        self.write(move |transaction| take(transaction, &owner, &bounds, until, limit)).await
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
        self.write(move |transaction| record_outcome(transaction, &id, &owner, now, outcome)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection, _| {
            // What is leased comes back, at the latest, when its lease ends.
            let next: Option<String> = connection
                .prepare_cached(
                    "select min(max(due_at, coalesce(leased_until, due_at)))
                     from delivery where due_at is not null",
                )?
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
                .prepare_cached(
                    "select d.department, d.state, count(*), min(r.submitted_at)
                     from delivery d join request r on r.id = d.request_id
                     where d.state in ('pending', 'ambiguous', 'stuck')
                     group by d.department, d.state order by d.department, d.state",
                )?
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
        self.read(move |connection, _| {
            connection
                .prepare_cached(
                    "select d.department, d.state,
                         d.attempts - (d.attempt_started_at is not null), d.due_at, d.reference,
                         e.act, e.at
                     from request r join delivery d on d.request_id = r.id
                     left join delivery_event e on e.delivery_id = d.id and e.sequence =
                         (select max(sequence) from delivery_event where delivery_id = d.id)
                     where r.number = ?1 order by d.rowid",
                )?
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
                        reference: row.get(4)?,
                        last_act,
                    })
                })?
                .collect()
        })
        .await
    }
}

fn take(
    connection: &Connection,
    owner: &str,
    bounds: &[String; 3],
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let [now, furthest_due, longest_lease] = bounds;
    // A round that begins in the future would have patience for as long as the clock was wrong.
    let deliveries: Vec<Delivery> = connection
        .prepare_cached(concat!(
            "select d.id, r.number, d.department, d.body, d.attempts, r.submitted_at,
                 d.state = 'ambiguous' or d.attempt_started_at is not null, d.failed_look_ups,
                 d.attempts - d.round_before, min(coalesce(d.round_began_at, r.submitted_at), ?1)
             from delivery d join request r on r.id = d.request_id
             where ",
            takeable!(),
            " order by r.submitted_at, d.rowid limit ?4"
        ))?
        .query_and_then(params![now, furthest_due, longest_lease, limit], |row| {
            read_delivery(row, until)
        })?
        .collect::<Result<_, _>>()?;
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

fn read_delivery(row: &Row<'_>, leased_until: Timestamp) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: DeliveryId(row.get(0)?),
        number: read_number(text(row, 1)?)?,
        department: row.get(2)?,
        body: row.get(3)?,
        attempts: row.get(4)?,
        submitted_at: read_instant(text(row, 5)?)?,
        leased_until,
        maybe_there: row.get(6)?,
        failed_look_ups: row.get(7)?,
        round: Round { attempts: row.get(8)?, began: read_instant(text(row, 9)?)? },
    })
}

fn record_outcome(
    connection: &Connection,
    id: &str,
    owner: &str,
    now: Timestamp,
    outcome: DeliveryOutcome,
) -> Result<bool, StoreError> {
    let held = connection
        .prepare_cached(
            "select d.request_id, r.number, d.department
             from delivery d join request r on r.id = d.request_id
             where d.id = ?1 and d.leased_by = ?2 and d.leased_until > ?3",
        )?
        .query_row(params![id, owner, instant(now)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((request, number, department)) = held else { return Ok(false) };
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
            close.execute(params![id, "delivered", none, remark, reference, at, 0])?;
            // Of several departments the first moves the request; a callback may have moved it
            // further already.
            let step = |state, actor, reference| {
                advance(connection, request, &number, now, state, actor, reference, None)
            };
            step(RequestState::Sent, Actor::Portal, None)?;
            let office = || Actor::Department(department.clone());
            if reference.is_some() {
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
