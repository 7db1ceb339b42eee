//! Files packed with gzip, of every format: what comes out of them is what comes out of the plain ones.
//! Rule Z9.

use std::{io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

use super::*;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Packs a file in two members and takes it away; gives the path of the packed one.
fn pack(path: &Path) -> PathBuf {
    let bytes = fs::read(path).unwrap();
    fs::remove_file(path).unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    fs::write(&name, [packed(first), packed(second)].concat()).unwrap();
    name.into()
}

#[test]
fn z9_what_is_packed_with_gzip_is_what_it_is_without() {
    for (name, endings, crs, more) in [
        ("bureau", &["geojson"][..], "EPSG:4490", ""),
        ("bureau", &["gpkg"], "EPSG:4490", "table = \"宗地\""),
        ("bureau", &["fgb"], "EPSG:4490", ""),
        ("gbk", &ALL, "EPSG:4528", ""),
    ] {
        let trial = Trial::new();
        let path = given(&trial, name, endings);
        let mapping = parcels(&format!("{name}.{}", endings[0]), crs, more);
        trial.import(&mapping, &[path]).unwrap();
        let plain = stored(&trial);

        let trial = Trial::new();
        let path = given(&trial, name, endings);
        let files: Vec<PathBuf> =
            endings.iter().map(|ending| pack(&path.with_extension(ending))).collect();
        // Of a Shapefile its first part is enough, and all may be given.
        let report = trial.import(&mapping, &files[..1]).unwrap();
        assert_eq!((report.files[0].stored, &report.warnings), (3, &Vec::new()));
        assert_eq!(stored(&trial), plain, "{name}.{}", endings[0]);
        trial.import(&mapping, &files).unwrap();

        // What is cut is told by its byte, and by the name that was given.
        let whole = fs::read(&files[0]).unwrap();
        fs::write(&files[0], &whole[..whole.len() - 9]).unwrap();
        let byte = format!("at byte {}", whole.len() - 9);
        let shown = files[0].display().to_string();
        refused(trial.import(&mapping, &files), &[&byte, "part 2", &shown]);
    }
}

#[test]
fn z9_a_packed_file_is_looked_through_as_it_is() {
    let trial = Trial::new();
    let path = pack(&given(&trial, "bureau", &["fgb"]));
    let layers = intake::inspect::inspect(&path, None, None, None).unwrap();
    assert_eq!((layers[0].features, layers[0].crs.as_ref().unwrap().1), (3, Some(4490)));
    assert_eq!(intake::inspect::name_of(&path), "bureau.fgb");
    let path = given(&trial, "bureau", &["geojson"]);
    let twice = [path.clone(), pack(&path)];
    fs::copy(&twice[1], &twice[0]).unwrap();
    let error = trial.import(&parcels("bureau.geojson", "EPSG:4490", ""), &twice).unwrap_err();
    assert!(matches!(error, IntakeError::GivenTwice { .. }), "{error}");
}
