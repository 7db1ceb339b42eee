//! What whoever runs a portal sets of how it answers: sections of their configuration file.

mod halls;
mod identity;
mod limits;
mod open311;

use std::{collections::BTreeMap, net::IpAddr};

use domain::Localized;
use serde::Deserialize;

pub use halls::HallConfig;
pub use identity::{IdentityConfig, LONGEST_MINUTES};
pub use limits::{Allowance, LimitsConfig, ProbingConfig};
pub use open311::{Open311Client, Open311Config};

/// What is the same for every request; what the identity service may be stands in [`IdentityConfig`].
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The public site.
    pub site: SiteConfig,
    /// Rate and size limits.
    pub limits: LimitsConfig,
    /// Who may read the metrics.
    pub operations: OperationsConfig,
    /// Who may hand in reports as Open311 clients do.
    pub open311: Option<Open311Config>,
    /// The halls where people wait by a number, by id.
    pub halls: BTreeMap<String, HallConfig>,
}

/// Why what is set is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The identity service's configuration is not right.
    #[error("identity.{key} is not right; {rule}")]
    Identity {
        /// The key.
        key: &'static str,
        /// What may stand there.
        rule: &'static str,
    },
    /// The configuration of Open311 is not right.
    #[error("open311.{key} is not right; {rule}")]
    Open311 {
        /// The key.
        key: &'static str,
        /// What may stand there.
        rule: &'static str,
    },
    /// A hall's configuration is not right.
    #[error("{key} of a hall is not right; {rule}")]
    Hall {
        /// The key.
        key: &'static str,
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

/// Who may read the metrics.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsConfig {
    /// Machines that may read `/metrics`, besides this one; to all others there is no such page.
    /// A proxy on this machine must be among `site.trusted_proxies`.
    pub peers: Vec<IpAddr>,
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
                "Please ask at your local registry counter",
            ),
            site_id: None,
            record_number: None,
        }
    }
}
