//! Shapefiles and GeoPackages as GDAL 3.6 wrote them (`tests/files/`), against GeoJSON of the same
//! data by the same program. CGCS2000 with the zone before the easting (EPSG:4528) and GBK, without
//! it (EPSG:4549) and UTF-8, in degrees (EPSG:4490). Rule Z9.

mod faults;
mod flatgeobuf;
mod packed;
mod rows;

use std::{fs, path::PathBuf};

use intake::{IntakeError, ReadError, Report};

use crate::trial::*;

const THREE: &str = "330521001001GB00003";

fn parcels(name: &str, crs: &str, more: &str) -> String {
    mapping(name, crs, more, ["地块代码", "坐落", "权利人编码", "登记日期"])
}

fn mapping(name: &str, crs: &str, more: &str, [code, place, owner, day]: [&str; 4]) -> String {
    format!(
        "{HEAD}[[file]]\nname = \"{name}\"\nrole = \"parcels\"\ncrs = \"{crs}\"\n{more}\n\
         code = \"{{{code}}}\"\nlocal_id = \"{{{owner}|{code}}}\"\nvalid_from = \"{day}\"\n\
         [file.fields]\nlocation = {{ property = \"{place}\" }}\n"
    )
}

/// The parts of a fixture, copied to where a test may change them.
fn given(trial: &Trial, name: &str, endings: &[&str]) -> PathBuf {
    let files = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files"));
    for ending in endings {
        let name = format!("{name}.{ending}");
        fs::copy(files.join(&name), trial.folder.path().join(&name)).unwrap();
    }
    trial.folder.path().join(format!("{name}.{}", endings[0]))
}

const ALL: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// All that is stored of the three parcels.
fn stored(trial: &Trial) -> Vec<String> {
    [ONE, TWO, THREE].map(|code| format!("{:?}", trial.record(code).unwrap().parcel)).to_vec()
}

fn as_geojson(name: &str, crs: &str) -> Vec<String> {
    let trial = Trial::new();
    let path = given(&trial, name, &["geojson"]);
    // GDAL makes an f64 of the number and loses its last figures; the tables have them.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("1.2345678901234568e+18", "1234567890123456789")).unwrap();
    let name = format!("{name}.geojson");
    trial.import(&parcels(&name, crs, ""), &[path]).unwrap();
    stored(&trial)
}

fn refused(result: Result<Report, IntakeError>, words: &[&str]) -> ReadError {
    let error = result.unwrap_err();
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
    match error {
        IntakeError::Read { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn z9_a_shapefile_in_gbk_is_what_geojson_of_it_is() {
    let expected = as_geojson("gbk", "EPSG:4528");
    assert!(expected[0].contains("1234567890123456789") && expected[1].contains("龙山路2号"));
    // Said by the .cpg, by the language byte, by the mapping.
    for (endings, language, more) in
        [(&ALL[..], 0, ""), (&ALL[..4], 0x4D, ""), (&ALL[..4], 0x57, "encoding = \"gbk\"")]
    {
        let trial = Trial::new();
        let path = given(&trial, "gbk", endings);
        let table = path.with_extension("dbf");
        let mut bytes = fs::read(&table).unwrap();
        bytes[29] = language;
        fs::write(&table, bytes).unwrap();
        // The parts are given too, as a whole folder would be.
        let files = endings.iter().map(|ending| path.with_extension(ending)).collect::<Vec<_>>();
        let report = trial.import(&parcels("gbk.shp", "EPSG:4528", more), &files).unwrap();
        assert_eq!(report.warnings, Vec::<String>::new());
        assert_eq!(report.file("gbk.shp", "parcels").unwrap().stored, 3);
        assert_eq!(stored(&trial), expected, "{language:x}");
    }
}

#[test]
fn z9_a_shapefile_in_utf8_without_the_zone_lies_where_the_other_does() {
    let one = Trial::new();
    let path = given(&one, "gbk", &ALL);
    one.import(&parcels("gbk.shp", "EPSG:4528", ""), &[path]).unwrap();
    let other = Trial::new();
    let path = given(&other, "utf8", &ALL);
    // Names of columns end after ten bytes, within a character or not.
    let cut = ["地块代", "坐落", "权利人", "登记日"];
    other.import(&mapping("utf8.shp", "EPSG:4549", "", cut), &[path]).unwrap();
    let area = |trial: &Trial, code| trial.record(code).unwrap().parcel.geometric_area_m2;
    for code in [ONE, TWO, THREE] {
        let (a, b) = (area(&one, code), area(&other, code));
        assert!((a - b).abs() < 0.01 && a > 1e5, "{code}: {a} {b}");
    }
    assert_eq!(one.record(ONE).unwrap().parcel.fields, other.record(ONE).unwrap().parcel.fields);
}

#[test]
fn z9_a_crs_that_is_not_the_declared_one_is_refused_and_a_silent_file_is_said_to_be() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    let import =
        |crs: &str| trial.import(&parcels("gbk.shp", crs, ""), std::slice::from_ref(&path));
    for crs in ["EPSG:4549", "EPSG:4490", "EPSG:4529"] {
        refused(import(crs), &["CGCS2000_3_Degree_GK_Zone_40", "EPSG:4528", crs]);
    }
    fs::remove_file(path.with_extension("prj")).unwrap();
    // Then the numbers alone must fit.
    assert!(matches!(import("EPSG:4549").unwrap_err(), IntakeError::OutsideCrs { .. }));
    let report = import("EPSG:4528").unwrap();
    assert!(report.warnings[0].contains("gbk.shp: the file does not say its CRS"));
    assert_eq!(report.warnings.len(), 1);
}

#[test]
fn z9_an_encoding_is_never_guessed() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL[..4]);
    let import = |more: &str| {
        trial.import(&parcels("gbk.shp", "EPSG:4528", more), std::slice::from_ref(&path))
    };
    refused(import(""), &["encoding = \"gbk\"", "nothing says the encoding"]);
    refused(import("encoding = \"utf-8\""), &["not UTF-8"]);
    assert!(matches!(import("encoding = \"latin-china\""), Err(IntakeError::Mapping(_))));
    fs::write(path.with_extension("cpg"), "UTF-8").unwrap();
    refused(import("encoding = \"gbk\""), &["UTF-8", "GBK", "take away"]);
    fs::write(path.with_extension("cpg"), "klingon").unwrap();
    refused(import(""), &["klingon"]);
    fs::remove_file(path.with_extension("cpg")).unwrap();

    // A text that does not decode costs its feature and says which it is.
    let table = path.with_extension("dbf");
    let mut bytes = fs::read(&table).unwrap();
    let wrong = bytes.windows(2).rposition(|pair| pair == b"\xC7\xAC").unwrap();
    bytes[wrong] = 0xFF;
    fs::write(&table, bytes).unwrap();
    let error = import("encoding = \"gbk\"").unwrap_err();
    let report = error.report().unwrap();
    let note = &report.files[0].refused.first[0];
    assert_eq!((report.files[0].refused.total, note.number), (1, 2));
    assert_eq!(note.reason, "has a text in `坐落` that is not GBK; check the encoding of the file");
    trial.has_nothing_staged();
}

