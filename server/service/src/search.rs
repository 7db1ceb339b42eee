//! Searches: what the policy lets everybody look for, one page of what there is, and of each hit as much
//! as everybody is told of it.

use domain::{
    LandCode,
    dataset::DataVersion,
    generalise::to_three_decimals,
    policy::{Field, Listed},
    viewer::Viewer,
};
use service_api::{Search, SearchHit, SearchPage, Unavailable};
use store::{ParcelHit, SearchQuery, SearchResult, Searched};

use crate::disclosure::{Disclosed, PolicyGate, unavailable};

/// A page of what a search finds, whoever asks. A page beyond the last is the last.
pub(crate) async fn page(gate: &PolicyGate, search: &Search) -> Result<SearchPage, Unavailable> {
    let versions = gate.store.versions().await.map_err(unavailable)?;
    let limit = search.limit.max(1);
    let mut query = SearchQuery {
        text: search.text.clone(),
        bounds: search.bounds,
        skip: search.page.saturating_sub(1).saturating_mul(limit),
        limit,
        datasets: versions.iter().filter_map(|version| searched(gate, version)).collect(),
    };
    let mut found = gate.store.search(&query).await.map_err(unavailable)?;
    let pages = found.matched.div_ceil(limit).max(1);
    if query.skip >= pages * limit {
        query.skip = (pages - 1) * limit;
        found = gate.store.search(&query).await.map_err(unavailable)?;
    }
    let SearchResult { hits, matched, more, coarser } = found;
    let page = query.skip / limit + 1;
    let mut told = SearchPage { hits: Vec::new(), matched, more, coarser, page, pages };
    for hit in hits {
        let Some(version) = versions.iter().find(|v| v.dataset.id == hit.dataset) else { continue };
        told.hits.extend(tell(gate, version, hit).await?);
    }
    Ok(told)
}

/// What of a data set everybody may search: what a list tells everybody. `None` where it tells no codes.
fn searched(gate: &PolicyGate, version: &DataVersion) -> Option<Searched> {
    let Listed { local_id, location, land_use, area: _, point } =
        gate.policy_of(version)?.listed()?;
    Some(Searched { dataset: version.dataset.id.clone(), local_id, location, land_use, point })
}

/// A hit with what everybody is shown of the place, as far as lists tell it; none where nothing is shown
/// of it any more: it may have been classified since it was found.
async fn tell(
    gate: &PolicyGate,
    version: &DataVersion,
    hit: ParcelHit,
) -> Result<Option<SearchHit>, Unavailable> {
    let listed = gate.policy_of(version).and_then(domain::policy::Policy::listed);
    let place = gate.disclosed(&LandCode::Parcel(hit.code), &Viewer::public()).await?;
    let Disclosed::Shown(shown) = place else { return Ok(None) };
    let fact = |field, listed| {
        let value = shown.profile.fact(field).filter(|_| listed);
        value.cloned()
    };
    Ok(Some(SearchHit {
        code: hit.code,
        local_id: hit.local_id,
        location: hit.location,
        point: hit.centre.map(to_three_decimals),
        land_use: fact(Field::LandUse, listed.is_some_and(|listed| listed.land_use)),
        area: fact(Field::ParcelArea, listed.is_some_and(|listed| listed.area)),
        ended: shown.lineage.ended,
        replaced_by: shown.lineage.in_force,
        dataset: version.dataset.title.clone(),
        data_version: version.label(),
    }))
}
