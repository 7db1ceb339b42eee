//! The demonstration township: the same every time, complete, and drawn soundly.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod memory;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use demo_district::{DATASET, DemoReport, examples, generate};
use domain::{
    Locale, ParcelCode, UnitCode,
    code::{CodeWarning, LandCode, Strictness},
    digest::hexadecimal,
    lifecycle::Stage,
    lineage::{ChangeKind, Lineage, Succession},
    policy::Field,
    record::{Fields, Value},
    restriction::LawStatus,
    theme::themes,
};
use geo::{Area, BooleanOps, BoundingRect, CoordsIter, Rect, Validation};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{BaseFeature, BaseKind, Land};
use store_sqlite::SqliteStore;

use self::memory::{Memory, Staged};

/// SHA-256 of everything staged. It changes when the township does: look at the new one before
/// writing its digest here.
const DIGEST: &str = "0ae91e13dcd29542b191aba3bcb46a950677b4a27edf29a9bed7220ff5cd0d93";

const FEATURES: &str =
    "GB GS GX JA JB JS JX JC JD JE JF GD GE GF GL JL GN JN GH GG GW JW ZW GY JY JK";

fn run() -> (Staged, DemoReport) {
    let memory = Memory::default();
    let report = generate(&memory, None, Timestamp::UNIX_EPOCH).unwrap();
    (memory.staged(), report)
}

fn digest(staged: &Staged) -> String {
    hexadecimal(&Sha256::digest(format!("{staged:?}")))
}

static TOWNSHIP: LazyLock<(Staged, DemoReport)> = LazyLock::new(run);

#[test]
fn every_run_makes_the_same_bytes() {
    let (again, report) = run();
    let once = digest(&TOWNSHIP.0);
    assert_eq!(once, digest(&again));
    assert_eq!(report, TOWNSHIP.1);
    assert_eq!(once, DIGEST);
}

#[test]
fn there_are_enough_parcels_of_every_type_and_every_right() {
    let (staged, report) = &*TOWNSHIP;
    assert!((2_000..=3_000).contains(&staged.current().count()), "{}", staged.current().count());
    let types: BTreeSet<&str> = staged.current().map(|parcel| parcel.code.feature()).collect();
    assert_eq!(types, FEATURES.split(' ').collect());
    let open = staged.parcels.iter().filter(|(parcel, ..)| !parcel.classified).count();
    assert_eq!(report.parcels.values().sum::<u32>() as usize, open);
    let rights: BTreeSet<&str> = staged
        .current()
        .filter_map(|parcel| match parcel.fields.get(&Field::RightType) {
            Some(Value::Coded(right)) => Some(right.code.as_str()),
            _ => None,
        })
        .collect();
    assert!((1..=22).all(|right: u32| rights.contains(right.to_string().as_str())), "{rights:?}");
    for fixture in ['F', 'L', 'Q'] {
        assert!(staged.units.iter().any(|unit| unit.code.fixture() == fixture), "{fixture}");
    }
    let projects = staged.units.iter().filter(|unit| unit.code.number() == "99990001").count();
    assert!(projects > 0 && staged.units.len() > 500);
    assert_eq!(staged.parcels.iter().filter(|(parcel, ..)| parcel.classified).count(), 5);
}

#[test]
fn every_code_may_be_issued_and_occurs_once() {
    let (staged, _) = &*TOWNSHIP;
    let mut seen = BTreeSet::new();
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for (parcel, ..) in &staged.parcels {
        let parsed = ParcelCode::parse(parcel.code.as_str(), Strictness::Issue).unwrap();
        let unusual: &[CodeWarning] =
            if parcel.code.is_virtual() { &[CodeWarning::VirtualParcel] } else { &[] };
        assert_eq!(parsed.warnings, unusual, "{}", parcel.code);
        assert!(seen.insert(parcel.code));
        // Numbers of a type run on within a sub-district, but for those without a record.
        let last = last.entry(&parcel.code.as_str()[..14]).or_insert(0);
        let number: u32 = parcel.code.as_str()[14..].parse().unwrap();
        assert!(number > *last && number < *last + 12, "{}", parcel.code);
        *last = number;
    }
    assert_eq!(seen.iter().filter(|code| code.is_virtual()).count(), 1);
    let mut units = BTreeSet::new();
    for unit in &staged.units {
        let parsed = UnitCode::parse(unit.code.as_str(), Strictness::Issue).unwrap();
        assert_eq!(parsed.warnings, [], "{}", unit.code);
        assert!(units.insert(unit.code) && seen.contains(&unit.code.parcel()));
        assert!(unit.fields.contains_key(&Field::UnitLocation));
    }
}

