//! `jianma import`: reads files by a mapping, publishes them as a data version, and says what
//! became of every feature; with `--check` it does everything but publish.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use domain::{
    Clock,
    dataset::DatasetInfo,
    policy::{Policies, Policy},
    theme::ThemeId,
    viewer::Tier,
};
use intake::{ImportOptions, IntakeError, Mapping, NotesFile, Progress, Report, mapping::Role};
use jiff::{Timestamp, civil::Date};
use keys::KeyError;
use store::Store;

use crate::{
    config::{Config, ConfigError},
    data::{self, Data},
    database::{Database, DatabaseArg},
    output::Output,
    progress::{Meter, Step},
    system::SystemEntropy,
};

/// What `jianma import` is told.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// Folder of the data.
    #[arg(long, required_unless_present = "check")]
    pub data: Option<PathBuf>,
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseArg,
    /// Mapping file: which property is what. Its reference is docs/mapping.md.
    #[arg(long)]
    pub mapping: PathBuf,
    /// Does everything but publish. Without files, checks the mapping alone.
    #[arg(long)]
    pub check: bool,
    /// Where the report with every note goes (CSV), a file that is not there yet; without it, into
    /// `reports` in the data folder, or nowhere for a check.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Imports all the same what would make the register worse: `empty` (nothing came in), `smaller`
    /// (more than 5 % fewer parcels, units or features of a layer), `older` (an earlier source
    /// date), `future` (one still to come), `unclassified` (fewer classified parcels),
    /// `shared-codes` (another data set has the same parcels). May be repeated.
    #[arg(long, value_name = "WHAT")]
    pub allow: Vec<intake::Allowance>,
    /// Configuration file of the portal, if the data set's policy is one of its own or the keys lie
    /// in another folder.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// GeoJSON files, GeoJSON text sequences, Shapefiles, GeoPackages, FlatGeobuf and rows of text
    /// (CSV), named as in the mapping; packed with gzip, named so with .gz behind; `-` is standard
    /// input, for the file of the mapping that is not given otherwise.
    #[arg(required_unless_present = "check")]
    pub files: Vec<PathBuf>,
}

/// Why there was no import.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] data::DataError),
    /// The mapping is wrong.
    #[error(transparent)]
    Mapping(#[from] intake::MappingError),
    /// The configuration is wrong.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// No such policy, so nothing of the data would ever be shown.
    #[error(
        "the policy `{policy}` does not exist, so nothing of the data set {dataset} would be shown; \
         the policies are {}; if it is one of your own, give the configuration that names its file \
         with --config", known.join(", ")
    )]
    UnknownPolicy {
        /// What the mapping names.
        policy: String,
        /// The data set.
        dataset: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The data folder does not open.
    #[error("storage: {0}")]
    Store(#[from] store::StoreError),
    /// The database was lost, and its keys were not.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The report file cannot be begun.
    #[error("the report file {}: {source}", path.display())]
    ReportFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder to check in cannot be made.
    #[error("a temporary folder for the check: {0}")]
    Folder(std::io::Error),
    /// The import stopped.
    #[error("{error}{}", report.as_deref().map_or(String::new(), |path| {
        format!("\n\nAll notes: {}", path.display())
    }))]
    Intake {
        /// Why.
        #[source]
        error: Box<IntakeError>,
        /// The report file, where every note is.
        report: Option<PathBuf>,
    },
}

/// Imports, or checks an import; shows how far it is.
///
/// # Errors
/// [`ImportError`]; nothing is published then, and the version before stays current.
pub fn run(arguments: &ImportArgs, clock: &dyn Clock) -> Result<Output, ImportError> {
    let started = Instant::now();
    let mut meter = Meter::on_stderr();
    let done = import(arguments, clock, &mut |progress| match progress {
        Progress::Line(line) => meter.line(line),
        Progress::Reading { file, features, bytes, of } => {
            let share = of.map(|of| (bytes, of));
            meter.at(&Step { task: file, count: (features, "features"), share });
        }
        _ => {}
    });
    meter.clear();
    let (output, unshown) = done?;
    let mut output = output.took(started.elapsed());
    // Last, where it is read.
    output.lines.extend(unshown);
    Ok(output)
}

