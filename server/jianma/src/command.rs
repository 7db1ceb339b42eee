//! The commands, a file each: how it is called, and what it does.

pub mod api_keys;
pub mod audit;
pub mod backup;
pub mod check;
pub mod check_catalogues;
pub mod check_rules;
pub mod decode;
pub mod deliveries;
pub mod demo;
pub mod department;
pub mod export_rules;
pub mod import;
pub mod inspect;
pub mod keys;
pub mod label;
pub mod requests;
pub mod serve;
pub mod staff;
pub mod verify;
pub mod versions;

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Why a command did nothing: a sentence for whoever called it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs a command that waits for others, to its end.
///
/// # Errors
/// The command's own, or that the system gives no threads.
pub fn block_on<T, E: Into<Failure>>(
    command: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    runtime()?.block_on(command).map_err(Into::into)
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().build()
}