#[test]
fn every_outline_is_valid_and_parcels_do_not_overlap() {
    let (staged, _) = &*TOWNSHIP;
    let (mut holes, mut parts) = (0, 0);
    for (parcel, ..) in &staged.parcels {
        assert!(parcel.outline.is_valid(), "{}", parcel.code);
        assert!(parcel.geometric_area_m2 > 50.0, "{}", parcel.code);
        holes += usize::from(parcel.outline.iter().any(|part| !part.interiors().is_empty()));
        parts += usize::from(parcel.outline.0.len() > 1);
    }
    assert!(holes > 10 && parts > 10, "{holes} with holes, {parts} of several parts");
    for (layer, feature) in &staged.restrictions {
        assert!(!feature.outline.0.is_empty(), "{layer}");
    }
    let current: Vec<_> =
        staged.current().map(|parcel| (parcel, parcel.outline.bounding_rect().unwrap())).collect();
    let meet = |a: &Rect<f64>, b: &Rect<f64>| {
        a.min().x < b.max().x
            && b.min().x < a.max().x
            && a.min().y < b.max().y
            && b.min().y < a.max().y
    };
    for (at, (one, bounds)) in current.iter().enumerate() {
        for (other, _) in current[at + 1..].iter().filter(|(_, other)| meet(bounds, other)) {
            let common = one.outline.intersection(&other.outline).unsigned_area();
            let smaller = one.outline.unsigned_area().min(other.outline.unsigned_area());
            assert!(common < smaller * 0.01, "{} and {}", one.code, other.code);
        }
    }
}

#[test]
fn every_theme_that_has_a_layer_has_findings_and_slivers_occur() {
    let (staged, _) = &*TOWNSHIP;
    let findings = || staged.parcels.iter().flat_map(|(_, findings, _)| findings);
    let mut shown = 0;
    for theme in themes() {
        let of_theme: BTreeSet<&str> = staged
            .layers
            .iter()
            .filter(|layer| layer.info.theme == theme.id)
            .map(|layer| layer.info.id.as_str())
            .collect();
        let concerned =
            findings().filter(|f| !f.sliver && of_theme.contains(f.layer.as_str())).count();
        assert_eq!(concerned > 0, !of_theme.is_empty(), "{}", theme.id.0);
        shown += usize::from(concerned > 0);
    }
    // Some have none, so that *no data* is seen too.
    assert!(shown >= 13 && shown < themes().len(), "{shown}");
    assert!(findings().filter(|finding| finding.sliver).count() > 50);
    for status in [LawStatus::ChangeWithPreEffect, LawStatus::ChangeWithoutPreEffect] {
        assert!(staged.layers.iter().any(|layer| layer.info.status == status));
    }
    let surveyed = |covered: &[String]| covered.iter().any(|layer| layer == "geological-hazard");
    let with_hazard_data = staged.parcels.iter().filter(|(.., covered)| surveyed(covered)).count();
    assert!((500..2_000).contains(&with_hazard_data), "{with_hazard_data}");
}

#[test]
fn every_field_has_a_value_somewhere_and_every_code_a_meaning() {
    let (staged, _) = &*TOWNSHIP;
    let filled: BTreeSet<Field> =
        staged.every_fields().flat_map(|fields| fields.keys().copied()).collect();
    // What the record holds outside its fields, or no field at all.
    let elsewhere = [
        Field::ParcelCode,
        Field::UnitCode,
        Field::Outline,
        Field::Centroid,
        Field::Restrictions,
        Field::PlanBoundaries,
        Field::GeologicalHazards,
        Field::PlanningConditions,
        Field::OtherRestrictions,
        Field::RestrictionVectors,
        Field::RestrictionExtent,
        Field::LocalId,
        Field::BaseMap,
        Field::ChangeDays,
    ];
    for field in Field::ALL {
        assert_eq!(filled.contains(field), !elsewhere.contains(field), "{field:?}");
    }
    for value in staged.every_fields().flat_map(Fields::values) {
        if let Value::Coded(coded) = value {
            assert!(!coded.label(Locale::Zh).contains("未识别"), "{coded:?}");
        }
    }
    for fields in staged.every_fields() {
        let invented = |field, mark: &str| match fields.get(&field) {
            Some(Value::Text(text)) => assert!(text.starts_with(mark), "{text}"),
            None => {}
            other => panic!("{other:?}"),
        };
        invented(Field::HolderPerson, "演示");
        invented(Field::HolderIdentity, "000000");
        invented(Field::HolderContact, "000-");
        invented(Field::CertificateNumber, "演示");
    }
}

