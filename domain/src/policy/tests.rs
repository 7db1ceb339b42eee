use geo::{Coord, CoordsIter, LineString, MultiPolygon, Polygon};
use jiff::{Timestamp, civil::date};

use super::*;
use crate::{
    code::{ParcelCode, Strictness},
    dataset::{DataVersion, DatasetInfo},
    lifecycle::{LifecycleEvent, Stage},
    localized::Localized,
    record::{ParcelRecord, UnitRecord},
    restriction::{Finding, LawStatus, LayerAnswer, LayerInfo, Tolerance},
    theme::ThemeId,
};

const TODAY: Date = date(2026, 11, 22);
const TIERS: [Tier; 5] = Tier::ALL;
const LOCAL_ID: &str = "<local id>";
const EVENT: &str = "<event>";
const FINDING: &str = "<finding>";
const LAYER: &str = "<layer>";

/// §2.4 once more, by hand: what the file of Zhejiang must say to P, R, I, H and S.
/// `s` show, `d` deny, `m` mask, `g` generalise, `e` echo.
const ZHEJIANG: [(Field, &str); 45] = [
    (Field::ParcelCode, "sssss"),
    (Field::UnitCode, "essss"),
    (Field::DivisionNames, "sssss"),
    (Field::Location, "sssss"),
    (Field::UnitLocation, "mssss"),
    (Field::ParcelArea, "sssss"),
    (Field::BuildingArea, "dssss"),
    (Field::BuildingStoreys, "dssss"),
    (Field::BuildingYear, "dssss"),
    (Field::UnitCount, "dssss"),
    (Field::LandUse, "sssss"),
    (Field::FloorAreaRatio, "sssss"),
    (Field::BuildingDensity, "sssss"),
    (Field::HeightLimit, "sssss"),
    (Field::GreenRatio, "sssss"),
    (Field::RightType, "sssss"),
    (Field::RightNature, "dssss"),
    (Field::RightTerm, "ddsss"),
    (Field::HolderPerson, "dddss"),
    (Field::HolderOrganisation, "ddsss"),
    (Field::CollectiveOwner, "sssss"),
    (Field::HolderIdentity, "dddmm"),
    (Field::HolderContact, "dddmm"),
    (Field::CoOwned, "dssss"),
    (Field::OwnershipShare, "ddsss"),
    (Field::Encumbered, "dssss"),
    (Field::Mortgage, "ddsss"),
    (Field::Seized, "dssss"),
    (Field::Seizure, "dddss"),
    (Field::CertificateNumber, "ddsss"),
    (Field::RegisterNotes, "dddss"),
    (Field::OriginalFiles, "dddds"),
    (Field::SupplyPrice, "sssss"),
    (Field::Valuation, "dddss"),
    (Field::BoundaryPoints, "dddds"),
    (Field::Neighbours, "ddsss"),
    (Field::Outline, "ggggs"),
    (Field::Centroid, "ggggs"),
    (Field::FloorPlan, "dddss"),
    (Field::Restrictions, "sssss"),
    (Field::RestrictionVectors, "dddds"),
    (Field::HazardContacts, "dddss"),
    (Field::Terrain, "ddddd"),
    (Field::PlanningPermits, "sssss"),
    (Field::LocalId, "sssss"),
];

fn embedded(id: &str) -> Policy {
    Policy::embedded().unwrap().into_iter().find(|policy| policy.id == id).unwrap()
}

fn viewer(tier: Tier) -> Viewer {
    Viewer { tier, ..Viewer::public() }
}

fn unit_code() -> UnitCode {
    UnitCode::parse("340123002004GB00011F00010001", Strictness::Issue).unwrap().code
}

/// A text that stands nowhere else: `place` is `parcel` or `unit`.
fn marker(place: &str, field: Field) -> String {
    format!("<{place} {}>3幢502室", field.name())
}

fn every_field(place: &str) -> Fields {
    Field::ALL.iter().map(|field| (*field, Value::Text(marker(place, *field)))).collect()
}

