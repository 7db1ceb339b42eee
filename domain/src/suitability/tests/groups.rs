//! A whole register says of every site what the site is told alone (*sites Q1*, *Q3*).

use std::{collections::BTreeSet, sync::Arc};

use super::lab::{self, Chance, DAY};
use crate::suitability::{
    Answer, Cause, FactKey, Facts, Gathering, Groups, Kind, Overlaps, Reading, RuleSet,
    amount::{Amount, Range},
    embedded,
    tree::{Atom, Tree},
};

fn between(lo: f64, hi: f64) -> Range {
    Range { lo: Amount::of(lo).unwrap(), hi: Amount::of(hi).unwrap() }
}

/// Sites of which a fifth of the facts is not known and some are told as a range only.
fn sites(chance: &mut Chance, count: usize) -> Vec<Facts> {
    let worlds = lab::worlds();
    let site = |chance: &mut Chance| {
        let mut facts = lab::site(chance, &worlds);
        facts.0.retain(|key, _| !matches!(key, FactKey::Answer(_)));
        if chance.below(4) > 0 {
            facts.0.remove(&FactKey::TableEntry("table".to_owned()));
        }
        for key in facts.0.keys().cloned().collect::<Vec<_>>() {
            if chance.below(5) == 0 {
                facts.lack(key, lab::cause(chance));
            }
        }
        if chance.below(6) == 0 {
            facts.put(FactKey::Area, Reading::Figure(between(900.0, 1_000.0)), Vec::new());
        }
        if chance.below(6) == 0 {
            let mut feature = lab::feature("", 0.0005);
            (feature.area, feature.share) = (between(0.0, 30.0), between(0.0, 0.03));
            let overlaps = Overlaps { apart: true, features: vec![feature] };
            facts.put(
                FactKey::Overlaps("farm".to_owned()),
                Reading::Overlaps(overlaps),
                Vec::new(),
            );
        }
        facts
    };
    (0..count).map(|_| site(chance)).collect()
}

fn answers(chance: &mut Chance) -> Facts {
    let mut facts = lab::site(chance, &lab::worlds());
    facts.0.retain(|key, _| matches!(key, FactKey::Answer(_)));
    for key in facts.0.keys().cloned().collect::<Vec<_>>() {
        match chance.below(4) {
            0 => facts.lack(key, Cause::NotKnown),
            1 => drop(facts.0.remove(&key)),
            _ => {}
        }
    }
    facts
}

fn gathered(set: &RuleSet, sites: &[Facts]) -> (Groups, Vec<u32>) {
    let mut gathering = Gathering::new(Arc::new(set.clone()), DAY);
    let groups = sites.iter().map(|facts| gathering.add(facts)).collect();
    (gathering.finish(), groups)
}

fn with(facts: &Facts, answers: &Facts) -> Facts {
    let mut all = facts.clone();
    all.0.extend(answers.0.clone());
    all
}

fn suits(answer: Answer) -> bool {
    matches!(answer, Answer::Suits | Answer::SuitsIf)
}

#[test]
fn sites_q1_a_register_says_of_every_site_what_it_is_told_alone_and_what_that_turns_on() {
    let lab = lab::lab();
    let (atoms, _) = lab::atoms(&lab);
    let mut chance = Chance::seeded(7);
    let (mut decided_closely, mut open) = (0, 0);
    for _ in 0..40 {
        let set = lab::rules(&mut chance, &lab, &atoms);
        let sites = sites(&mut chance, 150);
        let (groups, of) = gathered(&set, &sites);
        assert!(groups.len() <= sites.len());
        for use_at in 0..set.uses.len() {
            let answers = answers(&mut chance);
            let bands = groups.ask(use_at, &answers).unwrap();
            for (site, group) in sites.iter().zip(&of) {
                let facts = with(site, &answers);
                let alone = set.assess(use_at, &facts, DAY).unwrap();
                let group = *group as usize;
                assert_eq!(bands.told(group).answer, alone.answer, "{:?} {facts:?}", set.rules);
                let kleene = set.possible_by_kleene(use_at, &facts, DAY).unwrap().answer();
                decided_closely += usize::from(kleene != alone.answer);
                let turns_on = bands.open(group);
                assert_eq!(turns_on.is_some(), alone.answer == Answer::CannotBeSaid);
                if let (Some(turns_on), Some(settling)) = (turns_on, alone.settling) {
                    assert_eq!(*turns_on, settling.surely, "{facts:?}");
                    open += 1;
                }
            }
        }
    }
    assert!(decided_closely > 50 && open > 500, "{decided_closely} {open}");
}

