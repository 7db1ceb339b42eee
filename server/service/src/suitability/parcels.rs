//! The parcels that ground lies on which somebody drew: what rules ask of a parcel is asked of each of them, by what
//! everybody is shown of it and nothing else. Which parcels they are is told nobody: a register is no list (rule M4).

use std::collections::BTreeSet;

use domain::{
    LandCode,
    base_map::Bounds,
    dataset::DataVersion,
    outline::Outline,
    profile::{Precision, PublicOutline, PublicProfile},
    suitability::{Cause, FactKey, Reading, RuleSet, Seen},
    viewer::{Tier, Viewer},
};
use geo::{BoundingRect, Coord, Intersects, Rect};
use jiff::civil::Date;
use store::{Snapshot, StoreError};

use super::{register, source::Told};
use crate::disclosure::{Disclosed, PolicyGate};

/// Parcels at most that one outline may lie on.
const MOST_PARCELS: usize = 200;
/// Parcels at most that are looked up in and around it, to see on which it lies.
const MOST_LOOKED_UP: usize = 1_000;
/// So many pieces to a side the ground around an outline is looked through in: of one that is long and aslant, or
/// bends, only those that it meets.
const PIECES: u8 = 8;

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
        outline: &Outline,
    ) -> Result<Result<Self, Cause>, StoreError> {
        let versions: Vec<DataVersion> = moment.versions()?;
        // Of others nobody may know that they are there.
        let told = gate.telling(&versions, Tier::Public);
        let mut codes = BTreeSet::new();
        for bounds in pieces(outline) {
            match moment.parcels_near(&told, bounds, MOST_LOOKED_UP)? {
                Some(near) => codes.extend(near),
                None => return Ok(Err(Cause::TooMany)),
            }
            if codes.len() > MOST_LOOKED_UP {
                return Ok(Err(Cause::TooMany));
            }
        }
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
    /// That a part of it lies on none, or beside what is shown of one; that it lies on too many.
    pub(super) fn beneath(&self, outline: &Outline) -> Result<Vec<&PublicProfile>, Cause> {
        let outlines: Vec<&PublicOutline> = self.shown.iter().map(|(_, outline)| outline).collect();
        let found = outline.beneath(&outlines);
        if found.beyond_m2 > 0.0 || found.parcels.is_empty() {
            return Err(Cause::NotCovered);
        }
        if found.bare_m2 > 0.0 {
            return Err(Cause::BeyondShown);
        }
        if found.parcels.len() > MOST_PARCELS {
            return Err(Cause::TooMany);
        }
        Ok(found.parcels.into_iter().map(|at| &self.shown[at].0).collect())
    }

    /// How far parcels around may reach beyond what is shown of them, m; none where all are shown as they are.
    pub(super) fn reach_m(&self) -> Option<f64> {
        let cell = |(_, outline): &(PublicProfile, PublicOutline)| match outline.precision {
            Precision::Exact => None,
            Precision::Generalised { cell_m } => Some(cell_m),
        };
        self.shown.iter().filter_map(cell).reduce(f64::max)
    }
}

/// Boxes that together hold an outline, and little besides.
fn pieces(outline: &Outline) -> Vec<Bounds> {
    let Some(window) = outline.shape().bounding_rect() else { return Vec::new() };
    let side = |of: f64| of / f64::from(PIECES);
    let (wide, high) = (side(window.width()), side(window.height()));
    let corner = |east: u8, north: u8| Coord {
        x: window.min().x + wide * f64::from(east),
        y: window.min().y + high * f64::from(north),
    };
    let piece = |(east, north)| Rect::new(corner(east, north), corner(east + 1, north + 1));
    let all = (0..PIECES).flat_map(|east| (0..PIECES).map(move |north| (east, north)));
    let met = all.map(piece).filter(|piece| piece.intersects(outline.shape()));
    let bounds = |it: Rect<f64>| Bounds {
        west: it.min().x,
        south: it.min().y,
        east: it.max().x,
        north: it.max().y,
    };
    met.map(bounds).collect()
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
