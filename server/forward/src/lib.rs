//! Carrying requests to departments.
//!
//! [`Forwarder`] takes deliveries out of the store's outbox and posts them, signed as Standard
//! Webhooks, until each department has confirmed its own: at least once on the wire, exactly once
//! at a department that tells repeated keys apart.
//!
//! A delivery is leased, posted, and settled by what came back (`answer`): accepted, refused for good, or to be
//! tried again after a pause that grows and is spread (`schedule`). An answer that was lost leaves it
//! *ambiguous*: the department is asked for its key before it is sent again. A department that is down holds up no other: each has
//! its own places and its own circuit (`circuit`), by which one that fails in a row is tried by one delivery at a time. A worker that is killed loses its leases, which run out, and nothing else; two
//! that run beside each other never hold the same delivery. A department that cannot be posted to collects
//! what waits for it (`server/service/src/inbox.rs`); the worker leaves that alone, and only gives to a person
//! what nobody collected.
//!
//! A department that speaks Open311 alone gets reports (`open311`): there the key is missing, and a person decides
//! what nobody can tell.
//!
//! Start with `worker` (the loop) and `courier` (one post). Nothing is dropped: what cannot be delivered stays
//! in the outbox as *stuck* with its reason, for a person.

mod answer;
pub mod charset;
mod circuit;
mod courier;
mod departments;
mod open311;
mod schedule;
mod signing;
mod status;
mod wire;
mod worker;

pub use answer::Confirmation;
pub use circuit::{CircuitState, Circuits};
pub use departments::{
    COLLECT_WITHIN, Department, DepartmentConfig, DepartmentConfigError, Departments,
    Open311Config, SecretText,
};
pub use open311::{Open311, Places};
pub use schedule::{Failure, NextAttempt, Schedule};
pub use signing::{LOOK_UP_BODY, Secret, SigningError, TOLERANCE};
pub use status::StatusReader;
pub use wire::{Lost, Wire};
pub use worker::{ForwardError, ForwardSettings, Forwarder, Turns};