fn outline() -> MultiPolygon<f64> {
    let ring = [
        (120.000_123, 30.500_234),
        (120.001_345, 30.500_267),
        (120.001_378, 30.501_412),
        (120.000_156, 30.501_389),
        (120.000_123, 30.500_234),
    ];
    MultiPolygon::new(vec![Polygon::new(LineString::from(ring.to_vec()), Vec::new())])
}

/// A record with every field set to a marker, one finding and one event.
fn record() -> LandRecord {
    let parcel = ParcelRecord {
        code: ParcelCode::parse("340123002004GB00011", Strictness::Issue).unwrap().code,
        local_id: Some(LOCAL_ID.into()),
        fields: every_field("parcel"),
        outline: outline(),
        geometric_area_m2: 15_000.0,
        classified: false,
        events: vec![LifecycleEvent {
            stage: Stage::Supplied,
            date: date(2024, 5, 6),
            title: Localized::same(EVENT),
            document: None,
        }],
        predecessors: Vec::new(),
        successors: Vec::new(),
        valid_from: None,
        valid_to: None,
    };
    let layer = LayerInfo {
        id: LAYER.into(),
        theme: ThemeId("flood".into()),
        title: Localized::default(),
        status: LawStatus::InForce,
        office: Localized::default(),
        source_date: date(2026, 1, 1),
        published_from: None,
        published_until: None,
        documents: Vec::new(),
        tolerance: Tolerance { min_area_m2: 10.0, min_share: 0.01 },
    };
    let finding = Finding {
        layer: LAYER.into(),
        feature: "1".into(),
        label: Localized::same(FINDING),
        area_m2: 100.0,
        share: 0.1,
        sliver: false,
    };
    let dataset = DatasetInfo {
        id: "test".into(),
        title: Localized::default(),
        source: Localized::default(),
        map_review_number: None,
        source_date: date(2026, 1, 1),
        demonstration: true,
        policy: "zhejiang".into(),
    };
    LandRecord {
        parcel,
        unit: Some(UnitRecord { code: unit_code(), fields: every_field("unit") }),
        findings: vec![finding],
        layers: vec![LayerAnswer { layer, covers: true }],
        version: DataVersion { dataset, number: 1, imported_at: Timestamp::UNIX_EPOCH },
    }
}

fn disclose(policy: &Policy, tier: Tier) -> PublicProfile {
    policy.disclose(&record(), Some(&unit_code()), &viewer(tier), TODAY).unwrap()
}

/// Everything a profile holds, as Rust and as JSON.
fn everything_in(profile: &PublicProfile) -> String {
    let json = serde_json::to_string(&(&profile.facts, &profile.unit, &profile.restrictions));
    format!("{profile:?}\n{}", json.unwrap())
}

/// A policy file with these rows, each as field and cells `"show", "deny", …`.
fn policy_file(grid_m: &str, rows: &[(&str, [&str; 5])]) -> String {
    let mut text = format!("id = \"test\"\nversion = \"1\"\ngrid_m = {grid_m}\n");
    for (field, [public, registered, interested, holder, staff]) in rows {
        text.push_str(&format!(
            "[[row]]\nfield = \"{field}\"\nrow = 1\npublic = \"{public}\"\n\
             registered = \"{registered}\"\ninterested = \"{interested}\"\n\
             holder = \"{holder}\"\nstaff = \"{staff}\"\nsource = \"test\"\n",
        ));
    }
    if rows.is_empty() {
        text.push_str("row = []\n");
    }
    text
}

const SHOW: [&str; 5] = ["show"; 5];

#[test]
fn p1_the_embedded_policies_read_and_name_every_field() {
    let policies = Policy::embedded().unwrap();
    assert_eq!(
        policies.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(),
        ["zhejiang", "open-cadastre"]
    );
    for policy in &policies {
        for field in Field::ALL {
            assert!(policy.rows().any(|row| row.field == *field), "{}: {field:?}", policy.id);
        }
        for row in policy.rows() {
            assert!((1..=40).contains(&row.row), "{}: {:?}", policy.id, row.field);
            assert!(!row.source.is_empty(), "{}: {:?}", policy.id, row.field);
        }
    }
}

