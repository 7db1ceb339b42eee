//! What is drawn anew for each request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderValue;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Entropy;

/// Bytes of an id.
const LENGTH: usize = 9;
/// Ids that are drawn at once: the system is asked seldom.
const AT_ONCE: usize = 256;

/// The id of one request: on error pages and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

impl RequestId {
    /// It as a header; `None` where it is no text of ours.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

/// Where ids come from.
pub struct RequestIds {
    entropy: Arc<dyn Entropy>,
    drawn: Mutex<Vec<[u8; LENGTH]>>,
}

impl std::fmt::Debug for RequestIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestIds(…)")
    }
}

impl RequestIds {
    /// Ids drawn from this source.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, drawn: Mutex::default() }
    }

    /// A new one.
    #[must_use]
    pub fn draw(&self) -> RequestId {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = drawn.pop().unwrap_or_else(|| {
            let mut fresh = vec![0; LENGTH * AT_ONCE];
            self.entropy.fill(&mut fresh);
            let (ids, _) = fresh.as_chunks();
            drawn.extend_from_slice(ids);
            drawn.pop().unwrap_or_default()
        });
        drop(drawn);
        RequestId(URL_SAFE_NO_PAD.encode(bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::atomic::{AtomicU8, Ordering},
    };

    use super::*;

    /// Each filling is of other bytes.
    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let filling = self.0.fetch_add(1, Ordering::Relaxed);
            for (at, id) in bytes.chunks_mut(LENGTH).enumerate() {
                id.fill(filling);
                id[0] = u8::try_from(at).unwrap();
            }
        }
    }

    #[test]
    fn no_request_has_the_id_of_another() {
        let ids = RequestIds::new(Arc::new(Counting(AtomicU8::new(0))));
        let drawn: HashSet<_> = (0..4 * AT_ONCE).map(|_| ids.draw().0).collect();
        assert_eq!(drawn.len(), 4 * AT_ONCE);
        assert!(drawn.iter().all(|id| id.len() == 12), "{drawn:?}");
    }
}
