//! The program `jianma`: its configuration, its keys and database, and one file for each command.
//! What it serves is [`web`], what a portal does is `service`.

pub mod catalogues;
pub mod command;
pub mod command_line;
pub mod config;
pub mod data;
pub mod database;
mod departments;
pub mod help;
pub mod installation;
pub mod label_keys;
pub mod language;
pub mod output;
pub mod progress;
pub mod record_keys;
pub mod staff;
pub mod start;
pub mod system;
