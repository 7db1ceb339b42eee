//! Events of requests as rows. That they are all there, `anchor` says.

use std::collections::BTreeMap;

use domain::{
    request::{Actor, Outcome, Rating, RequestEvent, RequestNumber, RequestState},
    suitability::Said,
};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::{
    error::SqliteError,
    sealed::{SealedConnection, event_place},
    value::{blob, corrupt, instant, read_instant, text},
};

/// What of an event is sealed. Its hash too: from one in clear a short note could be guessed.
#[derive(Serialize, Deserialize)]
struct EventContent {
    actor: Actor,
    reference: Option<String>,
    note: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<String, Said>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    printed: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    corrected: bool,
    hash: String,
}

/// Writes an event; its request does not count it yet.
pub(super) fn insert_event(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
    event: &RequestEvent,
) -> Result<(), SqliteError> {
    let content = EventContent {
        actor: event.actor.clone(),
        reference: event.reference.clone(),
        note: event.note.clone(),
        facts: event.facts.clone(),
        outcome: event.outcome.clone(),
        printed: event.printed,
        corrected: event.corrected,
        hash: event.hash.clone(),
    };
    let place = event_place(number.as_str(), event.sequence);
    connection
        .prepare_cached(
            "insert into request_event (request_id, sequence, at, state, content, stars)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            id,
            event.sequence,
            instant(event.at),
            event.state.name(),
            connection.seal_value(&place, &content)?,
            event.rating.map(Rating::stars),
        ])?;
    Ok(())
}

/// Reads the columns `sequence, at, state, content, stars`.
pub(super) fn read_event(
    connection: &SealedConnection<'_>,
    number: &RequestNumber,
    row: &Row<'_>,
) -> Result<RequestEvent, SqliteError> {
    let (sequence, state) = (row.get(0)?, text(row, 2)?);
    let rating =
        |stars: u8| Rating::from_stars(stars).ok_or_else(|| corrupt("rating")(stars.to_string()));
    let place = event_place(number.as_str(), sequence);
    let EventContent { actor, reference, note, facts, outcome, printed, corrected, hash } =
        connection.open_value(&place, blob(row, 3)?)?;
    Ok(RequestEvent {
        sequence,
        at: read_instant(text(row, 1)?)?,
        state: RequestState::from_name(state)
            .ok_or_else(|| corrupt("request state")(state.to_owned()))?,
        actor,
        reference,
        note,
        facts,
        rating: row.get::<_, Option<u8>>(4)?.map(rating).transpose()?,
        outcome,
        printed,
        corrected,
        hash,
    })
}

/// The last two events of a request, as they lie there, the last one last.
pub(super) fn read_last(
    connection: &SealedConnection<'_>,
    id: i64,
    number: &RequestNumber,
) -> Result<Vec<RequestEvent>, SqliteError> {
    connection
        .prepare_cached(
            "select * from (select sequence, at, state, content, stars from request_event
                 where request_id = ?1 order by sequence desc limit 2) order by sequence",
        )?
        .query_and_then([id], |row| read_event(connection, number, row))?
        .collect()
}
