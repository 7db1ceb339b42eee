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
/// Cells that parcels are looked up around an outline: what is shown of one reaches up to a cell beyond its edge, and what
/// it may lie on one more.
const CELLS_AROUND: f64 = 2.0;
/// Metres of a degree north and east, at the northern end of the country: nowhere in it are there fewer.
const OF_A_DEGREE: (f64, f64) = (110_000.0, 64_000.0);
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
        for bounds in pieces(outline, gate.coarsest_m(&versions, &told)) {
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

/// Boxes that together hold an outline and as much around it as matters, and little besides. They lie on a grid of
/// cells of `grid_m`, m: by how much is looked up, no edge of a parcel is told more exactly (rule M3).
fn pieces(outline: &Outline, grid_m: f64) -> Vec<Bounds> {
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
    let (north, east) = (grid_m / OF_A_DEGREE.0, grid_m / OF_A_DEGREE.1);
    let below = |at: f64, cell: f64| ((at / cell).floor() - CELLS_AROUND) * cell;
    let above = |at: f64, cell: f64| ((at / cell).ceil() + CELLS_AROUND) * cell;
    let mut boxes: Vec<Bounds> = Vec::new();
    for it in met {
        let bounds = Bounds {
            west: below(it.min().x, east),
            south: below(it.min().y, north),
            east: above(it.max().x, east),
            north: above(it.max().y, north),
        };
        if !boxes.contains(&bounds) {
            boxes.push(bounds);
        }
    }
    boxes
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn drawn(west: f64, south: f64) -> Outline {
        let corners = [(0.0, 0.0), (0.0004, 0.0), (0.0004, 0.0004), (0.0, 0.0004)];
        let line = |(x, y): (f64, f64)| format!("{:.7} {:.7}", west + x, south + y);
        Outline::read(&corners.map(line).join("\n")).unwrap()
    }

    #[test]
    fn sites_s2_s11_what_is_looked_up_tells_no_edge_more_exactly_than_a_grid_does() {
        // A centimetre each time: within 2 m there is one edge of the grid at most.
        let asked: Vec<_> = (0..200)
            .map(|step| pieces(&drawn(119.9 + f64::from(step) * 1e-7, 30.5), 25.0))
            .collect();
        let told = asked.windows(2).filter(|two| two[0] != two[1]).count();
        assert!(told <= 2, "{told}");
        // And as far as what is shown of a parcel may reach, north and south, on a wide grid too.
        for (south, grid_m) in [(30.5, 25.0), (45.0, 25.0), (45.0, 50.0)] {
            let boxes = pieces(&drawn(119.9, south), grid_m);
            let east = boxes.iter().map(|it| it.east).fold(f64::MIN, f64::max);
            let metres = (east - 119.9004) * 111_000.0 * south.to_radians().cos();
            assert!(metres >= 2.0 * grid_m, "{south} {grid_m}: {metres}");
        }
    }
}
