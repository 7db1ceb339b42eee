//! The pages of Jianma: components that run on the server, and the islands among them that wake
//! up in the browser. They show what they are handed and decide nothing about disclosure.

// The type of a view names every element in it; an island is deeper than the 128 allowed.
#![recursion_limit = "256"]

pub mod islands;

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod scan_target;

#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod found;
#[cfg(feature = "ssr")]
pub mod sites;
#[cfg(feature = "ssr")]
pub mod urls;

#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod current;
#[cfg(feature = "ssr")]
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
pub use shell::{App, shell};
#[cfg(feature = "ssr")]
pub use words::citations;
