//! The configuration file, strict: an unknown key is an error that names it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use domain::{
    Localized,
    policy::Policies,
    retention::{Retention, RetentionFault, Retentions},
};
use forward::{ForwardSettings, Schedule};
use jiff::{SignedDuration, civil::Date};
use serde::Deserialize;

/// Everything that can be configured. Every value has a default that works on one machine; without
/// departments, requests are kept and not delivered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The public site.
    pub site: SiteConfig,
    /// Rate and size limits.
    pub limits: LimitsConfig,
    /// The unified identity service; without it everybody is the public.
    pub identity: Option<IdentityConfig>,
    /// Who may read the metrics.
    pub operations: OperationsConfig,
    /// How requests are forwarded.
    pub forward: ForwardConfig,
    /// The departments that requests go to, by id: every one that a service names, or none.
    pub departments: BTreeMap<String, DepartmentConfig>,
    /// The operator's own disclosure policies.
    pub policies: PoliciesConfig,
    /// How requests are sealed.
    pub records: RecordsConfig,
    /// How long requests of an item are kept, by item, where it is not as in the catalogue.
    pub retention: BTreeMap<String, Retention>,
}

/// How requests are sealed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordsConfig {
    /// The cipher; without it that of the newest key, and AES for the first.
    pub cipher: Option<CipherChoice>,
}

/// Ciphers as the configuration has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
pub enum CipherChoice {
    /// AES-256 in GCM.
    #[serde(rename = "aes-256-gcm")]
    #[value(name = "aes-256-gcm")]
    Aes256Gcm,
    /// SM4 in GCM.
    #[serde(rename = "sm4-gcm")]
    #[value(name = "sm4-gcm")]
    Sm4Gcm,
}

impl From<CipherChoice> for store::Cipher {
    fn from(choice: CipherChoice) -> Self {
        match choice {
            CipherChoice::Aes256Gcm => Self::Aes256Gcm,
            CipherChoice::Sm4Gcm => Self::Sm4Gcm,
        }
    }
}

/// Who may read the metrics.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsConfig {
    /// Machines that may read `/metrics`, besides this one; to all others there is no such page.
    /// A proxy on this machine must be among `site.trusted_proxies`.
    pub peers: Vec<IpAddr>,
}

/// The operator's own disclosure policies.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoliciesConfig {
    /// Policy files; relative to the configuration file. One with the id of an embedded policy
    /// takes its place: the embedded `zhejiang` is approved for demonstration data only.
    pub files: Vec<PathBuf>,
}

/// The public site.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteConfig {
    /// Host with port under which people reach the portal. Labels that point to it are our own.
    /// Without it the `Host` of each request is taken.
    pub host: Option<String>,
    /// Whether people reach it over HTTPS: sends HSTS and marks cookies `Secure`.
    pub tls: bool,
    /// Proxies in front, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// 主办单位.
    pub operator: Localized,
    /// A line with phone or address.
    pub contact: Localized,
    /// 网站标识码.
    pub site_id: Option<String>,
    /// 备案号.
    pub record_number: Option<String>,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            host: None,
            tls: false,
            trusted_proxies: Vec::new(),
            operator: Localized::new(
                "见码（试运行，主办单位待定）",
                "Jianma (trial run, operator to be named)",
            ),
            contact: Localized::new(
                "请到当地不动产登记窗口咨询",
                "Please ask at your local registration counter",
            ),
            site_id: None,
            record_number: None,
        }
    }
}

