//! Places for whoever fetches a file of a request. Each file stands in memory until its reader has taken it: there is
//! room for some at once, and one address never has all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum::body::{Body, Bytes};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::ClientAddress;

/// Files that are read at once.
const PLACES: usize = 16;
/// Files that one address reads at once: a department fetches some side by side, and leaves room for the others.
const SHARE: usize = 4;
/// How long somebody waits for a place.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How many addresses are remembered before those are forgotten that read nothing.
const REMEMBERED: usize = 1_024;
/// Bytes that are handed on at once: whoever reads slowly keeps the place until the last of them is taken.
const PIECE: usize = 64 * 1024;

/// Who reads how many files.
#[derive(Debug)]
pub struct Readers {
    all: Arc<Semaphore>,
    each: Mutex<HashMap<ClientAddress, Weak<Semaphore>>>,
}

impl Default for Readers {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(PLACES)), each: Mutex::default() }
    }
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _of_all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Readers {
    /// A place for a reader at this address; `None` where none is free for long.
    pub(crate) async fn place(&self, client: ClientAddress) -> Option<Place> {
        let own = self.share(client);
        let taking = async {
            // The own one first: who waits for it takes no room from others.
            let own = own.acquire_owned().await.ok()?;
            let all = self.all.clone().acquire_owned().await.ok()?;
            Some(Place { _of_all: all, _own: own })
        };
        tokio::time::timeout(LONGEST_WAIT, taking).await.ok().flatten()
    }

    fn share(&self, client: ClientAddress) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = each.get(&client).and_then(Weak::upgrade) {
            return share;
        }
        if each.len() >= REMEMBERED {
            each.retain(|_, share| share.strong_count() > 0);
        }
        let share = Arc::new(Semaphore::new(SHARE));
        each.insert(client, Arc::downgrade(&share));
        share
    }
}

impl Place {
    /// A body that keeps the place until it is sent, or given up.
    pub(crate) fn body(self, bytes: Vec<u8>) -> Body {
        let pieces = (Bytes::from(bytes), self);
        Body::from_stream(stream::unfold(pieces, |(mut left, place)| async move {
            if left.is_empty() {
                return None;
            }
            let piece = left.split_to(left.len().min(PIECE));
            Some((Ok::<_, std::convert::Infallible>(piece), (left, place)))
        }))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    fn at(text: &str) -> ClientAddress {
        ClientAddress(text.parse().unwrap())
    }

    /// Whether somebody at this address has to wait.
    async fn waits(readers: &Readers, client: ClientAddress) -> bool {
        tokio::time::timeout(Duration::from_millis(20), readers.place(client)).await.is_err()
    }

    #[tokio::test]
    async fn one_reader_never_has_all_places_for_files() {
        let readers = Readers::default();
        let greedy = at("192.0.2.1");
        let mut held = Vec::new();
        for _ in 0..SHARE {
            held.push(readers.place(greedy).await.unwrap());
        }
        assert!(waits(&readers, greedy).await);
        let other = readers.place(at("192.0.2.2")).await;
        assert!(other.is_some(), "there is room for others");
        held.pop();
        assert!(readers.place(greedy).await.is_some());
    }

    #[tokio::test]
    async fn a_place_is_free_once_its_file_was_taken_and_not_before() {
        let readers = Readers::default();
        let client = at("192.0.2.1");
        let mut bodies = Vec::new();
        for _ in 0..SHARE {
            let place = readers.place(client).await.unwrap();
            bodies.push(place.body(vec![7; PIECE + 1]));
        }
        assert!(waits(&readers, client).await);
        let taken = to_bytes(bodies.pop().unwrap(), usize::MAX).await.unwrap();
        assert_eq!(taken, vec![7; PIECE + 1]);
        let next = readers.place(client).await;
        assert!(next.is_some());
        drop(next);
        // Given up, it is free too.
        bodies.pop();
        assert!(readers.place(client).await.is_some());
    }
}