#[test]
fn sites_q3_what_would_be_without_a_rule_is_what_the_rules_say_without_it() {
    let lab = lab::lab();
    let (atoms, _) = lab::atoms(&lab);
    let mut chance = Chance::seeded(8);
    let mut gained = 0;
    for _ in 0..30 {
        let set = lab::rules(&mut chance, &lab, &atoms);
        let (sites, answers) = (sites(&mut chance, 60), answers(&mut chance));
        let (groups, of) = gathered(&set, &sites);
        let bands = groups.ask(0, &answers).unwrap();
        assert_eq!(bands.rules, ["r0", "r1", "r2"]);
        for (at, without_it) in bands.rules.iter().enumerate() {
            let mut without = set.clone();
            without.rules.retain(|rule| rule.id != *without_it);
            for (site, group) in sites.iter().zip(&of) {
                let facts = with(site, &answers);
                let now = set.possible(0, &facts, DAY).unwrap().answer();
                let then = without.possible(0, &facts, DAY).unwrap().answer();
                let more = !suits(now) && suits(then);
                assert_eq!(bands.gains(*group as usize, at), more, "{without_it} {facts:?}");
                gained += usize::from(more);
            }
        }
    }
    assert!(gained > 100, "{gained}");
}

#[test]
fn sites_q1_of_a_use_of_which_no_rule_speaks_nothing_can_be_said() {
    let mut set = lab::lab();
    set.rules.clear();
    let (groups, of) = gathered(&set, &[Facts::default()]);
    let bands = groups.ask(0, &Facts::default()).unwrap();
    assert_eq!(bands.told(of[0] as usize).answer, Answer::CannotBeSaid);
    assert_eq!(set.assess(0, &Facts::default(), DAY).unwrap().answer, Answer::CannotBeSaid);
    assert!(groups.ask(set.uses.len(), &Facts::default()).is_none());
}

#[test]
fn sites_that_differ_in_what_decides_nothing_are_one_group() {
    let set = embedded().in_force("zhejiang", DAY.max(jiff::civil::date(2026, 11, 29))).unwrap();
    let mut gathering = Gathering::new(Arc::new(set.clone()), set.date);
    let farmland = FactKey::Overlaps("basic-farmland".to_owned());
    let mut groups = BTreeSet::new();
    // A tolerance of 30 m² or 1 %: 0.2 to 0.9 of the site all count, and nothing does not.
    for share in [0.2, 0.3, 0.9] {
        let mut facts = Facts::default();
        facts.put(farmland.clone(), lab::covered("永久基本农田", share), Vec::new());
        groups.insert(gathering.add(&facts));
    }
    assert_eq!(groups.len(), 1);
    let mut facts = Facts::default();
    facts.put(farmland, Reading::Overlaps(Overlaps::default()), Vec::new());
    assert!(groups.insert(gathering.add(&facts)));
}

/// Many small rules over few questions: they fall into clusters, and some questions are asked in several.
fn scattered(chance: &mut Chance, lab: &RuleSet, atoms: &[Atom], plain: usize) -> RuleSet {
    let mut set = lab.clone();
    let model = set.rules[0].clone();
    let few: Vec<Atom> = atoms[..plain + 3].to_vec();
    let mut rule = |at: usize| {
        let mut rule = model.clone();
        rule.id = format!("r{at}");
        rule.kind = if chance.below(2) == 0 { Kind::Hard } else { Kind::Condition };
        let depth = chance.below(2);
        let site = lab::tree(chance, &atoms[..plain], depth);
        rule.stands = match chance.below(3) {
            0 => site,
            _ => Tree::All(vec![Tree::Atom(chance.one_of(&few[plain..]).clone()), site]),
        };
        rule
    };
    set.rules = (0..6).map(&mut rule).collect();
    set
}

