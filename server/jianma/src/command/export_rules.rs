//! `jianma export-rules`: a rule set for engines that others made.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

use clap::Args;
use domain::{
    Clock,
    clock::china_date,
    law::register,
    suitability::{Library, dmn_cases, read_embedded},
};
use jiff::civil::Date;

use crate::{
    catalogues,
    output::Output,
    rules::{self, RulesError},
};

/// How `jianma export-rules` is called.
#[derive(Debug, Args)]
pub struct ExportRulesArgs {
    /// The set, by its name.
    set: String,
    /// The file to write: DMN 1.5 with FEEL, for import into another engine.
    #[arg(long, value_name = "FILE")]
    dmn: PathBuf,
    /// A file of cases to hold that engine against: a line of JSON each, with inputs and what each rule makes of
    /// them.
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// How many cases.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    count: usize,
    /// By which they are drawn: the same cases for the same number.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The day whose edition is exported; today without one.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Folder of rule sets, SET/DATE/FILE; without one, those that come with the program.
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// Folder of your catalogues, where the rules cite laws, themes or dictionaries of your own.
    #[arg(long)]
    catalogues: Option<PathBuf>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportRulesError {
    /// The rules or catalogues that were named.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// No such set, or none that counts on the day.
    #[error("no set {set:?} counts on {on}; there are {there}")]
    NoSet {
        /// What was named.
        set: String,
        /// The day.
        on: Date,
        /// The sets that there are.
        there: String,
    },
    /// A file cannot be written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes the edition of a set that counts on a day.
///
/// # Errors
/// [`ExportRulesError`].
pub fn run(arguments: &ExportRulesArgs, clock: &dyn Clock) -> Result<Output, ExportRulesError> {
    catalogues::put_to_use(arguments.catalogues.as_deref()).map_err(RulesError::from)?;
    let library: Library = match &arguments.rules {
        Some(folder) => rules::read_own(folder)?,
        None => read_embedded(register()),
    }
    .map_err(RulesError::Refused)?;
    let on = arguments.on.unwrap_or_else(|| china_date(clock.now()));
    let set = library.in_force(&arguments.set, on).ok_or_else(|| {
        let mut there: Vec<String> =
            library.iter().map(|set| format!("{} {}", set.id, set.date)).collect();
        there.dedup();
        let set = arguments.set.clone();
        ExportRulesError::NoSet { set, on, there: there.join(", ") }
    })?;
    write(&arguments.dmn, &set.as_dmn())?;
    let mut output = Output::line(format!(
        "wrote {}: {} {} as DMN 1.5, {} rules, hash {}",
        arguments.dmn.display(),
        set.id,
        set.date,
        set.rules.len(),
        set.hash
    ));
    if let Some(path) = &arguments.cases {
        let mut text = String::new();
        let mut written = 0;
        for case in dmn_cases(set, arguments.count, arguments.seed) {
            // Maps, lists, texts and figures can always be written down; writing to a string does not fail.
            let line = serde_json::to_string(&case).unwrap_or_default();
            let _written = writeln!(text, "{line}");
            written += 1;
        }
        write(path, &text)?;
        output.lines.push(format!("wrote {}: {written} cases", path.display()));
    }
    Ok(output)
}

fn write(path: &Path, text: &str) -> Result<(), ExportRulesError> {
    std::fs::write(path, text)
        .map_err(|source| ExportRulesError::File { path: path.to_owned(), source })
}
