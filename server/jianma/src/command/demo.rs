//! `jianma demo`: a fictional district as a data set.

use std::time::Instant;

use clap::Args;
use domain::{
    Clock,
    dataset::first_real,
    staff::{Member, Role, StaffId},
};

use super::{
    Failure, block_on,
    staff::{accounts, handed_on},
};
use crate::{
    data::{Data, keys_folder},
    installation::Installation,
    output::Output,
    staff::name,
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
    /// Has a clerk of the demonstration beside it, and prints the link that they sign in by; refused where
    /// anything but demonstrations is published.
    #[arg(long)]
    counter: bool,
}

/// What the clerk of the demonstration signs in with.
const CLERK: &str = "demo.clerk";

/// Why the demonstration has no clerk.
#[derive(Debug, thiserror::Error)]
#[error(
    "data set {dataset} is no demonstration: a clerk whose link is printed on a screen would read it; \
     `jianma staff add` makes accounts for real staff"
)]
struct RealData {
    dataset: String,
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
            drop(store);
            let mut lines = vec!["the demonstration data are there already".to_owned()];
            lines.extend(counter(arguments)?);
            return Ok(Output::lines(lines));
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
    drop(store);
    lines.extend(counter(arguments)?);
    Ok(Output::lines(lines).took(started.elapsed()))
}

/// The clerk of the demonstration: a link, until they have chosen a passphrase with one.
fn counter(arguments: &DemoArgs) -> Result<Option<String>, Failure> {
    if !arguments.counter {
        return Ok(None);
    }
    block_on(async {
        let place = &arguments.place;
        let store = Data::existing(&place.database(), &keys_folder(place)?)?.store;
        let versions = store.versions().await?;
        drop(store);
        if let Some(real) = first_real(&versions) {
            return Err(RealData { dataset: real.id.clone() }.into());
        }
        let by = name(None)?;
        let (accounts, config) = accounts(place).await?;
        let id = StaffId::parse(CLERK).ok_or("the clerk of the demonstration has no id")?;
        let link = match accounts.member(&id).await? {
            None => {
                let member = Member {
                    id: id.clone(),
                    name: "演示窗口人员".to_owned(),
                    office: "registration".to_owned(),
                    roles: [Role::Clerk, Role::Supervisor].into(),
                    demonstration: true,
                };
                accounts.add(&member, &by).await?
            }
            Some(known) if known.enrolled_at.is_some() => None,
            Some(_) => accounts.reset(&id, &by).await?,
        };
        Ok::<_, Failure>(link.map(|link| handed_on(&id, &link, &config)))
    })
}
