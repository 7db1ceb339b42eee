//! What the tests of several crates share. Only ever a dev-dependency.
//!
//! Land is made as records ([`parcel`], [`layer`], [`dataset`]) or as departments hand it in
//! ([`geojson`]); a test says what it is about over it: `ParcelRecord { classified: true, ..parcel(code,
//! outline) }`. [`SystemClock`] and [`Numbered`] are what is handed in for time and randomness where neither
//! matters, [`Noon`] where the day does; with the feature `office` a sample department is at work (`Office`).
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Clock, Entropy};
use jiff::Timestamp;

pub mod geojson;
mod land;
#[cfg(feature = "office")]
mod office;
mod policy;
mod rules;

pub use land::{CLASSIFIED_KEY, dataset, layer, parcel, parcel_code, square, unit_code};
#[cfg(feature = "office")]
pub use office::{Office, anywhere, secret};
pub use policy::denying;
pub use rules::trial_rules;

/// The wall clock, for tests that speak real HTTP.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Noon in China on a Sunday in November.
#[derive(Clone, Copy, Debug)]
pub struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-22T04:00:00Z".parse().unwrap()
    }
}

/// Noon in China a week after [`Noon`]: the rule sets of the house are of that day.
#[derive(Clone, Copy, Debug)]
pub struct NoonAWeekLater;

impl Clock for NoonAWeekLater {
    fn now(&self) -> Timestamp {
        "2026-11-29T04:00:00Z".parse().unwrap()
    }
}

/// Bytes that are drawn once in a process: no two keys made of them are alike.
#[derive(Clone, Copy, Debug)]
pub struct Numbered;

impl Entropy for Numbered {
    fn fill(&self, bytes: &mut [u8]) {
        static DRAWN: AtomicU64 = AtomicU64::new(1);
        for chunk in bytes.chunks_mut(8) {
            let number = DRAWN.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}
