//! Features of one code: refused, or parts of one parcel.

use domain::policy::Field;
use intake::{Allowance, IntakeError, Report};

use crate::trial::*;

fn joining() -> String {
    let parcels = PARCELS.replace(
        "    feature_id",
        "    parts = \"join\"\n    valid_to = \"until\"\n    feature_id",
    );
    format!("{HEAD}{parcels}")
}

fn run(trial: &Trial, mapping: &str, features: &[String]) -> Result<Report, IntakeError> {
    let file = trial.file("parcels.geojson", &collection(features));
    trial.import(mapping, &[file])
}

#[test]
fn a_second_feature_of_a_code_is_refused_with_the_way_out() {
    let trial = Trial::new();
    let two = [parcel("a", ONE, &square(0., 0., 1.)), parcel("b", ONE, &square(5., 0., 1.))];
    let error = run(&trial, &format!("{HEAD}{PARCELS}"), &two).unwrap_err().to_string();
    assert!(error.contains("feature 1 (a)") && error.contains("`parts = \"join\"`"), "{error}");
    trial.has_nothing_staged();
}

#[test]
fn parts_of_one_code_become_one_outline() {
    let trial = Trial::new();
    // The parts lie far apart in the file, and one borders on another.
    let mut features = vec![parcel("a", ONE, &square(0., 0., 1.))];
    features.extend((10..1_500_u32).map(|at| {
        let (x, y) = (f64::from(at % 40) * 2.0 + 10.0, f64::from(at / 40) * 2.0);
        parcel(&at.to_string(), &format!("330521001001GB{at:05}"), &square(x, y, 1.))
    }));
    features.push(parcel("b", ONE, &square(1., 0., 1.)));
    features.push(parcel("c", ONE, &square(5., 0., 1.)));
    let report = run(&trial, &joining(), &features).unwrap();
    let file = &report.files[0];
    assert_eq!((file.read, file.stored, file.joined.total), (1_493, 1_493, 1));
    let said = &file.joined.first[0];
    assert!(said.number == 1_493 && said.reason.contains("3 features: a, b, c"), "{said:?}");
    let found = trial.record(ONE).unwrap().parcel;
    assert_eq!(found.outline.0.len(), 2);
    let one = trial.record("330521001001GB00010").unwrap().parcel.geometric_area_m2;
    assert!((found.geometric_area_m2 / one - 3.0).abs() < 0.01);
    assert!(found.fields.contains_key(&Field::Location));
    // Each part names its own feature, so the parcel has no one local id.
    assert_eq!(found.local_id, None);
    assert!(file.values_left_out.first[0].reason.contains("local_id"), "{report}");
}

#[test]
fn what_parts_do_not_agree_on_is_left_out_and_said() {
    let trial = Trial::new();
    let part = |address: &str, secret: u8, x: f64| {
        let properties = format!(
            r#"{{"lot":"L","code":"{ONE}","address":"{address}","year":"2001","secret":{secret}}}"#
        );
        feature(&properties, square(x, 0., 1.))
    };
    let report = run(&trial, &joining(), &[part("Road 1", 0, 0.), part("Road 2", 0, 5.)]).unwrap();
    let found = trial.record(ONE).unwrap().parcel;
    assert_eq!(found.local_id.as_deref(), Some("L"));
    assert!(!found.fields.contains_key(&Field::Location));
    assert!(found.fields.contains_key(&Field::BuildingYear));
    assert!(report.to_string().contains("location: the parts"), "{report}");
    // Parts that overlap are counted once, and that is said.
    let report = run(&trial, &joining(), &[part("R", 0, 0.), part("R", 0, 0.5)]).unwrap();
    assert!(report.to_string().contains("overlap by"), "{report}");
    // P5: one classified part classifies the parcel.
    let file = trial.file("parcels.geojson", &collection(&[part("R", 0, 0.), part("R", 1, 5.)]));
    let report = trial.import_allowing(&[Allowance::Smaller], &joining(), &[file]).unwrap();
    assert!(trial.record(ONE).is_none());
    assert!(!report.to_string().contains(ONE), "{report}");
}

#[test]
fn a_parcel_is_not_stored_with_a_part_of_its_land_missing() {
    let trial = Trial::new();
    let lenient = joining().replace("max_refused = 0", "max_refused = 3");
    let features = [
        parcel("a", ONE, &square(0., 0., 1.)),
        parcel("b", ONE, r#"{"type":"Polygon","coordinates":[[[120,30],[120]]]}"#),
        parcel("c", TWO, &square(9., 0., 1.)),
        parcel("d", ONE, &square(5., 0., 1.)),
    ];
    let report = run(&trial, &lenient, &features).unwrap();
    let file = &report.files[0];
    assert_eq!((file.stored, file.refused.total), (1, 3), "{report}");
    assert!(report.to_string().contains("one of 3 parts"), "{report}");
    assert!(trial.record(ONE).is_none() && trial.record(TWO).is_some());

    // Nor with parts of which only some have ended.
    let ended = feature(
        format!(r#"{{"lot":"b","code":"{ONE}","until":"2020-01-01"}}"#),
        square(5., 0., 1.),
    );
    let two = [features[0].clone(), features[2].clone(), ended];
    let report = run(&trial, &lenient, &two).unwrap();
    assert_eq!((report.files[0].stored, report.files[0].refused.total), (1, 2), "{report}");
    assert!(report.to_string().contains("do not agree on its history"), "{report}");
}

#[test]
fn z4_a_parcel_with_a_part_without_outline_has_no_data() {
    let trial = Trial::new();
    let mapping =
        joining().replace("parts = \"join\"", "parts = \"join\"\n    without_outline = \"store\"");
    let features = [parcel("a", ONE, &square(0., 0., 1.)), parcel("b", ONE, "null")];
    let report = run(&trial, &mapping, &features).unwrap();
    let said = &report.files[0].values_left_out.first;
    assert!(said.iter().any(|note| note.reason.contains("has no outline")), "{said:?}");
    assert!(trial.record(ONE).unwrap().parcel.outline.0.is_empty());
}
