//! One layer in several files.

use std::path::PathBuf;

use intake::{Allowance, IntakeError, Report};

use crate::trial::*;

const EAST: &str = r#"
    [[file]]
    name = "east.geojson"
    role = "restriction"
    label = { zh = "{name}", en = "{name}" }
    coverage = { boundary = "east-border.geojson" }
    layer = "zoning"
    [[file]]
    name = "west-border.geojson"
    role = "boundary"
    [[file]]
    name = "east-border.geojson"
    role = "boundary"
"#;

/// One parcel in the west, one in the east, one on the border between the counties.
const HERE: [(&str, f64); 3] = [(ONE, 0.), (TWO, 20.), ("330521001001GB00003", 9.5)];

fn mapping() -> String {
    let west = ZONING
        .replace("zoning.geojson", "west.geojson")
        .replace("    feature_id = \"{zone}\"\n", "")
        .replace("\"extent-of-file\"", "{ boundary = \"west-border.geojson\" }");
    format!("{HEAD}{PARCELS}{west}{EAST}")
}

fn files(trial: &Trial) -> Vec<PathBuf> {
    let zone = |property: &str, x: f64| {
        collection(&[feature(format!(r#"{{"{property}":"R"}}"#), square(x, 5., 1.))])
    };
    let county = |x: f64| collection(&[feature("{}", square(x, -10., 30.))]);
    vec![
        trial.file(
            "parcels.geojson",
            &collection(HERE.map(|(code, x)| parcel(code, code, &square(x, 0., 1.)))),
        ),
        trial.file("west.geojson", &zone("zone", 0.)),
        trial.file("east.geojson", &zone("name", 20.)),
        trial.file("west-border.geojson", &county(-20.)),
        trial.file("east-border.geojson", &county(10.)),
    ]
}

fn answers(trial: &Trial) -> [&'static str; 3] {
    HERE.map(|(code, _)| trial.zoning(code))
}

fn run(trial: &Trial, files: &[PathBuf]) -> Result<Report, IntakeError> {
    trial.import(&mapping(), files)
}

#[test]
fn z4_a_layer_in_several_files_is_known_where_any_of_them_is() {
    let trial = Trial::new();
    let files = files(&trial);
    let report = run(&trial, &files).unwrap();
    assert_eq!(answers(&trial), ["not concerned"; 3]);
    assert_eq!(report.layers.len(), 1);
    // Both are number 1 of their file, and neither takes the other's place.
    assert_eq!(report.layer("zoning").unwrap().features, 2);
    assert_eq!(report.file("west.geojson", "restriction").unwrap().values_left_out.total, 0);

    let concerned = Trial::new();
    let files = self::files(&concerned);
    let all = collection(&[feature(r#"{"name":"R"}"#, square(9., -1., 13.))]);
    concerned.file("east.geojson", &all);
    run(&concerned, &files).unwrap();
    assert_eq!(answers(&concerned), ["not concerned", "concerned", "concerned"]);
}

#[test]
fn z4_a_missing_or_empty_file_of_a_layer_costs_its_own_ground() {
    let trial = Trial::new();
    let mut given = files(&trial);
    given.remove(2);
    let report = run(&trial, &given).unwrap();
    assert_eq!(answers(&trial), ["not concerned", "no data", "no data"]);
    let missing = |text: &String| text.contains("east.geojson is missing");
    assert!(report.warnings.iter().any(missing), "{report}");

    let trial = Trial::new();
    let given = files(&trial);
    trial.file("east.geojson", &collection([""; 0]));
    run(&trial, &given).unwrap();
    assert_eq!(answers(&trial), ["not concerned", "no data", "no data"]);

    // Later, a file that goes missing stops the import.
    let trial = Trial::new();
    let mut given = files(&trial);
    run(&trial, &given).unwrap();
    given.remove(2);
    let error = run(&trial, &given).unwrap_err();
    let IntakeError::Guarded { objections, .. } = &error else { panic!("{error}") };
    assert!(objections.iter().all(|it| it.allowance == Allowance::Smaller), "{error}");
    trial.import_allowing(&[Allowance::Smaller], &mapping(), &given).unwrap();
}

#[test]
fn a_layer_has_one_description() {
    let unknown = mapping().replace("layer = \"zoning\"", "layer = \"sonning\"");
    let error = intake::Mapping::parse("a.toml", &unknown).unwrap_err().to_string();
    assert!(error.contains("no entry describes a layer `sonning`"), "{error}");
    let zoning = ZONING.replace("zoning.geojson", "other.geojson");
    let error = intake::Mapping::parse("a.toml", &format!("{HEAD}{PARCELS}{ZONING}{zoning}"));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("layer = \"zoning\"") && error.contains("other.geojson"), "{error}");
}
