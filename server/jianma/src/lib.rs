//! The server: pages, REST, forms, headers, limits. [`server::router`] is the whole of it as one
//! axum router; the binary only reads its command line and serves.

pub mod audit;
pub mod backup;
pub mod catalogues;
pub mod check;
pub mod config;
mod connections;
pub mod cookies;
pub mod data;
pub mod database;
pub mod decode;
pub mod deliveries;
mod departments;
pub mod forms;
pub mod identity;
pub mod import;
pub mod installation;
pub mod keys;
pub mod label;
pub mod label_keys;
pub mod labels;
pub mod metrics;
mod open_files;
pub mod pages;
mod private_file;
pub mod progress;
pub mod readiness;
pub mod record_keys;
pub mod rest;
pub mod rights;
pub mod routes;
pub mod security;
pub mod server;
pub mod staff;
pub mod state;
pub mod system;
pub mod versions;
