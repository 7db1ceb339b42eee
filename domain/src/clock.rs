//! Time and randomness as parameters, so that a test decides what time it is.

use jiff::Timestamp;

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
