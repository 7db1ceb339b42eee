//! One rich place, with every kind of value, and the map around it.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    LandCode, Localized,
    base_map::{BaseFeature, BaseKind, Bounds},
    dictionary::Coded,
    extent::FoundFeature,
    lifecycle::{LifecycleEvent, Stage},
    lineage::{DisclosedSuccession, Succession},
    policy::Field,
    record::{LandRecord, ParcelRecord, UnitRecord, Value},
    restriction::{Finding, LawStatus, LayerAnswer, LayerInfo, LegalDocument, Tolerance},
};
use geo::{Geometry, LineString, MultiPolygon, Point, Polygon, line_string, polygon};
use jiff::civil::Date;

use super::fixtures::{Fake, parcel, version};
use service_api::MapAround;

fn ring(points: &[(f64, f64)]) -> MultiPolygon<f64> {
    MultiPolygon::new(vec![Polygon::new(LineString::from(points.to_vec()), vec![])])
}

fn layer(id: &str, theme: &str, zh: &str, en: &str, status: LawStatus) -> LayerAnswer {
    LayerAnswer {
        layer: Arc::new(LayerInfo {
            title: Localized::new(zh, en),
            status,
            office: Localized::new(
                "德清县自然资源和规划局",
                "Deqing Bureau of Natural Resources and Planning",
            ),
            source_date: "2026-06-30".parse().unwrap(),
            documents: vec![LegalDocument {
                title: Localized::new(
                    "德清县国土空间总体规划（2021—2035年）",
                    "Deqing Territorial Spatial Plan 2021–2035",
                ),
                number: Some("浙政函〔2024〕12号".into()),
                articles: vec!["35".into(), "44".into()],
                ..LegalDocument::default()
            }],
            tolerance: Tolerance { min_area_m2: 1.0, min_share: 0.001 },
            ..testkit::layer(id, theme)
        }),
        covers: true,
    }
}

fn finding(layer: &str, zh: &str, en: &str, area_m2: f64, share: f64, sliver: bool) -> Finding {
    Finding {
        layer: layer.into(),
        feature: "1".into(),
        label: Localized::new(zh, en),
        area_m2,
        share,
        sliver,
        of_feature: None,
    }
}

fn fields(text: Option<&str>) -> BTreeMap<Field, Value> {
    let coded =
        |system: &str, version: &str, code: &str| Value::Coded(Coded::new(system, version, code));
    BTreeMap::from([
        (Field::Location, Value::Text(text.unwrap_or("德清县武康街道永乐路8号").into())),
        (Field::ParcelArea, Value::AreaM2(23_456.78)),
        (Field::LandUse, coded("land-use-planning", "2023-11", "0701")),
        (Field::FloorAreaRatio, Value::Number(2.0)),
        (Field::BuildingDensity, Value::Number(28.0)),
        (Field::HeightLimit, Value::Number(54.0)),
        (Field::GreenRatio, Value::Number(30.0)),
        (Field::RightType, coded("qllx", "tdt1066", "3")),
        (Field::RightNature, coded("qlxz", "tdt1066", "102")),
        (
            Field::RightTerm,
            Value::Period {
                from: "2018-05-04".parse().unwrap(),
                to: "2088-05-03".parse().unwrap(),
            },
        ),
        (Field::SupplyPrice, Value::Money { amount: 186_500_000.0, currency: "CNY".into() }),
        (Field::HolderPerson, Value::Text("CANARY张三".into())),
        (Field::BuildingYear, Value::Number(2021.0)),
    ])
}

