//! Conditions that stand inside a row of the table: a cell opens a field of some parcels only.

use serde::Deserialize;

use super::{Disclosure, Field, Policy};
use crate::{
    record::{ParcelRecord, Value},
    theme::ThemeId,
    viewer::Tier,
};

/// Where the land-use systems that occur put dwellings: 07 住宅用地 of the survey and 居住用地 of
/// planning, and the older 071, 072 (rule C9).
const DWELLINGS: &str = "07";

/// What must hold of a parcel for a row to open, to whoever has proved no interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It is not housing. Where the use itself is denied, it decides nothing: not met.
    NonResidential,
    /// It is a parcel of collective land ownership.
    CollectiveLand,
}

impl Condition {
    /// It in words, after "only if".
    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::NonResidential => "the parcel is not housing",
            Self::CollectiveLand => "the land is in collective ownership",
        }
    }
}

/// The conditions that stand in a register's table whatever a file says (rows 14, 15).
pub(super) const BY_LAW: [(Field, Condition); 2] = [
    (Field::HolderOrganisation, Condition::NonResidential),
    (Field::CollectiveOwner, Condition::CollectiveLand),
];

/// Whether a field is always asked of one parcel at a time, so that a condition on it is obeyed.
/// Lists, maps, labels and themes ask of a whole data set. What is not named here is taken to be one
/// of those.
pub(super) const fn can_be_conditional(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::ParcelArea
            | F::BuildingArea
            | F::BuildingStoreys
            | F::BuildingYear
            | F::UnitCount
            | F::FloorAreaRatio
            | F::BuildingDensity
            | F::HeightLimit
            | F::GreenRatio
            | F::RightType
            | F::RightNature
            | F::HolderPerson
            | F::HolderOrganisation
            | F::CollectiveOwner
            | F::HolderIdentity
            | F::HolderContact
            | F::CoOwned
            | F::OwnershipShare
            | F::Encumbered
            | F::Mortgage
            | F::Seized
            | F::Seizure
            | F::CertificateNumber
            | F::Valuation
            | F::Neighbours
    )
}

impl Policy {
    /// What `tier` may see of `field` of this parcel or of a unit on it. A condition that cannot be
    /// seen to hold counts as not met.
    #[must_use]
    pub fn cell_of(&self, field: Field, tier: Tier, parcel: &ParcelRecord) -> Disclosure {
        let holds = |condition: &Condition| self.holds(*condition, tier, parcel);
        if tier < Tier::Interested && !self.conditions_of(field).iter().all(holds) {
            return Disclosure::Deny;
        }
        self.cell(field, tier)
    }

    pub(super) fn conditions_of(&self, field: Field) -> &[Condition] {
        self.conditions.get(&field).map_or(&[], Vec::as_slice)
    }

    fn holds(&self, condition: Condition, tier: Tier, parcel: &ParcelRecord) -> bool {
        match condition {
            Condition::NonResidential => match parcel.fields.get(&Field::LandUse) {
                Some(Value::Coded(land_use)) => {
                    self.cell(Field::LandUse, tier) == Disclosure::Show
                        && !land_use.code.starts_with(DWELLINGS)
                }
                _ => false,
            },
            Condition::CollectiveLand => parcel.code.feature().ends_with('A'),
        }
    }
}

impl Policy {
    /// Whether `tier` may be told what a theme of restrictions says. A theme whose row the data do
    /// not name is denied to everybody.
    #[must_use]
    pub fn shows_theme(&self, theme: &ThemeId, tier: Tier) -> bool {
        self.shows_under(theme.field(), tier)
    }

    pub(super) fn shows_under(&self, field: Option<Field>, tier: Tier) -> bool {
        field.is_some_and(|field| self.cell(field, tier) == Disclosure::Show)
    }
}
