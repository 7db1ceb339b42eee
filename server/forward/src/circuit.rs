//! A circuit for each department: where one fails several times in a row, one delivery at a time is tried
//! until it answers, and all the others wait.
//!
//! Closed, everything flows. Open, nothing is sent until a pause is over, which grows from one to the
//! next. Then it is half open: one delivery is sent, and its outcome closes the circuit or begins the next
//! pause. What waits meanwhile makes no attempts of its own, so a department that comes back is met by
//! one delivery and not by its whole backlog, and one that is down costs nothing.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The circuit of every department, for whoever sends and whoever watches.
pub struct Circuits {
    all: Mutex<BTreeMap<String, Circuit>>,
    instant: Box<dyn Fn() -> Instant + Send + Sync>,
}

impl fmt::Debug for Circuits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Circuits").field("all", &self.all).finish_non_exhaustive()
    }
}

impl Default for Circuits {
    fn default() -> Self {
        Self::counting_by(Instant::now)
    }
}

#[derive(Debug, Default)]
struct Circuit {
    /// Exchanges that failed, one after another.
    failures: u32,
    /// Pauses that were begun since it last answered.
    pauses: u32,
    /// Until when nothing is sent; set as long as it is not closed.
    paused_until: Option<Instant>,
    /// One delivery is under way to see whether it answers.
    is_probed: bool,
}

/// Whether deliveries to a department may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// As many as there are places.
    Free,
    /// One, to see whether it answers.
    One,
    /// None until then.
    NoneUntil(Instant),
    /// None until the outcome of the one that is under way.
    Probed,
}

/// How a department's circuit stands, for whoever watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CircuitState {
    /// Exchanges that failed, one after another, until now.
    pub failures: u32,
    /// Whether all but one at a time wait until it answers.
    pub is_open: bool,
}

/// What an exchange did to a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It stands as before.
    None,
    /// It opened, or opened again after its probe; so many failed in a row.
    Opened(u32),
    /// It closed: the department answers again.
    Closed,
}

/// How an exchange ended, as the circuit sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// The department answered as departments do, if only with a refusal.
    pub(crate) answered: bool,
    /// It was the one of a half-open circuit.
    pub(crate) is_probe: bool,
}

impl Circuits {
    /// Circuits whose pauses are counted by `instant`, which never goes back.
    pub fn counting_by(instant: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self { all: Mutex::default(), instant: Box::new(instant) }
    }

    /// The present instant, by which pauses are counted.
    pub(crate) fn instant(&self) -> Instant {
        (self.instant)()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Circuit>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the circuit of a department stands.
    #[must_use]
    pub fn state(&self, department: &str) -> CircuitState {
        self.all().get(department).map_or_else(CircuitState::default, |circuit| CircuitState {
            failures: circuit.failures,
            is_open: circuit.paused_until.is_some(),
        })
    }

    /// Whether deliveries to a department may be sent.
    pub(crate) fn flow(&self, department: &str, now: Instant) -> Flow {
        match self.all().get(department) {
            Some(Circuit { is_probed: true, .. }) => Flow::Probed,
            Some(Circuit { paused_until: Some(until), .. }) if *until > now => {
                Flow::NoneUntil(*until)
            }
            Some(Circuit { paused_until: Some(_), .. }) => Flow::One,
            _ => Flow::Free,
        }
    }

    /// Notes that the one delivery of a half-open circuit is under way, or no longer is.
    pub(crate) fn probe(&self, department: &str, is_probed: bool) {
        if let Some(circuit) = self.all().get_mut(department) {
            circuit.is_probed = is_probed;
        }
    }

    /// Notes an exchange. After `enough` failures in a row the circuit opens for `pause`, which is told
    /// how many pauses there were, this one included.
    pub(crate) fn note(
        &self,
        department: &str,
        exchange: Exchange,
        now: Instant,
        enough: u32,
        pause: impl FnOnce(u32) -> Duration,
    ) -> Turn {
        let mut all = self.all();
        if exchange.answered {
            let before = all.remove(department);
            let was_open = before.is_some_and(|circuit| circuit.paused_until.is_some());
            return if was_open { Turn::Closed } else { Turn::None };
        }
        let circuit = all.entry(department.to_owned()).or_default();
        circuit.failures = circuit.failures.saturating_add(1);
        let is_open = circuit.paused_until.is_some();
        // What was under way when it opened says nothing new.
        if circuit.failures < enough || (is_open && !exchange.is_probe) {
            return Turn::None;
        }
        circuit.pauses = circuit.pauses.saturating_add(1);
        circuit.paused_until = now.checked_add(pause(circuit.pauses)).or(Some(now));
        Turn::Opened(circuit.failures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENOUGH: u32 = 3;
    const PAUSE: Duration = Duration::from_secs(10);

    fn note(circuits: &Circuits, answered: bool, is_probe: bool, now: Instant) -> Turn {
        let exchange = Exchange { answered, is_probe };
        circuits.note("planning", exchange, now, ENOUGH, |pauses| PAUSE * pauses)
    }

    #[test]
    fn s5_failures_in_a_row_open_a_circuit_and_one_answer_closes_it() {
        let (circuits, now) = (Circuits::default(), Instant::now());
        let later = |seconds| now + Duration::from_secs(seconds);
        for _ in 0..2 {
            assert_eq!(note(&circuits, false, false, now), Turn::None);
        }
        assert_eq!(note(&circuits, true, false, now), Turn::None, "not in a row");
        for turn in [Turn::None, Turn::None, Turn::Opened(3)] {
            assert_eq!(circuits.flow("planning", now), Flow::Free);
            assert_eq!(note(&circuits, false, false, now), turn);
        }
        assert_eq!(circuits.flow("planning", later(9)), Flow::NoneUntil(later(10)));
        assert_eq!(circuits.flow("geology", now), Flow::Free, "each has its own");
        // Those that were under way end in nothing new.
        assert_eq!(note(&circuits, false, false, later(5)), Turn::None);
        assert_eq!(circuits.state("planning"), CircuitState { failures: 4, is_open: true });
        assert_eq!(circuits.flow("planning", later(10)), Flow::One);
        circuits.probe("planning", true);
        assert_eq!(circuits.flow("planning", later(10)), Flow::Probed);
        // The probe fails, and the next pause is longer.
        assert_eq!(note(&circuits, false, true, later(10)), Turn::Opened(5));
        circuits.probe("planning", false);
        assert_eq!(circuits.flow("planning", later(29)), Flow::NoneUntil(later(30)));
        circuits.probe("planning", true);
        assert_eq!(note(&circuits, true, true, later(30)), Turn::Closed);
        circuits.probe("planning", false);
        assert_eq!(circuits.flow("planning", later(30)), Flow::Free);
        assert_eq!(circuits.state("planning"), CircuitState::default());
    }

    #[test]
    fn s5_a_probe_that_came_to_nothing_leaves_room_for_the_next() {
        let (circuits, now) = (Circuits::default(), Instant::now());
        for _ in 0..3 {
            note(&circuits, false, false, now);
        }
        circuits.probe("planning", true);
        circuits.probe("planning", false);
        assert_eq!(circuits.flow("planning", now + PAUSE), Flow::One);
        // An answer to one that was under way closes it too: it does answer.
        assert_eq!(note(&circuits, true, false, now), Turn::Closed);
    }
}
