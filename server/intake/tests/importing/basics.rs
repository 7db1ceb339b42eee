//! What a small district becomes, and what is refused.

use std::path::Path;

use domain::{ParcelCode, code::Strictness, policy::Field, record::Value};
use intake::{IntakeError, ReadError};
use store::Land;

use crate::trial::*;

#[test]
fn a_small_district_comes_in_whole() {
    let trial = Trial::new();
    let files = [
        trial.file(
            "parcels.geojson",
            &collection(&[
                parcel("a", ONE, &square(0., 0., 1.)),
                feature(
                    format!(r#"{{"lot":"b","code":"{TWO}","from":"{OLD}","secret":1}}"#),
                    square(50., 0., 1.),
                ),
            ]),
        ),
        trial.file(
            "zoning.geojson",
            &collection(&[
                feature(r#"{"zone":"R"}"#, square(-5., -5., 5.75)),
                feature(r#"{"zone":"B"}"#, square(0.99995, 0., 9.)),
            ]),
        ),
        // A text sequence, without geometry.
        trial.file(
            "units.geojson",
            &format!(
                "\u{1E}{}\n\u{1E}{}\n",
                feature(format!(r#"{{"code":"{ONE}F00010001","door":"101"}}"#), "null"),
                feature(format!(r#"{{"code":"{ONE}F00010002","door":"102"}}"#), "null"),
            ),
        ),
    ];
    let report = trial.import(&format!("{HEAD}{PARCELS}{ZONING}{UNITS}"), &files).unwrap();
    assert_eq!(report.published.as_ref().unwrap().number, 1);
    let layer = report.layer("zoning").unwrap();
    assert_eq!(
        (layer.features, layer.parcels_covered, layer.parcels_concerned, layer.slivers),
        (2, 1, 1, 1)
    );
    assert_eq!(report.file("units.geojson", "units").unwrap().stored, 2);

    let record = trial.record(&format!("{ONE}F00010001")).unwrap();
    assert_eq!(record.parcel.local_id.as_deref(), Some("a"));
    assert_eq!(record.parcel.fields[&Field::BuildingYear], Value::Number(2001.0));
    assert!(record.unit.is_some() && !record.parcel.classified);
    assert!(record.layers[0].covers);
    let mut found: Vec<_> = record
        .findings
        .iter()
        .map(|f| (f.feature.as_str(), (f.share * 1_000_000.0).round(), f.sliver))
        .collect();
    found.sort_by_key(|(feature, ..)| *feature);
    assert_eq!(found, [("B", 50.0, true), ("R", 562_501.0, false)]);

    // P5: of what is classified nothing is kept but that it is.
    assert!(trial.record(TWO).is_none());
    let two = ParcelCode::parse(TWO, Strictness::LookUp).unwrap().code;
    assert!(block_on(trial.store.is_classified(&two)).unwrap());
    assert!(block_on(trial.store.lineage(&two)).unwrap().is_empty());
    let parcels = report.file("parcels.geojson", "parcels").unwrap();
    assert_eq!((parcels.stored, parcels.withheld), (1, 1));
}

#[test]
fn what_is_refused_is_named_and_nothing_is_published() {
    let trial = Trial::new();
    let mapping = format!("{HEAD}{PARCELS}");
    let good = parcel("a", ONE, &square(0., 0., 1.));
    trial
        .import(
            &mapping,
            &[trial.file("parcels.geojson", &collection(std::slice::from_ref(&good)))],
        )
        .unwrap();

    let bad = [
        (parcel("b", ONE, &square(2., 0., 1.)), "feature 1 (a) of parcels.geojson"),
        (parcel("c", "330521001001GB0000", &square(4., 0., 1.)), "18 characters"),
        (parcel("d", TWO, "null"), "no geometry"),
        (parcel("e", TWO, r#"{"type":"Point","coordinates":[120,30]}"#), "Point"),
        (parcel("f", TWO, &square(2000., 0., 1.)), "extent"),
        (feature(r#"{"lot":"g"}"#, square(4., 0., 1.)), "`code`"),
        (parcel("h", TWO, r#"{"type":"Polygon","coordinates":[[[120,30],[120]]]}"#), "position"),
    ];
    for (feature, word) in &bad {
        let path = trial.file("parcels.geojson", &collection(&[good.clone(), feature.clone()]));
        let Err(IntakeError::TooManyRefused { report, allowed: 0, .. }) =
            trial.import(&mapping, &[path])
        else {
            panic!("{feature} is refused");
        };
        let file = report.file("parcels.geojson", "parcels").unwrap();
        assert_eq!((file.read, file.stored, file.refused.total), (2, 1, 1));
        let note = &file.refused.first[0];
        assert!(note.number == 2 && note.reason.contains(word), "{word} in {note:?}");
        assert_eq!(trial.version(), Some(1));
    }
    // The same, when the mapping allows it.
    let features: Vec<String> =
        std::iter::once(good).chain(bad.iter().map(|(feature, _)| feature.clone())).collect();
    let path = trial.file("parcels.geojson", &collection(&features));
    let lenient = mapping.replace("max_refused = 0", "max_refused = 7");
    let report = trial.import(&lenient, &[path]).unwrap();
    assert_eq!(report.refused(), 7);
    assert_eq!(trial.version(), Some(2));
}

#[test]
fn a_file_that_does_not_end_changes_nothing() {
    let trial = Trial::new();
    let mapping = format!("{HEAD}{PARCELS}");
    let whole = collection(&[parcel("a", ONE, &square(0., 0., 1.))]);
    trial.import(&mapping, &[trial.file("parcels.geojson", &whole)]).unwrap();
    let other =
        collection(&[parcel("a", ONE, &square(0., 0., 1.)), parcel("b", TWO, &square(2., 0., 1.))]);
    let cut = trial.file("parcels.geojson", &other[..other.len() - 1]);
    let error = trial.import(&mapping, &[cut]).unwrap_err();
    assert!(
        matches!(&error, IntakeError::Read { source: ReadError::CutShort { features: 2, .. }, .. }),
        "{error}"
    );
    assert_eq!(trial.version(), Some(1));
    assert!(trial.record(TWO).is_none());
    // And the next import is not in its way.
    trial.import(&mapping, &[trial.file("parcels.geojson", &other)]).unwrap();
    assert!(trial.record(TWO).is_some());
}

#[test]
fn repairs_and_values_left_out_are_reported() {
    let trial = Trial::new();
    let bow_tie = r#"{"type":"Polygon","coordinates":[[[120,30],[120.001,30.001],[120.001,30],[120,30.001],[120,30]]]}"#;
    let path = trial.file(
        "parcels.geojson",
        &collection(&[feature(
            format!(r#"{{"lot":"a","code":"{ONE}","year":"long ago"}}"#),
            bow_tie,
        )]),
    );
    let report = trial.import(&format!("{HEAD}{PARCELS}"), &[path]).unwrap();
    let text = report.to_string();
    for words in ["Repaired in parcels.geojson: 1", "crosses", "long ago", "Published trial/1."] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert_eq!(trial.record(ONE).unwrap().parcel.outline.0.len(), 2);
}

#[test]
fn files_are_matched_by_name() {
    let trial = Trial::new();
    let mapping = format!("{HEAD}{PARCELS}{ZONING}");
    let parcels =
        trial.file("parcels.geojson", &collection(&[parcel("a", ONE, &square(0., 0., 1.))]));
    let other = trial.file("other.geojson", "");
    let error = trial.import(&mapping, &[parcels.clone(), other]).unwrap_err().to_string();
    assert!(error.contains("other.geojson") && error.contains("zoning.geojson"), "{error}");
    let error = trial.import(&mapping, &[parcels.clone(), parcels.clone()]).unwrap_err();
    assert!(matches!(error, IntakeError::GivenTwice { .. }));
    let error = trial.import(&mapping, &[]).unwrap_err();
    assert!(matches!(error, IntakeError::MissingFile { .. }));
    // Without its file, a layer is a warning and its theme has no data.
    let report = trial.import(&mapping, &[parcels]).unwrap();
    let missing = |text: &String| text.contains("zoning.geojson") && text.contains("no data");
    assert!(report.warnings.iter().any(missing), "{report}");
    assert_eq!(trial.zoning(ONE), "no data");
}

#[test]
fn metres_come_out_where_degrees_do() {
    let trial = Trial::new();
    let metres = r#"{"type":"Polygon","coordinates":[[[40548122,3347932],[40548222,3347932],[40548222,3348032],[40548122,3348032],[40548122,3347932]]]}"#;
    let path = trial.file("parcels.geojson", &collection(&[parcel("a", ONE, metres)]));
    let declared = format!("crs = \"EPSG:4528\"\n{HEAD}{PARCELS}");
    trial.import(&declared, std::slice::from_ref(&path)).unwrap();
    let area = trial.record(ONE).unwrap().parcel.geometric_area_m2;
    // The scale of the projection half a degree off its meridian is 1.00003.
    assert!((area - 10_000.0).abs() < 2.0, "{area}");
    let undeclared = format!("{HEAD}{PARCELS}");
    let error = trial.import(&undeclared, &[path]).unwrap_err();
    assert!(matches!(&error, IntakeError::OutsideCrs { number: 1, .. }), "{error}");
    assert!(error.to_string().contains("EPSG:4528"), "{error}");
    assert_eq!(trial.version(), Some(1));
}

#[test]
fn the_order_of_what_is_stored_is_the_order_of_the_file() {
    let trial = Trial::new();
    let features: Vec<String> = (1..=1500_u32)
        .map(|at| {
            let (column, row) = (f64::from(at % 40), f64::from(at / 40));
            let geometry = square(column * 2.0, row * 2.0, 1.0);
            // Every tenth repeats the code before it.
            let code = if at % 10 == 0 { at - 1 } else { at };
            parcel(&at.to_string(), &format!("330521001001GB{code:05}"), &geometry)
        })
        .collect();
    let path = trial.file("parcels.geojson", &collection(&features));
    let mapping = format!("{HEAD}{PARCELS}").replace("max_refused = 0", "max_refused = 150");
    let report = trial.import(&mapping, &[Path::new(&path).to_owned()]).unwrap();
    let file = report.file("parcels.geojson", "parcels").unwrap();
    assert_eq!((file.read, file.stored, file.refused.total), (1500, 1350, 150));
    for (at, note) in file.refused.first.iter().enumerate() {
        let number = (at as u64 + 1) * 10;
        assert_eq!(note.number, number);
        assert!(
            note.reason.contains(&format!("feature {} ({})", number - 1, number - 1)),
            "{note:?}"
        );
    }
}