/// Rate and size limits. Reads and submissions count per client: behind one address several clients
/// are told apart, and together have [`crate::security::limits::NEIGHBOURS`] times as much.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Pages a second, on average; the same again through the API.
    pub reads_per_second: u32,
    /// Pages at once; the same again through the API.
    pub read_burst: u32,
    /// Submissions a minute, on average.
    pub submissions_per_minute: u32,
    /// Submissions at once.
    pub submission_burst: u32,
    /// Built files a second, on average, per address.
    pub files_per_second: u32,
    /// Built files at once, per address.
    pub file_burst: u32,
    /// Signed callbacks a second, on average, per department.
    pub callbacks_per_second: u32,
    /// Signed callbacks at once, per department.
    pub callback_burst: u32,
    /// Largest body, bytes.
    pub body_bytes: usize,
    /// Longest time for an answer, seconds.
    pub answer_seconds: u64,
    /// Connections at once; each may need three open files, which the system is asked for.
    pub connections: usize,
    /// Connections of one address at once; a trusted proxy may have all. When all are taken, room is
    /// made at the address that has most.
    pub connections_per_address: usize,
    /// Longest time until a request's head is there, seconds; the same between two requests.
    pub header_seconds: u64,
    /// Longest time in which a reader may take next to nothing of an answer, seconds.
    pub write_seconds: u64,
    /// Age after which a connection's next answer is its last, seconds; at twice that age it ends.
    pub connection_seconds: u64,
    /// How many different places one client may look at.
    pub probing: ProbingConfig,
}

/// So many at once, and so many more with every minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// With every minute.
    pub per_minute: u32,
}

const fn allowance(burst: u32, per_minute: u32) -> Allowance {
    Allowance { burst, per_minute }
}

/// What stands against trying codes one after another ([`crate::security::probing`]).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbingConfig {
    /// Different places, per client.
    pub places: Allowance,
    /// Questions for places that do not exist or may not be shown, per client.
    pub misses: Allowance,
    /// Searches, per client; a long list counts as several.
    pub searches: Allowance,
    /// Different parcels of one sub-district, per client; three times as dear side by side.
    pub block: Allowance,
    /// Different units of one parcel, per client.
    pub units: Allowance,
    /// Misses in one block of codes by everybody, before looks into it become dear for all.
    pub block_misses: Allowance,
}

impl Default for ProbingConfig {
    fn default() -> Self {
        Self {
            places: allowance(200, 40),
            misses: allowance(25, 5),
            searches: allowance(120, 30),
            block: allowance(60, 6),
            units: allowance(20, 1),
            block_misses: allowance(60, 4),
        }
    }
}

/// The unified identity service, whose gateway stands before the portal and puts an assertion into
/// the header `jianma-assertion`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    /// File with its public keys, a JSON Web Key Set (RFC 7517); relative to the data folder.
    pub keys: PathBuf,
    /// Its name in `iss`.
    pub issuer: String,
    /// This portal's name in `aud`.
    pub audience: String,
    /// The tiers that are open: of `registered`, `interested`, `holder`, `staff`.
    pub tiers: Vec<domain::viewer::Tier>,
    /// How many places somebody of tier `registered` may see in a day (rule P4).
    #[serde(default = "default_daily_places")]
    pub daily_places: u64,
}

const fn default_daily_places() -> u64 {
    10
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            reads_per_second: 20,
            read_burst: 120,
            submissions_per_minute: 20,
            submission_burst: 20,
            files_per_second: 50,
            file_burst: 1_000,
            callbacks_per_second: 50,
            callback_burst: 500,
            body_bytes: 64 * 1024,
            answer_seconds: 20,
            connections: 800,
            connections_per_address: 400,
            header_seconds: 20,
            write_seconds: 30,
            connection_seconds: 600,
            probing: ProbingConfig::default(),
        }
    }
}

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

/// A department that requests go to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentConfig {
    /// Its name for people.
    pub name: Localized,
    /// Where deliveries are posted.
    pub endpoint: String,
    /// File with the shared `whsec_…` secret; relative to the data folder. Made if it is missing,
    /// so that the sample department on the same machine finds it.
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
}

const fn default_timeout() -> u16 {
    10
}

