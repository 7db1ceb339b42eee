//! Files in, a data version out.
//!
//! Here: the order of an import, from the first file to the publication. [`plan`] matches files to
//! the mapping; [`stream`] takes a file through all cores, batch by batch, and [`work`] is what a
//! worker notes down of a feature on the way. What becomes of the features is in [`layers`],
//! [`base`], [`parcels`] and [`units`]; [`boundary`] and [`unread`] say how far layers are known,
//! [`rows`] are what a register says more of them; [`parcel_file`] is what is read of parcels beforehand, [`parts`] joins parcels of several
//! features, [`history`] keeps codes from being used again, [`classified`] keeps classified parcels
//! out of all of it, and [`guard`] stops what would make the register worse.

mod base;
mod boundary;
mod classified;
mod guard;
mod history;
mod layers;
mod parcel_file;
mod parcels;
mod parts;
mod plan;
mod rows;
mod stream;
#[cfg(test)]
mod tests;
mod units;
mod unread;
mod work;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use domain::{ParcelCode, clock::china_date};
use jiff::{Timestamp, civil::Date};
use store::{CurrentVersion, Imports, LandWriter};

use self::{classified::Classified, parcel_file::ParcelFile, parts::Parts, rows::Rows};
use crate::{
    coverage::Ground,
    error::IntakeError,
    given::Given,
    mapping::{Mapping, Role},
    objection::{Allowance, Objection},
    overlay::Layer,
    pieces::{PieceIndex, PieceIndexBuilder},
    progress::Progress,
    report::{NotesFile, Report},
};

/// What an import is told besides its files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportOptions {
    /// What would stop it otherwise.
    pub allow: Vec<Allowance>,
    /// Do everything but publish: the report is the same, and no row stays.
    pub check: bool,
    /// Where every note goes.
    pub notes: NotesFile,
    /// Side of the grid that the base map is brought to, m; `None` to keep it as it is.
    pub base_grid_m: Option<f64>,
}

