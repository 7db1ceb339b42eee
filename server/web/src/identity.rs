//! Who looks. The public needs no identity; anybody who wants to see more comes through the
//! unified identity service (国务院关于在线政务服务的若干规定 art. 5), which proves who they are,
//! why they look and at which place, in a signed assertion (RFC 7519). It is believed from the
//! gateway's machines alone, for minutes. Without `[identity]` in the configuration no assertion is
//! believed, and everybody is the public.

mod assertion;
mod key_set;
mod seen;

use std::{convert::Infallible, sync::Arc};

use axum::http::{HeaderMap, HeaderName};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::digest::keyed_digest;
use quick_cache::sync::Cache;

use crate::client::ClientAddress;

pub use assertion::{AssertionError, Identity};
pub use key_set::IdentityError;

/// The header that the identity gateway puts an assertion into.
pub const HEADER: HeaderName = HeaderName::from_static("jianma-assertion");

/// The key that turns addresses into marks. Drawn at start and never kept.
#[derive(Clone)]
pub struct MarkKey {
    key: [u8; 32],
    /// Marks of who came last: each of their requests has one, and a digest takes long.
    known: Arc<Cache<ClientAddress, String>>,
}

/// Visitors whose marks are remembered.
const KNOWN: usize = 1_000;

impl std::fmt::Debug for MarkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MarkKey(…)")
    }
}

impl MarkKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, known: Arc::new(Cache::new(KNOWN)) }
    }

    /// A mark that tells one visitor from another in the audit while this process runs.
    #[must_use]
    pub fn mark(&self, client: ClientAddress) -> String {
        let drawn = || {
            let digest = keyed_digest(&self.key, &[client.0.to_string().as_bytes()]);
            Ok::<_, Infallible>(format!("visitor-{}", URL_SAFE_NO_PAD.encode(&digest[..9])))
        };
        let Ok(mark) = self.known.get_or_insert_with(&client, drawn);
        mark
    }
}

/// The assertion that a request hands in, if it does.
pub(crate) fn handed_in(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HEADER).iter();
    let first = values.next()?;
    // One that does not read, or two, are some assertion, and prove nothing.
    Some(first.to_str().ok().filter(|_| values.next().is_none()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p9_a_mark_tells_visitors_apart_and_hides_the_address() {
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|ip| ClientAddress(ip.parse().unwrap()));
        let key = MarkKey::new([1; 32]);
        assert_eq!(key.mark(a), key.mark(a));
        assert_ne!(key.mark(a), key.mark(b));
        assert_ne!(key.mark(a), MarkKey::new([2; 32]).mark(a));
        assert!(!key.mark(a).contains("192"));
    }
}