impl DepartmentConfig {
    /// A department with its defaults, whose secret is in `secret_file` of the data folder.
    #[must_use]
    pub fn new(name: Localized, endpoint: String, secret_file: PathBuf) -> Self {
        Self {
            name,
            endpoint,
            secret_file,
            timeout_seconds: default_timeout(),
            allow_plain_http: false,
            confirmation: forward::Confirmation::default(),
            retry_refusals: BTreeSet::new(),
            ca_file: None,
            proxy: None,
        }
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The configuration or a file that it names cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML of the right shape; the message names line and key.
    #[error("the configuration {path} does not read: {source}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// A policy file is refused.
    #[error("the policy file {path}: {source}")]
    Policy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: domain::policy::PolicyError,
    },
    /// A department's configuration is not right.
    #[error(transparent)]
    Department(#[from] forward::DepartmentConfigError),
    /// A period that is none.
    #[error(transparent)]
    Retention(#[from] RetentionFault),
    /// A service goes to a department that is not configured.
    #[error(
        "the service {item} goes to the department {department:?}, which has no [departments.{department}]"
    )]
    UnknownDepartment {
        /// The service.
        item: String,
        /// The department.
        department: String,
    },
    /// Nothing is parked for longer than a day.
    #[error("forward.{key} is {given}; {rule}")]
    Forward {
        /// The key.
        key: &'static str,
        /// What stands there.
        given: u32,
        /// What may stand there.
        rule: &'static str,
    },
    /// A limit of zero would lock everybody out.
    #[error("limits.{key} is 0; set it to 1 or more")]
    ZeroLimit {
        /// The key.
        key: &'static str,
    },
}

