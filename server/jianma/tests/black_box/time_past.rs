//! Time that goes by for a request: its events are written anew, as only the keys allow.

use domain::request::{Outcome, RequestEvent, RequestNumber, RequestState};
use jianma::system::SystemEntropy;
use keys::record_keys;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use store::{Keyring, Sealer};

use crate::harness::PortalFolder;

/// Puts every event of every request that many years before the time it was at.
pub fn put_back(place: &PortalFolder, years: u32) {
    let keys = record_keys::listed(&place.path("data")).unwrap();
    let ring = Keyring::new(keys, std::sync::Arc::new(SystemEntropy));
    let database = Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    database.execute_batch("drop trigger request_event_unchanged").unwrap();
    let requests: Vec<(i64, String)> = database
        .prepare("select id, number from request")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (id, number) in requests {
        let last = put_back_one(&database, &ring, years, id, &number);
        let place = format!("request/{number}");
        let sql = "select anchor from request where id = ?1";
        let anchor: Vec<u8> = database.query_one(sql, [id], |row| row.get(0)).unwrap();
        let anchor = ring.open(&place, &anchor).unwrap();
        let mut anchor: Value = serde_json::from_slice(&anchor).unwrap();
        anchor["hash"] = json!(last.hash);
        let sealed = ring.seal(&place, anchor.to_string().as_bytes()).unwrap();
        let sql = "update request set anchor = ?1 where id = ?2";
        database.execute(sql, params![sealed, id]).unwrap();
    }
}

fn put_back_one(
    database: &Connection,
    ring: &Keyring,
    years: u32,
    id: i64,
    number: &str,
) -> RequestEvent {
    let parsed = RequestNumber::parse(number).unwrap();
    let rows: Vec<(u32, String, String, Vec<u8>)> = database
        .prepare(
            "select sequence, replace(at, substr(at, 1, 4), substr(at, 1, 4) - ?2), state, content
             from request_event where request_id = ?1 order by sequence",
        )
        .unwrap()
        .query_map((id, years), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut last = None;
    for (sequence, at, state, content) in rows {
        let place = format!("request_event/{number}/{sequence}");
        let content = ring.open(&place, &content).unwrap();
        let mut content: Value = serde_json::from_slice(&content).unwrap();
        let part = |name: &str| serde_json::from_value(content[name].clone()).unwrap();
        let event = RequestEvent::after(
            last.as_ref(),
            &parsed,
            at.parse().unwrap(),
            RequestState::from_name(&state).unwrap(),
            serde_json::from_value(content["actor"].clone()).unwrap(),
            part("reference"),
            part("note"),
        );
        let outcome: Option<Outcome> = serde_json::from_value(content["outcome"].clone()).unwrap();
        let event = match outcome {
            Some(outcome) => event.concluding(outcome, last.as_ref(), &parsed),
            None => event,
        };
        content["hash"] = json!(event.hash);
        let sealed = ring.seal(&place, content.to_string().as_bytes()).unwrap();
        let sql = "update request_event set at = ?1, content = ?2
                   where request_id = ?3 and sequence = ?4";
        database.execute(sql, params![at, sealed, id, sequence]).unwrap();
        last = Some(event);
    }
    last.unwrap()
}
