//! The data's way in: GeoJSON, Shapefile, GeoPackage and rows of text by a mapping file, checked, reprojected, overlaid, staged.
//!
//! ```no_run
//! # fn run(imports: &dyn store::Imports, now: jiff::Timestamp) -> Result<(), intake::IntakeError> {
//! use std::path::PathBuf;
//!
//! let mapping = intake::Mapping::load("mappings/cambridge.toml".as_ref())?;
//! let options = intake::ImportOptions::default();
//! let files = [PathBuf::from("parcels.geojson")];
//! let report = intake::import(imports, &mapping, &files, &options, now, &mut |_progress| {})?;
//! assert_eq!(report.refused(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! Nothing is dropped in silence: every feature read is stored, left out by the mapping's own
//! `where`, or refused with its id and a reason in the [`Report`]; every repair is in it too.

pub mod coverage;
mod date;
mod encoding;
mod error;
mod feature;
mod fields;
mod filter;
mod format;
mod given;
mod import;
pub mod inspect;
pub mod mapping;
mod number;
mod objection;
pub mod overlay;
pub mod pieces;
mod progress;
mod project;
mod read;
mod report;
mod seen;
mod separator;
mod subdivided;
mod template;
mod validity;

pub use date::DateReading;
pub use encoding::{Encoding, UnknownEncoding};
pub use error::IntakeError;
pub use feature::Properties;
pub use fields::FieldRule;
pub use filter::Filter;
pub use format::Format;
pub use import::{ImportOptions, import};
pub use mapping::{Mapping, MappingError, Slender};
pub use objection::{Allowance, Objection, UnknownAllowance};
pub use progress::Progress;
pub use project::{Crs, CrsError, OutsideCrs};
pub use read::{MAX_FEATURE_BYTES, ReadError};
pub use report::{COLUMNS, FileReport, LISTED, LayerReport, Note, Notes, NotesFile, Report};
pub use separator::Separator;
pub use template::{Filled, Template, TemplateError};
