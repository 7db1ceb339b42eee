//! What the portal does, apart from how HTTP, pages and commands say it: each use case is a function
//! here. Nothing in this room knows axum, Leptos, clap or SQL.
//!
//! One value says who asks: a [`service_api::Visit`]. A look at a place is admitted and counted
//! (`admission`, [`probing`]), goes through [`disclosure`], one look at the store and one way from it to
//! the answer, whatever there is (rule P5), and what is more than public is written down first
//! ([`audit`], rule P9). [`places::PortalService`] joins them to the [`service_api::Portal`] that pages
//! ask.
//!
//! [`suitability`] answers whether a site suits a use: by what such a look brings, and nothing else.
//!
//! What is not handed in yet waits in [`drafts`], at the counter in [`cases`]. A request is handed in by [`submission`], followed by [`follow`],
//! told of by [`notices`], collected from the [`inbox`] of a department that cannot be posted to, moved on by
//! [`department_word`], and ends by [`rights`]: what its applicant may do about it, and what is deleted when its time
//! is over.

mod admission;
pub mod api_keys;
pub mod audit;
pub mod cases;
mod collections;
pub mod department_word;
pub mod disclosure;
pub mod drafts;
mod elsewhere;
mod figures;
pub mod follow;
mod history;
pub mod inbox;
pub mod labels;
mod map_around;
mod near_misses;
pub mod notices;
pub mod places;
pub mod probing;
pub mod rights;
mod search;
mod shelving;
pub mod submission;
pub mod suitability;
mod tiles;
