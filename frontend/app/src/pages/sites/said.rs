//! What rules look at and what was found, in words.

use std::collections::BTreeSet;

use domain::{
    dictionary::Coded,
    suitability::{
        Answer, Cause, Covers, Domain, Evidence, Fact, FactKey, Known, Measured, NOT_KNOWN,
        Overlap, Reading, RuleSet, Said, Takes, ZoneShare, ZonesSeen,
        amount::{Amount, Dimension, Range},
        table::Entry,
        tree::Subject,
    },
};

use crate::{components::MarkKind, format, words::Words};
use domain::severity::Severity;

/// The mark of an answer, and the class that colours it.
pub(in crate::pages) const fn mark(answer: Answer) -> (MarkKind, &'static str) {
    match answer {
        Answer::Suits => (MarkKind::NotConcerned, "answer-suits"),
        Answer::SuitsIf => (MarkKind::Asks(Severity::NeedsConsent), "asks-needs-consent"),
        Answer::DoesNot => (MarkKind::Asks(Severity::Prohibits), "asks-prohibits"),
        Answer::CannotBeSaid => (MarkKind::NoData, "answer-open"),
    }
}

/// An answer in a word or two.
pub(in crate::pages) fn answer_word(words: Words, answer: Answer) -> &'static str {
    words.t(match answer {
        Answer::Suits => "sites_suits",
        Answer::SuitsIf => "sites_suits_if",
        Answer::DoesNot => "sites_does_not",
        Answer::CannotBeSaid => "sites_cannot_be_said",
    })
}

/// What something that can be found out is called.
pub(super) fn fact(words: Words, rules: &RuleSet, key: &FactKey) -> String {
    let layer = |id: &str| rules.layers.get(id).map_or(String::new(), |it| words.pick(&it.title));
    match key {
        FactKey::Overlaps(id) => layer(id),
        FactKey::Distance(id, _) => words.fill("sites_fact_distance", &[("layer", &layer(id))]),
        FactKey::Area => words.t("sites_fact_area").to_owned(),
        FactKey::Frontage => words.t("sites_fact_frontage").to_owned(),
        FactKey::Value(id) => {
            rules.values.get(id).map_or(String::new(), |value| words.pick(&value.title))
        }
        FactKey::Answer(id) => {
            rules.question(id).map_or(String::new(), |question| words.pick(&question.text))
        }
        FactKey::LawStatus(id) => words.fill("sites_fact_status", &[("layer", &layer(id))]),
        FactKey::TableEntry(_) => words.t("sites_fact_table").to_owned(),
    }
}

/// Why something is not known.
pub(super) fn cause(words: Words, cause: Cause) -> &'static str {
    words.t(match cause {
        Cause::NotAsked => "sites_cause_not_asked",
        Cause::Missing => "sites_cause_missing",
        Cause::Failed => "sites_cause_failed",
        Cause::TimedOut => "sites_cause_timed_out",
        Cause::NotCovered => "sites_cause_not_covered",
        Cause::Withheld => "sites_cause_withheld",
        Cause::NotKnown => "sites_cause_not_known",
        Cause::Silent => "sites_cause_silent",
        Cause::Coarse => "sites_cause_coarse",
        Cause::Unreadable => "sites_cause_unreadable",
        Cause::Unclassed => "sites_cause_unclassed",
        Cause::Disputed => "sites_cause_disputed",
        Cause::Differs => "sites_cause_differs",
        Cause::TooMany => "sites_cause_too_many",
        Cause::BeyondShown => "sites_cause_beyond_shown",
    })
}

/// The same of a thing: it matters who does not know it.
pub(super) fn why(words: Words, fact: &FactKey, why: Cause) -> &'static str {
    match (fact, why) {
        (FactKey::Answer(_), _) => cause(words, why),
        (_, Cause::NotKnown) => words.t("sites_cause_office_not_known"),
        _ => cause(words, why),
    }
}

