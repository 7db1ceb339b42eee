use std::path::PathBuf;

use store::StoreError;

use crate::{
    mapping::MappingError,
    objection::{Objection, sentences},
    project::OutsideCrs,
    read::ReadError,
    report::{FileReport, Report},
};

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
    /// Standard input could be several files of the mapping, or none.
    #[error(
        "`-` may be one of several files of the mapping, or none: {}; give the others too, or name one \
         of them `-` in the mapping", left.join(", ")
    )]
    WhichInput {
        /// The files that are not given otherwise.
        left: Vec<String>,
    },
    /// A part of a Shapefile that would not be read.
    #[error(
        "{part} is a part of {whole}, which is not given from the same folder; put all parts of it into \
         one folder and give {whole} from there"
    )]
    PartElsewhere {
        /// The part.
        part: String,
        /// The `.shp` in the mapping.
        whole: String,
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
    /// A file that should say where layers' data reach, and has no areas.
    #[error(
        "{} has no valid area ({} features read, {} left out by `where`, {} refused{}), so the \
         coverage of the layers that name it is unknown",
        boundary.name, boundary.read, boundary.filtered, boundary.refused.total,
        boundary.refused.first.first().map_or(String::new(), |note| format!(
            "; feature {} {}", note.number, note.reason
        ))
    )]
    NoCoverage {
        /// What became of the file's features.
        boundary: Box<FileReport>,
    },
    /// More features of a file were refused than the mapping allows for it.
    #[error(
        "{file}: {refused} features were refused and the mapping allows {allowed} (`max_refused` \
         of this file)\n\n{report}"
    )]
    TooManyRefused {
        /// The file; the first of them, if there are several.
        file: String,
        /// How many of its features were refused.
        refused: u64,
        /// How many the mapping allows.
        allowed: u64,
        /// What was refused and why, in all files.
        report: Box<Report>,
    },
    /// Publishing would make the register worse in a way that is hardly meant.
    #[error("{}\n\n{report}", sentences(objections))]
    Guarded {
        /// Why, and what would allow it.
        objections: Vec<Objection>,
        /// What was read.
        report: Box<Report>,
    },
    /// What waits on the disk during an import could not be kept there.
    #[error("the folder for temporary files: {0}; nothing was published")]
    Waiting(std::io::Error),
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
            Self::TooManyRefused { report, .. } | Self::Guarded { report, .. } => Some(report),
            _ => None,
        }
    }
}
