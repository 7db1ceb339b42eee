use std::path::PathBuf;

use store::StoreError;

use crate::{mapping::MappingError, project::OutsideCrs, read::ReadError, report::Report};

/// Why an import did not happen. Nothing was published; the version before stays current.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The mapping is wrong.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A file the mapping does not know.
    #[error("{name} is not in the mapping, which knows {}", known.join(", "))]
    UnknownFile {
        /// The file's name.
        name: String,
        /// The names the mapping knows.
        known: Vec<String>,
    },
    /// Two files of the same name.
    #[error("{name} was given twice; give each file once")]
    GivenTwice {
        /// The name.
        name: String,
    },
    /// A file that the import cannot do without.
    #[error(
        "{name} is missing: it is mapped as {role}; give it too, or take it out of the mapping"
    )]
    MissingFile {
        /// The name.
        name: String,
        /// What it is needed for.
        role: String,
    },
    /// A file that does not read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// A file whose coordinates are not in the CRS that was declared for it.
    #[error("{path}: feature {number} ({id}): {source}")]
    OutsideCrs {
        /// The file.
        path: PathBuf,
        /// The feature's place in the file, from 1.
        number: u64,
        /// Its id.
        id: String,
        /// The coordinate and what to do.
        source: OutsideCrs,
    },
    /// A file that should say where a layer's data reach, and has no areas.
    #[error("{name} has no valid area, so the coverage of the layer {layer} is unknown")]
    NoCoverage {
        /// The file.
        name: String,
        /// The layer.
        layer: String,
    },
    /// More features were refused than the mapping allows.
    #[error(
        "{} features were refused and the mapping allows {allowed} (`max_refused`)\n\n{report}",
        report.refused()
    )]
    TooManyRefused {
        /// What was refused and why.
        report: Box<Report>,
        /// How many the mapping allows.
        allowed: u64,
    },
    /// The report file could not be written.
    #[error("the report file: {0}; nothing was published")]
    Notes(std::io::Error),
    /// Storage failed.
    #[error("storage: {0}")]
    Store(#[from] StoreError),
}

impl IntakeError {
    /// What was read until it stopped, where that is known.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::TooManyRefused { report, .. } => Some(report),
            _ => None,
        }
    }
}
