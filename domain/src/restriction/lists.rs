//! The three lists of a profile: every theme with its layers, what they found, and how grave it is.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Finding, LawStatus, LayerAnswer, LayerInfo, Tolerance};
use crate::{
    localized::Localized,
    severity::Severity,
    theme::{Theme, ThemeId, themes},
};

/// A theme with the layers that answered and what they found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeAnswer {
    /// The theme.
    pub theme: &'static Theme,
    /// What it asks of the place at most; none where nothing is asked or nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The layers that answered, gravest first, with their findings. Empty when there is no data.
    pub layers: Vec<LayerFindings>,
    /// Where there is no data: the published layers of the theme that do not reach all of the parcel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Arc<LayerInfo>>,
}

impl ThemeAnswer {
    /// The findings that ask as much as the answer does, none twice by name: what a sentence names.
    pub fn gravest(&self) -> impl Iterator<Item = &Localized> {
        let layers = self.layers.iter().filter(|found| found.concerns());
        let counted = layers.flat_map(LayerFindings::counted);
        let grave = counted.filter(|graded| Some(graded.severity) == self.severity);
        let mut names: Vec<&Localized> = Vec::new();
        for graded in grave {
            if !names.contains(&&graded.finding.label) {
                names.push(&graded.finding.label);
            }
        }
        names.into_iter()
    }
}

/// A finding with what it asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradedFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// What it asks, by the catalogue of themes.
    pub severity: Severity,
}

/// How exact areas and shares of overlaps are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figures {
    /// As computed from the outline.
    #[default]
    Exact,
    /// Shares in whole per cent: 0.005 stands for less than one, 0.995 for more than 99. An area is
    /// that share of the registered one, rounded, where this is shown; else there is none.
    WholePercent,
}

/// A layer with what it found on one parcel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerFindings {
    /// The layer.
    pub layer: Arc<LayerInfo>,
    /// Its findings, gravest first, then largest, slivers last.
    pub findings: Vec<GradedFinding>,
    /// How exact their figures are.
    #[serde(skip)]
    pub figures: Figures,
    // Told of the exact figures, which may be gone.
    #[serde(skip)]
    concerned: bool,
    #[serde(skip)]
    together: Option<(f64, f64)>,
    /// From which severity on slivers count, because they are more than one together.
    #[serde(skip)]
    slivers_count_from: Option<Severity>,
}

impl LayerFindings {
    fn of(layer: Arc<LayerInfo>, findings: Vec<Finding>, theme: &Theme) -> Self {
        let concerned = layer.tolerance.concerns(&findings);
        let all_slivers = findings.iter().all(|finding| finding.sliver);
        let together = (all_slivers && concerned).then(|| {
            let area_m2 = findings.iter().map(|finding| finding.area_m2).sum();
            let share: f64 = findings.iter().map(|finding| finding.share).sum();
            (area_m2, share.min(1.0))
        });
        let graded = |finding: Finding| {
            let severity = graded(theme, &layer, &finding);
            GradedFinding { finding, severity }
        };
        let mut findings: Vec<_> = findings.into_iter().map(graded).collect();
        findings.sort_by(|a, b| {
            let grave = a.finding.sliver.cmp(&b.finding.sliver).then(b.severity.cmp(&a.severity));
            grave.then(b.finding.area_m2.total_cmp(&a.finding.area_m2))
        });
        let slivers_count_from = gravest_by_slivers(&layer.tolerance, &findings);
        let figures = Figures::Exact;
        Self { layer, findings, figures, concerned, together, slivers_count_from }
    }

    /// Whether a finding counts: every one but slivers, unless these count together, all of them or
    /// the grave ones among them. A milder finding beside them makes nothing less grave (rule Z4).
    #[must_use]
    pub fn counts(&self, graded: &GradedFinding) -> bool {
        !graded.finding.sliver
            || self.together.is_some()
            || self.slivers_count_from.is_some_and(|from| graded.severity >= from)
    }

    /// The findings that count ([`LayerFindings::counts`]).
    pub fn counted(&self) -> impl Iterator<Item = &GradedFinding> {
        self.findings.iter().filter(|graded| self.counts(graded))
    }

