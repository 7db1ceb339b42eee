//! What a file must not say. Each refusal says what to do.

use super::*;

fn problem(file: &str) -> Problem {
    match Policy::read(file) {
        Err(PolicyError::Refused { policy, problem }) => {
            assert!(!policy.is_empty());
            problem
        }
        other => panic!("{other:?}"),
    }
}

/// The file of Zhejiang with one cell changed.
fn cell(row: u8, column: &str, cell: &str) -> String {
    let cell = if cell.starts_with('{') { cell.to_owned() } else { format!("\"{cell}\"") };
    with_line(FILE, row, column, &cell)
}

fn without_row(file: &str, row: u8) -> String {
    let at = file.find(&format!("[[row]]\nrow = {row}\n")).unwrap();
    let end = file[at + 2..].find("[[row]]").map_or(file.len(), |end| at + 2 + end);
    format!("{}{}", &file[..at], &file[end..])
}

#[test]
fn p1_a_missing_row_is_refused() {
    for row in 1..=44 {
        let found = problem(&without_row(FILE, row));
        assert_eq!(found, Problem::MissingRow { row });
    }
    // Files from before there were rows 45 to 47 are still read: nobody is told of them.
    let before = Policy::read(&without_row(FILE, 45)).unwrap();
    assert!(Tier::ALL.iter().all(|tier| before.cell(Field::ChangeDays, *tier).is_closed()));
    let before = Policy::read(&without_row(FILE, 46)).unwrap();
    assert!(Tier::ALL.iter().all(|tier| !before.shows_theme(&ThemeId("flood".into()), *tier)));
    let before = Policy::read(&without_row(FILE, 47)).unwrap();
    assert!(Tier::ALL.iter().all(|tier| before.cell(Field::RestrictionExtent, *tier).is_closed()));
}

#[test]
fn p1_a_row_or_a_field_twice_is_refused() {
    let twice = FILE.replacen("row = 8\n", "row = 9\n", 1).replace("\"land_use\"", "");
    assert!(matches!(problem(&twice), Problem::MissingRow { row: 8 }), "{:?}", problem(&twice));
    let start = FILE.find("[[row]]\nrow = 8\n").unwrap();
    let end = start + 2 + FILE[start + 2..].find("[[row]]").unwrap();
    let again =
        FILE[start..end].replace("fields = [\"land_use\"]", "note = { zh = \"甲\", en = \"A\" }");
    assert_eq!(problem(&format!("{FILE}\n{again}")), Problem::RowTwice { row: 8 });
    let field = FILE.replace("[\"land_use\"]", "[\"land_use\", \"location\"]");
    let wanted = Problem::FieldTwice { field: Field::Location, first: 4, second: 8 };
    assert_eq!(problem(&field), wanted);
    assert!(wanted.to_string().contains("leave it in row 4"));
    assert_eq!(problem(&FILE.replace("row = 44\n", "row = 48\n")), Problem::UnknownRow { row: 48 });
}

#[test]
fn p1_a_field_in_a_foreign_row_is_refused() {
    let moved = FILE.replace("[\"holder_person\"]", "[\"land_use\"]").replacen(
        "[\"land_use\"]",
        "[\"holder_person\"]",
        1,
    );
    assert!(matches!(problem(&moved), Problem::WrongRow { .. }), "{:?}", problem(&moved));
}

#[test]
fn p1_unknown_fields_cells_and_keys_are_refused() {
    for (from, to) in [
        ("\"location\"]", "\"owner_birthday\"]"),
        ("P = \"deny\"", "P = \"maybe\""),
        ("P = \"deny\"", "Q = \"deny\""),
        ("approval = \"required\"", "approval = \"wanted\""),
        ("approval = \"required\"", "aproval = \"required\""),
        ("version", "edition"),
        ("grid_m = 25.0", "grid_m = 25.0\nleaves = 3"),
        ("date = \"2026-11-01\"", "date = \"2026-11-31\""),
        ("N = \"deny\"\n", ""),
    ] {
        let file = FILE.replacen(from, to, 1);
        assert_ne!(file, FILE, "{from}");
        assert!(matches!(Policy::read(&file), Err(PolicyError::Syntax(_))), "{to}");
    }
}

