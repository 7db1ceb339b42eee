//! The portal over HTTP: connections, routes, pages, forms, REST, headers, limits.
//!
//! [`router::state`] makes of what a start-up brings ([`router::Parts`]) what every handler is handed,
//! and [`router::serve`] answers: each request passes the door ([`door`]). What may be set
//! is in [`settings`]; every address is in [`portal_routes`].

mod again;
pub mod cache;
pub mod client;
mod connections;
pub mod cookies;
mod cross_site;
pub mod door;
pub mod drawing;
mod form_body;
pub mod forms;
pub mod identity;
pub mod limits;
pub mod metrics;
mod multipart;
mod open_files;
pub mod opening;
pub mod pages;
mod place_answers;
pub mod portal_routes;
pub mod preferences;
pub mod problem;
pub mod readiness;
pub mod render;
pub mod representation;
pub mod request_id;
pub mod rest;
pub mod rights;
pub mod route;
pub mod router;
pub mod routes;
pub mod security;
pub mod security_event;
pub mod security_log;
pub mod settings;
pub mod state;
