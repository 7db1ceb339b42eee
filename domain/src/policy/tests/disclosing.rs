//! What a profile holds for each tier.

use std::sync::Arc;

use geo::{Coord, CoordsIter};

use super::*;
use crate::profile::{Precision, PublicUnit};

fn disclose(policy: &Policy, tier: Tier) -> PublicProfile {
    policy.disclose(&record(), Some(&unit_code()), &viewer(tier), TODAY).unwrap()
}

/// Everything a profile holds, as Rust and as JSON.
fn everything_in(profile: &PublicProfile) -> String {
    let json = serde_json::to_string(&(&profile.facts, &profile.unit, &profile.restrictions));
    format!("{profile:?}\n{}", json.unwrap())
}

#[test]
fn p1_p2_each_field_is_there_for_whom_it_is_allowed_and_absent_for_the_others() {
    for policy in both() {
        for tier in TIERS {
            let profile = disclose(&policy, tier);
            let text = everything_in(&profile);
            for field in Field::ALL.iter().copied() {
                let cell = policy.cell_of(field, tier, &record().parcel);
                let told = policy.tells_units(tier);
                for (place, told) in [("parcel", true), ("unit", told)] {
                    let raw = marker(place, field);
                    let shown = text.contains(&raw);
                    assert_eq!(
                        shown,
                        told && cell == Disclosure::Show,
                        "{}: {place} {field:?} for {tier:?} is {cell:?}",
                        policy.id
                    );
                }
                let facts = &profile.unit.as_ref().unwrap().facts;
                let fact = facts.iter().any(|fact| fact.field == field);
                let allowed = matches!(cell, Disclosure::Show | Disclosure::Mask);
                assert_eq!(fact, told && allowed, "{}: {field:?} for {tier:?}", policy.id);
                assert_eq!(profile.fact(field).is_some(), allowed, "{field:?} for {tier:?}");
            }
        }
    }
}

