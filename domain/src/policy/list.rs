//! What a list tells of parcels that nobody named: search results, and what a search looks at.

use super::{Basis, Disclosure, Field, Policy};
use crate::{
    lifecycle::{Stage, fields_of},
    viewer::Tier,
};

/// What everybody is told of every parcel of a data set, besides its code. What is not in it may not
/// decide what a search finds either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The source's own id.
    pub local_id: bool,
    /// The address.
    pub location: bool,
    /// What it is used for.
    pub land_use: bool,
    /// How large it is.
    pub area: bool,
    /// A point, to three decimals.
    pub point: bool,
}

/// Which parcels of a data set may be searched by what they are, without anybody naming one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Searchable {
    /// Every one that everybody is shown: their owner publishes the whole.
    Every,
    /// Those of which everybody is shown that they were supplied: the published list of supply results.
    Supplied,
}

impl Policy {
    /// Which parcels may be searched by what they are; `None` for none. A register that is shown parcel by
    /// parcel, to whoever names one, is no list: only what the law has published as one is (rule M4).
    #[must_use]
    pub fn searchable(&self) -> Option<Searchable> {
        self.listed()?;
        match self.basis {
            Basis::OpenCadastre => Some(Searchable::Every),
            Basis::Register => {
                let result = fields_of(Stage::Supplied)?.day;
                self.lists(result).then_some(Searchable::Supplied)
            }
        }
    }

    /// What a list tells, whoever asks; `None` where it tells no codes.
    #[must_use]
    pub fn listed(&self) -> Option<Listed> {
        self.lists(Field::ParcelCode).then(|| Listed {
            local_id: self.lists(Field::LocalId),
            location: self.lists(Field::Location),
            land_use: self.lists(Field::LandUse),
            area: self.lists(Field::ParcelArea),
            point: self.lists(Field::Centroid),
        })
    }

    /// Whether a list tells a field. A list does not look at each parcel, so what is shown of some
    /// parcels only it does not tell at all; a policy file that asks for it is refused.
    fn lists(&self, field: Field) -> bool {
        let cell = self.cell(field, Tier::Public);
        let rounded = field == Field::Centroid && cell == Disclosure::Generalise;
        self.conditions_of(field).is_empty() && (cell == Disclosure::Show || rounded)
    }
}
