//! What is kept of a request, counted under a key: rows that were cut off show, and a delivery does
//! not go to another department than it was made for.
//!
//! Whoever keeps an old copy of the database can put all of a request back to how it stood then:
//! that shows only against something outside the database.

use domain::request::{RequestEvent, RequestNumber};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use store::{DeliveryId, SealError, StoreError};

use super::{error::SqliteError, events::read_last, sealed::SealedConnection, value::blob};

/// How much there is of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Anchor {
    events: u32,
    /// Of the last event.
    hash: String,
    messages: u32,
    deliveries: u32,
}

/// Where the anchor of a request is sealed.
pub(super) fn anchor_place(number: &str) -> String {
    format!("request/{number}")
}

/// Where it is sealed which department a delivery is for.
fn bound_place(id: &DeliveryId, number: &str, message: u32, department: &str) -> String {
    format!("delivery/{}/{number}/{message}/{department}", id.0)
}

/// Binds a delivery to its request, message and department.
pub(super) fn bind(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    number: &RequestNumber,
    message: u32,
    department: &str,
) -> Result<Vec<u8>, SqliteError> {
    connection.seal(&bound_place(id, number.as_str(), message, department), b"")
}

/// Fails where a delivery was not made for this department.
pub(super) fn check_bound(
    connection: &SealedConnection<'_>,
    id: &DeliveryId,
    number: &str,
    message: u32,
    department: &str,
    bound: &[u8],
) -> Result<(), SqliteError> {
    match connection.open(&bound_place(id, number, message, department), bound) {
        Err(SqliteError::Store(StoreError::Sealed {
            reason: SealError::Forged | SealError::NotSealed,
            ..
        })) => {
            let (id, department) = (id.0.clone(), department.to_owned());
            Err(StoreError::Misaddressed { id, department }.into())
        }
        opened => opened.map(drop),
    }
}

/// What is added to a request in one go.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added<'e> {
    /// Its last event now.
    pub(super) event: Option<&'e RequestEvent>,
    pub(super) messages: u32,
    pub(super) deliveries: u32,
}

impl Anchor {
    /// The sealed anchor of a request that begins with this.
    pub(super) fn of_new(
        connection: &SealedConnection<'_>,
        number: &RequestNumber,
        begun: Added<'_>,
    ) -> Result<Vec<u8>, SqliteError> {
        Self::default().with(begun).sealed(connection, number)
    }

    /// Seals anew what is there of a request, once for all that was added to it.
    pub(super) fn add(
        connection: &SealedConnection<'_>,
        id: i64,
        number: &RequestNumber,
        added: Added<'_>,
    ) -> Result<(), SqliteError> {
        let anchor = Self::read(connection, id, number)?.with(added).sealed(connection, number)?;
        let sql = "update request set anchor = ?2 where id = ?1";
        connection.prepare_cached(sql)?.execute(params![id, anchor])?;
        Ok(())
    }

    fn with(mut self, added: Added<'_>) -> Self {
        if let Some(event) = added.event {
            self.events = event.sequence;
            self.hash.clone_from(&event.hash);
        }
        self.messages += added.messages;
        self.deliveries += added.deliveries;
        self
    }

    fn sealed(
        &self,
        connection: &SealedConnection<'_>,
        number: &RequestNumber,
    ) -> Result<Vec<u8>, SqliteError> {
        connection.seal_value(&anchor_place(number.as_str()), self)
    }

    /// As it stands in the tables, for a request of before there were anchors.
    pub(super) fn counted(
        connection: &SealedConnection<'_>,
        id: i64,
        number: &RequestNumber,
    ) -> Result<Self, SqliteError> {
        let [_, messages, deliveries] = counts(connection, id)?;
        let last = read_last(connection, id, number)?.pop();
        let (events, hash) = last.map_or((0, String::new()), |last| (last.sequence, last.hash));
        Ok(Self { events, hash, messages, deliveries })
    }

    fn read(
        connection: &SealedConnection<'_>,
        id: i64,
        number: &RequestNumber,
    ) -> Result<Self, SqliteError> {
        let mut found = connection.prepare_cached("select anchor from request where id = ?1")?;
        let mut rows = found.query([id])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        connection.open_value(&anchor_place(number.as_str()), blob(row, 0)?)
    }

    /// Fails unless everything is there that was kept of a request, `last` as its last event.
    pub(super) fn check(
        connection: &SealedConnection<'_>,
        id: i64,
        number: &RequestNumber,
        last: Option<&RequestEvent>,
    ) -> Result<(), SqliteError> {
        let anchor = Self::read(connection, id, number)?;
        let counted = counts(connection, id)?;
        let missing = if counted[0] != anchor.events
            || last.is_none_or(|last| last.hash != anchor.hash || last.sequence != anchor.events)
        {
            "events"
        } else if counted[1] != anchor.messages {
            "messages"
        } else if counted[2] != anchor.deliveries {
            "deliveries"
        } else {
            return Ok(());
        };
        Err(incomplete(number, missing))
    }
}

/// That something of a request is not there as it was kept.
pub(super) fn incomplete(number: &RequestNumber, missing: &'static str) -> SqliteError {
    StoreError::Incomplete { number: number.to_string(), missing }.into()
}

/// Events, messages and deliveries of a request.
fn counts(connection: &SealedConnection<'_>, id: i64) -> Result<[u32; 3], SqliteError> {
    let sql = "select (select count(*) from request_event where request_id = ?1),
                   (select count(*) from message where request_id = ?1),
                   (select count(*) from delivery where request_id = ?1)";
    let row = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
    Ok(connection.prepare_cached(sql)?.query_one([id], row)?)
}
