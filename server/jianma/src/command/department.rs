//! `jianma department`: the sample department.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use clap::Args;

use super::{Failure, block_on};
use crate::{
    config::Config,
    data::keys_folder,
    database::DatabaseArg,
    installation::Installation,
    output::{Output, say_ready},
    system::{SystemClock, SystemEntropy},
};

/// How `jianma department` is called.
#[derive(Debug, Args)]
pub struct DepartmentArgs {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3100")]
    listen: SocketAddr,
    /// How often it fails, 0 to 1, in ways that real systems fail.
    #[arg(long, default_value_t = 0.0)]
    fail_rate: f64,
    /// Decides which deliveries fail.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The shared secret, `whsec_…`; without it, the one among the portal's keys.
    #[arg(long, env = "JIANMA_DEPARTMENT_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// Folder of its inbox; without it the inbox is lost at the end.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Configuration file of the portal, which may name another folder for the keys.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the portal listens: what the buttons of the inbox say is sent there.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    portal: SocketAddr,
}

/// Takes deliveries until Ctrl-C.
///
/// # Errors
/// Why it does not start.
pub fn run(arguments: DepartmentArgs) -> Result<Output, Failure> {
    let DepartmentArgs { listen, fail_rate, seed, secret, data, config, portal } = arguments;
    // Its catalogue has the words in which requests are shown.
    Config::read(config.as_deref())?.put_to_use()?;
    let database = DatabaseArg::default();
    let place = data.map(|data| Installation { data, config, database });
    let make = || forward::Secret::generate(&SystemEntropy).expose().to_owned();
    let text = match (secret, &place) {
        (Some(text), _) => text,
        (None, Some(place)) => {
            keys::read_or_create(&keys_folder(place)?.join("department.secret"), make)?
        }
        (None, None) => {
            return Err(
                "give the shared secret with --secret, or the portal's folder with --data".into()
            );
        }
    };
    let secret = forward::Secret::parse(text.trim())?;
    let settings = sample_department::DepartmentSettings {
        fail_rate,
        seed,
        data: place.map(|place| place.data),
        portal,
        ..sample_department::DepartmentSettings::new(listen, secret)
    };
    let ready = |address: SocketAddr| {
        say_ready(format_args!(
            "the sample department is ready on http://{address}, inbox at /inbox"
        ));
    };
    let stop = async {
        // Without a signal handler the program still ends, only less politely.
        let _heard = tokio::signal::ctrl_c().await;
    };
    block_on(sample_department::serve(settings, Arc::new(SystemClock), ready, stop))?;
    Ok(Output::default())
}
