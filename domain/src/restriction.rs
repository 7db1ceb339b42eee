//! Public-law restrictions on land, after the Swiss ÖREB model: theme, law status, office,
//! documents with their articles, and what share of a parcel they touch.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use crate::document::LegalDocument;
use crate::{
    localized::Localized,
    theme::{Theme, ThemeId, themes},
};

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
    /// Overlap, m² on the ellipsoid.
    pub area_m2: f64,
    /// Overlap as a share of the parcel, 0 to 1.
    pub share: f64,
    /// Below the layer's tolerance: named, but not a restriction.
    pub sliver: bool,
}

/// What a layer knows about one parcel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerAnswer {
    /// The layer.
    pub layer: LayerInfo,
    /// Whether the layer's data reach the parcel at all. If not, its answer is *no data*.
    pub covers: bool,
}

/// A theme with the layers that answered and what they found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeAnswer {
    /// The theme.
    pub theme: Theme,
    /// The layers that answered, with their findings, slivers last. Empty when there is no data.
    pub layers: Vec<LayerFindings>,
}

/// A layer with what it found on one parcel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerFindings {
    /// The layer.
    pub layer: LayerInfo,
    /// Its findings, largest first, slivers last.
    pub findings: Vec<Finding>,
}

/// The three lists of a profile. Every theme stands in exactly one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Restrictions {
    /// 涉及: at least one overlap that is more than a sliver.
    pub concerned: Vec<ThemeAnswer>,
    /// 不涉及: data reach the parcel, and nothing but slivers meets it.
    pub not_concerned: Vec<ThemeAnswer>,
    /// 暂无数据: no published layer reaches the parcel. Never read as "allowed" (rule Z4).
    pub no_data: Vec<ThemeAnswer>,
}

impl Restrictions {
    /// Sorts every theme of the catalogue into its list.
    ///
    /// `today` decides which layers are published. A finding of a layer that is not among
    /// `answers` is not shown.
    #[must_use]
    pub fn sort(answers: &[LayerAnswer], findings: &[Finding], today: Date) -> Self {
        let mut lists = Self::default();
        for theme in themes() {
            let layers: Vec<LayerFindings> = answers
                .iter()
                .filter(|answer| {
                    answer.covers
                        && answer.layer.theme == theme.id
                        && answer.layer.is_published(today)
                })
                .map(|answer| {
                    let mut found: Vec<Finding> =
                        findings.iter().filter(|f| f.layer == answer.layer.id).cloned().collect();
                    found.sort_by(|a, b| {
                        a.sliver.cmp(&b.sliver).then(b.area_m2.total_cmp(&a.area_m2))
                    });
                    let mut layer = answer.layer.clone();
                    layer.documents.retain(|document| document.stands(today));
                    LayerFindings { layer, findings: found }
                })
                .collect();
            let concerned = layers.iter().any(|layer| layer.findings.iter().any(|f| !f.sliver));
            let list = if layers.is_empty() {
                &mut lists.no_data
            } else if concerned {
                &mut lists.concerned
            } else {
                &mut lists.not_concerned
            };
            list.push(ThemeAnswer { theme: theme.clone(), layers });
        }
        lists
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 22);

    fn layer(id: &str, theme: &str) -> LayerAnswer {
        let layer = LayerInfo {
            id: id.into(),
            theme: ThemeId(theme.into()),
            title: Localized::same(id),
            status: LawStatus::InForce,
            office: Localized::default(),
            source_date: date(2026, 1, 1),
            published_from: None,
            published_until: None,
            documents: Vec::new(),
            tolerance: Tolerance { min_area_m2: 10.0, min_share: 0.01 },
        };
        LayerAnswer { layer, covers: true }
    }

    fn finding(layer: &str, feature: &str, area_m2: f64, sliver: bool) -> Finding {
        Finding {
            layer: layer.into(),
            feature: feature.into(),
            label: Localized::same(feature),
            area_m2,
            share: area_m2 / 1000.0,
            sliver,
        }
    }

