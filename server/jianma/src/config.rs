//! The configuration file, strict: an unknown key is an error that names it.

mod attachments;
mod contact;
mod keeping;
mod mail;
mod outward;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use domain::{
    Localized,
    policy::Policies,
    retention::{Retention, RetentionFault, Retentions},
};
use jiff::civil::Date;
use oidc::{OidcConfig, OidcError};
use serde::Deserialize;
use service::suitability::Rules;
use web::settings::{
    HallConfig, IdentityConfig, LimitsConfig, Open311Config, OperationsConfig, Settings,
    SettingsError, SiteConfig,
};

use crate::{catalogues, rules::RulesError};

pub use crate::catalogues::CataloguesConfig;
pub use crate::rules::SuitabilityConfig;
pub use attachments::{AttachmentsConfig, FilesPlace, FilesPlaceError, S3Config};
pub use contact::{ContactConfig, ContactError};
pub use keeping::{AuditConfig, CipherChoice, KeysConfig, RecordsConfig};
pub use mail::{MailConfig, MailError};
pub use outward::{DepartmentConfig, ForwardConfig, Protocol, ReportsConfig};

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
    /// Who may hand in reports as Open311 clients do; without it nobody.
    pub open311: Option<Open311Config>,
    /// How requests are forwarded.
    pub forward: ForwardConfig,
    /// How applicants are told by e-mail that something happened; without it they are not.
    pub mail: Option<MailConfig>,
    /// The departments that requests go to, by id: every one that a service names, or none.
    pub departments: BTreeMap<String, DepartmentConfig>,
    /// The halls where people wait by a number, by id; without one there is no queue.
    pub halls: BTreeMap<String, HallConfig>,
    /// How staff sign in, besides what everybody has.
    pub staff: StaffConfig,
    /// The operator's own disclosure policies.
    pub policies: PoliciesConfig,
    /// The operator's own catalogues.
    pub catalogues: CataloguesConfig,
    /// By which rules sites are judged.
    pub suitability: SuitabilityConfig,
    /// Where the key files are kept.
    pub keys: KeysConfig,
    /// What keeps the audit from being sealed anew.
    pub audit: AuditConfig,
    /// How requests are sealed.
    pub records: RecordsConfig,
    /// The files of requests.
    pub attachments: AttachmentsConfig,
    /// How long requests of an item are kept, by item, where it is not as in the catalogue.
    pub retention: BTreeMap<String, Retention>,
}

/// How staff sign in, besides passphrase and passkeys.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffConfig {
    /// The office's identity service; without it none is asked.
    pub oidc: Option<OidcConfig>,
}

