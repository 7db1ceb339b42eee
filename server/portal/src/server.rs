//! Building the router and serving it until told to stop.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use app::{context::Assets, urls};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use domain::{Clock, Entropy, clock::china_date};
use forward::Forwarder;
use leptos::config::LeptosOptions;
use service::{
    disclosure::PolicyGate, places::PortalService, probing::Probing, rights::keep_to_retention,
};
use service_api::{Example, Reach};
use store::{Cleared, Store, StoreError};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::Notify,
};
use tower_http::{catch_panic::CatchPanicLayer, services::ServeDir, timeout::TimeoutLayer};

use crate::{
    audit::{Ends, RefusalWriter, auditor},
    catalogues,
    config::Config,
    connections::{self, Gate},
    data::{Data, DataError},
    database::Database,
    departments::{self, UNCONNECTED},
    forms,
    identity::{self, Identity, IdentityError, MarkKey},
    keys::{self, KeyError},
    label_keys::LabelKeyFolder,
    metrics::Metrics,
    pages, private_file,
    readiness::Readiness,
    record_keys::RecordKeysError,
    rest, rights,
    routes::{Route, RouteTable, Routes},
    security::{door, events::SecurityLog, headers, limits, origin, refusal},
    state::AppState,
    system::{SystemClock, SystemEntropy},
};

/// How `serve` was called.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The data folder.
    pub data: PathBuf,
    /// The database.
    pub database: Database,
    /// The folder of built files.
    pub site: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// Makes a new database although keys and records of another are there.
    pub new: bool,
    /// Where the sample department listens, for a demonstration without departments.
    pub sample_department: Option<SocketAddr>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// Real departments beside the sample one: personal data could go to the wrong one.
    #[error(
        "--sample-department is for demonstrations; the configuration has departments of its own. \
         Leave one of the two away"
    )]
    SampleBesideDepartments,
    /// A department's secret file.
    #[error("the secret of department {id}: {source}")]
    Secret {
        /// The department.
        id: String,
        /// Why.
        source: forward::SigningError,
    },
    /// The forwarder.
    #[error(transparent)]
    Forward(#[from] forward::ForwardError),
    /// Storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The keys of requests.
    #[error(transparent)]
    RecordKeys(#[from] RecordKeysError),
    /// The identity service's keys.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The description of the API.
    #[error("the OpenAPI document: {0}")]
    OpenApi(#[from] serde_json::Error),
    /// Two figures of one name.
    #[error("the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The built files are not there.
    #[error(
        "the built pages are not in {path}: {source}; run `make build`, or name their folder with --site"
    )]
    Site {
        /// The folder looked in.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {listen}: {source}; another program may use it, choose one with --listen"
    )]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

fn assets(site: &Path) -> Result<Assets, ServeError> {
    let path = site.join("manifest.json");
    let failed = |source| ServeError::Site { path: path.clone(), source };
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    serde_json::from_str(&text).map(Assets).map_err(|error| failed(error.into()))
}

/// Says at the start where requests go, unless they go where they should.
fn announce(reach: Reach) {
    match reach {
        Reach::Department => {}
        Reach::Nobody => tracing::warn!("No department is configured. {UNCONNECTED}"),
        Reach::Sample => tracing::warn!(
            "Requests go to the sample department, where nobody acts on them and everybody on this \
             machine can read them: a demonstration, not for real people"
        ),
    }
}

/// Says at the start what one folder for everything does not protect against.
fn warn_of_one_folder(config: &Config, data: &Path, keys: &Path) {
    if keys.starts_with(data) {
        tracing::warn!(
            "the key files lie in the data folder: whoever copies it can open receipts, and whoever \
             writes it can seal the audit anew. Name another place with [keys] folder"
        );
    }
    if config.audit.witness.is_none() {
        tracing::warn!(
            "only the data folder knows where the audit ends: whoever writes it can shorten the \
             audit. Name a place elsewhere with [audit] witness"
        );
    }
}

