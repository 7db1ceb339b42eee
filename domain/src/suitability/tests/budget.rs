//! One verdict costs so much and no more, and says where it was cut short.

use std::collections::BTreeSet;

use super::lab::DAY;
use crate::{
    law::register,
    suitability::{Answer, Facts, Outcome, RuleFile, RuleSet},
};

const HEAD: &str = r#"
[set]
id = "budget"
date = "2026-11-28"
title = { zh = "试", en = "Trial" }
next_step = { zh = "问", en = "Ask" }
[[office]]
id = "bureau"
name = { zh = "局", en = "Bureau" }
[[use]]
id = "cafe"
name = { zh = "咖啡馆", en = "Café" }
code = { system = "own", version = "1", code = "1" }
[[value]]
id = "codes"
title = { zh = "码", en = "Codes" }
kind = "open"
several = true
office = "bureau"
"#;

/// A set of so many hard rules, each of which fails by what `fails` writes of its number.
fn set(rules: usize, fails: impl Fn(usize) -> String) -> RuleSet {
    let mut text = HEAD.to_owned();
    for at in 0..rules {
        text += &format!(
            "[[question]]\nid = \"q{at}\"\ntext = {{ zh = \"问\", en = \"Q\" }}\nkind = \"yes_no\"\noffice = \"bureau\"\n"
        );
    }
    for at in 0..rules {
        text += &format!(
            "[[rule]]\nid = \"r{at}\"\nkind = \"hard\"\ntitle = {{ zh = \"则\", en = \"R\" }}\nuses = \"all\"\nfails = {}\nbasis = [{{ title = {{ zh = \"法\", en = \"Law\" }}, number = \"1\", articles = [\"1\"], text = {{ zh = \"文\", en = \"Text\" }} }}]\noffice = \"bureau\"\naction = {{ zh = \"办\", en = \"Act\" }}\n",
            fails(at)
        );
    }
    let file = RuleFile { name: "rules.toml".to_owned(), text };
    RuleSet::read("", &[file], register()).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn sites_s4_lists_that_tell_too_many_sets_of_codes_apart_leave_it_to_kleene_and_say_so() {
    let lists = |rules| set(rules, |at| format!("{{ value = \"codes\", any_in = [\"c{at}\"] }}"));
    let few = lists(7).assess(0, &Facts::default(), DAY).unwrap();
    assert!(few.exact && few.settling.is_some());
    // Two to the fortieth sets of codes.
    let many = lists(40).assess(0, &Facts::default(), DAY).unwrap();
    assert_eq!((many.answer, many.exact), (Answer::CannotBeSaid, false));
    assert_eq!(many.possible, BTreeSet::from([Outcome::Suits, Outcome::DoesNot]));
}

#[test]
fn sites_s5_of_more_than_twelve_facts_all_are_named_and_no_smallest_sets_are_looked_for() {
    let questions = |rules| set(rules, |at| format!("{{ answer = \"q{at}\", is = \"yes\" }}"));
    for (count, whole) in [(12, true), (13, false), (16, false)] {
        let verdict = questions(count).assess(0, &Facts::default(), DAY).unwrap();
        let settling = verdict.settling.unwrap();
        assert_eq!((settling.surely.len(), settling.whole), (count, whole));
        assert_eq!(settling.perhaps.is_empty(), !whole);
    }
}

#[test]
fn sites_s7_changes_that_are_too_many_to_try_are_said_to_be_cut_short() {
    // Each rule fails unless one of ten further answers is yes: a thousand triples help nothing.
    let own = |at: usize| {
        let each: Vec<String> =
            (0..40).map(|one| format!("{{ answer = \"q{one}\", is = \"no\" }}")).collect();
        format!("{{ at_least = {}, of = [{}] }}", 20 + at % 2, each.join(", "))
    };
    let set = set(40, own);
    let no = (0..40).map(|at| (format!("q{at}"), "no".to_owned())).collect();
    let facts = set.answered(&no).unwrap();
    let changes = set.otherwise(0, &facts, DAY).changes;
    assert!(changes.smallest.is_empty() && !changes.whole);
}
