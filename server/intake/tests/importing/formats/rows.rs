//! Rows of a register (`tests/files/register.csv`, as Python's csv writes it in GBK), joined by code. Rule Z10.

use domain::{
    policy::Field,
    record::{Fields, Value},
};

use super::*;

const REGISTER: &str = r#"
    [[file]]
    name = "register.csv"
    role = "rows"
    of = "parcels"
    encoding = "gbk"
    code = "{不动产单元号:1..19}"
    max_refused = 2
    [file.fields]
    right_nature = { property = "权利性质" }
    parcel_area = { property = "宗地面积", kind = "area" }
    right_term = { property = "使用期限" }
"#;

fn text(fields: &Fields, field: Field) -> Option<&str> {
    match fields.get(&field) {
        Some(Value::Text(text)) => Some(text),
        Some(other) => panic!("{other:?}"),
        None => None,
    }
}

#[test]
fn z10_rows_are_joined_by_code_and_double_contradictory_and_lonely_ones_are_told() {
    let trial = Trial::new();
    let files = [given(&trial, "bureau", &["geojson"]), given(&trial, "register", &["csv"])];
    let mapping = format!("{}{REGISTER}", parcels("bureau.geojson", "EPSG:4490", ""));
    let report = trial.import(&mapping, &files).unwrap();
    assert_eq!(report.warnings, Vec::<String>::new());
    let rows = report.file("register.csv", "rows").unwrap();
    assert_eq!((rows.read, rows.stored, rows.refused.total), (6, 4, 2));
    let told = |notes: &intake::Notes| {
        notes.first.iter().map(|note| (note.number, note.reason.clone())).collect::<Vec<_>>()
    };
    let first = |number: u64| format!("row {number} of register.csv");
    assert_eq!(
        told(&rows.further),
        [
            (3, format!("says of {ONE} what {} says", first(1))),
            (4, format!("adds right_term to what {} says of {TWO}", first(2))),
        ]
    );
    assert_eq!(
        told(&rows.values_left_out),
        [(
            4,
            format!(
                "right_nature: {} and this one say two things of {TWO}, so neither is taken",
                first(2)
            )
        )]
    );
    let refused = told(&rows.refused);
    assert!(refused[0].0 == 6 && refused[0].1.contains("不动产单元号"), "{refused:?}");
    assert!(refused[1].0 == 5 && refused[1].1.contains("330521001001GB00099"), "{refused:?}");

    let fields = |code: &str| trial.record(code).unwrap().parcel.fields;
    let (one, two) = (fields(ONE), fields(TWO));
    assert_eq!(text(&one, Field::RightNature), Some("出让"));
    assert_eq!(text(&one, Field::RightTerm), Some("自2024年起,70年"));
    assert_eq!(text(&one, Field::Location), Some("乾元镇龙山路1号"));
    assert!(one.contains_key(&Field::ParcelArea) && two.contains_key(&Field::ParcelArea));
    assert_eq!(text(&two, Field::RightNature), None);
    assert_eq!(text(&two, Field::RightTerm), Some("自2020年起"));
    assert!(!fields(THREE).contains_key(&Field::ParcelArea));

    // What is allowed is said; more stops the import.
    let strict = mapping.replace("max_refused = 2", "max_refused = 1");
    let error = trial.import(&strict, &files).unwrap_err();
    assert!(matches!(error, IntakeError::TooManyRefused { refused: 2, .. }), "{error}");
    trial.has_nothing_staged();
}

