//! Imports from small files made here, into a real store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod basics;
mod codes;
mod coverage;
mod formats;
mod guard;
mod layers;
mod parts;
mod trial;
