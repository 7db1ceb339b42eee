//! `jianma demo`: a fictional district as a data set.

use std::time::Instant;

use clap::Args;
use domain::Clock;

use super::{Failure, block_on};
use crate::{
    data::{Data, keys_folder},
    installation::Installation,
    output::Output,
};

/// How `jianma demo` is called.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which portal.
    #[command(flatten)]
    place: Installation,
    /// Does nothing when the folder has the demonstration already.
    #[arg(long)]
    if_empty: bool,
}

/// Makes the district, and publishes it.
///
/// # Errors
/// What stands in the way; nothing is published then.
pub fn run(arguments: &DemoArgs, clock: &dyn Clock) -> Result<Output, Failure> {
    let started = Instant::now();
    let place = &arguments.place;
    let folder = keys_folder(place)?;
    let database = place.database();
    database.refuse_lost(&place.data, &folder)?;
    let store = Data::create(&database, &folder)?.store;
    if arguments.if_empty {
        let versions = block_on(store.versions())?;
        if versions.iter().any(|version| version.dataset.demonstration) {
            return Ok(Output::line("the demonstration data are there already"));
        }
    }
    let policies = domain::policy::Policies::embedded()?;
    let policy = policies.governing(&demo_district::dataset());
    let grid = policy.and_then(|policy| policy.base_map_grid_m);
    let report = demo_district::generate(&*store, grid, clock.now())?;
    let parcels: u32 = report.parcels.values().sum();
    let mut lines = vec![format!(
        "made {}: {parcels} parcels of {} types ({} of them former), {} units, {} layers, {} base map features",
        report.version.label(),
        report.parcels.len(),
        report.former,
        report.units,
        report.layers.len(),
        report.base_features,
    )];
    let examples = report.examples.iter();
    lines.extend(examples.map(|(code, title)| format!("  {:<32} {}", code.grouped(), title.zh)));
    Ok(Output::lines(lines).took(started.elapsed()))
}
