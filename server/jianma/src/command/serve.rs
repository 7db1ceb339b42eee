//! `jianma serve`: the portal, until it is told to stop.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use attachments::keep_tidy;
use clap::Args;
use forward::{Forwarder, StatusReader};
use service::rights::keep_to_retention;
use service_api::Portal;
use store::{Cleared, Store};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use web::router;

use super::{Failure, import, runtime};
use crate::{
    config::FilesPlace,
    database::DatabaseArg,
    language,
    output::{Output, say_ready},
    purging,
    start::{ServeError, ServeOptions, Started, start},
    whereabouts::ShownToEverybody,
};

/// How `jianma serve` is called.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Folder of the data; made if missing.
    #[arg(long)]
    data: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Configuration file (TOML); without it, requests are kept and not delivered.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Delivers to the sample department at this address: for demonstrations, never with real
    /// people's requests.
    #[arg(
        long, value_name = "ADDR", num_args = 0..=1,
        default_missing_value = "127.0.0.1:3100"
    )]
    sample_department: Option<SocketAddr>,
    /// Folder of the built pages; `../site` beside the program unless told.
    #[arg(long)]
    site: Option<PathBuf>,
    /// Makes a new database beside the keys and records of one that is lost: what was kept in it
    /// is given up.
    #[arg(long)]
    new: bool,
    /// Where the database is.
    #[command(flatten)]
    database: DatabaseArg,
}

/// Serves until SIGTERM or Ctrl-C. Says where as soon as it does.
///
/// # Errors
/// What is missing and what to do.
pub fn run(arguments: ServeArgs) -> Result<Output, Failure> {
    let ServeArgs { data, listen, config, sample_department, site, new, database } = arguments;
    let site = site.map_or_else(beside_the_program, Ok)?;
    let database = database.beside(&data);
    let options = ServeOptions { data, database, site, listen, config, new, sample_department };
    let runtime = runtime()?;
    runtime.block_on(serve(&options))?;
    // What a dead import left may still be being removed; it can be cut off anywhere.
    runtime.shutdown_timeout(Duration::from_secs(5));
    Ok(Output::default())
}

fn beside_the_program() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().and_then(Path::parent).unwrap_or(&program).join("site"))
}

/// Serves until it is told to stop, then finishes what is under way.
async fn serve(options: &ServeOptions) -> Result<(), ServeError> {
    let Started { web, audit, refusals, forward, mail, site_search, files_place } = start(options)?;
    if let Err(source) = web.files.try_out().await {
        let refused = ServeError::FilesTriedOut { place: files_place.to_string(), source };
        match files_place {
            FilesPlace::S3(_) => return Err(refused),
            // A disk is full for a while: what was kept is shown meanwhile, and what comes is refused in words.
            FilesPlace::Folder(_) => tracing::warn!("{refused}"),
        }
    }
    refuse_demonstration_staff(&*web.store).await?;
    warn_of_unshown(&*web.portal).await;
    let listen = options.listen;
    let failed = |source| ServeError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let wait = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
        // An error means that the sender is gone: stop as well.
        let _told = stopped.wait_for(|told| *told).await;
    };
    let forwarder = Forwarder::new(
        web.store.clone(),
        &web.departments,
        web.clock.clone(),
        web.entropy.clone(),
        format!("portal-{}", web.draw_token(9)),
        forward,
    )?
    .with_circuits(web.offices.circuits.clone())
    .with_places(Arc::new(ShownToEverybody(web.portal.clone())));
    let reports = StatusReader::of(web.store.clone(), &web.departments, web.clock.clone())?;
    let reports = reports.map(|reports| tokio::spawn(reports.run()));
    let notifying = mail.map(|mail| {
        let notifier = mail.notifier(&web, format!("portal-{}", web.draw_token(9)));
        tokio::spawn(notifier.run(wait(stopped.clone())))
    });
    let forwarding = tokio::spawn(forwarder.run(wait(stopped), web.outbox.clone()));
    audit.open().await;
    drop(audit);
    let refusing = tokio::spawn(refusals.run());
    tokio::spawn(clear_left_over(web.store.clone()));
    let purging = tokio::spawn(keep_to_retention(
        web.store.clone(),
        web.retentions.clone(),
        web.clock.clone(),
        purging::log,
    ));
    let tidying = tokio::spawn(keep_tidy(web.files.clone()));
    let searching = site_search.map(|search| tokio::spawn(search.keep()));
    let told_to_stop = told_to_stop();
    say_ready(format_args!("jianma is ready on http://{address}"));
    let stopping = async move {
        told_to_stop.await;
        tracing::info!("stopping: finishing what is under way");
        let _receivers_gone = stop.send(true);
    };
    router::serve(listener, web, stopping).await;
    purging.abort();
    tidying.abort();
    for at_work in [searching, reports].into_iter().flatten() {
        at_work.abort();
    }
    // Every handler has gone, and with the last the pen: what was refused is written to its end.
    if tokio::time::timeout(Duration::from_secs(5), refusing).await.is_err() {
        tracing::error!("the last refusals were not written: storage does not answer");
    }
    if let Some(notifying) = notifying
        && let Err(error) = notifying.await
    {
        tracing::error!(error = %error, "the notifier stopped by itself");
    }
    if let Err(error) = forwarding.await {
        tracing::error!(error = %error, "the forwarder stopped by itself");
    }
    Ok(())
}

/// Refuses to serve anything real while staff of the demonstration have an account, whose links were printed on
/// screens.
async fn refuse_demonstration_staff(store: &dyn Store) -> Result<(), ServeError> {
    let versions = store.versions().await?;
    let Some(real) = domain::dataset::first_real(&versions) else { return Ok(()) };
    let members = store.members().await?;
    let open = |one: &store::StoredMember| one.member.demonstration && one.disabled_at.is_none();
    match members.into_iter().find(open) {
        Some(member) => {
            let dataset = real.id.clone();
            Err(ServeError::DemonstrationStaff { id: member.member.id, dataset })
        }
        None => Ok(()),
    }
}

/// Says at the start which data are published and shown to nobody.
async fn warn_of_unshown(portal: &dyn Portal) {
    // What cannot be read is said by the checks of readiness.
    for version in portal.versions().await.unwrap_or_default() {
        if !portal.policies().show_places_of(&version.dataset) {
            let unshown = import::unshown(&version.dataset, portal.policies());
            tracing::warn!("{}", language::said(&unshown));
        }
    }
}

/// Removes what a dead import left, beside everything else: it needs no more than the write lock
/// for moments. On a full disk it waits for the next start or import.
async fn clear_left_over(store: Arc<dyn Store>) {
    match store.clear_left_over().await {
        Ok(Cleared::Removed) => {
            tracing::info!("removed what an import that did not end had staged");
        }
        Ok(Cleared::Nothing | Cleared::ImportRunning) => {}
        Err(error) => tracing::warn!(
            %error,
            "what an import that did not end had staged cannot be removed; nobody sees it"
        ),
    }
}

/// Waits to be told to stop. It listens from the call on: a signal that comes before anybody waits
/// is not lost, nor does it end the program the hard way.
fn told_to_stop() -> impl Future<Output = ()> {
    let terminate = signal(SignalKind::terminate());
    let interrupt = signal(SignalKind::interrupt());
    async move {
        tokio::select! {
            () = heard(terminate) => {}
            () = heard(interrupt) => {}
        }
    }
}

async fn heard(signal: io::Result<Signal>) {
    match signal {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(error = %error, "a signal to stop cannot be heard");
            std::future::pending::<()>().await;
        }
    }
}