fn import(
    arguments: &ImportArgs,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Output, Option<String>), ImportError> {
    let now = clock.now();
    // First: the mapping names themes and laws of the catalogues that it chooses.
    let config = Config::read(arguments.config.as_deref())?.put_to_use()?;
    let mapping = Mapping::load(&arguments.mapping)?;
    let today = domain::clock::china_date(now);
    let Governed { base_grid_m, withheld, unshown } = policy(&config, &mapping, today)?;
    if arguments.files.is_empty() {
        return Ok((Output::line(mapping_alone(&mapping, &withheld)), unshown));
    }
    // A check leaves nothing behind: it is held against a copy of what there is.
    let temporary = tempfile::tempdir().map_err(ImportError::Folder)?;
    let place = arguments.data.as_deref().filter(|_| !arguments.check);
    let store = match place {
        Some(data) => {
            let (database, keys) = (arguments.database.beside(data), config.keys.folder(data)?);
            database.refuse_lost(data, keys)?;
            Data::create(&database, keys)?.store
        }
        None => trial(arguments, &config, temporary.path())?,
    };
    let notes = match report_path(arguments, place, &mapping, now) {
        Some(path) => {
            NotesFile::create(&path).map_err(|source| ImportError::ReportFile { path, source })?
        }
        None => NotesFile::default(),
    };
    let options = ImportOptions {
        allow: arguments.allow.clone(),
        check: arguments.check,
        notes: notes.clone(),
        base_grid_m,
    };
    match intake::import(&*store, &mapping, &arguments.files, &options, now, progress) {
        Ok(mut report) => {
            report.warnings.extend(withheld);
            Ok((finished(&report, &notes), unshown))
        }
        Err(error) => {
            let outcome = error.to_string();
            let outcome = outcome.lines().next().unwrap_or_default();
            // The import failed already; that its report failed too changes nothing.
            let report = notes.finish(error.report(), outcome).ok().flatten();
            Err(ImportError::Intake { error: Box::new(error), report })
        }
    }
}

/// A copy of what there is, or nothing yet, in a folder that is thrown away.
fn trial(
    arguments: &ImportArgs,
    config: &Config,
    folder: &Path,
) -> Result<Arc<dyn Store>, ImportError> {
    let data = arguments.data.as_deref();
    let known = match data {
        Some(data) => Some((arguments.database.beside(data), config.keys.folder(data)?)),
        None => None,
    };
    let known = known.filter(|(database, _)| database.is_there());
    let copy = match &known {
        Some((database, _)) => database.copied_into(folder)?,
        None => Database::in_folder(folder),
    };
    // What is copied was made with the key of its folder; what is not has none.
    let known = known.as_ref().map(|(database, keys)| (database, *keys));
    Ok(copy.open(&data::trial_key(known, &SystemEntropy)?)?)
}

fn finished(report: &Report, notes: &NotesFile) -> Output {
    let mut text = report.to_string();
    let outcome = text.lines().next().unwrap_or_default().to_owned();
    match notes.finish(Some(report), &outcome) {
        Ok(Some(path)) => text.push_str(&format!("\nAll notes: {}\n", path.display())),
        Ok(None) => {}
        Err(error) => text.push_str(&format!(
            "\nWarning: the report file is not complete: {error}; what there is ends in .part\n"
        )),
    }
    let well = report.published.is_some() || report.checked;
    Output { well, ..Output::line(text) }
}

/// Where the report goes; `None` for a check that names no file.
fn report_path(
    arguments: &ImportArgs,
    data: Option<&Path>,
    mapping: &Mapping,
    now: Timestamp,
) -> Option<PathBuf> {
    let name = || format!("{}-{}.csv", mapping.dataset.id, now.strftime("%Y%m%dT%H%M%S%3fZ"));
    arguments.report.clone().or_else(|| data.map(|data| data.join("reports").join(name())))
}

/// What the policy of a data set says of its import.
struct Governed {
    /// How coarse it wants the base map, m.
    base_grid_m: Option<f64>,
    /// The layers that the public is told nothing of, a sentence each.
    withheld: Vec<String>,
    /// That the public is told nothing at all, and what to do.
    unshown: Option<String>,
}

