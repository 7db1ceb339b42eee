//! Who asks, and from where.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use domain::{dataset::Epoch, viewer::Viewer};

/// A client's address; for IPv6 its /64, for a household has 2⁶⁴ of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The client at an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The holder of a key for programs: who may ask more in a time, and is told what everybody is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyHolder {
    /// The name of the key.
    pub name: Arc<str>,
    /// How many different sites they may look at an hour.
    pub sites: u32,
}

/// One who asks: every use case that tells of places is handed one, and counts and writes down by it
/// what was asked and found (rules P6, P9).
#[derive(Clone, Debug)]
pub struct Visit {
    /// What they have proved of themselves.
    pub viewer: Viewer,
    /// Where they ask from.
    pub client: ClientAddress,
    /// By which key, where a program brought one. Nothing that is told depends on it.
    pub key: Option<KeyHolder>,
    /// Which data were current once they had asked, where that was looked up for them already.
    pub epoch: Option<Epoch>,
}
