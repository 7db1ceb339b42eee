//! What an import and the commonest look-ups cost: `cargo bench -p store-sqlite --bench land [parcels]`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a measuring program")]

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::{
    LandCode, Localized, ParcelCode,
    code::Strictness,
    policy::Field,
    record::{ParcelRecord, Value},
    restriction::{Finding, LayerInfo},
};
use geo::{LineString, MultiPolygon, Polygon};
use jiff::{Timestamp, civil::date};
use store::{
    Bounds, Change, Imports, Land, LayerToStore, RestrictionFeature, SearchQuery, Searched,
    Versions,
};
use store_sqlite::SqliteStore;

const LAYERS: u32 = 8;

fn main() {
    let parcels = std::env::args().find_map(|given| given.parse().ok()).unwrap_or(50_000);
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    import(&store, parcels);
    runtime.block_on(look_up(&store, parcels));
    // Once more with a kept version beside the current one.
    import(&store, parcels);
    runtime.block_on(look_up(&store, parcels));
    let begun = Instant::now();
    let change = Change { at: Timestamp::UNIX_EPOCH, by: "bench".into() };
    runtime.block_on(store.roll_back("measured", None, &change)).unwrap();
    println!("rolled back in {:.2?}", begun.elapsed());
    runtime.block_on(look_up(&store, parcels));
}

fn import(store: &SqliteStore, parcels: u32) {
    let begun = Instant::now();
    let mut import = store.begin_import(&testkit::dataset("measured")).unwrap();
    let layers: Vec<String> = (0..LAYERS).map(|at| format!("layer-{at}")).collect();
    for name in &layers {
        import.put_layer(&layer(name)).unwrap();
        for number in 0..100 {
            let outline = circle(120.0 + f64::from(number) * 0.01, 30.5, 0.004);
            let feature = RestrictionFeature {
                id: format!("f{number}"),
                label: Localized::same("Residence"),
                outline,
            };
            import.put_restriction(name, &feature).unwrap();
        }
    }
    for number in 0..parcels {
        let parcel = parcel(number);
        let findings: Vec<_> = layers.iter().take(4).map(|name| finding(name)).collect();
        assert!(import.put_parcel(&parcel, &findings, &layers).unwrap());
    }
    let staged = begun.elapsed();
    import.publish(Timestamp::UNIX_EPOCH).unwrap();
    println!("import of {parcels}: staged in {staged:.2?}, published in {:.2?}", begun.elapsed());
}

async fn look_up(store: &SqliteStore, parcels: u32) {
    let mut number = 1_u32;
    let mut codes = || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        LandCode::Parcel(code(number % parcels))
    };
    for _ in 0..5_000 {
        store.record(&codes()).await.unwrap();
    }
    let mut times = Vec::new();
    for _ in 0..20_000 {
        let code = codes();
        let begun = Instant::now();
        assert!(store.record(&code).await.unwrap().is_some());
        times.push(begun.elapsed());
    }
    report("record", times);
    for text in [
        "330521001001GB00",
        "永安街道 77",
        "永安街道",
        "街道",
        "德清 7号",
        "没有的地方",
        "浙江省湖州市德清县武康街道永安街道77号",
        "德清县永安街道 77号",
        "77号武康街道",
        "住宅",
        "工业用地",
        "宅基地",
        "wkjdyajd77h",
        "德清县",
    ] {
        let query = SearchQuery {
            text: text.into(),
            limit: 20,
            datasets: open(),
            ..SearchQuery::default()
        };
        measure_search(store, text, &query).await;
    }
    let bounds = Bounds { west: 120.1, south: 30.5, east: 120.11, north: 30.51 };
    let query = SearchQuery {
        bounds: Some(bounds),
        limit: 200,
        datasets: open(),
        ..SearchQuery::default()
    };
    measure_search(store, "box, 200", &query).await;
}

fn open() -> Vec<Searched> {
    let dataset = testkit::dataset("measured").id;
    vec![Searched { dataset, local_id: true, location: true, land_use: true, point: true }]
}

async fn measure_search(store: &SqliteStore, name: &str, query: &SearchQuery) {
    let mut times = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        store.search(query).await.unwrap();
        times.push(begun.elapsed());
    }
    report(&format!("search {name}"), times);
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{what}: median {:.1?}, 99 % {:.1?}", at(50), at(99));
}

fn code(number: u32) -> ParcelCode {
    let text = format!("330521{:03}001GB{:05}", number / 100_000 + 1, number % 100_000);
    ParcelCode::parse(&text, Strictness::LookUp).unwrap().code
}

fn circle(x: f64, y: f64, radius: f64) -> MultiPolygon<f64> {
    let ring: LineString<f64> = (0..40)
        .map(|at| {
            let angle = f64::from(at) / 40.0 * std::f64::consts::TAU;
            (x + radius * angle.cos(), y + radius * angle.sin())
        })
        .collect();
    MultiPolygon(vec![Polygon::new(ring, Vec::new())])
}

fn parcel(number: u32) -> ParcelRecord {
    let (x, y) =
        (120.0 + f64::from(number % 1000) * 0.001, 30.0 + f64::from(number / 1000) * 0.001);
    let address = format!("浙江省德清县武康街道永安街道 {number} 号");
    let mut fields = BTreeMap::from([
        (Field::Location, Value::Text(address)),
        (Field::ParcelArea, Value::AreaM2(812.4)),
    ]);
    for field in [Field::HolderOrganisation, Field::CertificateNumber, Field::RegisterNotes] {
        fields.insert(field, Value::Text("浙（2026）德清县不动产权第 0001234 号".into()));
    }
    ParcelRecord {
        local_id: Some(format!("{}-{}", number / 100, number % 100)),
        fields,
        outline: circle(x, y, 0.0004),
        geometric_area_m2: 800.0,
        valid_from: Some(date(2001, 2, 3)),
        ..testkit::parcel(code(number), testkit::square(x, y, 0.001))
    }
}

fn finding(layer: &str) -> Finding {
    Finding {
        layer: layer.into(),
        feature: "f7".into(),
        label: Localized::same("Residence"),
        area_m2: 100.0,
        share: 0.1,
        sliver: false,
        of_feature: None,
    }
}

fn layer(name: &str) -> LayerToStore {
    let text = || Localized::new("永久基本农田保护区", "Permanent basic farmland");
    LayerToStore {
        info: LayerInfo { title: text(), office: text(), ..testkit::layer(name, "farmland") },
        coverage: None,
    }
}
