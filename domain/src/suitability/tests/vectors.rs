//! Vectors for others: nobody publishes any for sets of unknowns. Written from the engine when
//! `JIANMA_WRITE_VECTORS` is set, else held against it; what is right about them is proved by the tests
//! that try everything.

use std::fs;

use serde_json::{Value, json};

use super::lab::{self, Chance, DAY};
use crate::suitability::{FactKey, Facts, RuleSet, tree::Tree};

fn written(tree: &Tree) -> Value {
    let list = |trees: &[Tree]| trees.iter().map(written).collect::<Vec<_>>();
    match tree {
        Tree::Atom(atom) => match atom.subject.fact() {
            FactKey::Answer(id) => json!(id),
            other => panic!("{other:?}"),
        },
        Tree::Not(tree) => json!({ "not": written(tree) }),
        Tree::All(trees) => json!({ "all": list(trees) }),
        Tree::Any(trees) => json!({ "any": list(trees) }),
        Tree::AtLeast(least, trees) => json!({ "at_least": least, "of": list(trees) }),
    }
}

fn vector(chance: &mut Chance, set: &RuleSet) -> Value {
    let mut facts = Facts::default();
    let mut known = serde_json::Map::new();
    for key in lab::asked(set) {
        let FactKey::Answer(id) = &key else { continue };
        let value = *chance.one_of(&[Some(true), Some(false), None, None]);
        known.insert(id.clone(), json!(value));
        if let Some(value) = value {
            facts.put(key, lab::codes(&[if value { "yes" } else { "no" }]), Vec::new());
        }
    }
    let verdict = set.assess(0, &facts, DAY).unwrap();
    let kleene = set.possible_by_kleene(0, &facts, DAY).unwrap();
    let name = |key: &FactKey| match key {
        FactKey::Answer(id) => id.clone(),
        other => panic!("{other:?}"),
    };
    let settling = verdict.settling.map(|settling| {
        let ways = settling.perhaps.iter().map(|way| {
            json!({ "outcome": way.outcome, "facts": way.facts.iter().map(name).collect::<Vec<_>>() })
        });
        json!({
            "surely": settling.surely.iter().map(name).collect::<Vec<_>>(),
            "perhaps": ways.collect::<Vec<_>>(),
        })
    });
    json!({
        "hard": [written(&set.rules[0].stands), written(&set.rules[1].stands)],
        "condition": [written(&set.rules[2].stands)],
        "known": known,
        "possible": verdict.possible,
        "possible_by_kleene": kleene.outcomes,
        "settling": settling,
    })
}

#[test]
fn sites_s4_the_published_vectors_are_what_the_engine_says() {
    let lab = lab::lab();
    let (atoms, plain) = lab::atoms(&lab);
    let mut chance = Chance::seeded(4);
    let vectors: Vec<Value> = (0..200)
        .map(|_| {
            let set = lab::rules(&mut chance, &lab, &atoms[plain..plain + 8]);
            vector(&mut chance, &set)
        })
        .collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/vectors/unknown.json");
    if std::env::var_os("JIANMA_WRITE_VECTORS").is_some() {
        let lines: Vec<String> = vectors.iter().map(Value::to_string).collect();
        fs::write(path, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    }
    let published: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(published, vectors, "run it with JIANMA_WRITE_VECTORS=1 if it is meant to differ");
}
