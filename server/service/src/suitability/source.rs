//! What layers say of a site, by a layer of the rules: those of a profile, or those on drawn ground.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Localized,
    area::area_m2,
    drawn::{DrawnFeature, DrawnGround, DrawnLayer},
    policy::Field,
    profile::{Precision, PublicProfile},
    record::Value,
    restriction::{LawStatus, LayerFindings, LayerInfo, ThemeAnswer, is_unnamed},
    suitability::{
        Cause, Classes, LayerSource, Overlap, Overlaps, Reading, RuleSet, Seen,
        amount::{Amount, Range},
        tree::Features,
    },
};

use super::{Closed, overlaps};

/// The features of a drawn layer as the rules tell them apart: each with its own ground, if that is told.
pub(super) fn drawn<'g>(
    rules: &RuleSet,
    layer: &str,
    found: &'g DrawnLayer,
) -> impl Iterator<Item = (Overlap, &'g DrawnFeature)> {
    let kinds = Kinds::of(rules, layer);
    found.features.iter().map(move |feature| {
        let kind = kinds.kind(&feature.label);
        (overlaps::drawn(feature, kind), feature)
    })
}

/// Those of the drawn layers that a layer of the rules is about.
pub(super) fn about<'g>(
    rules: &RuleSet,
    layer: &str,
    ground: &'g DrawnGround,
) -> Vec<&'g DrawnLayer> {
    let is_it = |found: &&DrawnLayer| match rules.layer_source(layer) {
        Some(LayerSource::Theme(theme)) => found.layer.theme == *theme,
        Some(LayerSource::Data(name)) => found.layer.id == *name,
        None => false,
    };
    ground.layers.iter().filter(is_it).collect()
}

/// What was found and where, or why nothing is known.
pub(super) type Told = Result<(Reading, Vec<Seen>), Cause>;

/// A layer that answered.
struct Answered<'p> {
    layer: &'p LayerInfo,
    features: Vec<Overlap>,
    concerns: bool,
}

/// The layers behind a layer of the rules: those that answered, and whether others do not reach the site.
pub(super) struct Source<'p> {
    answered: Vec<Answered<'p>>,
    partly: bool,
    /// Whether of a feature it may be open that it is there at all.
    in_classes: bool,
}

/// Whether what was found of a layer on drawn ground is surely more than a sliver.
fn concerns(layer: &LayerInfo, features: &[Overlap]) -> bool {
    let least =
        features.iter().map(|overlap| (overlap.area.lo.figure(), overlap.share.lo.figure()));
    let (area_m2, share) = least.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    !features.is_empty() && !layer.tolerance.is_sliver(area_m2, share)
}

/// Whether a layer says what counts today. What a draft shows has no effect yet.
fn binds(layer: &LayerInfo) -> bool {
    layer.status != LawStatus::ChangeWithoutPreEffect
}

impl<'p> Source<'p> {
    pub(super) fn of(
        rules: &RuleSet,
        layer: &str,
        profile: &'p PublicProfile,
        closed: &Closed,
    ) -> Result<Self, Cause> {
        let lists = &profile.restrictions;
        let answers = || lists.concerned.iter().chain(&lists.not_concerned);
        let elsewhere;
        let (answered, missing): (Vec<&LayerFindings>, Vec<&Arc<LayerInfo>>) =
            match rules.layer_source(layer) {
                Some(LayerSource::Theme(theme)) => {
                    if closed.themes.contains(theme) {
                        return Err(Cause::Withheld);
                    }
                    elsewhere = lists.elsewhere.iter().any(|layer| layer.theme == *theme);
                    let of_theme = |answer: &&ThemeAnswer| answer.theme.id == *theme;
                    let answered = answers().filter(of_theme).flat_map(|answer| &answer.layers);
                    let missing =
                        lists.no_data.iter().filter(of_theme).flat_map(|answer| &answer.missing);
                    (answered.collect(), missing.collect())
                }
                Some(LayerSource::Data(name)) => {
                    elsewhere = lists.elsewhere.iter().any(|layer| layer.name == *name);
                    let answered = answers().flat_map(|answer| &answer.layers);
                    let missing = lists.no_data.iter().flat_map(|answer| &answer.missing);
                    (
                        answered.filter(|found| found.layer.id == *name).collect(),
                        missing.filter(|layer| layer.id == *name).collect(),
                    )
                }
                None => return Err(Cause::Missing),
            };
        let (kinds, whole) = (Kinds::of(rules, layer), size(profile));
        let kind = |label: &Localized| kinds.kind(label);
        let answered = answered.into_iter().map(|found| Answered {
            layer: &found.layer,
            features: overlaps::of(found, whole, &kind).collect(),
            concerns: found.concerns(),
        });
        let missing: Vec<&LayerInfo> = missing.into_iter().map(|layer| &**layer).collect();
        let source = Self::from(answered.collect(), &missing)?;
        // What these data found stands; that nothing else is there they cannot say for others (*sites S2*).
        Ok(Self { partly: source.partly || elsewhere, ..source })
    }

    pub(super) fn on_ground(
        rules: &RuleSet,
        layer: &str,
        ground: &'p DrawnGround,
        closed: &Closed,
    ) -> Result<Self, Cause> {
        if let Some(LayerSource::Theme(theme)) = rules.layer_source(layer)
            && closed.themes.contains(theme)
        {
            return Err(Cause::Withheld);
        }
        let (mut answered, mut missing) = (Vec::new(), Vec::new());
        for found in about(rules, layer, ground) {
            let features: Vec<Overlap> =
                drawn(rules, layer, found).map(|(overlap, _)| overlap).collect();
            // What was found stands, though the layer's silence would say nothing.
            if found.reaches || !features.is_empty() {
                let concerns = concerns(&found.layer, &features);
                answered.push(Answered { layer: &found.layer, features, concerns });
            }
            if !found.reaches {
                missing.push(&found.layer);
            }
        }
        let in_classes = ground.precision != Precision::Exact;
        Self::from(answered, &missing).map(|source| Self { in_classes, ..source })
    }