#[test]
fn z10_of_a_row_and_its_feature_that_contradict_each_other_neither_is_taken() {
    let trial = Trial::new();
    let drawn = collection(&[
        parcel("a", ONE, &square(0., 0., 1.)),
        feature(format!(r#"{{"lot":"b","code":"{TWO}","secret":1}}"#), square(50., 0., 1.)),
    ]);
    let unit = |code: &str| feature(format!(r#"{{"code":"{code}","door":"101"}}"#), "null");
    let files = [
        trial.file("parcels.geojson", &drawn),
        trial.file("units.geojson", &collection(&[unit(&format!("{ONE}F00010001"))])),
        trial.file(
            "坐落.csv",
            &format!("\u{FEFF}宗地代码;坐落;年份\r\n{ONE};别处;\r\n{TWO};某地;1\r\n"),
        ),
        trial.file("房屋.csv", &format!("单元\t性质\n=\"{ONE}F00010001\"\t住宅\n")),
    ];
    let rows = r#"
        [[file]]
        name = "坐落.csv"
        role = "rows"
        of = "parcels"
        separator = ";"
        code = "{宗地代码}"
        [file.fields]
        location = { property = "坐落" }
        [[file]]
        name = "房屋.csv"
        role = "rows"
        of = "units"
        separator = "tab"
        code = "{单元}"
        [file.fields]
        right_nature = { property = "性质" }
    "#;
    let report = trial.import(&format!("{HEAD}{PARCELS}{UNITS}{rows}"), &files).unwrap();
    let record = trial.record(&format!("{ONE}F00010001")).unwrap();
    assert_eq!(text(&record.unit.unwrap().fields, Field::RightNature), Some("住宅"));
    assert_eq!(text(&record.parcel.fields, Field::Location), None);
    let left_out = &report.file("parcels.geojson", "parcels").unwrap().values_left_out;
    assert_eq!(
        left_out.first[0].reason,
        "location: row 1 of 坐落.csv says otherwise, so neither is taken"
    );
    // Of a classified parcel's row nothing is kept, and nothing told.
    let rows = report.file("坐落.csv", "rows").unwrap();
    assert_eq!((rows.stored, rows.withheld, rows.refused.total), (1, 1, 0));
    assert!(!format!("{report:?}").contains(TWO) && trial.record(TWO).is_none());
}

#[test]
fn z10_rows_of_units_can_be_the_units_themselves() {
    let trial = Trial::new();
    let files = [
        trial.file("parcels.geojson", &collection(&[parcel("a", ONE, &square(0., 0., 1.))])),
        trial.file("units.csv", &format!("code,door\n{ONE}F00010001,101\n{TWO}F00010001,102\n")),
    ];
    let units = UNITS.replace("units.geojson\"", "units.csv\"\n max_refused = 1");
    let report = trial.import(&format!("{HEAD}{PARCELS}{units}"), &files).unwrap();
    let units = report.file("units.csv", "units").unwrap();
    assert_eq!((units.stored, units.refused.total), (1, 1));
    assert!(trial.record(&format!("{ONE}F00010001")).unwrap().unit.is_some());
}

/// Parcels and the rows of two files about them.
fn of_two_files(trial: &Trial, one: &str, other: &str) -> (String, [PathBuf; 3]) {
    let drawn =
        feature(format!(r#"{{"lot":"a","code":"{ONE}","nature":"A"}}"#), square(0., 0., 1.));
    let files = [
        trial.file("parcels.geojson", &collection(&[drawn])),
        trial.file("one.csv", one),
        trial.file("other.csv", other),
    ];
    let rows = |name: &str| {
        format!(
            "[[file]]\nname = \"{name}\"\nrole = \"rows\"\nof = \"parcels\"\ncode = \"{{code}}\"\n\
             [file.fields]\nright_nature = {{ property = \"nature\" }}\n\
             location = {{ property = \"place\" }}\n"
        )
    };
    let parcels = format!(
        "{HEAD}[[file]]\nname = \"parcels.geojson\"\nrole = \"parcels\"\n\
         crs = \"EPSG:4490\"\ncode = \"{{code}}\"\nlocal_id = \"{{lot}}\"\n\
         [file.fields]\nright_nature = {{ property = \"nature\" }}\n"
    );
    (format!("{parcels}{}{}", rows("one.csv"), rows("other.csv")), files)
}

#[test]
fn z10_rows_that_contradict_each_other_leave_nothing_undisputed_and_are_named_each() {
    let trial = Trial::new();
    let (mapping, files) = of_two_files(
        &trial,
        &format!("code,nature,place\n{ONE},,Here\n{ONE},B,\n"),
        &format!("code,nature,place\n{ONE},C,\n{ONE},C,Here\n"),
    );
    let report = trial.import(&mapping, &files).unwrap();
    let fields = trial.record(ONE).unwrap().parcel.fields;
    assert_eq!(text(&fields, Field::RightNature), None, "{report}");
    assert_eq!(text(&fields, Field::Location), Some("Here"));
    let left_out = |name: &str, role: &str| {
        let notes = &report.file(name, role).unwrap().values_left_out;
        notes.first.iter().map(|note| note.reason.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        left_out("parcels.geojson", "parcels"),
        [
            "right_nature: row 2 of one.csv and row 1 of other.csv say two things, so it is taken from nowhere"
        ]
    );
    // Row 1 of one.csv says nothing of it.
    let two = format!(
        "right_nature: row 2 of one.csv and this one say two things of {ONE}, so neither is taken"
    );
    assert_eq!(left_out("other.csv", "rows"), [two.clone(), two]);
    let one_row = |nature: &str| format!("code,nature,place\n{ONE},{nature},\n");
    let (mapping, files) =
        of_two_files(&trial, &format!("code,nature,place\n{ONE},,Here\n"), &one_row("B"));
    let report = trial.import(&mapping, &files).unwrap();
    assert_eq!(
        report.file("parcels.geojson", "parcels").unwrap().values_left_out.first[0].reason,
        "right_nature: row 1 of other.csv says otherwise, so neither is taken"
    );
}

#[test]
fn z10_an_empty_register_is_not_published() {
    let trial = Trial::new();
    let (mapping, files) =
        of_two_files(&trial, &format!("code,nature,place\n{ONE},,Here\n"), "code,nature,place\n");
    let error = trial.import(&mapping, &files).unwrap_err();
    let IntakeError::Guarded { objections, .. } = &error else { panic!("{error}") };
    assert_eq!(objections[0].allowance, intake::Allowance::Empty);
    assert!(error.to_string().contains("nothing came in from other.csv (rows)"), "{error}");
    trial.has_nothing_staged();
}