/// The operator's own disclosure policies.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoliciesConfig {
    /// Policy files; relative to the configuration file. One with the id of an embedded policy
    /// takes its place: the embedded `zhejiang` is approved for demonstration data only.
    pub files: Vec<PathBuf>,
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
    /// Keys that nothing names are not used, and no others are made beside them.
    #[error(
        "the keys of this portal lie in {}, where its configuration has them: give that \
         configuration with --config, or name them in it as [keys] folder. Nothing was done",
        found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    KeysElsewhere {
        /// Every folder that may be meant.
        found: Vec<PathBuf>,
    },
    /// A policy file is refused.
    #[error("the policy file {path}: {source}")]
    Policy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: domain::policy::PolicyError,
    },
    /// A catalogue is not right, or cannot be read.
    #[error("{0}")]
    Catalogues(#[from] catalogues::CataloguesError),
    /// The rules about sites are not right, or cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A department's configuration is not right.
    #[error(transparent)]
    Department(#[from] forward::DepartmentConfigError),
    /// How people reach a department is not right.
    #[error(transparent)]
    Contact(#[from] ContactError),
    /// The identity service of staff is not right.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// How mail is sent is not right.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A period that is none.
    #[error(transparent)]
    Retention(#[from] RetentionFault),
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
    /// What a department speaks is said twice, or half.
    #[error("department `{id}`: {rule}")]
    Protocol {
        /// The department.
        id: String,
        /// What may stand there.
        rule: &'static str,
    },
    /// A limit of files that is none.
    #[error("attachments.{key} is {given}; set it to 1 to {most}")]
    Attachments {
        /// The key.
        key: &'static str,
        /// What stands there.
        given: u32,
        /// The most that may stand there.
        most: u32,
    },
    /// Where files are to lie.
    #[error("{0}")]
    Files(#[from] FilesPlaceError),
    /// What is set of the web is not right.
    #[error(transparent)]
    Web(#[from] SettingsError),
}

/// Who runs a demonstration that nobody is named for.
#[must_use]
pub fn sample_operator() -> Localized {
    Localized::new("见码演示（样例单位）", "Demonstration of Jianma (sample operator)")
}

impl Config {
    /// Reads a file; without one, the default.
    ///
    /// # Errors
    /// [`ConfigError`] says which key is wrong.
    pub fn read(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        let mut config: Self = toml::from_str(&text).map_err(|source| ConfigError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let authorities = config.departments.values_mut().filter_map(|each| each.ca_file.as_mut());
        let named = config.policies.files.iter_mut().chain(authorities);
        let kept = config.keys.folder.iter_mut().chain(config.audit.witness.as_mut());
        let kept = kept.chain(config.catalogues.folder.as_mut());
        let kept = kept.chain(config.suitability.rules.as_mut());
        let files = &mut config.attachments;
        let kept = kept.chain(files.folder.iter_mut().chain(files.clamd.as_mut()));
        let s3 = files.s3.credentials_file.iter_mut().chain(files.s3.ca_file.as_mut());
        let kept = kept.chain(s3);
        let mail = config.mail.iter_mut();
        let of_mail = mail.flat_map(|mail| mail.password_file.iter_mut().chain(&mut mail.ca_file));
        for file in named.chain(config.forward.ca_file.as_mut()).chain(kept).chain(of_mail) {
            *file = folder.join(&*file);
        }
        Ok(config)
    }

    /// Puts it to use: the catalogues that it names are those of this program from now on, so it comes
    /// before whatever reads one. What it says is checked against them.
    ///
    /// # Errors
    /// [`ConfigError`] says which key is wrong, or names every fault of the catalogues.
    pub fn put_to_use(self) -> Result<Self, ConfigError> {
        catalogues::put_to_use(self.catalogues.folder.as_deref())?;
        self.check()?;
        Ok(self)
    }

    /// What the web takes of it.
    #[must_use]
    pub fn web(&self) -> Settings {
        Settings {
            site: self.site.clone(),
            limits: self.limits.clone(),
            operations: self.operations.clone(),
            open311: self.open311.clone(),
            halls: self.halls.clone(),
        }
    }

    /// This configuration, with the sample department on this machine behind every service: for
    /// demonstrations, never beside departments of its own. Who runs it is then made up as well, unless
    /// somebody is named: labels and pages say whose they are.
    #[must_use]
    pub fn with_sample(mut self, address: SocketAddr) -> Self {
        if !self.names_operator() {
            self.site.operator = sample_operator();
        }
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
                "township" => Localized::new("某镇人民政府（样例）", "Township office (sample)"),
                other => Localized::new(format!("{other}（样例）"), format!("{other} (sample)")),
            };
            let endpoint = format!("http://{address}/deliveries");
            let secret = PathBuf::from("department.secret");
            let sample = DepartmentConfig::new(name, endpoint, secret);
            self.departments.insert(item.department.clone(), sample);
        }
        self
    }

    /// Whether somebody said who runs this portal.
    #[must_use]
    pub fn names_operator(&self) -> bool {
        self.site.operator != SiteConfig::default().operator
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

    /// The rules that sites are judged by.
    ///
    /// # Errors
    /// [`ConfigError::Rules`] names every file and line that is not right.
    pub fn rules(&self) -> Result<Rules, ConfigError> {
        Ok(self.suitability.read()?)
    }

    /// How long requests are kept.
    ///
    /// # Errors
    /// [`ConfigError::Retention`] for an item that there is not, or a period that is none.
    pub fn retentions(&self) -> Result<Retentions, ConfigError> {
        Ok(Retentions::with(&self.retention)?)
    }

    /// The services that nobody can ask for here, with the department that is missing. Without any
    /// department there are none: requests are kept until there are.
    pub fn not_offered(&self) -> Vec<(&'static str, &'static str)> {
        let missing = |department: &String| {
            !self.departments.is_empty() && !self.departments.contains_key(department)
        };
        let items = domain::service::services().iter().filter(|item| missing(&item.department));
        items.map(|item| (item.id.as_str(), item.department.as_str())).collect()
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.retentions()?;
        for (id, department) in &self.departments {
            department.contact.read(id)?;
            let rule = match (department.protocol, &department.open311) {
                (Protocol::Open311, None) => {
                    "protocol = \"open311\" needs [departments.ID.open311] with its services"
                }
                (Protocol::Webhooks, Some(_)) => {
                    "it has [departments.ID.open311]; write protocol = \"open311\", or leave that away"
                }
                _ => continue,
            };
            return Err(ConfigError::Protocol { id: id.clone(), rule });
        }
        for (id, hall) in &self.halls {
            hall.check(id)?;
        }
        if let Some(identity) = &self.identity {
            identity.check()?;
        }
        if let Some(open311) = &self.open311 {
            open311.check()?;
        }
        if let Some(service) = &self.staff.oidc {
            service.check()?;
            if self.site.host.is_none() {
                return Err(OidcError { key: "issuer", rule: oidc::BACK }.into());
            }
        }
        if let Some(mail) = &self.mail {
            mail.check(&self.site)?;
        }
        self.attachments.check()?;
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
        self.limits.check()?;
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
    fn p8_an_assertion_lives_for_minutes_and_comes_from_somewhere() {
        let identity = |more: &str| {
            let text = format!(
                "[identity]\nkeys = \"k\"\nissuer = \"i\"\naudience = \"a\"\ntiers = []\n{more}"
            );
            toml::from_str::<Config>(&text).unwrap().check().map_err(|error| error.to_string())
        };
        identity("").unwrap();
        identity("longest_minutes = 30").unwrap();
        for (more, key) in [
            ("longest_minutes = 31", "longest_minutes"),
            ("longest_minutes = 0", "longest_minutes"),
            ("peers = []", "peers"),
        ] {
            let message = identity(more).unwrap_err();
            assert!(message.contains(key), "{message}");
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
    fn s5_a_service_without_its_department_is_not_offered() {
        assert_eq!(Config::default().not_offered(), []);
        let mut config = Config::default().with_sample(([127, 0, 0, 1], 3100).into());
        assert_eq!(config.not_offered(), []);
        config.departments.remove("geology");
        config.check().unwrap();
        assert_eq!(config.not_offered(), [("hazard-zone", "geology")]);
    }
}
