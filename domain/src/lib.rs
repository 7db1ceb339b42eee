//! The vocabulary of Jianma, shared by server and browser.
//!
//! Nothing here reads a file, a socket, a clock or a random source: what changes is handed in.
//! The crate compiles natively and to `wasm32-unknown-unknown`.

pub mod address;
pub mod area;
pub mod audit;
pub mod base_map;
pub mod catalogue;
mod catalogue_files;
pub mod classified;
pub mod clock;
pub mod closed;
pub mod code;
pub mod contact;
pub mod dataset;
pub mod dictionary;
pub mod digest;
pub mod division;
mod examination;
pub mod extent;
mod field;
pub mod generalise;
pub mod label;
pub mod law;
pub mod lifecycle;
pub mod lineage;
pub mod localized;
pub mod overlay;
pub mod planar;
pub mod policy;
pub mod profile;
pub mod record;
pub mod reference;
pub mod request;
pub mod restriction;
pub mod retention;
mod retention_period;
#[cfg(feature = "letters")]
pub mod romanised;
pub mod scanned_text;
#[cfg(feature = "letters")]
pub mod search;
pub mod service;
pub mod severity;
pub mod suitability;
pub mod text;
pub mod theme;
pub mod viewer;

pub use clock::{Clock, Entropy};
pub use code::{CodeError, LandCode, ParcelCode, UnitCode};
pub use localized::{Locale, Localized};