#[test]
fn p1_the_file_of_zhejiang_says_what_the_table_says() {
    let policy = embedded("zhejiang");
    assert_eq!(ZHEJIANG.len(), Field::ALL.len());
    for (field, cells) in ZHEJIANG {
        for (tier, letter) in TIERS.into_iter().zip(cells.chars()) {
            let wanted = match letter {
                's' => Disclosure::Show,
                'm' => Disclosure::Mask,
                'g' => Disclosure::Generalise,
                'e' => Disclosure::Echo,
                _ => Disclosure::Deny,
            };
            assert_eq!(policy.cell(field, tier), wanted, "{field:?} for {tier:?}");
        }
    }
}

#[test]
fn p1_p2_each_field_is_there_for_whom_it_is_allowed_and_absent_for_the_others() {
    for policy in Policy::embedded().unwrap() {
        for tier in TIERS {
            let profile = disclose(&policy, tier);
            let text = everything_in(&profile);
            for field in Field::ALL.iter().copied() {
                let cell = policy.cell(field, tier);
                for place in ["parcel", "unit"] {
                    let raw = marker(place, field);
                    let shown = text.contains(&raw);
                    assert_eq!(
                        shown,
                        cell == Disclosure::Show,
                        "{}: {place} {field:?} for {tier:?} is {cell:?}",
                        policy.id
                    );
                }
                let facts = &profile.unit.as_ref().unwrap().facts;
                let fact = facts.iter().any(|fact| fact.field == field);
                let allowed = matches!(cell, Disclosure::Show | Disclosure::Mask);
                assert_eq!(fact, allowed, "{}: {field:?} for {tier:?}", policy.id);
                assert_eq!(profile.fact(field).is_some(), allowed, "{field:?} for {tier:?}");
            }
        }
    }
}

#[test]
fn p1_what_is_no_fact_follows_its_row_in_both_directions() {
    type Check = fn(&PublicProfile) -> bool;
    let cases: [(&str, Check); 5] = [
        ("local_id", |p| p.local_id.as_deref() == Some(LOCAL_ID)),
        ("outline", |p| p.outline.is_some()),
        ("centroid", |p| p.centroid.is_some()),
        ("restrictions", |p| p.restrictions.concerned.len() == 1),
        ("planning_permits", |p| p.events.len() == 1),
    ];
    for (field, present) in cases {
        let rows = [("parcel_code", SHOW), (field, ["deny", "show", "deny", "show", "show"])];
        let policy = Policy::read(&policy_file("25.0", &rows)).unwrap();
        for (tier, allowed) in TIERS.into_iter().zip([false, true, false, true, true]) {
            let profile = disclose(&policy, tier);
            assert_eq!(present(&profile), allowed, "{field} for {tier:?}");
            if !allowed {
                let text = everything_in(&profile);
                for value in [LOCAL_ID, EVENT, FINDING, LAYER, "120.", "30.5"] {
                    assert!(!text.contains(value), "{value} when {field} is denied");
                }
            }
        }
    }
}

#[test]
fn p1_a_field_that_the_file_does_not_name_is_denied() {
    let policy = Policy::read(&policy_file("25.0", &[("parcel_code", SHOW)])).unwrap();
    for tier in TIERS {
        for field in Field::ALL.iter().filter(|field| **field != Field::ParcelCode) {
            assert_eq!(policy.cell(*field, tier), Disclosure::Deny);
        }
        let profile = disclose(&policy, tier);
        assert!(profile.facts.iter().all(|fact| fact.field == Field::ParcelCode));
        assert_eq!((&profile.unit, &profile.local_id, &profile.centroid), (&None, &None, &None));
        assert!(profile.outline.is_none() && profile.events.is_empty());
        assert!(profile.restrictions.concerned.is_empty());
    }
}

