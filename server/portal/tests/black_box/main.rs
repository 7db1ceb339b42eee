//! The built binary from outside: real processes, real sockets, real storage.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says so by failing, and one that measures says what"
)]

mod answers;
mod attackers;
mod audit;
mod availability;
mod backup;
mod canary;
mod classified;
mod connections;
mod deliveries;
mod former;
mod full_disk;
mod harness;
mod kills;
mod labels;
mod land;
mod operations;
mod probing;
mod refused;
mod same_no;
mod seen_as;
mod text;
mod versions;