    fn from(answered: Vec<Answered<'p>>, missing: &[&LayerInfo]) -> Result<Self, Cause> {
        let partly = missing.iter().any(|layer| binds(layer));
        match (answered.is_empty(), missing.is_empty()) {
            (true, true) => Err(Cause::Missing),
            (true, false) => Err(Cause::NotCovered),
            (false, _) => Ok(Self { answered, partly, in_classes: false }),
        }
    }

    fn binding(&self) -> impl Iterator<Item = &Answered<'p>> {
        self.answered.iter().filter(|found| binds(found.layer))
    }

    fn seen(&self) -> Vec<Seen> {
        let seen = self.binding().map(|found| Seen {
            source: found.layer.id.clone(),
            title: found.layer.title.clone(),
            date: Some(found.layer.source_date),
        });
        seen.collect()
    }

    fn features(&self) -> Vec<Overlap> {
        self.binding().flat_map(|found| found.features.iter().cloned()).collect()
    }

    pub(super) fn overlaps(&self) -> Told {
        if self.binding().next().is_none() {
            return Err(Cause::Missing);
        }
        let mut features = self.features();
        if self.partly {
            if features.is_empty() {
                return Err(Cause::NotCovered);
            }
            // What was found stands, whatever the other layer would say.
            features.push(overlaps::anything());
        }
        // That they lie beside each other nobody has said.
        Ok((Reading::Overlaps(Overlaps { apart: false, features }), self.seen()))
    }

    /// Of what lies on the site: nothing is measured to what lies beside it.
    pub(super) fn distance(&self, features: &Features, classes: &Classes) -> Told {
        let there = self.features();
        let lies = |overlap: &Overlap| {
            // What may be there is not there yet.
            let surely = !self.in_classes || overlap.share.lo > Amount::ZERO;
            surely && features.mean(overlap, classes) == Some(true)
        };
        if there.iter().any(lies) {
            let here = Range::exactly(Amount::ZERO);
            return Ok((Reading::Figure(here), self.seen()));
        }
        Err(Cause::Missing)
    }

    pub(super) fn law_status(&self) -> Told {
        let may = |found: &Answered<'_>| !found.concerns && !found.features.is_empty();
        if self.in_classes && self.answered.iter().any(may) {
            return Err(Cause::Coarse);
        }
        let concerning = self.answered.iter().filter(|found| found.concerns);
        let status = concerning.map(|found| match found.layer.status {
            LawStatus::InForce => "in_force",
            LawStatus::ChangeWithPreEffect => "change_with_pre_effect",
            LawStatus::ChangeWithoutPreEffect => "change_without_pre_effect",
        });
        let status: BTreeSet<String> = status.map(str::to_owned).collect();
        match (status.len(), self.partly) {
            (1, false) => Ok((Reading::Codes(status), self.seen())),
            (_, true) => Err(Cause::NotCovered),
            _ => Err(Cause::Missing),
        }
    }
}

/// The code of a feature: its whole name where that is one, or the one word of it that is; of a layer whose
/// features are told apart by words in their names, the one such word. A zone in whose name no code stands has its
/// whole self for one, which no rule knows; of a name in which several stand it is not known which of them it is.
struct Kinds {
    codes: BTreeSet<String>,
    words: BTreeSet<String>,
    /// Whether it is said what its features can be.
    classed: bool,
}

impl Kinds {
    fn of(rules: &RuleSet, layer: &str) -> Self {
        let classes = rules.classes(layer);
        let classed = !(classes.kinds.is_empty() && classes.words.is_empty());
        Self { codes: rules.codes_of(layer), words: classes.words.clone(), classed }
    }

    fn kind(&self, label: &Localized) -> String {
        // What nobody named is of no class, whatever the name that was made up for it says.
        if is_unnamed(label) {
            return String::new();
        }
        let names = [&label.zh, &label.en];
        if let Some(whole) = names.into_iter().find(|name| self.codes.contains(name.as_str())) {
            return whole.clone();
        }
        let whole = || names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
        let words = names.into_iter().flat_map(|name| name.split_whitespace());
        let known: BTreeSet<&str> = words.filter(|word| self.codes.contains(*word)).collect();
        match known.iter().collect::<Vec<_>>()[..] {
            [one] => return (*one).to_owned(),
            [] if !self.classed => return whole(),
            [] => {}
            [..] => return String::new(),
        }
        let lower = names.map(|name| name.to_lowercase());
        let has = |word: &&String| lower.iter().any(|name| name.contains(word.as_str()));
        match self.words.iter().filter(has).collect::<Vec<_>>()[..] {
            [] => String::new(),
            [one] => one.clone(),
            // Of several classes at once: no code says that.
            [..] => whole(),
        }
    }
}

/// The registered size, m²; where that is not told, the one of an outline that is told exactly.
pub(super) fn size(profile: &PublicProfile) -> Option<f64> {
    if let Some(Value::AreaM2(area)) = profile.fact(Field::ParcelArea) {
        return Some(*area);
    }
    let outline = profile.outline.as_ref()?;
    (outline.precision == Precision::Exact).then(|| area_m2(&outline.outline))
}
