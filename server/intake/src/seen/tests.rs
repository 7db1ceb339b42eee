//! What is said of names, conditions and values that meet nothing.

use serde_json::value::RawValue;

use super::*;
use crate::{Mapping, feature::RawFeature};

const HEAD: &str = r#"
    [dataset]
    id = "trial"
    title = { zh = "试", en = "Trial" }
    source = { zh = "试", en = "Trial" }
    source_date = "2024-01-01"
    demonstration = true
    policy = "open-cadastre"
    [[file]]
    name = "p.geojson"
    role = "parcels"
    code = "{ZDDM}"
"#;

/// The warnings on the last entry of a mapping for features of these properties.
fn warnings(mapping: &str, features: &[&str]) -> Vec<String> {
    let mapping = Mapping::parse("t.toml", &format!("{HEAD}{mapping}")).unwrap();
    let entry = mapping.files.last().unwrap();
    let seen = Seen::of(entry);
    for (at, properties) in features.iter().enumerate() {
        let json = format!(r#"{{"type":"Feature","geometry":null,"properties":{properties}}}"#);
        let raw = RawFeature {
            number: at as u64 + 1,
            end: 0,
            json: RawValue::from_string(json).unwrap(),
            fault: None,
        };
        let feature = raw.read().unwrap();
        let properties = Properties::of(&feature, &entry.absent);
        let taken = entry.filter.as_ref().is_none_or(|filter| filter.meets(&properties));
        seen.look(&feature, &properties, taken);
    }
    let report = FileReport {
        name: entry.name.clone(),
        read: features.len() as u64,
        ..FileReport::default()
    };
    seen.warnings(&report)
}

fn has_one(warnings: &[String], words: &[&str]) {
    let found = warnings.iter().any(|text| words.iter().all(|word| text.contains(word)));
    assert!(found, "{words:?} in {warnings:#?}");
}

#[test]
fn a_property_that_no_feature_has_is_named_with_the_nearest_that_they_have() {
    let mapping = "local_id = \"{LOCAL|'-'}\"\nvalid_from = \"since\"\n[file.fields]\n\
                   location = { property = \"Loction\" }\nland_use = { template = \"{Loction}\" }";
    let said = warnings(mapping, &[r#"{"ZDDM":"1","Area":2,"Location":"x","since":null}"#]);
    let words =
        ["p.geojson", "`Loction`", "`fields.location`", "`fields.land_use`", "none of 1 feature"];
    has_one(&said, &words);
    has_one(&said, &["the file has `Location`, "]);
    has_one(&said, &["`LOCAL`", "`local_id`"]);
    has_one(&said, &["`since`", "empty in all"]);
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(warnings("", &[r#"{"ZDDM":"1"}"#, "null"]).is_empty());
    has_one(&warnings("", &["null"]), &["`ZDDM`", "no properties at all"]);
    has_one(&warnings("", &[]), &["p.geojson has no features"]);
    has_one(&warnings("local_id = \"{@id}\"", &[r#"{"ZDDM":"1"}"#]), &["`@id`", "GeoJSON id"]);
}

#[test]
fn a_condition_that_nothing_meets_says_what_it_did() {
    let features = [r#"{"ZDDM":"1","kind":"a"}"#, r#"{"ZDDM":"2","kind":"b"}"#];
    let say = |rule: &str| warnings(rule, &features);
    has_one(
        &say("where = { property = \"knd\", equals = 1 }"),
        &["`knd`", "`where`", "none of 2 features", "left out every feature", "`kind`"],
    );
    has_one(
        &say("where = { property = \"kind\", equals = \"A\" }"),
        &["lists `A`", "left out every feature", "`a`, `b`"],
    );
    has_one(
        &say("where = { property = \"kind\", not_in = [\"c\"] }"),
        &["lists `c`", "left out no feature"],
    );
    has_one(&say("where = { property = \"kind\", in = [\"a\", \"c\"] }"), &["lists `c`", "`b`"]);
    has_one(
        &say("where = { property = \"kind\", not_in = [\"a\", \"b\"] }"),
        &["left out every feature"],
    );
    has_one(
        &say("classified = { property = \"secret\", equals = 1 }"),
        &["`secret`", "`classified`", "no parcel is classified"],
    );
    has_one(
        &say("classified = { property = \"kind\", equals = \"A\" }"),
        &["lists `A`", "no parcel is classified"],
    );
    has_one(
        &say("classified = { property = \"secret\", not_in = [0] }"),
        &["every parcel is classified"],
    );
    assert!(say("where = { property = \"kind\", equals = \"a\" }").is_empty());
    assert!(say("classified = { property = \"kind\", equals = \"a\" }").is_empty());
}

#[test]
fn a_table_of_values_names_those_that_never_come() {
    let base = "[[file]]\nname = \"b.geojson\"\nrole = \"base\"\n\
                kind = { property = \"T\", values = { \"1\" = \"road\", \"2\" = \"rail\" }, otherwise = \"green\" }";
    let said = warnings(base, &[r#"{"T":1}"#, r#"{"T":"3"}"#]);
    assert_eq!(said.len(), 1, "{said:#?}");
    has_one(&said, &["`kind.values` lists `2`", "`T`", "`3`"]);
    has_one(&warnings(base, &[r#"{"t":1}"#]), &["`T`", "`kind.values`", "`t`"]);
}

#[test]
fn numbers_that_a_spreadsheet_rounded_are_told() {
    has_one(&warnings("", &[r#"{"ZDDM":"3.30521E+18"}"#]), &["`ZDDM`", "spreadsheet has rounded"]);
    for text in ["3E5", "E+18", "1.5e-3", "330521E00018", "a.bE+1"] {
        assert!(!is_shortened(text), "{text}");
    }
}