    /// What it asks at most; none where it does not concern the parcel.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.counted().map(|graded| graded.severity).max().filter(|_| self.concerned)
    }

    /// Whether the layer concerns the parcel ([`Tolerance::concerns`]).
    #[must_use]
    pub const fn concerns(&self) -> bool {
        self.concerned
    }

    /// What the findings add up to when no single one of them is more than a sliver and together
    /// they are: m², 0 where no area may be told, and share of the parcel.
    #[must_use]
    pub const fn slivers_together(&self) -> Option<(f64, f64)> {
        self.together
    }

    /// These findings with figures that tell no more of the outline than its generalised shape.
    fn in_whole_percents(mut self, registered_m2: Option<f64>) -> Self {
        let rounded = |share: f64| {
            let share = whole_percent(share);
            (registered_m2.and_then(|whole| area_of_share(whole, share)).unwrap_or(0.0), share)
        };
        let findings = self.findings.iter_mut().map(|graded| &mut graded.finding);
        for finding in findings.filter(|finding| !finding.touches()) {
            (finding.area_m2, finding.share) = rounded(finding.share);
            finding.of_feature = None;
            if finding.sliver {
                finding.area_m2 = 0.0;
            }
        }
        // The order by exact area would tell more than the figures do.
        self.findings.sort_by(|a, b| {
            let grave = a.finding.sliver.cmp(&b.finding.sliver).then(b.severity.cmp(&a.severity));
            let (a, b) = (&a.finding, &b.finding);
            grave.then(b.share.total_cmp(&a.share)).then_with(|| a.feature.cmp(&b.feature))
        });
        self.together = self.together.map(|(_, share)| rounded(share));
        self.figures = Figures::WholePercent;
        self
    }
}

/// The gravest severity of which all that was found, and all that is graver, concerns the parcel only
/// because slivers add up.
fn gravest_by_slivers(tolerance: &Tolerance, findings: &[GradedFinding]) -> Option<Severity> {
    let at_least = |severity: Severity| {
        findings.iter().filter(move |it| it.severity >= severity).map(|it| &it.finding)
    };
    let gravest =
        Severity::ALL.into_iter().find(|severity| tolerance.concerns(at_least(*severity)))?;
    at_least(gravest).all(|it| it.sliver && !it.touches()).then_some(gravest)
}

/// What a finding asks: what its theme says of its kind. A change that has no effect yet forbids
/// nothing and asks for nothing; that people are in danger is no matter of its status.
fn graded(theme: &Theme, layer: &LayerInfo, finding: &Finding) -> Severity {
    let severity = theme.grading.severity(&finding.label);
    let idle = layer.status == LawStatus::ChangeWithoutPreEffect && severity != Severity::Danger;
    if idle { Severity::Informs } else { severity }
}

/// Less than one per cent, as a share.
pub const BELOW_ONE_PERCENT: f64 = 0.005;
/// More than 99 per cent, as a share.
pub const ABOVE_99_PERCENT: f64 = 0.995;

/// A share in whole per cent. An outline that lies wholly in an area is not told from one of which a
/// corner sticks out.
fn whole_percent(share: f64) -> f64 {
    if share < 0.01 {
        BELOW_ONE_PERCENT
    } else if share > 0.99 {
        ABOVE_99_PERCENT
    } else {
        (share * 100.0).round() / 100.0
    }
}

/// The area of a rounded share, to a step between a hundredth and a thousandth of the whole; none
/// where the share has only one end. It follows from two figures that are told anyway.
fn area_of_share(whole_m2: f64, share: f64) -> Option<f64> {
    let has_two_ends = (0.01..=0.99).contains(&share);
    let step = 10_f64.powf((whole_m2 / 100.0).log10().floor());
    (has_two_ends && whole_m2 > 0.0 && step.is_finite())
        .then(|| (whole_m2 * share / step).round() * step)
}

/// The three lists of a profile. Every theme stands in one of them; one that concerns the parcel, while
/// a layer of it does not reach all of the parcel, in two.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Restrictions {
    /// How exact the figures in them are.
    pub figures: Figures,
    /// 涉及: a layer's overlaps are, one by one or together, more than a sliver.
    pub concerned: Vec<ThemeAnswer>,
    /// 不涉及: the data of every published layer reach the parcel, and nothing but slivers meets it.
    pub not_concerned: Vec<ThemeAnswer>,
    /// 暂无数据: there is no published layer, or one of them does not reach all of the parcel or was not
    /// read there. Never read as "allowed" (rule Z4).
    pub no_data: Vec<ThemeAnswer>,
    /// Layers of other data sets that may say something here: what these lists find nothing of may be in them.
    #[serde(skip)]
    pub elsewhere: BTreeSet<LayerElsewhere>,
}

