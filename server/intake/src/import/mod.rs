//! Files in, a data version out.
//!
//! Here: the order of an import, from the first file to the publication. [`plan`] matches files to
//! the mapping; [`stream`] takes a file through all cores, batch by batch, and [`work`] is what a
//! worker notes down of a feature on the way. What becomes of the features is in [`layers`],
//! [`base`], [`parcels`] and [`units`]; [`history`] keeps codes from being used again.

mod base;
mod history;
mod layers;
mod parcels;
mod plan;
mod stream;
#[cfg(test)]
mod tests;
mod units;
mod work;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use domain::{ParcelCode, clock::china_date};
use geo::MultiPolygon;
use jiff::{Timestamp, civil::Date};
use store::{Imports, LandWriter};

use crate::{
    error::IntakeError,
    mapping::{FileMapping, Mapping, ParcelsMapping, Role},
    overlay::Layer,
    progress::Progress,
    report::{NotesFile, Report},
};

/// What an import is told besides its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Do everything but publish: the report is the same, and no row stays.
    pub check: bool,
    /// Where every note goes.
    pub notes: NotesFile,
}

/// Imports `files` by `mapping` as the next version of the data set.
///
/// Files are matched to the mapping by name. Restriction layers come first, then the base map,
/// parcels and units; parcels stream, so memory grows with the layers and not with the register.
/// `now` is when the version is said to be made; `progress` hears how far it is.
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
    let paths = plan::match_files(mapping, files)?;
    let mut report = Report {
        dataset: mapping.dataset.id.clone(),
        not_used: plan::not_used(mapping, &paths),
        warnings: mapping.doubts(),
        ..Report::default()
    };
    let entries = plan::entries(mapping, &paths, &mut report)?;
    let mut run = Run {
        mapping,
        options,
        writer: imports.begin_import(&mapping.dataset)?,
        today: china_date(now),
        report,
        layers: Vec::new(),
        named: HashMap::new(),
        progress,
        threads: thread::available_parallelism().map_or(1, usize::from),
    };
    let mut boundaries: BTreeMap<String, Arc<MultiPolygon<f64>>> = BTreeMap::new();
    for (entry, path) in &entries {
        if let Role::Restriction(layer) = &entry.role {
            let coverage = run.coverage(layer, entry, path, &entries, &paths, &mut boundaries)?;
            run.restriction(entry, path, layer, coverage)?;
        }
    }
    for (entry, path) in &entries {
        if let Role::Base(base) = &entry.role {
            run.base(entry, path, base)?;
        }
    }
    let parcel_files: Vec<(&FileMapping, &Path, &ParcelsMapping)> = entries
        .iter()
        .filter_map(|(entry, path)| match &entry.role {
            Role::Parcels(parcels) => Some((*entry, *path, &**parcels)),
            Role::Restriction(_) | Role::Base(_) | Role::Units(_) | Role::Boundary => None,
        })
        .collect();
    run.name_predecessors(&parcel_files)?;
    for (at, (entry, path, parcels)) in parcel_files.iter().enumerate() {
        run.parcels(entry, path, parcels, &parcel_files[..=at])?;
    }
    for (entry, path) in &entries {
        if let Role::Units(units) = &entry.role {
            run.units(entry, path, units)?;
        }
    }
    let Run { writer, mut report, .. } = run;
    if report.refused() > mapping.max_refused {
        // Dropping the writer takes back what was staged.
        return Err(IntakeError::TooManyRefused {
            report: Box::new(report),
            allowed: mapping.max_refused,
        });
    }
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
    writer: Box<dyn LandWriter>,
    /// The day of the import, in China.
    today: Date,
    report: Report,
    layers: Vec<Layer>,
    /// Codes that parcels in force name as what they were formed from, each with one of these.
    named: HashMap<ParcelCode, ParcelCode>,
    progress: &'a mut dyn FnMut(Progress<'_>),
    threads: usize,
}

impl Run<'_> {
    fn say(&mut self, line: &str) {
        (self.progress)(Progress::Line(line));
    }
}
