//! Who asks: the address that limits count by. Kept in memory only, never logged.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

pub use service_api::ClientAddress;

/// The address behind trusted proxies: the last of `X-Forwarded-For` that is not a proxy's own.
#[must_use]
pub fn behind(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical();
    // A proxy may add its own line after those that the client sent: all of them are one list.
    let lines = headers.get_all("x-forwarded-for");
    let hops: Vec<&str> = lines.iter().filter_map(|line| line.to_str().ok()).collect();
    client_address(peer, &hops.join(","), trusted)
}

fn client_address(peer: IpAddr, forwarded: &str, trusted: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    let mut hops = forwarded.rsplit(',').map(str::trim);
    while trusted.contains(&client.to_canonical()) {
        match hops.next().and_then(|hop| hop.parse().ok()) {
            Some(hop) => client = hop,
            None => break,
        }
    }
    client.to_canonical()
}

/// Whether somebody who asks is one of `peers`, or on this machine. A request that was handed on by
/// a proxy which is not ours comes from anywhere.
#[must_use]
pub fn is_one_of(
    peers: &[IpAddr],
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &[IpAddr],
) -> bool {
    let Some(peer) = peer else { return false };
    let handed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .into_iter()
        .any(|name| headers.contains_key(name));
    if handed_on && !trusted.contains(&peer.to_canonical()) {
        return false;
    }
    let client = behind(Some(peer), headers, trusted);
    // A proxy of ours that names nobody speaks for anybody.
    let anybody = trusted.contains(&client) && !peers.contains(&client);
    !anybody && (client.is_loopback() || peers.contains(&client))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let spoofed = "1.1.1.1";
        assert_eq!(client_address(ip("9.9.9.9"), spoofed, &[]), ip("9.9.9.9"));
        let chain = "6.6.6.6, 1.1.1.1,10.0.0.2";
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(client_address(ip("10.0.0.1"), chain, &trusted), ip("1.1.1.1"));
        assert_eq!(client_address(ip("10.0.0.1"), "", &trusted), ip("10.0.0.1"));
    }

    #[test]
    fn an_ipv6_household_is_one_client() {
        let [a, b, c] = ["2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", "2001:db8:1:3::4"]
            .map(|text| ClientAddress::of(ip(text)));
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_eq!(ClientAddress::of(ip("::ffff:9.9.9.9")).0, ip("9.9.9.9"));
    }

    #[test]
    fn operators_are_on_this_machine_or_named_and_nobody_else_can_say_so() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (name.parse().unwrap(), HeaderValue::from_static(value))
            };
            pairs.iter().map(pair).collect()
        };
        let named = [ip("10.0.0.7")];
        let proxy = [ip("10.0.0.1"), ip("127.0.0.1")];
        let asks = |peer: &str, pairs: &[(&'static str, &'static str)], trusted: &[IpAddr]| {
            is_one_of(&named, Some(ip(peer)), &headers(pairs), trusted)
        };
        assert!(asks("127.0.0.1", &[], &[]) && asks("::1", &[], &[]));
        assert!(asks("10.0.0.7", &[], &[]) && asks("::ffff:10.0.0.7", &[], &[]));
        assert!(asks("10.0.0.1", &[("x-forwarded-for", "10.0.0.7")], &proxy));
        assert!(!asks("192.0.2.9", &[], &[]));
        assert!(!asks("192.0.2.9", &[("x-forwarded-for", "127.0.0.1")], &[]));
        // A proxy on this machine, whether we know of it or not.
        assert!(!asks("127.0.0.1", &[("x-forwarded-for", "192.0.2.9")], &[]));
        assert!(!asks("127.0.0.1", &[("x-forwarded-for", "192.0.2.9")], &proxy));
        assert!(!asks("127.0.0.1", &[], &proxy));
        assert!(!asks("127.0.0.1", &[("forwarded", "for=192.0.2.9")], &[]));
    }
}
