//! What of requests is sealed: connections that open and seal it, and where each thing is sealed.

use std::{ops::Deref, sync::Arc};

use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Serialize, de::DeserializeOwned};
use store::{SealError, Sealer, StoreError};

use super::{
    SqliteStore,
    error::SqliteError,
    value::{corrupt, to_json},
};

/// A connection, and what opens the requests in it.
pub(super) struct SealedConnection<'c> {
    pub(super) connection: &'c Connection,
    pub(super) sealer: &'c dyn Sealer,
}

impl Deref for SealedConnection<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl SealedConnection<'_> {
    /// Seals bytes for a place.
    pub(super) fn seal(&self, place: &str, clear: &[u8]) -> Result<Vec<u8>, SqliteError> {
        self.sealer.seal(place, clear).map_err(closed(place))
    }

    /// Opens bytes of a place.
    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SqliteError> {
        self.sealer.open(place, sealed).map_err(closed(place))
    }

    /// Seals a value for a place.
    pub(super) fn seal_value<T: Serialize>(
        &self,
        place: &str,
        value: &T,
    ) -> Result<Vec<u8>, SqliteError> {
        self.seal(place, to_json("record", value)?.as_bytes())
    }

    /// Opens a value of a place.
    pub(super) fn open_value<T: DeserializeOwned>(
        &self,
        place: &str,
        sealed: &[u8],
    ) -> Result<T, SqliteError> {
        serde_json::from_slice(&self.open(place, sealed)?).map_err(corrupt("record"))
    }
}

/// Says where something does not open, or is not sealed.
pub(super) fn closed(place: &str) -> impl FnOnce(SealError) -> SqliteError {
    let place = place.to_owned();
    move |reason| StoreError::Sealed { place, reason }.into()
}

/// Where a message of a request is sealed.
pub(super) fn message_place(number: &str, sequence: u32, kind: &str) -> String {
    format!("message/{number}/{sequence}/{kind}")
}

/// Where an event of a request is sealed.
pub(super) fn event_place(number: &str, sequence: u32) -> String {
    format!("request_event/{number}/{sequence}")
}

/// Where the reference of a delivery is sealed.
pub(super) fn reference_place(delivery: &str) -> String {
    format!("delivery.reference/{delivery}")
}

/// Where an entry of a delivery's journal is sealed.
pub(super) fn journal_place(delivery: &str, sequence: u32) -> String {
    format!("delivery_event/{delivery}/{sequence}")
}

/// Where a department's message is sealed.
pub(super) fn said_place(department: &str, message: &str, sequence: u32) -> String {
    format!("department_message/{department}/{message}/{sequence}")
}

/// Where it is sealed where the notices of a request go.
pub(super) fn notice_place(number: &str) -> String {
    format!("notice/{number}")
}

/// Where a draft is sealed.
pub(super) fn draft_place(number: &str) -> String {
    format!("draft/{number}")
}

/// Where a case of the counter is sealed.
pub(super) fn case_place(number: &str) -> String {
    format!("desk_case/{number}")
}

/// Where it is sealed what a file is, and what opens it.
pub(super) fn attachment_place(id: &str) -> String {
    format!("attachment/{id}")
}

/// Where it is sealed what a member of staff signs in with.
pub(super) fn staff_place(id: &str) -> String {
    format!("staff/{id}")
}

/// Where it is sealed whose an account is.
pub(super) fn person_place(id: &str) -> String {
    format!("staff_person/{id}")
}

/// Where it is sealed what is known of a passkey.
pub(super) fn passkey_place(mark: &str) -> String {
    format!("staff_passkey/{mark}")
}

/// Where it is sealed what a browser was asked to prove.
pub(super) fn challenge_place(mark: &str) -> String {
    format!("staff_challenge/{mark}")
}

/// Where it is sealed who had a request deleted and why.
pub(super) fn deletion_place(number: &str) -> String {
    format!("deletion/{number}")
}

impl SqliteStore {
    /// Runs `work` as [`SqliteStore::read`] does, with what opens requests.
    pub(super) async fn read_sealed<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SealedConnection<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let sealer = self.sealer()?;
        self.read(move |connection, _| work(&SealedConnection { connection, sealer: &*sealer }))
            .await
    }

    /// Runs `work` as [`SqliteStore::write`] does, with what opens requests.
    pub(super) async fn write_sealed<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SealedConnection<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let sealer = self.sealer()?;
        self.write(move |transaction| {
            note_newest(transaction, &*sealer)?;
            work(&SealedConnection { connection: transaction, sealer: &*sealer })
        })
        .await
    }

    /// What seals and opens, once it was handed in.
    ///
    /// # Errors
    /// [`StoreError::NoRecordKeys`].
    pub(super) fn sealer(&self) -> Result<Arc<dyn Sealer>, StoreError> {
        self.inner.sealer.get().cloned().ok_or(StoreError::NoRecordKeys)
    }
}

/// Where a key is known again.
pub(super) fn key_place(id: &str) -> String {
    format!("record_key/{id}")
}

/// Notes the newest key before it seals anything.
pub(super) fn note_newest(
    transaction: &Transaction<'_>,
    sealer: &dyn Sealer,
) -> Result<(), SqliteError> {
    let id = sealer.newest().map_err(closed("requests"))?.to_string();
    let noted = transaction
        .prepare_cached("select 1 from record_key where id = ?1")?
        .query_row([&id], |_| Ok(()))
        .optional()?;
    if noted.is_none() {
        let known_by = sealer.seal(&key_place(&id), b"known").map_err(closed("requests"))?;
        transaction
            .execute("insert into record_key (id, known_by) values (?1, ?2)", (&id, known_by))?;
    }
    Ok(())
}
