//! The pages of Jianma: components that run on the server, and the islands among them that wake
//! up in the browser. They show what they are handed and decide nothing about disclosure.
//!
//! Compiled four times. With `ssr` it is the whole: `shell` is the document, `App` its routes, `pages` has a
//! file for each, `components` what several of them use, `words` both languages, `urls` every address. A page
//! takes what was found from its context (`found`) and what else it needs from the trait `Portal` of
//! `service-api`: there is no other way to data. With `scanner` (home), `draw` (the page of
//! outlines) or `pages` (every other page), which share `hydrate`, only [`islands`] is left: the parts of a page that wake up in
//! the browser, each of which says in its doc comment why plain HTML does not do.
//!
//! A page works before any island is awake, and without one. Nothing that a tier may not see is handed to
//! an island, for what it is handed stands in the page.

// The type of a view names every element in it; an island is deeper than the 128 allowed.
#![recursion_limit = "256"]

pub mod islands;

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod scan_target;

#[cfg(feature = "ssr")]
pub mod asking;
#[cfg(feature = "ssr")]
pub mod asks;
#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod extracts;
#[cfg(feature = "ssr")]
pub mod found;
#[cfg(feature = "ssr")]
pub mod hall;
#[cfg(feature = "ssr")]
pub mod outlines;
#[cfg(feature = "ssr")]
pub mod own_weights;
#[cfg(feature = "ssr")]
mod place_feed;
#[cfg(feature = "ssr")]
pub mod site_feed;
#[cfg(feature = "ssr")]
pub mod site_search;
#[cfg(feature = "ssr")]
pub mod sites;
#[cfg(feature = "ssr")]
pub mod staff;
pub mod steps;
#[cfg(feature = "ssr")]
pub mod urls;

#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod current;
#[cfg(any(feature = "ssr", feature = "draw"))]
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "a browser writes areas alone"))]
mod format;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod words;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

#[cfg(feature = "ssr")]
pub use pages::{extract_paper, office_word, outcome_paper, verdict_paper};
#[cfg(feature = "ssr")]
pub use shell::{App, shell};
#[cfg(feature = "ssr")]
pub use words::citations;
