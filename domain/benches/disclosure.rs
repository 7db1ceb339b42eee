//! What it costs to disclose a place and to read a code: `cargo bench -p domain --bench disclosure`.
//! Prints tab-separated lines, `what<TAB>figure<TAB>unit`; nothing here passes or fails.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a measuring program")]

use std::{hint::black_box, sync::Arc, time::Instant};

use domain::{
    LandCode, Localized, ParcelCode,
    code::Strictness,
    dataset::{DataVersion, DatasetInfo},
    dictionary::Coded,
    lifecycle::{LifecycleEvent, Stage},
    policy::{Field, Policies},
    profile::PublicProfile,
    record::{LandRecord, ParcelRecord, Value},
    restriction::{Finding, LawStatus, LayerAnswer, LayerInfo, Tolerance},
    theme::themes,
    viewer::Viewer,
};
use geo::{LineString, MultiPolygon, Polygon};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use serde_json::json;

const TODAY: Date = date(2026, 11, 22);
/// How often a figure is taken; the median counts.
const ROUNDS: usize = 41;

fn main() {
    let policies = Policies::embedded().unwrap();
    for id in ["zhejiang", "open-cadastre"] {
        let policy = policies.get(id, true).unwrap();
        let record = record(id);
        let viewer = Viewer::public();
        let mut bytes = 0;
        let nanoseconds = median(200, || {
            let profile = policy.disclose(black_box(&record), None, &viewer, TODAY).unwrap();
            bytes = feature(&profile).len();
        });
        println!("{id}: policy + profile as JSON ({bytes} bytes)\t{:.1}\tµs", nanoseconds / 1000.0);
    }
    for (name, text) in [
        ("canonical, 28 characters", "330521001002GB00011F00010003"),
        ("canonical, 19 characters", "330521001002GB00011"),
        ("grouped", "330521 001002 GB00011 F00010003"),
        ("full-width, lower case", "３３０５２１００１００２ｇｂ０００１１ｆ０００１０００３"),
    ] {
        let nanoseconds = median(20_000, || {
            black_box(LandCode::parse(black_box(text), Strictness::LookUp).unwrap());
        });
        println!("parse: {name}\t{nanoseconds:.0}\tns/code");
    }
}

/// Nanoseconds of one call.
fn median(calls: u32, mut act: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            for _ in 0..calls {
                act();
            }
            begun.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// As the REST API answers: a GeoJSON feature with everything that is shown.
fn feature(profile: &PublicProfile) -> String {
    let geometry = profile
        .outline
        .as_ref()
        .map(|shown| geojson::Geometry::new(geojson::GeometryValue::from(&shown.outline)));
    json!({
        "type": "Feature",
        "id": profile.code,
        "geometry": geometry,
        "properties": {
            "code": profile.code,
            "grouped": profile.code.grouped(),
            "local_id": profile.local_id,
            "unit": profile.unit,
            "facts": profile.facts,
            "centroid": profile.centroid,
            "precision": profile.outline.as_ref().map(|shown| shown.precision),
            "restrictions": profile.restrictions,
            "events": profile.events,
            "predecessors": profile.predecessors,
            "successors": profile.successors,
            "data_version": profile.version.label(),
            "source": profile.version.dataset.source,
            "policy": profile.policy,
        },
    })
    .to_string()
}

/// A place with a value in every field, a layer and a finding for every theme, and 24 corners.
fn record(policy: &str) -> LandRecord {
    let fields = Field::ALL.iter().map(|field| {
        let value = match field {
            Field::LandUse => Value::Coded(Coded::new("land-use-planning", "2023-11", "0701")),
            Field::RightType => Value::Coded(Coded::new("qllx", "tdt1066", "3")),
            Field::ParcelArea | Field::BuildingArea => Value::AreaM2(23_456.78),
            Field::CoOwned | Field::Encumbered | Field::Seized => Value::Flag(false),
            Field::FloorAreaRatio | Field::HeightLimit => Value::Number(2.5),
            _ => Value::Text("德清县武康街道永乐路8号3幢502室".into()),
        };
        (*field, value)
    });
    // Twelve corners there, twelve back on an indented side.
    let side = |at: f64, west: f64| (west + 0.0002 * (at % 2.0), 30.54 + at * 0.0001);
    let there = (0..12).map(|at| side(f64::from(at), 119.965));
    let back = (0..12).rev().map(|at| side(f64::from(at), 119.967));
    let outline = Polygon::new(LineString::from(there.chain(back).collect::<Vec<_>>()), vec![]);
    let layers = themes().iter().map(|theme| LayerAnswer {
        layer: Arc::new(LayerInfo {
            id: format!("layer-{}", theme.id.0),
            theme: theme.id.clone(),
            title: Localized::new("演示图层", "Sample layer"),
            status: LawStatus::InForce,
            office: Localized::new("德清县自然资源和规划局", "Deqing planning office"),
            source_date: date(2026, 6, 30),
            published_from: None,
            published_until: None,
            documents: Vec::new(),
            tolerance: Tolerance { min_area_m2: 1.0, min_share: 0.001 },
        }),
        covers: true,
    });
    let findings = themes().iter().step_by(2).map(|theme| Finding {
        layer: format!("layer-{}", theme.id.0),
        feature: "1".into(),
        label: Localized::new("演示区", "Sample zone"),
        area_m2: 1_234.5,
        share: 0.05,
        sliver: false,
        of_feature: None,
    });
    LandRecord {
        parcel: ParcelRecord {
            code: ParcelCode::parse("330521001002GB00011", Strictness::Issue).unwrap().code,
            local_id: Some("12-34".into()),
            fields: fields.collect(),
            outline: MultiPolygon::new(vec![outline]),
            geometric_area_m2: 23_456.78,
            classified: false,
            events: vec![LifecycleEvent {
                stage: Stage::Supplied,
                date: date(2018, 4, 10),
                title: Localized::new("挂牌成交", "Sold at auction"),
                document: None,
            }],
            predecessors: Vec::new(),
            successors: Vec::new(),
            valid_from: None,
            valid_to: None,
        },
        unit: None,
        findings: findings.collect(),
        layers: layers.collect(),
        version: DataVersion {
            dataset: DatasetInfo {
                id: "bench".into(),
                title: Localized::same("bench"),
                source: Localized::same("bench"),
                map_review_number: None,
                source_date: date(2026, 1, 1),
                demonstration: true,
                policy: policy.into(),
            },
            number: 1,
            imported_at: Timestamp::UNIX_EPOCH,
        },
    }
}