#[test]
fn p2_no_tier_gets_an_identity_number_or_a_phone_in_full() {
    let mut record = record();
    for fields in [&mut record.parcel.fields, &mut record.unit.as_mut().unwrap().fields] {
        fields.insert(Field::HolderIdentity, Value::Text("33052119900101123X".into()));
        fields.insert(Field::HolderContact, Value::Text("13800138000".into()));
    }
    for policy in both() {
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
    for policy in both() {
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
fn p7_a_unit_is_only_given_back_to_the_public_when_they_brought_its_code() {
    let other = UnitCode::parse("340123002004GB00011F00010002", Strictness::Issue).unwrap().code;
    for policy in both() {
        let profile = policy.disclose(&record(), None, &Viewer::public(), TODAY).unwrap();
        assert_eq!(profile.unit, None);
        let text = everything_in(&profile);
        assert!(!text.contains("F0001") && !text.contains("<unit·"), "{}", policy.id);
        let profile = policy.disclose(&record(), Some(&other), &Viewer::public(), TODAY).unwrap();
        assert!(!everything_in(&profile).contains("<unit·"), "{}", policy.id);
    }
    let open = disclose(&embedded("open-cadastre"), Tier::Public).unit.unwrap();
    assert_eq!((open.code, open.known), (unit_code(), true));
    let place = open.facts.iter().find(|fact| fact.field == Field::UnitLocation).unwrap();
    assert_eq!(place.value, Value::Text("<unit·unit_location>路3幢".into()));
}

#[test]
fn p5_p7_where_units_are_echoed_every_code_of_the_parcel_is_answered_alike() {
    let other = UnitCode::parse("340123002004GB00011F00010002", Strictness::Issue).unwrap().code;
    let policy = embedded("zhejiang");
    let none = LandRecord { unit: None, ..record() };
    for asked in [unit_code(), other] {
        for record in [record(), none.clone()] {
            let told = policy.disclose(&record, Some(&asked), &Viewer::public(), TODAY).unwrap();
            let wanted = PublicUnit { code: asked, known: false, facts: Vec::new() };
            assert_eq!(told.unit, Some(wanted));
            assert!(!told.fields().contains(&Field::UnitCode), "nothing of the unit was told");
            assert!(!everything_in(&told).contains("<unit·"));
        }
    }
    // Whoever holds the label of the home is told where its building is, and no more.
    let unit = record().unit.unwrap();
    let building = Some(Value::Text("<unit·unit_location>路3幢".into()));
    assert_eq!(policy.building_of(&unit), building);
    assert_eq!(embedded("open-cadastre").building_of(&unit), building);
    let closed = read(&with_cells(FILE, 5, ["deny", "show", "show", "show", "show"]));
    assert_eq!(closed.building_of(&unit), None);
}

#[test]
fn p2_a_condition_on_what_is_denied_is_not_met() {
    let on = "{ rule = \"show\", switch = \"on\", \
              approver = { zh = \"甲\", en = \"A\" }, date = \"2026-11-01\" }";
    let open = with_cells(FILE, 14, [on, on, "show", "show", "show"]);
    let closed = read(&with_cells(&open, 8, ["deny", "deny", "show", "show", "show"]));
    let mut told = Vec::new();
    for land_use in ["0901", "0701"] {
        let mut record = record();
        let land_use = Coded::new("land-use-planning", "2023-11", land_use);
        record.parcel.fields.insert(Field::LandUse, Value::Coded(land_use));
        told.push(closed.disclose(&record, None, &viewer(Tier::Registered), TODAY).unwrap());
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].fact(Field::HolderOrganisation).is_none());
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
fn facts_come_in_the_order_of_the_table() {
    let policy = embedded("zhejiang");
    let facts: Vec<_> = disclose(&policy, Tier::Staff).facts.iter().map(|f| f.field).collect();
    let rows: Vec<_> = policy.fields().collect();
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
    assert_eq!(disclose(&embedded("zhejiang"), Tier::Public).policy, "zhejiang@2026-11-29");
}

#[test]
fn p1_what_is_no_fact_follows_its_row_in_both_directions() {
    type Check = fn(&PublicProfile) -> bool;
    let cases: [(u8, &str, Check); 5] = [
        (31, "generalise", |p| p.outline.is_some()),
        (32, "generalise", |p| p.centroid.is_some()),
        (47, "generalise", |p| p.extents.is_some()),
        (46, "show", |p| p.restrictions.concerned.len() == 1),
        (40, "show", |p| p.events.len() == 1),
    ];
    for (row, open, present) in cases {
        let cells = ["deny", "deny", open, open, "show"];
        let policy = read(&with_cells(FILE, row, cells));
        for (tier, allowed) in TIERS.into_iter().zip([false, false, true, true, true]) {
            let profile = disclose(&policy, tier);
            assert_eq!(present(&profile), allowed, "row {row} for {tier:?}");
            if !allowed {
                let text = everything_in(&profile);
                let values: &[&str] = match row {
                    46 => &[FINDING, LAYER],
                    47 => &[],
                    40 => &[EVENT],
                    _ => &["120.000123", "30.500234"],
                };
                for value in values {
                    assert!(!text.contains(value), "{value} when row {row} is denied");
                }
            }
        }
    }
}

#[test]
fn p1_a_field_that_no_row_names_is_denied() {
    let file = FILE.replace("fields = [\"land_use\"]\n", "note = { zh = \"无\", en = \"none\" }\n");
    let policy = read(&file);
    for tier in TIERS {
        assert_eq!(policy.cell(Field::LandUse, tier), Disclosure::Deny);
        assert_eq!(disclose(&policy, tier).fact(Field::LandUse), None);
    }
}

#[test]
fn p5_a_classified_parcel_is_answered_like_one_that_must_not_be_named() {
    let mut classified = record();
    classified.parcel.classified = true;
    let nameless = read(&with_cells(FILE, 1, ["deny"; 5]));
    for tier in TIERS {
        let not_permitted = nameless.disclose(&record(), Some(&unit_code()), &viewer(tier), TODAY);
        assert_eq!(not_permitted, None);
        for policy in both() {
            let answer = policy.disclose(&classified, Some(&unit_code()), &viewer(tier), TODAY);
            assert_eq!(answer, not_permitted, "{} for {tier:?}", policy.id);
        }
    }
}

#[test]
fn p11_data_that_are_no_demonstration_are_withheld_without_real_approvals() {
    let policies = Policies::embedded().unwrap();
    let mut dataset = record().version.dataset;
    let public = |policy: &Policy| {
        policy.disclose(&record(), None, &Viewer::public(), TODAY).map(|profile| profile.code)
    };
    assert!(public(policies.governing(&dataset).unwrap()).is_some());
    dataset.demonstration = false;
    assert_eq!(public(policies.governing(&dataset).unwrap()), None);
    // With the owner's own file it opens.
    let own = FILE.replace("scope = \"demonstration\"", "scope = \"everything\"");
    let policies = policies.with([own.as_str()], TODAY).unwrap();
    assert!(public(policies.governing(&dataset).unwrap()).is_some());
    // The open licence holds for every data set.
    dataset.policy = "open-cadastre".into();
    assert!(public(policies.governing(&dataset).unwrap()).is_some());
    dataset.policy = "nobody".into();
    assert!(policies.governing(&dataset).is_none());
}

#[test]
fn m3_a_centroid_is_rounded_where_the_outline_is_coarse_and_exact_where_it_is_exact() {
    let decimals = |profile: PublicProfile| {
        let (x, y) = profile.centroid.unwrap();
        let coarse = |degrees: f64| ((degrees * 1000.0).round() / 1000.0 - degrees).abs() < 1e-9;
        coarse(x) && coarse(y)
    };
    for tier in TIERS {
        assert_eq!(decimals(disclose(&embedded("zhejiang"), tier)), tier < Tier::Staff);
        assert!(!decimals(disclose(&embedded("open-cadastre"), tier)));
    }
}

#[test]
fn m3_outlines_of_one_shape_are_told_in_the_same_bytes_and_no_area_is_told() {
    use geo::MapCoords;

    let zone = {
        let ring =
            vec![(120.0, 30.5), (120.000_8, 30.5), (120.000_8, 30.6), (120.0, 30.6), (120.0, 30.5)];
        Polygon::new(LineString::from(ring), Vec::new())
    };
    // A parcel that a survey of a few decimetres more or less would have drawn.
    let told = |grown: f64, viewer_tier: Tier, row_6: &str| {
        let mut record = record();
        let (x, y) = (120.000_75, 30.500_8);
        record.parcel.outline = outline()
            .map_coords(|at| Coord { x: x + (at.x - x) * grown, y: y + (at.y - y) * grown });
        record.parcel.fields.insert(Field::ParcelArea, Value::AreaM2(14_312.75));
        record.parcel.geometric_area_m2 = crate::area::area_m2(&record.parcel.outline);
        let met = crate::overlay::common(&record.parcel.outline, &[&zone]).unwrap();
        record.findings[0].area_m2 = met.area_m2;
        record.findings[0].share = met.area_m2 / record.parcel.geometric_area_m2;
        let policy = match row_6 {
            "deny" => read(&with_cells(FILE, 6, ["deny", "deny", "deny", "deny", "show"])),
            _ => read(FILE),
        };
        let profile = policy.disclose(&record, None, &viewer(viewer_tier), TODAY).unwrap();
        let lists = serde_json::to_string(&profile.restrictions.concerned).unwrap();
        (record.findings[0].area_m2, format!("{profile:?}{lists}"))
    };
    for tier in [Tier::Public, Tier::Registered, Tier::Interested] {
        for row_6 in ["show", "deny"] {
            let answers: Vec<_> = [0.9998, 0.9999, 1.0, 1.0001, 1.0002]
                .map(|grown| told(grown, tier, row_6))
                .to_vec();
            assert!(answers.windows(2).all(|pair| (pair[0].0 - pair[1].0).abs() > 0.5));
            for pair in answers.windows(2) {
                assert_eq!(pair[0].1, pair[1].1, "{tier:?}, row 6 {row_6}");
            }
            // Shares in whole per cent, and of the registered area at most.
            let text = &answers[0].1;
            assert!(text.contains("\"share\":0.5"), "{text}");
            assert_eq!(text.contains("\"area_m2\":"), row_6 == "show", "{text}");
        }
    }
    // Whoever sees the outline sees the figures that belong to it.
    let exact = [1.0, 1.0001].map(|grown| told(grown, Tier::Staff, "show").1);
    assert_ne!(exact[0], exact[1]);
}

#[test]
fn m1_a_base_map_without_review_number_is_shown_of_inventions_and_open_data_only() {
    let mut dataset = record().version.dataset;
    for (policy, demonstration, number, shown) in [
        ("zhejiang", true, None, true),
        ("zhejiang", false, None, false),
        ("zhejiang", false, Some(" "), false),
        ("zhejiang", false, Some("浙S（2026）1号"), true),
        ("open-cadastre", false, None, true),
    ] {
        dataset.demonstration = demonstration;
        dataset.map_review_number = number.map(Into::into);
        let policies = Policies::embedded().unwrap();
        let policy = policies.get(policy, demonstration).unwrap();
        assert_eq!(policy.shows_base_map(&dataset), shown, "{} {number:?}", policy.id);
    }
    let closed = read(&with_cells(FILE, 44, ["deny"; 5]));
    assert!(!closed.shows_base_map(&dataset));
}

#[test]
fn p4_what_is_proved_for_a_home_is_not_proved_for_the_land_it_stands_on() {
    let policy = embedded("zhejiang");
    let place = Some(crate::code::LandCode::Unit(unit_code()));
    let holder = Viewer { tier: Tier::Holder, place, ..Viewer::public() };
    let profile = policy.disclose(&record(), Some(&unit_code()), &holder, TODAY).unwrap();
    let unit = profile.unit.as_ref().unwrap();
    assert!(unit.facts.iter().any(|fact| fact.field == Field::HolderPerson));
    let text = everything_in(&profile);
    for field in Field::ALL {
        let shown = text.contains(&marker("parcel", *field));
        let cell = policy.cell_of(*field, Tier::Public, &record().parcel);
        assert_eq!(shown, cell == Disclosure::Show, "{field:?}");
    }
}

#[test]
fn p2_a_row_for_some_parcels_opens_nothing_of_the_others() {
    let on = "{ rule = \"show\", switch = \"on\", approval = \"required\", \
              approver = { zh = \"甲\", en = \"A\" }, date = \"2026-11-01\" }";
    let policy = read(&with_cells(FILE, 14, [on, on, "show", "show", "show"]));
    let code = |text| ParcelCode::parse(text, Strictness::Issue).unwrap().code;
    let use_of = |code: &str| Value::Coded(Coded::new("land-use-planning", "2023-11", code));
    let cases = [
        ("340123002004GB00011", Some("0901"), true, false),
        ("340123002004GB00011", Some("0701"), false, false),
        ("340123002004GB00011", None, false, false),
        ("340123002004JA00011", Some("0701"), false, true),
        ("340123002004JC00011", Some("0703"), false, false),
    ];
    for (place, land_use, organisation, collective) in cases {
        let mut record = record();
        record.unit = None;
        record.parcel.code = code(place);
        record.parcel.fields.remove(&Field::LandUse);
        record.parcel.fields.extend(land_use.map(|code| (Field::LandUse, use_of(code))));
        for tier in TIERS {
            let profile = policy.disclose(&record, None, &viewer(tier), TODAY).unwrap();
            let proved = tier >= Tier::Interested;
            let shows = |field| profile.fact(field).is_some();
            assert_eq!(
                shows(Field::HolderOrganisation),
                organisation || proved,
                "{place} {tier:?}"
            );
            assert_eq!(shows(Field::CollectiveOwner), collective || proved, "{place} {tier:?}");
        }
    }
}

#[test]
fn p2_the_stages_of_a_parcels_life_follow_their_own_rows() {
    let mut record = record();
    record.parcel.events = Stage::ALL
        .into_iter()
        .map(|stage| LifecycleEvent {
            stage,
            date: date(2024, 5, 6),
            title: Localized::same(EVENT),
            document: Some("1".into()),
        })
        .collect();
    let policy = embedded("zhejiang");
    let shown = |policy: &Policy, tier| {
        let profile = policy.disclose(&record, None, &viewer(tier), TODAY).unwrap();
        profile.events.into_iter().map(|event| (event.stage, event.document.is_some())).collect()
    };
    let all: Vec<_> = Stage::ALL.map(|stage| (stage, true)).to_vec();
    let published: Vec<_> =
        all.iter().copied().filter(|(stage, _)| *stage != Stage::Registered).collect();
    let nameless: Vec<_> =
        all.iter().map(|(stage, _)| (*stage, *stage != Stage::Registered)).collect();
    let wanted = [&published, &published, &nameless, &all, &all];
    for (tier, wanted) in TIERS.into_iter().zip(wanted) {
        let found: Vec<_> = shown(&policy, tier);
        assert_eq!(&found, wanted, "{tier:?}");
    }
    let unsold = read(&with_cells(FILE, 27, ["deny", "deny", "deny", "show", "show"]));
    let found: Vec<(Stage, bool)> = shown(&unsold, Tier::Public);
    assert!(!found.iter().any(|(stage, _)| *stage == Stage::Supplied), "{found:?}");
}

#[test]
fn p1_every_theme_follows_the_row_that_the_catalogue_names() {
    let cases = [
        (9, "planning_use"),
        (34, "permanent_basic_farmland"),
        (35, "ecological_red_line"),
        (37, "geological_hazard"),
        (46, "flood"),
    ];
    for (closed, _) in cases {
        let policy = read(&with_cells(FILE, closed, ["deny", "deny", "deny", "show", "show"]));
        for (row, theme) in cases {
            let mut record = record();
            Arc::make_mut(&mut record.layers[0].layer).theme = ThemeId(theme.into());
            let profile = policy.disclose(&record, None, &Viewer::public(), TODAY).unwrap();
            let themes =
                |answers: &[ThemeAnswer]| answers.iter().any(|one| one.theme.id.0 == theme);
            assert_eq!(themes(&profile.restrictions.concerned), row != closed, "{theme}");
            // What is not shown is not denied either.
            assert_eq!(themes(&profile.restrictions.no_data), row == closed, "{theme}");
            assert_eq!(profile.fields().iter().any(|field| field.row() == row), row != closed);
        }
    }
}

#[test]
fn p2_how_large_a_feature_is_is_for_rules_where_everybody_is_shown_where_it_lies() {
    let parts = |policy: &Policy| {
        let mut record = record();
        record.findings[0].of_feature = Some(0.25);
        let profile = policy.disclose(&record, None, &Viewer::public(), TODAY).unwrap();
        let lists = profile.restrictions;
        let layers = lists.concerned.into_iter().flat_map(|answer| answer.layers);
        let findings = layers.flat_map(|found| found.findings);
        findings.map(|graded| graded.finding.of_feature).collect::<Vec<_>>()
    };
    assert_eq!(parts(&embedded("open-cadastre")), [Some(0.25)]);
    assert_eq!(parts(&embedded("zhejiang")), [None]);
    // Exact outlines, and the ground of restrictions to nobody.
    let closed = read(&with_cells(OPEN, 47, ["deny", "deny", "deny", "deny", "deny"]));
    assert_eq!(parts(&closed), [None]);
}

#[test]
fn p2_a_theme_of_which_nobody_knows_a_row_is_neither_shown_nor_counted() {
    for policy in [embedded("zhejiang"), embedded("open-cadastre")] {
        for tier in TIERS {
            assert!(!policy.shows_theme(&ThemeId("drones".into()), tier));
            // A theme of the catalogue without `field`.
            assert!(!policy.shows_under(None, tier));
        }
        let mut record = record();
        Arc::make_mut(&mut record.layers[0].layer).theme = ThemeId("drones".into());
        let profile = policy.disclose(&record, None, &viewer(Tier::Staff), TODAY).unwrap();
        let told = format!("{:?}", profile.restrictions);
        assert!(!told.contains(LAYER) && !told.contains(FINDING), "{told}");
        assert!(profile.restrictions.concerned.is_empty());
        assert!(profile.restrictions.not_concerned.is_empty());
    }
}

#[test]
fn p9_the_audit_names_the_rows_that_let_an_event_out() {
    let mut record = record();
    record.parcel.fields.clear();
    record.unit = None;
    let mut event = record.parcel.events[0].clone();
    (event.stage, event.document) = (Stage::Registered, Some("1".into()));
    record.parcel.events = vec![event];
    let policy = embedded("zhejiang");
    let rows = [Field::PlanningPermits, Field::RightTerm, Field::RegisterNotes];
    let wanted = [[false; 3], [false; 3], [false, true, false], [false, true, true]];
    for (tier, wanted) in TIERS.into_iter().zip(wanted) {
        let profile = policy.disclose(&record, None, &viewer(tier), TODAY).unwrap();
        let named = rows.map(|row| profile.fields().contains(&row));
        assert_eq!(named, wanted, "{tier:?}");
    }
}
