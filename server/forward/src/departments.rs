//! The departments that requests are carried to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::IpAddr,
    time::Duration,
};

use domain::Localized;
use jiff::SignedDuration;
use reqwest::{Certificate, Url};
use serde::Deserialize;

use crate::{
    answer::Confirmation,
    open311::Open311,
    signing::{Secret, SigningError},
};

/// How long a department that collects may leave something uncollected before somebody is told.
pub const COLLECT_WITHIN: SignedDuration = SignedDuration::from_hours(6);

/// A secret as it stands in a configuration file, not yet looked at.
///
/// It reads any text, because an error while reading would print the line it stands on.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&Secret> for SecretText {
    fn from(secret: &Secret) -> Self {
        Self(secret.expose().to_owned())
    }
}

/// A department in the configuration file, under `[departments.ID]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentConfig {
    /// Its name, as visitors read it.
    pub name: Localized,
    /// Where deliveries are posted. Look-ups go to `{endpoint}/{webhook-id}`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// It has no endpoint and collects its deliveries from this portal.
    #[serde(default)]
    pub pull: bool,
    /// The secret shared with it, `whsec_…`.
    pub secret: SecretText,
    /// How long one exchange may take.
    #[serde(default = "default_timeout")]
    pub timeout_seconds: u16,
    /// Allows `http://` to a machine other than this one: only where the network itself is
    /// protected, for deliveries carry personal data.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// What its 2xx must have in it before a delivery counts as delivered.
    #[serde(default)]
    pub confirmation: Confirmation,
    /// Refusals (4xx) that are tried again like a mistake in the configuration; every other one
    /// waits for a person.
    #[serde(default)]
    pub retry_refusals: BTreeSet<u16>,
    /// Certificates of private authorities in PEM, trusted beside those of the system.
    #[serde(default)]
    pub authorities: String,
    /// Address of the proxy on the way to it; without it, straight.
    #[serde(default)]
    pub proxy: Option<String>,
    /// It is posted to as a server of Open311 GeoReport v2; `endpoint` is what stands before `/requests.json`.
    #[serde(default)]
    pub open311: Option<Open311Config>,
}

/// How a department is spoken to by Open311.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open311Config {
    /// Which of its jurisdictions is meant.
    #[serde(default)]
    pub jurisdiction_id: Option<String>,
    /// The key that it gave.
    #[serde(default)]
    pub api_key: Option<SecretText>,
    /// What it calls each service, by the item of the catalogue.
    pub services: BTreeMap<String, String>,
    /// Whether everybody may read what it was sent; `false` only where it is known not to publish.
    #[serde(default = "publishes")]
    pub publishes: bool,
}

const fn publishes() -> bool {
    true
}

fn default_timeout() -> u16 {
    10
}

/// What is wrong with a department's configuration.
#[derive(Debug, thiserror::Error)]
#[error("department `{id}`: {fault}")]
pub struct DepartmentConfigError {
    /// The department.
    pub id: String,
    fault: Fault,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("its id may have small letters, digits and hyphens only")]
    Id,
    #[error("its name is missing in Chinese or English")]
    Name,
    #[error(
        "it has neither an endpoint that deliveries are posted to nor `pull = true`, by which it \
         collects them"
    )]
    NoWay,
    #[error(
        "it has an endpoint and `pull = true`: either deliveries are posted to it or it collects them"
    )]
    TwoWays,
    #[error("its endpoint is no http(s) address without user, query and fragment")]
    Endpoint,
    #[error(
        "its endpoint is not https; deliveries carry personal data \
         (`allow_plain_http = true` if the network is protected)"
    )]
    PlainHttp,
    #[error("{0}")]
    Secret(#[from] SigningError),
    #[error("its timeout is not between 1 and 25 seconds")]
    Timeout,
    #[error(
        "retry_refusals has {0}; only refusals (400 to 499) that are not tried again anyway can \
         stand there"
    )]
    Refusal(u16),
    #[error("its certificates of authorities do not read as PEM; nothing in them is a certificate")]
    Authorities,
    #[error("its proxy is no http:// or https:// address with a host")]
    Proxy,
    #[error(
        "it speaks Open311 and collects its deliveries (`pull = true`): leave one of the two away"
    )]
    CollectsReports,
    #[error("its services name no service_code: write ITEM = \"CODE\" for each that it acts on")]
    NoServices,
}

/// A department that deliveries can be sent to.
#[derive(Clone, Debug)]
pub struct Department {
    /// Its id, as in service items and outbox rows.
    pub id: String,
    /// Its name.
    pub name: Localized,
    /// Where deliveries are posted; `None` where it collects them.
    pub endpoint: Option<Url>,
    /// The secret shared with it.
    pub secret: Secret,
    /// How long one exchange may take. An attempt may need two: a look-up and a delivery.
    pub timeout: Duration,
    /// What its 2xx must have in it before a delivery counts as delivered.
    pub confirmation: Confirmation,
    /// Refusals that are tried again.
    pub retry_refusals: BTreeSet<u16>,
    /// Private authorities, trusted beside those of the system.
    pub authorities: Vec<Certificate>,
    /// The proxy on the way to it. Never for this machine, which a proxy would look for on its
    /// own side.
    pub proxy: Option<Url>,
    /// How it is spoken to, where it speaks Open311 and knows nothing of webhooks.
    pub open311: Option<Open311>,
}

