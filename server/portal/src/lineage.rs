//! The history of a place, without the codes that may not be shown.

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
    let mut shown: Vec<Ties> = Vec::new();
    for ties in portal.store().lineage(&profile.code).await.map_err(unavailable)? {
        // One that may not be shown must not be named either.
        let code = LandCode::Parcel(ties.code);
        if ties.code == profile.code || portal.is_public(&code).await? {
            shown.push(ties);
        }
    }
    let known = |code: &ParcelCode| shown.iter().any(|ties| ties.code == *code);
    profile.predecessors.retain(known);
    profile.successors.retain(known);
    Ok(Lineage::of(profile.code, &shown, china_date(portal.now())))
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