/// Imports `files` by `mapping` as the next version of the data set.
///
/// `options` say what of it is meant that would stop it otherwise. Files are matched to the mapping
/// by name; what is packed with gzip by the name without `.gz`, and standard input (`-`) is the one that
/// the mapping has besides. Restriction layers come first, then the base map, parcels and units; parcels stream, so
/// memory grows with the layers ([`crate::pieces`]) and not with the register, but for `parts = "join"`,
/// which keeps every code and the parcels whose parts have not all come. Rows of a register wait for their
/// parcels and units on the disk. `now` is when the version is
/// said to be made; `progress` hears how far it is.
///
/// # Errors
/// [`IntakeError`]; nothing is published then, and the version before stays current.
pub fn import(
    imports: &dyn Imports,
    mapping: &Mapping,
    files: &[PathBuf],
    options: &ImportOptions,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, IntakeError> {
    let given = plan::given(mapping, files)?;
    run(imports, mapping, &given, options, now, progress).map_err(|error| as_given(error, &given))
}

/// What was laid down elsewhere is called what it was given as.
fn as_given(error: IntakeError, given: &[Given]) -> IntakeError {
    let shown = |path: PathBuf| {
        let found = given.iter().find(|file| file.path == path);
        found.map_or(path, |file| file.shown.clone())
    };
    match error {
        IntakeError::Read { path, source } => IntakeError::Read { path: shown(path), source },
        IntakeError::OutsideCrs { path, number, id, source } => {
            IntakeError::OutsideCrs { path: shown(path), number, id, source }
        }
        other => other,
    }
}

fn run(
    imports: &dyn Imports,
    mapping: &Mapping,
    given: &[Given],
    options: &ImportOptions,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, IntakeError> {
    let paths = plan::paths(given);
    let mut report = Report {
        dataset: mapping.dataset.id.clone(),
        not_used: plan::not_used(mapping, &paths),
        warnings: mapping.doubts(),
        ..Report::default()
    };
    let entries = plan::entries(mapping, &paths, &mut report)?;
    let layers = plan::layers(mapping, &paths);
    let mut writer = imports.begin_import(&mapping.dataset)?;
    let before = writer.current()?;
    // From here on, leaving early drops the writer, which takes back what was staged.
    let mut run = Run {
        mapping,
        options,
        paths,
        writer,
        before,
        today: china_date(now),
        report,
        stored: Stored::default(),
        objections: Vec::new(),
        layers: Vec::new(),
        pieces_read: PieceIndexBuilder::default(),
        pieces: PieceIndex::default(),
        boundaries: BTreeMap::new(),
        named: HashMap::new(),
        parts: Parts::default(),
        rows: Rows::default(),
        classified: Arc::default(),
        progress,
        threads: thread::available_parallelism().map_or(1, usize::from),
    };
    run.guard_dates(&layers)?;
    let parcel_files: Vec<ParcelFile<'_>> = entries
        .iter()
        .filter_map(|(entry, path)| match &entry.role {
            Role::Parcels(mapping) => Some(ParcelFile { entry, path, mapping }),
            _ => None,
        })
        .collect();
    // First of all: what is classified is in nothing else.
    run.find_classified(&parcel_files)?;
    for sources in &layers {
        run.layer(sources)?;
    }
    run.pieces = std::mem::take(&mut run.pieces_read).build();
    run.other_boundaries()?;
    run.base_maps(&entries)?;
    run.name_predecessors(&parcel_files)?;
    run.count_parts(&parcel_files)?;
    for (entry, path) in &entries {
        if let Role::Rows(rows) = &entry.role {
            run.rows(entry, path, rows)?;
        }
    }
    for (at, file) in parcel_files.iter().enumerate() {
        run.parcels(file, &parcel_files[..=at])?;
    }
    run.refuse_lonely_parts();
    for (entry, path) in &entries {
        if let Role::Units(units) = &entry.role {
            run.units(entry, path, units)?;
        }
    }
    run.refuse_lonely_rows()?;
    run.check_refusals()?;
    run.guard_contents()?;
    let Run { writer, mut report, .. } = run;
    // What was refused must be on paper before what was not is public.
    options.notes.check().map_err(IntakeError::Notes)?;
    if options.check {
        // Dropping the writer takes back what was staged.
        report.checked = true;
    } else {
        report.published = Some(writer.publish(now)?);
    }
    Ok(report)
}

struct Run<'a> {
    mapping: &'a Mapping,
    options: &'a ImportOptions,
    /// The files given, by name.
    paths: BTreeMap<&'a str, &'a Path>,
    writer: Box<dyn LandWriter>,
    /// The version that this one would replace.
    before: Option<CurrentVersion>,
    /// The day of the import, in China.
    today: Date,
    report: Report,
    stored: Stored,
    /// What came up on the way that should stop the import unless it is allowed.
    objections: Vec<Objection>,
    layers: Vec<Layer>,
    /// What of the layers parcels are held against, once they are read.
    pieces: PieceIndex,
    pieces_read: PieceIndexBuilder,
    /// Where layers end, by the name of the file that says so.
    boundaries: BTreeMap<String, Ground>,
    /// Codes that parcels in force name as what they were formed from, each with one of these.
    named: HashMap<ParcelCode, ParcelCode>,
    parts: Parts,
    rows: Rows,
    classified: Arc<Classified>,
    progress: &'a mut dyn FnMut(Progress<'_>),
    threads: usize,
}

/// What was staged, to be held against the version before.
#[derive(Default)]
struct Stored {
    parcels: u64,
    classified: u64,
    units: u64,
}

impl Run<'_> {
    fn say(&mut self, line: &str) {
        (self.progress)(Progress::Line(line));
    }

    fn check_refusals(&self) -> Result<(), IntakeError> {
        let beyond = self.report.files.iter().find(|file| file.refused.total > file.max_refused);
        match beyond {
            None => Ok(()),
            Some(file) => Err(IntakeError::TooManyRefused {
                file: file.name.clone(),
                refused: file.refused.total,
                allowed: file.max_refused,
                report: Box::new(self.report.clone()),
            }),
        }
    }
}
