//! Conditions that stand inside a row of the table: a cell opens a field of some parcels only.

use super::{Basis, Disclosure, Field, Policy};
use crate::{
    record::{ParcelRecord, Value},
    theme::{ThemeId, theme},
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

impl Policy {
    /// Whether `tier` may be told what a theme of restrictions says. A theme whose row the data do
    /// not name is denied to everybody.
    #[must_use]
    pub fn shows_theme(&self, theme: &ThemeId, tier: Tier) -> bool {
        self.shows_under(field_of_theme(theme), tier)
    }

    pub(super) fn shows_under(&self, field: Option<Field>, tier: Tier) -> bool {
        field.is_some_and(|field| self.cell(field, tier) == Disclosure::Show)
    }
}

/// The field that says whether a theme of restrictions may be shown, as its catalogue names it.
#[must_use]
pub fn field_of_theme(id: &ThemeId) -> Option<Field> {
    theme(id)?.field
}
