//! Facts by chance with what the rules make of them, to hold another engine against ours. Figures are such that
//! sums are exact in binary too: whatever differs is the logic.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{fact_name, rule_name};
use crate::{
    dictionary::dictionary,
    localized::Localized,
    suitability::{
        Answer, Case, Domain, Fact, FactKey, Facts, Known, Overlap, Overlaps, Reading, RuleSet,
        allowed::LAW_STATUS,
        amount::{Amount, Dimension, Range},
        table::Entry,
        tree::{Atom, Features, Subject, Test},
        truth::Truth,
    },
};

/// A case: what an engine is handed, and what it must say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DmnCase {
    /// The use, by its id.
    #[serde(rename = "use")]
    pub of: String,
    /// The day.
    pub day: Date,
    /// Every other input by its name in the document; null for what is not known.
    pub inputs: Map<String, Value>,
    /// Each rule by the name of its decision: whether it stands in the way, null where it is open.
    pub rules: BTreeMap<String, Option<bool>>,
    /// What follows; null where it cannot be said.
    pub outcome: Option<Answer>,
}

/// So many cases of a set, the same for one seed.
pub fn cases(set: &RuleSet, count: usize, seed: u64) -> impl Iterator<Item = DmnCase> + '_ {
    let subjects = Subjects::of(set);
    let days = days(set);
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..count).filter_map(move |_| {
        let (use_at, day) = (chance.below(set.uses.len()), days[chance.below(days.len())]);
        let mut facts = Facts::default();
        let mut inputs = Map::new();
        for subject in &subjects.all {
            let reading = (chance.below(4) > 0).then(|| subjects.reading(subject, &mut chance));
            let reading = reading.flatten();
            inputs.insert(
                fact_name(subject),
                reading.as_ref().map_or(Value::Null, |reading| input(subject, reading)),
            );
            if let Some(reading) = reading {
                let known = Known { reading, seen: Vec::new() };
                facts.0.insert(subject.fact(), Fact::Known(known));
            }
        }
        judged(set, use_at, day, &facts, inputs)
    })
}

fn judged(
    set: &RuleSet,
    use_at: usize,
    day: Date,
    facts: &Facts,
    inputs: Map<String, Value>,
) -> Option<DmnCase> {
    let of = set.uses.get(use_at)?;
    let case = Case { set, of, facts };
    let truth = |rule: &crate::suitability::Rule| {
        let speaks = rule.uses.has(use_at) && rule.in_force(day);
        let stands = rule.stands.truth(&mut |atom| case.truth(atom));
        if speaks { stands } else { Truth::Known(false) }
    };
    let rules = set.rules.iter().map(|rule| (rule_name(&rule.id), truth(rule).known())).collect();
    let answer = set.possible_by_kleene(use_at, facts, day)?.answer();
    let outcome = (answer != Answer::CannotBeSaid).then_some(answer);
    Some(DmnCase { of: of.id.clone(), day, inputs, rules, outcome })
}

/// Days on which other rules are in force.
fn days(set: &RuleSet) -> Vec<Date> {
    let mut days = BTreeSet::from([set.date]);
    for rule in &set.rules {
        for day in rule.from.into_iter().chain(rule.until) {
            days.extend(
                [day.yesterday().ok(), Some(day), day.tomorrow().ok()].into_iter().flatten(),
            );
        }
    }
    days.into_iter().collect()
}

/// Numbers by chance (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % end.max(1)
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).cloned()
    }
}

/// What rules look at, with the limits and codes that they tell apart.
struct Subjects<'s> {
    set: &'s RuleSet,
    all: BTreeSet<Subject>,
    /// Limits of figures; of layers those of areas.
    figures: BTreeMap<FactKey, BTreeSet<Amount>>,
    /// Limits of shares.
    shares: BTreeMap<FactKey, BTreeSet<Amount>>,
    codes: BTreeMap<FactKey, BTreeSet<String>>,
    words: BTreeSet<String>,
}

impl<'s> Subjects<'s> {
    fn of(set: &'s RuleSet) -> Self {
        let mut found = Self {
            set,
            all: BTreeSet::new(),
            figures: BTreeMap::new(),
            shares: BTreeMap::new(),
            codes: BTreeMap::new(),
            words: BTreeSet::new(),
        };
        for atom in set.rules.iter().flat_map(|rule| rule.stands.atoms()) {
            found.look(atom);
        }
        found
    }

