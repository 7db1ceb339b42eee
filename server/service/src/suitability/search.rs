//! *Where could I?* Every site that everybody may be listed, judged before anybody asks: by what everybody
//! is shown of it, as a site is that somebody names (*sites Q1*, *S11*). It is put together in memory from
//! the data of one epoch on one day, swapped in whole, and answers for no other (*sites Q4*).

mod between;
mod building;
mod comparing;
mod finding;
mod index;
mod rows;
mod tally;
mod turns;
mod why;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::dataset::Epoch;
use service_api::{SiteSearch, SitesWanted, Unavailable};
use tokio::sync::Semaphore;

use self::{building::Building, index::Index, turns::Turns};
use super::Rules;
use crate::disclosure::{PolicyGate, unavailable};

/// How long it may go unseen, at most, that data were published or a day began.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// After a failure of storage.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// When it is worth asking again while the index is put together, s.
const RETRY_AFTER_S: u64 = 10;

/// What sites are searched by.
pub struct SiteSearching {
    gate: PolicyGate,
    rules: Rules,
    /// Leave to ask: one at a time, besides those whose sites are named.
    asking: Arc<Semaphore>,
    index: Mutex<Option<Arc<Index>>>,
    turns: Mutex<Turns>,
}

impl std::fmt::Debug for SiteSearching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SiteSearching").finish_non_exhaustive()
    }
}

impl SiteSearching {
    pub(crate) fn new(gate: PolicyGate, rules: Rules) -> Self {
        let (asking, index) = (Arc::new(Semaphore::new(1)), Mutex::new(None));
        Self { gate, rules, asking, index, turns: Mutex::default() }
    }

    /// Keeps the index up to date, for ever.
    pub async fn keep(self: Arc<Self>) {
        loop {
            let kept = match self.current() {
                Ok(Some(_)) => self.compare().await,
                Ok(None) => self.renew().await,
                // What there is may still be of the data that are current.
                Err(unavailable) => Err(unavailable),
            };
            if kept.is_err() {
                tokio::time::sleep(AFTER_FAILURE).await;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Puts the index of the current data together, and takes its time for that: after each page of sites
    /// it rests as long as that took, so that half of a reader is the most that it needs.
    ///
    /// # Errors
    /// [`Unavailable`] when storage does not answer; then there is no index.
    pub async fn renew(&self) -> Result<(), Unavailable> {
        // What is out of date answers nobody; without it there is room for the new one.
        self.put(None);
        self.forget_compared();
        let begun = Instant::now();
        'anew: loop {
            let store = &self.gate.store;
            let (epoch, on) = (store.epoch().map_err(unavailable)?, self.gate.today());
            let current = store.versions().await.map_err(unavailable)?;
            let kept = self.kept(&current).await?;
            let mut building = Building::new(self.rules.in_force(on), on);
            let index = loop {
                let (page_begun, gate) = (Instant::now(), self.gate.clone());
                let page = store::read(&**store, move |moment| building.page(&gate, moment));
                let through;
                (building, through) = page.await.map_err(unavailable)?;
                // The pages are of one state of the data, or of none.
                if store.epoch().map_err(unavailable)? != epoch {
                    continue 'anew;
                }
                if through {
                    break building.finish(epoch, kept);
                }
                tokio::time::sleep(page_begun.elapsed()).await;
            };
            let index = warmed(index).await?;
            let (sites, groups, bytes) = index.measured();
            let seconds = begun.elapsed().as_secs_f64();
            tracing::info!(sites, groups, bytes, seconds, "sites can be searched");
            self.put(Some(index));
            return Ok(());
        }
    }

    fn put(&self, index: Option<Index>) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = index.map(Arc::new);
    }

    /// The index, if it is of the data and the day that are current.
    ///
    /// # Errors
    /// [`Unavailable`] where it is not known which data are.
    fn current(&self) -> Result<Option<Arc<Index>>, Unavailable> {
        let epoch = self.gate.store.epoch().map_err(unavailable)?;
        let index = self.index.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(index.filter(|index| self.is_of(index, epoch)))
    }

    /// Whether an index is of these data and of today.
    fn is_of(&self, index: &Index, epoch: Epoch) -> bool {
        index.epoch == epoch && index.on == self.gate.today()
    }

    /// What is found, whoever asks. A page beyond the last is the last.
    pub(crate) async fn find(&self, wanted: &SitesWanted) -> Result<SiteSearch, Unavailable> {
        let not_yet = Ok(SiteSearch::NotYet { retry_after: RETRY_AFTER_S });
        let Some(index) = self.current()? else { return not_yet };
        let mut asked = wanted.clone();
        // What the rules for the use do not ask makes no other question.
        let asks = asked.rules.asks(asked.use_at, index.on);
        asked.answers.0.retain(|key, _| asks.contains(key));
        // A page that is turned waits for nobody's question.
        let leave = match index.knows(&asked) {
            true => None,
            // It is never closed.
            false => self.asking.clone().acquire_owned().await.ok(),
        };
        let by = index.clone();
        let judge = move || {
            // Held to the end, though whoever asked has gone.
            let _leave = leave;
            (finding::found(&by, &asked), asked)
        };
        let found = tokio::task::spawn_blocking(judge).await.map_err(|error| {
            tracing::error!(%error, "sites could not be searched");
            Unavailable
        })?;
        let (found, asked) = found;
        let Some((mut found, rows)) = found else { return Ok(SiteSearch::NoList) };
        for (code, answer) in rows {
            found.sites.extend(finding::told(&self.gate, code, answer).await?);
        }
        if let Some(since) = &wanted.since {
            found.since = Some(self.since(&index, &asked, since).await?);
        }
        // What was told of each site is of the data that were searched.
        match self.current()? {
            Some(still) if Arc::ptr_eq(&still, &index) => Ok(SiteSearch::Found(Box::new(found))),
            _ => not_yet,
        }
    }
}

/// The index once every use was asked for, on a thread that nobody waits for.
async fn warmed(index: Index) -> Result<Index, Unavailable> {
    let warm = move || {
        index.sets.iter().for_each(index::SetIndex::warm);
        index
    };
    tokio::task::spawn_blocking(warm).await.map_err(|error| {
        tracing::error!(%error, "sites could not be put together");
        Unavailable
    })
}
