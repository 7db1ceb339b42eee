//! Public-law restrictions on land, after the Swiss ÖREB model: theme, law status, office,
//! documents with their articles, and what share of a parcel they touch.

mod lists;
#[cfg(test)]
pub(crate) mod tests;
mod unnamed;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::lists::{
    ABOVE_99_PERCENT, BELOW_ONE_PERCENT, Figures, GradedFinding, LayerElsewhere, LayerFindings,
    Restrictions, ThemeAnswer,
};
pub use self::unnamed::{is_unnamed, unnamed};
pub use crate::law::LegalDocument;
use crate::{localized::Localized, theme::ThemeId};

/// Whether a rule binds today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawStatus {
    /// In force.
    InForce,
    /// A change under way that already has effect.
    ChangeWithPreEffect,
    /// A change under way without effect yet.
    ChangeWithoutPreEffect,
}

/// Below this, an overlap is a sliver: edges that do not quite meet, not a restriction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    /// Smallest area that counts, m².
    pub min_area_m2: f64,
    /// Smallest share of the parcel that counts, 0 to 1. An overlap that reaches either
    /// figure is a restriction.
    pub min_share: f64,
}

impl Tolerance {
    /// Whether an overlap is too small by both measures.
    #[must_use]
    pub fn is_sliver(&self, area_m2: f64, share: f64) -> bool {
        area_m2 < self.min_area_m2 && share < self.min_share
    }

    /// Whether a layer of this tolerance concerns a parcel, by all that it found there: one
    /// finding that is no sliver, a line or point that touches, or slivers that together are more
    /// than one. Two per cent of a parcel in 200 strips are two per cent.
    ///
    /// Features that lie over each other count each, though never more than the whole parcel: the
    /// sum may say *concerned* too early, and never too late.
    #[must_use]
    pub fn concerns<'a>(&self, findings: impl IntoIterator<Item = &'a Finding>) -> bool {
        let (mut any, mut area_m2, mut share) = (false, 0.0, 0.0_f64);
        for finding in findings {
            if !finding.sliver || finding.touches() {
                return true;
            }
            any = true;
            area_m2 += finding.area_m2;
            share += finding.share;
        }
        any && !self.is_sliver(area_m2, share.min(1.0))
    }
}

/// A layer of restrictions: one theme, one office, one legal basis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerInfo {
    /// Stable name within its data set, `[a-z0-9-]+`.
    pub id: String,
    /// Its theme.
    pub theme: ThemeId,
    /// Title for people.
    pub title: Localized,
    /// Whether it binds today.
    pub status: LawStatus,
    /// The office responsible for it.
    pub office: Localized,
    /// The day the layer was drawn up.
    pub source_date: Date,
    /// From when it is published; earlier it is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_from: Option<Date>,
    /// Until when it is published, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_until: Option<Date>,
    /// The legal documents behind it.
    pub documents: Vec<LegalDocument>,
    /// What counts as a sliver.
    pub tolerance: Tolerance,
}

impl LayerInfo {
    /// Whether the layer may be shown on `today`.
    #[must_use]
    pub fn is_published(&self, today: Date) -> bool {
        self.published_from.is_none_or(|from| from <= today)
            && self.published_until.is_none_or(|until| today <= until)
    }
}

/// One feature of a layer that meets a parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The layer's name; its [`LayerInfo`] stands in the same record.
    pub layer: String,
    /// The feature's own id in its source.
    pub feature: String,
    /// What the feature is, for people: `Residence B`, `永久基本农田`.
    pub label: Localized,
    /// Overlap by the one measure ([`crate::area::area_m2`]), m². 0, and absent in JSON, for a line
    /// or a point that touches the parcel and has no area, and where figures are rounded
    /// ([`Figures`]) and no area may be told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub area_m2: f64,
    /// Overlap as a share of the parcel, 0 to 1; absent for what has no area.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub share: f64,
    /// Below the layer's tolerance: named, but not a restriction by itself.
    pub sliver: bool,
    /// What part of the feature itself lies on the parcel, 0 to 1: for rules, and told nobody. `None` where
    /// its size is not known, or may not be.
    #[serde(skip)]
    pub of_feature: Option<f64>,
}

impl Finding {
    /// Whether it is a line or a point: it touches the parcel, and there is no figure of area.
    #[must_use]
    pub fn touches(&self) -> bool {
        is_zero(&self.area_m2) && is_zero(&self.share)
    }
}

fn is_zero(figure: &f64) -> bool {
    *figure == 0.0
}

/// What a layer knows about one parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerAnswer {
    /// The layer, which all places of a data version share.
    pub layer: Arc<LayerInfo>,
    /// Whether the layer's data reach all of the parcel. If not, that it found nothing says nothing.
    pub covers: bool,
}
