//! The whole of it as one axum router, and its serving.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use app::context::{Assets, Operator, QrEncoder};
use attachments::Files;
use axum::{extract::DefaultBodyLimit, http::StatusCode};
use domain::{Clock, Entropy, request::ReceiptKey, retention::Retentions};
use forward::Departments;
use service::{audit::AuditHealth, probing::Probing};
use service_api::Portal;
use staff::{Accounts, IdentityService, PasskeySite, StaffLog};
use store::Store;
use tokio::{net::TcpListener, sync::Notify};
use tower_http::timeout::TimeoutLayer;

use crate::{
    again,
    api_keys::ApiKeys,
    cache::Cache,
    connections::{self, Gate},
    door::Door,
    drawing::Drawing,
    hall_events::HallEvents,
    identity::{Identity, MarkKey},
    limits::Limits,
    metrics::Metrics,
    offices::Offices,
    pages, portal_routes,
    readers::Readers,
    readiness::{KeyCheck, Readiness},
    request_id::RequestIds,
    rest,
    route::RouteTable,
    security::refusal,
    security_log::SecurityLog,
    settings::{Settings, SiteConfig},
    spawning,
    state::{AppState, Shared},
};

/// What a start-up brings: everything that is not HTTP.
pub struct Parts {
    /// What whoever runs the portal sets.
    pub settings: Settings,
    /// Where land and requests are kept.
    pub store: Arc<dyn Store>,
    /// The folder whose disk the store grows on.
    pub disk: PathBuf,
    /// The store as pages see it: behind the disclosure policy.
    pub portal: Arc<dyn Portal>,
    /// Counters of who asked for how many places; those of the portal.
    pub probing: Arc<Probing>,
    /// How the audit stands.
    pub audit: Arc<dyn AuditHealth>,
    /// Where it is written down what staff do.
    pub staff_log: Arc<dyn StaffLog>,
    /// The identity service by which staff sign in, where one is configured.
    pub staff_service: Option<Arc<dyn IdentityService>>,
    /// How the keys stand.
    pub keys: KeyCheck,
    /// How long requests are kept.
    pub retentions: Arc<Retentions>,
    /// The files of requests.
    pub files: Arc<Files>,
    /// Receipt secrets.
    pub receipts: ReceiptKey,
    /// The departments, with the secrets that their callbacks are signed with.
    pub departments: Arc<Departments>,
    /// The identity service, where one is configured.
    pub identity: Option<Arc<Identity>>,
    /// Makes QR symbols: drawing is another room's.
    pub qr: QrEncoder,
    /// The folder of built files.
    pub site: PathBuf,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("site", &self.site).finish_non_exhaustive()
    }
}

