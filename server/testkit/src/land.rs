//! Invented land, as records of a register.

use domain::{
    Localized, ParcelCode, UnitCode,
    classified::ClassifiedKey,
    code::Strictness,
    dataset::DatasetInfo,
    record::{Fields, ParcelRecord},
    restriction::{LawStatus, LayerInfo, Tolerance},
    theme::ThemeId,
};
use geo::{MultiPolygon, Polygon, polygon};
use jiff::civil::date;

/// The key of every store in which a test keeps land.
pub const CLASSIFIED_KEY: ClassifiedKey = ClassifiedKey::new([9; 32]);

/// The code of a parcel of the first cadastral sub-area of Deqing.
#[must_use]
pub fn parcel_code(number: u32) -> ParcelCode {
    let text = format!("330521001001GB{number:05}");
    ParcelCode::parse(&text, Strictness::LookUp).unwrap().code
}

/// The code of a home in the first building of a parcel.
#[must_use]
pub fn unit_code(number: u32, household: u32) -> UnitCode {
    let text = format!("{}F0001{household:04}", parcel_code(number));
    UnitCode::parse(&text, Strictness::LookUp).unwrap().code
}

/// A square from its south-western corner, degrees.
#[must_use]
pub fn square(west: f64, south: f64, side: f64) -> Polygon<f64> {
    let (east, north) = (west + side, south + side);
    polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)]
}

/// A parcel of 1,000 m² of which nothing more is known. What a test is about it says itself:
/// `ParcelRecord { classified: true, ..parcel(code, outline) }`.
#[must_use]
pub fn parcel(code: ParcelCode, outline: Polygon<f64>) -> ParcelRecord {
    ParcelRecord {
        code,
        local_id: None,
        fields: Fields::new(),
        outline: MultiPolygon(vec![outline]),
        geometric_area_m2: 1_000.0,
        classified: false,
        events: Vec::new(),
        predecessors: Vec::new(),
        successors: Vec::new(),
        valid_from: None,
        valid_to: None,
    }
}

/// A layer in force, of 1 m² and 1 %, without documents.
#[must_use]
pub fn layer(id: &str, theme: &str) -> LayerInfo {
    LayerInfo {
        id: id.into(),
        theme: ThemeId(theme.into()),
        title: Localized::same(id),
        status: LawStatus::InForce,
        office: Localized::same("Office"),
        source_date: date(2026, 1, 1),
        published_from: None,
        published_until: None,
        documents: Vec::new(),
        tolerance: Tolerance { min_area_m2: 1.0, min_share: 0.01 },
    }
}

/// A data set under the policy `zhejiang`.
#[must_use]
pub fn dataset(id: &str) -> DatasetInfo {
    DatasetInfo {
        id: id.into(),
        title: Localized::new("演示", "Demonstration"),
        source: Localized::same("Nobody"),
        map_review_number: None,
        source_date: date(2026, 1, 1),
        demonstration: true,
        policy: "zhejiang".into(),
    }
}
