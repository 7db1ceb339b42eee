//! What rules ask of a site, answered by its profile, or by the ground of an outline: by what the policy lets
//! out and nothing else. What these do not tell is not known, with the reason why.

use domain::{
    drawn::DrawnGround,
    outline::Outline,
    profile::PublicProfile,
    suitability::{Cause, FactKey, Facts, Reading, RuleSet, amount::Range},
};
use jiff::civil::Date;

use super::{
    Closed, parcels, register,
    source::{Source, Told, size},
};

/// Everything that the rules ask for a use, as far as it is told; with what the applicant answered.
pub(super) fn of(
    rules: &RuleSet,
    use_at: usize,
    on: Date,
    (profile, closed): (&PublicProfile, &Closed),
    answers: &Facts,
) -> Facts {
    let mut facts = answers.clone();
    facts.0.extend(told(rules, &rules.asks(use_at, on), (profile, closed)).0);
    facts
}

/// These facts, as far as they are told.
pub(super) fn told<'k>(
    rules: &RuleSet,
    keys: impl IntoIterator<Item = &'k FactKey>,
    (profile, closed): (&PublicProfile, &Closed),
) -> Facts {
    let mut facts = Facts::default();
    for key in keys {
        let known = match key {
            FactKey::Overlaps(layer) => {
                Source::of(rules, layer, profile, closed).and_then(|source| source.overlaps())
            }
            FactKey::Distance(layer, features) => Source::of(rules, layer, profile, closed)
                .and_then(|source| source.distance(features, rules.classes(layer))),
            FactKey::LawStatus(layer) => {
                Source::of(rules, layer, profile, closed).and_then(|source| source.law_status())
            }
            FactKey::Area => area(profile, closed),
            FactKey::Value(id) => register::value(rules, id, profile),
            // Nobody says yet where a public road runs along a site.
            FactKey::Frontage => Err(Cause::Missing),
            // As they were given; a table's own entry is for the office to say.
            FactKey::Answer(_) | FactKey::TableEntry(_) => continue,
        };
        match known {
            Ok((reading, seen)) => facts.put(key.clone(), reading, seen),
            Err(cause) => facts.lack(key.clone(), cause),
        }
    }
    facts
}

/// The same of ground that somebody drew, and of the parcels that it lies on; `Err` says why nothing of its layers, or
/// of its parcels, is known.
pub(super) fn of_ground(
    rules: &RuleSet,
    use_at: usize,
    on: Date,
    (outline, ground): (&Outline, Result<&DrawnGround, Cause>),
    (beneath, closed): (Result<&[&PublicProfile], Cause>, &Closed),
    answers: &Facts,
) -> Facts {
    let mut facts = answers.clone();
    for key in rules.asks(use_at, on) {
        let source = |layer: &str| match ground {
            Ok(ground) => Source::on_ground(rules, layer, ground, closed),
            Err(cause) => Err(cause),
        };
        let known = match &key {
            FactKey::Overlaps(layer) => source(layer).and_then(|source| source.overlaps()),
            FactKey::Distance(layer, features) => {
                let classes = rules.classes(layer);
                source(layer).and_then(|source| source.distance(features, classes))
            }
            FactKey::LawStatus(layer) => source(layer).and_then(|source| source.law_status()),
            // The applicant's own drawing.
            FactKey::Area => Range::measured(outline.area_m2())
                .map(|area| (Reading::Figure(area), Vec::new()))
                .ok_or(Cause::Missing),
            // No register speaks of ground that has no code; those of the parcels beneath do.
            FactKey::Value(id) => parcels::value(rules, id, beneath),
            FactKey::Frontage => Err(Cause::Missing),
            FactKey::Answer(_) | FactKey::TableEntry(_) => continue,
        };
        match known {
            Ok((reading, seen)) => facts.put(key, reading, seen),
            Err(cause) => facts.lack(key, cause),
        }
    }
    facts
}

fn area(profile: &PublicProfile, closed: &Closed) -> Told {
    let cause = if closed.area { Cause::Withheld } else { Cause::Missing };
    let area = size(profile).and_then(Range::measured).ok_or(cause)?;
    Ok((Reading::Figure(area), vec![register::seen(profile)]))
}
