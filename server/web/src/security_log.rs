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

use crate::metrics::Metrics;

/// Lines of one kind at once; then one a second.
const LINES_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A department's callback without its department's signature.
    ForgedCallback,
    /// A form or call from a page of another site.
    CrossSitePost,
    /// A receipt number with a secret that is not its own.
    WrongReceiptSecret,
    /// Places tried one after another, until the limits refused.
    Probing,
    /// A proof of identity that proves nothing.
    RefusedAssertion,
    /// An assertion from a machine that is not the identity gateway's.
    ForeignAssertion,
    /// An assertion handed in again, by another machine or with another content.
    ReplayedAssertion,
    /// More asked than the limits allow.
    TooOften,
    /// Figures for operators, asked for by somebody else.
    ForeignOperator,
    /// A connection ended to make room for another address.
    ShedConnection,
    /// A connection ended because its reader took next to nothing.
    StalledReader,
    /// A request that two programs could read in two ways, or of a method that is not served.
    MisframedRequest,
}

impl Event {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::ForgedCallback,
        Self::CrossSitePost,
        Self::WrongReceiptSecret,
        Self::Probing,
        Self::RefusedAssertion,
        Self::ForeignAssertion,
        Self::ReplayedAssertion,
        Self::TooOften,
        Self::ForeignOperator,
        Self::ShedConnection,
        Self::StalledReader,
        Self::MisframedRequest,
    ];

    /// Its name in the log and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForgedCallback => "forged_callback",
            Self::CrossSitePost => "cross_site_post",
            Self::WrongReceiptSecret => "wrong_receipt_secret",
            Self::Probing => "probing",
            Self::RefusedAssertion => "refused_assertion",
            Self::ForeignAssertion => "foreign_assertion",
            Self::ReplayedAssertion => "replayed_assertion",
            Self::TooOften => "too_often",
            Self::ForeignOperator => "foreign_operator",
            Self::ShedConnection => "shed_connection",
            Self::StalledReader => "stalled_reader",
            Self::MisframedRequest => "misframed_request",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::ForgedCallback => "a callback without its department's signature",
            Self::CrossSitePost => "a post from another site",
            Self::WrongReceiptSecret => "a receipt was tried with a wrong secret",
            Self::Probing => "places are tried one after another",
            Self::RefusedAssertion => "a proof of identity proves nothing",
            Self::ForeignAssertion => "a proof of identity that does not come from the gateway",
            Self::ReplayedAssertion => "a proof of identity is handed in again from elsewhere",
            Self::TooOften => "more is asked than the limits allow",
            Self::ForeignOperator => "figures for operators were asked for by somebody else",
            Self::ShedConnection => "a connection was ended to make room",
            Self::StalledReader => "a connection was ended that did not read its answer",
            Self::MisframedRequest => "a request that can be read in two ways",
        }
    }
}

/// The log's pen.
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
