//! The vocabulary of Jianma, shared by server and browser.
//!
//! Nothing here reads a file, a socket, a clock or a random source: what changes is handed in.
//! The crate compiles natively and to `wasm32-unknown-unknown`.
//!
//! Begin with [`code`], which everything hangs on:
//!
//! ```
//! use domain::{LandCode, code::Strictness};
//!
//! let read = LandCode::parse("330521 001001 gb00047 F0001 0002", Strictness::LookUp)?;
//! assert_eq!(read.code.parcel().to_string(), "330521001001GB00047");
//! assert!(LandCode::parse("330521001001GB0004", Strictness::LookUp).is_err());
//! # Ok::<(), domain::code::CodeError>(())
//! ```
//!
//! Then what is known of a place ([`record`]), who may see how much of it ([`policy`], from a table of
//! rows and tiers in `data/policies`) and what is left of it then ([`profile`]): a record becomes a
//! profile by [`policy::Policy::disclose`] and in no other way. What a person asks for is a [`request`] by the
//! catalogue of [`service`]s. Tables stand in `data/`; [`catalogue`] reads them and holds them against each
//! other.

pub mod address;
pub mod among;
pub mod area;
pub mod attachment;
pub mod audit;
pub mod base_map;
pub mod beneath;
pub mod case;
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
pub mod drawn;
mod examination;
pub mod extent;
mod field;
pub mod figures;
pub mod generalise;
pub mod label;
pub mod law;
pub mod lifecycle;
pub mod lineage;
pub mod localized;
pub mod outline;
pub mod overlay;
pub mod person_number;
pub mod planar;
pub mod policy;
pub mod profile;
pub mod queue;
pub mod record;
pub mod reference;
pub mod request;
pub mod restriction;
pub mod retention;
mod retention_period;
#[cfg(feature = "letters")]
pub mod romanised;
pub mod scanned_text;
pub mod scene;
#[cfg(feature = "signed")]
mod sealed_file;
#[cfg(feature = "letters")]
pub mod search;
pub mod service;
pub mod severity;
pub mod signed_extract;
pub mod signed_verdict;
pub mod signing;
pub mod staff;
pub mod suitability;
pub mod text;
pub mod theme;
pub mod tile;
pub mod veil;
pub mod viewer;
pub mod working_days;

pub use clock::{Clock, Entropy};
pub use code::{CodeError, LandCode, ParcelCode, UnitCode};
pub use localized::{Locale, Localized};
