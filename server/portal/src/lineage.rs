//! The history of a place, without the codes that may not be shown.

use std::collections::BTreeSet;

use app::portal::Unavailable;
use domain::{
    LandCode, ParcelCode,
    clock::china_date,
    lineage::{Lineage, Ties, has_ended},
    profile::PublicProfile,
    record::LandRecord,
};
use jiff::civil::Date;

use crate::live::{LivePortal, unavailable};

/// The history of the parcel of `profile` as everybody may see it; the profile's own predecessors
/// and successors are cut down to the same codes.
///
/// # Errors
/// [`Unavailable`] when storage does not answer.
pub(crate) async fn of(
    portal: &LivePortal,
    profile: &mut PublicProfile,
) -> Result<Lineage, Unavailable> {
    let mut all = portal.store().lineage(&profile.code).await.map_err(unavailable)?;
    let told = told(portal, &all, Some(profile.code)).await?;
    // One that may not be shown must not be named either.
    all.retain(|ties| told.contains(&ties.code));
    profile.predecessors.retain(|code| told.contains(code));
    profile.successors.retain(|code| told.contains(code));
    Ok(Lineage::of(profile.code, &all, china_date(portal.now())))
}

/// What is left of a former code without a record, if it may be told at all: a code that led only
/// to what may not be shown is answered like one that never was (rules C7, P5).
///
/// # Errors
/// [`Unavailable`] when storage does not answer.
pub(crate) async fn former(
    portal: &LivePortal,
    code: ParcelCode,
) -> Result<Option<LandRecord>, Unavailable> {
    let Some(record) = remembered(portal, &code).await? else { return Ok(None) };
    let all = portal.store().lineage(&code).await.map_err(unavailable)?;
    let told = told(portal, &all, None).await?;
    Ok(told.contains(&code).then_some(record))
}

/// Whether nothing is left of a code but its history.
///
/// # Errors
/// [`Unavailable`] when storage does not answer.
pub(crate) async fn is_all_there_is(
    portal: &LivePortal,
    lineage: &Lineage,
    code: &ParcelCode,
) -> Result<bool, Unavailable> {
    Ok(lineage.ended && remembered(portal, code).await?.is_some())
}

/// A code that has ended and has no record any more.
async fn remembered(
    portal: &LivePortal,
    code: &ParcelCode,
) -> Result<Option<LandRecord>, Unavailable> {
    let found = portal.store().former(code).await.map_err(unavailable)?;
    let today = china_date(portal.now());
    Ok(found.filter(|it| has_ended(it.parcel.valid_to, &it.parcel.successors, today)))
}

/// Which of the codes around one may be named to everybody: those whose records are public, and of
/// those without a record the ones that led on to such a code, or to nothing at all. `own` was let
/// through already.
async fn told(
    portal: &LivePortal,
    all: &[Ties],
    own: Option<ParcelCode>,
) -> Result<BTreeSet<ParcelCode>, Unavailable> {
    let mut told: BTreeSet<ParcelCode> = own.into_iter().collect();
    let mut waiting: Vec<&Ties> = Vec::new();
    for ties in all.iter().filter(|ties| Some(ties.code) != own) {
        let code = LandCode::Parcel(ties.code);
        if portal.has_public_record(&code).await? {
            told.insert(ties.code);
        } else if let Some(record) = remembered(portal, &ties.code).await?
            && portal.lets_out(record, &code)
        {
            waiting.push(ties);
        }
    }
    loop {
        let before = told.len();
        waiting.retain(|ties| {
            let after = &ties.successors;
            let leads_on = after.is_empty() || after.iter().any(|code| told.contains(code));
            if leads_on {
                told.insert(ties.code);
            }
            !leads_on
        });
        if told.len() == before {
            return Ok(told);
        }
    }
}

/// Takes the unit off a parcel that has ended: an old certificate leads to the parcel's history
/// whether its unit is still known or not, and nothing tells which (rules C7, P5). Says whether it
/// did.
pub(crate) fn without_unit_if_ended(record: &mut LandRecord, today: Date) -> bool {
    let ended = has_ended(record.parcel.valid_to, &record.parcel.successors, today);
    if ended {
        record.unit = None;
    }
    ended
}