    fn look(&mut self, Atom { subject, test }: &Atom) {
        self.note(subject);
        match test {
            Test::Compare(_, limit) => {
                let by_share = matches!(subject, Subject::Overlap { .. } | Subject::Outside { .. })
                    && limit.dimension == Dimension::Share;
                let limits = if by_share { &mut self.shares } else { &mut self.figures };
                limits.entry(subject.fact()).or_default().insert(limit.amount);
            }
            Test::CompareWith(_, other) => self.note(other),
            Test::Among(codes) => {
                let all = codes.codes.iter().cloned();
                self.codes.entry(subject.fact()).or_default().extend(all);
            }
            Test::Counts | Test::Covered => {}
        }
    }

    /// Adds a subject: of a layer one, whichever of its features are asked for.
    fn note(&mut self, subject: &Subject) {
        match subject {
            Subject::Overlap { layer, features } | Subject::Outside { layer, features } => {
                self.layer(layer);
                match features {
                    Features::Kinds(kinds) => {
                        let key = FactKey::Overlaps(layer.clone());
                        self.codes.entry(key).or_default().extend(kinds.iter().cloned());
                    }
                    Features::Named(words) => self.words.extend(words.iter().cloned()),
                    Features::Every => {}
                }
                if matches!(subject, Subject::Outside { .. }) {
                    self.all.insert(Subject::Area);
                }
            }
            Subject::TableEntry { table: id } => {
                self.all.insert(subject.clone());
                let Some(table) = self.set.tables.get(id) else { return };
                let zones = table.entries.zones().map(str::to_owned);
                self.codes.entry(table.zone.fact()).or_default().extend(zones);
                self.note(&table.zone);
            }
            _ => {
                self.all.insert(subject.clone());
            }
        }
    }

    fn layer(&mut self, id: &str) {
        let layer = id.to_owned();
        let key = FactKey::Overlaps(layer.clone());
        self.all.insert(Subject::Overlap { layer, features: Features::Every });
        let Some(layer) = self.set.layers.get(id) else { return };
        // What no rule asks for too: it is known not to be what they do.
        self.words.extend(layer.classes.words.iter().cloned());
        self.codes.entry(key.clone()).or_default().extend(layer.classes.kinds.iter().cloned());
        self.figures.entry(key.clone()).or_default().insert(layer.tolerance.area.amount);
        let shares = self.shares.entry(key).or_default();
        shares.insert(layer.tolerance.share.amount);
        if let Some(zones) = &layer.zones {
            shares.insert(zones.of_site.amount);
            shares.extend(zones.of_zone.iter().map(|limit| limit.amount));
        }
    }

    /// A reading by chance; none where there is nothing that the subject can be.
    fn reading(&self, subject: &Subject, chance: &mut Chance) -> Option<Reading> {
        match subject {
            Subject::Overlap { .. } | Subject::Outside { .. } => {
                Some(Reading::Overlaps(self.overlaps(&subject.fact(), chance)))
            }
            Subject::TableEntry { .. } => {
                let entry = chance.one_of(&Entry::ALL)?;
                Some(Reading::Codes(BTreeSet::from([entry.name().to_owned()])))
            }
            _ if self.set.is_figure(subject) => {
                Some(Reading::Figure(self.figure(&subject.fact(), chance)?))
            }
            _ => self.some_codes(subject, chance).map(Reading::Codes),
        }
    }

    /// A limit, a little beside one, or a round figure; sometimes only between two of them.
    fn figure(&self, key: &FactKey, chance: &mut Chance) -> Option<Range> {
        let limits: Vec<Amount> = self.figures.get(key).into_iter().flatten().copied().collect();
        let mut one = || {
            let limit = chance.one_of(&limits).map_or(8.0, Amount::figure);
            [limit, limit - 0.5, limit + 0.5, 0.0, 24.0, 1000.0][chance.below(6)].max(0.0)
        };
        let (a, b) = (one(), one());
        if chance.below(4) == 0 { Range::between(a.min(b), a.max(b)) } else { Range::measured(a) }
    }

    fn overlaps(&self, key: &FactKey, chance: &mut Chance) -> Overlaps {
        let count = [0, 1, 1, 1, 2, 3][chance.below(6)];
        let features = (0..count).filter_map(|_| self.overlap(key, count == 1, chance)).collect();
        Overlaps { apart: chance.below(2) == 0, features }
    }

