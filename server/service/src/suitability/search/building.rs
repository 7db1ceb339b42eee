//! Putting an index together, one page of sites after the other.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use domain::{
    LandCode, ParcelCode,
    dataset::{DataVersion, Epoch},
    lifecycle::Stage,
    policy::{Policy, Searchable},
    profile::PublicProfile,
    suitability::{Gathering, RuleSet},
    viewer::{Tier, Viewer},
};
use jiff::civil::Date;
use service_api::site_search::Sizes;
use store::{Snapshot, StoreError};

use super::{
    index::{Index, SetIndex},
    rows::{NOT_TOLD, Row, Rows},
};
use crate::{
    disclosure::{Disclosed, PolicyGate, Shown},
    suitability::{Closed, facts, source},
};

/// Sites of one page: some tens of milliseconds.
pub(super) const PAGE: usize = 256;

/// An index that is being put together.
pub(super) struct Building {
    on: Date,
    sets: Vec<SetBuilding>,
    /// The last code that was looked at.
    after: Option<ParcelCode>,
    versions: Vec<DataVersion>,
    /// The data sets that may be searched, or a list of theirs.
    datasets: Vec<String>,
}

struct SetBuilding {
    rules: Arc<RuleSet>,
    gathering: Gathering,
    sites: Rows,
    datasets: BTreeSet<String>,
    listed_only: bool,
    /// What is closed to everybody, by data set.
    closed: HashMap<String, Closed>,
}

impl Building {
    pub(super) fn new(rules: Vec<Arc<RuleSet>>, on: Date) -> Self {
        let sets = rules.into_iter().map(|rules| SetBuilding {
            gathering: Gathering::new(rules.clone(), on),
            rules,
            sites: Rows::default(),
            datasets: BTreeSet::new(),
            listed_only: false,
            closed: HashMap::new(),
        });
        Self { on, sets: sets.collect(), after: None, versions: Vec::new(), datasets: Vec::new() }
    }

    /// Looks at a page more, each site as if everybody had asked for it; whether it was the last.
    pub(super) fn page(
        mut self,
        gate: &PolicyGate,
        moment: &dyn Snapshot,
    ) -> Result<(Self, bool), StoreError> {
        // Whoever puts the pages together sees to it that they are of one state of the data.
        if self.versions.is_empty() {
            self.versions = moment.versions()?;
            let searchable = |version: &&DataVersion| {
                gate.policy_of(version).is_some_and(|policy| policy.searchable().is_some())
            };
            let searchable = self.versions.iter().filter(searchable);
            self.datasets = searchable.map(|one| one.dataset.id.clone()).collect();
        }
        if self.sets.is_empty() || self.datasets.is_empty() {
            return Ok((self, true));
        }
        let codes = moment.codes_after(self.after.as_ref(), &self.datasets, PAGE)?;
        let everybody = Viewer::public();
        for code in &codes {
            let asked = (&LandCode::Parcel(*code), &everybody);
            if let Disclosed::Shown(shown) = gate.disclosed_among(moment, &self.versions, asked)? {
                self.add(gate, &shown);
            }
        }
        self.after = codes.last().copied().or(self.after);
        let through = codes.len() < PAGE;
        Ok((self, through))
    }

    /// A site that is in force and that a list may name.
    fn add(&mut self, gate: &PolicyGate, shown: &Shown) {
        let profile = &shown.profile;
        let Some(policy) = gate.policy_of(&profile.version) else { return };
        let Some(searchable) = policy.searchable() else { return };
        let whole = searchable == Searchable::Every;
        let is_listed = whole || supplied_on(profile, self.on).is_some();
        for set in self.sets.iter_mut().filter(|set| set.rules.is_for(&profile.code)) {
            // Said also where no site of the register is on its list.
            set.listed_only |= !whole;
            if is_listed && !shown.lineage.ended && !shown.only_history {
                set.add(policy, profile);
            }
        }
    }

    pub(super) fn finish(self, epoch: Epoch, kept: Vec<DataVersion>) -> Index {
        let versions = self.versions;
        let sets = self.sets.into_iter().map(|set| {
            let of_set = |version: &&DataVersion| set.datasets.contains(&version.dataset.id);
            let searched = versions.iter().filter(of_set).cloned().collect();
            let mut sites = set.sites;
            sites.shrink_to_fit();
            SetIndex::new(set.rules, set.gathering.finish(), sites, (searched, set.listed_only))
        });
        let sets = sets.collect();
        Index { epoch, on: self.on, sets, current: versions, kept }
    }
}

impl SetBuilding {
    fn add(&mut self, policy: &Policy, profile: &PublicProfile) {
        let Self { rules, gathering, closed, .. } = self;
        let dataset = &profile.version.dataset.id;
        let closed = closed
            .entry(dataset.clone())
            .or_insert_with(|| Closed::to(policy, rules, Tier::Public));
        let facts = facts::told(rules, gathering.asks(), (profile, closed));
        let size = source::size(profile).map(Sizes::class_of);
        let size = size.unwrap_or(NOT_TOLD) as u8;
        let group = self.gathering.add(&facts);
        self.sites.push(Row { code: profile.code, size, group });
        if !self.datasets.contains(dataset) {
            self.datasets.insert(dataset.clone());
        }
    }
}

/// The first day of which everybody is shown that a parcel was supplied.
pub(super) fn supplied_on(profile: &PublicProfile, on: Date) -> Option<Date> {
    let supplied = profile.events.iter().filter(|event| event.stage == Stage::Supplied);
    supplied.map(|event| event.date).filter(|date| *date <= on).min()
}