#[test]
fn p2_masks_keep_only_what_the_convention_keeps() {
    let text = |field, value: &str| mask(field, &Value::Text(value.into()));
    let shown = |value: &str| Some(Value::Text(value.into()));
    assert_eq!(text(Field::HolderPerson, "欧阳修远"), shown("欧**"));
    assert_eq!(text(Field::HolderIdentity, "33052119900101123X"), shown("3***************3X"));
    assert_eq!(text(Field::HolderContact, "13800138000"), shown("138****8000"));
    assert_eq!(text(Field::HolderContact, "110"), shown("***"));
    assert_eq!(text(Field::UnitLocation, "永乐路8号3幢502室"), shown("永乐路8号3幢"));
    assert_eq!(text(Field::Mortgage, "1000000"), None, "a field without a convention");
    assert_eq!(mask(Field::HolderContact, &Value::Number(13_800_138_000.0)), None);
}

#[test]
fn p2_no_tier_gets_an_identity_number_or_a_phone_in_full() {
    let mut record = record();
    for fields in [&mut record.parcel.fields, &mut record.unit.as_mut().unwrap().fields] {
        fields.insert(Field::HolderIdentity, Value::Text("33052119900101123X".into()));
        fields.insert(Field::HolderContact, Value::Text("13800138000".into()));
    }
    for policy in Policy::embedded().unwrap() {
        for tier in TIERS {
            let profile = policy.disclose(&record, Some(&unit_code()), &viewer(tier), TODAY);
            let text = everything_in(&profile.unwrap());
            for secret in ["19900101", "00138"] {
                assert!(!text.contains(secret), "{}: {secret} for {tier:?}", policy.id);
            }
            let masked = text.contains("138****8000");
            let own = policy.id == "zhejiang" && tier >= Tier::Holder;
            assert_eq!(masked, own, "{} for {tier:?}", policy.id);
        }
    }
}

#[test]
fn p3_a_natural_persons_name_is_never_for_the_public_or_the_registered() {
    let mut record = record();
    for fields in [&mut record.parcel.fields, &mut record.unit.as_mut().unwrap().fields] {
        fields.insert(Field::HolderPerson, Value::Text("欧阳修远".into()));
    }
    for policy in Policy::embedded().unwrap() {
        for tier in [Tier::Public, Tier::Registered] {
            let profile = policy.disclose(&record, Some(&unit_code()), &viewer(tier), TODAY);
            let profile = profile.unwrap();
            assert_eq!(profile.fact(Field::HolderPerson), None);
            // Not even the masked form.
            assert!(!everything_in(&profile).contains('欧'), "{} for {tier:?}", policy.id);
        }
    }
}

#[test]
fn p5_a_classified_parcel_is_answered_like_one_that_must_not_be_named() {
    let mut classified = record();
    classified.parcel.classified = true;
    let nameless = Policy::read(&policy_file("25.0", &[("location", SHOW)])).unwrap();
    for tier in TIERS {
        let not_permitted = nameless.disclose(&record(), Some(&unit_code()), &viewer(tier), TODAY);
        assert_eq!(not_permitted, None);
        for policy in Policy::embedded().unwrap() {
            let answer = policy.disclose(&classified, Some(&unit_code()), &viewer(tier), TODAY);
            assert_eq!(answer, not_permitted, "{} for {tier:?}", policy.id);
        }
    }
}

#[test]
fn p7_a_unit_is_only_given_back_to_the_public_when_they_brought_its_code() {
    let other = UnitCode::parse("340123002004GB00011F00010002", Strictness::Issue).unwrap().code;
    for policy in Policy::embedded().unwrap() {
        for asked in [None, Some(&other)] {
            let profile = policy.disclose(&record(), asked, &Viewer::public(), TODAY).unwrap();
            assert_eq!(profile.unit, None);
            let text = everything_in(&profile);
            assert!(!text.contains("F0001") && !text.contains("<unit "), "{}", policy.id);
        }
        let profile = disclose(&policy, Tier::Public);
        let unit = profile.unit.unwrap();
        assert_eq!(unit.code, unit_code());
        let place = unit.facts.iter().find(|fact| fact.field == Field::UnitLocation).unwrap();
        assert_eq!(place.value, Value::Text("<unit unit_location>3幢".into()));
    }
}