#[test]
fn p1_a_row_that_does_not_say_why_is_refused() {
    for (key, value) in [
        ("source", "{ zh = \" \", en = \"x\" }"),
        ("source", "{ zh = \"x\", en = \"\" }"),
        ("title", "{ zh = \"\", en = \"x\" }"),
    ] {
        let found = problem(&with_line(FILE, 8, key, value));
        assert_eq!(found, Problem::EmptySource { row: 8 }, "{key} {value}");
    }
    // Neither the row nor the head has one.
    let at = FILE.find("\nrow = 8\n").unwrap();
    let (before, after) = FILE.split_at(at);
    let silent = format!("{before}{}", after.replacen("source = ", "note = ", 1));
    assert_eq!(problem(&silent), Problem::EmptySource { row: 8 });
    let mute = FILE.replace("fields = [\"land_use\"]\n", "");
    assert_eq!(problem(&mute), Problem::NoMeaning { row: 8 });
    let nameless = with_line(FILE, 1, "P", "\"deny\"").replacen("见码演示数据提供者", "", 1);
    assert_eq!(problem(&nameless), Problem::EmptyHead);
}

#[test]
fn p11_a_switch_on_needs_approver_and_date() {
    for text in [
        "{ rule = \"show\", switch = \"on\" }",
        "{ rule = \"show\", switch = \"on\", date = \"2026-11-01\" }",
        "{ rule = \"show\", switch = \"on\", approval = \"required\", approver = { zh = \"甲\", en = \"A\" } }",
    ] {
        for row in [1, 11] {
            let found = problem(&cell(row, "P", text));
            assert_eq!(found, Problem::NotApproved { row, column: 'P' }, "{text}");
        }
    }
    // In the row it may stand as well as in the cell.
    let row = with_line(
        FILE,
        1,
        "R",
        "\"show\"\napprover = { zh = \"甲\", en = \"A\" }\ndate = \"2026-11-02\"",
    );
    let row = with_line(&row, 1, "P", "{ rule = \"show\", switch = \"on\" }");
    assert!(read(&row).shows_places());
}

#[test]
fn p11_an_approval_of_tomorrow_is_refused() {
    let tomorrow = FILE.replace("date = \"2026-11-01\" }", "date = \"2026-11-23\" }");
    let policies = Policies::embedded().unwrap();
    let refused = policies.clone().with([tomorrow.as_str()], TODAY).unwrap_err();
    let date = date(2026, 11, 23);
    let wanted = Problem::FutureApproval { row: 1, column: 'P', date, today: TODAY };
    assert_eq!(refused.problem(), Some(&wanted));
    assert!(policies.clone().with([tomorrow.as_str()], date).is_ok());
    let head = OPEN.replace("date = \"2017-04-01\"", "date = \"2027-04-01\"");
    let refused = policies.with([head.as_str()], TODAY).unwrap_err();
    assert!(matches!(refused.problem(), Some(Problem::FutureApproval { row: 0, .. })));
}

#[test]
fn p11_what_needs_an_approval_must_ask_for_it() {
    for row in [1, 3, 4, 6, 9, 10, 11, 12, 14, 15] {
        let found = problem(&cell(row, "P", "show"));
        assert!(
            matches!(found, Problem::ApprovalNotAsked { row: named, column: 'P', .. } if named == row),
            "{row}: {found:?}"
        );
    }
    for row in [12, 14] {
        let found = problem(&cell(row, "R", "show"));
        assert!(
            matches!(found, Problem::ApprovalNotAsked { row: named, column: 'R', .. } if named == row),
            "{found:?}"
        );
    }
    assert!(Policy::read(OPEN).is_ok(), "the licence is the approval of an open cadastre");
}

#[test]
fn p1_more_proof_never_shows_less() {
    for (row, column, less) in [(8, "H", "deny"), (5, "S", "mask"), (34, "I", "deny")] {
        let file = cell(row, column, less);
        let found = problem(&file);
        assert!(
            matches!(found, Problem::LessForMore { row: named, .. } if named == row),
            "{found:?}"
        );
    }
    // A switch that is off counts as what it comes to.
    let off = cell(8, "R", "{ rule = \"show\", switch = \"off\" }");
    assert!(matches!(problem(&off), Problem::LessForMore { row: 8, less: 'P', more: 'R', .. }));
}

#[test]
fn p2_p7_what_may_be_told_in_part_is_refused_in_full() {
    let cases: [(u8, &str); 6] =
        [(2, "P"), (5, "P"), (16, "HS"), (17, "HS"), (31, "PRIH"), (32, "PRIH")];
    for (row, columns) in cases {
        for column in columns.chars() {
            let found = problem(&cell(row, &column.to_string(), "show"));
            assert!(
                matches!(found, Problem::InFull { row: named, column: at, .. } if (named, at) == (row, column)),
                "{row} {column}: {found:?}"
            );
        }
    }
    for row in [16, 17] {
        let open = with_cells(OPEN, row, ["deny", "deny", "deny", "deny", "show"]);
        assert!(matches!(problem(&open), Problem::InFull { column: 'S', .. }));
    }
}

