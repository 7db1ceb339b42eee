//! Holding what is found against what was found by other data. The sites of then are put together once more,
//! from rows that are kept, by the rules, the day and the policy of today: what is closed today is closed of
//! then too (*sites S11*). Two states of then are there at most, beside the current one, and go with it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError},
    time::Instant,
};

use domain::{LandCode, dataset::DataVersion, viewer::Viewer};
use service_api::{
    SitesWanted, Unavailable,
    site_changes::{ChangedSite, Since, SitesChanged, SitesSince},
};
use store::VersionState;

use super::{
    SiteSearching,
    between::{Between, Moved, Versions, beside},
    building::{Building, PAGE},
    index::{Index, SetIndex},
    turns::{Made, Turns},
    why,
};
use crate::disclosure::{Disclosed, unavailable};

/// Which data were current then.
enum Then {
    These(Versions),
    Same,
    NotKept,
    OtherPolicy,
}

impl Then {
    fn of(index: &Index, set: &SetIndex, since: &Since) -> Self {
        let (mut versions, mut others) = (Versions::new(), false);
        for now in &index.current {
            let id = &now.dataset.id;
            let before = index.kept.iter().find(|kept| kept.dataset.id == *id);
            let searched = set.versions.iter().any(|version| version.dataset.id == *id);
            let wanted = match since {
                Since::Before => before.map(|kept| kept.number),
                Since::Data(named) => match named.iter().find(|(name, _)| name == id) {
                    Some((_, number)) => Some(*number),
                    // It is searched now, and was not then.
                    None if searched => {
                        others = true;
                        continue;
                    }
                    None => None,
                },
            };
            let then = match wanted {
                Some(number) if number != now.number => {
                    let Some(kept) = before.filter(|kept| kept.number == number) else {
                        return Self::NotKept;
                    };
                    if kept.dataset.policy != now.dataset.policy {
                        return Self::OtherPolicy;
                    }
                    others = true;
                    kept
                }
                _ => now,
            };
            versions.push((id.clone(), then.number));
        }
        if let Since::Data(named) = since
            && named.iter().any(|(id, _)| !versions.iter().any(|(other, _)| other == id))
        {
            return Self::NotKept;
        }
        match (others, since) {
            (true, _) => Self::These(versions),
            (false, Since::Data(_)) => Self::Same,
            (false, Since::Before) => Self::NotKept,
        }
    }
}

impl SiteSearching {
    fn turns(&self) -> std::sync::MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up what was compared with data that are not current any more; what was asked for stays, so that
    /// who follows a search finds its changes there after each import.
    pub(super) fn forget_compared(&self) {
        self.turns().forget();
    }

    /// The versions before the current ones that can still be read and were not rolled back from.
    pub(super) async fn kept(
        &self,
        current: &[DataVersion],
    ) -> Result<Vec<DataVersion>, Unavailable> {
        let history = self.gate.store.history().await.map_err(unavailable)?;
        let before = |kept: &DataVersion| {
            let now = current.iter().find(|now| now.dataset.id == kept.dataset.id);
            now.is_some_and(|now| kept.number < now.number)
        };
        let kept = history.rows.into_iter();
        let kept = kept.filter(|one| one.state == VersionState::Kept && one.withdrawn.is_none());
        Ok(kept.map(|one| one.version).filter(before).collect())
    }

    /// Puts together what is next to be held against the current data, if anything was asked for and is not there.
    ///
    /// # Errors
    /// [`Unavailable`] when storage does not answer.
    pub async fn compare(&self) -> Result<(), Unavailable> {
        let Some(now) = self.current()? else { return Ok(()) };
        let next = self.turns().next(&now, |(since, hash)| {
            let set = now.sets.iter().find(|set| set.rules.hash == *hash)?;
            match Then::of(&now, set, since) {
                Then::These(then) => Some(then),
                Then::Same | Then::NotKept | Then::OtherPolicy => None,
            }
        });
        let Some((place, then)) = next else { return Ok(()) };
        let begun = Instant::now();
        let between = self.between(&then, &now).await?;
        if let Some(between) = &between {
            let (sites, groups, bytes) = between.before.measured();
            let seconds = begun.elapsed().as_secs_f64();
            tracing::info!(sites, groups, bytes, seconds, "changes of sites can be told");
        }
        let (between, at) = (between.map(Arc::new), Instant::now());
        self.turns().put(place, Made { between, then, now, at });
        Ok(())
    }

    /// The sites of then beside those of now; `None` where the data of then cannot be read, or others have
    /// become current meanwhile.
    async fn between(
        &self,
        then: &Versions,
        now: &Arc<Index>,
    ) -> Result<Option<Between>, Unavailable> {
        let store = &self.gate.store;
        let rules = now.sets.iter().map(|set| set.rules.clone()).collect();
        let mut building = Building::new(rules, now.on);
        let before = loop {
            let (begun, gate) = (Instant::now(), self.gate.clone());
            let page =
                store::read_former(&**store, then, move |moment| building.page(&gate, moment));
            let Some((next, through)) = page.await.map_err(unavailable)? else { return Ok(None) };
            building = next;
            if !self.is_of(now, store.epoch().map_err(unavailable)?) {
                return Ok(None);
            }
            if through {
                break building.finish(now.epoch, Vec::new());
            }
            tokio::time::sleep(begun.elapsed()).await;
        };
        let before = super::warmed(before).await?;
        let ended = self.ended(&before, now).await?;
        Ok(Some(Between { then: then.clone(), before, now: now.clone(), ended }))
    }

