//! Taking deliveries out of the outbox under a lease, and leaving to a person what nobody could take.

use domain::request::Actor;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use store::{Delivery, DeliveryAct, DeliveryId, Round, StoreError, Whose};

use super::{
    anchor::check_bound,
    deliveries::{note, undelivered},
    error::SqliteError,
    requests::last_event,
    sealed::{SealedConnection, message_place},
    value::{blob, instant, read_instant, read_kind, read_number, text, text_or_null, to_json},
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

/// Those of the departments of a list, or of all others.
macro_rules! whose {
    ($list:literal, $of:literal) => {
        concat!("(d.department in (select value from json_each(", $list, "))) = ", $of)
    };
}

/// What is in nobody's hands at `?1`. What is held until after `?3` was taken by a clock that had
/// jumped ahead.
macro_rules! free {
    () => {
        "(d.leased_until is null or d.leased_until <= ?1 or d.leased_until > ?3)"
    };
}

/// What is due at `?1` and in nobody's hands, of the departments `?4` and `?5`. What is due after `?2`
/// was written by a clock that had jumped ahead.
macro_rules! takeable {
    () => {
        concat!(
            "d.due_at is not null and (d.due_at <= ?1 or d.due_at > ?2) and ",
            free!(),
            " and ",
            in_turn!(),
            " and ",
            whose!("?4", "?5")
        )
    };
}

/// The departments as a list, and whether they or all others are meant.
pub(super) fn listed(whose: Whose<'_>) -> Result<(String, bool), SqliteError> {
    Ok(match whose {
        Whose::AllBut(departments) => (to_json("departments", departments)?, false),
        Whose::Of(department) => (to_json("departments", &[department])?, true),
    })
}

/// What can be taken at a moment: the five parameters of [`takeable`].
#[derive(Clone)]
pub(super) struct Due {
    now: Timestamp,
    furthest: String,
    longest_lease: String,
    departments: String,
    of: bool,
}

impl Due {
    pub(super) fn at(
        now: Timestamp,
        lease: SignedDuration,
        whose: Whose<'_>,
    ) -> Result<Self, SqliteError> {
        let after = |wait| instant(now.checked_add(wait).unwrap_or(Timestamp::MAX));
        let (departments, of) = listed(whose)?;
        // Two portals' clocks may differ a little, so a lease may end later than ours would.
        let longest_lease = after(lease.saturating_mul(2));
        Ok(Self { now, furthest: after(FURTHEST_DUE), longest_lease, departments, of })
    }

    /// Whether there is anything to take.
    pub(super) fn is_any(&self, connection: &Connection) -> Result<bool, SqliteError> {
        let sql = concat!("select 1 from delivery d where ", takeable!());
        let Self { furthest, longest_lease, departments, of, .. } = self;
        let due = params![instant(self.now), furthest, longest_lease, departments, of];
        Ok(connection.prepare_cached(sql)?.exists(due)?)
    }

    /// Takes up to `limit`, those first that have waited longest, for `owner` until `until`.
    pub(super) fn take(
        &self,
        connection: &SealedConnection<'_>,
        owner: &str,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Delivery>, SqliteError> {
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
            // What was collected and not acknowledged stands behind what was not handed out since.
            " order by max(r.submitted_at, coalesce(d.attempt_started_at, '')), d.rowid limit ?6"
        ))?;
        let Self { furthest, longest_lease, departments, of, .. } = self;
        let now = instant(self.now);
        let mut rows = due.query(params![now, furthest, longest_lease, departments, of, limit])?;
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
            leave_to_a_person(connection, &id, self.now, reason)?;
        }
        lease(connection, &deliveries, owner, until)?;
        Ok(deliveries)
    }
}

/// Gives deliveries into the hands of `owner`.
fn lease(
    connection: &SealedConnection<'_>,
    deliveries: &[Delivery],
    owner: &str,
    until: Timestamp,
) -> Result<(), SqliteError> {
    // An attempt that began under the old lease and has no outcome: its answer is lost.
    let mut lease = connection.prepare_cached(
        "update delivery set
             state = iif(attempt_started_at is null, state, 'ambiguous'),
             reason = iif(attempt_started_at is null, reason, 'the attempt was cut off'),
             round_began_at = ?4,
             attempt_started_at = null, leased_by = ?2, leased_until = ?3
         where id = ?1",
    )?;
    for delivery in deliveries {
        let began = instant(delivery.round.began);
        lease.execute(params![delivery.id.0, owner, instant(until), began])?;
    }
    Ok(())
}

/// Makes a delivery stuck that nobody could take.
fn leave_to_a_person(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    at: Timestamp,
    reason: String,
) -> Result<(), SqliteError> {
    let sql = "update delivery set state = 'stuck', due_at = null, reason = ?2,
                   attempt_started_at = null, leased_by = null, leased_until = null
               where id = ?1";
    connection.prepare_cached(sql)?.execute((&id.0, &reason))?;
    match note(connection, id, at, DeliveryAct::Stuck, Actor::Portal, Some(reason)) {
        // Its journal too may not read: that it is stuck stands in its row.
        Err(SqliteError::Store(error)) if error.is_of_one_row() => {
            tracing::error!(%error, delivery = id.0, "the journal of a delivery does not read");
            Ok(())
        }
        noted => noted,
    }
}

/// Leaves to a person what waits for a department since before `began_before`; how many there were.
pub(super) fn give_up(
    connection: &SealedConnection<'_>,
    due: &Due,
    began_before: Timestamp,
    why: &str,
) -> Result<u64, SqliteError> {
    let mut waiting = connection.prepare_cached(concat!(
        "select d.id, d.state = 'ambiguous' or d.attempt_started_at is not null, d.reason
         from delivery d join request r on r.id = d.request_id
         where d.due_at is not null and ",
        free!(),
        " and ",
        in_turn!(),
        " and ",
        whose!("?4", "?5"),
        " and min(coalesce(d.round_began_at, r.submitted_at), ?1) < ?2"
    ))?;
    let Due { longest_lease, departments, of, .. } = due;
    let now = instant(due.now);
    let asked = params![now, instant(began_before), longest_lease, departments, of];
    let found = waiting
        .query_and_then(asked, |row| {
            let there = if row.get(1)? { "may have it" } else { "does not have it" };
            let last = text_or_null(row, 2)?.map(|last| format!("; last: {last}"));
            let reason = format!("{why}; the department {there}{}", last.unwrap_or_default());
            Ok((DeliveryId(row.get(0)?), reason))
        })?
        .collect::<Result<Vec<_>, SqliteError>>()?;
    let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
    for (id, reason) in found {
        leave_to_a_person(connection, &id, due.now, reason)?;
    }
    Ok(count)
}

/// When the next delivery of these is due.
pub(super) fn next_due(
    connection: &Connection,
    (departments, of): &(String, bool),
) -> Result<Option<Timestamp>, SqliteError> {
    // What is leased comes back, at the latest, when its lease ends.
    let next: Option<String> = connection
        .prepare_cached(concat!(
            "select min(max(d.due_at, coalesce(d.leased_until, d.due_at)))
             from delivery d where d.due_at is not null and ",
            in_turn!(),
            " and ",
            whose!("?1", "?2")
        ))?
        .query_one(params![departments, of], |row| row.get(0))?;
    next.as_deref().map(read_instant).transpose()
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
