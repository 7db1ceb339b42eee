//! The history of a place, with no day that may not be told.

use domain::{
    lineage::{Lineage, has_ended},
    policy::{Disclosure, Field, Policy},
    profile::PublicProfile,
    record::LandRecord,
    viewer::Tier,
};
use jiff::civil::Date;
use store::Tied;

/// The history of the parcel of `profile`, from the ties of the codes that may be named; the
/// profile's own predecessors and successors are cut down to the same codes. The days of its own
/// code are told as the profile is, those of the others as to everybody, by the policies of their
/// data sets.
pub(crate) fn lineage<'p>(
    profile: &mut PublicProfile,
    named: &[Tied],
    today: Date,
    policy_of: impl Fn(&str) -> Option<&'p Policy>,
) -> Lineage {
    let is_named = |code: &domain::ParcelCode| named.iter().any(|tied| tied.ties.code == *code);
    profile.predecessors.retain(is_named);
    profile.successors.retain(is_named);
    let days_of = |tied: &Tied| {
        let public = policy_of(&tied.dataset)
            .is_some_and(|policy| policy.cell(Field::ChangeDays, Tier::Public) == Disclosure::Show);
        if tied.ties.code == profile.code { profile.change_days } else { public }
    };
    let told: Vec<_> = named.iter().map(|tied| tied.ties.told(today, days_of(tied))).collect();
    Lineage::of(profile.code, &told)
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