impl Department {
    /// A department that is posted to, by the defaults: nothing is trusted or tried beyond what every department is.
    #[must_use]
    pub fn new(
        id: String,
        name: Localized,
        endpoint: Url,
        secret: Secret,
        timeout: Duration,
    ) -> Self {
        Self {
            id,
            name,
            endpoint: Some(endpoint),
            secret,
            timeout,
            confirmation: Confirmation::default(),
            retry_refusals: BTreeSet::new(),
            authorities: Vec::new(),
            proxy: None,
            open311: None,
        }
    }

    /// A department that collects its deliveries.
    #[must_use]
    pub fn collecting(id: String, name: Localized, secret: Secret) -> Self {
        Self {
            id,
            name,
            endpoint: None,
            secret,
            timeout: Duration::ZERO,
            confirmation: Confirmation::default(),
            retry_refusals: BTreeSet::new(),
            authorities: Vec::new(),
            proxy: None,
            open311: None,
        }
    }

    /// Checks a department's configuration.
    pub fn from_config(id: &str, config: &DepartmentConfig) -> Result<Self, DepartmentConfigError> {
        check(id, config).map_err(|fault| DepartmentConfigError { id: id.to_owned(), fault })
    }
}

/// Where a department is asked whether it has delivery `id`.
#[must_use]
pub(crate) fn look_up(endpoint: &Url, id: &str) -> Url {
    let mut url = endpoint.clone();
    // Fails for addresses that cannot have a path; those were refused when read.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(id);
    }
    url
}

fn check(id: &str, config: &DepartmentConfig) -> Result<Department, Fault> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if id.is_empty() || !id.bytes().all(plain) {
        return Err(Fault::Id);
    }
    if config.name.zh.trim().is_empty() || config.name.en.trim().is_empty() {
        return Err(Fault::Name);
    }
    if config.open311.is_some() && config.pull {
        return Err(Fault::CollectsReports);
    }
    let is_empty = |it: &Open311Config| it.services.values().all(|code| code.trim().is_empty());
    if config.open311.as_ref().is_some_and(is_empty) {
        return Err(Fault::NoServices);
    }
    let endpoint = match (&config.endpoint, config.pull) {
        (Some(endpoint), false) => endpoint,
        (Some(_), true) => return Err(Fault::TwoWays),
        (None, false) => return Err(Fault::NoWay),
        (None, true) => {
            let secret = Secret::parse(&config.secret.0)?;
            return Ok(Department::collecting(id.to_owned(), config.name.clone(), secret));
        }
    };
    let Ok(endpoint) = Url::parse(endpoint) else { return Err(Fault::Endpoint) };
    let bare = endpoint.username().is_empty()
        && endpoint.password().is_none()
        && endpoint.query().is_none()
        && endpoint.fragment().is_none();
    if !matches!(endpoint.scheme(), "http" | "https") || !bare {
        return Err(Fault::Endpoint);
    }
    let here = is_here(&endpoint);
    if endpoint.scheme() == "http" && !here && !config.allow_plain_http {
        return Err(Fault::PlainHttp);
    }
    // Two exchanges and the record of their outcome must fit into a lease of a minute.
    if !(1..=25).contains(&config.timeout_seconds) {
        return Err(Fault::Timeout);
    }
    // 401, 403, 404, 405, 407 and 408 and 429 have meanings of their own, and are tried again.
    let own = [401, 403, 404, 405, 407, 408, 429];
    let refusal = |status: &u16| (400..500).contains(status) && !own.contains(status);
    if let Some(status) = config.retry_refusals.iter().find(|status| !refusal(status)) {
        return Err(Fault::Refusal(*status));
    }
    let secret = Secret::parse(&config.secret.0)?;
    let timeout = Duration::from_secs(config.timeout_seconds.into());
    Ok(Department {
        confirmation: config.confirmation,
        retry_refusals: config.retry_refusals.clone(),
        authorities: authorities(&config.authorities)?,
        proxy: config.proxy.as_deref().map(proxy).transpose()?.filter(|_| !here),
        open311: config.open311.as_ref().map(|it| Open311 {
            jurisdiction_id: it.jurisdiction_id.clone(),
            api_key: it.api_key.as_ref().map(|key| key.0.clone()),
            services: it.services.clone(),
            publishes: it.publishes,
        }),
        ..Department::new(id.to_owned(), config.name.clone(), endpoint, secret, timeout)
    })
}

fn is_here(endpoint: &Url) -> bool {
    endpoint.host_str().is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, Fault> {
    if pem.is_empty() {
        return Ok(Vec::new());
    }
    match Certificate::from_pem_bundle(pem.as_bytes()) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Fault::Authorities),
    }
}

