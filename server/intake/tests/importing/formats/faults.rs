//! Files whose parts contradict each other, the mapping or what their format promises: each is refused
//! by name, for what would be read otherwise is another's. Rule Z9.

use super::*;

/// The GeoPackage of the fixtures, changed by some SQL.
fn changed(trial: &Trial, sql: &str) -> PathBuf {
    let path = given(trial, "bureau", &["gpkg"]);
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    path
}

/// Bytes of a part, changed.
fn altered(path: &std::path::Path, ending: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let part = path.with_extension(ending);
    let mut bytes = fs::read(&part).unwrap();
    change(&mut bytes);
    fs::write(part, bytes).unwrap();
}

#[test]
fn z9_a_crs_that_does_not_read_is_taken_only_where_the_mapping_accepts_it() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    let import = |more: &str| {
        trial.import(&parcels("gbk.shp", "EPSG:4528", more), std::slice::from_ref(&path))
    };
    let accept = "crs_unread = \"accept\"";
    let said = path.with_extension("prj");
    let whole = fs::read_to_string(&said).unwrap();
    // Another projection with the same parameters is another CRS, whatever is accepted.
    fs::write(&said, whole.replace("Gauss_Kruger", "Lambert_Conformal_Conic")).unwrap();
    for more in ["", accept] {
        assert!(matches!(refused(import(more), &["EPSG:4528"]), ReadError::OtherCrs { .. }));
    }
    let grid = "LOCAL_CS[\"City Grid\",LOCAL_DATUM[\"Unknown\",0],UNIT[\"Meter\",1.0]]";
    let wkt2 = "PROJCRS[\"Xian 1980\",BASEGEOGCRS[\"Xian 1980\"]]";
    for (text, name) in [(grid, "City Grid"), (wkt2, "Xian 1980"), ("no WKT", "no WKT")] {
        fs::write(&said, text).unwrap();
        refused(import(""), &[name, "EPSG:4528", accept]);
        let report = import(accept).unwrap();
        assert!(report.warnings[0].contains("cannot be compared"), "{:?}", report.warnings);
    }
    let path = given(&trial, "gbk", &["geojson"]);
    let mapping = parcels("gbk.geojson", "EPSG:4528", accept);
    refused(
        trial.import(&mapping, &[path]),
        &["`crs_unread` is for Shapefiles, GeoPackages and FlatGeobuf"],
    );
}

#[test]
fn z9_parts_are_found_in_any_case_and_of_two_none_is_taken() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    let folder = trial.folder.path();
    fs::rename(path.with_extension("prj"), folder.join("gbk.Prj")).unwrap();
    fs::rename(path.with_extension("cpg"), folder.join("GBK.Cpg")).unwrap();
    let import =
        |crs: &str| trial.import(&parcels("gbk.shp", crs, ""), std::slice::from_ref(&path));
    refused(import("EPSG:4549"), &["CGCS2000_3_Degree_GK_Zone_40"]);
    assert_eq!(import("EPSG:4528").unwrap().warnings, Vec::<String>::new());
    fs::copy(path.with_extension("dbf"), folder.join("gbk.DBF")).unwrap();
    refused(import("EPSG:4528"), &["both gbk.DBF and gbk.dbf"]);
}

#[test]
fn z9_a_part_given_from_another_folder_is_not_passed_over() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    let other = trial.folder.path().join("corrected");
    fs::create_dir(&other).unwrap();
    let table = other.join("gbk.dbf");
    fs::copy(path.with_extension("dbf"), &table).unwrap();
    let mapping = parcels("gbk.shp", "EPSG:4528", "");
    for files in [vec![path.clone(), table.clone()], vec![table]] {
        let error = trial.import(&mapping, &files).unwrap_err();
        assert!(matches!(error, IntakeError::PartElsewhere { .. }), "{error}");
        assert!(error.to_string().contains("corrected/gbk.dbf is a part of gbk.shp"), "{error}");
    }
    // Whichever way leads to the folder.
    let table = trial.folder.path().join("corrected/../gbk.dbf");
    trial.import(&mapping, &[table, path]).unwrap();
}

#[test]
fn z9_two_columns_of_one_name_are_refused_by_name() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    altered(&path, "dbf", |table| table.copy_within(32..43, 64));
    let result = trial.import(&parcels("gbk.shp", "EPSG:4528", ""), &[path]);
    refused(result, &["columns 1 and 2", "`地块代码`"]);
}

#[test]
fn z9_an_index_of_another_copy_is_refused() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    // The first two outlines have one size: swapped, each would lie where the other does.
    altered(&path, "shx", |index| {
        let first: [u8; 8] = index[100..108].try_into().unwrap();
        index.copy_within(108..116, 100);
        index[108..116].copy_from_slice(&first);
    });
    let result = trial.import(&parcels("gbk.shp", "EPSG:4528", ""), std::slice::from_ref(&path));
    refused(result, &["its .shx", "outline 1"]);
    let path = given(&trial, "gbk", &ALL);
    altered(&path, "shx", |index| index[107] -= 1);
    refused(trial.import(&parcels("gbk.shp", "EPSG:4528", ""), &[path]), &["outline 1"]);
}