#[test]
fn m3_the_outline_is_coarse_in_zhejiang_and_exact_in_an_open_cadastre() {
    let open = embedded("open-cadastre");
    for tier in TIERS {
        let shown = disclose(&open, tier).outline.unwrap();
        assert_eq!((shown.outline, shown.precision), (outline(), Precision::Exact));
    }
    let zhejiang = embedded("zhejiang");
    let exact: Vec<Coord<f64>> = outline().coords_iter().collect();
    for tier in [Tier::Public, Tier::Registered, Tier::Interested, Tier::Holder] {
        let profile = disclose(&zhejiang, tier);
        let shown = profile.outline.unwrap();
        assert_eq!(shown.precision, Precision::Generalised { cell_m: 25.0 });
        assert!(shown.outline.coords_count() >= 4);
        assert!(shown.outline.coords_iter().all(|corner| !exact.contains(&corner)));
        assert_eq!(profile.centroid, Some((120.001, 30.501)));
    }
    let staff = disclose(&zhejiang, Tier::Staff).outline.unwrap();
    assert_eq!(staff.precision, Precision::Exact);
}

#[test]
fn facts_come_in_the_order_of_the_file() {
    let policy = embedded("zhejiang");
    let facts: Vec<_> = disclose(&policy, Tier::Staff).facts.iter().map(|f| f.field).collect();
    let rows: Vec<_> = policy.rows().map(|row| row.field).collect();
    let places: Vec<_> =
        facts.iter().map(|fact| rows.iter().position(|row| row == fact).unwrap()).collect();
    assert!(places.is_sorted());
    let rank = |field| rows.iter().position(|row| *row == field).unwrap();
    assert!(rank(Field::Location) < rank(Field::ParcelArea));
    assert!(rank(Field::ParcelArea) < rank(Field::LandUse));
    assert!(rank(Field::LandUse) < rank(Field::RightType));
}

#[test]
fn a_profile_names_the_policy_that_decided() {
    assert_eq!(disclose(&embedded("zhejiang"), Tier::Public).policy, "zhejiang@2026-11-22");
}

#[test]
fn what_is_personal_or_secret_is_refused_for_the_public_when_read() {
    for field in NEVER_PUBLIC {
        for public in ["show", "mask", "generalise", "echo"] {
            let cells = [public, "deny", "deny", "deny", "deny"];
            let read = Policy::read(&policy_file("25.0", &[(field.name(), cells)]));
            assert!(
                matches!(read, Err(PolicyError::NeverPublic { field: named, .. }) if named == field),
                "{field:?}: {public}"
            );
        }
        let denied = policy_file("25.0", &[(field.name(), ["deny"; 5])]);
        assert!(Policy::read(&denied).is_ok(), "{field:?}");
    }
}

#[test]
fn m3_a_grid_finer_than_25_m_is_refused_when_read() {
    for grid_m in ["24.9", "10.0", "0.0", "-25.0"] {
        let read = Policy::read(&policy_file(grid_m, &[]));
        assert!(matches!(read, Err(PolicyError::Grid { .. })), "{grid_m}");
    }
    assert!(Policy::read(&policy_file("25.0", &[])).is_ok());
}

#[test]
fn unknown_fields_cells_and_keys_are_refused_when_read() {
    let good = policy_file("25.0", &[("location", SHOW)]);
    assert!(Policy::read(&good).is_ok());
    for (from, to) in [
        ("\"location\"", "\"owner_birthday\""),
        ("public = \"show\"", "public = \"maybe\""),
        ("public = \"show\"", "anybody = \"show\""),
        ("version", "edition"),
    ] {
        let read = Policy::read(&good.replace(from, to));
        assert!(matches!(read, Err(PolicyError::Syntax(_))), "{to}");
    }
}

#[test]
fn a_field_with_two_rows_is_refused_when_read() {
    let text = policy_file("25.0", &[("location", SHOW), ("location", ["deny"; 5])]);
    let read = Policy::read(&text);
    assert!(matches!(read, Err(PolicyError::Twice { field: Field::Location, .. })));
}

#[test]
fn every_field_reads_back_from_its_name() {
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(*field));
    }
    assert_eq!(Field::from_name("owner_birthday"), None);
}
