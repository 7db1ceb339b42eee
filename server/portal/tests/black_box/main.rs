//! The built binary from outside: real processes, real sockets, real storage.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by failing"
)]

mod answers;
mod harness;
mod kills;
mod labels;
mod land;