#[test]
fn p1_rows_that_the_portal_follows_anyway_must_not_say_otherwise() {
    for (row, column, rule) in
        [(41, "S", "show"), (42, "P", "show"), (43, "P", "show"), (43, "S", "deny")]
    {
        let found = problem(&cell(row, column, rule));
        assert!(matches!(found, Problem::Fixed { row: named, .. } if named == row), "{found:?}");
    }
}

#[test]
fn p3_what_is_personal_or_secret_is_refused_below_its_tier() {
    let cases: [(u8, &str); 18] = [
        (7, "P"),
        (13, "PR"),
        (16, "PRI"),
        (17, "PRI"),
        (18, "P"),
        (19, "PR"),
        (20, "P"),
        (22, "P"),
        (24, "PR"),
        (25, "PRI"),
        (26, "PRI"),
        (28, "PRI"),
        (29, "PRIH"),
        (30, "PR"),
        (33, "PRI"),
        (36, "PRIH"),
        (38, "PRI"),
        (39, "PRIHS"),
    ];
    for (row, columns) in cases {
        for column in columns.chars() {
            for rule in ["show", "{ rule = \"show\", switch = \"off\" }"] {
                let found = problem(&cell(row, &column.to_string(), rule));
                assert!(
                    matches!(found, Problem::BelowTheLaw { row: named, column: at, .. } if (named, at) == (row, column)),
                    "{row} {column}: {found:?}"
                );
            }
        }
    }
    // An open cadastre may publish valuations and vectors, but nobody's name, plan or heights.
    for (row, refused) in [(28, false), (36, false), (13, true), (33, true), (38, true), (39, true)]
    {
        let read = Policy::read(&with_cells(OPEN, row, ["show"; 5]));
        assert_eq!(read.is_err(), refused, "{row}");
    }
}

#[test]
fn p11_no_switch_turns_on_what_is_never_shown() {
    for rule in ["never", "deny"] {
        let text = format!(
            "{{ rule = \"{rule}\", switch = \"on\", approver = {{ zh = \"甲\", en = \"A\" }}, date = \"2026-11-01\" }}"
        );
        let found = problem(&cell(26, "P", &text));
        assert!(
            matches!(found, Problem::SwitchOnNothing { row: 26, column: 'P', .. }),
            "{found:?}"
        );
    }
    let bare = problem(&cell(26, "P", "{ rule = \"never\", switch = \"off\" }"));
    assert!(matches!(bare, Problem::SwitchOnNothing { .. }), "{bare:?}");
}

#[test]
fn p2_nothing_may_go_to_nobody() {
    for rule in ["show", "mask", "generalise", "echo"] {
        let found = problem(&cell(8, "N", rule));
        assert!(matches!(found, Problem::ForNobody { row: 8, .. }), "{found:?}");
    }
}

#[test]
fn p2_a_rule_that_the_field_cannot_follow_is_refused() {
    for (row, rule) in [(8, "mask"), (27, "generalise"), (8, "echo"), (5, "echo"), (24, "mask")] {
        let found = problem(&with_cells(FILE, row, [rule, rule, rule, rule, "show"]));
        assert!(
            matches!(found, Problem::WrongRule { row: named, .. } if named == row),
            "{found:?}"
        );
    }
    // An enterprise's name is shown as it is, or not at all (rule P2).
    let found = problem(&cell(14, "I", "mask"));
    assert!(matches!(found, Problem::WrongRule { row: 14, column: 'I', .. }), "{found:?}");
}

#[test]
fn p7_an_address_in_full_needs_the_code_in_full() {
    let found = problem(&cell(2, "R", "echo"));
    let wanted = (Field::UnitLocation, Field::UnitCode);
    assert!(
        matches!(found, Problem::Undone { column: 'R', one, other, .. } if (one, other) == wanted),
        "{found:?}"
    );
}

