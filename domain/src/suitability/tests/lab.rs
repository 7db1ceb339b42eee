//! Rule sets and sites by chance, from a seed: the trees are over every kind of atom that there is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

use crate::{
    law::register,
    localized::Localized,
    suitability::{
        Cause, Fact, FactKey, Facts, Kind, Known, Overlap, Overlaps, Reading, RuleFile, RuleSet,
        amount::Range,
        tree::{Atom, Features, Tree},
    },
};

pub(super) const DAY: Date = date(2026, 11, 28);

/// So many questions are answered by yes or no.
pub(super) const QUESTIONS: usize = 12;

/// Numbers by chance (xorshift), the same on every run.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end
    }

    pub(super) fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// The laboratory's set, with its one rule of every atom.
pub(super) fn lab() -> RuleSet {
    let mut questions = String::new();
    let mut rules = String::new();
    for at in 0..QUESTIONS {
        questions += &format!(
            "[[question]]\nid = \"q{at}\"\ntext = {{ zh = \"问\", en = \"Ask\" }}\noffice = \"bureau\"\nkind = \"yes_no\"\n\n"
        );
        rules += &format!("  {{ answer = \"q{at}\", is = \"yes\" }},\n");
    }
    let toml = include_str!("lab.toml").replace("# QUESTIONS", &questions).replace(
        "  { answer = \"noise\", is = \"much\" },\n",
        &format!("  {{ answer = \"noise\", is = \"much\" }},\n{rules}"),
    );
    let file = |name: &str, text: &str| RuleFile { name: name.to_owned(), text: text.to_owned() };
    let table =
        "use,A,B,C,D\none,permitted,conditional,prohibited,\n2,prohibited,permitted,,permitted\n";
    let files = [file("rules.toml", &toml), file("table.csv", table)];
    RuleSet::read("lab/", &files, register()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Every atom of the laboratory; the first `plain` of them are not of questions by yes and no.
pub(super) fn atoms(set: &RuleSet) -> (Vec<Atom>, usize) {
    let atoms: Vec<Atom> = set.rules[0].stands.atoms().into_iter().cloned().collect();
    let plain = atoms.len() - QUESTIONS;
    (atoms, plain)
}

pub(super) fn tree(chance: &mut Chance, atoms: &[Atom], depth: usize) -> Tree {
    let kind = if depth == 0 { 9 } else { chance.below(10) };
    let some = |chance: &mut Chance| -> Vec<Tree> {
        (0..2 + chance.below(2)).map(|_| tree(chance, atoms, depth - 1)).collect()
    };
    match kind {
        0..=2 => Tree::All(some(chance)),
        3..=5 => Tree::Any(some(chance)),
        6 => {
            let trees = some(chance);
            Tree::AtLeast(1 + chance.below(trees.len()), trees)
        }
        7 => Tree::Not(Box::new(tree(chance, atoms, depth - 1))),
        _ => Tree::Atom(chance.one_of(atoms).clone()),
    }
}

/// The set with two hard rules and a condition by chance.
pub(super) fn rules(chance: &mut Chance, lab: &RuleSet, atoms: &[Atom]) -> RuleSet {
    let mut set = lab.clone();
    let model = set.rules[0].clone();
    set.rules = [Kind::Hard, Kind::Hard, Kind::Condition]
        .into_iter()
        .enumerate()
        .map(|(at, kind)| {
            let mut rule = model.clone();
            (rule.id, rule.kind) = (format!("r{at}"), kind);
            rule.stands = tree(chance, atoms, 2);
            rule
        })
        .collect();
    set
}

pub(super) fn codes(codes: &[&str]) -> Reading {
    Reading::Codes(codes.iter().map(|code| (*code).to_owned()).collect())
}

pub(super) fn figure(figure: f64) -> Reading {
    Reading::Figure(Range::measured(figure).unwrap())
}

pub(super) const SITE_M2: f64 = 1000.0;

/// One feature that covers so much of a site of 1,000 m².
pub(super) fn covered(kind: &str, share: f64) -> Reading {
    Reading::Overlaps(Overlaps { apart: true, features: vec![feature(kind, share)] })
}

pub(super) fn feature(kind: &str, share: f64) -> Overlap {
    Overlap {
        kind: kind.to_owned(),
        label: Localized::same(kind),
        area: Range::measured(share * SITE_M2).unwrap(),
        share: Range::measured(share).unwrap(),
        of_feature: None,
    }
}

fn nothing() -> Reading {
    Reading::Overlaps(Overlaps::default())
}

/// For every fact, what it can be: enough for every answer that atoms can give, in every combination.
pub(super) fn worlds() -> BTreeMap<FactKey, Vec<Reading>> {
    let layer = |id: &str| FactKey::Overlaps(id.to_owned());
    // Between 5 and 8, and beyond both, two figures can stand in either order.
    let seats = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0].map(figure).to_vec();
    let mut all = BTreeMap::from([
        (
            layer("farm"),
            vec![
                nothing(),
                covered("", 0.0),
                covered("", 0.0005),
                covered("", 0.03),
                covered("", 0.5),
            ],
        ),
        (layer("plan"), vec![nothing(), covered("", 0.5), covered("", 1.0)]),
        (layer("zones"), ["A", "B", "C", "D", "unlisted"].map(|zone| covered(zone, 1.0)).to_vec()),
        (
            FactKey::TableEntry("table".to_owned()),
            ["permitted", "conditional", "prohibited"].map(|it| codes(&[it])).to_vec(),
        ),
        (
            FactKey::Distance("roads".to_owned(), Features::Every),
            [0.0, 500.0, 501.0].map(figure).to_vec(),
        ),
        (FactKey::Area, vec![figure(SITE_M2)]),
        (
            FactKey::Value("class".to_owned()),
            [
                &["07"][..],
                &["0701"],
                &["0702"],
                &["05"],
                &["99"],
                &["05", "0701"],
                &["05", "0702"],
                &["05", "99"],
                &["0701", "99"],
            ]
            .map(codes)
            .to_vec(),
        ),
        (FactKey::Answer("size".to_owned()), seats.clone()),
        (FactKey::Value("most".to_owned()), seats),
        (
            FactKey::Answer("noise".to_owned()),
            ["none", "some", "much"].map(|it| codes(&[it])).to_vec(),
        ),
    ]);
    for at in 0..QUESTIONS {
        all.insert(
            FactKey::Answer(format!("q{at}")),
            ["yes", "no"].map(|it| codes(&[it])).to_vec(),
        );
    }
    all
}

/// A site of which everything is known.
pub(super) fn site(chance: &mut Chance, worlds: &BTreeMap<FactKey, Vec<Reading>>) -> Facts {
    let mut facts = Facts::default();
    for (key, readings) in worlds {
        // Figures are drawn from between the ends, so that the other of two can lie beyond.
        let inner = match readings.len() {
            10 => &readings[1..9],
            _ => &readings[..],
        };
        facts.put(key.clone(), chance.one_of(inner).clone(), Vec::new());
    }
    facts
}

pub(super) fn cause(chance: &mut Chance) -> Cause {
    *chance.one_of(&[
        Cause::NotAsked,
        Cause::Missing,
        Cause::Failed,
        Cause::TimedOut,
        Cause::NotCovered,
        Cause::Withheld,
        Cause::NotKnown,
    ])
}

/// The facts that rules turn on at all.
pub(super) fn asked(set: &RuleSet) -> Vec<FactKey> {
    let mut asked = set.asks(0, DAY);
    for score in &set.scores {
        let used = set.rules.iter().flat_map(|rule| rule.stands.atoms()).any(|atom| {
            atom.subject == score.subject
                || matches!(&atom.test, super::super::tree::Test::CompareWith(_, other) if *other == score.subject)
        });
        if !used {
            asked.remove(&score.subject.fact());
        }
    }
    asked.remove(&FactKey::Area);
    if asked.contains(&FactKey::Overlaps("zones".to_owned())) {
        asked.insert(FactKey::TableEntry("table".to_owned()));
    }
    asked.into_iter().collect()
}

/// All combinations of what the facts `open` can be, beside `facts`.
pub(super) fn completions(
    facts: &Facts,
    open: &[FactKey],
    worlds: &BTreeMap<FactKey, Vec<Reading>>,
) -> Vec<(Vec<usize>, Facts)> {
    let mut all = vec![(Vec::new(), facts.clone())];
    for key in open {
        let mut next = Vec::new();
        for (path, facts) in &all {
            for (at, reading) in worlds[key].iter().enumerate() {
                let mut facts = facts.clone();
                let known = Known { reading: reading.clone(), seen: Vec::new() };
                facts.0.insert(key.clone(), Fact::Known(known));
                next.push((path.iter().copied().chain([at]).collect(), facts));
            }
        }
        all = next;
    }
    all
}

/// So many ways there are.
pub(super) fn ways(open: &[FactKey], worlds: &BTreeMap<FactKey, Vec<Reading>>) -> usize {
    open.iter().map(|key| worlds[key].len()).product()
}

/// Facts of `from`, as many as there may be until there are `most` ways.
pub(super) fn opened(
    chance: &mut Chance,
    from: &[FactKey],
    worlds: &BTreeMap<FactKey, Vec<Reading>>,
    most: usize,
) -> Vec<FactKey> {
    let mut open: BTreeSet<FactKey> = BTreeSet::new();
    for _ in 0..8 {
        if from.is_empty() {
            break;
        }
        let mut more = open.clone();
        more.insert(chance.one_of(from).clone());
        let list: Vec<FactKey> = more.iter().cloned().collect();
        if ways(&list, worlds) <= most {
            open = more;
        }
    }
    open.into_iter().collect()
}
