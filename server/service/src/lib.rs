//! What the portal does, apart from how HTTP, pages and commands say it: each use case is a function
//! here. Nothing in this room knows axum, Leptos, clap or SQL.
//!
//! One value says who asks: a [`service_api::Visit`]. A look at a place goes through [`disclosure`]: one look at the store, one way from it to the answer,
//! whatever there is (rule P5), and what is more than public is written down first (rule P9).

mod admission;
pub mod audit;
pub mod disclosure;
pub mod follow;
mod history;
pub mod labels;
mod near_misses;
pub mod places;
pub mod probing;
pub mod rights;
mod search;
pub mod submission;
