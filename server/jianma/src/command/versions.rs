//! `jianma versions` and `jianma rollback`.

use clap::Args;
use domain::Clock;
use store::{Change, Listed, ListedVersion, StoreError, VersionState};

use crate::{
    data::{Data, DataError},
    installation::Installation,
    output::Output,
    staff::{self, StaffFault},
};

/// How `jianma versions` is called.
#[derive(Debug, Args)]
pub struct VersionsArgs {
    /// Which portal.
    #[command(flatten)]
    pub place: Installation,
}

/// How `jianma rollback` is called.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// Which portal; it may be serving.
    #[command(flatten)]
    pub place: Installation,
    /// The data set, as `jianma versions` lists it.
    pub dataset: String,
    /// Number of the version to make current; the one before the current unless told.
    #[arg(long, value_name = "N")]
    pub to: Option<u32>,
    /// Who does it, for the record; the name of the account unless told.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// Why nothing was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum RollbackError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Who does it is no name.
    #[error(transparent)]
    By(#[from] StaffFault),
}

/// Every data set with its versions, as lines; one that does not read is warned of.
///
/// # Errors
/// [`DataError`] when the folder holds no data or cannot be read.
pub async fn list(arguments: VersionsArgs) -> Result<Output, DataError> {
    let Listed { rows: history, faults } = Data::of(&arguments.place)?.store.history().await?;
    let mut lines = Vec::new();
    if history.is_empty() && faults.is_empty() {
        lines.push("no data set has been imported yet".to_owned());
    }
    for versions in history.chunk_by(|one, next| one.version.dataset.id == next.version.dataset.id)
    {
        if let Some(last) = versions.last() {
            let dataset = &last.version.dataset;
            lines.push(format!("{}  {} / {}", dataset.id, dataset.title.zh, dataset.title.en));
        }
        lines.extend(versions.iter().flat_map(described));
    }
    if history.iter().any(|one| one.state == VersionState::Kept) {
        lines.push(
            "a kept version is made current with `jianma rollback DATASET --to N`".to_owned(),
        );
    }
    let mut output = Output::lines(lines);
    output.name_faults(&faults);
    Ok(output)
}

fn described(one: &ListedVersion) -> Vec<String> {
    let state = match one.state {
        VersionState::Current => "current",
        VersionState::Kept => "kept",
        VersionState::Past => "past",
    };
    let rows = match (one.parcels, one.layers) {
        (Some(parcels), Some(layers)) => format!("{parcels} parcels, {layers} layers"),
        _ => "its rows are gone".to_owned(),
    };
    let version = &one.version;
    let mut lines = vec![format!(
        "  {:>4}  {state:<8} data as of {}, imported {:.0}, {rows}",
        version.number, version.dataset.source_date, version.imported_at,
    )];
    let changes = [("rolled back", &one.withdrawn), ("made current again", &one.restored)];
    for (what, change) in changes {
        if let Some(Change { at, by }) = change {
            lines.push(format!("        {what} {at:.0} by {by}"));
        }
    }
    lines
}

/// Makes a kept version current, and says what changed.
///
/// # Errors
/// [`RollbackError`] says which versions there are, that an import is running, or what is no name.
pub async fn roll_back(
    arguments: RollbackArgs,
    clock: &dyn Clock,
) -> Result<Output, RollbackError> {
    let RollbackArgs { place, dataset, to, by } = arguments;
    let change = Change { at: clock.now(), by: staff::name(by.as_deref())? };
    let store = Data::of(&place)?.store;
    let done = store.roll_back(&dataset, to, &change).await?;
    let (from, to) = (done.from.label(), done.to.label());
    tracing::info!(
        version.from = from,
        version.to = to,
        by = change.by,
        "another data version was made current"
    );
    let mut lines = vec![format!("{to} is current, in place of {from}, by {}", change.by)];
    if done.to.number < done.from.number {
        lines.push(format!(
            "what {from} said of codes that ended, and of what came out of what, counts no more"
        ));
    }
    lines.push(format!(
        "{from} is kept: `jianma rollback {} {dataset} --to {}` undoes this, until the next \
         import",
        place.named(),
        done.from.number
    ));
    Ok(Output::lines(lines))
}