    /// A feature; one that is alone may reach a limit exactly, others have figures that add up exactly.
    fn overlap(&self, key: &FactKey, alone: bool, chance: &mut Chance) -> Option<Overlap> {
        let codes: Vec<String> = self.codes.get(key).into_iter().flatten().cloned().collect();
        let words: Vec<String> = self.words.iter().cloned().collect();
        let limits = |of: &BTreeMap<FactKey, BTreeSet<Amount>>| -> Vec<Amount> {
            of.get(key).into_iter().flatten().copied().filter(|_| alone).collect()
        };
        let (areas, shares) = (limits(&self.figures), limits(&self.shares));
        let mut share = || {
            let round = [0.0, 1.0, 2.0, 8.0, 31.0, 32.0, 64.0][chance.below(7)] / 64.0;
            let limit = chance.one_of(&shares).map(Amount::figure);
            limit.filter(|_| chance.below(3) == 0).unwrap_or(round)
        };
        let (share, of_feature) = ((share(), share()), share());
        let mut area = || {
            let round = [0.0, 0.5, 20.0, 300.0, 4096.0][chance.below(5)];
            let limit = chance.one_of(&areas).map(Amount::figure);
            limit.filter(|_| chance.below(3) == 0).unwrap_or(round)
        };
        let area = (area(), area());
        let range = |(a, b): (f64, f64), sure: bool| {
            if sure { Range::measured(a) } else { Range::between(a.min(b), a.max(b)) }
        };
        let sure = chance.below(3) > 0;
        let kind = match chance.below(8) {
            0 => String::new(),
            1 => "~".to_owned(),
            _ => chance.one_of(&codes).unwrap_or_else(|| "~".to_owned()),
        };
        let label = match chance.below(4) {
            0 => Localized::default(),
            1 => Localized::new("别处", "Elsewhere"),
            _ => {
                let word = chance.one_of(&words).unwrap_or_default();
                Localized::new(format!("某{word}区"), format!("The {} area", word.to_uppercase()))
            }
        };
        Some(Overlap {
            kind,
            label,
            area: range(area, sure)?,
            share: range(share, sure)?,
            of_feature: Range::measured(of_feature).filter(|_| chance.below(2) == 0),
        })
    }

    fn some_codes(&self, subject: &Subject, chance: &mut Chance) -> Option<BTreeSet<String>> {
        let listed = self.codes.get(&subject.fact()).into_iter().flatten().cloned();
        let mut all: Vec<String> = match (subject, self.set.domain(subject)) {
            (Subject::LawStatus { .. }, _) => LAW_STATUS.map(str::to_owned).into(),
            (_, Some(Domain::YesNo)) => ["yes", "no"].map(str::to_owned).into(),
            (_, Some(Domain::Options(options))) => {
                options.iter().map(|option| option.id.clone()).collect()
            }
            (_, Some(Domain::Dictionary { system, version })) => {
                let known = dictionary(system, version)?;
                // Half of them are such that rules speak of.
                let list: Vec<String> = listed.collect();
                let below =
                    |code: &String| list.iter().any(|class| code.starts_with(class.as_str()));
                let (of_rules, others): (Vec<String>, Vec<String>) =
                    known.entries.keys().cloned().partition(below);
                if chance.below(2) == 0 || others.is_empty() { of_rules } else { others }
            }
            _ => listed.chain(["~".to_owned()]).collect(),
        };
        let fits = |code: &String| self.set.can_be(subject, &BTreeSet::from([code.clone()]));
        all.retain(fits);
        let mut codes = BTreeSet::from([chance.one_of(&all)?]);
        let several = match subject {
            Subject::Value { id } => self.set.values.get(id).is_some_and(|value| value.several),
            _ => false,
        };
        if several && chance.below(3) == 0 {
            codes.extend(chance.one_of(&all));
        }
        Some(codes)
    }
}

/// A reading as an engine is handed it.
fn input(subject: &Subject, reading: &Reading) -> Value {
    match reading {
        Reading::Figure(range) => json!({ "lo": range.lo, "hi": range.hi }),
        Reading::Codes(codes) => match subject {
            Subject::TableEntry { .. } => codes.first().map_or(Value::Null, |code| json!(code)),
            _ => json!(codes),
        },
        Reading::Overlaps(overlaps) => {
            let features: Vec<Value> = overlaps
                .features
                .iter()
                .map(|one| {
                    json!({
                        "kind": one.kind, "zh": one.label.zh, "en": one.label.en,
                        "area_lo": one.area.lo, "area_hi": one.area.hi,
                        "share_lo": one.share.lo, "share_hi": one.share.hi,
                        "of_lo": one.of_feature.map(|of| of.lo), "of_hi": one.of_feature.map(|of| of.hi),
                    })
                })
                .collect();
            json!({ "apart": overlaps.apart, "features": features })
        }
    }
}
