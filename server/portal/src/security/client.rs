//! Who asks: the address that limits count by. Kept in memory only, never logged.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};

use crate::state::AppState;

/// A client's address; for IPv6 its /64, for a household has 2⁶⁴ of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The client at an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// Finds the client behind trusted proxies: the last address of `X-Forwarded-For` that is not a
/// proxy's own.
#[must_use]
pub fn client_address(peer: IpAddr, forwarded: &str, trusted: &[IpAddr]) -> ClientAddress {
    let mut client = peer;
    let mut hops = forwarded.rsplit(',').map(str::trim);
    while trusted.contains(&client.to_canonical()) {
        match hops.next().and_then(|hop| hop.parse().ok()) {
            Some(hop) => client = hop,
            None => break,
        }
    }
    ClientAddress::of(client)
}

/// Puts the [`ClientAddress`] into the request.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |info| info.0.ip());
    // A proxy may add its own line after those that the client sent: all of them are one list.
    let lines = request.headers().get_all("x-forwarded-for");
    let hops: Vec<&str> = lines.iter().filter_map(|line| line.to_str().ok()).collect();
    let client = client_address(peer, &hops.join(","), &state.config.site.trusted_proxies);
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let spoofed = "1.1.1.1";
        assert_eq!(client_address(ip("9.9.9.9"), spoofed, &[]).0, ip("9.9.9.9"));
        let chain = "6.6.6.6, 1.1.1.1,10.0.0.2";
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(client_address(ip("10.0.0.1"), chain, &trusted).0, ip("1.1.1.1"));
        assert_eq!(client_address(ip("10.0.0.1"), "", &trusted).0, ip("10.0.0.1"));
    }

    #[test]
    fn an_ipv6_household_is_one_client() {
        let a = client_address(ip("2001:db8:1:2:3::4"), "", &[]);
        let b = client_address(ip("2001:db8:1:2:ffff::1"), "", &[]);
        assert_eq!(a, b);
        assert_eq!(client_address(ip("::ffff:9.9.9.9"), "", &[]).0, ip("9.9.9.9"));
    }
}
