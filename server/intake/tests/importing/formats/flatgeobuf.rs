//! FlatGeobuf as GDAL 3.6 wrote it (`tests/files/bureau.fgb`), against GeoJSON of the same data. Rule Z9.

use super::*;

#[test]
fn z9_flatgeobuf_is_what_geojson_of_it_is() {
    let trial = Trial::new();
    let path = given(&trial, "bureau", &["fgb"]);
    let report = trial.import(&parcels("bureau.fgb", "EPSG:4490", ""), &[path]).unwrap();
    assert_eq!((report.files[0].read, &report.warnings), (3, &Vec::new()));
    assert_eq!(stored(&trial), as_geojson("bureau", "EPSG:4490"));
}

#[test]
fn z9_flatgeobuf_in_another_crs_or_cut_short_is_refused() {
    let trial = Trial::new();
    let path = given(&trial, "bureau", &["fgb"]);
    let import = |crs: &str, more: &str| {
        trial.import(&parcels("bureau.fgb", crs, more), std::slice::from_ref(&path))
    };
    refused(import("EPSG:4326", ""), &["EPSG:4490", "EPSG:4326"]);
    refused(import("EPSG:4490", "encoding = \"gbk\""), &["`encoding` is for"]);
    let whole = fs::read(&path).unwrap();
    for end in [9, 60, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..end]).unwrap();
        let error = refused(import("EPSG:4490", ""), &["cut short"]);
        assert!(matches!(error, ReadError::CutShort { byte, .. } if byte == end as u64));
    }
    trial.has_nothing_staged();
}