    /// Of the sites of then that are not listed now, those of which their own page says that they ended.
    async fn ended(
        &self,
        before: &Index,
        now: &Index,
    ) -> Result<HashMap<String, BTreeSet<usize>>, Unavailable> {
        let mut ended = HashMap::new();
        for set in &before.sets {
            let Some(other) = now.of(&set.rules) else { continue };
            let gone = beside(set, other).filter(|(_, is)| is.is_none());
            let gone: Vec<usize> = gone.filter_map(|(was, _)| was).collect();
            let mut own = BTreeSet::new();
            for some in gone.chunks(PAGE) {
                let begun = Instant::now();
                let codes = some.iter().filter_map(|at| Some((*at, set.sites.code(*at)?)));
                let (gate, codes) = (self.gate.clone(), codes.collect::<Vec<_>>());
                let looked = store::read(&*self.gate.store, move |moment| {
                    let (versions, everybody) = (moment.versions()?, Viewer::public());
                    let mut ended = Vec::new();
                    for (at, code) in codes {
                        let asked = (&LandCode::Parcel(code), &everybody);
                        let shown = gate.disclosed_among(moment, &versions, asked)?;
                        if matches!(&shown, Disclosed::Shown(shown) if shown.lineage.ended) {
                            ended.push(at);
                        }
                    }
                    Ok(ended)
                });
                own.extend(looked.await.map_err(unavailable)?);
                // Others have become current: nobody asks for this any more.
                if !self.is_of(now, self.gate.store.epoch().map_err(unavailable)?) {
                    return Ok(ended);
                }
                tokio::time::sleep(begun.elapsed()).await;
            }
            ended.insert(set.rules.hash.clone(), own);
        }
        Ok(ended)
    }

    /// What has changed, by the index that was asked. Where it is not put together it will be.
    pub(super) async fn since(
        &self,
        index: &Arc<Index>,
        asked: &SitesWanted,
        since: &Since,
    ) -> Result<SitesSince, Unavailable> {
        let Some(set) = index.of(&asked.rules) else { return Ok(SitesSince::NotKept) };
        let then = match Then::of(index, set, since) {
            Then::These(then) => then,
            Then::Same => return Ok(SitesSince::Same),
            Then::NotKept => return Ok(SitesSince::NotKept),
            Then::OtherPolicy => return Ok(SitesSince::OtherPolicy),
        };
        let ask = (since.clone(), asked.rules.hash.clone());
        let there = self.turns().ask(ask, index, &then);
        match there {
            Err(retry_after) => Ok(SitesSince::NotYet { retry_after }),
            Ok(None) => Ok(SitesSince::NotKept),
            Ok(Some(between)) => self.told(between, asked).await,
        }
    }

    async fn told(
        &self,
        between: Arc<Between>,
        asked: &SitesWanted,
    ) -> Result<SitesSince, Unavailable> {
        // It is never closed.
        let leave = self.asking.clone().acquire_owned().await.ok();
        let (by, wanted) = (between.clone(), asked.clone());
        let moved = tokio::task::spawn_blocking(move || {
            // Held to the end, though whoever asked has gone.
            let _leave = leave;
            by.moved(&wanted)
        });
        let moved = moved.await.map_err(|error| {
            tracing::error!(%error, "changes of sites could not be told");
            Unavailable
        })?;
        let Some(Moved { came, went, changed, sites: moved, more }) = moved else {
            return Ok(SitesSince::NotKept);
        };
        let everybody = |moment: &dyn store::Snapshot,
                         gate: &crate::disclosure::PolicyGate,
                         codes: &[domain::ParcelCode]| {
            let (versions, viewer) = (moment.versions()?, Viewer::public());
            let looks = codes.iter().map(|code| {
                gate.disclosed_among(moment, &versions, (&LandCode::Parcel(*code), &viewer))
            });
            Ok((looks.collect::<Result<Vec<_>, _>>()?, versions))
        };
        let codes: Vec<_> = moved.iter().map(|site| site.code).collect();
        let (gate, of) = (self.gate.clone(), codes.clone());
        let then = store::read_former(&*self.gate.store, &between.then, move |moment| {
            everybody(moment, &gate, &of)
        });
        let Some((then, versions)) = then.await.map_err(unavailable)? else {
            return Ok(SitesSince::NotKept);
        };
        let gate = self.gate.clone();
        let now = store::read(&*self.gate.store, move |moment| everybody(moment, &gate, &codes));
        let (now, _) = now.await.map_err(unavailable)?;
        let leave = self.asking.clone().acquire_owned().await.ok();
        let (gate, wanted, on) = (self.gate.clone(), asked.clone(), between.now.on);
        let sites = tokio::task::spawn_blocking(move || {
            let _leave = leave;
            let looks = then.into_iter().zip(now);
            let sites = moved.iter().zip(looks);
            sites.filter_map(|(site, looks)| why::told(&gate, &wanted, on, site, looks)).collect()
        });
        let sites: Vec<ChangedSite> = sites.await.map_err(|error| {
            tracing::error!(%error, "changes of sites could not be told");
            Unavailable
        })?;
        let is_searched = |version: &DataVersion| {
            between.before.of(&asked.rules).is_some_and(|set| set.versions.contains(version))
        };
        let then = versions.into_iter().filter(is_searched).collect();
        Ok(SitesSince::Told(Box::new(SitesChanged { then, came, went, changed, sites, more })))
    }
}