#[test]
fn m3_a_shape_is_coarse_in_all_its_forms_or_in_none() {
    let outline = problem(&cell(32, "S", "generalise"));
    assert!(matches!(outline, Problem::Undone { column: 'S', one: Field::Outline, .. }));
    let centroid = problem(&cell(31, "S", "generalise"));
    assert!(matches!(centroid, Problem::Undone { column: 'S', one: Field::Centroid, .. }));
    let points = with_cells(FILE, 31, ["generalise"; 5]);
    let points = problem(&with_cells(&points, 32, ["generalise"; 5]));
    assert!(matches!(points, Problem::Undone { column: 'S', one: Field::BoundaryPoints, .. }));
    let open = with_cells(OPEN, 32, ["generalise"; 5]);
    assert!(matches!(problem(&open), Problem::Undone { column: 'P', one: Field::Outline, .. }));
}

#[test]
fn m3_a_grid_finer_than_25_m_is_refused() {
    for grid_m in ["24.9", "10.0", "0.0", "-25.0", "nan", "inf"] {
        let file = FILE.replace("grid_m = 25.0", &format!("grid_m = {grid_m}"));
        assert!(matches!(problem(&file), Problem::Grid { .. }), "{grid_m}");
    }
    assert!(Policy::read(&FILE.replace("grid_m = 25.0", "grid_m = 30.0")).is_ok());
    let own = |base: &str| {
        FILE.replace("base_map_grid_m = 25.0\n", &format!("base_map_grid_m = {base}\n"))
    };
    let silent =
        FILE.replace("base_map_grid_m = 25.0\n", "").replace("grid_m = 25.0", "grid_m = 30.0");
    assert_eq!(Policy::read(&silent).unwrap().base_map_grid_m, Some(30.0), "as its outlines");
    assert_eq!(Policy::read(OPEN).unwrap().base_map_grid_m, None, "as its publisher has it");
    for base in ["24.9", "0.0", "nan"] {
        assert!(matches!(problem(&own(base)), Problem::BaseGrid { .. }), "{base}");
    }
    assert_eq!(Policy::read(&own("50.0")).unwrap().base_map_grid_m, Some(50.0));
}

#[test]
fn an_open_cadastre_names_its_licence() {
    let head = OPEN.find("approver = ").unwrap();
    let end = head + OPEN[head..].find('\n').unwrap() + 1;
    let file = format!("{}{}", &OPEN[..head], &OPEN[end..]);
    assert_eq!(problem(&file), Problem::NoLicence);
}

/// The file with a condition on a row.
fn conditional(row: u8, condition: &str) -> String {
    let head = format!("[[row]]\nrow = {row}\n");
    assert!(FILE.contains(&head));
    FILE.replace(&head, &format!("{head}condition = \"{condition}\"\n"))
}

#[test]
fn p5_a_condition_that_a_list_cannot_see_is_refused_and_every_other_is_obeyed() {
    for row in read(FILE).rows().filter(|row| !row.fields.is_empty()).map(|row| row.number) {
        for condition in ["collective_land", "non_residential"] {
            match Policy::read(&conditional(row, condition)) {
                Err(error) => {
                    let found = error.problem().unwrap();
                    assert!(matches!(found, Problem::Condition { row: told, .. } if *told == row));
                }
                Ok(policy) => {
                    let policy = policy.resolved_for(true);
                    let fields = policy.rows().find(|it| it.number == row).unwrap().fields.clone();
                    // The record is neither a parcel of collective ownership, nor of a known use.
                    for field in fields {
                        for tier in [Tier::Public, Tier::Registered] {
                            let cell = policy.cell_of(field, tier, &record().parcel);
                            assert!(cell.is_closed(), "{field:?}");
                            let profile =
                                policy.disclose(&record(), None, &viewer(tier), TODAY).unwrap();
                            assert_eq!(profile.fact(field), None, "{field:?}");
                        }
                    }
                    let before = read(FILE);
                    let listed = policy.listed().unwrap();
                    let conditional = match row {
                        6 => Listed { area: false, ..before.listed().unwrap() },
                        8 => Listed { land_use: false, ..before.listed().unwrap() },
                        _ => before.listed().unwrap(),
                    };
                    assert_eq!(listed, conditional, "row {row} of some parcels is in no list");
                }
            }
        }
    }
    // What lists show is refused, and would not be listed either.
    for row in [1, 4, 32, 34, 46] {
        assert!(Policy::read(&conditional(row, "collective_land")).is_err(), "row {row}");
    }
    let mut policy = read(FILE);
    assert!(policy.listed().unwrap().location);
    policy.conditions.insert(Field::Location, vec![Condition::CollectiveLand]);
    let listed = policy.listed().unwrap();
    assert!(!listed.location && listed.local_id && listed.point);
    policy.conditions.insert(Field::ParcelCode, vec![Condition::CollectiveLand]);
    assert_eq!(policy.listed(), None);
}
