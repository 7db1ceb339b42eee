//! What rules ask of a site, answered by its profile: by what the policy lets out and nothing else. What a
//! profile does not tell is not known, with the reason why.

use std::collections::BTreeSet;

use domain::{
    area::area_m2,
    policy::Field,
    profile::{Fact, Precision, PublicProfile},
    record::Value,
    restriction::{Finding, LawStatus, LayerFindings, LayerInfo, ThemeAnswer},
    suitability::{
        Cause, Domain, FactKey, Facts, LayerSource, Overlap, Overlaps, Reading, RuleSet, Seen,
        amount::{Amount, Range},
        tree::Features,
    },
};
use jiff::civil::Date;

use super::{Closed, overlaps};

/// Everything that the rules ask for a use, as far as it is told; with what the applicant answered.
pub(super) fn of(
    rules: &RuleSet,
    use_at: usize,
    on: Date,
    (profile, closed): (&PublicProfile, &Closed),
    answers: &Facts,
) -> Facts {
    let mut facts = answers.clone();
    for key in rules.asks(use_at, on) {
        let known = match &key {
            FactKey::Overlaps(layer) => Source::of(rules, layer, profile, closed)
                .and_then(|source| source.overlaps(rules, layer)),
            FactKey::Distance(layer, features) => Source::of(rules, layer, profile, closed)
                .and_then(|source| source.distance(rules, layer, features)),
            FactKey::LawStatus(layer) => {
                Source::of(rules, layer, profile, closed).and_then(|source| source.law_status())
            }
            FactKey::Area => area(profile, closed),
            FactKey::Value(id) => value(rules, id, profile),
            // Nobody says yet where a public road runs along a site.
            FactKey::Frontage => Err(Cause::Missing),
            // As they were given; a table's own entry is for the office to say.
            FactKey::Answer(_) | FactKey::TableEntry(_) => continue,
        };
        match known {
            Ok((reading, seen)) => facts.put(key, reading, seen),
            Err(cause) => facts.lack(key, cause),
        }
    }
    facts
}

type Told = Result<(Reading, Vec<Seen>), Cause>;

/// The layers behind a layer of the rules: those that answered, and whether others do not reach the site.
struct Source<'p> {
    answered: Vec<&'p LayerFindings>,
    partly: bool,
    /// The size of the site, m², if that is told.
    whole: Option<f64>,
}

/// Whether a layer says what counts today. What a draft shows has no effect yet.
fn binds(layer: &LayerInfo) -> bool {
    layer.status != LawStatus::ChangeWithoutPreEffect
}

impl<'p> Source<'p> {
    fn of(
        rules: &RuleSet,
        layer: &str,
        profile: &'p PublicProfile,
        closed: &Closed,
    ) -> Result<Self, Cause> {
        let lists = &profile.restrictions;
        let answers = || lists.concerned.iter().chain(&lists.not_concerned);
        let (answered, missing): (Vec<&LayerFindings>, Vec<&LayerInfo>) =
            match rules.layer_source(layer) {
                Some(LayerSource::Theme(theme)) => {
                    if closed.themes.contains(theme) {
                        return Err(Cause::Withheld);
                    }
                    let of_theme = |answer: &&ThemeAnswer| answer.theme.id == *theme;
                    let answered = answers().filter(of_theme).flat_map(|answer| &answer.layers);
                    let missing =
                        lists.no_data.iter().filter(of_theme).flat_map(|answer| &answer.missing);
                    (answered.collect(), missing.collect())
                }
                Some(LayerSource::Data(name)) => {
                    let answered = answers().flat_map(|answer| &answer.layers);
                    let missing = lists.no_data.iter().flat_map(|answer| &answer.missing);
                    (
                        answered.filter(|found| found.layer.id == *name).collect(),
                        missing.filter(|layer| layer.id == *name).collect(),
                    )
                }
                None => return Err(Cause::Missing),
            };
        let partly = missing.iter().any(|layer| binds(layer));
        match (answered.is_empty(), missing.is_empty()) {
            (true, true) => Err(Cause::Missing),
            (true, false) => Err(Cause::NotCovered),
            (false, _) => Ok(Self { answered, partly, whole: size(profile) }),
        }
    }

