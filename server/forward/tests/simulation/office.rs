//! A department: it verifies signatures, tells keys apart, and confirms what it has filed.

use std::{collections::BTreeMap, sync::Mutex};

use axum::http::{HeaderMap, Response, StatusCode};
use domain::Clock;
use forward::{LOOK_UP_BODY, Secret};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{time::MachineClock, world::World};

/// Something that was filed.
#[derive(Clone)]
pub struct Filed {
    pub body: Vec<u8>,
    pub digest: Vec<u8>,
    /// Its place among everything that was filed here.
    pub place: usize,
    pub reference: String,
}

pub struct Office {
    pub id: String,
    pub secret: Secret,
    clock: MachineClock,
    filed: Mutex<BTreeMap<String, Filed>>,
}

impl Office {
    pub fn new(id: &str, clock: MachineClock) -> Self {
        let secret = testkit::secret();
        Self { id: id.to_owned(), secret, clock, filed: Mutex::default() }
    }

    pub fn filed(&self) -> BTreeMap<String, Filed> {
        self.filed.lock().unwrap().clone()
    }

    pub fn has(&self, key: &str) -> bool {
        self.filed.lock().unwrap().contains_key(key)
    }

    /// Takes a delivery.
    pub fn receive(&self, world: &World, headers: &HeaderMap, body: &[u8]) -> Response<String> {
        let Ok(key) = self.secret.verify(headers, self.clock.now(), body) else {
            world.count("wrong signature time (401)");
            return bare(401);
        };
        if headers.get("idempotency-key").is_none_or(|given| given.as_bytes() != key.as_bytes()) {
            world.breaks(format!("{key} came to {} under another key", self.id));
        }
        let mut filed = self.filed.lock().unwrap();
        let (place, digest) = (filed.len(), Sha256::digest(body).to_vec());
        match filed.get(key) {
            Some(before) if before.digest != digest => {
                world.breaks(format!("{} got {key} twice with other bytes", self.id));
            }
            Some(_) => world.count("filed again under its key"),
            None => world.count("filed"),
        }
        let reference = format!("{}-{place}", self.id);
        let new = Filed { body: body.to_vec(), digest, place, reference };
        let kept = filed.entry(key.to_owned()).or_insert(new);
        confirmed(key, &kept.reference)
    }

    /// Says whether it has a delivery.
    pub fn look_up(&self, world: &World, headers: &HeaderMap) -> Response<String> {
        let Ok(key) = self.secret.verify(headers, self.clock.now(), LOOK_UP_BODY) else {
            world.count("wrong signature time (401)");
            return bare(401);
        };
        match self.filed.lock().unwrap().get(key) {
            Some(filed) => confirmed(key, &filed.reference),
            None => {
                world.count("nothing there to look up (404)");
                bare(404)
            }
        }
    }
}

fn confirmed(key: &str, reference: &str) -> Response<String> {
    Response::new(json!({ "id": key, "reference": reference }).to_string())
}

/// An answer without a body.
pub fn bare(status: u16) -> Response<String> {
    let mut answer = Response::new(String::new());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}
