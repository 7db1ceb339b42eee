//! The example of the documentation.

use crate::{
    law::register,
    suitability::{Library, RuleErrors, RuleFile, RuleSet},
};

pub(super) const TOML: &str = include_str!("../example/sample/2026-11-28/rules.toml");
const CSV: &str = include_str!("../example/sample/2026-11-28/uses-by-zone.csv");

pub(super) fn read(toml: &str, csv: &str) -> Result<RuleSet, RuleErrors> {
    let file = |name: &str, text: &str| RuleFile { name: name.to_owned(), text: text.to_owned() };
    RuleSet::read(
        "sample/2026-11-28/",
        &[file("rules.toml", toml), file("uses-by-zone.csv", csv)],
        register(),
    )
}

pub(super) fn sample() -> RuleSet {
    read(TOML, CSV).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn the_example_of_the_documentation_reads() {
    let set = sample();
    assert_eq!(set.rules.len(), 7);
    assert_eq!(set.hash.len(), 64);
    assert_ne!(set.hash, read(TOML, "use,A\ncafe,P\n").unwrap().hash);
}

/// The first line that is told, and the words.
fn faults(from: &str, to: &str) -> String {
    assert!(TOML.contains(from), "{from}");
    read(&TOML.replacen(from, to, 1), CSV).unwrap_err().to_string()
}

#[test]
fn every_fault_names_file_line_and_rule() {
    let line = |text: &str| TOML[..TOML.find(text).unwrap()].matches('\n').count() + 1;
    for (from, to, near, words) in [
        (
            "overlaps = \"farmland\"",
            "overlaps = \"farmlands\"",
            "fails = { overlaps",
            "the rule permanent-farmland: no [[layer]]",
        ),
        (
            "at_most = \"500 m\"",
            "at_most = \"500\"",
            "{ distance = \"roads\"",
            "\"500\" is no limit here",
        ),
        ("at_most = \"500 m\"", "at_most = \"5 %\"", "{ distance = \"roads\"", "m, km or ft"),
        (
            "says = [\"prohibited\"]",
            "says = [\"forbidden\"]",
            "says = [\"prohibited\"]",
            "the rule zone-prohibits",
        ),
        ("articles = [\"35\"]", "articles = []", "articles = [\"35\"]", "without an article"),
        (
            "any_under = [\"07\"]",
            "any_under = [\"77\"]",
            "any_under",
            "the rule workshop-site: \"77\"",
        ),
        ("at_most = \"500 m\"", "at_most = \"-1 m\"", "{ distance = \"roads\"", "are 0 or more"),
        ("weight = \"40 %\"", "weight = \"140 %\"", "weight = \"40 %\"", "100 % at most"),
        ("weight = \"40 %\"", "weight = \"30 %\"", "weight = \"60 %\"", "sum to 90 %"),
        ("is = \"yes\"", "is = \"ja\"", "is = \"yes\"", "\"ja\" is nothing"),
        (
            "more_than = \"5 %\"",
            "more_than = \"100 %\"",
            "{ overlaps = \"hazard\"",
            "would never hold",
        ),
        ("share = \"0.1 %\"", "share = \"110 %\"", "share = \"0.1 %\"", "100 % at most"),
        ("fails = {", "fials = {", "fails = { overlaps", "fials"),
        (
            "named = [\"易发区\", \"prone\"]",
            "named = [\"易发区\", \"landslide\"]",
            "named = [",
            "has no \"landslide\" in `words`",
        ),
        (
            "kinds = [\"county\", \"provincial\"]",
            "kinds = [\"lane\"]",
            "kinds = [\"county\", \"provincial\"]",
            "has no \"lane\" in `kinds`",
        ),
        (
            "more_than = \"tolerance\"",
            "is = \"unknown\"",
            "fails = { overlaps",
            "\"unknown\" is nothing",
        ),
        (
            "uses = [\"catering\"]",
            "uses = [\"cattering\"]",
            "uses = [\"catering\"]",
            "the rule closing-time",
        ),
        (
            "at_least = 2, of",
            "at_least = 5, of",
            "needs = { at_least = 2",
            "the rule workshop-site",
        ),
        (
            "value = \"latest-closing\" }",
            "measure = \"area\" }",
            "value = \"latest-closing\" }",
            "different units",
        ),
    ] {
        let told = faults(from, to);
        let place = format!("sample/2026-11-28/rules.toml, line {}:", line(near));
        assert!(told.contains(&place) && told.contains(words), "{to}: {told}, not {place} {words}");
    }
}

#[test]
fn a_table_that_does_not_fit_is_told_with_its_file_and_line() {
    let told = read(TOML, "use,A\ncafe,P\nteashop,P\n").unwrap_err().to_string();
    assert!(told.contains("uses-by-zone.csv") && told.contains("teashop"), "{told}");
    let told = read(TOML, "use,A\ncafe,Q\n").unwrap_err().to_string();
    assert!(told.contains("uses-by-zone.csv, line 2: the table uses-by-zone"), "{told}");
}

#[test]
fn a_later_version_counts_from_its_day_and_the_earlier_one_stays() {
    let file = |date: &str, name: &str, text: &str| RuleFile {
        name: format!("sample/{date}/{name}"),
        text: text.replace("date = \"2026-11-28\"", &format!("date = \"{date}\"")),
    };
    let files: Vec<RuleFile> = ["2026-11-28", "2027-03-01"]
        .iter()
        .flat_map(|date| [file(date, "rules.toml", TOML), file(date, "uses-by-zone.csv", CSV)])
        .collect();
    let library = Library::read("", &files, register()).unwrap();
    let on = |day: &str| {
        library.in_force("sample", day.parse().unwrap()).map(|set| set.date.to_string())
    };
    assert_eq!(on("2026-11-27"), None);
    assert_eq!(on("2027-02-28").as_deref(), Some("2026-11-28"));
    assert_eq!(on("2027-03-01").as_deref(), Some("2027-03-01"));
    let old = library.in_force("sample", "2026-12-01".parse().unwrap()).unwrap();
    assert_eq!(library.by_hash(&old.hash).unwrap().date, old.date);
    let misplaced = [RuleFile { name: "rules.toml".into(), text: TOML.into() }];
    assert!(Library::read("", &misplaced, register()).is_err());
}
