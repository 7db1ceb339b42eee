//! What a search finds in the index, in numbers and a page of codes, and what lists tell of each.

use std::collections::BTreeMap;

use domain::{
    LandCode, ParcelCode,
    generalise::to_three_decimals,
    policy::{Field, Policy},
    suitability::{Answer, Bands, FactKey},
    viewer::Viewer,
};
use service_api::{
    SitesFound, SitesWanted, Unavailable,
    site_search::{Band, Count, FoundSite, MOST_ON_PAGE, Sizes},
};

use super::index::{Index, NOT_TOLD, Row, SetIndex};
use crate::disclosure::{Disclosed, PolicyGate};

/// A page of sites by their codes, with what each is told alone.
type Rows = Vec<(ParcelCode, Answer)>;

/// What is found, with no site yet, and those of the page. `None` where there is nothing to be searched.
pub(super) fn found(index: &Index, wanted: &SitesWanted) -> Option<(SitesFound, Rows)> {
    let set = index.of(&wanted.rules).filter(|set| !set.sites.is_empty())?;
    let bands = set.ask(wanted.use_at, &wanted.answers)?;
    let tally = Tally { set, bands: &bands, sizes: wanted.sizes };
    let told = |count: usize| Count::of(count, set.listed_only);
    let [yes, maybe, no] =
        Band::ALL.map(|band| tally.count(|at, size| tally.band(at, size) == Some(band)));
    let suits = tally.count(|at, size| {
        tally.band(at, size) == Some(Band::Yes) && bands.answers[at] == Answer::Suits
    });
    let other = tally.count(|at, size| tally.band(at, size).is_none());
    let listed = [yes, maybe, no][wanted.band as usize];
    let limit = wanted.limit.clamp(1, MOST_ON_PAGE);
    let pages = listed.div_ceil(limit).max(1);
    let page = wanted.page.clamp(1, pages);
    let rows = tally.rows(wanted.band).skip((page - 1) * limit).take(limit);
    let rows: Rows = rows.map(|row| (row.code, bands.answers[row.group as usize])).collect();
    let found = SitesFound {
        rules: set.rules.clone(),
        use_at: wanted.use_at,
        on: index.on,
        versions: set.versions.clone(),
        listed_only: set.listed_only,
        suits: (told(suits), told(yes - suits)),
        bands: [yes, maybe, no].map(told),
        other_sizes: told(other),
        missing: tally.missing().into_iter().map(|(fact, count)| (fact, told(count))).collect(),
        without: tally.without().into_iter().map(|(rule, count)| (rule, told(count))).collect(),
        exact: bands.exact,
        band: wanted.band,
        sites: Vec::new(),
        page,
        pages,
    };
    Some((found, rows))
}

/// The sites of an index under what was said of their groups, and the sizes that are wanted.
struct Tally<'i> {
    set: &'i SetIndex,
    bands: &'i Bands,
    sizes: Sizes,
}

impl Tally<'_> {
    /// The band of the sites of a group and a class of size; `None` of those of another size. Of what size a
    /// site is may not be told: then it may be one of those that are wanted.
    fn band(&self, group: usize, size: usize) -> Option<Band> {
        let band = Band::of(self.bands.answers[group]);
        let is_told = size != NOT_TOLD;
        if self.sizes.are_all() || is_told && self.sizes.have(size) {
            Some(band)
        } else if is_told {
            None
        } else {
            Some(band.max(Band::Maybe))
        }
    }

    /// How many sites there are of the groups and classes of size for which it says so.
    fn count(&self, has: impl Fn(usize, usize) -> bool) -> usize {
        let groups = self.set.sizes.iter().enumerate();
        let each = groups.flat_map(|(group, sizes)| {
            sizes.iter().enumerate().map(move |(size, count)| (group, size, *count))
        });
        let counted = each.filter(|(group, size, count)| *count > 0 && has(*group, *size));
        counted.map(|(.., count)| count as usize).sum()
    }

    fn rows(&self, band: Band) -> impl Iterator<Item = &Row> {
        let is_in =
            move |row: &&Row| self.band(row.group as usize, usize::from(row.size)) == Some(band);
        self.set.sites.iter().filter(is_in)
    }

    /// Of how many sites each fact is missing, the most first.
    fn missing(&self) -> Vec<(FactKey, usize)> {
        let mut missing: BTreeMap<FactKey, usize> = BTreeMap::new();
        for (group, facts) in &self.bands.open {
            let count = self.count_of(*group, |size| self.band(*group, size).is_some());
            for fact in facts.iter().filter(|_| count > 0) {
                *missing.entry(fact.clone()).or_default() += count;
            }
        }
        if !self.sizes.are_all() {
            let sized = |group: usize, size: usize| {
                let is_open = self.bands.open.binary_search_by_key(&group, |(at, _)| *at);
                let turns = is_open.is_ok_and(|at| self.bands.open[at].1.contains(&FactKey::Area));
                size == NOT_TOLD && self.band(group, size) == Some(Band::Maybe) && !turns
            };
            let count = self.count(sized);
            if count > 0 {
                *missing.entry(FactKey::Area).or_default() += count;
            }
        }
        let mut missing: Vec<(FactKey, usize)> = missing.into_iter().collect();
        missing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        missing
    }

    fn count_of(&self, group: usize, has: impl Fn(usize) -> bool) -> usize {
        let sizes = self.set.sizes[group].iter().enumerate();
        sizes.filter(|(size, _)| has(*size)).map(|(_, count)| *count as usize).sum()
    }

    /// How many more would fit without each rule.
    fn without(&self) -> Vec<(String, usize)> {
        let fit = |size: usize| self.sizes.are_all() || size != NOT_TOLD && self.sizes.have(size);
        let each = self.bands.relaxed.iter().map(|relaxed| {
            let gained = relaxed.gained.ones().map(|group| self.count_of(group, fit));
            (relaxed.rule.clone(), gained.sum())
        });
        each.collect()
    }
}

/// A site with what everybody is shown of it, as far as lists tell it; none where nothing is shown of it any
/// more.
pub(super) async fn told(
    gate: &PolicyGate,
    code: ParcelCode,
    answer: Answer,
) -> Result<Option<FoundSite>, Unavailable> {
    let place = gate.disclosed(&LandCode::Parcel(code), &Viewer::public()).await?;
    let Disclosed::Shown(shown) = place else { return Ok(None) };
    let profile = &shown.profile;
    let Some(listed) = gate.policy_of(&profile.version).and_then(Policy::listed) else {
        return Ok(None);
    };
    let location = profile.fact(Field::Location).filter(|_| listed.location).cloned();
    Ok(Some(FoundSite {
        code,
        answer,
        location,
        point: profile.centroid.filter(|_| listed.point).map(to_three_decimals),
        dataset: profile.version.dataset.title.clone(),
        data_version: profile.version.label(),
    }))
}
