//! Deliveries that have arrived: by what a department answered, or by its word that it has what it
//! collected.

use domain::request::{Actor, MessageKind, RequestNumber, RequestState};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use store::{Acknowledged, Acknowledgement, DeliveryAct, DeliveryId, DeliveryState};

use super::{
    deliveries::{note, read_reference, read_state, seal_reference},
    error::SqliteError,
    requests::advance,
    sealed::SealedConnection,
    value::{instant, read_kind, read_number, text},
};

/// A delivery that a department says it has.
pub(super) struct Arrival {
    delivery: DeliveryId,
    request: i64,
    number: RequestNumber,
    department: String,
    kind: MessageKind,
}

/// Of which delivery an [`Arrival`] is: its first columns.
macro_rules! arriving {
    () => {
        "select d.id, d.request_id, r.number, d.department, m.kind, d.state, d.reference, d.leased_by,
             d.attempts
         from delivery d join request r on r.id = d.request_id
         join message m on m.request_id = d.request_id and m.sequence = d.message "
    };
}

impl Arrival {
    /// The delivery that `owner` holds at `now`, if it does.
    pub(super) fn held(
        connection: &SealedConnection<'_>,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, SqliteError> {
        let held =
            concat!(arriving!(), "where d.id = ?1 and d.leased_by = ?2 and d.leased_until > ?3");
        connection
            .prepare_cached(held)?
            .query_row(params![id.0, owner, instant(now)], |row| Ok(Self::read(row)))
            .optional()?
            .transpose()
    }

    fn read(row: &Row<'_>) -> Result<Self, SqliteError> {
        Ok(Self {
            delivery: DeliveryId(row.get(0)?),
            request: row.get(1)?,
            number: read_number(text(row, 2)?)?,
            department: row.get(3)?,
            kind: read_kind(text(row, 4)?)?,
        })
    }

    /// Writes down that it has arrived, and what follows for its request.
    pub(super) fn keep(
        self,
        connection: &SealedConnection<'_>,
        now: Timestamp,
        reference: Option<String>,
        remark: Option<String>,
    ) -> Result<(), SqliteError> {
        let Self { delivery, request, number, department, kind } = self;
        let sealed = seal_reference(connection, &delivery, reference.as_deref())?;
        connection
            .prepare_cached(
                "update delivery set state = 'delivered', due_at = null, reason = ?2,
                     reference = coalesce(?3, reference), delivered_at = ?4, failed_look_ups = 0,
                     attempt_started_at = null, leased_by = null, leased_until = null
                 where id = ?1",
            )?
            .execute(params![delivery.0, remark, sealed, instant(now)])?;
        // Of several departments the first moves the request; a callback may have moved it further
        // already. What follows a submission moves nothing.
        let moves = kind == MessageKind::Submitted;
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
        note(connection, &delivery, now, DeliveryAct::Delivered, office(), remark)
    }
}

/// How a delivery stands that a department says it has collected.
struct Standing {
    arrival: Arrival,
    state: DeliveryState,
    reference: Option<String>,
    owner: Option<String>,
    /// Whether anybody was ever given it.
    was_taken: bool,
}

/// Takes a department's word that it has what it collected.
pub(super) fn acknowledge(
    connection: &SealedConnection<'_>,
    said: Acknowledgement,
) -> Result<Acknowledged, SqliteError> {
    let Acknowledgement { id, department, owner, reference, at } = said;
    let stands = connection
        .prepare_cached(concat!(arriving!(), "where d.id = ?1 and d.department = ?2"))?
        .query_row(params![id.0, department], |row| {
            Ok(Arrival::read(row).and_then(|arrival| {
                Ok(Standing {
                    arrival,
                    state: read_state(text(row, 5)?)?,
                    reference: read_reference(connection, &id, row, 6)?,
                    owner: row.get(7)?,
                    was_taken: row.get::<_, i64>(8)? > 0,
                })
            }))
        })
        .optional()?
        .transpose()?;
    let Some(stands) = stands else { return Ok(Acknowledged::Unknown) };
    let theirs = match stands.state {
        DeliveryState::Delivered => return Ok(Acknowledged::Before(stands.reference)),
        DeliveryState::Pending | DeliveryState::Ambiguous => {
            stands.owner.is_some_and(|it| it == owner)
        }
        // It was taken out of whose hands it was in, and nobody else got it.
        DeliveryState::Stuck => stands.was_taken,
        closed
        @ (DeliveryState::Settled | DeliveryState::Redirected | DeliveryState::Withdrawn) => {
            return Ok(Acknowledged::Closed(closed));
        }
    };
    if !theirs {
        return Ok(Acknowledged::NotHeld);
    }
    stands.arrival.keep(connection, at, reference, None)?;
    Ok(Acknowledged::Done)
}