#[test]
fn z9_parts_that_are_missing_cut_short_or_of_another_file_are_named() {
    let trial = Trial::new();
    let mapping = parcels("gbk.shp", "EPSG:4528", "");
    for missing in ["dbf", "shx"] {
        let path = given(&trial, "gbk", &ALL);
        fs::remove_file(path.with_extension(missing)).unwrap();
        refused(trial.import(&mapping, &[path]), &[&format!("gbk.{missing} is missing")]);
    }
    for part in ["shp", "shx", "dbf"] {
        let path = given(&trial, "gbk", &ALL);
        let part = path.with_extension(part);
        let whole = fs::read(&part).unwrap();
        for end in (0..whole.len()).step_by(23).skip(1) {
            fs::write(&part, &whole[..end]).unwrap();
            let error = trial.import(&mapping, std::slice::from_ref(&path)).unwrap_err();
            assert!(matches!(error, IntakeError::Read { .. }), "{end}: {error}");
        }
        fs::write(&part, whole).unwrap();
    }
    let path = given(&trial, "gbk", &ALL);
    let mut table = fs::read(path.with_extension("dbf")).unwrap();
    table[4] = 2;
    fs::write(path.with_extension("dbf"), table).unwrap();
    refused(trial.import(&mapping, &[path]), &["3 outlines", "2 rows"]);
    let folder = trial.folder.path().join("folder.shp");
    fs::create_dir(&folder).unwrap();
    let error = trial.import(&parcels("folder.shp", "EPSG:4528", ""), &[folder]);
    assert!(matches!(refused(error, &["a folder"]), ReadError::Folder));
    trial.has_nothing_staged();
}

#[test]
fn z9_a_deleted_row_takes_its_own_outline_along() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    let mut table = fs::read(path.with_extension("dbf")).unwrap();
    let start = usize::from(u16::from_le_bytes([table[8], table[9]]));
    let length = usize::from(u16::from_le_bytes([table[10], table[11]]));
    table[start + length] = b'*';
    fs::write(path.with_extension("dbf"), table).unwrap();
    let report = trial.import(&parcels("gbk.shp", "EPSG:4528", ""), &[path]).unwrap();
    assert_eq!((report.files[0].read, report.files[0].stored), (2, 2));
    let expected = as_geojson("gbk", "EPSG:4528");
    for (code, whole) in [(ONE, &expected[0]), (THREE, &expected[2])] {
        assert_eq!(format!("{:?}", trial.record(code).unwrap().parcel), **whole);
    }
    assert!(trial.record(TWO).is_none());
}