    fn binding(&self) -> impl Iterator<Item = &'p LayerFindings> {
        self.answered.iter().copied().filter(|found| binds(&found.layer))
    }

    fn seen(&self) -> Vec<Seen> {
        let seen = self.binding().map(|found| Seen {
            source: found.layer.id.clone(),
            title: found.layer.title.clone(),
            date: Some(found.layer.source_date),
        });
        seen.collect()
    }

    fn features(&self, rules: &RuleSet, layer: &str) -> Vec<Overlap> {
        let codes = codes(rules, layer);
        let kind = |finding: &Finding| kind(&codes, finding);
        self.binding()
            .flat_map(|found| overlaps::of(found, self.whole, &kind).collect::<Vec<_>>())
            .collect()
    }

    fn overlaps(&self, rules: &RuleSet, layer: &str) -> Told {
        if self.binding().next().is_none() {
            return Err(Cause::Missing);
        }
        let mut features = self.features(rules, layer);
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
    fn distance(&self, rules: &RuleSet, layer: &str, features: &Features) -> Told {
        let there = self.features(rules, layer);
        if there.iter().any(|overlap| features.mean(overlap) == Some(true)) {
            let here = Range::exactly(Amount::ZERO);
            return Ok((Reading::Figure(here), self.seen()));
        }
        Err(Cause::Missing)
    }

    fn law_status(&self) -> Told {
        let concerning = self.answered.iter().filter(|found| found.concerns());
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

/// The codes by which the rules tell features of a layer apart: zones of its tables, and kinds that rules
/// name.
fn codes(rules: &RuleSet, layer: &str) -> BTreeSet<String> {
    use domain::suitability::tree::Subject;
    let is_own =
        |subject: &Subject| matches!(subject, Subject::Overlap { layer: own, .. } if own == layer);
    let tables = rules.tables.values().filter(|table| is_own(&table.zone));
    let mut codes: BTreeSet<String> =
        tables.flat_map(|table| table.entries.zones()).map(str::to_owned).collect();
    for atom in rules.rules.iter().flat_map(|rule| rule.stands.atoms()) {
        if let Subject::Overlap { layer: own, features: Features::Kinds(kinds) }
        | Subject::Outside { layer: own, features: Features::Kinds(kinds) }
        | Subject::Distance { layer: own, features: Features::Kinds(kinds) } = &atom.subject
            && own == layer
        {
            codes.extend(kinds.iter().cloned());
        }
    }
    codes
}

/// The code of a feature: its whole name where that is one, or the one word of it that is. A name in which
/// no code stands has its whole self for one, which no rule knows; of one in which several stand it is not
/// known which of them it is.
fn kind(codes: &BTreeSet<String>, finding: &Finding) -> String {
    let names = [&finding.label.zh, &finding.label.en];
    if let Some(whole) = names.into_iter().find(|name| codes.contains(name.as_str())) {
        return whole.clone();
    }
    let words = names.into_iter().flat_map(|name| name.split_whitespace());
    let known: BTreeSet<&str> = words.filter(|word| codes.contains(*word)).collect();
    match known.iter().collect::<Vec<_>>()[..] {
        [one] => (*one).to_owned(),
        [] => names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default(),
        [..] => String::new(),
    }
}

/// The registered size, m²; where that is not told, the one of an outline that is told exactly.
fn size(profile: &PublicProfile) -> Option<f64> {
    if let Some(Value::AreaM2(area)) = profile.fact(Field::ParcelArea) {
        return Some(*area);
    }
    let outline = profile.outline.as_ref()?;
    (outline.precision == Precision::Exact).then(|| area_m2(&outline.outline))
}

fn area(profile: &PublicProfile, closed: &Closed) -> Told {
    let cause = if closed.area { Cause::Withheld } else { Cause::Missing };
    let area = size(profile).and_then(Range::measured).ok_or(cause)?;
    Ok((Reading::Figure(area), vec![register(profile)]))
}

fn register(profile: &PublicProfile) -> Seen {
    let dataset = &profile.version.dataset;
    Seen {
        source: dataset.id.clone(),
        title: dataset.title.clone(),
        date: Some(dataset.source_date),
    }
}

/// A value is what the register has in the same dictionary; the type of a parcel stands in its code.
fn value(rules: &RuleSet, id: &str, profile: &PublicProfile) -> Told {
    let Some(Domain::Dictionary { system, version }) = rules.values.get(id).map(|it| &it.domain)
    else {
        return Err(Cause::Missing);
    };
    let mut codes: BTreeSet<String> = profile
        .facts
        .iter()
        .filter_map(|Fact { value, .. }| match value {
            Value::Coded(coded) if coded.system == *system && coded.version == *version => {
                Some(coded.code.clone())
            }
            _ => None,
        })
        .collect();
    if (system.as_str(), version.as_str()) == ("parcel-feature", domain::dictionary::CODE_STANDARD)
    {
        codes.insert(profile.code.feature().to_owned());
    }
    if codes.is_empty() {
        return Err(Cause::Missing);
    }
    Ok((Reading::Codes(codes), vec![register(profile)]))
}
