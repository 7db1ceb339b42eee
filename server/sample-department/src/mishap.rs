//! Failures on purpose, the same ones for the same seed.

use std::sync::atomic::{AtomicU64, Ordering};

/// What goes wrong with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// Turned away with 429 before anything is kept.
    Busy,
    /// Turned away with 503 before anything is kept.
    Unavailable,
    /// Answered with 200 by a sign-in page that stands before the department; nothing is kept.
    SignIn,
    /// Filed, then answered with 500.
    Crash,
    /// Filed, then the connection is cut without an answer.
    Cut,
    /// Filed, and answered late.
    Slow,
}

const ALL: [Mishap; 6] =
    [Mishap::Busy, Mishap::Unavailable, Mishap::SignIn, Mishap::Crash, Mishap::Cut, Mishap::Slow];

/// Decides, arrival by arrival, whether something goes wrong.
#[derive(Debug)]
pub(crate) struct Mishaps {
    rate: f64,
    seed: u64,
    arrivals: AtomicU64,
}

impl Mishaps {
    pub(crate) fn new(rate: f64, seed: u64) -> Self {
        Self { rate, seed, arrivals: AtomicU64::new(0) }
    }

    pub(crate) fn next(&self) -> Option<Mishap> {
        let arrival = self.arrivals.fetch_add(1, Ordering::Relaxed);
        let (whether, which) =
            (mixed(self.seed, 2 * arrival + 1), mixed(self.seed, 2 * arrival + 2));
        // The upper 53 bits are as many as a float between 0 and 1 can tell apart.
        let chance = (whether >> 11) as f64 / (1_u64 << 53) as f64;
        let which = usize::try_from(which % 6).unwrap_or_default();
        (chance < self.rate).then(|| ALL[which])
    }
}

/// SplitMix64: well spread, and needs no dependency. Nothing here has to be unguessable.
fn mixed(seed: u64, step: u64) -> u64 {
    let mut z = seed.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rate: f64, seed: u64) -> Vec<Option<Mishap>> {
        let mishaps = Mishaps::new(rate, seed);
        (0..1_000).map(|_| mishaps.next()).collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_mishaps_and_another_others() {
        assert_eq!(run(0.5, 7), run(0.5, 7));
        assert_ne!(run(0.5, 7), run(0.5, 8));
    }

    #[test]
    fn the_rate_is_kept_and_every_kind_occurs() {
        assert!(run(0.0, 1).iter().all(Option::is_none));
        assert!(run(1.0, 1).iter().all(Option::is_some));
        let half = run(0.5, 1);
        assert!((450..550).contains(&half.iter().flatten().count()));
        for mishap in ALL {
            assert!(half.iter().flatten().filter(|each| **each == mishap).count() > 50);
        }
    }

    #[test]
    fn seed_4_cuts_the_first_connection() {
        // The test of a lost answer in `server/forward/tests/delivery.rs` rests on this.
        assert_eq!(Mishaps::new(1.0, 4).next(), Some(Mishap::Cut));
    }
}
