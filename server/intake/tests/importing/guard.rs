//! An import that would make the register worse stops unless it was told to go on.

use std::path::PathBuf;

use intake::{Allowance, IntakeError, Report};

use crate::trial::*;

fn code(number: u32) -> String {
    format!("330521001001GB{number:05}")
}

/// So many parcels and so many units.
fn files(trial: &Trial, parcels: u32, units: u32) -> [PathBuf; 2] {
    let land: Vec<String> = (1..=parcels)
        .map(|at| {
            let (x, y) = (f64::from(at % 40) * 2.0, f64::from(at / 40) * 2.0);
            parcel(&at.to_string(), &code(at), &square(x, y, 1.))
        })
        .collect();
    let doors: Vec<String> = (1..=units)
        .map(|at| feature(format!(r#"{{"code":"{}F0001{at:04}","door":"1"}}"#, code(1)), "null"))
        .collect();
    [
        trial.file("parcels.geojson", &collection(&land)),
        trial.file("units.geojson", &collection(&doors)),
    ]
}

fn mapping() -> String {
    format!("{HEAD}{PARCELS}{UNITS}")
}

fn run(
    trial: &Trial,
    allow: &[Allowance],
    parcels: u32,
    units: u32,
) -> Result<Report, IntakeError> {
    trial.import_allowing(allow, &mapping(), &files(trial, parcels, units))
}

/// That it stopped for that reason alone, with a sentence that has the words, and left no trace.
fn stopped(trial: &Trial, result: Result<Report, IntakeError>, because: Allowance, words: &[&str]) {
    let error = result.unwrap_err();
    let IntakeError::Guarded { objections, .. } = &error else { panic!("{error}") };
    assert!(objections.iter().all(|it| it.allowance == because), "{objections:?}");
    let text = error.to_string();
    for word in words {
        assert!(text.contains(*word), "{word} in\n{text}");
    }
    trial.has_nothing_staged();
}

#[test]
fn an_empty_register_is_not_published() {
    let trial = Trial::new();
    stopped(&trial, run(&trial, &[], 0, 0), Allowance::Empty, &["parcels.geojson", "0 features"]);
    assert_eq!(trial.version(), None);
    // One whose features were all refused or left out is empty too.
    let mapping = format!("{HEAD}{PARCELS}")
        .replace("max_refused = 0", "max_refused = 9")
        .replace("    feature_id", "    where = { property = \"no\", equals = 1 }\n    feature_id");
    let [parcels, _] = files(&trial, 3, 0);
    let left_out = trial.import(&mapping, std::slice::from_ref(&parcels));
    stopped(&trial, left_out, Allowance::Empty, &["3 left out"]);

    run(&trial, &[], 10, 10).unwrap();
    stopped(&trial, run(&trial, &[Allowance::Smaller], 0, 0), Allowance::Empty, &[]);
    stopped(
        &trial,
        run(&trial, &[Allowance::Smaller], 10, 0),
        Allowance::Empty,
        &["units.geojson"],
    );
    assert_eq!(trial.version(), Some(1));
    assert!(trial.record(&code(1)).is_some());
    let told = [Allowance::Empty, Allowance::Smaller];
    let report = run(&trial, &told, 0, 0).unwrap();
    assert!(report.warnings.iter().any(|it| it.contains("allowed as empty")), "{report}");
    assert_eq!(trial.version(), Some(2));
}

#[test]
fn a_register_that_lost_more_than_a_twentieth_is_not_published() {
    let trial = Trial::new();
    run(&trial, &[], 100, 100).unwrap();
    run(&trial, &[], 95, 100).unwrap();
    run(&trial, &[], 100, 95).unwrap();
    let words = ["94 parcels would replace 100", "trial/3"];
    stopped(&trial, run(&trial, &[], 94, 95), Allowance::Smaller, &words);
    run(&trial, &[], 100, 100).unwrap();
    let words = ["94 units would replace 100"];
    stopped(&trial, run(&trial, &[], 100, 94), Allowance::Smaller, &words);
    let others = [Allowance::Empty, Allowance::Older, Allowance::SharedCodes];
    stopped(&trial, run(&trial, &others, 94, 94), Allowance::Smaller, &["94 parcels", "94 units"]);
    assert_eq!(trial.version(), Some(4));
    run(&trial, &[Allowance::Smaller], 94, 94).unwrap();
    assert_eq!(trial.version(), Some(5));
}

#[test]
fn z4_a_layer_that_lost_features_or_is_gone_stops_the_import() {
    let trial = Trial::new();
    let zones = |count: u32| {
        let zone =
            |at: u32| feature(format!(r#"{{"zone":"{at}"}}"#), square(f64::from(at) * 2.0, 5., 1.));
        collection((0..count).map(zone).collect::<Vec<_>>())
    };
    let whole = format!("{}{ZONING}", mapping());
    let run = |mapping: &str, zoning: Option<u32>| {
        let mut given = files(&trial, 3, 0).to_vec();
        given.extend(zoning.map(|count| trial.file("zoning.geojson", &zones(count))));
        trial.import_allowing(&[Allowance::Empty], mapping, &given)
    };
    run(&whole, Some(40)).unwrap();
    run(&whole, Some(38)).unwrap();
    let words = ["35 features of the layer zoning would replace 38"];
    stopped(&trial, run(&whole, Some(35)), Allowance::Smaller, &words);
    stopped(&trial, run(&whole, Some(0)), Allowance::Smaller, &["0 features of the layer zoning"]);
    stopped(&trial, run(&whole, None), Allowance::Smaller, &["0 features of the layer zoning"]);
    let gone = ["the layer zoning (theme planning_use) of trial/2 is gone"];
    stopped(&trial, run(&mapping(), None), Allowance::Smaller, &gone);
}

#[test]
fn older_data_do_not_replace_newer_ones() {
    let trial = Trial::new();
    run(&trial, &[], 3, 3).unwrap();
    let older = mapping().replace("2024-01-01", "2023-12-31");
    let given = files(&trial, 3, 3);
    let words = ["the source is of 2023-12-31", "trial/1", "2024-01-01"];
    stopped(&trial, trial.import(&older, &given), Allowance::Older, &words);
    trial.import(&mapping(), &given).unwrap();
    trial.import_allowing(&[Allowance::Older], &older, &given).unwrap();
    // What is compared is the version that is current now.
    trial.import(&older, &given).unwrap();

    // A layer has a date of its own.
    let layered = |date: &str| format!("{}{}", mapping(), ZONING.replace("2024-01-01", date));
    let zone = collection(&[feature(r#"{"zone":"R"}"#, square(0., 5., 1.))]);
    let mut given = given.to_vec();
    given.push(trial.file("zoning.geojson", &zone));
    trial.import(&layered("2025-01-01"), &given).unwrap();
    let words = ["the layer zoning is of 2024-06-01"];
    stopped(&trial, trial.import(&layered("2024-06-01"), &given), Allowance::Older, &words);
}

#[test]
fn codes_of_another_data_set_are_not_taken_by_luck() {
    let trial = Trial::new();
    run(&trial, &[], 5, 0).unwrap_err();
    run(&trial, &[Allowance::Empty], 5, 0).unwrap();
    let other = |date: &str| {
        mapping().replace("id = \"trial\"", "id = \"other\"").replace("2024-01-01", date)
    };
    let given = files(&trial, 3, 1);
    let words = ["3 parcels", "data set trial", &code(1)];
    stopped(&trial, trial.import(&other("2023-01-01"), &given), Allowance::SharedCodes, &words);

    // Told to, the newer source answers, in whichever order they come.
    let allow = [Allowance::SharedCodes, Allowance::Older];
    let dataset = || trial.record(&code(1)).unwrap().version.dataset.id;
    trial.import_allowing(&allow, &other("2023-01-01"), &given).unwrap();
    assert_eq!(dataset(), "trial");
    trial.import_allowing(&allow, &other("2025-01-01"), &given).unwrap();
    assert_eq!(dataset(), "other");
    // Of equal dates, the later import.
    trial.import_allowing(&allow, &other("2024-01-01"), &given).unwrap();
    assert_eq!(dataset(), "other");
    run(&trial, &[Allowance::SharedCodes], 5, 1).unwrap();
    assert_eq!(dataset(), "trial");
    // The same data set again is not another one.
    let renamed = mapping().replace("en = \"Trial\"", "en = \"Trial 2\"");
    trial.import_allowing(&[Allowance::SharedCodes], &renamed, &files(&trial, 5, 1)).unwrap();
}

#[test]
fn a_stopped_import_leaves_nothing_staged() {
    let trial = Trial::new();
    run(&trial, &[], 2_000, 10).unwrap();
    let [parcels, units] = files(&trial, 3_000, 10);
    let text = std::fs::read_to_string(&parcels).unwrap();
    let broken = [
        // Cut short, malformed, in another CRS, refused beyond the limit.
        text[..text.len() - 9].to_owned(),
        format!("{}]]", &text[..text.len() - 2]),
        text.replacen("[[[120.006", "[[[40548122.006", 1),
        text.replacen("330521001001GB02999", "330521001001GB029", 1),
    ];
    for text in broken {
        trial.file("parcels.geojson", &text);
        trial.import(&mapping(), &[parcels.clone(), units.clone()]).unwrap_err();
        trial.has_nothing_staged();
        assert_eq!(trial.version(), Some(1));
    }
    std::fs::remove_file(&units).unwrap();
    trial.file("parcels.geojson", &text);
    trial.import(&mapping(), &[parcels, units]).unwrap_err();
    trial.has_nothing_staged();
    run(&trial, &[], 3_000, 10).unwrap();
    assert_eq!(trial.version(), Some(2));
}

#[test]
fn p2_a_condition_that_classifies_nothing_stops_the_import() {
    let trial = Trial::new();
    let secret = |lot: &str, code: &str, value: &str| {
        feature(
            format!(r#"{{"lot":"{lot}","code":"{code}","secret":{value}}}"#),
            square(0., 0., 1.),
        )
    };
    let import = |allow: &[Allowance], mapping: &str, features: &[String]| {
        let file = trial.file("parcels.geojson", &collection(features));
        trial.import_strictly(allow, mapping, &[file])
    };
    let right = format!("{HEAD}{PARCELS}");
    let slip = right.replace("property = \"secret\"", "property = \"secert\"");
    let some = [secret("a", ONE, "1"), secret("b", TWO, "0")];
    let result = import(&[], &slip, &some);
    stopped(
        &trial,
        result,
        Allowance::Unclassified,
        &["`secert`", "no parcel of it is classified"],
    );

    // A list cannot be compared, and what is doubtful is not shown.
    let report = import(&[], &right, &[secret("a", ONE, "[1]"), secret("b", TWO, "0")]).unwrap();
    assert!(report.files[0].values_left_out.first[0].reason.contains("taken for classified"));
    assert!(trial.record(ONE).is_none() && trial.record(TWO).is_some());

    // What was classified does not come out by a later file.
    let result = import(&[], &right, &[secret("a", ONE, "0"), secret("b", TWO, "0")]);
    stopped(&trial, result, Allowance::Unclassified, &["0 parcels would be classified, and 1 are"]);
    let open = [secret("a", ONE, "0"), secret("b", TWO, "0")];
    import(&[Allowance::Unclassified], &right, &open).unwrap();
    assert!(trial.record(ONE).is_some());
}

#[test]
fn a_source_that_is_still_to_come_does_not_lock_the_register() {
    let trial = Trial::new();
    let file = trial.file("parcels.geojson", &collection(&[parcel("a", ONE, &square(0., 0., 1.))]));
    let mapping = format!("{HEAD}{PARCELS}").replacen("2024-01-01", "2026-01-02", 1);
    let result = trial.import_allowing(&[], &mapping, &[file]);
    stopped(&trial, result, Allowance::Future, &["2026-01-02", "still to come"]);
}
