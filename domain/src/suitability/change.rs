//! What would have to be different for a site that does not suit: another use, another answer, or an
//! outline of which other things are true. Every change is tried by the rules before it is told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Range},
    fact::{Fact, FactKey, Facts, Known, Overlap, Overlaps, Reading},
    judge::Case,
    model::{Domain, Kind, RuleSet},
    others::AsItIs,
    outcome::{Answer, Outcome},
    samples,
    tree::{Atom, Features, Subject, Test},
    zoned::ZoneRefusal,
};
use crate::localized::Localized;

/// So many things are changed together at most.
const MOST_TOGETHER: usize = 3;
/// So many changed sites are judged for one answer at most.
const MOST_TRIES: usize = 1_000;

/// A change after which no hard rule stands in the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What would be different, and what it would be. Nothing can be taken out.
    pub facts: Vec<(FactKey, Reading)>,
    /// What can be said of the site then.
    pub answer: Answer,
}

/// The changes that were found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The smallest, fewest things first.
    pub smallest: Vec<Change>,
    /// Whether all were tried that might help. Else there were too many, and others may be missing.
    pub whole: bool,
    /// What would be otherwise where a zone refuses the use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<ZoneRefusal>,
}

impl RuleSet {
    /// The smallest changes after which the site is not refused, fewest things first: of the
    /// applicant's answers and of what the outline decides. Empty where it is not refused, or where no
    /// change of up to three of these helps. Where nothing else is unknown, it suits after each.
    /// Three at once are tried only where fewer do not help.
    pub(super) fn changes(&self, use_at: usize, site: &AsItIs<'_>) -> Changes {
        let (facts, on) = (site.facts, site.on);
        let found = BTreeMap::new();
        let left = MOST_TRIES;
        let mut search = Search { set: self, use_at, on, original: facts, most: 0, found, left };
        for most in 1..=MOST_TOGETHER {
            search.most = most;
            search.repair(facts, &BTreeSet::new());
            // Three things at once are tried where two are not enough.
            if most > 1 && !search.found.is_empty() {
                break;
            }
        }
        let whole = search.left > 0;
        let all: Vec<BTreeSet<FactKey>> = search.found.keys().cloned().collect();
        let is_smallest = |keys: &BTreeSet<FactKey>| {
            !all.iter().any(|other| other != keys && other.is_subset(keys))
        };
        let mut smallest: Vec<Change> = search
            .found
            .into_iter()
            .filter(|(keys, _)| !keys.is_empty() && is_smallest(keys))
            .flat_map(|(_, changes)| changes)
            .collect();
        smallest.sort_by_key(|change| change.facts.len());
        Changes { smallest, whole, zones: self.zone_refusals(use_at, site) }
    }
}

struct Search<'a> {
    set: &'a RuleSet,
    use_at: usize,
    on: Date,
    original: &'a Facts,
    most: usize,
    found: BTreeMap<BTreeSet<FactKey>, Vec<Change>>,
    /// Changed sites that may still be judged.
    left: usize,
}

