//! Carrying requests to departments.

use async_trait::async_trait;
use domain::request::{Actor, RequestNumber};
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;
use store::{
    Acknowledged, Acknowledgement, Backlog, Delivery, DeliveryAct, DeliveryId, DeliveryOutcome,
    DeliveryState, DeliveryStatus, Outbox, StoreError, Whose,
};

use super::{
    SqliteStore,
    arrival::{Arrival, acknowledge},
    deliveries::{CONFIRMED, MAYBE_THERE, note, read_act, read_reference, read_state, undelivered},
    error::SqliteError,
    leasing::{Due, give_up, listed, next_due},
    sealed::SealedConnection,
    value::{instant, read_instant, read_kind, text, text_or_null},
};

#[async_trait]
impl Outbox for SqliteStore {
    async fn lease(
        &self,
        owner: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: usize,
        whose: Whose<'_>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let due = Due::at(now, lease, whose)?;
        // A look without the write lock first: most of the time there is nothing.
        let looked = due.clone();
        if !self.read(move |connection, _| looked.is_any(connection)).await? {
            return Ok(Vec::new());
        }
        let owner = owner.to_owned();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        self.write_sealed(move |connection| due.take(connection, &owner, until, limit)).await
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
        let (id, owner, outcome) = (id.clone(), owner.to_owned(), outcome.clone());
        self.write_sealed(move |connection| record_outcome(connection, &id, &owner, now, outcome))
            .await
    }

    async fn acknowledge(&self, said: &Acknowledgement) -> Result<Acknowledged, StoreError> {
        let said = said.clone();
        self.write_sealed(move |connection| acknowledge(connection, said)).await
    }

    async fn give_up(
        &self,
        department: &str,
        now: Timestamp,
        lease: SignedDuration,
        began_before: Timestamp,
        reason: &str,
    ) -> Result<u64, StoreError> {
        let due = Due::at(now, lease, Whose::Of(department))?;
        let reason = reason.to_owned();
        self.write_sealed(move |connection| give_up(connection, &due, began_before, &reason)).await
    }

    async fn next_due(&self, whose: Whose<'_>) -> Result<Option<Timestamp>, StoreError> {
        let whose = listed(whose)?;
        self.read(move |connection, _| next_due(connection, &whose)).await
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

fn record_outcome(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    owner: &str,
    now: Timestamp,
    outcome: DeliveryOutcome,
) -> Result<bool, SqliteError> {
    let Some(arrival) = Arrival::held(connection, id, owner, now)? else { return Ok(false) };
    // `?2` the state, `?3` when it is due again, `?4` the reason, `?5` look-ups that failed.
    let mut close = connection.prepare_cached(
        "update delivery set state = coalesce(?2, state), due_at = ?3, reason = ?4,
             delivered_at = null, failed_look_ups = ?5,
             attempt_started_at = null, leased_by = null, leased_until = null
         where id = ?1",
    )?;
    let none = None::<String>;
    match outcome {
        DeliveryOutcome::Delivered { reference, remark } => {
            arrival.keep(connection, now, reference, remark)?;
        }
        // One that may have arrived earlier stays ambiguous, though this attempt did not.
        DeliveryOutcome::Stalled { reason, retry_at } => {
            close.execute(params![id.0, none, instant(retry_at), reason, 0])?;
        }
        DeliveryOutcome::Ambiguous { reason, retry_at, failed_look_ups } => {
            let due = instant(retry_at);
            close.execute(params![id.0, "ambiguous", due, reason, failed_look_ups])?;
        }
        DeliveryOutcome::Stuck { reason } => {
            close.execute(params![id.0, "stuck", none, reason, 0])?;
            note(connection, id, now, DeliveryAct::Stuck, Actor::Portal, Some(reason))?;
        }
    }
    Ok(true)
}