/// What the register knows of it.
pub fn record(fake: &Fake, asked: &LandCode) -> LandRecord {
    use LawStatus::{ChangeWithPreEffect, InForce};
    let danger = ("滑坡危险区", "Landslide danger zone");
    let danger = fake.danger.then(|| finding("hazard", danger.0, danger.1, 40.0, 0.0017, false));
    let outline = ring(&[
        (119.9651, 30.5421),
        (119.9669, 30.5424),
        (119.9672, 30.5412),
        (119.9655, 30.5408),
        (119.9651, 30.5421),
    ]);
    let event = |stage, date: &str, zh: &str, en: &str, document: Option<&str>| LifecycleEvent {
        stage,
        date: date.parse().unwrap(),
        title: Localized::new(zh, en),
        document: document.map(Into::into),
    };
    LandRecord {
        parcel: ParcelRecord {
            code: asked.parcel(),
            local_id: None,
            fields: fields(fake.text.as_deref()),
            outline,
            geometric_area_m2: 23_456.78,
            classified: false,
            events: vec![
                event(
                    Stage::Planned,
                    "2017-09-12",
                    "控制性详细规划批复",
                    "Detailed plan approved",
                    Some("德政函〔2017〕88号"),
                ),
                event(
                    Stage::Approved,
                    "2017-12-20",
                    "农用地转用批复",
                    "Conversion approved",
                    Some("浙土字〔2017〕1234号"),
                ),
                event(
                    Stage::Supplied,
                    "2018-04-10",
                    "国有建设用地使用权挂牌成交",
                    "Land right sold at auction",
                    None,
                ),
            ],
            predecessors: vec![parcel("330521001002GB00007")],
            successors: if fake.former {
                vec![parcel("330521001002GB00021"), parcel("330521001002GB00022")]
            } else {
                vec![]
            },
            valid_from: None,
            valid_to: None,
        },
        unit: asked.unit().map(|code| UnitRecord {
            code,
            fields: BTreeMap::from([(
                Field::UnitLocation,
                Value::Text("德清县武康街道永乐路8号1幢302室".into()),
            )]),
        }),
        findings: [
            finding("plan", "城镇住宅用地", "Urban housing", 20_120.5, 0.8577, false),
            finding("plan", "公园绿地", "Park", 3_336.28, 0.1423, false),
            finding(
                "boundary",
                "城镇集中建设区",
                "Concentrated building area",
                23_456.78,
                1.0,
                false,
            ),
            finding("hazard", "低易发区", "Low susceptibility", 512.4, 0.0218, false),
            finding("farmland", "永久基本农田", "Permanent basic farmland", 0.31, 0.000_013, true),
        ]
        .into_iter()
        .chain(danger)
        .filter(|finding| !fake.outside || finding.layer != "boundary")
        .collect(),
        layers: vec![
            layer("plan", "planning_use", "控制性详细规划用地", "Detailed plan, land use", InForce),
            layer(
                "boundary",
                "urban_development_boundary",
                "城镇开发边界",
                "Urban development boundary",
                InForce,
            ),
            layer(
                "hazard",
                "geological_hazard",
                "地质灾害易发区",
                "Geological hazard zones",
                ChangeWithPreEffect,
            ),
            layer(
                "farmland",
                "permanent_basic_farmland",
                "永久基本农田保护图斑",
                "Permanent basic farmland plots",
                InForce,
            ),
            layer("redline", "ecological_red_line", "生态保护红线", "Ecological red line", InForce),
            layer("heritage", "heritage", "文物保护范围", "Heritage areas", InForce),
        ]
        .into_iter()
        .chain(fake.half_known.then(|| LayerAnswer {
            covers: false,
            ..layer("rockfall", "geological_hazard", "崩塌调查", "Rockfall survey", InForce)
        }))
        .collect(),
        version: version(),
    }
}