#[test]
fn a_third_has_published_events_and_former_codes_lead_on() {
    let (staged, report) = &*TOWNSHIP;
    let eventful: Vec<_> = staged.current().filter(|it| !it.events.is_empty()).collect();
    let (count, all) = (eventful.len(), staged.current().count());
    assert!((all / 4..all / 2).contains(&count), "{count} of {all}");
    let stages: BTreeSet<Stage> =
        eventful.iter().flat_map(|parcel| &parcel.events).map(|event| event.stage).collect();
    assert_eq!(stages.len(), 6);
    for parcel in eventful {
        assert!(parcel.events.is_sorted_by_key(|event| event.date), "{}", parcel.code);
    }
    let former: Vec<_> =
        staged.parcels.iter().map(|found| &found.0).filter(|it| it.valid_to.is_some()).collect();
    assert_eq!(former.len(), report.former as usize);
    for parcel in &former {
        for successor in &parcel.successors {
            assert!(staged.parcel(successor).0.predecessors.contains(&parcel.code));
        }
    }
}

#[test]
fn c7_every_kind_of_change_but_a_readjustment_occurs() {
    let (staged, _) = &*TOWNSHIP;
    let ties: Vec<Succession> = staged
        .parcels
        .iter()
        .map(|(parcel, ..)| Succession {
            code: parcel.code,
            predecessors: parcel.predecessors.clone(),
            successors: parcel.successors.clone(),
            valid_from: parcel.valid_from,
            valid_to: parcel.valid_to,
        })
        .collect();
    let today = jiff::civil::date(2026, 1, 1);
    let told: Vec<_> = ties.iter().map(|one| one.told(today, true)).collect();
    let mut kinds: BTreeMap<ChangeKind, u32> = BTreeMap::new();
    let mut chains = 0;
    for one in ties.iter().filter(|one| one.valid_to.is_some()) {
        let lineage = Lineage::of(one.code, &told);
        assert_eq!(lineage.in_force.is_empty(), one.successors.is_empty(), "{}", one.code);
        if lineage.in_force != one.successors {
            chains += usize::from(!one.successors.is_empty());
        }
        *kinds.entry(lineage.ended_by.unwrap()).or_default() += 1;
    }
    let found: Vec<ChangeKind> = kinds.keys().copied().collect();
    use ChangeKind::{Extinguish, Merge, Renumber, Split};
    assert_eq!(found, [Split, Merge, Renumber, Extinguish]);
    assert_eq!(kinds[&Extinguish], 3);
    assert_eq!(chains, 1, "over two changes");
}

#[test]
fn the_examples_show_what_they_promise() {
    let (staged, report) = &*TOWNSHIP;
    assert_eq!(report.examples, examples());
    let codes: Vec<LandCode> = examples().into_iter().map(|(code, _)| code).collect();
    let [farmland, factory, flat, sea, hazard, former, unsurveyed, historic] = codes[..] else {
        panic!("{codes:?}");
    };
    let concerned = |code: LandCode, layer: &str| {
        let (_, findings, _) = staged.parcel(&code.parcel());
        findings.iter().any(|f| f.layer == layer && f.share > 0.5)
    };
    assert!(farmland.parcel().feature() == "JD" && concerned(farmland, "basic-farmland"));
    let (factory, ..) = staged.parcel(&factory.parcel());
    assert!(factory.code.subdistrict() == "003" && factory.events.len() > 4);
    assert!(staged.units.iter().any(|unit| Some(unit.code) == flat.unit()));
    assert!(sea.parcel().feature() == "GH" && !concerned(sea, "basic-farmland"));
    assert!(hazard.parcel().feature() == "JC" && concerned(hazard, "geological-hazard"));
    assert_eq!(staged.parcel(&former.parcel()).0.successors.len(), 2);
    assert!(unsurveyed.parcel().is_virtual());
    assert!(concerned(historic, "heritage"));
    for code in codes {
        assert!(!staged.parcel(&code.parcel()).0.classified);
    }
}