impl Config {
    /// Reads and checks a file; without one, the default.
    ///
    /// # Errors
    /// [`ConfigError`] says which key is wrong.
    pub fn read(path: Option<&Path>) -> Result<Self, ConfigError> {
        let config = match path {
            None => Self::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
                let mut config: Self = toml::from_str(&text).map_err(|source| {
                    ConfigError::Syntax { path: path.to_owned(), source: Box::new(source) }
                })?;
                let folder = path.parent().unwrap_or(Path::new(""));
                let authorities =
                    config.departments.values_mut().filter_map(|each| each.ca_file.as_mut());
                let named = config.policies.files.iter_mut().chain(authorities);
                for file in named.chain(config.forward.ca_file.as_mut()) {
                    *file = folder.join(&*file);
                }
                config
            }
        };
        config.check()?;
        Ok(config)
    }

    /// The same with the sample department on this machine behind every service: for
    /// demonstrations, never beside departments of its own.
    #[must_use]
    pub fn with_sample(mut self, address: SocketAddr) -> Self {
        for item in domain::service::services() {
            let name = match item.department.as_str() {
                "registration" => {
                    Localized::new("不动产登记中心（样例）", "Registration centre (sample)")
                }
                "planning" => {
                    Localized::new("自然资源和规划局（样例）", "Planning office (sample)")
                }
                "geology" => {
                    Localized::new("地质灾害防治处（样例）", "Geological hazard office (sample)")
                }
                other => Localized::new(format!("{other}（样例）"), format!("{other} (sample)")),
            };
            let endpoint = format!("http://{address}/deliveries");
            let secret = PathBuf::from("department.secret");
            let sample = DepartmentConfig::new(name, endpoint, secret);
            self.departments.insert(item.department.clone(), sample);
        }
        self
    }

    /// The embedded policies with the operator's own. `today` is the date in China.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, and what contradicts what in it.
    pub fn policies(&self, today: Date) -> Result<Policies, ConfigError> {
        let refused = |path: &Path, source| ConfigError::Policy { path: path.to_owned(), source };
        let embedded = Policies::embedded();
        let mut policies = embedded.map_err(|source| refused(Path::new("(embedded)"), source))?;
        for path in &self.policies.files {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::File { path: path.clone(), source })?;
            policies =
                policies.with([text.as_str()], today).map_err(|source| refused(path, source))?;
        }
        Ok(policies)
    }

    /// How long requests are kept.
    ///
    /// # Errors
    /// [`ConfigError::Retention`] for an item that there is not, or a period that is none.
    pub fn retentions(&self) -> Result<Retentions, ConfigError> {
        Ok(Retentions::with(&self.retention)?)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.retentions()?;
        for item in domain::service::services() {
            // Without any, requests are kept until there are; one that is missing was forgotten.
            if !self.departments.is_empty() && !self.departments.contains_key(&item.department) {
                return Err(ConfigError::UnknownDepartment {
                    item: item.id.clone(),
                    department: item.department.clone(),
                });
            }
        }
        let forward = &self.forward;
        for (key, given, most, rule) in [
            (
                "longest_retry_seconds",
                forward.longest_retry_seconds,
                86_400,
                "set it to a day (86400) or less",
            ),
            ("lease_seconds", forward.lease_seconds, 300, "set it to 300 or less"),
        ] {
            if given > most {
                return Err(ConfigError::Forward { key, given, rule });
            }
        }
        let limits = &self.limits;
        let small = [
            ("reads_per_second", limits.reads_per_second),
            ("read_burst", limits.read_burst),
            ("submissions_per_minute", limits.submissions_per_minute),
            ("submission_burst", limits.submission_burst),
            ("files_per_second", limits.files_per_second),
            ("file_burst", limits.file_burst),
            ("callbacks_per_second", limits.callbacks_per_second),
            ("callback_burst", limits.callback_burst),
        ];
        let sizes = [
            ("connections", limits.connections as u64),
            ("connections_per_address", limits.connections_per_address as u64),
            ("body_bytes", limits.body_bytes as u64),
            ("answer_seconds", limits.answer_seconds),
            ("header_seconds", limits.header_seconds),
            ("write_seconds", limits.write_seconds),
            ("connection_seconds", limits.connection_seconds),
        ];
        let small = small.map(|(key, value)| (key, u64::from(value)));
        for (key, value) in small.into_iter().chain(sizes) {
            if value == 0 {
                return Err(ConfigError::ZeroLimit { key });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_the_default_delivers_nowhere_and_the_demonstration_to_the_sample_alone() {
        let config = Config::read(None).unwrap();
        assert!(config.departments.is_empty());
        let sample = config.with_sample(([127, 0, 0, 1], 3100).into());
        sample.check().unwrap();
        assert!(sample.departments.values().all(|each| each.name.zh.ends_with("（样例）")));
    }

    #[test]
    fn s5_nothing_can_be_parked_for_longer_than_a_day() {
        for (key, given) in [("longest_retry_seconds", 86_401), ("lease_seconds", 301)] {
            let config = toml::from_str::<Config>(&format!("[forward]\n{key} = {given}")).unwrap();
            let message = config.check().unwrap_err().to_string();
            assert!(message.contains(key) && message.contains("or less"), "{message}");
        }
    }

    #[test]
    fn no_limit_may_lock_everybody_out() {
        for key in ["reads_per_second", "file_burst", "connections", "write_seconds"] {
            let config: Config = toml::from_str(&format!("[limits]\n{key} = 0\n")).unwrap();
            let message = config.check().unwrap_err().to_string();
            assert!(message.contains(key), "{message}");
        }
    }

    #[test]
    fn an_unknown_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        std::fs::write(&path, "[limits]\nreads_per_secund = 3\n").unwrap();
        let message = Config::read(Some(&path)).unwrap_err().to_string();
        assert!(message.contains("reads_per_secund"), "{message}");
    }

    #[test]
    fn a_service_without_its_department_is_refused() {
        let mut config = Config::default().with_sample(([127, 0, 0, 1], 3100).into());
        config.departments.remove("geology");
        assert!(matches!(config.check(), Err(ConfigError::UnknownDepartment { .. })));
    }
}
