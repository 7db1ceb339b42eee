//! Time and randomness as parameters, so that a test decides what time it is.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Where the present instant comes from.
pub trait Clock: Send + Sync {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;
}

/// Where unguessable bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unguessable values (a cryptographic source in production).
    fn fill(&self, bytes: &mut [u8]);

    /// The 32 bytes of a new key.
    fn key(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

/// China Standard Time, UTC+8, in which every date of this portal is written.
pub const CHINA: jiff::tz::Offset = jiff::tz::Offset::constant(8);

/// The civil date in China at `instant`.
#[must_use]
pub fn china_date(instant: Timestamp) -> jiff::civil::Date {
    CHINA.to_datetime(instant).date()
}

/// The instant at which a date begins in China.
#[must_use]
pub fn start_in_china(date: jiff::civil::Date) -> Timestamp {
    // Fails only at the ends of the calendar, where nobody looks.
    CHINA.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
}

/// The longest step from one note of the time to the next that is believed. A portal that runs notes the
/// time far more often; a clock that is wrong by less is believed.
const FURTHEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A step of more than 7 days from one note of the time to the next. Either nothing ran for so long, or
/// the clock was wrong, before it or since: what counts days of age needs somebody who knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leap {
    /// What was noted before it, UTC.
    pub from: Timestamp,
    /// What the clock said next, UTC.
    pub to: Timestamp,
}

impl Leap {
    /// The leap from one to the other; none when the step is believed. One back is: by an earlier clock
    /// everything is younger, and less is old enough to go.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Option<Self> {
        (to.duration_since(from) > FURTHEST).then_some(Self { from, to })
    }
}
