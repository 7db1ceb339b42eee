//! What a verdict is of.

use serde::{Deserialize, Serialize};

use crate::{
    code::ParcelCode,
    outline::{Outline, OutlineText},
    profile::Precision,
    suitability::{FactKey, Facts, Reading},
};

/// So much may the size in a file differ from that of its outline, m²: the order in which a sum is made.
const SAME_M2: f64 = 0.001;

/// What was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteJudged {
    /// A parcel, by its code.
    Parcel(ParcelCode),
    /// Ground that somebody drew.
    Outline(OutlineJudged),
}

/// Ground that somebody drew, as it was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlineJudged {
    /// It.
    pub ground: OutlineText,
    /// The grid, m, by whose cells layers were looked at; none where they were looked at as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid_m: Option<f64>,
}

impl OutlineJudged {
    /// An outline whose layers were looked at so exactly.
    #[must_use]
    pub fn of(outline: &Outline, precision: Precision) -> Self {
        let grid_m = match precision {
            Precision::Exact => None,
            Precision::Generalised { cell_m } => Some(cell_m),
        };
        Self { ground: OutlineText::of(outline), grid_m }
    }

    /// Whether facts can be of it: it is the outline of its digest, and what they say of the size is its size.
    #[must_use]
    pub fn bears(&self, facts: &Facts) -> bool {
        let Some(ground) = self.ground.ground() else { return false };
        match facts.get(&FactKey::Area).map(|known| &known.reading) {
            Ok(Reading::Figure(area)) => {
                [area.lo, area.hi].iter().all(|it| (it.figure() - ground.area_m2()).abs() < SAME_M2)
            }
            Ok(_) => false,
            // The rules for the use do not ask it.
            Err(_) => true,
        }
    }
}

impl SiteJudged {
    /// It in the name of a file.
    #[must_use]
    pub fn file_name(&self) -> String {
        match self {
            Self::Parcel(parcel) => parcel.to_string(),
            Self::Outline(outline) => format!("outline-{}", outline.ground.short()),
        }
    }
}
