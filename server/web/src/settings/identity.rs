//! The unified identity service.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
};

use serde::Deserialize;

use super::SettingsError;

/// The unified identity service, whose gateway stands before the portal and puts an assertion into
/// the header `jianma-assertion`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityConfig {
    /// File with its public keys, a JSON Web Key Set (RFC 7517); relative to the folder of the
    /// keys. Read again whenever it changes.
    pub keys: PathBuf,
    /// Its name in `iss`.
    pub issuer: String,
    /// This portal's name in `aud`.
    pub audience: String,
    /// The tiers that are open: of `registered`, `interested`, `holder`, `staff`.
    pub tiers: Vec<domain::viewer::Tier>,
    /// The machines that may hand in assertions: those of the gateway. This one unless told.
    #[serde(default = "this_machine")]
    pub peers: Vec<IpAddr>,
    /// Longest life of an assertion, minutes: a proof of an hour ago proves nothing now (rule P8).
    /// At most [`LONGEST_MINUTES`].
    #[serde(default = "default_longest_minutes")]
    pub longest_minutes: u32,
    /// How many places somebody of tier `registered` may see in a day (rule P4).
    #[serde(default = "default_daily_places")]
    pub daily_places: u64,
}

/// The most that `longest_minutes` may be.
pub const LONGEST_MINUTES: u32 = 30;

fn this_machine() -> Vec<IpAddr> {
    vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
}

const fn default_longest_minutes() -> u32 {
    10
}

const fn default_daily_places() -> u64 {
    10
}

impl IdentityConfig {
    /// That it can be meant.
    ///
    /// # Errors
    /// [`SettingsError::Identity`] names the key.
    pub fn check(&self) -> Result<(), SettingsError> {
        let refused = |key, rule| Err(SettingsError::Identity { key, rule });
        if self.peers.is_empty() {
            return refused("peers", "name the addresses of the gateway");
        }
        if self.longest_minutes == 0 || self.longest_minutes > LONGEST_MINUTES {
            return refused("longest_minutes", "set it to 1 to 30; the gateway renews in time");
        }
        Ok(())
    }
}