#[test]
fn z9_a_text_that_its_program_cut_is_said_to_be_cut() {
    let trial = Trial::new();
    let path = given(&trial, "gbk", &ALL);
    altered(&path, "dbf", |table| {
        let start = usize::from(u16::from_le_bytes([table[8], table[9]])) + 1 + 80;
        table[start..start + 79].fill(b'A');
        table[start + 79] = 0xC7;
    });
    let error = trial.import(&parcels("gbk.shp", "EPSG:4528", ""), &[path]).unwrap_err();
    let note = &error.report().unwrap().files[0].refused.first[0];
    assert_eq!(note.number, 1);
    assert!(note.reason.contains("ends within a character") && note.reason.contains("80 bytes"));
}

#[test]
fn z9_of_a_geopackage_pictures_are_not_read_and_no_value_is_larger_than_a_feature() {
    let trial = Trial::new();
    let mapping = parcels("bureau.gpkg", "EPSG:4490", "table = \"宗地\"");
    let path = changed(
        &trial,
        "ALTER TABLE 宗地 ADD COLUMN 照片 BLOB; UPDATE 宗地 SET 照片 = 'no picture';",
    );
    let report = trial.import(&mapping, &[path]).unwrap();
    assert!(report.warnings[0].contains("its column `照片` is of the type BLOB"));
    // More than a feature may have, where a text should be.
    let path = changed(&trial, "UPDATE 宗地 SET 坐落 = zeroblob(67108865) WHERE fid = 2;");
    let error = refused(trial.import(&mapping, &[path]), &["feature 2"]);
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

#[test]
fn z9_a_view_of_a_geopackage_is_not_run() {
    let trial = Trial::new();
    let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";
    let path = changed(
        &trial,
        &format!(
            "CREATE VIEW endless AS {endless} SELECT n FROM c;
             INSERT INTO gpkg_contents (table_name, data_type) VALUES ('endless', 'attributes');"
        ),
    );
    let import = |path: PathBuf, table: &str| {
        trial.import(&parcels("bureau.gpkg", "EPSG:4490", &format!("table = \"{table}\"")), &[path])
    };
    refused(import(path.clone(), "endless"), &["no table `endless`"]);
    import(path, "宗地").unwrap();
    let path = changed(
        &trial,
        &format!(
            "DROP TABLE gpkg_geometry_columns; CREATE VIEW gpkg_geometry_columns AS {endless}
             SELECT '宗地' AS table_name, n AS column_name, n AS srs_id FROM c;"
        ),
    );
    refused(import(path, "宗地"), &["gpkg_geometry_columns is no table"]);
}

#[test]
fn z9_no_column_of_a_key_of_several_is_left_out() {
    let trial = Trial::new();
    let path = changed(
        &trial,
        "CREATE TABLE doors (house INTEGER, door INTEGER, PRIMARY KEY (house, door));
         INSERT INTO doors VALUES (1, 1), (1, 2);
         INSERT INTO gpkg_contents (table_name, data_type) VALUES ('doors', 'attributes');",
    );
    let layers = intake::inspect::inspect(&path, None, Some("doors"), None).unwrap();
    let names: Vec<&str> = layers[0].properties.keys().map(String::as_str).collect();
    assert_eq!((layers[0].features, &names[..]), (2, &["door", "house"][..]));
}

#[cfg(unix)]
#[test]
fn z9_what_is_not_yet_written_back_is_found_behind_a_link() {
    let trial = Trial::new();
    let path = given(&trial, "bureau", &["gpkg"]);
    let link = trial.folder.path().join("now.gpkg");
    let folder = trial.folder.path().join("kept");
    fs::create_dir(&folder).unwrap();
    fs::rename(&path, folder.join("bureau.gpkg")).unwrap();
    std::os::unix::fs::symlink(folder.join("bureau.gpkg"), &link).unwrap();
    let mapping = parcels("now.gpkg", "EPSG:4490", "table = \"宗地\"");
    let import = || trial.import(&mapping, std::slice::from_ref(&link));
    // A journal that is kept is empty once its heading is.
    let mut journal = vec![0_u8; 512];
    journal[100] = 1;
    fs::write(folder.join("bureau.gpkg-journal"), &journal).unwrap();
    import().unwrap();
    journal[0] = 0xD9;
    fs::write(folder.join("bureau.gpkg-journal"), &journal).unwrap();
    refused(import(), &["bureau.gpkg-journal", "close the program"]);
    fs::remove_file(folder.join("bureau.gpkg-journal")).unwrap();
    fs::write(folder.join("bureau.gpkg-wal"), "x").unwrap();
    refused(import(), &["bureau.gpkg-wal", "close the program"]);
}