#[test]
fn z9_a_geopackage_is_what_geojson_of_it_is_longitude_first() {
    let trial = Trial::new();
    let path = given(&trial, "bureau", &["gpkg"]);
    let mapping = parcels("bureau.gpkg", "EPSG:4490", "table = \"宗地\"");
    let zoning = ZONING
        .replace("zoning.geojson\"", "bureau.gpkg\"\n crs = \"EPSG:4490\"\n table = \"规划分区\"")
        .replace("{zone}", "{分区}");
    let report = trial.import(&format!("{mapping}{zoning}"), &[path]).unwrap();
    // Nothing but what the mapping of the layer has.
    assert!(
        report.warnings.iter().all(|it| it.contains("legal document")),
        "{:?}",
        report.warnings
    );
    assert_eq!(report.layer("zoning").unwrap().parcels_concerned, 2);
    assert_eq!(trial.zoning(ONE), "concerned");
    assert_eq!(stored(&trial), as_geojson("bureau", "EPSG:4490"));
}

#[test]
fn z9_a_table_is_chosen_and_a_crs_declared_or_the_geopackage_is_refused() {
    let trial = Trial::new();
    let path = given(&trial, "bureau", &["gpkg"]);
    let import = |crs: &str, more: &str| {
        trial.import(&parcels("bureau.gpkg", crs, more), std::slice::from_ref(&path))
    };
    refused(import("EPSG:4490", ""), &["宗地", "规划分区", "`table`"]);
    refused(import("EPSG:4490", "table = \"parcels\""), &["no table `parcels`", "宗地"]);
    refused(import("EPSG:4326", "table = \"宗地\""), &["EPSG:4490", "EPSG:4326"]);
    refused(import("EPSG:4490", "encoding = \"gbk\""), &["`encoding` is for Shapefiles"]);
    let log = trial.folder.path().join("bureau.gpkg-wal");
    fs::write(&log, "x").unwrap();
    refused(import("EPSG:4490", "table = \"宗地\""), &["close the program"]);
    fs::remove_file(log).unwrap();
    let whole = fs::read(&path).unwrap();
    for end in [100, 600, 5_000, 20_000, whole.len() - 600] {
        fs::write(&path, &whole[..end]).unwrap();
        let error = import("EPSG:4490", "table = \"宗地\"").unwrap_err();
        assert!(matches!(error, IntakeError::Read { .. }), "{end}: {error}");
    }
    let path = given(&trial, "gbk", &["geojson"]);
    let mapping = parcels("gbk.geojson", "EPSG:4528", "table = \"x\"");
    refused(trial.import(&mapping, &[path]), &["`table` is for GeoPackages"]);
    trial.has_nothing_staged();
}

#[test]
fn z9_a_file_is_looked_through_and_its_draft_of_a_mapping_reads_once_it_is_decided() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    let layers = intake::inspect::inspect(&path, None, None, None).unwrap();
    let [layer] = &layers[..] else { panic!("{layers:?}") };
    assert_eq!((layer.features, layer.without_geometry, layer.unreadable), (3, 0, 0));
    assert_eq!(layer.crs, Some(("CGCS2000_3_Degree_GK_Zone_40".to_owned(), Some(4528))));
    assert_eq!((layer.encoding, layer.geometries["Polygon"]), (Some("GBK"), 2));
    let (code, owner) = (&layer.properties["地块代码"], &layer.properties["权利人编码"]);
    assert!(code.codes && !owner.codes);
    assert_eq!((owner.filled, &*owner.samples[0]), (2, "1234567890123456789"));

    let draft = intake::inspect::draft("gbk.shp", &layers);
    assert!(intake::Mapping::parse("draft", &draft).is_err(), "undecided");
    let decided = draft
        .replace("id = \"\" ", "id = \"trial\" ")
        .replace("source_date = \"\"", "source_date = \"2024-01-01\"")
        .replace("policy = \"\"", "policy = \"open-cadastre\"")
        .replace("demonstration = false", "demonstration = true");
    assert_eq!(trial.import(&decided, &[path]).unwrap().files[0].stored, 3);

    let path = given(&trial, "bureau", &["gpkg"]);
    let layers = intake::inspect::inspect(&path, None, None, None).unwrap();
    let tables: Vec<_> = layers.iter().map(|it| (it.table.as_deref(), it.features)).collect();
    assert_eq!(tables, [(Some("宗地"), 3), (Some("规划分区"), 1)]);
    assert_eq!(layers[0].crs.as_ref().unwrap().1, Some(4490));
    let path = given(&trial, "gbk", &["geojson"]);
    let layers = intake::inspect::inspect(&path, None, None, None).unwrap();
    assert_eq!(layers[0].crs.as_ref().unwrap().1, Some(4528));
}
