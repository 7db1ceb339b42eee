//! What every handler is handed.

use std::{ops::Deref, sync::Arc};

use app::context::{Assets, Operator, QrEncoder};
use attachments::Files;
use axum::body::Bytes;
use domain::{Clock, Entropy, request::ReceiptKey, retention::Retentions};
use forward::Departments;
use service::{
    audit::AuditHealth, cases::Casework, drafts::Drafting, notices::Noticing, probing::Probing,
    rights::OwnRequest, submission::Reception,
};
use service_api::{Opened, Portal};
use staff::{Accounts, IdentityService, NoPasskeys, PasskeySite};
use store::Store;
use tokio::sync::Notify;

use crate::{
    api_keys::ApiKeys,
    cache::Cache,
    drawing::Drawing,
    hall_events::HallEvents,
    identity::{Identity, MarkKey},
    limits::Limits,
    metrics::Metrics,
    offices::Offices,
    readers::Readers,
    readiness::Readiness,
    request_id::RequestIds,
    route::RouteTable,
    security_log::SecurityLog,
    settings::Settings,
};

/// The server's parts: one pointer, for every layer and every request clones it.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

impl AppState {
    /// The state of these parts.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The server's parts.
pub struct Shared {
    /// What whoever runs the portal sets.
    pub settings: Arc<Settings>,
    /// Where land and requests are kept.
    pub store: Arc<dyn Store>,
    /// The store as pages see it: behind the disclosure policy.
    pub portal: Arc<dyn Portal>,
    /// How long requests are kept.
    pub retentions: Arc<Retentions>,
    /// The files of requests.
    pub files: Arc<Files>,
    /// Who fetches how many of them at once.
    pub readers: Readers,
    /// Receipt secrets.
    pub receipts: ReceiptKey,
    /// The departments, with the secrets that their callbacks are signed with.
    pub departments: Arc<Departments>,
    /// How departments are reached.
    pub offices: Arc<Offices>,
    /// Who runs the portal.
    pub operator: Arc<Operator>,
    /// Makes QR symbols.
    pub qr: QrEncoder,
    /// Built files.
    pub assets: Assets,
    /// The folder of built files.
    pub site: std::path::PathBuf,
    /// The OpenAPI document, as JSON.
    pub openapi: Bytes,
    /// Ids of requests.
    pub ids: RequestIds,
    /// What each route is.
    pub routes: Arc<RouteTable>,
    /// Public answers that are the same until the data change.
    pub cache: Cache,
    /// Counters of who asked how much.
    pub limits: Arc<Limits>,
    /// Counters of programs that ask by a key.
    pub api_keys: ApiKeys,
    /// Counters of who asked for how many places.
    pub probing: Arc<Probing>,
    /// What is counted for operators.
    pub metrics: Arc<Metrics>,
    /// What somebody tried and should not have.
    pub security: Arc<SecurityLog>,
    /// Whether requests can be served.
    pub readiness: Arc<Readiness>,
    /// How the audit stands.
    pub audit: Arc<dyn AuditHealth>,
    /// Accounts and sessions of the counter.
    pub staff: Accounts,
    /// The portal as passkeys of staff know it, or why it has none.
    pub passkeys: Result<PasskeySite, NoPasskeys>,
    /// The identity service by which staff sign in, where one is configured.
    pub staff_service: Option<Arc<dyn IdentityService>>,
    /// The identity service, where one is configured.
    pub identity: Option<Arc<Identity>>,
    /// Marks of visitors in the audit.
    pub marks: MarkKey,
    /// The threads that draw places.
    pub drawing: Drawing,
    /// Who listens to the halls.
    pub halls: HallEvents,
    /// Wakes the forwarder after a submission.
    pub outbox: Arc<Notify>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("site", &self.site).finish_non_exhaustive()
    }
}

impl Shared {
    /// The name of a department; its id where the configuration does not have it.
    #[must_use]
    pub fn department_name(&self, id: &str) -> domain::Localized {
        let known = self.departments.get(id).map(|department| department.name.clone());
        known.unwrap_or_else(|| domain::Localized::same(id))
    }

    /// `length` unguessable bytes as URL-safe text.
    #[must_use]
    pub fn draw_token(&self, length: usize) -> String {
        service::submission::token(&*self.entropy, length)
    }

    /// A request in the hands of its applicant, who has opened it.
    #[must_use]
    pub fn own_request<'r>(&'r self, opened: &'r Opened) -> OwnRequest<'r> {
        let Self { store, retentions, clock, outbox, portal, .. } = self;
        let signer = portal.signer();
        OwnRequest { opened, store: &**store, retentions, clock: &**clock, outbox, signer }
    }

    /// What is done about notices of progress.
    #[must_use]
    pub fn noticing(&self) -> Noticing<'_> {
        let Self { store, receipts, clock, entropy, .. } = self;
        Noticing { store: &**store, receipts, clock: &**clock, entropy: &**entropy }
    }

    /// What keeps drafts.
    #[must_use]
    pub fn drafting(&self) -> Drafting<'_> {
        let Self { store, receipts, clock, entropy, .. } = self;
        Drafting { store: &**store, receipts, clock: &**clock, entropy: &**entropy }
    }

    /// What works on visits to the counter.
    #[must_use]
    pub fn casework(&self) -> Casework<'_> {
        let Self { store, receipts, clock, entropy, .. } = self;
        Casework { store: &**store, receipts, clock: &**clock, entropy: &**entropy }
    }

    /// What receives requests.
    #[must_use]
    pub fn reception(&self) -> Reception<'_> {
        let Self { portal, store, clock, entropy, outbox, .. } = self;
        let (portal, store) = (&**portal, &**store);
        Reception { portal, store, clock: &**clock, entropy: &**entropy, outbox }
    }
}