#[test]
fn the_base_map_has_everything_to_draw() {
    let (staged, report) = &*TOWNSHIP;
    let kinds: BTreeSet<String> =
        staged.base.iter().map(|feature| format!("{:?}", feature.kind)).collect();
    let all = [
        BaseKind::Boundary,
        BaseKind::Water,
        BaseKind::Green,
        BaseKind::Building,
        BaseKind::RoadMajor,
        BaseKind::Road,
        BaseKind::Rail,
        BaseKind::Label,
    ];
    assert_eq!(kinds, all.iter().map(|kind| format!("{kind:?}")).collect());
    assert_eq!(report.base_features as usize, staged.base.len());
    assert!(staged.base.iter().all(|feature| feature.geometry.is_valid()));
}

#[test]
fn p5_a_missing_number_says_nothing_of_why_it_is_missing() {
    let (staged, _) = &*TOWNSHIP;
    let mut series: BTreeMap<&str, (BTreeSet<u32>, BTreeSet<u32>)> = BTreeMap::new();
    for (parcel, ..) in &staged.parcels {
        let (known, classified) = series.entry(&parcel.code.as_str()[..14]).or_default();
        let number = parcel.code.as_str()[14..].parse().unwrap();
        if parcel.classified {
            classified.insert(number)
        } else {
            known.insert(number)
        };
    }
    let (mut missing, mut hidden) = (0, 0);
    for (name, (known, classified)) in &series {
        let last = known.iter().chain(classified).max().copied().unwrap();
        let without = (1..=last).filter(|n| !known.contains(n) && !classified.contains(n)).count();
        missing += without;
        hidden += classified.len();
        // Wherever a number is missing for that reason, as many are missing for none.
        assert!(without >= classified.len(), "{name}: {without} beside {}", classified.len());
    }
    assert!(missing >= 20 * hidden, "{missing} numbers beside {hidden}");
    // No record names a number that is missing, whatever the reason.
    let known: BTreeSet<&ParcelCode> =
        staged.parcels.iter().filter(|(it, ..)| !it.classified).map(|(it, ..)| &it.code).collect();
    for (parcel, ..) in staged.parcels.iter().filter(|(parcel, ..)| !parcel.classified) {
        let named = parcel.predecessors.iter().chain(&parcel.successors);
        assert!(named.clone().all(|code| known.contains(code)), "{}", parcel.code);
    }
    assert!(staged.units.iter().any(|unit| known.contains(&unit.code.parcel())));
}

#[test]
fn m3_no_corner_of_the_coarse_base_map_is_a_boundary_point() {
    let memory = Memory::default();
    generate(&memory, Some(25.0), Timestamp::UNIX_EPOCH).unwrap();
    let coarse = memory.staged().base;
    let exact = &TOWNSHIP.0.base;
    let key = |at: geo::Coord<f64>| ((at.x * 1e7).round() as i64, (at.y * 1e7).round() as i64);
    let boundary: BTreeSet<(i64, i64)> = TOWNSHIP
        .0
        .parcels
        .iter()
        .flat_map(|(parcel, ..)| parcel.outline.coords_iter().map(key))
        .collect();
    let points = |map: &[BaseFeature]| -> Vec<(i64, i64)> {
        map.iter().flat_map(|it| it.geometry.coords_iter().map(key)).collect()
    };
    assert!(points(exact).iter().any(|point| boundary.contains(point)), "as the survey has it");
    assert!(!points(&coarse).iter().any(|point| boundary.contains(point)));
    let built = |map: &[BaseFeature]| map.iter().filter(|it| it.kind == BaseKind::Building).count();
    assert!(built(&coarse) > 10 && built(&coarse) * 4 < built(exact), "blocks and not houses");
    let roads = |map: &[BaseFeature]| map.iter().filter(|it| it.kind == BaseKind::Road).count();
    assert!(roads(&coarse) * 3 > roads(exact) * 2, "{} of {}", roads(&coarse), roads(exact));
}

#[tokio::test]
async fn it_goes_into_the_embedded_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let report = generate(&store, Some(25.0), Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(report.version.label(), format!("{DATASET}/1"));
    assert_eq!(report.units, TOWNSHIP.1.units);
    for (code, _) in examples() {
        let record = store.record(&code).await.unwrap().unwrap();
        assert_eq!(record.parcel, TOWNSHIP.0.parcel(&code.parcel()).0);
        assert_eq!(record.unit.map(|unit| unit.code), code.unit());
    }
}