/// What an office said of a fact, as far as it says more than its text.
pub(super) fn by_office(words: Words, takes: &Takes, said: &Said) -> String {
    let one = |text: &str| match (takes, text) {
        (_, NOT_KNOWN) => words.t("sites_cause_office_not_known").to_owned(),
        (Takes::YesNo, code) => one_code(words, &Domain::YesNo, code),
        (Takes::Options { options, .. }, code) => {
            one_code(words, &Domain::Options(options.clone()), code)
        }
        (Takes::Codes { system, version, .. }, code) => {
            Coded::new(system, version, code).label(words.0)
        }
        (Takes::Overlaps { .. }, "none") => words.t("sites_covers_nothing").to_owned(),
        (Takes::Figure { unit }, text) if text.ends_with(|last: char| last.is_ascii_digit()) => {
            format!("{text} {unit}")
        }
        (_, text) => text.to_owned(),
    };
    let all: Vec<String> = match said {
        Said::Text(text) => vec![one(text.trim())],
        Said::Codes(codes) => codes.iter().map(|code| one(code.trim())).collect(),
        Said::Overlaps(parts) => {
            parts.iter().map(|part| format!("{} {}", part.code, part.share)).collect()
        }
    };
    all.join(words.t("list_comma")).trim().to_owned()
}

/// What a test looked at.
pub(super) fn subject(words: Words, rules: &RuleSet, subject: &Subject) -> String {
    fact(words, rules, &subject.fact())
}

/// What was found of it.
pub(super) fn measured(words: Words, rules: &RuleSet, evidence: &Evidence) -> Option<String> {
    Some(match (evidence.measured.as_ref()?, &evidence.subject) {
        (Measured::Covers(covers), Subject::Outside { .. }) => {
            words.fill("sites_covers_of", &[("share", &covered(words, covers))])
        }
        (Measured::Covers(covers), _) => covered(words, covers),
        (Measured::Figure(range), subject) => figure(words, *range, &dimension(rules, subject)),
        (Measured::Codes(codes), subject) => codes_said(words, rules, subject, codes),
    })
}

/// How much features cover: nothing, an edge, or a share that may be a range.
fn covered(words: Words, covers: &Covers) -> String {
    let Range { lo, hi } = covers.share;
    let (least, most) = (lo.figure(), hi.figure());
    if covers.features == 0 && covers.unclassed > 0 && most > 0.01 {
        words.fill("sites_covers_up_to", &[("share", &format::share(most))])
    } else if covers.features == 0 && covers.unclassed == 0 {
        words.t("sites_covers_nothing").to_owned()
    } else if (covers.touches || covers.may_touch) && hi == Amount::ZERO {
        words.t("sites_covers_touches").to_owned()
    } else if lo == hi {
        format::share(most)
    } else if most <= 0.01 {
        format::under_one_percent(words.0).to_owned()
    } else if least >= 0.99 {
        format::over_99_percent(words.0).to_owned()
    } else if hi == Amount::of(1.0).unwrap_or(hi) || most - least > 0.1 {
        words.fill("sites_covers_at_least", &[("share", &format::share(least))])
    } else {
        let about = format::whole_percent(words.0, (least + most) / 2.0);
        words.fill("sites_covers_about", &[("share", &about)])
    }
}

fn dimension(rules: &RuleSet, subject: &Subject) -> Dimension {
    let of = |domain: Option<&Domain>| match domain {
        Some(Domain::Figure(dimension)) => dimension.clone(),
        _ => Dimension::Own(String::new()),
    };
    match subject {
        Subject::Area => Dimension::Area,
        Subject::Distance { .. } | Subject::Frontage => Dimension::Length,
        Subject::Value { id } => of(rules.values.get(id).map(|value| &value.domain)),
        Subject::Answer { id } => of(rules.question(id).map(|question| &question.domain)),
        _ => Dimension::Own(String::new()),
    }
}

fn figure(words: Words, range: Range, dimension: &Dimension) -> String {
    let one = |amount: Amount| {
        let figure = amount.figure();
        match dimension {
            Dimension::Area => format::square_metres(words.0, figure),
            Dimension::Share => format::share(figure),
            Dimension::Length => words.fill("metres", &[("n", &format::number(figure, 2))]),
            Dimension::Days => words.fill("sites_days", &[("n", &format::number(figure, 1))]),
            Dimension::Own(unit) => format!("{} {unit}", format::number(figure, 2)),
        }
    };
    if range.lo == range.hi {
        one(range.lo)
    } else {
        words.fill("sites_between", &[("lo", &one(range.lo)), ("hi", &one(range.hi))])
    }
}

