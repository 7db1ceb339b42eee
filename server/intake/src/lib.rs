//! The data's way in: GeoJSON by a mapping file, checked, reprojected, overlaid, staged.
//!
//! ```no_run
//! # fn run(imports: &dyn store::Imports, now: jiff::Timestamp) -> Result<(), intake::IntakeError> {
//! use std::path::PathBuf;
//!
//! let mapping = intake::Mapping::load("mappings/cambridge.toml".as_ref())?;
//! let files = [PathBuf::from("parcels.geojson")];
//! let report = intake::import(imports, &mapping, &files, now, &mut |_line| {})?;
//! assert_eq!(report.refused(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! Nothing is dropped in silence: every feature read is stored, left out by the mapping's own
//! `where`, or refused with its id and a reason in the [`Report`]; every repair is in it too.

pub mod demo;
mod error;
mod feature;
mod fields;
mod filter;
mod import;
pub mod mapping;
mod overlay;
mod project;
mod read;
mod report;
mod template;
mod validity;

pub use error::IntakeError;
pub use feature::Properties;
pub use fields::FieldRule;
pub use filter::Filter;
pub use import::import;
pub use mapping::{Mapping, MappingError, Slender};
pub use project::{Crs, CrsError, OutsideCrs};
pub use read::{MAX_FEATURE_BYTES, ReadError};
pub use report::{FileReport, LISTED, LayerReport, Note, Notes, Report};
pub use template::{Filled, Template, TemplateError};
