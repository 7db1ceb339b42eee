//! Codes that ended are never used again (rule C7).

use domain::{
    ParcelCode,
    code::Strictness,
    lineage::{ChangeKind, Lineage},
};
use intake::{Allowance, IntakeError, Report};
use store::Land;

use crate::trial::*;

const DATED: &str = r#"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{code}"
    feature_id = "{lot}"
    valid_to = "until"
"#;

fn dated(lot: &str, code: &str, until: &str, at: f64) -> String {
    let properties = format!(r#"{{"lot":"{lot}","code":"{code}"{until}}}"#);
    feature(&properties, square(at, 0., 1.))
}

#[test]
fn c7_a_code_that_ended_is_never_used_again() {
    let trial = Trial::new();
    // The day of these imports is 2026-01-01.
    let run = |allowed: u32, one: &str, two: &str| {
        let head = HEAD.replace("max_refused = 0", &format!("max_refused = {allowed}"));
        let parcels = collection(&[dated("a", ONE, one, 0.), dated("b", TWO, two, 5.)]);
        let file = trial.file("parcels.geojson", &parcels);
        trial.import_allowing(&[Allowance::Smaller], &format!("{head}{DATED}"), &[file])
    };
    let (ended, soon) = (r#","until":"2020-05-06""#, r#","until":"2030-05-06""#);
    assert_eq!(run(0, ended, soon).unwrap().files[0].stored, 2);
    // An end that is corrected or still to come is no revival.
    assert_eq!(run(0, r#","until":"2020-05-07""#, "").unwrap().files[0].stored, 2);

    for alive in ["", soon] {
        let Err(IntakeError::TooManyRefused { report, allowed: 0, .. }) = run(0, alive, "") else {
            panic!("a code was used again");
        };
        assert_eq!(trial.version(), Some(2));
        let note = &report.files[0].refused.first[0];
        assert_eq!(note.id, "a");
        assert!(
            note.reason.contains("C7") && note.reason.contains("2020-05-07"),
            "{}",
            note.reason
        );
    }
    // Where refusals are allowed, everything else comes in.
    let report = run(1, "", "").unwrap();
    assert_eq!((report.files[0].stored, report.files[0].refused.total), (1, 1));
    assert!(trial.record(ONE).is_none() && trial.record(TWO).is_some());
}

const TIED: &str = r#"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{code}"
    feature_id = "{lot}"
    predecessors = "from"
    successors = "into"
    valid_from = "since"
    valid_to = "until"
"#;

/// Imports parcels a, b and so on, of a code and what is said of its history; codes by number.
fn import_tied(
    trial: &Trial,
    allowed: u32,
    parcels: &[(u32, &str)],
) -> Result<Report, IntakeError> {
    let head = HEAD.replace("max_refused = 0", &format!("max_refused = {allowed}"));
    let features: Vec<String> = (0_u32..)
        .zip(parcels)
        .map(|(at, (number, history))| {
            let lot = char::from_digit(at + 10, 36).unwrap();
            let code = format!("330521001001GB{number:05}");
            let properties = format!(r#"{{"lot":"{lot}","code":"{code}"{history}}}"#);
            feature(&properties, square(f64::from(at) * 3.0, 0., 1.))
        })
        .collect();
    let file = trial.file("parcels.geojson", &collection(&features));
    trial.import_allowing(&[Allowance::Smaller], &format!("{head}{TIED}"), &[file])
}

/// That the parcel `lot` alone is refused, for a code that gave way to `because`.
fn refused_revival(result: Result<Report, IntakeError>, lot: &str, because: &str) {
    let Err(IntakeError::TooManyRefused { report, allowed: 0, .. }) = result else {
        panic!("a code was used again");
    };
    let refused = &report.files[0].refused;
    assert_eq!((refused.total, refused.first[0].id.as_str()), (1, lot));
    let reason = &refused.first[0].reason;
    assert!(reason.contains("C7") && reason.contains(because), "{reason}");
}

const FROM_ONE: &str = r#","from":"330521001001GB00001","since":"2020-01-01""#;
const INTO_TWO: &str = r#","into":"330521001001GB00002""#;

#[test]
fn c7_a_code_that_gave_way_without_a_day_is_never_used_again() {
    let trial = Trial::new();
    assert_eq!(import_tied(&trial, 0, &[(1, INTO_TWO), (2, "")]).unwrap().files[0].stored, 2);
    refused_revival(import_tied(&trial, 0, &[(1, ""), (2, "")]), "a", "GB00002");
    // Nor when it was missing for a while. As one that has ended, it may come as often as it likes.
    import_tied(&trial, 0, &[(2, "")]).unwrap();
    refused_revival(import_tied(&trial, 0, &[(2, ""), (1, "")]), "b", "GB00002");
    import_tied(&trial, 0, &[(2, ""), (1, INTO_TWO)]).unwrap();
    import_tied(&trial, 0, &[(2, ""), (1, r#","until":"2019-12-31""#)]).unwrap();
}

#[test]
fn c7_a_code_that_another_was_formed_from_is_never_used_again() {
    let trial = Trial::new();
    import_tied(&trial, 0, &[(2, FROM_ONE)]).unwrap();
    // The new parcel tells of it no more.
    refused_revival(import_tied(&trial, 0, &[(1, ""), (2, "")]), "a", "GB00002 on 2020-01-01");
}

#[test]
fn c7_within_one_import_either_parcel_may_come_first() {
    for (parcels, lot) in [([(1, ""), (2, FROM_ONE)], "a"), ([(2, FROM_ONE), (1, "")], "b")] {
        let trial = Trial::new();
        refused_revival(import_tied(&trial, 0, &parcels), lot, "GB00002");
        assert_eq!(trial.version(), None);
        let report = import_tied(&trial, 1, &parcels).unwrap();
        assert_eq!((report.files[0].stored, report.files[0].refused.total), (1, 1));
    }
    let ended = r#","until":"2019-12-31""#;
    for parcels in [[(1, ended), (2, FROM_ONE)], [(2, FROM_ONE), (1, ended)]] {
        assert_eq!(import_tied(&Trial::new(), 0, &parcels).unwrap().files[0].stored, 2);
    }
}

#[test]
fn c7_a_plan_uses_up_no_code() {
    let trial = Trial::new();
    // The day of these imports is 2026-01-01.
    let planned = r#","from":"330521001001GB00001","since":"2030-01-01""#;
    import_tied(&trial, 0, &[(1, ""), (2, planned)]).unwrap();
    assert_eq!(trial.record(ONE).unwrap().parcel.valid_to, Some(jiff::civil::date(2030, 1, 1)));
    let soon = r#","until":"2030-01-01","into":"330521001001GB00002""#;
    import_tied(&trial, 0, &[(1, soon)]).unwrap();
    import_tied(&trial, 0, &[(1, "")]).unwrap();
    assert_eq!(trial.record(ONE).unwrap().parcel.successors, []);
}

#[test]
fn c7_a_split_and_a_merger_told_by_one_side_come_out_whole() {
    let trial = Trial::new();
    let ended = r#","until":"2020-01-01""#;
    let from = |codes: &str| format!(r#","from":"{codes}","since":"2020-01-01""#);
    let (one, both) = (from(ONE), from("330521001001GB00005,330521001001GB00006"));
    import_tied(&trial, 0, &[(1, ended), (2, &one), (3, &one), (5, ended), (6, ended), (7, &both)])
        .unwrap();
    let today = jiff::civil::date(2026, 1, 1);
    for (numbers, kind) in [([1, 2, 3], ChangeKind::Split), ([5, 6, 7], ChangeKind::Merge)] {
        for number in numbers {
            let text = format!("330521001001GB{number:05}");
            let code = ParcelCode::parse(&text, Strictness::LookUp).unwrap().code;
            let ties = block_on(trial.store.lineage(&code)).unwrap();
            let told: Vec<_> = ties.iter().map(|one| one.told(today, true)).collect();
            let kinds: Vec<ChangeKind> =
                Lineage::of(code, &told).changes.iter().map(|change| change.kind).collect();
            assert_eq!(kinds, [kind], "{number}");
        }
    }
}
