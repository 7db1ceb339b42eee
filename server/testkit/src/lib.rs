//! What the tests of several crates share. Only ever a dev-dependency.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

use domain::Clock;
use jiff::Timestamp;

pub mod geojson;
mod land;
#[cfg(feature = "office")]
mod office;

pub use land::{CLASSIFIED_KEY, dataset, parcel, parcel_code, square, unit_code};
#[cfg(feature = "office")]
pub use office::{Office, anywhere, secret};

/// The wall clock, for tests that speak real HTTP.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
