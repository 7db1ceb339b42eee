//! The departments of a configuration, with secrets and certificates read, and what it says of
//! them in words.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use domain::{
    Entropy, Localized,
    contact::{Contact, Telephone},
};
use forward::{Confirmation, Department, Departments, Open311Config, Secret};
use keys::KeyError;
use service_api::Reach;
use store::Traces;

use crate::config::{Config, ConfigError, DepartmentConfig, ReportsConfig};

/// Why the departments' secrets are not known.
#[derive(Debug, thiserror::Error)]
pub enum DepartmentSecretError {
    /// A department's configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The file of a secret.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The file of the key that a department gave.
    #[error(
        "the Open311 key of department {id} cannot be read from {path}: {source}; put the key there, or leave \
         api_key_file away"
    )]
    ApiKey {
        /// The department.
        id: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What is in that file.
    #[error("the secret of department {id}: {source}")]
    Secret {
        /// The department.
        id: String,
        /// Why.
        source: forward::SigningError,
    },
}

/// What stands in the place of a proxy's address where there shall be none.
const DIRECT: &str = "direct";

/// The departments, with the secrets of the folder of the keys. One that was never there is made.
pub(crate) fn with_secrets(
    config: &Config,
    folder: &Path,
    traces: &Traces,
    entropy: &dyn Entropy,
) -> Result<Departments, DepartmentSecretError> {
    let api_key = |id: &str, reports: &ReportsConfig| {
        let Some(file) = &reports.api_key_file else { return Ok(None) };
        let path = folder.join(file);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(source) => {
                let id = id.to_owned();
                Err(DepartmentSecretError::ApiKey { id, path, source })
            }
        }
    };
    checked(config, api_key, |id, department| {
        let file = department.secret_file.to_string_lossy();
        keys::refuse_without_secret(folder, &file, id, traces)?;
        let make = || Secret::generate(entropy).expose().to_owned();
        let text = keys::read_or_create_in(folder, &file, keys::Replaced::ByItsOwner, make)?;
        Secret::parse(text.trim())
            .map_err(|source| DepartmentSecretError::Secret { id: id.to_owned(), source })
    })
}

/// The departments, whatever their secrets are.
fn checked<E: From<ConfigError>>(
    config: &Config,
    api_key: impl Fn(&str, &ReportsConfig) -> Result<Option<String>, E>,
    mut secret: impl FnMut(&str, &DepartmentConfig) -> Result<Secret, E>,
) -> Result<Departments, E> {
    let mut table = BTreeMap::new();
    for (id, department) in &config.departments {
        let secret = secret(id, department)?;
        let reports = |reports: &ReportsConfig| {
            Ok::<_, E>(Open311Config {
                jurisdiction_id: reports.jurisdiction_id.clone(),
                api_key: api_key(id, reports)?.map(Into::into),
                services: reports.services.clone(),
                publishes: reports.publishes,
            })
        };
        table.insert(
            id.clone(),
            forward::DepartmentConfig {
                name: department.name.clone(),
                endpoint: department.endpoint.clone(),
                pull: department.pull,
                secret: (&secret).into(),
                timeout_seconds: department.timeout_seconds,
                allow_plain_http: department.allow_plain_http,
                confirmation: department.confirmation,
                retry_refusals: department.retry_refusals.clone(),
                authorities: authorities(config, department)?,
                proxy: proxy(config, department).map(str::to_owned),
                open311: department.open311.as_ref().map(reports).transpose()?,
            },
        );
    }
    Ok(Departments::from_config(&table).map_err(ConfigError::from)?)
}

/// How people reach each department; of the sample what was made up for it, and says so.
///
/// # Errors
/// [`ConfigError::Contact`] names a key that people could not use.
pub(crate) fn contacts(
    config: &Config,
    reach: Reach,
) -> Result<BTreeMap<String, Contact>, ConfigError> {
    let contact = |(id, department): (&String, &DepartmentConfig)| {
        let contact = match reach {
            Reach::Sample => sample_contact(),
            Reach::Department | Reach::Nobody => department.contact.read(id)?,
        };
        Ok((id.clone(), contact))
    };
    config.departments.iter().map(contact).collect()
}

