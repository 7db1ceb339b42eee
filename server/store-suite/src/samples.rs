//! Invented land and invented requests.

use std::collections::BTreeMap;

use domain::{
    Localized, ParcelCode,
    area::area_m2,
    code::LandCode,
    dataset::DataVersion,
    policy::Field,
    record::{ParcelRecord, UnitRecord, Value},
    request::{Channel, RequestNumber, RequestState, Submission},
    restriction::{Finding, LayerInfo, LegalDocument},
};
use geo::MultiPolygon;
use jiff::{Timestamp, civil::date};
use store::{
    Bounds, DepartmentWord, Imports, Land, LayerToStore, NewRequest, Requests, RestrictionFeature,
    SearchQuery, Searched, Submitted,
};
pub use testkit::{dataset, parcel_code, square, unit_code};

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

pub fn code(number: u32) -> LandCode {
    LandCode::Parcel(parcel_code(number))
}

/// South-western corner of a parcel: a hundred in a row.
pub fn corner(number: u32) -> (f64, f64) {
    (120.0 + f64::from(number % 100) * 0.001, 30.5 + f64::from(number / 100) * 0.001)
}

pub fn parcel(number: u32) -> ParcelRecord {
    let (x, y) = corner(number);
    parcel_at(number, &format!("浙江省德清县武康街道永安街 {number} 号"), x, y)
}

pub fn parcel_at(number: u32, location: &str, x: f64, y: f64) -> ParcelRecord {
    ParcelRecord {
        fields: BTreeMap::from([(Field::Location, Value::Text(location.into()))]),
        geometric_area_m2: 2_654.123_456_789_1,
        ..testkit::parcel(parcel_code(number), square(x, y, 0.0005))
    }
}

pub fn unit(number: u32, household: u32) -> UnitRecord {
    UnitRecord {
        code: unit_code(number, household),
        fields: BTreeMap::from([(Field::BuildingArea, Value::AreaM2(89.1))]),
    }
}

pub fn layer(id: &str) -> LayerToStore {
    LayerToStore {
        info: LayerInfo {
            title: Localized::new("永久基本农田", "Permanent basic farmland"),
            source_date: date(2025, 12, 31),
            published_from: Some(date(2026, 1, 1)),
            documents: vec![LegalDocument {
                title: Localized::same("Law"),
                articles: vec!["35".into()],
                ..LegalDocument::default()
            }],
            ..testkit::layer(id, "farmland")
        },
        coverage: Some(MultiPolygon(vec![square(120.0, 30.0, 1.0)])),
    }
}

pub fn restriction(id: &str, x: f64, y: f64) -> RestrictionFeature {
    let outline = MultiPolygon(vec![square(x, y, 0.001), square(x + 0.001, y, 0.001)]);
    RestrictionFeature { id: id.into(), label: Localized::new("耕地", id), outline }
}

pub fn finding(layer: &str, feature: &str, share: f64) -> Finding {
    Finding {
        layer: layer.into(),
        feature: feature.into(),
        label: Localized::new("耕地", feature),
        area_m2: share * 1000.1,
        share,
        sliver: share < 0.01,
        of_feature: None,
    }
}

/// A finding as it comes back: with the part of its feature that it is.
pub fn kept(finding: &Finding, feature: &RestrictionFeature) -> Finding {
    let of_feature = Some((finding.area_m2 / area_m2(&feature.outline)).min(1.0));
    Finding { of_feature, ..finding.clone() }
}

/// Imports a version that has nothing but these parcels.
pub fn publish<S: Imports>(store: &S, id: &str, parcels: &[ParcelRecord]) -> DataVersion {
    let mut import = store.begin_import(&dataset(id)).unwrap();
    for parcel in parcels {
        assert!(import.put_parcel(parcel, &[], &[]).unwrap());
    }
    import.publish(at(0)).unwrap()
}

pub async fn found<S: Land>(store: &S, text: &str) -> Vec<ParcelCode> {
    found_in(store, text, None).await
}

