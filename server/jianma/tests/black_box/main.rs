//! The built binary from outside: real processes, real sockets, real storage.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says so by failing, and one that measures says what"
)]

mod answers;
mod api_keys;
mod as_of;
mod assertions;
mod attackers;
mod audit;
mod availability;
mod backup;
mod brought_documents;
mod browser;
mod canary;
mod catalogues;
mod chinese;
mod classified;
mod clerk;
mod commands;
mod connections;
mod database;
mod deliveries;
mod documents;
mod extracts;
mod former;
mod forms;
mod full_disk;
mod guides;
mod harness;
mod homes;
mod inbox;
mod kept_answers;
mod keys;
mod kills;
mod labels;
mod land;
mod maps;
mod memory;
mod operations;
mod outline_verdicts;
mod packaging;
mod paper;
mod piped;
mod probing;
mod refused;
mod rights;
mod rules;
mod same_no;
mod searching;
mod seen_as;
mod services;
mod site_search;
mod staff;
mod suitability;
mod text;
mod time_past;
mod verdicts;
mod versions;
mod way_back;