/// Nobody is there: no number of it can be dialled.
fn sample_contact() -> Contact {
    let undialled = |written: &str| Telephone { written: written.to_owned(), uri: None };
    Contact {
        office: Some(Localized::new(
            "演示政务服务中心3号窗口",
            "Window 3, demonstration service centre",
        )),
        address: Some(Localized::new(
            "演示镇演示大道1号（虚构，请勿前往）",
            "1 Demonstration Avenue (invented, do not go there)",
        )),
        phone: Some(undialled("0572-0000000")),
        hours: Some(Localized::new(
            "周一至周五 9:00–12:00，13:30–17:00（虚构）",
            "Monday to Friday 9:00–12:00, 13:30–17:00 (invented)",
        )),
        complaints: Some(undialled("0572-0000001")),
        page: None,
    }
}

fn authorities(config: &Config, department: &DepartmentConfig) -> Result<String, ConfigError> {
    let path = department.ca_file.as_ref().or(config.forward.ca_file.as_ref());
    path.map_or(Ok(String::new()), |path| {
        std::fs::read_to_string(path)
            .map_err(|source| ConfigError::File { path: path.clone(), source })
    })
}

fn proxy<'c>(config: &'c Config, department: &'c DepartmentConfig) -> Option<&'c str> {
    let proxy = department.proxy.as_deref().or(config.forward.proxy.as_deref());
    proxy.filter(|proxy| *proxy != DIRECT)
}

/// What the configuration says of every department, line by line; never a password.
///
/// # Errors
/// [`ConfigError`] when a file does not read or a department is not right.
pub(crate) fn explain(config: &Config, entropy: &dyn Entropy) -> Result<String, ConfigError> {
    let mut text = String::new();
    // Writing to a string does not fail.
    if config.departments.is_empty() {
        let _written = writeln!(text, "departments: NONE. {UNCONNECTED}");
    }
    // Their secrets are among the keys, which are not asked for here.
    let departments =
        checked(config, |_, _| Ok(None), |_, _| Ok::<_, ConfigError>(Secret::generate(entropy)))?;
    for department in departments.iter() {
        let (id, name) = (&department.id, &department.name.zh);
        let _written = match &department.endpoint {
            Some(endpoint) => writeln!(text, "department {id}: {name} → {endpoint}"),
            None => writeln!(text, "department {id}: {name} collects its requests (pull = true)"),
        };
        let known = config.departments.get(id).map(|each| each.contact.read(id)).transpose()?;
        let said = match known.filter(|contact| !contact.is_empty()) {
            Some(contact) => contact_in_words(&contact),
            None => {
                format!("no contact: pages send people to 12345; write [departments.{id}.contact]")
            }
        };
        let _written = writeln!(text, "  {said}");
        if let Some(open311) = &department.open311 {
            let codes = open311.services.iter().map(|(item, code)| format!("{item} = {code}"));
            let codes: Vec<String> = codes.collect();
            let _written = writeln!(
                text,
                "  by Open311, as reports: {}; corrections and withdrawals wait for a person",
                codes.join(", ")
            );
        } else if department.endpoint.is_none() {
            let _written = writeln!(text, "  delivered when it acknowledges what it collected");
        } else {
            explain_posting(department, &mut text);
        }
    }
    for (item, department) in config.not_offered() {
        let _written = writeln!(
            text,
            "WARNING: the service {item} is not offered: there is no [departments.{department}]"
        );
    }
    Ok(text)
}

/// How a department is posted to.
fn explain_posting(department: &Department, text: &mut String) {
    let confirmed = match department.confirmation {
        Confirmation::Id => "delivered when its answer names the delivery",
        Confirmation::Reference => {
            "delivered when its answer names the delivery or gives a reference \
                 (confirmation = \"reference\")"
        }
        Confirmation::Status => {
            "WARNING: delivered at any 2xx, also that of a sign-in page \
                 (confirmation = \"status\")"
        }
    };
    let _written = writeln!(text, "  {confirmed}");
    let refusals: Vec<String> = department.retry_refusals.iter().map(ToString::to_string).collect();
    let _written = match refusals.as_slice() {
        [] => {
            writeln!(text, "  what it refuses for good (400, 409, 410, 422 …) waits for a person")
        }
        some => writeln!(
            text,
            "  what it refuses with {} is tried again, every other refusal for good (400, 409, 410, \
                 422 …) waits for a person",
            some.join(", ")
        ),
    };
    if !department.authorities.is_empty() {
        let count = department.authorities.len();
        let _written =
            writeln!(text, "  {count} private authorities trusted beside those of the system");
    }
    if let Some(proxy) = &department.proxy {
        let (host, port) = (proxy.host_str().unwrap_or_default(), proxy.port_or_known_default());
        let _written = writeln!(text, "  by the proxy {host}:{}", port.unwrap_or_default());
    }
}