/// Why nothing can be answered.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The description of the API.
    #[error("the OpenAPI document: {0}")]
    OpenApi(#[from] serde_json::Error),
    /// Two routes that cannot be told from each other.
    #[error("the routes: {0}")]
    Routes(#[from] matchit::InsertError),
    /// Two figures of one name.
    #[error("the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// Threads.
    #[error("no threads to draw pages with: {0}")]
    Threads(#[source] io::Error),
    /// The built files are not there.
    #[error("the built pages are not in {path}: {source}")]
    Site {
        /// The folder looked in.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Built files without which no page is whole.
pub const OF_EVERY_PAGE: [&str; 10] = [
    "app.css",
    "app.js",
    "app.wasm",
    "start.js",
    "home.js",
    "home.wasm",
    "start-home.js",
    "draw.js",
    "draw.wasm",
    "start-draw.js",
];

fn assets(site: &Path) -> Result<Assets, StartError> {
    let path = site.join("manifest.json");
    let failed = |source| StartError::Site { path: path.clone(), source };
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    let files: BTreeMap<String, String> =
        serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
    let missing = OF_EVERY_PAGE.iter().find(|name| !files.contains_key(**name));
    match missing {
        Some(name) => Err(failed(io::Error::other(format!("it does not name {name}")))),
        None => Ok(Assets::new(files)),
    }
}

/// What every handler is handed.
///
/// # Errors
/// [`StartError`] says what is missing and what to do.
pub fn state(parts: Parts) -> Result<AppState, StartError> {
    let Parts { settings, store, portal, probing, audit, identity, site, entropy, .. } = parts;
    let metrics = Arc::new(Metrics::new()?);
    let assets = assets(&site)?;
    let site = std::path::absolute(&site)
        .map_err(|source| StartError::Site { path: site.clone(), source })?;
    let SiteConfig { operator, contact, site_id, record_number, .. } = settings.site.clone();
    let operator = Operator { name: operator, contact, site_id, record_number };
    let routes = portal_routes::routes(&site);
    let staff = Accounts::new(store.clone(), parts.staff_log, parts.clock.clone(), entropy.clone());
    let offices = Arc::new(Offices::new(parts.departments.clone(), parts.clock.clone()));
    Ok(AppState::new(Shared {
        openapi: rest::openapi::described(routes.description()).to_json()?.into(),
        ids: RequestIds::new(entropy.clone()),
        routes: Arc::new(RouteTable::new(routes.list())?),
        cache: Cache::new(settings.limits.cache_bytes, metrics.clone()),
        limits: Arc::new(Limits::new(&settings.limits)),
        api_keys: ApiKeys::default(),
        probing,
        security: Arc::new(SecurityLog::new(metrics.clone())),
        metrics,
        readiness: Arc::new(Readiness::new(
            store.clone(),
            audit.clone(),
            identity.clone(),
            portal.clone(),
            parts.disk,
            parts.keys,
            offices.clone(),
        )),
        offices,
        audit,
        staff,
        staff_service: parts.staff_service,
        passkeys: PasskeySite::new(settings.site.host.as_deref(), settings.site.tls),
        identity,
        marks: MarkKey::new(entropy.key()),
        operator: Arc::new(operator),
        settings: Arc::new(settings),
        store,
        portal,
        retentions: parts.retentions,
        files: parts.files,
        readers: Readers::default(),
        receipts: parts.receipts,
        departments: parts.departments,
        qr: parts.qr,
        assets,
        site,
        drawing: Drawing::start().map_err(StartError::Threads)?,
        halls: HallEvents::default(),
        outbox: Arc::new(Notify::new()),
        clock: parts.clock,
        entropy,
    }))
}

/// Every route, with the door before them.
pub(crate) fn behind_door(state: AppState) -> Door {
    spawning::on_the_runtime();
    let limit = state.settings.limits.body_bytes;
    let patience = Duration::from_secs(state.settings.limits.answer_seconds);
    let routes = portal_routes::routes(&state.site)
        .into_router(pages::fallback)
        .method_not_allowed_fallback(refusal::other_method)
        .layer(DefaultBodyLimit::max(limit))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, patience))
        .with_state(state.clone());
    Door::new(state, routes)
}

/// Answers until `stop`, then finishes what is under way. When it returns, no handler is there any
/// more, and nothing that they held.
pub async fn serve(listener: TcpListener, state: AppState, stop: impl Future<Output = ()>) {
    let sweeping = tokio::spawn(forget_quiet_clients(state.limits.clone(), state.probing.clone()));
    let watching = tokio::spawn(state.readiness.clone().watch());
    let gate = Gate {
        settings: state.settings.clone(),
        metrics: state.metrics.clone(),
        security: state.security.clone(),
        marks: state.marks.clone(),
    };
    let making_again = tokio::spawn(again::watch(state.clone()));
    // A line that tells of a hall would be waited for.
    let stop = async {
        stop.await;
        state.halls.end();
    };
    connections::serve(listener, behind_door(state.clone()), gate, stop).await;
    state.halls.ended().await;
    sweeping.abort();
    // With these goes their hold on the auditor.
    for holding in [watching, making_again] {
        holding.abort();
        let _aborted = holding.await;
    }
}

async fn forget_quiet_clients(limits: Arc<Limits>, probing: Arc<Probing>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        limits.forget_quiet_clients();
        probing.forget(std::time::Instant::now());
    }
}
