//! Start-up: what a portal serves with, put together of its configuration, its keys and its database.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use ::staff::IdentityService;
use app::context::{QrEncoder, QrSymbol};
use attachments::{Files, LocalFileSystem, ObjectStore, S3Error, Scanner, TryOutError};
use audit::{Auditor, Ends, RefusalWriter, auditor};
use domain::{Clock, Entropy, clock::china_date, label::KeyRing, staff::StaffId};
use forward::ForwardSettings;
use keys::{KeyError, label_keys, private_file, record_keys, signing_keys::SigningFolder};
use label::{Level, Symbol};
use oidc::Oidc;
use service::{
    disclosure::PolicyGate, labels::LabelKeys, places::PortalService, probing::Probing,
    suitability::search::SiteSearching,
};
use service_api::{Example, Reach, Unavailable};
use store::{Cipher, Store, StoreError, Traces};
use web::{
    identity::{Identity, IdentityError},
    readiness::{CheckResult, KeyCheck},
    router::{self, Parts},
    state::AppState,
};

use crate::{
    catalogues,
    config::{Config, ConfigError, FilesPlace, FilesPlaceError},
    data::{Data, DataError},
    database::Database,
    departments::{self, DepartmentSecretError, UNCONNECTED},
    mail::Mail,
    remedy,
    system::{SystemClock, SystemEntropy},
};