/// What people are told of a department, and what they are not.
fn contact_in_words(contact: &Contact) -> String {
    let parts = [
        ("office", contact.office.is_some()),
        ("address", contact.address.is_some()),
        ("phone", contact.phone.is_some()),
        ("hours", contact.hours.is_some()),
        ("complaints", contact.complaints.is_some()),
        ("page", contact.page.is_some()),
    ];
    let named = |wanted: bool| {
        let names: Vec<&str> =
            parts.iter().filter(|(_, known)| *known == wanted).map(|(name, _)| *name).collect();
        names.join(", ")
    };
    match named(false) {
        missing if missing.is_empty() => format!("people are told its {}", named(true)),
        missing => format!("people are told its {}; not given: {missing}", named(true)),
    }
}

/// What it means that no department is configured.
pub(crate) const UNCONNECTED: &str = "Requests are kept and not delivered, and applicants are told \
    so. Add a [departments.…] for every department that a service names, or try the sample with \
    --sample-department";

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(more: &str) -> Result<String, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        std::fs::write(folder.path().join("empty.pem"), "no certificate\n").unwrap();
        let mut text = String::new();
        for id in ["registration", "planning", "geology", "township"] {
            text.push_str(&format!(
                "[departments.{id}]\nname = {{ zh = \"部门\", en = \"Office\" }}\n\
                 endpoint = \"https://{id}.example/deliveries\"\nsecret_file = \"secret\"\n"
            ));
        }
        std::fs::write(&path, format!("{text}{more}")).unwrap();
        explain(&Config::read(Some(&path))?.put_to_use()?, &crate::system::SystemEntropy)
    }

    #[test]
    fn s5_check_config_tells_how_each_department_is_spoken_to() {
        let text = explained(
            "confirmation = \"status\"\nretry_refusals = [409, 400]\n\
             [forward]\nproxy = \"http://me:password@proxy.example:3128\"\n",
        )
        .unwrap();
        for told in [
            "department geology: 部门 → https://geology.example/deliveries",
            "WARNING: delivered at any 2xx",
            "refuses with 400, 409 is tried again",
            "by the proxy proxy.example:3128",
            "delivered when its answer names the delivery\n",
        ] {
            assert!(text.contains(told), "{told} in {text}");
        }
        assert!(!text.contains("password"), "{text}");
        let straight = explained("proxy = \"direct\"\n[forward]\nproxy = \"http://p.example\"\n");
        assert_eq!(straight.unwrap().matches("by the proxy p.example:80").count(), 3);
    }

    #[test]
    fn s5_check_config_tells_which_services_are_not_offered() {
        assert!(!explained("").unwrap().contains("is not offered"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        let text = "[departments.planning]\nname = { zh = \"部门\", en = \"Office\" }\n\
                    endpoint = \"https://planning.example/deliveries\"\nsecret_file = \"secret\"\n";
        std::fs::write(&path, text).unwrap();
        let config = Config::read(Some(&path)).unwrap().put_to_use().unwrap();
        let text = explain(&config, &crate::system::SystemEntropy).unwrap();
        let told =
            "WARNING: the service hazard-zone is not offered: there is no [departments.geology]";
        assert!(text.contains(told), "{text}");
    }

    #[test]
    fn s5_check_config_tells_who_collects() {
        let more = "[departments.fire]\nname = { zh = \"消防\", en = \"Fire\" }\n\
                    pull = true\nsecret_file = \"secret\"\n";
        let text = explained(more).unwrap();
        assert!(text.contains("department fire: 消防 collects its requests"), "{text}");
        assert_eq!(text.matches("delivered when it acknowledges").count(), 1, "{text}");
        let neither = explained(&more.replace("pull = true\n", "")).unwrap_err().to_string();
        assert!(neither.contains("neither an endpoint"), "{neither}");
    }

    #[test]
    fn s5_a_mistake_in_a_department_is_found_before_anything_is_served() {
        for (more, told) in [
            ("ca_file = \"empty.pem\"\n", "PEM"),
            ("ca_file = \"nowhere.pem\"\n", "nowhere.pem"),
            ("proxy = \"proxy:3128\"\n", "proxy"),
            ("retry_refusals = [500]\n", "500"),
            ("confirmation = \"page\"\n", "page"),
        ] {
            let message = explained(more).unwrap_err().to_string();
            assert!(message.contains(told), "{more}: {message}");
        }
    }

    #[test]
    fn s5_without_departments_check_config_says_what_that_means() {
        let text = explain(&Config::default(), &crate::system::SystemEntropy).unwrap();
        assert!(text.contains("NONE") && text.contains("kept and not delivered"), "{text}");
    }
}