/// Its history: formed by a new number; a former one was split, and a half of it renumbered.
pub fn told(former: bool, today: Date, days: bool) -> Vec<DisclosedSuccession> {
    let one = |code: &str, from: &[&str], into: &[&str], days: (&str, Option<&str>)| Succession {
        code: parcel(code),
        predecessors: from.iter().copied().map(parcel).collect(),
        successors: into.iter().copied().map(parcel).collect(),
        valid_from: Some(days.0.parse().unwrap()),
        valid_to: days.1.map(|day| day.parse().unwrap()),
    };
    let [old, own, half, other, now] = [
        "330521001002GB00007",
        super::fixtures::CODE,
        "330521001002GB00021",
        "330521001002GB00022",
        "330521001002GB00031",
    ];
    let mut ties = vec![one(old, &[], &[own], ("2001-01-01", Some("2018-05-03")))];
    if former {
        ties.push(one(own, &[old], &[half, other], ("2018-05-04", Some("2023-02-28"))));
        ties.push(one(half, &[own], &[now], ("2023-03-01", Some("2025-06-30"))));
        ties.push(one(other, &[own], &[], ("2023-03-01", None)));
        ties.push(one(now, &[half], &[], ("2025-07-01", None)));
    } else {
        ties.push(one(own, &[old], &[], ("2018-05-04", None)));
    }
    ties.iter().map(|one| one.told(today, days)).collect()
}

/// What was found on it, with ground that reaches far beyond it.
pub fn features(record: &LandRecord) -> Vec<FoundFeature> {
    let ground = |finding: &Finding| match finding.label.zh.as_str() {
        "公园绿地" => ring(&[
            (119.9667, 30.53),
            (119.98, 30.53),
            (119.98, 30.55),
            (119.9667, 30.55),
            (119.9667, 30.53),
        ]),
        "滑坡危险区" => ring(&[
            (119.95, 30.5418),
            (119.9658, 30.5418),
            (119.9658, 30.55),
            (119.95, 30.55),
            (119.95, 30.5418),
        ]),
        _ => ring(&[
            (119.95, 30.53),
            (119.9668, 30.53),
            (119.9668, 30.55),
            (119.95, 30.55),
            (119.95, 30.53),
        ]),
    };
    let found = record.findings.iter();
    found
        .map(|finding| FoundFeature {
            layer: finding.layer.clone(),
            feature: finding.feature.clone(),
            label: finding.label.clone(),
            ground: ground(finding),
        })
        .collect()
}

/// The map around it.
pub fn around() -> MapAround {
    let base = |kind, name: Option<&str>, geometry| BaseFeature {
        kind,
        name: name.map(Into::into),
        geometry,
    };
    let mut features = vec![
        base(
            BaseKind::Green,
            Some("凤栖公园"),
            Geometry::Polygon(polygon![
                (x: 119.9675, y: 30.5405), (x: 119.9690, y: 30.5406), (x: 119.9691, y: 30.5418), (x: 119.9676, y: 30.5416),
            ]),
        ),
        base(
            BaseKind::Water,
            Some("余英溪"),
            Geometry::Polygon(polygon![
                (x: 119.95, y: 30.5436), (x: 119.98, y: 30.5431), (x: 119.98, y: 30.5435), (x: 119.95, y: 30.5441),
            ]),
        ),
    ];
    for at in 0..12 {
        let (x, y) = (119.9637 + 0.0003 * f64::from(at % 4), 30.5402 + 0.0004 * f64::from(at / 4));
        features.push(base(BaseKind::Building, None, Geometry::Polygon(polygon![
            (x: x, y: y), (x: x + 0.0002, y: y), (x: x + 0.0002, y: y + 0.00015), (x: x, y: y + 0.00015),
        ])));
    }
    features.push(base(
        BaseKind::Road,
        Some("长虹街"),
        Geometry::LineString(line_string![
            (x: 119.9674, y: 30.53), (x: 119.9673, y: 30.545),
        ]),
    ));
    features.push(base(
        BaseKind::RoadMajor,
        Some("永乐路"),
        Geometry::LineString(line_string![
            (x: 119.95, y: 30.5428), (x: 119.966, y: 30.5426), (x: 119.98, y: 30.5427),
        ]),
    ));
    features.push(base(
        BaseKind::Label,
        Some("永乐社区"),
        Geometry::Point(Point::new(119.9645, 30.5418)),
    ));
    MapAround {
        bounds: Bounds { west: 119.9635, south: 30.5400, east: 119.9692, north: 30.5438 },
        base: features,
        extents: Vec::new(),
    }
}
