//! Carrying requests to departments.
//!
//! [`Forwarder`] takes deliveries out of the store's outbox and posts them, signed as Standard
//! Webhooks, until each department has confirmed its own: at least once on the wire, exactly once
//! at a department that tells repeated keys apart.

mod answer;
pub mod charset;
mod courier;
mod departments;
mod schedule;
mod signing;
mod worker;

pub use answer::Confirmation;
pub use departments::{
    Department, DepartmentConfig, DepartmentConfigError, Departments, SecretText,
};
pub use schedule::{Failure, NextAttempt, Schedule};
pub use signing::{LOOK_UP_BODY, Secret, SigningError, TOLERANCE};
pub use worker::{ForwardError, ForwardSettings, Forwarder};
