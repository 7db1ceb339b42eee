//! Answers about places that are the same for everybody until the data change, kept as they are sent.
//!
//! What goes in is public and holds nothing of who asked: `place_answers.rs` says for which requests. It
//! is given again only at the moment that it is of, for another process may have published meanwhile.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use domain::{LandCode, Locale, dataset::Epoch};
use jiff::civil::Date;
use quick_cache::{Weighter, sync};
use tokio::sync::Notify;

use crate::{
    metrics::Metrics,
    representation::{Coding, Representation},
};

/// Answers that are made again once the data have changed.
const MADE_AGAIN: usize = 500;

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

/// What everybody who asks so is answered alike. Whatever a page of a place comes to depend on belongs
/// here, or to the moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The place, by its canonical code.
    pub code: LandCode,
    /// What is asked of it.
    pub view: View,
    /// What the request called us, where the configuration does not say it; else empty.
    pub host: String,
}

/// Of which data, on which day in China an answer is: rights end and layers begin at midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The state of the data.
    pub epoch: Epoch,
    /// The day.
    pub day: Date,
}

/// All that the bytes of an answer depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// What is asked.
    pub wanted: Wanted,
    /// When.
    pub at: Moment,
    /// How it is written.
    pub coding: Coding,
}

/// A kept answer.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The answer.
    pub(crate) answer: Representation,
    /// How often it was asked for.
    asked: AtomicU32,
    /// Whether somebody writes it in another coding, or has found that this saves too little.
    is_coded: AtomicBool,
}

impl Kept {
    /// An answer that was asked for once.
    fn new(answer: Representation) -> Self {
        Self { answer, asked: AtomicU32::new(1), is_coded: AtomicBool::new(false) }
    }
}

/// Has the next one code what whoever began does not: they may have gone.
struct Again<'k>(&'k AtomicBool);

impl Drop for Again<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<Key, Arc<Kept>> for ByBytes {
    fn weight(&self, key: &Key, kept: &Arc<Kept>) -> u64 {
        key.wanted.host.len() as u64 + kept.answer.bytes()
    }
}

/// The moment that was last asked for, and what was asked for before it.
#[derive(Debug, Default)]
struct Turning {
    at: Option<Moment>,
    /// How often what is asked most was asked for: what is longer ago counts half at each change.
    asked: HashMap<Wanted, u32>,
    /// What is to be made again, the most asked last.
    again: Vec<Wanted>,
}

/// Kept answers, the least asked of which go first. Each coding is kept for itself: of what everybody
/// takes in brotli nothing else stays.
#[derive(Debug)]
pub struct Cache {
    kept: sync::Cache<Key, Arc<Kept>, ByBytes>,
    turning: Mutex<Turning>,
    turned: Notify,
    metrics: Arc<Metrics>,
}

impl Cache {
    /// Keeps at most so many bytes.
    #[must_use]
    pub fn new(bytes: u64, metrics: Arc<Metrics>) -> Self {
        /// What a page of a place weighs, about, bytes.
        const PAGE: u64 = 30_000;
        /// Room for entries is made at once.
        const MOST_PAGES: u64 = 1_000_000;
        let pages = usize::try_from((bytes / PAGE).min(MOST_PAGES)).unwrap_or_default();
        let kept = sync::Cache::with_weighter(pages, bytes, ByBytes);
        Self { kept, turning: Mutex::default(), turned: Notify::new(), metrics }
    }

    /// Lets go of what is of another moment: it may be of what was classified since.
    pub(crate) fn turn_to(&self, at: Moment) {
        let mut turning = self.turning.lock().unwrap_or_else(PoisonError::into_inner);
        let before = turning.at.replace(at);
        if before.is_none_or(|before| before == at) {
            return;
        }
        turning.asked.values_mut().for_each(|asked| *asked /= 2);
        for (key, kept) in self.kept.iter() {
            let times = kept.asked.load(Ordering::Relaxed);
            *turning.asked.entry(key.wanted).or_default() += times;
        }
        self.kept.clear();
        let mut most: Vec<(Wanted, u32)> = turning.asked.drain().collect();
        most.retain(|(_, asked)| *asked > 0);
        most.sort_by_key(|(_, asked)| Reverse(*asked));
        most.truncate(MADE_AGAIN);
        turning.again = most.iter().rev().map(|(wanted, _)| wanted.clone()).collect();
        turning.asked = most.into_iter().collect();
        drop(turning);
        self.turned.notify_one();
    }

    /// Returns once the moment has changed.
    pub(crate) async fn turned(&self) {
        self.turned.notified().await;
    }

    /// What is to be made again next: each once, the most asked first.
    pub(crate) fn next_again(&self) -> Option<Wanted> {
        self.turning.lock().unwrap_or_else(PoisonError::into_inner).again.pop()
    }

