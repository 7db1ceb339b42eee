//! Towns of a zoning atlas, each made into a rule set by the converter: a lot in a district gets the
//! published answer for each of eight uses, and dimensions decide at the published value.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

#[path = "../examples/zoning_atlas/rules.rs"]
mod rules;
#[path = "../examples/zoning_atlas/town.rs"]
mod town;

use domain::{
    law::register,
    suitability::{
        Answer, Cause, FactKey, Facts, Overlap, Overlaps, Reading, RuleSet, Seen,
        amount::{Amount, Limit, Range},
    },
};
use jiff::civil::{Date, date};
use serde_json::Value;

use self::{
    rules::Written,
    town::{AtlasError, HOMES, Town},
};

/// Written by hand in the shape of the atlas, with every value that it has.
const ELMFIELD: &str = include_str!("zoning_atlas/elmfield.geojson");

const TODAY: Date = date(2026, 11, 29);

/// A column's end, how a limit of it is written, whether it is the least, and what is looked at.
const DIMENSIONS: [(&str, &str, bool, &str); 6] = [
    ("_MIN_LOT", "acre", true, "area"),
    ("_FRONT", "ft", true, "frontage"),
    ("_FSET", "ft", true, "setback"),
    ("_HEIGHT", "ft", false, "height"),
    ("_MAX_HEIGHT", "ft", false, "height"),
    ("_MAX_LOT_BLDG", "%", false, "coverage"),
];

fn key(looked_at: &str) -> FactKey {
    match looked_at {
        "area" => FactKey::Area,
        "frontage" => FactKey::Frontage,
        answer => FactKey::Answer(answer.to_owned()),
    }
}

fn converted(text: &str) -> (Town, Written, RuleSet) {
    let town = town::read(text).unwrap_or_else(|error| panic!("{error}"));
    let written = rules::write(&town).unwrap();
    let place = format!("{}/{}/", written.id, rules::DATE);
    let set = RuleSet::read(&place, &written.files, register());
    let set = set.unwrap_or_else(|faults| panic!("{faults}"));
    (town, written, set)
}

/// A lot that lies in one district, so large and so little built on that no dimension stands in the way.
fn lot(zone: &str) -> Facts {
    let measured = |figure| Range::measured(figure).unwrap();
    let overlap = Overlap {
        kind: zone.to_owned(),
        label: domain::Localized::default(),
        area: measured(1e9),
        share: measured(1.0),
        of_feature: None,
    };
    let overlaps = Overlaps { apart: true, features: vec![overlap] };
    let mut facts = Facts::default();
    let seen: Vec<Seen> = Vec::new();
    let zoning = FactKey::Overlaps("zoning".to_owned());
    facts.put(zoning, Reading::Overlaps(overlaps), seen);
    for (looked_at, figure) in
        [("area", 1e9), ("frontage", 1e6), ("setback", 1e6), ("height", 0.0), ("coverage", 0.0)]
    {
        facts.put(key(looked_at), Reading::Figure(measured(figure)), Vec::new());
    }
    facts
}

/// What a verdict is to say, by the word of the source alone.
fn wanted(published: &Value) -> Answer {
    match published.as_str().unwrap_or_default().trim().to_lowercase().as_str() {
        "allowed/conditional" => Answer::Suits,
        "public hearing" => Answer::SuitsIf,
        "prohibited" => Answer::DoesNot,
        "not mentioned" | "overlay" | "" => Answer::CannotBeSaid,
        other => panic!("{other}"),
    }
}

/// How much was held against the source.
#[derive(Debug, Default)]
struct Judged {
    answers: usize,
    unknown: usize,
    limits: usize,
}

/// Holds every answer and every dimension of a town's file against its rule set. The file is read here
/// once more, and not by the converter.
fn judge(text: &str, judged: &mut Judged) {
    let (town, _, set) = converted(text);
    let file: Value = serde_json::from_str(text).unwrap();
    let features = file["features"].as_array().unwrap();
    assert_eq!(features.len(), town.districts.len());
    for (feature, district) in features.iter().zip(&town.districts) {
        let facts = lot(&district.zone);
        let columns = feature["properties"].as_object().unwrap();
        for home in HOMES {
            let at = format!("{}, {}, {}", town.name, district.zone, home.prefix);
            let (use_at, _) = set.find_use(home.id).unwrap();
            let published = columns.get(&format!("{}DP", home.prefix)).unwrap_or(&Value::Null);
            let wanted = wanted(published);
            let verdict = set.assess(use_at, &facts, TODAY).unwrap();
            assert_eq!(verdict.answer, wanted, "{at}: {published}");
            judged.answers += 1;
            if wanted == Answer::CannotBeSaid {
                assert_eq!(verdict.possible.len(), 3, "{at}: nothing is ruled out");
                let gaps = verdict.findings.iter().flat_map(|finding| &finding.gaps);
                let silent = |cause| cause == Cause::Silent;
                assert!(
                    gaps.clone().count() > 0 && gaps.clone().all(|gap| silent(gap.cause)),
                    "{at}"
                );
                judged.unknown += 1;
            }
            let of_home = columns.iter().filter(|(_, value)| value.is_number());
            for (column, value) in of_home {
                let Some(end) = column.strip_prefix(home.prefix) else { continue };
                let Some(dimension) = DIMENSIONS.iter().find(|(known, ..)| *known == end) else {
                    continue;
                };
                let number = value.as_f64().unwrap();
                limit(
                    &set,
                    use_at,
                    &facts,
                    (number, dimension),
                    wanted,
                    &format!("{at}: {column}"),
                );
                judged.limits += 1;
            }
        }
    }
}