/// Builds what every handler is handed, and the task that must run beside them.
///
/// # Errors
/// [`ServeError`] says what is missing and what to do.
pub fn state(options: &ServeOptions) -> Result<(AppState, RefusalWriter), ServeError> {
    let config = Config::read(options.config.as_deref())?;
    catalogues::announce(config.catalogues.folder.as_deref());
    let config = match options.sample_department {
        Some(_) if !config.departments.is_empty() => {
            return Err(ServeError::SampleBesideDepartments);
        }
        Some(address) => config.with_sample(address),
        None => config,
    };
    let reach = match options.sample_department {
        Some(_) => Reach::Sample,
        None if config.departments.is_empty() => Reach::Nobody,
        None => Reach::Department,
    };
    announce(reach);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let folder = config.keys.folder(&options.data)?.to_owned();
    if !options.new {
        keys::refuse_without_database(&options.database, &options.data, &folder)?;
    }
    // With keys and database elsewhere nothing else makes it.
    private_file::folder(&options.data)
        .map_err(|source| StoreError::Folder { path: options.data.clone(), source })?;
    let data = Data::create(&options.database, &folder)?;
    let traces = data.store.traces()?;
    warn_of_one_folder(&config, &options.data, &folder);
    let cipher = config.records.cipher.map(Into::into);
    // First: it says which of several keys is missing.
    let store = data.unlocked(entropy.clone(), cipher)?.store;
    keys::refuse_without_keys(&folder, &traces)?;
    let receipts = keys::receipt_key_of(&*store, &folder, &*entropy)?;
    keys::list_found(&folder)?;
    let retentions = Arc::new(config.retentions()?);
    let departments = departments::with_secrets(&config, &folder, &traces, &*entropy)?;
    let names = departments.iter().map(|d| (d.id.clone(), d.name.clone())).collect();
    let identity = config
        .identity
        .as_ref()
        .map(|identity| Identity::read(identity, &folder).map(Arc::new))
        .transpose()?;
    let audit_key = keys::audit_key(&folder, &*entropy)?;
    let ends = Ends::of(&options.data, &config);
    let (audit, refusals) = auditor(store.clone(), clock.clone(), audit_key, ends, folder.clone());
    let probing = Arc::new(Probing::new(config.limits.probing));
    let portal = PortalService::new(
        PolicyGate::new(store.clone(), config.policies(china_date(clock.now()))?, clock.clone()),
        receipts.clone(),
        names,
        Arc::new(audit.clone()),
        probing.clone(),
        config.identity.as_ref().map_or(0, |identity| identity.daily_places),
    )
    .with_label_keys(Arc::new(LabelKeyFolder(folder.clone())))
    .offering(examples())
    .keeping(retentions.clone())
    .reaching(reach);
    let metrics = Arc::new(Metrics::new()?);
    let mark = entropy.key();
    let assets = assets(&options.site)?;
    let site = std::path::absolute(&options.site)
        .map_err(|source| ServeError::Site { path: options.site.clone(), source })?;
    let leptos = LeptosOptions::builder()
        .output_name("jianma")
        .site_root(site.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(options.listen)
        .hash_files(true)
        // Absolute, so that Leptos does not look beside the binary.
        .hash_file(Arc::from(site.join("hash.txt").to_string_lossy().as_ref()))
        .build();
    let routes = routes(&site);
    let state = AppState {
        openapi: rest::openapi::of(routes.description()).to_json()?.into(),
        routes: Arc::new(RouteTable::new(&routes)),
        limits: Arc::new(limits::Limits::new(&config.limits)),
        probing,
        security: Arc::new(SecurityLog::new(metrics.clone())),
        metrics,
        readiness: Arc::new(Readiness::new(
            store.clone(),
            audit.clone(),
            identity.clone(),
            options.database.folder().to_owned(),
            folder,
        )),
        audit,
        identity,
        marks: MarkKey::new(mark),
        config: Arc::new(config),
        store,
        portal: Arc::new(portal),
        retentions,
        receipts,
        departments: Arc::new(departments),
        assets,
        leptos,
        site,
        outbox: Arc::new(Notify::new()),
        clock,
        entropy,
    };
    Ok((state, refusals))
}

/// The codes of the demonstration, to try on the home page.
fn examples() -> Vec<Example> {
    demo_district::examples().into_iter().map(|(code, title)| Example { code, title }).collect()
}

/// The routes of the portal. The folder is that of built files.
fn routes(site: &Path) -> Routes {
    // Only what the route lets through is asked for: `pkg/…` of the folder.
    let built = ServeDir::new(site).precompressed_br().precompressed_gzip();
    let built = tower::ServiceBuilder::new().layer(middleware::from_fn(immutable)).service(built);
    let root_file = |name: &str| tower_http::services::ServeFile::new(site.join(name));
    let receipts = Routes::new()
        .page(urls::REQUESTS, pages::page)
        .form(urls::REQUESTS, forms::open_request)
        .page("/requests/{number}", pages::page)
        .form("/requests/{number}", forms::open_request)
        .page("/requests/{number}/data", pages::page)
        .page("/requests/{number}/data.json", rights::forms::file)
        .page("/requests/{number}/correct", pages::page)
        .form("/requests/{number}/correct", rights::forms::correct)
        .page("/requests/{number}/withdraw", pages::page)
        .form("/requests/{number}/withdraw", rights::forms::withdraw)
        .page("/requests/{number}/delete", pages::page)
        .form("/requests/{number}/delete", rights::forms::delete)
        .merge(rest::receipt_routes());
    // Built files have compressed twins.
    let built = Routes::new().files("/pkg/{*file}", built);
    Routes::new()
        .page(urls::HOME, pages::home)
        .page(urls::PLACE_ROUTE, pages::place)
        .page(urls::NEW_REQUEST_ROUTE, pages::place)
        .form(urls::NEW_REQUEST_ROUTE, forms::new_request)
        .page(urls::LABEL_ROUTE, pages::label)
        .page(urls::SERVICES, pages::page)
        .page("/services/{item}", pages::page)
        .page(urls::PRIVACY, pages::page)
        .page(urls::POLICY, pages::page)
        .page(urls::ACCESSIBILITY, pages::page)
        .page(urls::ABOUT, pages::page)
        .switch(urls::PREFERENCES, forms::preferences)
        .files("/favicon.svg", root_file("favicon.svg"))
        .files("/robots.txt", root_file("robots.txt"))
        .merge(rest::routes())
        .merge(receipts.merge(built).uncompressed())
}

/// Every route there is, for whoever must ask them all.
#[must_use]
pub fn known_routes() -> Vec<Route> {
    routes(Path::new(".")).list()
}

/// Every route with everything that stands before it.
pub fn router(state: AppState) -> Router {
    // Leptos spawns its tasks on the runtime that serves.
    let _already_set = any_spawner::Executor::init_tokio();
    let limit = state.config.limits.body_bytes;
    let patience = Duration::from_secs(state.config.limits.answer_seconds);
    routes(&state.site)
        .into_router(pages::fallback)
        .method_not_allowed_fallback(refusal::other_method)
        .layer(DefaultBodyLimit::max(limit))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience))
        .layer(middleware::from_fn_with_state(state.clone(), origin::same_site))
        .layer(middleware::from_fn_with_state(state.clone(), identity::recognise))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), door::enter))
        .layer(middleware::from_fn_with_state(state.clone(), headers::secure))
        .with_state(state)
}