/// A question to the applicant and what was answered, as far as there are rules that say it in words.
pub(in crate::pages) fn answered(
    words: Words,
    rules: Option<&RuleSet>,
    id: &str,
    answer: &Fact,
) -> (String, String) {
    let asked = rules.and_then(|rules| Some((rules, rules.question(id)?)));
    let text = asked.map_or_else(|| id.to_owned(), |(_, question)| words.pick(&question.text));
    let subject = Subject::Answer { id: id.to_owned() };
    let said = match (answer, asked) {
        (Fact::Unknown(_), _) => words.t("verify_answer_unknown").to_owned(),
        (Fact::Known(Known { reading: Reading::Codes(codes), .. }), Some((rules, _))) => {
            codes_said(words, rules, &subject, codes)
        }
        (Fact::Known(Known { reading: Reading::Codes(codes), .. }), None) => {
            codes.iter().map(String::as_str).collect::<Vec<_>>().join(words.t("list_comma"))
        }
        (Fact::Known(Known { reading: Reading::Figure(range), .. }), asked) => {
            let own = Dimension::Own(String::new());
            figure(words, *range, &asked.map_or(own, |(rules, _)| dimension(rules, &subject)))
        }
        // No question is answered by features.
        (Fact::Known(_), _) => String::new(),
    };
    (text, said)
}

/// Codes by their names.
fn codes_said(
    words: Words,
    rules: &RuleSet,
    subject: &Subject,
    codes: &BTreeSet<String>,
) -> String {
    let domain = match subject {
        Subject::Value { id } => rules.values.get(id).map(|value| &value.domain),
        Subject::Answer { id } => rules.question(id).map(|question| &question.domain),
        _ => None,
    };
    let names: Vec<String> = codes
        .iter()
        .map(|code| match (subject, domain) {
            (Subject::TableEntry { .. }, _) => entry(words, code).to_owned(),
            (Subject::LawStatus { .. }, _) => status(words, code).to_owned(),
            (_, Some(domain)) => one_code(words, domain, code),
            _ => code.clone(),
        })
        .collect();
    names.join(words.t("list_comma"))
}

/// One code of what a value or an answer can be.
pub(super) fn one_code(words: Words, domain: &Domain, code: &str) -> String {
    match domain {
        Domain::YesNo if code == "yes" => words.t("yes").to_owned(),
        Domain::YesNo => words.t("no").to_owned(),
        Domain::Options(options) => {
            let option = options.iter().find(|option| option.id == code);
            option.map_or_else(|| code.to_owned(), |option| words.pick(&option.label))
        }
        Domain::Dictionary { system, version } => Coded::new(system, version, code).label(words.0),
        Domain::Open | Domain::Figure(_) => code.to_owned(),
    }
}

fn entry(words: Words, code: &str) -> &'static str {
    words.t(match Entry::ALL.into_iter().find(|entry| entry.name() == code) {
        Some(Entry::Permitted) => "sites_entry_permitted",
        Some(Entry::Conditional) => "sites_entry_conditional",
        _ => "sites_entry_prohibited",
    })
}

fn status(words: Words, code: &str) -> &'static str {
    words.t(match code {
        "in_force" => "law_in_force",
        "change_with_pre_effect" => "law_change_with_effect",
        _ => "law_change_without_effect",
    })
}

/// What it was held against, where that says more than the rule's own title.
pub(super) fn limit(words: Words, evidence: &Evidence) -> Option<String> {
    if let Some((area, share)) = &evidence.tolerance {
        return Some(words.fill("sites_tolerance", &[("area", area), ("share", share)]));
    }
    if let Some(seen) = &evidence.zones {
        return Some(zones(words, seen));
    }
    let is_figure = evidence.threshold.starts_with(['<', '>', '≤', '≥']);
    is_figure.then(|| words.fill("sites_limit", &[("limit", &evidence.threshold)]))
}

