//! Carrying requests to departments.

use async_trait::async_trait;
use domain::request::{Actor, RequestNumber, RequestState};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    SqliteStore,
    requests::{advance, read_number},
    value::{corrupt, instant, read_instant, text, text_or_null},
};
use crate::{
    Delivery, DeliveryId, DeliveryOutcome, DeliveryState, DeliveryStatus, Outbox, StoreError,
};

/// What is due at `?1` and in nobody's hands.
macro_rules! takeable {
    () => {
        "due_at <= ?1 and (leased_until is null or leased_until <= ?1)"
    };
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
        // A look without the write lock first: most of the time there is nothing.
        let due = self
            .read(move |connection, _| {
                let sql = concat!("select 1 from delivery where ", takeable!());
                Ok(connection.prepare_cached(sql)?.exists([instant(now)])?)
            })
            .await?;
        if !due {
            return Ok(Vec::new());
        }
        let owner = owner.to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        self.write(move |transaction| take(transaction, &owner, now, until, limit)).await
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
            STATES
                .into_iter()
                .map(|(state, name)| {
                    let count: i64 = count.query_one([name], |row| row.get(0))?;
                    Ok((state, count.unsigned_abs()))
                })
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
                         d.attempts - (d.attempt_started_at is not null), d.due_at
                     from request r join delivery d on d.request_id = r.id
                     where r.number = ?1 order by d.rowid",
                )?
                .query_and_then([number.as_str()], |row| {
                    Ok(DeliveryStatus {
                        department: row.get(0)?,
                        state: read_state(text(row, 1)?)?,
                        attempts: row.get(2)?,
                        next_attempt_at: text_or_null(row, 3)?.map(read_instant).transpose()?,
                    })
                })?
                .collect()
        })
        .await
    }
}

const STATES: [(DeliveryState, &str); 4] = [
    (DeliveryState::Pending, "pending"),
    (DeliveryState::Ambiguous, "ambiguous"),
    (DeliveryState::Delivered, "delivered"),
    (DeliveryState::Stuck, "stuck"),
];

fn read_state(name: &str) -> Result<DeliveryState, StoreError> {
    STATES
        .into_iter()
        .find_map(|(state, known)| (known == name).then_some(state))
        .ok_or_else(|| corrupt("delivery state")(name.to_owned()))
}

fn take(
    connection: &Connection,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let deliveries: Vec<Delivery> = connection
        .prepare_cached(concat!(
            "select d.id, r.number, d.department, d.body, d.attempts, r.submitted_at
             from delivery d join request r on r.id = d.request_id
             where ",
            takeable!(),
            " order by r.submitted_at, d.rowid limit ?2"
        ))?
        .query_and_then(params![instant(now), limit], |row| read_delivery(row, until))?
        .collect::<Result<_, _>>()?;
    // An attempt that began under the old lease and has no outcome: its answer is lost.
    let mut lease = connection.prepare_cached(
        "update delivery set
             state = iif(attempt_started_at is null, state, 'ambiguous'),
             reason = iif(attempt_started_at is null, reason, 'the attempt was cut off'),
             attempt_started_at = null, leased_by = ?2, leased_until = ?3
         where id = ?1",
    )?;
    for delivery in &deliveries {
        lease.execute(params![delivery.id.0, owner, instant(until)])?;
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
    // it was delivered.
    let mut close = connection.prepare_cached(
        "update delivery set state = coalesce(?2, state), due_at = ?3, reason = ?4,
             reference = ?5, delivered_at = ?6,
             attempt_started_at = null, leased_by = null, leased_until = null
         where id = ?1",
    )?;
    let none = None::<String>;
    match outcome {
        DeliveryOutcome::Delivered { reference } => {
            let number = read_number(&number)?;
            close.execute(params![id, "delivered", none, none, reference, instant(now)])?;
            // Of several departments the first moves the request; a callback may have moved it
            // further already.
            let step = |state, actor, reference| {
                advance(connection, request, &number, now, state, actor, reference, None)
            };
            step(RequestState::Sent, Actor::Portal, None)?;
            if reference.is_some() {
                step(RequestState::Acknowledged, Actor::Department(department), reference)?;
            }
        }
        // One that may have arrived earlier stays ambiguous, though this attempt did not.
        DeliveryOutcome::Stalled { reason, retry_at } => {
            close.execute(params![id, none, instant(retry_at), reason, none, none])?;
        }
        DeliveryOutcome::Ambiguous { reason, retry_at } => {
            close.execute(params![id, "ambiguous", instant(retry_at), reason, none, none])?;
        }
        DeliveryOutcome::Stuck { reason } => {
            close.execute(params![id, "stuck", none, reason, none, none])?;
        }
    }
    Ok(true)
}