/// Built files carry their content's hash in their name: they never change.
async fn immutable(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

/// Serves until SIGTERM or Ctrl-C, then finishes what is under way. `ready` is called with the
/// address once connections are taken.
///
/// # Errors
/// [`ServeError`] says what is missing and what to do.
pub async fn serve(
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let (state, refusals) = state(&options)?;
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
        state.store.clone(),
        &state.departments,
        state.clock.clone(),
        state.entropy.clone(),
        format!("portal-{}", state.draw_token(9)),
        state.config.forward.settings(),
    )?;
    let forwarding = tokio::spawn(forwarder.run(wait(stopped.clone()), state.outbox.clone()));
    let sweeping = tokio::spawn(forget_quiet_clients(state.limits.clone(), state.probing.clone()));
    state.audit.open().await;
    let refusing = tokio::spawn(refusals.run());
    tokio::spawn(clear_left_over(state.store.clone()));
    let purging = tokio::spawn(keep_to_retention(
        state.store.clone(),
        state.retentions.clone(),
        state.clock.clone(),
    ));
    let watching = tokio::spawn(state.readiness.clone().watch());
    let told_to_stop = told_to_stop();
    ready(address);
    let gate = Gate {
        config: state.config.clone(),
        metrics: state.metrics.clone(),
        security: state.security.clone(),
        marks: state.marks.clone(),
    };
    let stopping = async move {
        told_to_stop.await;
        tracing::info!("stopping: finishing what is under way");
        let _receivers_gone = stop.send(true);
    };
    connections::serve(listener, router(state), gate, stopping).await;
    sweeping.abort();
    purging.abort();
    watching.abort();
    // With it goes its hold on the audit's pen.
    let _aborted = watching.await;
    // Every handler has gone, and with the last the pen: what was refused is written to its end.
    if tokio::time::timeout(Duration::from_secs(5), refusing).await.is_err() {
        tracing::error!("the last refusals were not written: storage does not answer");
    }
    if let Err(error) = forwarding.await {
        tracing::error!(error = %error, "the forwarder stopped by itself");
    }
    Ok(())
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

async fn forget_quiet_clients(limits: Arc<limits::Limits>, probing: Arc<Probing>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        limits.forget_quiet_clients();
        probing.forget(std::time::Instant::now());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_exactly_this() {
        let mut lines = String::new();
        for Route { method, path, info } in known_routes() {
            let method = method.as_ref().map_or("any", |method| method.as_str());
            let compressed = if info.compressed { "" } else { ", uncompressed" };
            lines.push_str(&format!(
                "{method} {path}: {:?}, {}{compressed}\n",
                info.audience,
                info.kind.name()
            ));
        }
        insta::assert_snapshot!(lines);
    }
}