    /// What is kept: in the coding of the key, or else as it is.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Kept>> {
        self.turn_to(key.at);
        let kept = self.kept.get(key).or_else(|| {
            let plain = Key { coding: Coding::Plain, ..key.clone() };
            (key.coding != Coding::Plain).then(|| self.kept.get(&plain)).flatten()
        })?;
        kept.asked.fetch_add(1, Ordering::Relaxed);
        Some(kept)
    }

    /// What is kept as it is, or what `make` makes; of many at once one makes it, and it is kept if its
    /// moment is not over by then.
    pub(crate) async fn get_or_make<E>(
        &self,
        key: &Key,
        is_now: impl Fn() -> bool,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Arc<Kept>, E> {
        self.turn_to(key.at);
        let guard = match self.kept.get_value_or_guard_async(key).await {
            Ok(kept) => {
                kept.asked.fetch_add(1, Ordering::Relaxed);
                return Ok(kept);
            }
            Err(guard) => guard,
        };
        self.metrics.made_answer();
        let kept = Arc::new(Kept::new(make.await?));
        if self.is_at(key.at) && is_now() {
            // It fails where the room was taken away meanwhile: then it is not kept.
            let _ = guard.insert(Arc::clone(&kept));
        }
        Ok(kept)
    }

    /// What is kept as it is in the coding of the key, which whoever asks first makes; as it is where
    /// that saves too little, and while somebody makes it, whom nobody waits for.
    pub(crate) async fn coded(&self, key: &Key, kept: Arc<Kept>) -> Arc<Kept> {
        if kept.answer.coding() == key.coding || kept.is_coded.swap(true, Ordering::Relaxed) {
            return kept;
        }
        let again = Again(&kept.is_coded);
        let (plain, coding) = (Arc::clone(&kept), key.coding);
        let coded = tokio::task::spawn_blocking(move || plain.answer.coded(coding)).await;
        let Ok(Some(coded)) = coded else {
            std::mem::forget(again);
            return kept;
        };
        let coded = Arc::new(Kept::new(coded));
        if self.is_at(key.at) {
            self.kept.insert(key.clone(), Arc::clone(&coded));
        }
        coded
    }

    fn is_at(&self, at: Moment) -> bool {
        self.turning.lock().unwrap_or_else(PoisonError::into_inner).at == Some(at)
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
        let wanted = Wanted { code, view: View::Feature, host: String::new() };
        Key { wanted, at, coding: Coding::Plain }
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

    #[tokio::test]
    async fn two_thousand_pages_fit_into_what_is_kept_unless_told() {
        let cache = cache(crate::settings::LimitsConfig::default().cache_bytes);
        for number in 1..=2_000 {
            let make = async { Ok::<_, Infallible>(answer(31_000)) };
            let Ok(_made) = cache.get_or_make(&key(number, 1), || true, make).await;
        }
        assert!(cache.kept.len() > 1_900, "{}", cache.kept.len());
    }

    #[tokio::test]
    async fn what_is_kept_is_coded_once_and_takes_its_own_room() {
        let cache = cache(1 << 20);
        let plain = key(1, 1);
        keep(&cache, &plain, true).await;
        let coded = Key { coding: Coding::Brotli, ..plain.clone() };
        let before = cache.kept.weight();
        for _ in 0..3 {
            let kept = cache.get(&coded).unwrap();
            assert_eq!(cache.coded(&coded, kept).await.answer.coding(), Coding::Brotli);
        }
        assert_eq!(cache.kept.len(), 2);
        assert!(cache.kept.weight() > before);
        cache.kept.remove(&plain);
        assert_eq!(cache.get(&coded).unwrap().answer.coding(), Coding::Brotli);
        assert!(cache.get(&plain).is_none());
    }

    #[tokio::test]
    async fn what_was_asked_most_is_made_again_first_and_no_more_than_so_much() {
        let cache = cache(64 << 20);
        let most = MADE_AGAIN + 20;
        for number in 1..=most {
            keep(&cache, &key(number, 1), true).await;
        }
        for number in [7, 7, 7, 7, 9, 9] {
            assert!(cache.get(&key(number, 1)).is_some());
        }
        assert!(cache.next_again().is_none(), "nothing has changed yet");
        cache.turn_to(key(1, 2).at);
        assert!(cache.kept.is_empty());
        assert_eq!(cache.next_again(), Some(key(7, 2).wanted));
        // Published again before the rest was made: what was asked most is still known.
        cache.turn_to(key(1, 3).at);
        let again: Vec<_> = std::iter::from_fn(|| cache.next_again()).collect();
        assert_eq!(again[..2], [key(7, 3).wanted, key(9, 3).wanted]);
        assert!(again.len() <= MADE_AGAIN);
    }
}
