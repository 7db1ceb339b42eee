//! Land in which every field of every record says its own name.

use std::path::Path;

use domain::{
    Localized, ParcelCode, UnitCode,
    base_map::{BaseFeature, BaseKind},
    code::Strictness,
    dataset::DatasetInfo,
    lifecycle::{LifecycleEvent, Stage},
    policy::{Field, Policies},
    record::{Fields, ParcelRecord, UnitRecord, Value},
    restriction::{Finding, LayerInfo, LegalDocument, Tolerance},
};
use geo::{Geometry, MultiPolygon, Point, Polygon};
use jiff::{Timestamp, civil::date};
use store::{LayerToStore, RestrictionFeature};

use crate::harness::opened;

/// A parcel of the canary land, with one unit on it.
#[derive(Clone, Copy, Debug)]
pub struct Canary {
    /// What its markers begin with.
    pub name: &'static str,
    /// ZDDM.
    pub code: &'static str,
    /// The policy of its data set; `none` is no policy.
    pub policy: &'static str,
    /// Whether it is classified.
    pub classified: bool,
    /// Its south-western corner has this many ten-millionths of a degree over a round place: the
    /// digits that no rounded answer has.
    pub(super) digits: f64,
}

/// The land: a closed register, an open cadastre, a classified parcel, a data set without policy, a
/// register of which everybody is told of codes alone.
pub const LAND: [Canary; 5] = [
    Canary {
        name: "closed",
        code: "330521001001GB00011",
        policy: "zhejiang",
        classified: false,
        digits: 0.000_712_3,
    },
    Canary {
        name: "open",
        code: "330521001002GB00037",
        policy: "open-cadastre",
        classified: false,
        digits: 0.000_834_7,
    },
    Canary {
        name: "secret",
        code: "330521001003GB00059",
        policy: "zhejiang",
        classified: true,
        digits: 0.000_956_1,
    },
    Canary {
        name: "lawless",
        code: "330521001004GB00083",
        policy: "none",
        classified: false,
        digits: 0.000_278_9,
    },
    Canary {
        name: "strict",
        code: "330521001005GB00061",
        policy: "strict",
        classified: false,
        digits: 0.000_391_7,
    },
];

/// The policy `strict`: that of Zhejiang, of which the public sees row 1 alone.
pub fn strict() -> String {
    let zhejiang = include_str!("../../../../../domain/data/policies/zhejiang.toml");
    let (mut row, mut text) = (0, String::new());
    for line in zhejiang.lines() {
        if let Some(number) = line.strip_prefix("row = ") {
            row = number.parse().unwrap();
        }
        let stays = row <= 1 || (41..=43).contains(&row) || line == "P = \"never\"";
        let line = match line {
            "id = \"zhejiang\"" => "id = \"strict\"",
            line if line.starts_with("P = ") && !stays => "P = \"deny\"",
            line => line,
        };
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// Every policy of the land.
pub fn policies() -> Policies {
    Policies::embedded().unwrap().with([strict().as_str()], date(2026, 11, 22)).unwrap()
}

impl Canary {
    /// The unit on it.
    pub fn unit(&self) -> String {
        format!("{}F00010007", self.code)
    }

    /// What stands in a field of the parcel or of the unit, and nowhere else.
    pub fn marker(&self, place: &str, field: Field) -> String {
        format!("canary-{}-{place}-{}-end", self.name, field.name().replace('_', "-"))
    }

    /// What stands in something that is no field of a record.
    pub fn other(&self, what: &str) -> String {
        format!("canary-{}-other-{what}-end", self.name)
    }

    /// Where it lies: a classified one apart, for it takes the map around it with it.
    fn west(&self) -> f64 {
        if self.classified { 119.99 } else { 119.97 }
    }

    /// The longitude of its surveyed western edge, as it would be written.
    pub fn survey(&self) -> String {
        format!("{}", self.west() + self.digits)
    }

    /// The longitude of the western edge of what restricts it.
    pub fn restriction_survey(&self) -> String {
        format!("{}", 119.96 + self.digits)
    }

    fn fields(&self, place: &str) -> Fields {
        Field::ALL
            .iter()
            .map(|field| {
                let marker = self.marker(place, *field);
                // An address says more after its building than before.
                let text = match field {
                    Field::UnitLocation => format!("{}3幢{marker}", self.other("building")),
                    _ => marker,
                };
                (*field, Value::Text(text))
            })
            .collect()
    }

    fn square(&self, x: f64) -> Polygon<f64> {
        testkit::square(x + self.digits, 30.54 + self.digits, 0.001_2)
    }

    /// Its record.
    pub fn parcel(&self) -> ParcelRecord {
        let code = ParcelCode::parse(self.code, Strictness::Issue).unwrap().code;
        ParcelRecord {
            local_id: Some(self.other("local-id")),
            fields: self.fields("parcel"),
            geometric_area_m2: 15_000.0,
            classified: self.classified,
            events: vec![LifecycleEvent {
                stage: Stage::Approved,
                date: date(2024, 5, 6),
                title: Localized::same(self.other("event")),
                document: None,
            }],
            ..testkit::parcel(code, self.square(self.west()))
        }
    }
}

/// Publishes the land, each parcel as a data set of its own.
pub fn publish(folder: &Path) {
    let store = opened(folder);
    for canary in LAND {
        let mut import = store.begin_import(&dataset(&canary)).unwrap();
        let layer = layer(&canary);
        import.put_layer(&layer).unwrap();
        import
            .put_restriction(
                &layer.info.id,
                &RestrictionFeature {
                    id: canary.other("restriction-id"),
                    label: Localized::same(canary.other("finding")),
                    outline: MultiPolygon(vec![canary.square(119.96)]),
                },
            )
            .unwrap();
        let finding = Finding {
            layer: layer.info.id.clone(),
            feature: canary.other("restriction-id"),
            label: Localized::same(canary.other("finding")),
            area_m2: 100.0,
            share: 0.1,
            sliver: false,
            of_feature: None,
        };
        assert!(import.put_parcel(&canary.parcel(), &[finding], &[layer.info.id]).unwrap());
        let code = UnitCode::parse(&canary.unit(), Strictness::Issue).unwrap().code;
        let unit = UnitRecord { code, fields: canary.fields("unit") };
        assert_eq!(import.put_unit(&unit).unwrap(), !canary.classified);
        let name = Some(canary.other("street"));
        let geometry = Geometry::Point(Point::new(119.9705, 30.5405));
        import.put_base(&BaseFeature { kind: BaseKind::Label, name, geometry }).unwrap();
        import.publish(Timestamp::UNIX_EPOCH).unwrap();
    }
}

/// The data set of its own that a parcel is in.
pub fn dataset(canary: &Canary) -> DatasetInfo {
    DatasetInfo {
        policy: canary.policy.into(),
        ..testkit::dataset(&format!("canary-{}", canary.name))
    }
}

pub(super) fn layer(canary: &Canary) -> LayerToStore {
    LayerToStore {
        info: LayerInfo {
            title: Localized::same(canary.other("layer-title")),
            documents: vec![LegalDocument {
                title: Localized::same("Law"),
                articles: vec!["7".into()],
                ..LegalDocument::default()
            }],
            tolerance: Tolerance { min_area_m2: 1.0, min_share: 0.001 },
            ..testkit::layer(&canary.other("layer"), "flood")
        },
        coverage: None,
    }
}
