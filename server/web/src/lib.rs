//! The portal over HTTP: connections, routes, pages, forms, REST, headers, limits.
//!
//! A request comes in by `connections` (slow ones end there), passes the [`door`], which knows who asks, what
//! counts against whom and whether the very answer is kept, and is answered by a handler that its route names: `pages`
//! and `forms` draw with the app crate, `rest` with serde, `rights` serves applicants. Handlers ask the trait `Portal`
//! for land and requests and decide nothing themselves; what a tier may not see never comes this far.
//!
//! [`portal_routes`] declares each address once, with its kind, what it counts as and whether it may be
//! compressed or kept; limits, headers and the canary tests read that. A refusal is problem+json for
//! programs and a page with the form given back for people.
//!
//! [`router::state`] makes of what a start-up brings ([`router::Parts`]) what every handler is handed,
//! and [`router::serve`] answers. What may be set is in [`settings`].

mod again;
pub mod api_keys;
mod as_of;
mod asking;
mod attaching;
pub mod cache;
pub mod client;
pub mod collections;
mod connections;
pub mod cookies;
mod cross_site;
pub mod door;
pub mod drawing;
mod extracts;
mod file_named;
mod form_body;
pub mod forms;
pub mod hall_events;
mod halls;
pub mod identity;
mod issuer;
pub mod limits;
pub mod metrics;
mod multipart;
mod not_ready;
pub mod offices;
pub mod ogc;
pub mod open311;
mod open_files;
pub mod opening;
pub mod outlines;
pub mod pages;
mod place_answers;
mod place_feed;
pub mod plain_page;
pub mod portal_routes;
pub mod preferences;
pub mod problem;
pub mod readers;
pub mod readiness;
pub mod refusal;
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
mod site_feed;
mod spawning;
pub mod staff;
pub mod state;
#[cfg(test)]
mod tests;
mod verdicts;
