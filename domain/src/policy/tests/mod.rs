//! What each tier gets, what a table must not say, and how it is explained.

mod disclosing;
mod explaining;
mod refusals;
mod table;

use geo::{LineString, MultiPolygon, Polygon};
use jiff::{
    Timestamp,
    civil::{Date, date},
};

use super::*;
use crate::{
    code::{ParcelCode, Strictness, UnitCode},
    dataset::{DataVersion, DatasetInfo},
    dictionary::Coded,
    lifecycle::{LifecycleEvent, Stage},
    localized::Localized,
    profile::PublicProfile,
    record::{Fields, LandRecord, ParcelRecord, UnitRecord, Value},
    restriction::{Finding, ThemeAnswer, tests::layer},
    theme::ThemeId,
    viewer::Viewer,
};

const TODAY: Date = date(2026, 11, 22);
const TIERS: [Tier; 5] = Tier::ALL;
const LOCAL_ID: &str = "<local id>";
const EVENT: &str = "<event>";
const FINDING: &str = "<finding>";
const LAYER: &str = "<layer>";

fn embedded(id: &str) -> Policy {
    Policies::embedded().unwrap().get(id, true).unwrap().clone()
}

fn viewer(tier: Tier) -> Viewer {
    Viewer { tier, ..Viewer::public() }
}

fn unit_code() -> UnitCode {
    UnitCode::parse("340123002004GB00011F00010001", Strictness::Issue).unwrap().code
}

/// A text that stands nowhere else: `place` is `parcel` or `unit`.
fn marker(place: &str, field: Field) -> String {
    format!("<{place}·{}>路3幢502室", field.name())
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
            stage: Stage::Approved,
            date: date(2024, 5, 6),
            title: Localized::same(EVENT),
            document: None,
        }],
        predecessors: Vec::new(),
        successors: Vec::new(),
        valid_from: None,
        valid_to: None,
    };
    let finding = Finding {
        layer: LAYER.into(),
        feature: "1".into(),
        label: Localized::same(FINDING),
        area_m2: 100.0,
        share: 0.1,
        sliver: false,
        of_feature: None,
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
        layers: vec![layer(LAYER, "flood")],
        version: DataVersion { dataset, number: 1, imported_at: Timestamp::UNIX_EPOCH },
    }
}

/// Both embedded policies, resolved for demonstration data.
fn both() -> [Policy; 2] {
    ["zhejiang", "open-cadastre"].map(embedded)
}

const FILE: &str = include_str!("../../../data/policies/zhejiang.toml");
const OPEN: &str = include_str!("../../../data/policies/open-cadastre.toml");

/// A file in which one line of one row, by its key, says something else.
fn with_line(file: &str, row: u8, key: &str, value: &str) -> String {
    let head = format!("[[row]]\nrow = {row}\n");
    let at = file.find(&head).unwrap();
    let (before, rest) = file.split_at(at);
    let end = rest[2..].find("[[row]]").map_or(rest.len(), |end| end + 2);
    let (block, after) = rest.split_at(end);
    let line = |line: &str| {
        if line.starts_with(&format!("{key} = ")) {
            format!("{key} = {value}\n")
        } else {
            format!("{line}\n")
        }
    };
    let block: String = block.lines().map(line).collect();
    format!("{before}{block}{after}")
}

/// The table of Zhejiang with other cells for one row, P to S: `"show", "deny", …`.
fn with_cells(file: &str, row: u8, cells: [&str; 5]) -> String {
    ["P", "R", "I", "H", "S"].into_iter().zip(cells).fold(file.to_owned(), |file, (key, cell)| {
        let cell = if cell.starts_with('{') { cell.to_owned() } else { format!("\"{cell}\"") };
        with_line(&file, row, key, &cell)
    })
}

/// The policy of such a file, resolved for demonstration data.
fn read(file: &str) -> Policy {
    Policy::read(file).unwrap().resolved_for(true)
}
