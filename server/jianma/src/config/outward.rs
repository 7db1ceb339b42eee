//! Departments, and how requests are forwarded to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use domain::Localized;
use forward::{ForwardSettings, Schedule};
use jiff::SignedDuration;
use serde::Deserialize;

use super::ContactConfig;

/// How requests are forwarded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ForwardConfig {
    /// First wait after a failure, milliseconds; doubled after each further one.
    pub first_retry_ms: u32,
    /// Longest wait between attempts, seconds.
    pub longest_retry_seconds: u32,
    /// After how many days a delivery goes to a person's queue.
    pub give_up_days: u32,
    /// How long a delivery is held by one worker, seconds; more than two timeouts of the slowest
    /// department. After a crash, a delivery waits this long before it is taken again.
    pub lease_seconds: u32,
    /// File with certificates of private authorities in PEM, trusted beside those of the system
    /// for every department that names none itself; relative to the configuration file.
    pub ca_file: Option<PathBuf>,
    /// Address of the proxy on the way out, `http://proxy.example:3128`. Never used for this
    /// machine; the environment's `HTTPS_PROXY` is not heeded.
    pub proxy: Option<String>,
}

impl Default for ForwardConfig {
    fn default() -> Self {
        Self {
            first_retry_ms: 2_000,
            longest_retry_seconds: 3_600,
            give_up_days: 5,
            lease_seconds: 60,
            ca_file: None,
            proxy: None,
        }
    }
}

impl ForwardConfig {
    /// The worker's settings.
    #[must_use]
    pub fn settings(&self) -> ForwardSettings {
        let patience = ForwardSettings::default().misconfigured_wait;
        ForwardSettings {
            misconfigured_wait: patience
                .min(SignedDuration::from_secs(self.longest_retry_seconds.into())),
            lease: SignedDuration::from_secs(self.lease_seconds.into()),
            schedule: Schedule {
                first: SignedDuration::from_millis(self.first_retry_ms.into()),
                longest: SignedDuration::from_secs(self.longest_retry_seconds.into()),
                give_up_after: SignedDuration::from_hours(24 * i64::from(self.give_up_days)),
                ..Schedule::default()
            },
            ..ForwardSettings::default()
        }
    }
}

/// What a department speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Standard Webhooks, as docs/departments.md has it.
    #[default]
    Webhooks,
    /// Open311 GeoReport v2: requests are reports.
    Open311,
}

/// How a department is spoken to by Open311.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportsConfig {
    /// Which of its jurisdictions is meant; none where it has one.
    #[serde(default)]
    pub jurisdiction_id: Option<String>,
    /// File with the key that it gave; relative to the folder of the keys. None where it asks for none.
    #[serde(default)]
    pub api_key_file: Option<PathBuf>,
    /// Its `service_code` for each item that it acts on.
    pub services: BTreeMap<String, String>,
    /// Whether everybody may read descriptions and files of reports there, as the protocol has it; with `false` it gets
    /// the signed addresses of files.
    #[serde(default = "publishes")]
    pub publishes: bool,
}

const fn publishes() -> bool {
    true
}

/// A department that requests go to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentConfig {
    /// Its name for people.
    pub name: Localized,
    /// Where deliveries are posted.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// It cannot be posted to and collects its deliveries (`GET /api/v1/departments/ID/inbox`); in the
    /// place of an endpoint.
    #[serde(default)]
    pub pull: bool,
    /// File with the shared `whsec_…` secret; relative to the folder of the keys. Made if it was
    /// never there, so that the sample department on the same machine finds it.
    pub secret_file: PathBuf,
    /// How long one exchange may take, seconds.
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u16,
    /// Allows `http://` to another machine: only where the network itself is protected, for
    /// deliveries carry personal data.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// What its 2xx must have in it before a delivery counts as delivered: `id` (the delivery's
    /// id, in JSON or a header echoed), `reference` (the id or a reference), `status` (nothing, so
    /// that a sign-in page counts too).
    #[serde(default)]
    pub confirmation: forward::Confirmation,
    /// Refusals (4xx) that are tried again; every other one waits for a person.
    #[serde(default)]
    pub retry_refusals: BTreeSet<u16>,
    /// File with certificates of private authorities in PEM; without it, that of `[forward]`.
    /// Relative to the configuration file.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Address of the proxy on the way to it, or `direct`; without it, that of `[forward]`.
    #[serde(default)]
    pub proxy: Option<String>,
    /// What it speaks.
    #[serde(default)]
    pub protocol: Protocol,
    /// How it is spoken to by Open311, under `[departments.ID.open311]`.
    #[serde(default)]
    pub open311: Option<ReportsConfig>,
    /// How people reach it, under `[departments.ID.contact]`.
    #[serde(default)]
    pub contact: ContactConfig,
}

const fn default_timeout() -> u16 {
    10
}

impl DepartmentConfig {
    /// A department with its defaults, whose secret is in `secret_file` of the folder of the keys.
    #[must_use]
    pub fn new(name: Localized, endpoint: String, secret_file: PathBuf) -> Self {
        Self {
            name,
            endpoint: Some(endpoint),
            pull: false,
            secret_file,
            timeout_seconds: default_timeout(),
            allow_plain_http: false,
            confirmation: forward::Confirmation::default(),
            retry_refusals: BTreeSet::new(),
            ca_file: None,
            proxy: None,
            protocol: Protocol::default(),
            open311: None,
            contact: ContactConfig::default(),
        }
    }
}