/// What is to be served, and how.
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
    #[error("{0}")]
    Data(#[from] DataError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Real departments beside the sample one: personal data could go to the wrong one.
    #[error(
        "--sample-department is for demonstrations; the configuration has departments of its own. \
         Leave one of the two away"
    )]
    SampleBesideDepartments,
    /// A department's secret file.
    #[error("{0}")]
    Department(#[from] DepartmentSecretError),
    /// The forwarder.
    #[error(transparent)]
    Forward(#[from] forward::ForwardError),
    /// Staff of the demonstration, where not all is one.
    #[error(
        "{id} is staff of the demonstration, whose link was printed on a screen, and data set {dataset} is \
         real; close the account with `jianma staff disable {id}`"
    )]
    DemonstrationStaff {
        /// Who.
        id: StaffId,
        /// What is published.
        dataset: String,
    },
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A key file.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The identity service's keys.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The folder of the files of requests.
    #[error(
        "the folder of the files of requests {path}: {source}; name another with [attachments] folder"
    )]
    Files {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// This program does not know where it lies.
    #[error("this program cannot find itself: {0}; start it by its whole path")]
    Program(io::Error),
    /// Where the files of requests are to lie.
    #[error("{0}")]
    FilesPlace(#[from] FilesPlaceError),
    /// A place in S3.
    #[error("{0}")]
    S3(#[from] S3Error),
    /// It was tried out, and does not keep files.
    #[error(
        "the files of requests are to lie in {place}, and {source}. Check [attachments] in the configuration, and \
         that this portal may write, read and delete there"
    )]
    FilesTriedOut {
        /// The place.
        place: String,
        /// What cannot be done.
        source: TryOutError,
    },
    /// The web.
    #[error("{0}")]
    Web(#[from] router::StartError),
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

/// A portal that is ready to serve.
#[derive(Debug)]
pub struct Started {
    /// What every handler is handed.
    pub web: AppState,
    /// The audit's pen.
    pub audit: Auditor,
    /// What must run beside the handlers, until every pen is put down.
    pub refusals: RefusalWriter,
    /// How requests are forwarded.
    pub forward: ForwardSettings,
    /// What sends mail, where it is sent.
    pub mail: Option<Mail>,
    /// What sites are searched by, where they are; somebody has to keep it up to date.
    pub site_search: Option<Arc<SiteSearching>>,
    /// Where the files of requests lie.
    pub files_place: FilesPlace,
}

/// Puts together what is served.
///
/// # Errors
/// [`ServeError`] says what is missing and what to do.
pub fn start(options: &ServeOptions) -> Result<Started, ServeError> {
    let config = Config::read(options.config.as_deref())?.put_to_use()?;
    catalogues::announce(config.catalogues.folder.as_deref());
    let (config, reach) = reaching(config, options.sample_department)?;
    warn_of_reach(reach);
    warn_of_not_offered(&config);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let folder = config.keys.folder(&options.data)?.to_owned();
    let (store, traces) = opened(options, &config, &folder, entropy.clone())?;
    let receipts = keys::receipt_key_of(&*store, &folder, &*entropy)?;
    keys::list_found(&folder)?;
    let signer = SigningFolder::of(&folder, &*entropy, clock.now())?;
    let mail = Mail::of(&config, &receipts)?;
    let retentions = Arc::new(config.retentions()?);
    let departments = departments::with_secrets(&config, &folder, &traces, &*entropy)?;
    let names = departments.iter().map(|d| (d.id.clone(), d.name.clone())).collect();
    let identity = config
        .identity
        .as_ref()
        .map(|identity| Identity::read(identity, &folder).map(Arc::new))
        .transpose()?;
    let staff_service = staff_service(&config, &folder)?;
    let audit_key = keys::audit_key(&folder, &*entropy)?;
    let ends = Ends::of(&options.data, config.audit.witness.as_deref());
    let (audit, refusals) = auditor(store.clone(), clock.clone(), audit_key, ends, folder.clone());
    let probing = Arc::new(Probing::new(config.limits.probing));
    let mut portal = PortalService::new(
        PolicyGate::new(store.clone(), config.policies(china_date(clock.now()))?, clock.clone()),
        receipts.clone(),
        names,
        Arc::new(audit.clone()),
        probing.clone(),
        config.identity.as_ref().map_or(0, |identity| identity.daily_places),
    )
    .with_label_keys(Arc::new(LabelKeyFolder(folder.clone())))
    .offering(examples())
    .collected_by(departments.collecting())
    .keeping(retentions.clone())
    .judging_by(config.rules()?)
    .signing_with(Arc::new(signer))
    .with_contacts(departments::contacts(&config, reach)?)
    .reaching(reach)
    .sending_notices(mail.is_some());
    if config.suitability.search {
        portal = portal.searching_sites();
    }
    let site_search = portal.site_search();
    let files_place = config.attachments.place(&options.data)?;
    let files = files(&config, &files_place, &store, (&clock, &entropy))?;
    let web = router::state(Parts {
        settings: config.web(),
        store,
        disk: options.database.folder().to_owned(),
        portal: Arc::new(portal),
        probing,
        audit: Arc::new(audit.clone()),
        staff_log: Arc::new(audit.clone()),
        staff_service,
        keys: key_check(folder),
        retentions,
        files,
        receipts,
        departments: Arc::new(departments),
        identity,
        qr: QrEncoder(qr),
        site: options.site.clone(),
        clock,
        entropy,
    })?;
    let forward = config.forward.settings();
    Ok(Started { web, audit, refusals, forward, mail, site_search, files_place })
}

/// The identity service by which staff sign in, with the secret in the folder of the keys.
fn staff_service(
    config: &Config,
    folder: &Path,
) -> Result<Option<Arc<dyn IdentityService>>, ServeError> {
    let Some(service) = &config.staff.oidc else { return Ok(None) };
    let path = folder.join(&service.secret_file);
    let secret = std::fs::read_to_string(&path)
        .map_err(|source| ConfigError::File { path: path.clone(), source })?;
    let host = config.site.host.as_deref().unwrap_or_default();
    let scheme = if config.site.tls { "https" } else { "http" };
    let back = format!("{scheme}://{host}{}", app::urls::STAFF_SERVICE);
    let service = Oidc::new(service.clone(), &secret, &back).map_err(ConfigError::from)?;
    Ok(Some(Arc::new(service)))
}

/// The QR symbol of a text, for pages: on paper that stays indoors M is enough (rule Q4).
fn qr(text: &str) -> Option<QrSymbol> {
    // What has small letters takes more room.
    let symbol =
        Symbol::plain(text, Level::M).or_else(|_| Symbol::of_bytes(text, Level::M)).ok()?;
    Some(QrSymbol { side: symbol.side(), path: symbol.path() })
}

/// The configuration with the sample department, where that is what is wanted, and whom requests
/// reach.
fn reaching(config: Config, sample: Option<SocketAddr>) -> Result<(Config, Reach), ServeError> {
    match sample {
        Some(_) if !config.departments.is_empty() => Err(ServeError::SampleBesideDepartments),
        Some(address) => Ok((config.with_sample(address), Reach::Sample)),
        None if config.departments.is_empty() => Ok((config, Reach::Nobody)),
        None => Ok((config, Reach::Department)),
    }
}

/// The files of requests, in their folder, which is made if there is none, or in S3.
fn files(
    config: &Config,
    place: &FilesPlace,
    store: &Arc<dyn Store>,
    (clock, entropy): (&Arc<dyn Clock>, &Arc<dyn Entropy>),
) -> Result<Arc<Files>, ServeError> {
    let objects: Arc<dyn ObjectStore> = match place {
        FilesPlace::S3(place) => place.open()?,
        FilesPlace::Folder(path) => {
            let failed = |source| ServeError::Files { path: path.clone(), source };
            private_file::folder(path).map_err(|error| failed(error.into()))?;
            let objects =
                LocalFileSystem::new_with_prefix(path).map_err(|error| failed(error.into()))?;
            Arc::new(objects.with_fsync(true))
        }
    };
    Ok(Arc::new(Files::new(attachments::Parts {
        objects,
        store: store.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        cipher: config.records.cipher.map_or(Cipher::Aes256Gcm, Into::into),
        budget: config.attachments.budget(),
        most_held: config.attachments.most_held(),
        scanner: config.attachments.clamd.clone().map(|socket| Scanner { socket }),
        reader: Some(std::env::current_exe().map_err(ServeError::Program)?),
    })))
}

/// The store, unlocked, and what it had of keys before. `folder` is that of the keys.
fn opened(
    options: &ServeOptions,
    config: &Config,
    folder: &Path,
    entropy: Arc<dyn Entropy>,
) -> Result<(Arc<dyn Store>, Traces), ServeError> {
    if !options.new {
        options.database.refuse_lost(&options.data, folder)?;
    }
    // With keys and database elsewhere nothing else makes it.
    private_file::folder(&options.data)
        .map_err(|source| StoreError::Folder { path: options.data.clone(), source })?;
    let data = Data::create(&options.database, folder)?;
    let traces = data.store.traces()?;
    warn_of_one_folder(config, &options.data, folder);
    let cipher = config.records.cipher.map(Into::into);
    // First: it says which of several keys is missing.
    let store = data.unlocked(entropy, cipher)?.store;
    keys::refuse_without_keys(folder, &traces)?;
    Ok((store, traces))
}

/// The folder of the label keys, which commands change beside a portal that serves.
struct LabelKeyFolder(PathBuf);

impl LabelKeys for LabelKeyFolder {
    fn read(&self) -> Result<KeyRing, Unavailable> {
        label_keys::read(&self.0).map_err(|error| {
            tracing::error!(error = %remedy::in_line(&error), "the label keys cannot be used");
            Unavailable
        })
    }
}

/// The portal holds its keys and serves on when one is lost; its next start would fail.
fn key_check(folder: PathBuf) -> KeyCheck {
    Box::new(move || match keys::refuse_lost(&folder).map(|()| record_keys::listed(&folder)) {
        Ok(Ok(_)) => CheckResult::Right,
        Err(KeyError::Missing { .. }) => CheckResult::Degraded("missing"),
        Err(KeyError::Another { .. }) => CheckResult::Degraded("replaced"),
        Err(_) | Ok(Err(_)) => CheckResult::Degraded("unreadable"),
    })
}

/// Says at the start where requests go, unless they go where they should.
fn warn_of_reach(reach: Reach) {
    match reach {
        Reach::Department => {}
        Reach::Nobody => tracing::warn!("No department is configured. {UNCONNECTED}"),
        Reach::Sample => tracing::warn!(
            "Requests go to the sample department, where nobody acts on them and everybody on this \
             machine can read them: a demonstration, not for real people"
        ),
    }
}

/// Says at the start which services nobody can ask for.
fn warn_of_not_offered(config: &Config) {
    for (item, department) in config.not_offered() {
        tracing::warn!(
            item.id = item,
            department,
            "a service is not offered: its department is not in the configuration"
        );
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

/// The codes of the demonstration, to try on the home page.
fn examples() -> Vec<Example> {
    demo_district::examples().into_iter().map(|(code, title)| Example { code, title }).collect()
}
