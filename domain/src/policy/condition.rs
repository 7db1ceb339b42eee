//! Conditions that stand inside a row of the table: a cell opens a field of some parcels only.

use super::{Basis, Disclosure, Field, Policy};
use crate::{
    lifecycle::Stage,
    record::{ParcelRecord, Value},
    theme::ThemeId,
    viewer::Tier,
};

/// Where the land-use systems that occur put dwellings: 07 住宅用地 of the survey and 居住用地 of
/// planning, and the older 071, 072 (rule C9).
const DWELLINGS: &str = "07";

impl Policy {
    /// What `tier` may see of `field` of this parcel or of a unit on it. A condition that cannot be
    /// seen to hold counts as not met.
    #[must_use]
    pub fn cell_of(&self, field: Field, tier: Tier, parcel: &ParcelRecord) -> Disclosure {
        let bound = self.basis == Basis::Register && tier < Tier::Interested;
        let holds = || self.holds(field, tier, parcel);
        if bound && !holds() { Disclosure::Deny } else { self.cell(field, tier) }
    }

    fn holds(&self, field: Field, tier: Tier, parcel: &ParcelRecord) -> bool {
        match field {
            // Row 14: non-residential. Where the use itself is denied, it decides nothing.
            Field::HolderOrganisation => match parcel.fields.get(&Field::LandUse) {
                Some(Value::Coded(land_use)) => {
                    self.cell(Field::LandUse, tier) == Disclosure::Show
                        && !land_use.code.starts_with(DWELLINGS)
                }
                _ => false,
            },
            // Row 15: parcels of collective land ownership.
            Field::CollectiveOwner => parcel.code.feature().ends_with('A'),
            _ => true,
        }
    }
}

/// The field that says whether a theme of restrictions may be shown (rows 34, 35, 37).
#[must_use]
pub fn field_of_theme(theme: &ThemeId) -> Field {
    match theme.0.as_str() {
        "ecological_red_line" | "urban_development_boundary" => Field::PlanBoundaries,
        "geological_hazard" => Field::GeologicalHazards,
        _ => Field::Restrictions,
    }
}

/// The fields that must be shown for an event of a stage to be: its day and words, and the number
/// of its paper.
///
/// Plans, permits, completed plans and the inspection of both must be published (城乡规划法 art. 40,
/// 54, 浙江省国土空间规划条例 art. 43, 62, row 40), supply results too (row 27). The day of a registration is the first of the
/// right's term (row 12) and its number the register's own (row 25).
pub(crate) const fn fields_of(stage: Stage) -> (Field, Field) {
    match stage {
        Stage::Planned | Stage::Approved | Stage::Used | Stage::Supervised => {
            (Field::PlanningPermits, Field::PlanningPermits)
        }
        Stage::Supplied => (Field::SupplyPrice, Field::SupplyPrice),
        Stage::Registered => (Field::RightTerm, Field::RegisterNotes),
    }
}