/// At the limit and on its right side the answer is that of the district, on the other it is no.
fn limit(
    set: &RuleSet,
    use_at: usize,
    facts: &Facts,
    (number, (_, unit, least, looked_at)): (f64, &(&str, &str, bool, &str)),
    wanted: Answer,
    at: &str,
) {
    let amount = Limit::read(&format!("{number:.9} {unit}")).unwrap().amount;
    let beside = |by: f64| Amount::of(amount.figure() + by).unwrap();
    let answer = |amount: Amount| {
        let mut facts = facts.clone();
        facts.put(key(looked_at), Reading::Figure(Range::exactly(amount)), Vec::new());
        set.assess(use_at, &facts, TODAY).unwrap().answer
    };
    // A millionth of a metre or a square metre, or of the lot.
    let inwards = if *least { 1e-6 } else { -1e-6 };
    assert_eq!(answer(amount), wanted, "{at}, at {number} {unit}");
    assert_eq!(answer(beside(inwards)), wanted, "{at}, inside {number} {unit}");
    assert_eq!(answer(beside(-inwards)), Answer::DoesNot, "{at}, outside {number} {unit}");
}

#[test]
fn sites_s14_every_answer_of_a_small_town_is_the_published_one() {
    let mut judged = Judged::default();
    judge(ELMFIELD, &mut judged);
    assert!(judged.answers == 48 && judged.unknown > 8 && judged.limits > 12, "{judged:?}");
}

#[test]
#[cfg_attr(not(atlas), ignore = "needs the zoning atlas beside the workspace")]
fn sites_s14_every_answer_of_the_atlas_is_the_published_one() {
    let folder = option_env!("JIANMA_ATLAS").unwrap_or_default();
    let towns = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut towns: Vec<_> =
        towns.filter(|path| path.extension().is_some_and(|end| end == "geojson")).collect();
    towns.sort();
    assert!(!towns.is_empty(), "{folder} has no towns");
    let mut judged = Judged::default();
    for path in &towns {
        judge(&std::fs::read_to_string(path).unwrap(), &mut judged);
    }
    assert!(judged.answers >= towns.len() * 8, "{judged:?}");
}

#[test]
fn districts_of_one_abbreviation_are_told_apart_where_they_say_different_things() {
    let (town, written, set) = converted(ELMFIELD);
    let zones: Vec<&str> = town.districts.iter().map(|district| district.zone.as_str()).collect();
    assert_eq!(
        zones,
        ["V", "RR (Rural Residential)", "RR (Rural Reserve)", "LC/LI", "LC/LI", "FHO"]
    );
    let features = written.layer["features"].as_array().unwrap();
    let layer: Vec<&str> =
        features.iter().map(|feature| feature["properties"]["zone"].as_str().unwrap()).collect();
    assert_eq!(layer, zones, "the layer has the zones of the table");
    assert!(features.iter().all(|feature| feature["geometry"]["type"] == "Polygon"));
    assert!(set.tables["districts"].entries.zones().eq([
        "FHO",
        "LC/LI",
        "RR (Rural Reserve)",
        "RR (Rural Residential)",
        "V"
    ]));
}

#[test]
fn a_value_that_was_not_heard_of_is_refused_with_its_place() {
    let text = ELMFIELD.replacen("\"Public Hearing\"", "\"By Permit\"", 1);
    let error = town::read(&text).unwrap_err();
    let AtlasError::Value { feature: 1, ref column, ref value, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((column.as_str(), value.as_str()), ("3FDP", "\"By Permit\""));
    for wrong in ["\"about 3 acres\"", "-1.0", "true"] {
        let error = town::read(&ELMFIELD.replacen("0.125", wrong, 1)).unwrap_err().to_string();
        assert!(error.contains("feature 1 (V), column 1F_MIN_LOT"), "{error}");
    }
    assert!(town::read("{\"features\": []}").is_err() && town::read("[").is_err());
}

#[test]
fn a_column_that_nothing_is_made_of_is_named() {
    let text = ELMFIELD.replacen("\"1F_MIN_LOT\"", "\"1F_PARKING\": 2,\n\"1F_MIN_LOT\"", 1);
    let passed_over = town::read(&text).unwrap().passed_over;
    assert!(passed_over.iter().eq(["1F_PARKING"]), "{passed_over:?}");
    assert!(town::read(ELMFIELD).unwrap().passed_over.is_empty());
}
