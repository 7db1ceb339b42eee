//! Answers about places that are the same for everybody until the data change, kept as they are sent.
//!
//! What goes in is public and holds nothing of who asked: `place_answers.rs` says for which requests. It
//! is given again only at the moment that it is of, for another process may have published meanwhile.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{LandCode, Locale, dataset::Epoch};
use jiff::civil::Date;
use quick_cache::{Weighter, sync};

use crate::{metrics::Metrics, representation::Representation};

/// What is asked of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Its page.
    Profile {
        /// In this language.
        locale: Locale,
        /// For the elderly.
        elder: bool,
    },
    /// It as a GeoJSON feature.
    Feature,
    /// What restricts it.
    Restrictions,
}

/// Of which data, on which day in China an answer is: rights end and layers begin at midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The state of the data.
    pub epoch: Epoch,
    /// The day.
    pub day: Date,
}

/// All that an answer depends on. Whatever a page of a place comes to depend on belongs here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The place, by its canonical code.
    pub code: LandCode,
    /// What is asked of it.
    pub view: View,
    /// What the request called us, where the configuration does not say it; else empty.
    pub host: String,
    /// When.
    pub at: Moment,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<Key, Arc<Representation>> for ByBytes {
    fn weight(&self, key: &Key, kept: &Arc<Representation>) -> u64 {
        key.host.len() as u64 + kept.most_bytes()
    }
}

/// Kept answers, the least asked of which go first.
#[derive(Debug)]
pub struct Cache {
    kept: sync::Cache<Key, Arc<Representation>, ByBytes>,
    /// The moment that was last asked for.
    at: Mutex<Option<Moment>>,
    metrics: Arc<Metrics>,
}

impl Cache {
    /// Keeps at most so many bytes.
    #[must_use]
    pub fn new(bytes: u64, metrics: Arc<Metrics>) -> Self {
        /// What a page of a place weighs, about, bytes.
        const PAGE: u64 = 70_000;
        /// Room for entries is made at once.
        const MOST_PAGES: u64 = 1_000_000;
        let pages = usize::try_from((bytes / PAGE).min(MOST_PAGES)).unwrap_or_default();
        let kept = sync::Cache::with_weighter(pages, bytes, ByBytes);
        Self { kept, at: Mutex::default(), metrics }
    }

    /// Whether an answer is kept. What is of another moment goes: it may be of what was classified
    /// since.
    pub(crate) fn has(&self, key: &Key) -> bool {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if at.replace(key.at) != Some(key.at) {
            self.kept.clear();
        }
        drop(at);
        self.kept.contains_key(key)
    }

    /// What is kept.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Representation>> {
        let kept = self.kept.get(key)?;
        self.metrics.kept_answer(true);
        Some(kept)
    }

    /// What is kept, or what `make` makes; of many at once one makes it, and it is kept if its moment is
    /// not over by then.
    pub(crate) async fn get_or_make<E>(
        &self,
        key: &Key,
        is_now: impl Fn() -> bool,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Arc<Representation>, E> {
        let guard = match self.kept.get_value_or_guard_async(key).await {
            Ok(kept) => return Ok(kept),
            Err(guard) => guard,
        };
        self.metrics.kept_answer(false);
        let made = Arc::new(make.await?);
        if is_now() {
            // It fails where the room was taken away meanwhile: then it is not kept.
            let _ = guard.insert(Arc::clone(&made));
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use axum::{body::Bytes, http::HeaderValue};
    use domain::code::Strictness;
    use jiff::civil::date;

    use super::*;
    use crate::representation::Terms;

    fn cache(bytes: u64) -> Cache {
        Cache::new(bytes, Arc::new(Metrics::new().unwrap()))
    }

    fn key(number: usize, epoch: u64) -> Key {
        let code = format!("330521001001GB{number:05}");
        let code = LandCode::parse(&code, Strictness::Issue).unwrap().code;
        let at = Moment { epoch: Epoch(epoch), day: date(2026, 11, 29) };
        Key { code, view: View::Feature, host: String::new(), at }
    }

    fn answer(bytes: usize) -> Representation {
        let kind = HeaderValue::from_static("application/json");
        Representation::new(kind, Terms::Api, Bytes::from(vec![b' '; bytes]))
    }

    async fn keep(cache: &Cache, key: &Key, is_now: bool) {
        let make = async { Ok::<_, Infallible>(answer(5_000)) };
        let Ok(_made) = cache.get_or_make(key, || is_now, make).await;
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_one_makes_the_answer() {
        let (cache, made) = (Arc::new(cache(1 << 20)), Arc::new(AtomicUsize::new(0)));
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (cache, made) = (Arc::clone(&cache), Arc::clone(&made));
            asking.spawn(async move {
                let make = async {
                    made.fetch_add(1, Ordering::Relaxed);
                    for _ in 0..20 {
                        tokio::task::yield_now().await;
                    }
                    Ok::<_, Infallible>(answer(10))
                };
                let Ok(_made) = cache.get_or_make(&key(1, 1), || true, make).await;
            });
        }
        asking.join_all().await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn p5_what_was_published_away_while_it_was_made_is_not_kept() {
        let cache = cache(1 << 20);
        keep(&cache, &key(1, 1), false).await;
        assert!(cache.kept.get(&key(1, 1)).is_none());
        keep(&cache, &key(1, 1), true).await;
        assert!(cache.kept.get(&key(1, 1)).is_some());
        let tomorrow = Moment { day: date(2026, 11, 30), ..key(1, 1).at };
        for other in [key(1, 2), key(2, 1), Key { at: tomorrow, ..key(1, 1) }] {
            assert!(cache.kept.get(&other).is_none(), "{other:?}");
        }
    }

    #[tokio::test]
    async fn whoever_asks_for_everything_fills_no_more_than_the_bound() {
        let bound = 1 << 20;
        let cache = cache(bound);
        for number in 1..2_000 {
            keep(&cache, &key(number, 1), true).await;
            assert!(cache.kept.weight() <= bound, "{number}: {}", cache.kept.weight());
        }
        assert!(cache.kept.len() > 10, "it keeps some");
        let none = self::cache(0);
        keep(&none, &key(1, 1), true).await;
        assert!(none.kept.get(&key(1, 1)).is_none());
    }
}
