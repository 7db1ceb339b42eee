//! Keys that programs bring as `Authorization: Bearer …` to routes that take them ([`crate::route::RouteInfo::keyed`]).
//!
//! Who has one is counted by it and not by their address: so often a minute, so often a day, and so many different
//! sites an hour ([`service::probing`]). Nothing that is told depends on it. A key that is nobody's, or disabled, is
//! refused and never answered as if none had come: whoever believes that they ask by it must learn that they do not.
//! Counters begin anew with the process, as all others do.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};
use service_api::KeyHolder;
use store::ApiKey;

use crate::metrics::Metrics;

const MINUTE: u32 = 60;
const DAY: u32 = 86_400;

type Counter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// How much is left of so many in so many seconds.
#[derive(Debug)]
struct Window {
    name: &'static str,
    limit: NonZeroU32,
    seconds: u32,
    counter: Counter,
    left: AtomicU32,
}

impl Window {
    fn of(name: &'static str, limit: u32, seconds: u32) -> Self {
        let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
        let one = Duration::from_secs(seconds.into()) / limit.get();
        let quota = Quota::with_period(one)
            .map_or(Quota::per_second(limit), |quota| quota.allow_burst(limit));
        let counter = RateLimiter::direct(quota).with_middleware();
        Self { name, limit, seconds, counter, left: AtomicU32::new(limit.get()) }
    }

    /// Counts one; the seconds to wait if it is one too many.
    fn count(&self) -> Result<(), u64> {
        let counted = self.counter.check();
        let left = counted.as_ref().map_or(0, |so_far| so_far.remaining_burst_capacity());
        self.left.store(left, Ordering::Relaxed);
        counted.map(drop).map_err(|denied| {
            denied.wait_time_from(self.counter.clock().now()).as_secs().saturating_add(1)
        })
    }

    /// How much is left, and the seconds until all of it is there again.
    fn stands(&self) -> (u32, u64) {
        let left = self.left.load(Ordering::Relaxed);
        let used = u64::from(self.limit.get().saturating_sub(left));
        (left, (used * u64::from(self.seconds)).div_ceil(self.limit.get().into()))
    }
}

/// A key that is somebody's, with what its holder has asked since the start.
#[derive(Debug)]
pub(crate) struct Holder {
    name: Arc<str>,
    sites: u32,
    windows: [Window; 2],
}

impl Holder {
    fn of(key: &ApiKey) -> Self {
        Self {
            name: key.name.as_str().into(),
            sites: key.sites,
            windows: [
                Window::of("minute", key.per_minute, MINUTE),
                Window::of("day", key.per_day, DAY),
            ],
        }
    }

    /// As the rooms behind know them.
    pub(crate) fn told(&self) -> KeyHolder {
        KeyHolder { name: self.name.clone(), sites: self.sites }
    }

    /// Counts a question.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many.
    pub(crate) fn count(&self, metrics: &Metrics) -> Result<(), u64> {
        let counted = self.windows.iter().try_for_each(Window::count);
        metrics.asked_by_key(&self.name, counted.is_ok());
        counted
    }

    /// Says in an answer how much is left: the fields `RateLimit` and `RateLimit-Policy` of the IETF's draft
    /// (draft-ietf-httpapi-ratelimit-headers). What is kept of the answer is kept for this key alone.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let each = |say: &dyn Fn(&Window) -> String| {
            HeaderValue::from_str(&self.windows.each_ref().map(say).join(", ")).ok()
        };
        let policy = each(&|it| format!("\"{}\";q={};w={}", it.name, it.limit, it.seconds));
        let standing = each(&|it| {
            let (left, seconds) = it.stands();
            format!("\"{}\";r={left};t={seconds}", it.name)
        });
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
            headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        headers.append(header::VARY, HeaderValue::from_static("authorization"));
    }
}

/// The keys that somebody asked by since the start, by their marks.
#[derive(Debug, Default)]
pub struct ApiKeys {
    known: Mutex<HashMap<String, Arc<Holder>>>,
}

impl ApiKeys {
    /// The holder of a key, by its name.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Holder>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().find(|holder| &*holder.name == name).cloned()
    }

    /// Whether somebody asked by a key since the start.
    pub(crate) fn is_known(&self, mark: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains_key(mark)
    }

    /// The holder of a key that is in force.
    pub(crate) fn holder(&self, mark: String, key: &ApiKey) -> Arc<Holder> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(mark).or_insert_with(|| Arc::new(Holder::of(key))).clone()
    }

    /// Forgets a key that is in force no more.
    pub(crate) fn forget(&self, mark: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p6_a_window_is_so_much_and_says_how_much_is_left() {
        let window = Window::of("minute", 3, MINUTE);
        assert_eq!(window.stands(), (3, 0));
        for left in [2, 1, 0] {
            assert_eq!(window.count(), Ok(()));
            assert_eq!(window.stands().0, left);
        }
        let wait = window.count().unwrap_err();
        assert!((19..=21).contains(&wait), "{wait}");
        assert_eq!(window.stands(), (0, 60));
    }
}
