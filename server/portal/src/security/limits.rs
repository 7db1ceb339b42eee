//! How often one client may ask. What is over the limit gets a clear 429 with the time to wait.

use std::num::NonZeroU32;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};

use super::{client::ClientAddress, refusal};
use crate::{config::LimitsConfig, state::AppState};

/// The counters, per client address.
#[derive(Debug)]
pub struct Limits {
    reads: DefaultKeyedRateLimiter<ClientAddress>,
    submissions: DefaultKeyedRateLimiter<ClientAddress>,
}

impl Limits {
    /// Counters with these limits.
    #[must_use]
    pub fn new(config: &LimitsConfig) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let reads = Quota::per_second(at_least_one(config.reads_per_second))
            .allow_burst(at_least_one(config.read_burst));
        let submissions = Quota::per_minute(at_least_one(config.submissions_per_minute))
            .allow_burst(at_least_one(config.submission_burst));
        Self {
            reads: DefaultKeyedRateLimiter::keyed(reads),
            submissions: DefaultKeyedRateLimiter::keyed(submissions),
        }
    }

    /// Counts one request; the seconds to wait if it is one too many.
    fn count(&self, client: ClientAddress, submission: bool) -> Result<(), u64> {
        let limiter = if submission { &self.submissions } else { &self.reads };
        limiter.check_key(&client).map_err(|denied| {
            let wait = denied.wait_time_from(limiter.clock().now());
            wait.as_secs().saturating_add(1)
        })
    }

    /// Forgets clients that have been quiet long enough to have their full allowance back.
    pub fn forget_quiet_clients(&self) {
        self.reads.retain_recent();
        self.submissions.retain_recent();
    }
}

/// Counts every request but those for built files and health checks.
pub async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/pkg/") || path == "/healthz" || path == "/readyz" {
        return next.run(request).await;
    }
    let Some(client) = request.extensions().get::<ClientAddress>().copied() else {
        return next.run(request).await;
    };
    // Departments call back with a signature; a busy one must not be slowed like a visitor.
    let submission = !request.method().is_safe()
        && path != app::urls::PREFERENCES
        && !path.starts_with("/api/v1/departments/");
    match state.limits.count(client, submission) {
        Ok(()) => next.run(request).await,
        Err(retry_after) => refusal::too_many(&state, request, retry_after).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_too_many_does_not_slow_another() {
        let config = LimitsConfig { reads_per_second: 1, read_burst: 3, ..LimitsConfig::default() };
        let limits = Limits::new(&config);
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|ip| ClientAddress(ip.parse().unwrap()));
        for _ in 0..3 {
            assert_eq!(limits.count(a, false), Ok(()));
        }
        let wait = limits.count(a, false).unwrap_err();
        assert!((1..=2).contains(&wait));
        assert_eq!(limits.count(b, false), Ok(()));
        assert_eq!(limits.count(a, true), Ok(()));
    }
}