/// What the data set's policy, which must exist, says of it.
fn policy(config: &Config, mapping: &Mapping, today: Date) -> Result<Governed, ImportError> {
    let policies = config.policies(today)?;
    let dataset = &mapping.dataset;
    match policies.governing(dataset) {
        None => Err(ImportError::UnknownPolicy {
            policy: dataset.policy.clone(),
            dataset: dataset.id.clone(),
            known: policies.iter().map(|policy| policy.id.clone()).collect(),
        }),
        Some(policy) => {
            let shown = policy.shows_places();
            Ok(Governed {
                base_grid_m: policy.base_map_grid_m,
                withheld: if shown { withheld_layers(policy, mapping) } else { Vec::new() },
                unshown: (!shown).then(|| unshown(dataset, &policies)),
            })
        }
    }
}

/// That the public is told nothing of a data set, why, and what to do: for the last lines of an import
/// and the first of a portal that serves it.
pub(crate) fn unshown(dataset: &DatasetInfo, policies: &Policies) -> String {
    let policy = &dataset.policy;
    let why = match policies.governing(dataset) {
        None => format!("Its policy is `{policy}`, which this portal does not have"),
        Some(_) => format!(
            "Its policy is `{policy}`, whose approvals are for demonstration data only or missing"
        ),
    };
    format!(
        "NOBODY IS SHOWN THE DATA SET {}: every address and code of it reads *not found*. {why}. \
         Next: in a copy of the table domain/data/policies/zhejiang.toml, which [policies] files names, \
         have its owner approve the rows and write scope = \"everything\"; see with `jianma check-config \
         --config FILE` and `jianma serve --config FILE` that it is shown. Nothing has to be imported \
         again",
        dataset.id
    )
}

/// The layers that the public is told nothing of, a sentence each.
fn withheld_layers(policy: &Policy, mapping: &Mapping) -> Vec<String> {
    let layers: BTreeMap<&str, &ThemeId> = mapping
        .files
        .iter()
        .filter_map(|entry| match &entry.role {
            Role::Restriction(layer) => Some((layer.info.id.as_str(), &layer.info.theme)),
            _ => None,
        })
        .collect();
    let withheld = layers.into_iter().filter(|(_, theme)| !policy.shows_theme(theme, Tier::Public));
    withheld
        .map(|(layer, theme)| {
            let why = match theme.field() {
                Some(field) => {
                    format!("row {} of the policy `{}` denies it", field.row(), policy.id)
                }
                None => "the catalogue of themes names no row of the policy for it".to_owned(),
            };
            format!(
                "the public is not told what the layer {layer} finds, but *no data*: its theme is \
                 `{}`, and {why}",
                theme.0
            )
        })
        .collect()
}

fn mapping_alone(mapping: &Mapping, doubts: &[String]) -> String {
    let mut text = format!(
        "The mapping reads: data set {}, policy {}, {} entries.\n",
        mapping.dataset.id,
        mapping.dataset.policy,
        mapping.files.len()
    );
    for entry in &mapping.files {
        text.push_str(&format!("  {} ({}, {})\n", entry.name, entry.role.name(), entry.crs.name()));
    }
    for doubt in mapping.doubts().iter().chain(doubts) {
        text.push_str(&format!("\nWarning: {doubt}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::policy::Policies;

    use super::*;

    /// The first example of the reference, with its farmland layer under this theme.
    fn mapping(theme: &str) -> Mapping {
        let page = include_str!("../../../../docs/mapping.md");
        let block = |start: &str| {
            let found = page.split("```toml\n").skip(1).filter_map(|it| it.split("```").next());
            found.into_iter().find(|block| block.starts_with(start)).unwrap()
        };
        let text =
            format!("{}{}", block("[dataset]"), block("[[file]]\nname = \"county.geojson\""));
        Mapping::parse("docs/mapping.md", &text.replace("\"permanent_basic_farmland\"", theme))
            .unwrap()
    }

    #[test]
    fn p2_an_import_says_which_layers_the_public_is_not_told_of() {
        let policies = Policies::embedded().unwrap();
        let said = |theme: &str, demonstration| {
            let policy = policies.get("zhejiang", demonstration).unwrap();
            withheld_layers(policy, &mapping(theme))
        };
        assert_eq!(said("\"permanent_basic_farmland\"", false), Vec::<String>::new());
        assert_eq!(said("\"flood\"", true), Vec::<String>::new());
        let denied = said("\"flood\"", false);
        assert_eq!(denied.len(), 1);
        assert!(denied[0].contains("farmland") && denied[0].contains("row 46"), "{denied:?}");
        let of_a_plan = said("\"planning_use\"", false);
        assert!(of_a_plan[0].contains("row 9"), "{of_a_plan:?}");
    }
}