    fn names(list: &[ThemeAnswer]) -> Vec<&str> {
        list.iter().map(|answer| answer.theme.id.0.as_str()).collect()
    }

    #[test]
    fn every_theme_stands_in_exactly_one_list() {
        let answers = [
            layer("zoning", "planning_use"),
            layer("zoning-change", "planning_use"),
            layer("rivers", "flood"),
        ];
        let findings = [finding("zoning", "R2", 800.0, false)];
        let lists = Restrictions::sort(&answers, &findings, TODAY);
        assert_eq!(names(&lists.concerned), ["planning_use"]);
        assert_eq!(names(&lists.not_concerned), ["flood"]);
        let mut listed =
            [names(&lists.concerned), names(&lists.not_concerned), names(&lists.no_data)].concat();
        listed.sort_unstable();
        let mut every: Vec<_> = themes().iter().map(|theme| theme.id.0.as_str()).collect();
        every.sort_unstable();
        assert_eq!(listed, every);
    }

    #[test]
    fn z4_without_any_layer_every_theme_is_without_data() {
        let lists = Restrictions::sort(&[], &[finding("rivers", "1", 500.0, false)], TODAY);
        assert_eq!(lists.no_data.len(), themes().len());
        assert!(lists.no_data.iter().all(|answer| answer.layers.is_empty()));
    }

    #[test]
    fn z4_a_layer_that_does_not_reach_the_parcel_has_no_data() {
        let away = LayerAnswer { covers: false, ..layer("rivers", "flood") };
        let lists = Restrictions::sort(&[away], &[], TODAY);
        assert!(names(&lists.no_data).contains(&"flood"));
        assert!(lists.concerned.is_empty() && lists.not_concerned.is_empty());
    }

    #[test]
    fn z4_an_unpublished_layer_has_no_data_whatever_it_found() {
        let day = |offset: i64| TODAY.checked_add(jiff::Span::new().days(offset)).unwrap();
        let at = |from: Option<i64>, until: Option<i64>| {
            let mut answer = layer("line", "ecological_red_line");
            answer.layer.published_from = from.map(day);
            answer.layer.published_until = until.map(day);
            let lists = Restrictions::sort(&[answer], &[finding("line", "A", 900.0, false)], TODAY);
            (names(&lists.concerned).len(), format!("{:?}", lists.no_data).contains("900.0"))
        };
        assert_eq!(at(Some(1), None), (0, false), "published tomorrow");
        assert_eq!(at(None, Some(-1)), (0, false), "published until yesterday");
        assert_eq!(at(Some(0), Some(0)), (1, false), "published today only");
    }

    #[test]
    fn nothing_but_slivers_is_no_restriction_and_they_are_still_listed() {
        let found = [finding("rivers", "bank", 3.0, true)];
        let lists = Restrictions::sort(&[layer("rivers", "flood")], &found, TODAY);
        assert_eq!(names(&lists.not_concerned), ["flood"]);
        assert_eq!(lists.not_concerned[0].layers[0].findings, found);
    }

    #[test]
    fn findings_come_largest_first_and_slivers_last() {
        let found = [
            finding("zoning", "sliver", 9.0, true),
            finding("zoning", "small", 5.0, false),
            finding("zoning", "large", 700.0, false),
            finding("unknown", "elsewhere", 100.0, false),
        ];
        let lists = Restrictions::sort(&[layer("zoning", "planning_use")], &found, TODAY);
        let order: Vec<_> =
            lists.concerned[0].layers[0].findings.iter().map(|f| f.feature.as_str()).collect();
        assert_eq!(order, ["large", "small", "sliver"]);
    }

    #[test]
    fn an_overlap_that_reaches_either_figure_is_no_sliver() {
        let tolerance = Tolerance { min_area_m2: 10.0, min_share: 0.01 };
        assert!(tolerance.is_sliver(9.9, 0.009));
        assert!(!tolerance.is_sliver(10.0, 0.001));
        assert!(!tolerance.is_sliver(1.0, 0.01));
    }
}
