//! The security log: one line for each thing that somebody tried and should not have, under the
//! target `security`. It names no address and nothing that was typed: a visitor is a mark that
//! holds while this process runs ([`crate::identity::MarkKey`]), a request its id.
//!
//! Whoever tries a thousand times a second does not fill the disk: of each kind so many lines are
//! written, and the next one says how many were not.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::{metrics::Metrics, security_event::Event};

/// Lines of one kind at once; then one a second.
const LINES_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// What writes the log.
#[derive(Debug)]
pub struct SecurityLog {
    metrics: Arc<Metrics>,
    kinds: [Lines; Event::ALL.len()],
}

/// The lines of one kind.
#[derive(Debug)]
struct Lines {
    room: DefaultDirectRateLimiter,
    left_out: AtomicU64,
}

impl SecurityLog {
    /// A log that also counts.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>) -> Self {
        let quota = Quota::per_second(NonZeroU32::MIN).allow_burst(LINES_AT_ONCE);
        let kinds = Event::ALL
            .map(|_| Lines { room: RateLimiter::direct(quota), left_out: AtomicU64::new(0) });
        Self { metrics, kinds }
    }

    /// Writes an event down: the visitor's mark and the request's id, as far as there are any.
    pub fn note(&self, event: Event, visitor: Option<&str>, request_id: Option<&str>) {
        self.metrics.security_event(event);
        let Some(left_out) = self.left_out_before(event) else { return };
        tracing::warn!(
            target: "security",
            event = event.name(),
            visitor = visitor.unwrap_or_default(),
            request.id = request_id.unwrap_or_default(),
            left_out,
            "{}",
            event.words()
        );
    }

    /// How many lines of that kind were left out before this one; `None` when it is left out too.
    fn left_out_before(&self, event: Event) -> Option<u64> {
        let lines = Event::ALL.iter().zip(&self.kinds).find(|(known, _)| **known == event)?.1;
        if lines.room.check().is_err() {
            lines.left_out.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(lines.left_out.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_kind_is_bounded_and_silences_no_other() {
        let log = SecurityLog::new(Arc::new(Metrics::new().unwrap()));
        let written = (0..1_000).filter_map(|_| log.left_out_before(Event::Probing)).count();
        // As many as at once, and one for each second that a busy machine took.
        assert!((20..900).contains(&written), "{written}");
        assert_eq!(log.left_out_before(Event::ForgedCallback), Some(0));
    }
}