/// A layer of another data set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerElsewhere {
    /// Its theme.
    pub theme: ThemeId,
    /// Its name in that data set.
    pub name: String,
}

impl Restrictions {
    /// Sorts every theme of the catalogue into its list.
    ///
    /// `today` decides which layers are published. A finding of a layer that is not among
    /// `answers` is not shown. Layers of one theme say different things, so that one of them found
    /// nothing does not stand in for another that is not known (rule Z4).
    #[must_use]
    pub fn sort(answers: &[LayerAnswer], findings: &[Finding], today: Date) -> Self {
        let mut lists = Self::default();
        for theme in themes() {
            let published = || {
                answers.iter().filter(|answer| {
                    answer.layer.theme == theme.id && answer.layer.is_published(today)
                })
            };
            let shown = |answer: &LayerAnswer| {
                let mut layer = Arc::clone(&answer.layer);
                if !layer.documents.iter().all(|document| document.stands(today)) {
                    let documents = &mut Arc::make_mut(&mut layer).documents;
                    documents.retain(|document| document.stands(today));
                }
                layer
            };
            // What was found is known, however far the rest of the data reach.
            let mut layers: Vec<LayerFindings> = published()
                .filter_map(|answer| {
                    let found = findings.iter().filter(|f| f.layer == answer.layer.id).cloned();
                    let found = LayerFindings::of(shown(answer), found.collect(), theme);
                    (answer.covers || found.concerns()).then_some(found)
                })
                .collect();
            layers.sort_by_key(|found| Reverse(found.severity()));
            let missing: Vec<_> = published().filter(|it| !it.covers).map(shown).collect();
            let answer =
                |severity, layers, missing| ThemeAnswer { theme, severity, layers, missing };
            let known = !layers.is_empty() && missing.is_empty();
            if !known {
                lists.no_data.push(answer(None, Vec::new(), missing));
            }
            if layers.iter().any(LayerFindings::concerns) {
                let severity = layers.iter().filter_map(LayerFindings::severity).max();
                lists.concerned.push(answer(severity, layers, Vec::new()));
            } else if known {
                let outside = theme.grading.outside.as_ref().map(|outside| outside.severity);
                lists.not_concerned.push(answer(outside, layers, Vec::new()));
            }
        }
        lists.concerned.sort_by_key(|answer| Reverse(answer.severity));
        lists
    }

    /// Themes that concern the place, of which a layer does not reach all of it: what is said of them is not
    /// all.
    pub fn half_known(&self) -> impl Iterator<Item = &ThemeAnswer> {
        let concerns = |id: &ThemeId| self.concerned.iter().any(|answer| answer.theme.id == *id);
        self.no_data.iter().filter(move |answer| concerns(&answer.theme.id))
    }

    /// Every answer that asks something of the place, gravest first: also that it lies outside of
    /// areas that it would be good to be in.
    #[must_use]
    pub fn by_severity(&self) -> Vec<(Severity, &ThemeAnswer)> {
        let answers = self.concerned.iter().chain(&self.not_concerned);
        let mut graded: Vec<_> =
            answers.filter_map(|answer| Some((answer.severity?, answer))).collect();
        graded.sort_by_key(|(severity, _)| Reverse(*severity));
        graded
    }

    /// These lists for whom is not shown where restrictions lie: nothing of them says how large a feature is.
    #[must_use]
    pub(crate) fn without_sizes_of_features(mut self) -> Self {
        let lists = [&mut self.concerned, &mut self.not_concerned, &mut self.no_data];
        let layers = lists.into_iter().flatten().flat_map(|answer| &mut answer.layers);
        for graded in layers.flat_map(|found| &mut found.findings) {
            graded.finding.of_feature = None;
        }
        self
    }

    /// These lists with figures that tell no more of the outline than a shape on a grid does: for whom
    /// is not shown the outline itself. `registered_m2` is the registered area, if they are shown
    /// that.
    #[must_use]
    pub(crate) fn in_whole_percents(mut self, registered_m2: Option<f64>) -> Self {
        for list in [&mut self.concerned, &mut self.not_concerned, &mut self.no_data] {
            for answer in list {
                let layers = std::mem::take(&mut answer.layers).into_iter();
                answer.layers = layers.map(|it| it.in_whole_percents(registered_m2)).collect();
            }
        }
        self.figures = Figures::WholePercent;
        self
    }
}
