//! The parcels that ground lies on which somebody drew: what rules ask of a parcel is asked of each of them, by what
//! everybody is shown of it and nothing else. Which parcels they are is told nobody: a register is no list (rule M4).

use std::collections::BTreeSet;

use domain::{
    LandCode,
    base_map::Bounds,
    dataset::DataVersion,
    outline::Outline,
    profile::{PublicOutline, PublicProfile},
    suitability::{Cause, FactKey, Reading, RuleSet, Seen},
    viewer::{Tier, Viewer},
};
use jiff::civil::Date;
use store::{Snapshot, StoreError};

use super::{register, source::Told};
use crate::disclosure::{Disclosed, PolicyGate};

/// Parcels at most that are looked at for one outline.
const MOST_PARCELS: usize = 200;

/// The parcels in and around an outline, as far as everybody is shown where they lie.
pub(super) struct Parcels {
    shown: Vec<(PublicProfile, PublicOutline)>,
}

impl Parcels {
    /// Whether the rules ask something that only the register of a parcel says.
    pub(super) fn are_asked(rules: &RuleSet, use_at: usize, on: Date) -> bool {
        let of_register = |key: &FactKey| match key {
            FactKey::Value(id) => rules.values.get(id).is_some_and(|value| value.field.is_some()),
            _ => false,
        };
        rules.asks(use_at, on).iter().any(of_register)
    }

    /// Looks them up; `Err` within says why none are.
    pub(super) fn around(
        gate: &PolicyGate,
        moment: &dyn Snapshot,
        bounds: Bounds,
    ) -> Result<Result<Self, Cause>, StoreError> {
        let versions: Vec<DataVersion> = moment.versions()?;
        // Of others nobody may know that they are there.
        let told = gate.telling(&versions, Tier::Public);
        let Some(codes) = moment.parcels_near(&told, bounds, MOST_PARCELS)? else {
            return Ok(Err(Cause::TooMany));
        };
        let (viewer, mut shown) = (Viewer::public(), Vec::new());
        for code in codes {
            let asked = (&LandCode::Parcel(code), &viewer);
            if let Disclosed::Shown(place) = gate.registered_among(moment, &versions, asked)?
                && !place.lineage.ended
                && let Some(outline) = place.profile.outline.clone()
            {
                shown.push((place.profile, outline));
            }
        }
        Ok(Ok(Self { shown }))
    }

    /// Those that an outline lies on.
    ///
    /// # Errors
    /// That a part of it lies on none.
    pub(super) fn beneath(&self, outline: &Outline) -> Result<Vec<&PublicProfile>, Cause> {
        let outlines: Vec<&PublicOutline> = self.shown.iter().map(|(_, outline)| outline).collect();
        let found = outline.beneath(&outlines);
        if found.bare_m2 > 0.0 || found.parcels.is_empty() {
            return Err(Cause::NotCovered);
        }
        Ok(found.parcels.into_iter().map(|at| &self.shown[at].0).collect())
    }
}

/// What the registers of parcels say of a value: the codes of all of them. Every one of them must pass, so where they
/// differ, all of their codes together are taken for the site only where more codes never make anything better, for any
/// use and whatever else comes to light.
pub(super) fn value(rules: &RuleSet, id: &str, parcels: Result<&[&PublicProfile], Cause>) -> Told {
    let value = rules.values.get(id).filter(|value| value.field.is_some());
    let several = value.ok_or(Cause::Missing)?.several;
    let (mut each, mut seen) = (BTreeSet::new(), BTreeSet::<Seen>::new());
    for profile in parcels? {
        let (reading, from) = register::value(rules, id, profile)?;
        let Reading::Codes(codes) = reading else { return Err(Cause::Unreadable) };
        each.insert(codes);
        seen.extend(from);
    }
    if each.len() > 1 && !(several && rules.only_worsens(id)) {
        return Err(Cause::Differs);
    }
    Ok((Reading::Codes(each.into_iter().flatten().collect()), seen.into_iter().collect()))
}