fn proxy(text: &str) -> Result<Url, Fault> {
    let url = Url::parse(text).ok().filter(|url| url.has_host());
    url.filter(|url| matches!(url.scheme(), "http" | "https")).ok_or(Fault::Proxy)
}

/// Every department, by id.
#[derive(Clone, Debug, Default)]
pub struct Departments(BTreeMap<String, Department>);

impl Departments {
    /// Checks the `[departments]` table of the configuration.
    pub fn from_config(
        table: &BTreeMap<String, DepartmentConfig>,
    ) -> Result<Self, DepartmentConfigError> {
        table.iter().map(|(id, config)| Department::from_config(id, config)).collect()
    }

    /// The department of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Department> {
        self.0.get(id)
    }

    /// Those that collect what is for them.
    #[must_use]
    pub fn collecting(&self) -> BTreeSet<String> {
        let collecting = self.iter().filter(|each| each.endpoint.is_none());
        collecting.map(|each| each.id.clone()).collect()
    }

    /// All of them, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Department> {
        self.0.values()
    }
}

impl FromIterator<Department> for Departments {
    fn from_iter<I: IntoIterator<Item = Department>>(departments: I) -> Self {
        Self(departments.into_iter().map(|each| (each.id.clone(), each)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [natural-resources]
        name = { zh = "自然资源局", en = "Natural Resources" }
        endpoint = "https://nr.example.gov.cn/deliveries/"
        secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    "#;

    fn read(text: &str) -> Result<Departments, String> {
        let table: BTreeMap<String, DepartmentConfig> =
            toml::from_str(text).map_err(|error| error.to_string())?;
        Departments::from_config(&table).map_err(|error| error.to_string())
    }

    #[test]
    fn a_department_is_read_with_its_defaults() {
        let departments = read(GOOD).unwrap();
        let department = departments.get("natural-resources").unwrap();
        assert_eq!(department.timeout, Duration::from_secs(10));
        let look_up = look_up(department.endpoint.as_ref().unwrap(), "msg_1/2");
        assert_eq!(look_up.as_str(), "https://nr.example.gov.cn/deliveries/msg_1%2F2");
    }

    #[test]
    fn every_mistake_is_named_and_the_secret_is_not() {
        for (from, to, named) in [
            ("https://nr", "http://nr", "allow_plain_http"),
            ("https://nr", "ftp://nr", "no http(s) address"),
            ("https://nr", "https://me:pw@nr", "no http(s) address"),
            ("deliveries/", "deliveries?key=1", "no http(s) address"),
            ("自然资源局", " ", "name"),
            ("natural-resources", "Natural", "id"),
            ("whsec_", "", "whsec_"),
            ("C2FVsBQI", "", "18"),
            ("endpoint", "timeout_seconds = 26\nendpoint", "timeout"),
            ("endpoint", "retry_refusals = [400, 500]\nendpoint", "500"),
            ("endpoint", "retry_refusals = [401]\nendpoint", "401"),
            ("endpoint", "confirmation = \"page\"\nendpoint", "page"),
            ("endpoint", "authorities = \"none\"\nendpoint", "PEM"),
            ("endpoint", "proxy = \"proxy:3128\"\nendpoint", "proxy"),
            ("endpoint", "colour = 1\nendpoint", "colour"),
            ("endpoint", "pull = true\nendpoint", "an endpoint and `pull = true`"),
            ("endpoint = \"https://nr.example.gov.cn/deliveries/\"", "", "neither an endpoint"),
        ] {
            let error = read(&GOOD.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(named), "{from} → {to}: {error}");
            assert!(!error.contains("hrscChlQIMV"), "{error}");
        }
    }

    #[test]
    fn s5_a_department_without_an_endpoint_collects_when_it_says_so() {
        let endpoint = "endpoint = \"https://nr.example.gov.cn/deliveries/\"";
        let departments = read(&GOOD.replace(endpoint, "pull = true")).unwrap();
        assert_eq!(departments.get("natural-resources").unwrap().endpoint, None);
        assert!(read(&GOOD.replace(endpoint, "pull = true").replace("whsec_", "")).is_err());
    }

    #[test]
    fn plain_http_is_for_this_machine_or_by_leave() {
        assert!(read(&GOOD.replace("https://nr.example.gov.cn", "http://127.0.0.1:9")).is_ok());
        let there = GOOD.replace("https://nr", "http://nr");
        assert!(read(&format!("{there}\nallow_plain_http = true")).is_ok());
    }

    #[test]
    fn s5_a_proxy_is_for_other_machines_only() {
        let with = format!("{GOOD}\nproxy = \"http://proxy.example:3128\"");
        let proxy =
            |text: &str| read(text).unwrap().get("natural-resources").unwrap().proxy.clone();
        assert_eq!(proxy(&with).unwrap().as_str(), "http://proxy.example:3128/");
        for here in ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9"] {
            assert_eq!(proxy(&with.replace("https://nr.example.gov.cn", here)), None, "{here}");
        }
    }
}