/// The zones that were looked at, how much of the site each has, and which of them count.
fn zones(words: Words, seen: &ZonesSeen) -> String {
    let zone = |one: &ZoneShare| {
        let name = if one.zone.is_empty() { words.t("sites_zone_none") } else { &one.zone };
        let how = words.t(match one.decides {
            Some(true) => "sites_zone_counts",
            Some(false) => "sites_zone_left_out",
            None => "sites_zone_perhaps",
        });
        let share = figure(words, one.share, &Dimension::Share);
        words.fill("sites_zone", &[("zone", name), ("share", &share), ("how", how)])
    };
    let all = seen.zones.iter().map(zone).collect::<Vec<_>>().join(words.t("list_comma"));
    let (all, limit) = (("zones", all.as_str()), ("limit", seen.of_site.as_str()));
    match &seen.of_zone {
        None => words.fill("sites_zones", &[all, limit]),
        Some(part) => words.fill("sites_zones_either", &[all, limit, ("part", part)]),
    }
}

/// What a change would make of a thing.
pub(super) fn changed(words: Words, rules: &RuleSet, key: &FactKey, reading: &Reading) -> String {
    let name = fact(words, rules, key);
    match (key, reading) {
        (FactKey::Answer(id), Reading::Codes(codes)) => {
            let subject = Subject::Answer { id: id.clone() };
            let to = codes_said(words, rules, &subject, codes);
            words.fill("sites_change_answer", &[("what", &name), ("to", &to)])
        }
        (FactKey::Answer(id), Reading::Figure(range)) => {
            let subject = Subject::Answer { id: id.clone() };
            let to = figure(words, *range, &dimension(rules, &subject));
            words.fill("sites_change_answer", &[("what", &name), ("to", &to)])
        }
        (FactKey::Area, Reading::Figure(range)) => {
            let to = figure(words, *range, &Dimension::Area);
            words.fill("sites_change_area", &[("to", &to)])
        }
        (_, Reading::Overlaps(overlaps)) => match &overlaps.features[..] {
            [whole] if !whole.kind.is_empty() => {
                let zone = words.pick(&whole.label);
                let zone = if zone.is_empty() { whole.kind.clone() } else { zone };
                words.fill("sites_change_zone", &[("layer", &name), ("zone", &zone)])
            }
            _ => words.fill("sites_change_outline", &[("layer", &name)]),
        },
        (_, Reading::Figure(range)) => {
            let to = figure(words, *range, &Dimension::Length);
            words.fill("sites_change_answer", &[("what", &name), ("to", &to)])
        }
        (_, Reading::Codes(_)) => name,
    }
}

/// A reading of a thing, in a few words.
pub(super) fn reading(words: Words, rules: &RuleSet, key: &FactKey, reading: &Reading) -> String {
    let subject = match key {
        FactKey::Value(id) => Subject::Value { id: id.clone() },
        FactKey::Answer(id) => Subject::Answer { id: id.clone() },
        FactKey::TableEntry(table) => Subject::TableEntry { table: table.clone() },
        FactKey::LawStatus(layer) => Subject::LawStatus { layer: layer.clone() },
        FactKey::Distance(layer, features) => {
            Subject::Distance { layer: layer.clone(), features: features.clone() }
        }
        FactKey::Area => Subject::Area,
        FactKey::Overlaps(_) | FactKey::Frontage => Subject::Frontage,
    };
    match reading {
        Reading::Figure(range) => figure(words, *range, &dimension(rules, &subject)),
        Reading::Codes(codes) => codes_said(words, rules, &subject, codes),
        Reading::Overlaps(overlaps) if overlaps.features.is_empty() => {
            words.t("sites_covers_nothing").to_owned()
        }
        Reading::Overlaps(overlaps) => {
            let part = |one: &Overlap| {
                let share = figure(words, one.share, &Dimension::Share);
                format!("{} {share}", words.pick(&one.label)).trim().to_owned()
            };
            overlaps.features.iter().map(part).collect::<Vec<_>>().join(words.t("list_comma"))
        }
    }
}