impl Search<'_> {
    /// A rule that stands in the way can only be moved by something that it looks at; so what it looks
    /// at is tried, and then what the next one does.
    fn repair(&mut self, facts: &Facts, changed: &BTreeSet<FactKey>) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let Some(of) = self.set.uses.get(self.use_at) else { return };
        let case = Case { set: self.set, of, facts };
        let standing = self.set.rules_for(self.use_at, self.on).find(|rule| {
            rule.kind == Kind::Hard
                && rule.stands.truth(&mut |atom| case.truth(atom)).known() == Some(true)
        });
        let Some(rule) = standing else {
            self.keep(facts, changed);
            return;
        };
        if changed.len() == self.most {
            return;
        }
        let keys: BTreeSet<FactKey> =
            rule.stands.atoms().into_iter().flat_map(|atom| self.changeable(atom)).collect();
        for key in keys.difference(changed) {
            let together: BTreeSet<FactKey> = changed.iter().chain([key]).cloned().collect();
            if self
                .found
                .keys()
                .any(|less| less.len() < together.len() && less.is_subset(&together))
            {
                continue;
            }
            for reading in self.alternatives(&case, key) {
                if facts.get(key).is_ok_and(|now| now.reading == reading) {
                    continue;
                }
                let mut facts = facts.clone();
                let seen = Vec::new();
                facts.0.insert(key.clone(), Fact::Known(Known { reading, seen }));
                self.repair(&facts, &together);
            }
        }
    }

    fn keep(&mut self, facts: &Facts, changed: &BTreeSet<FactKey>) {
        let possible = self.set.possible_of_one(self.use_at, facts, self.on);
        let Some(possible) = possible else { return };
        if possible.outcomes == BTreeSet::from([Outcome::DoesNot]) {
            return;
        }
        let reading = |key: &FactKey| Some((key.clone(), facts.get(key).ok()?.reading.clone()));
        let change = Change {
            facts: changed.iter().filter_map(reading).collect(),
            answer: possible.answer(),
        };
        let kept = self.found.entry(changed.clone()).or_default();
        let nearer = kept.iter().any(|other| other.facts == change.facts);
        // Of figures the nearest is told, of codes each.
        let figure = change.facts.iter().any(|(_, reading)| matches!(reading, Reading::Figure(_)));
        if nearer || figure && !kept.is_empty() {
            return;
        }
        kept.push(change);
    }

    /// What an applicant can change of what an atom looks at.
    fn changeable(&self, atom: &Atom) -> Vec<FactKey> {
        let mut keys = match &atom.subject {
            Subject::TableEntry { table } => {
                self.set.tables.get(table).map(|table| table.zone.fact()).into_iter().collect()
            }
            subject => vec![subject.fact()],
        };
        if let Test::CompareWith(_, other) = &atom.test {
            keys.push(other.fact());
        }
        keys.retain(|key| {
            let own =
                !matches!(key, FactKey::Value(_) | FactKey::LawStatus(_) | FactKey::TableEntry(_));
            own && self.original.get(key).is_ok()
        });
        keys
    }

    /// What it might be instead, the nearest first.
    fn alternatives(&self, case: &Case<'_>, key: &FactKey) -> Vec<Reading> {
        let rules = self.set.rules_for(self.use_at, self.on);
        let atoms: Vec<&Atom> = rules.flat_map(|rule| rule.stands.atoms()).collect();
        match key {
            FactKey::Overlaps(layer) => self.overlaps(case, layer, &atoms),
            FactKey::Answer(id) => match self.set.question(id).map(|question| &question.domain) {
                Some(Domain::Figure(_)) => self.figures(case, key, &atoms),
                Some(domain) => domain.choices().into_iter().flatten().map(code).collect(),
                None => Vec::new(),
            },
            _ => self.figures(case, key, &atoms),
        }
    }

    fn figures(&self, case: &Case<'_>, key: &FactKey, atoms: &[&Atom]) -> Vec<Reading> {
        let Ok(Known { reading: Reading::Figure(now), .. }) = self.original.get(key) else {
            return Vec::new();
        };
        let mut points = BTreeSet::new();
        let mut least = None;
        let figure = |subject: &Subject| match case.measure(subject) {
            Ok(super::judge::Measured::Figure(range)) => vec![range.lo, range.hi],
            _ => Vec::new(),
        };
        for atom in atoms {
            let subject = &atom.subject;
            match &atom.test {
                Test::Compare(_, limit) if subject.fact() == *key => {
                    points.insert(limit.amount);
                    least = samples::least(case, subject);
                }
                Test::CompareWith(_, other) if subject.fact() == *key => {
                    points.extend(figure(other));
                    least = samples::least(case, subject);
                }
                Test::CompareWith(_, other) if other.fact() == *key => {
                    points.extend(figure(subject));
                    least = samples::least(case, other);
                }
                _ => {}
            }
        }
        let mut all: Vec<Amount> = samples::around(&points, 1, None, least).into_iter().collect();
        all.sort_by_key(|one| if *one > now.hi { one.minus(now.hi) } else { now.lo.minus(*one) });
        all.into_iter().map(|one| Reading::Figure(Range::exactly(one))).collect()
    }

    /// An outline that leaves out what a rule looks for, or lies wholly in one zone.
    fn overlaps(&self, case: &Case<'_>, layer: &str, atoms: &[&Atom]) -> Vec<Reading> {
        let Ok(Known { reading: Reading::Overlaps(now), .. }) =
            self.original.get(&FactKey::Overlaps(layer.to_owned()))
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut kinds: BTreeSet<String> = now.features.iter().map(|one| one.kind.clone()).collect();
        for atom in atoms {
            let (Subject::Overlap { layer: own, features }
            | Subject::Outside { layer: own, features }) = &atom.subject
            else {
                continue;
            };
            if own == layer {
                if let Features::Kinds(wanted) = features {
                    kinds.extend(wanted.iter().cloned());
                }
                let classes = self.set.classes(layer);
                // Nor what may be meant: then the rule would be open.
                let is_not = |one: &&Overlap| features.mean(one, classes) == Some(false);
                let rest = now.features.iter().filter(is_not).cloned();
                found.push(Reading::Overlaps(Overlaps {
                    apart: now.apart,
                    features: rest.collect(),
                }));
            }
        }
        let tables = self.set.tables.values();
        for table in tables.filter(|table| table.zone.fact() == FactKey::Overlaps(layer.to_owned()))
        {
            kinds.extend(table.entries.zones().map(str::to_owned));
        }
        let area = match case.measure(&Subject::Area) {
            Ok(super::judge::Measured::Figure(range)) => Some(range),
            _ => None,
        };
        if let (Some(area), Some(share)) = (area, Range::measured(1.0)) {
            found.extend(kinds.into_iter().map(|kind| {
                let label = now.features.iter().find(|one| one.kind == kind);
                let label = label.map_or_else(Localized::default, |one| one.label.clone());
                let whole = Overlap { kind, label, area, share, of_feature: None };
                Reading::Overlaps(Overlaps { apart: true, features: vec![whole] })
            }));
        }
        found.retain(|reading| *reading != Reading::Overlaps(now.clone()));
        found
    }
}

fn code(code: &str) -> Reading {
    Reading::Codes(BTreeSet::from([code.to_owned()]))
}
