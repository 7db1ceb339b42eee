//! Time that passes when nothing else is left to do, clocks that go wrong, and chance by a seed.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use domain::{Clock, Entropy};
use jiff::Timestamp;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Rounds without anything happening after which everybody waits for time to pass. What one task wakes
/// runs in the next round; nothing here wakes more than two in a row without a step of its own.
const QUIET_ROUNDS: u32 = 4;

/// The time of the simulation, milliseconds since its begin.
#[derive(Default)]
pub struct Time {
    waiting: Mutex<Waiting>,
    /// Counts what happens, to know when nothing does.
    stirred: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    now: i64,
    next: u64,
    sleepers: BTreeMap<(i64, u64), Option<Waker>>,
}

impl Time {
    pub fn now(&self) -> i64 {
        self.waiting.lock().unwrap().now
    }

    /// Waits for so many milliseconds.
    pub fn sleep(self: &Arc<Self>, wait: i64) -> Sleep {
        let mut waiting = self.waiting.lock().unwrap();
        let at = (waiting.now + wait.max(0), waiting.next);
        waiting.next += 1;
        waiting.sleepers.insert(at, None);
        Sleep { time: Arc::clone(self), at }
    }

    /// Lets time pass from one sleeper to the next, each time when nobody has anything else to do.
    pub async fn pass_until(&self, ended: impl Fn() -> bool) {
        while !ended() {
            let mut quiet = 0;
            while quiet < QUIET_ROUNDS {
                let before = self.stirred.load(Ordering::Relaxed);
                tokio::task::yield_now().await;
                let now = self.stirred.load(Ordering::Relaxed);
                quiet = if now == before { quiet + 1 } else { 0 };
            }
            let mut waiting = self.waiting.lock().unwrap();
            let first = waiting.sleepers.first_key_value().map(|(at, _)| *at);
            if let Some(at) = first {
                waiting.now = at.0;
                if let Some(waker) = waiting.sleepers.remove(&at).flatten() {
                    waker.wake();
                }
            } else {
                assert!(ended(), "nobody waits for anything, and the schedule has not ended");
            }
        }
    }
}

/// A wait in simulated time.
pub struct Sleep {
    time: Arc<Time>,
    at: (i64, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.time.stirred.fetch_add(1, Ordering::Relaxed);
        let mut waiting = self.time.waiting.lock().unwrap();
        match waiting.sleepers.get_mut(&self.at) {
            Some(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.time.waiting.lock().unwrap().sleepers.remove(&self.at);
    }
}

/// A machine's clock.
pub struct MachineClock {
    time: Arc<Time>,
    /// How far it goes ahead of the true time, milliseconds; below nothing, behind.
    ahead: AtomicI64,
}

impl MachineClock {
    pub fn new(time: &Arc<Time>) -> Self {
        Self { time: Arc::clone(time), ahead: AtomicI64::new(0) }
    }

    pub fn set_ahead(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::Relaxed);
    }
}

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        /// The time at which every schedule begins.
        const BEGIN: i64 = 1_795_000_000_000;
        let millis = BEGIN + self.time.now() + self.ahead.load(Ordering::Relaxed);
        Timestamp::from_millisecond(millis).unwrap()
    }
}

/// Chance by a seed.
pub struct Dice(Mutex<StdRng>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// One of `0..sides`.
    pub fn below(&self, sides: usize) -> usize {
        self.0.lock().unwrap().random_range(0..sides)
    }

    /// One of `from..to`.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        self.0.lock().unwrap().random_range(from..to)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub fn percent(&self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of these.
    pub fn one_of<'a, T>(&self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

impl Entropy for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}
