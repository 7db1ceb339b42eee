//! What a search finds in the index, in numbers and a page of codes, and what lists tell of each.

use domain::{
    LandCode, ParcelCode,
    generalise::to_three_decimals,
    policy::{Field, Policy},
    suitability::Answer,
    viewer::Viewer,
};
use service_api::{
    SitesFound, SitesWanted, Unavailable,
    site_search::{Band, Count, FoundSite, MOST_ON_PAGE},
};

use super::{index::Index, tally};
use crate::disclosure::{Disclosed, PolicyGate};

/// A page of sites by their codes, with what each is told alone.
type Rows = Vec<(ParcelCode, Answer)>;

/// What is found, with no site yet, and those of the page. `None` where there is nothing to be searched.
pub(super) fn found(index: &Index, wanted: &SitesWanted) -> Option<(SitesFound, Rows)> {
    let set = index.of(&wanted.rules).filter(|set| !set.sites.is_empty())?;
    let told = set.ask(wanted.use_at, &wanted.answers)?;
    let sizes = wanted.sizes;
    let count = |count: usize| Count::of(count, set.listed_only);
    let [yes, maybe, no] = Band::ALL
        .map(|band| told.count(|answer, size| tally::band(answer, size, sizes) == Some(band)));
    let suits = told.count(|answer, size| {
        answer == Answer::Suits && tally::band(answer, size, sizes) == Some(Band::Yes)
    });
    let other = told.count(|answer, size| tally::band(answer, size, sizes).is_none());
    let listed = [yes, maybe, no][wanted.band as usize];
    let limit = wanted.limit.clamp(1, MOST_ON_PAGE);
    let pages = listed.div_ceil(limit).max(1);
    let page = wanted.page.clamp(1, pages);
    let is_listed = |(_, (size, group)): &(usize, (usize, usize))| {
        tally::band(told.answer(*group), *size, sizes) == Some(wanted.band)
    };
    let rows = set.sites.each().enumerate().filter(is_listed);
    let rows = rows.skip((page - 1) * limit).take(limit);
    let rows = rows.filter_map(|(at, (_, group))| Some((set.sites.code(at)?, told.answer(group))));
    let rows: Rows = rows.collect();
    let found = SitesFound {
        rules: set.rules.clone(),
        use_at: wanted.use_at,
        on: index.on,
        versions: set.versions.clone(),
        listed_only: set.listed_only,
        suits: (count(suits), count(yes - suits)),
        bands: [yes, maybe, no].map(count),
        other_sizes: count(other),
        missing: told.missing(sizes).into_iter().map(|(fact, of)| (fact, count(of))).collect(),
        without: told.without(sizes).into_iter().map(|(rule, of)| (rule, count(of))).collect(),
        exact: told.exact,
        band: wanted.band,
        sites: Vec::new(),
        page,
        pages,
        since: None,
    };
    Some((found, rows))
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
