//! The file of Zhejiang against the table, cell by cell.

use super::*;

/// The table once more, by hand: what the file of Zhejiang must say to P, R, I, H, S and N.
/// `s` show, `d` deny, `n` never, `m` mask, `g` generalise, `e` echo.
const ZHEJIANG: [(Field, &str); 52] = [
    (Field::ParcelCode, "sssssd"),
    (Field::UnitCode, "essssd"),
    (Field::DivisionNames, "sssssd"),
    (Field::Location, "sssssd"),
    (Field::UnitLocation, "mssssd"),
    (Field::ParcelArea, "sssssd"),
    (Field::BuildingArea, "dssssd"),
    (Field::BuildingStoreys, "dssssd"),
    (Field::BuildingYear, "dssssd"),
    (Field::UnitCount, "dssssd"),
    (Field::LandUse, "sssssd"),
    (Field::FloorAreaRatio, "sssssd"),
    (Field::BuildingDensity, "sssssd"),
    (Field::HeightLimit, "sssssd"),
    (Field::GreenRatio, "sssssd"),
    (Field::PlanningConditions, "sssssd"),
    (Field::RightType, "sssssd"),
    (Field::RightNature, "dssssd"),
    (Field::RightTerm, "ddsssd"),
    (Field::HolderPerson, "dddssd"),
    (Field::HolderOrganisation, "ddsssd"),
    (Field::CollectiveOwner, "sssssd"),
    (Field::HolderIdentity, "dddmmd"),
    (Field::HolderContact, "dddmmd"),
    (Field::CoOwned, "dssssd"),
    (Field::OwnershipShare, "ddsssd"),
    (Field::Encumbered, "dssssd"),
    (Field::Mortgage, "ddsssd"),
    (Field::Seized, "dssssd"),
    (Field::Seizure, "dddssd"),
    (Field::CertificateNumber, "ddsssd"),
    (Field::RegisterNotes, "dddssd"),
    (Field::OriginalFiles, "nnndsn"),
    (Field::SupplyPrice, "sssssd"),
    (Field::Valuation, "nnnssn"),
    (Field::BoundaryPoints, "nnnnsn"),
    (Field::Neighbours, "ddsssd"),
    (Field::Outline, "ggggsd"),
    (Field::Centroid, "ggggsd"),
    (Field::FloorPlan, "nnnssn"),
    (Field::Restrictions, "sssssd"),
    (Field::PlanBoundaries, "sssssd"),
    (Field::GeologicalHazards, "sssssd"),
    (Field::RestrictionVectors, "nnnnsn"),
    (Field::HazardContacts, "nnnssn"),
    (Field::Terrain, "nnnnnn"),
    (Field::PlanningPermits, "sssssd"),
    (Field::LocalId, "sssssd"),
    (Field::BaseMap, "sssssd"),
    (Field::ChangeDays, "ddsssd"),
    (Field::OtherRestrictions, "sssssd"),
    (Field::RestrictionExtent, "ggggsd"),
];

/// Rows that no field stands for, the same way.
const WITHOUT_FIELDS: [(u8, &str); 3] = [(41, "nnnnnn"), (42, "nssssd"), (43, "nssssn")];

fn letter(rule: Disclosure) -> char {
    match rule {
        Disclosure::Show => 's',
        Disclosure::Mask => 'm',
        Disclosure::Generalise => 'g',
        Disclosure::Echo => 'e',
        Disclosure::Deny => 'd',
        Disclosure::Never => 'n',
    }
}

#[test]
fn p1_the_file_of_zhejiang_says_what_the_table_says() {
    let policy = embedded("zhejiang");
    assert_eq!(ZHEJIANG.len(), Field::ALL.len());
    for (field, cells) in ZHEJIANG {
        let said: String = TIERS
            .into_iter()
            .map(|tier| policy.cell(field, tier))
            .chain([policy.for_nobody(field)])
            .map(letter)
            .collect();
        assert_eq!(said, cells, "{field:?}");
    }
    for (number, cells) in WITHOUT_FIELDS {
        let row = policy.rows().find(|row| row.number == number).unwrap();
        let said: String = row.cells().map(|(_, cell)| letter(policy.status(cell).0)).collect();
        assert_eq!(said, cells, "row {number}");
    }
}

#[test]
fn p1_both_files_have_every_row_and_name_every_field_once() {
    for policy in both() {
        let numbers: Vec<u8> = policy.rows().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=47).collect::<Vec<_>>(), "{}", policy.id);
        let mut fields: Vec<Field> = policy.fields().collect();
        fields.sort();
        let mut every = Field::ALL.to_vec();
        every.sort();
        assert_eq!(fields, every, "{}", policy.id);
    }
}

#[test]
fn p2_nothing_is_for_nobody() {
    for policy in both() {
        for field in Field::ALL {
            assert!(policy.for_nobody(*field).is_closed(), "{}: {field:?}", policy.id);
        }
    }
}

#[test]
fn p11_every_switch_of_the_files_has_approver_and_date_or_is_off() {
    for policy in both() {
        for row in policy.rows() {
            for (column, cell) in row.cells() {
                let decided = cell.approver.is_some() && cell.date.is_some();
                let on = cell.switch == Some(Switch::On) || cell.needs_approval;
                assert!(!on || decided, "{} row {} {}", policy.id, row.number, column.letter());
            }
        }
    }
}

#[test]
fn p11_rows_by_approval_are_off_for_real_data_and_row_14_for_all() {
    let policies = Policies::embedded().unwrap();
    let by_approval = [1, 3, 4, 6, 9, 10, 15, 46, 47];
    for demonstration in [true, false] {
        let policy = policies.get("zhejiang", demonstration).unwrap();
        for row in policy.rows() {
            let cell = row.cell(Column::Tier(Tier::Public));
            let (rule, status) = policy.status(cell);
            let wanted = match row.number {
                11 | 12 | 14 | 45 => RuleStatus::SwitchedOff,
                number if by_approval.contains(&number) && !demonstration => {
                    RuleStatus::DemonstrationOnly
                }
                _ => RuleStatus::InForce,
            };
            assert_eq!(status, wanted, "row {}", row.number);
            assert!(status == RuleStatus::InForce || rule == Disclosure::Deny);
        }
        assert_eq!(policy.shows_places(), demonstration);
    }
}

#[test]
fn every_field_reads_back_from_its_name() {
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(*field));
    }
    assert_eq!(Field::from_name("owner_birthday"), None);
}

/// The plain list of `/policy` shows no numbers: whoever reads "see item 27" there finds none.
#[test]
fn p1_no_text_of_a_table_names_a_row_by_its_number() {
    for file in [FILE, OPEN] {
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let numbered = |before: &str| {
                let mut after = line.split(before).skip(1);
                after.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            };
            let named = ["第", "row ", "rows ", "Row ", "Rows ", "item ", "items "];
            assert!(!named.into_iter().any(numbered), "{line}");
            let counted = ["43项", "the 43", "43 rows"].iter().any(|text| line.contains(text));
            assert!(!counted, "{line}");
        }
    }
}
