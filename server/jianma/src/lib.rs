//! The program `jianma`: its configuration, its keys and database, and one file for each command.
//! What it serves is [`web`], what a portal does is `service`.
//!
//! `main.rs` reads the command line and calls one function of [`command`], which answers with an
//! [`output::Output`]. A command on a portal's data takes an [`installation::Installation`] and opens
//! [`data::Data`] by it; `jianma serve` goes through [`start`], where configuration, keys and database
//! become what the web is handed.

pub mod catalogues;
pub mod command;
pub mod command_line;
pub mod config;
pub mod data;
pub mod database;
mod departments;
pub mod documents;
pub mod help;
pub mod installation;
pub mod language;
mod mail;
pub mod output;
pub mod progress;
mod purging;
pub mod remedy;
pub mod rules;
pub mod staff;
pub mod start;
pub mod system;
pub mod translation;
mod whereabouts;