/// Every current data set, with everything open to searches.
pub async fn all<S: Land>(store: &S) -> Vec<Searched> {
    let versions = store.versions().await.unwrap();
    let names = versions.into_iter().map(|version| version.dataset.id);
    let open =
        |dataset| Searched { dataset, local_id: true, location: true, land_use: true, point: true };
    names.map(open).collect()
}

pub async fn found_in<S: Land>(store: &S, text: &str, bounds: Option<Bounds>) -> Vec<ParcelCode> {
    let datasets = all(store).await;
    let query = SearchQuery { text: text.into(), bounds, skip: 0, limit: 10, datasets };
    store.search(&query).await.unwrap().hits.into_iter().map(|hit| hit.code).collect()
}

pub fn number(number: u32) -> RequestNumber {
    let tail: String = format!("{number:08}").replace('0', "Z").replace('1', "A");
    RequestNumber::parse(&format!("JM-20261122-{tail}")).unwrap()
}

pub fn request(id: u32) -> NewRequest {
    NewRequest {
        number: number(id),
        submission: Submission {
            item: "data-correction".into(),
            code: code(id),
            data_version: "deqing/1".into(),
            applicant: BTreeMap::from([("name".into(), "李四".into())]),
            answers: BTreeMap::from([("what".into(), format!("面积有误 {id}"))]),
            channel: Channel::Applicant,
            asks: None,
            attachments: Vec::new(),
            assisted: None,
        },
        submitted_at: at(i64::from(id)),
        idempotency_key: format!("key-{id}"),
        departments: vec!["natural-resources".into()],
        confirmation: None,
    }
}

pub async fn submit<S: Requests>(store: &S, id: u32) -> RequestNumber {
    assert_eq!(store.submit(&request(id)).await.unwrap(), Submitted::New(number(id)));
    number(id)
}

/// One label, of the first parcel: number 1 in an empty store.
pub async fn issue_label(store: &impl store::Labels) {
    let issued = store.issue_labels(&[label()]).await.unwrap();
    assert_eq!(issued[0].serial, 1);
}

/// A label of the first place.
pub fn label() -> store::NewLabel {
    store::NewLabel {
        code: code(1),
        token: None,
        key: domain::label::KeyId::first(),
        host: "portal.example.gov.cn".into(),
        issuer: Localized::same("Nobody"),
        issued_at: at(1),
    }
}

/// Counts up: no nonce comes twice.
#[derive(Debug, Default)]
struct Counting(std::sync::atomic::AtomicU64);

impl domain::Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_le_bytes();
        bytes.iter_mut().zip(number.iter().cycle()).for_each(|(byte, part)| *byte = *part);
    }
}

/// Keys of requests, told apart by a byte; the last one seals.
pub fn keyring(keys: &[u8]) -> std::sync::Arc<store::Keyring> {
    let key = |byte: &u8| store::RecordKey {
        cipher: store::Cipher::ALL[usize::from(byte % 2)],
        secret: [*byte; 32],
    };
    // Stores that are opened one after the other share the count.
    static ENTROPY: std::sync::LazyLock<std::sync::Arc<Counting>> =
        std::sync::LazyLock::new(std::sync::Arc::default);
    std::sync::Arc::new(store::Keyring::new(keys.iter().map(key).collect(), ENTROPY.clone()))
}

/// The rows of a list of which each reads.
pub fn whole<T>(listed: store::Listed<T>) -> Vec<T> {
    assert_eq!(listed.faults, []);
    listed.rows
}

/// A department's word on the first request.
pub fn word(message: &str, state: RequestState, second: i64) -> DepartmentWord {
    DepartmentWord {
        number: number(1),
        department: "natural-resources".into(),
        message: message.into(),
        at: at(second),
        state,
        reference: None,
        note: None,
        facts: BTreeMap::new(),
        outcome: None,
        reopening: None,
    }
}

/// The same with a note for the applicant.
pub fn noted(message: &str, state: RequestState, second: i64, note: &str) -> DepartmentWord {
    DepartmentWord { note: Some(note.into()), ..word(message, state, second) }
}
