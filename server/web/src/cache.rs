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
use tokio::sync::{Notify, Semaphore};

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

/// For whom an answer is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Somebody asks for it.
    Visitors,
    /// Nobody yet: what is asked no more is not made again for ever.
    Nobodys,
}

impl Kept {
    /// An answer that was just made.
    pub(crate) fn new(answer: Representation, whose: Whose) -> Self {
        let asked = AtomicU32::new(u32::from(whose == Whose::Visitors));
        Self { answer, asked, is_coded: AtomicBool::new(false) }
    }
}

/// Has the next one code what whoever began does not: they may have gone.
struct RetryCoding<'k>(&'k AtomicBool);

impl Drop for RetryCoding<'_> {
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
    /// Leave to write in another coding, one at a time: it takes memory.
    coding: Semaphore,
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
        Self {
            kept,
            turning: Mutex::default(),
            turned: Notify::new(),
            coding: Semaphore::new(1),
            metrics,
        }
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
    /// moment is not over by then. Of another moment than what is kept nothing is: it may be late.
    pub(crate) async fn get_or_make<E>(
        &self,
        key: &Key,
        whose: Whose,
        is_now: impl Fn() -> bool,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Arc<Kept>, E> {
        if !self.is_at(key.at) {
            return make.await.map(|answer| Arc::new(Kept::new(answer, whose)));
        }
        let guard = match self.kept.get_value_or_guard_async(key).await {
            Ok(kept) => {
                kept.asked.fetch_add(1, Ordering::Relaxed);
                return Ok(kept);
            }
            Err(guard) => guard,
        };
        if whose == Whose::Visitors {
            self.metrics.made_answer();
        }
        let kept = Arc::new(Kept::new(make.await?, whose));
        if self.is_at(key.at) && is_now() {
            // It fails where the room was taken away meanwhile: then it is not kept.
            let _ = guard.insert(Arc::clone(&kept));
        }
        Ok(kept)
    }

    /// What is kept as it is in the coding of the key, which whoever asks first makes; as it is where
    /// that saves too little, and while somebody makes it, whom nobody waits for.
    pub(crate) async fn coded(&self, key: &Key, kept: Arc<Kept>) -> Arc<Kept> {
        if kept.answer.coding() == key.coding || kept.is_coded.load(Ordering::Relaxed) {
            return kept;
        }
        let Ok(_leave) = self.coding.try_acquire() else { return kept };
        if kept.is_coded.swap(true, Ordering::Relaxed) {
            return kept;
        }
        let retry = RetryCoding(&kept.is_coded);
        let (plain, coding) = (Arc::clone(&kept), key.coding);
        let coded = tokio::task::spawn_blocking(move || plain.answer.coded(coding)).await;
        let Ok(Some(coded)) = coded else {
            std::mem::forget(retry);
            return kept;
        };
        let coded = Arc::new(Kept::new(coded, Whose::Visitors));
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
mod tests;
