//! `[staff.oidc]` of the configuration.

use std::path::PathBuf;

use domain::Localized;
use serde::Deserialize;
use staff::NamedBy;
use url::Url;

/// What an issuer is.
pub(crate) const ADDRESS: &str = "give its address, which begins with https://";
/// What is said where people could not be sent back.
pub const BACK: &str = "it sends people back to this portal: set [site] host";

/// The identity service by which staff sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Its issuer, as its discovery document names it.
    pub issuer: String,
    /// How it calls this portal.
    pub client_id: String,
    /// File with the secret that it gave this portal, relative to the folder of the keys.
    pub secret_file: PathBuf,
    /// What staff call it, on the button.
    pub label: Localized,
    /// The claim that names an account.
    #[serde(default = "subject")]
    pub claim: String,
    /// What the claim is here.
    #[serde(default)]
    pub account: Account,
    /// Authentication contexts (`acr`) that are enough, one of them.
    #[serde(default)]
    pub acr: Vec<String>,
    /// Methods (`amr`) of which one must have been used.
    #[serde(default)]
    pub amr: Vec<String>,
}

fn subject() -> String {
    "sub".to_owned()
}

/// What the claim of the service is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What `jianma staff add --identity` says.
    #[default]
    Identity,
    /// The name that staff sign in with.
    Name,
}

impl From<Account> for NamedBy {
    fn from(account: Account) -> Self {
        match account {
            Account::Identity => Self::Identity,
            Account::Name => Self::Name,
        }
    }
}

/// Why `[staff.oidc]` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("staff.oidc.{key} is not right; {rule}")]
pub struct OidcError {
    /// The key.
    pub key: &'static str,
    /// What may stand there.
    pub rule: &'static str,
}

impl OidcConfig {
    /// That it can be meant.
    ///
    /// # Errors
    /// [`OidcError`] names the key.
    pub fn check(&self) -> Result<(), OidcError> {
        let wrong = |key, rule| Err(OidcError { key, rule });
        let secure = Url::parse(&self.issuer).is_ok_and(|url| {
            let own = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
            url.scheme() == "https" || (own && url.scheme() == "http")
        });
        if !secure {
            return wrong("issuer", ADDRESS);
        }
        if self.client_id.is_empty() {
            return wrong("client_id", "give the name by which the service knows this portal");
        }
        if self.claim.is_empty() {
            return wrong("claim", "name the claim that names an account");
        }
        if self.acr.is_empty() && self.amr.is_empty() {
            return wrong("acr", "name what stands for a second factor at the service, or set amr");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(issuer: &str) -> OidcConfig {
        OidcConfig {
            issuer: issuer.into(),
            client_id: "jianma".into(),
            secret_file: "oidc.secret".into(),
            label: Localized::same("统一身份认证"),
            claim: subject(),
            account: Account::Identity,
            acr: vec!["two".into()],
            amr: Vec::new(),
        }
    }

    #[test]
    fn desk_d1_a_service_without_tls_or_a_second_factor_is_refused() {
        let key = |config: OidcConfig| config.check().err().map(|error| error.key);
        assert_eq!(key(config("https://id.example")), None);
        assert_eq!(key(config("http://localhost:9")), None, "this machine");
        assert_eq!(key(config("http://id.example")), Some("issuer"));
        assert_eq!(key(config("id.example")), Some("issuer"));
        let one_factor = OidcConfig { acr: Vec::new(), ..config("https://id.example") };
        assert_eq!(key(one_factor), Some("acr"));
        let nameless = OidcConfig { client_id: String::new(), ..config("https://id.example") };
        assert_eq!(key(nameless), Some("client_id"));
    }
}
