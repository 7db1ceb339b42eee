//! Who may hand in reports as Open311 clients do.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SettingsError;

/// The Open311 (GeoReport v2) address of the portal; without it there is none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open311Config {
    /// What this portal is called in `jurisdiction_id`, usually its domain.
    pub jurisdiction_id: String,
    /// The clients that may hand in reports, by a name of the operator's.
    #[serde(default)]
    pub clients: BTreeMap<String, Open311Client>,
}

/// A client of Open311.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open311Client {
    /// SHA-256 of its `api_key`, hexadecimal: the key itself is with the client alone.
    pub key_sha256: String,
}

impl Open311Config {
    /// That it can be meant.
    ///
    /// # Errors
    /// [`SettingsError::Open311`] names the key.
    pub fn check(&self) -> Result<(), SettingsError> {
        let refused = |key, rule| Err(SettingsError::Open311 { key, rule });
        if self.jurisdiction_id.trim().is_empty() {
            return refused("jurisdiction_id", "name the jurisdiction, for example by its domain");
        }
        let is_digest = |text: &str| {
            text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        if !self.clients.values().all(|client| is_digest(&client.key_sha256)) {
            return refused("clients", "key_sha256 is 64 hexadecimal digits in lower case");
        }
        let mut keys: Vec<&str> =
            self.clients.values().map(|client| client.key_sha256.as_str()).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return refused("clients", "give each client a key of its own");
        }
        Ok(())
    }

    /// The client whose key this is.
    #[must_use]
    pub fn client(&self, api_key: &str) -> Option<&str> {
        // Digests of unguessable keys: how long a comparison takes tells nothing of a key.
        let given = domain::digest::hex_digest(api_key.as_bytes());
        let mut clients = self.clients.iter();
        clients.find(|(_, client)| client.key_sha256 == given).map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(clients: &[(&str, &str)]) -> Open311Config {
        let client = |(name, digest): &(&str, &str)| {
            ((*name).to_owned(), Open311Client { key_sha256: (*digest).to_owned() })
        };
        Open311Config {
            jurisdiction_id: "deqing.example".into(),
            clients: clients.iter().map(client).collect(),
        }
    }

    #[test]
    fn s13_a_client_is_known_by_its_key_and_no_two_share_one() {
        let digest = domain::digest::hex_digest(b"key-of-the-app");
        let one = config(&[("app", &digest)]);
        one.check().unwrap();
        assert_eq!(one.client("key-of-the-app"), Some("app"));
        assert_eq!(one.client(""), None);
        assert_eq!(one.client(&digest), None, "the digest opens nothing");
        for refused in [
            config(&[("app", "key-of-the-app")]),
            config(&[("app", &digest), ("other", &digest)]),
            Open311Config { jurisdiction_id: " ".into(), ..config(&[]) },
        ] {
            assert!(refused.check().is_err(), "{refused:?}");
        }
    }
}
