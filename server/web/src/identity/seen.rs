//! Assertions that were handed in. A gateway sends one assertion with every request of a page, and
//! a browser asks for several at once, so an assertion is no ticket for one request: its `jti` is
//! taken by the gateway machine that hands it in first, and by this one text, until it ends. From
//! another machine, or with another text, it is a replay. Ending a session early needs no list: an
//! assertion lives for minutes, and the gateway stops renewing it.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

/// Assertions that are remembered at once. Only the identity service can make one, so nobody else
/// fills this.
const MOST: usize = 200_000;
/// Seconds between two clean-ups.
const SWEPT_EVERY: i64 = 60;

/// What was handed in and has not ended.
#[derive(Debug, Default)]
pub(super) struct Seen {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    taken: HashMap<String, Taken>,
    swept_at: i64,
}

#[derive(Debug)]
struct Taken {
    by: IpAddr,
    digest: [u8; 32],
    until: i64,
}

impl Seen {
    /// Takes `jti` for `peer` and this text, until `until`; whether it is free or theirs. Times are
    /// seconds of the epoch.
    pub(super) fn take(&self, jti: &str, text: &str, peer: IpAddr, until: i64, now: i64) -> bool {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = memory.taken.len() >= MOST;
        if is_full || now >= memory.swept_at + SWEPT_EVERY || now < memory.swept_at {
            memory.taken.retain(|_, taken| taken.until > now);
            memory.swept_at = now;
        }
        let digest: [u8; 32] = Sha256::digest(text).into();
        // One that has ended is free, and is taken anew.
        if let Some(taken) = memory.taken.get(jti).filter(|taken| taken.until > now) {
            return taken.by == peer && taken.digest == digest;
        }
        if memory.taken.len() >= MOST {
            return false;
        }
        memory.taken.insert(jti.to_owned(), Taken { by: peer, digest, until });
        true
    }
}
