//! The guide for whoever writes rules: its example is a whole set, and it speaks of every key.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use domain::{
    law::register,
    suitability::{RuleFile, RuleSet},
};

const GUIDE: &str = include_str!("../../docs/suitability.md");

/// What stands in the blocks of a language, in one.
fn blocks(language: &str) -> String {
    let begin = format!("```{language}\n");
    let blocks = GUIDE.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_of_the_guide_is_a_rule_set() {
    let file =
        |name: &str, language: &str| RuleFile { name: name.to_owned(), text: blocks(language) };
    let files = [file("rules.toml", "toml"), file("districts.csv", "csv")];
    let set =
        RuleSet::read("docs/", &files, register()).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!((set.uses.len(), set.rules.len(), set.tables.len(), set.scores.len()), (2, 3, 1, 1));
}

#[test]
fn the_guide_speaks_of_every_key_that_a_rule_file_may_have() {
    let source = include_str!("../src/suitability/file.rs");
    let mut keys = 0;
    for line in source.lines().map(str::trim) {
        let Some((key, _)) =
            line.strip_prefix("pub(super) ").and_then(|rest| rest.split_once(": "))
        else {
            continue;
        };
        // In files it is called otherwise.
        let key = match key {
            "among" => "in",
            "uses" => "use",
            key => key,
        };
        keys += 1;
        let written = |mark: char| GUIDE.contains(&format!("{key}{mark}"));
        assert!([' ', '`', ']', '='].into_iter().any(written), "the guide has no `{key}`");
    }
    assert!(keys > 80, "{keys}");
}
