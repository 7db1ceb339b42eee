//! How a worker works, and why it may not start.

use std::time::Duration;

use jiff::SignedDuration;

use crate::{schedule::Schedule, wire::innermost};

/// How the worker works. The defaults are meant for production; tests shorten the times.
#[derive(Clone, Debug)]
pub struct ForwardSettings {
    /// Deliveries taken at once.
    pub batch: usize,
    /// Deliveries under way at once, over all departments.
    pub in_flight: usize,
    /// Deliveries under way at once to one department.
    pub per_department: usize,
    /// How long a delivery is held. Must outlast two exchanges with the slowest department.
    pub lease: SignedDuration,
    /// How often the outbox is looked into when nobody wakes the worker.
    pub poll: Duration,
    /// When to try again.
    pub schedule: Schedule,
    /// The least wait when address or secret are wrong, which an operator must mend.
    pub misconfigured_wait: SignedDuration,
    /// After how many failures in a row a department is tried by one delivery at a time.
    pub failures_in_a_row: u32,
    /// The longest pause between two such deliveries; the first ones follow the schedule.
    pub longest_pause: SignedDuration,
    /// The most that a delivery waits at first whose department has its hands full.
    pub busy_wait: SignedDuration,
    /// How long it must be so that a department's patience is over before anything is left to a
    /// person: who was away, or whose clock jumped, has as long to come for it.
    pub grace: Duration,
    /// How often the log is told what needs a person.
    pub remind: Duration,
    /// How long a shutdown waits for what is under way.
    pub drain: Duration,
}

impl Default for ForwardSettings {
    fn default() -> Self {
        Self {
            batch: 16,
            in_flight: 64,
            per_department: 8,
            lease: SignedDuration::from_secs(60),
            poll: Duration::from_secs(2),
            schedule: Schedule::default(),
            misconfigured_wait: SignedDuration::from_mins(5),
            failures_in_a_row: 8,
            longest_pause: SignedDuration::from_mins(5),
            busy_wait: SignedDuration::from_secs(5),
            grace: Duration::from_secs(3_600),
            remind: Duration::from_secs(600),
            drain: Duration::from_secs(20),
        }
    }
}

/// Why a worker cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForwardError {
    /// The HTTP client cannot be made: no usable TLS roots, for one.
    #[error(
        "the HTTP client for department `{department}` cannot be made: {}. It needs certificates: \
         those of the machine (on Debian, the package ca-certificates), or those that \
         `authorities` names",
        innermost(source)
    )]
    Client {
        /// The department.
        department: String,
        /// Why.
        source: reqwest::Error,
    },
    /// A delivery could be given to a second worker while the first still waits for an answer.
    #[error("department `{department}`: two exchanges of {timeout:?} do not fit into a lease")]
    LeaseTooShort {
        /// The department.
        department: String,
        /// Its timeout.
        timeout: Duration,
    },
}