#[test]
fn sites_q1_rules_that_have_nothing_in_common_are_judged_apart_and_answer_as_if_together() {
    let lab = lab::lab();
    let (atoms, plain) = lab::atoms(&lab);
    let mut chance = Chance::seeded(9);
    let (mut open, mut gained, mut inexact) = (0, 0, 0);
    for _ in 0..60 {
        let set = scattered(&mut chance, &lab, &atoms, plain);
        let (sites, answers) = (sites(&mut chance, 80), answers(&mut chance));
        let (groups, of) = gathered(&set, &sites);
        let bands = groups.ask(0, &answers).unwrap();
        let mut exact = true;
        for (site, group) in sites.iter().zip(&of) {
            let facts = with(site, &answers);
            let alone = set.open(0, &facts, DAY, None).unwrap();
            assert_eq!(bands.told(*group as usize).answer, alone.possible.answer(), "{facts:?}");
            exact &= alone.possible.exact;
            if let Some(turns_on) = bands.open(*group as usize) {
                assert_eq!(*turns_on, alone.matter, "{:?} {facts:?}", set.rules);
                open += 1;
            }
            for (at, rule) in bands.rules.iter().enumerate() {
                let then = set.open(0, &facts, DAY, Some(rule)).unwrap().possible;
                let more = !suits(alone.possible.answer()) && suits(then.answer());
                assert_eq!(bands.gains(*group as usize, at), more, "{rule} {facts:?}");
                gained += usize::from(more);
            }
        }
        assert_eq!(bands.exact, exact);
        inexact += usize::from(!exact);
    }
    assert!(open > 500 && gained > 100, "{open} {gained} {inexact}");
}

#[test]
fn sites_q1_where_too_much_is_unknown_kleene_speaks_for_a_register_too() {
    let lab = lab::lab();
    let (atoms, plain) = lab::atoms(&lab);
    let mut chance = Chance::seeded(10);
    let mut inexact = 0;
    for _ in 0..20 {
        let mut set = scattered(&mut chance, &lab, &atoms, plain);
        // A rule by which twelve answers are open, beside what is unknown of the site.
        let mut rule = set.rules[0].clone();
        (rule.id, rule.kind) = ("all".to_owned(), Kind::Condition);
        rule.stands = Tree::All(atoms[plain..].iter().cloned().map(Tree::Atom).collect());
        set.rules.push(rule);
        let mut sites = sites(&mut chance, 40);
        for facts in &mut sites {
            facts.0.retain(|key, _| *key == FactKey::Area || chance.below(3) == 0);
        }
        let (groups, of) = gathered(&set, &sites);
        let bands = groups.ask(0, &Facts::default()).unwrap();
        let mut exact = true;
        for (site, group) in sites.iter().zip(&of) {
            let alone = set.open(0, site, DAY, None).unwrap();
            assert_eq!(bands.told(*group as usize).answer, alone.possible.answer(), "{site:?}");
            exact &= alone.possible.exact;
            if let Some(turns_on) = bands.open(*group as usize) {
                assert_eq!(*turns_on, alone.matter, "{site:?}");
            }
            for (at, rule) in bands.rules.iter().enumerate() {
                let then = set.open(0, site, DAY, Some(rule)).unwrap().possible;
                let more = !suits(alone.possible.answer()) && suits(then.answer());
                assert_eq!(bands.gains(*group as usize, at), more, "{rule} {site:?}");
            }
        }
        assert_eq!(bands.exact, exact);
        inexact += usize::from(!exact);
    }
    assert!(inexact > 5, "{inexact}");
}
