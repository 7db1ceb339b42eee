//! "Not found", "classified" and "not permitted" are one answer (rule P5).

use std::{collections::BTreeMap, path::Path, time::Instant};

use domain::{
    Localized, ParcelCode,
    code::Strictness,
    dataset::DatasetInfo,
    policy::Field,
    record::{ParcelRecord, Value},
};
use geo::{MultiPolygon, polygon};
use jiff::{Timestamp, civil::date};
use rand::{SeedableRng, seq::SliceRandom};
use store::{Imports, sqlite::SqliteStore};

use crate::harness::{Place, UNLIMITED};

/// Codes that all get the same answer, with what the audit says of them. Far from each other and
/// from every other code, so that no near miss is offered for one of them alone.
pub const KINDS: [(&str, &str); 4] = [
    ("330521123456GB31415", "unknown"),
    ("330521234567GB27182", "classified"),
    ("330521345678GB16180", "policy"),
    // A former code, of which no record is left, and which led to classified land alone (rule C7).
    ("330521456789GB14142", "unknown"),
];
/// What the former one led to.
const LED_TO: &str = "330521456789GB57721";
/// Answers of each kind.
const SAMPLES: usize = 2_000;
/// Connections at once.
const AT_ONCE: usize = 24;

/// A classified parcel, one whose data set has no policy, a former one, and many others.
pub fn publish(folder: &Path) {
    let store = SqliteStore::open(folder).unwrap();
    for (code, reason) in &KINDS[1..3] {
        let mut import = store.begin_import(&dataset(reason)).unwrap();
        let mut record = parcel(code);
        record.classified = *reason == "classified";
        assert!(import.put_parcel(&record, &[], &[]).unwrap());
        for number in 1..500 {
            let other =
                format!("330521001{:03}GB{number:05}", if *reason == "policy" { 1 } else { 2 });
            assert!(import.put_parcel(&parcel(&other), &[], &[]).unwrap());
        }
        import.publish(Timestamp::UNIX_EPOCH).unwrap();
    }
    let (mut former, mut after) = (parcel(KINDS[3].0), parcel(LED_TO));
    former.successors = vec![after.code];
    after.classified = true;
    for records in [&[former, after.clone()][..], &[after]] {
        let mut import = store.begin_import(&dataset("former")).unwrap();
        for record in records {
            assert!(import.put_parcel(record, &[], &[]).unwrap());
        }
        import.publish(Timestamp::UNIX_EPOCH).unwrap();
    }
}

fn dataset(reason: &str) -> DatasetInfo {
    DatasetInfo {
        id: format!("timing-{reason}"),
        title: Localized::same("Timing"),
        source: Localized::same("invented"),
        map_review_number: None,
        source_date: date(2026, 1, 1),
        demonstration: true,
        policy: if reason == "policy" { "none" } else { "zhejiang" }.into(),
    }
}

fn parcel(code: &str) -> ParcelRecord {
    let (x, y) = (119.97, 30.54);
    ParcelRecord {
        code: ParcelCode::parse(code, Strictness::Issue).unwrap().code,
        local_id: None,
        fields: BTreeMap::from([(Field::Location, Value::Text("演示路".into()))]),
        outline: MultiPolygon(vec![
            polygon![(x: x, y: y), (x: x + 0.001, y: y), (x: x + 0.001, y: y + 0.001)],
        ]),
        geometric_area_m2: 5_000.0,
        classified: false,
        events: Vec::new(),
        predecessors: Vec::new(),
        successors: Vec::new(),
        valid_from: None,
        valid_to: None,
    }
}

/// What differs between two answers to the same question, and the question itself.
fn without_what_is_new(text: &str, code: &str, nonce: &str, request: &str) -> String {
    let grouped = domain::LandCode::parse(code, Strictness::Issue).unwrap().code.grouped();
    [code, grouped.as_str(), nonce, request]
        .into_iter()
        .filter(|new| !new.is_empty())
        .fold(text.to_owned(), |text, new| text.replace(new, "…"))
}

async fn whole_answer(client: &reqwest::Client, address: &str, path: &str, code: &str) -> String {
    let response = client.get(format!("{address}{path}")).send().await.unwrap();
    let header = |name: &str| {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let (policy, request) = (header("content-security-policy"), header("x-request-id"));
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .unwrap_or("")
        .to_owned();
    let mut text = format!("{}\n", response.status());
    for (name, value) in response.headers() {
        if name != "date" {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
    }
    text.push_str(&response.text().await.unwrap());
    without_what_is_new(&text, code, &nonce, &request)
}

#[tokio::test]
async fn p5_every_no_is_the_same_to_the_byte() {
    let place = Place::empty();
    publish(&place.path("data"));
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let client = crate::harness::client();
    for path in [
        "/c/{}",
        "/c/{}/requests/new?item=data-correction",
        "/c/{}F00010001",
        "/api/v1/parcels/{}",
        "/api/v1/parcels/{}F00010001",
        "/api/v1/parcels/{}/restrictions",
        "/api/v1/parcels?q={}",
    ] {
        let mut answers = Vec::new();
        for (code, _) in KINDS {
            let path = path.replace("{}", code);
            answers.push(whole_answer(&client, &portal.address, &path, code).await);
        }
        assert!(answers[0].len() > 100);
        for other in &answers[1..] {
            assert_eq!(&answers[0], other, "{path}");
        }
    }
}

/// How likely an answer of the second kind takes longer than one of the first (Mann and Whitney),
/// and the largest distance between the two distributions (Kolmogorov and Smirnov).
fn compared(first: &[f64], second: &[f64]) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> =
        first.iter().map(|t| (*t, false)).chain(second.iter().map(|t| (*t, true))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut before, mut later, mut distance) = (0.0, 0.0, 0.0_f64);
    let (mut a, mut b) = (0.0, 0.0);
    for (_, second_kind) in &all {
        if *second_kind {
            later += before;
            b += 1.0;
        } else {
            before += 1.0;
            a += 1.0;
        }
        distance = distance.max((a / first.len() as f64 - b / second.len() as f64).abs());
    }
    (later / (first.len() as f64 * second.len() as f64), distance)
}

/// The times of so many answers of each kind, seconds.
async fn times(address: &str, seed: u64) -> [Vec<f64>; 4] {
    let client = reqwest::Client::new();
    let mut samples: [Vec<f64>; 4] = Default::default();
    // In no order, or the answers of one kind would always run beside the same others.
    let mut turns: Vec<usize> = (0..SAMPLES * KINDS.len()).map(|turn| turn % KINDS.len()).collect();
    turns.shuffle(&mut rand::rngs::StdRng::seed_from_u64(seed));
    let mut waiting = turns.into_iter();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(kind) = waiting.next()
        {
            let url = format!("{address}/api/v1/parcels/{}", KINDS[kind].0);
            let client = client.clone();
            running.spawn(async move {
                let asked = Instant::now();
                let response = client.get(url).send().await.unwrap();
                assert_eq!(response.status(), 404);
                response.bytes().await.unwrap();
                (kind, asked.elapsed().as_secs_f64())
            });
        }
        let Some(answer) = running.join_next().await else { break };
        let (kind, seconds) = answer.unwrap();
        samples[kind].push(seconds);
    }
    samples
}

/// Which pairs of kinds the times tell apart, and which of the two takes longer.
fn told_apart(samples: &[Vec<f64>; 4]) -> Vec<(usize, usize, bool)> {
    let mut told = Vec::new();
    for (a, b) in [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)] {
        let (likely, distance) = compared(&samples[a], &samples[b]);
        println!(
            "{} against {}, {SAMPLES} each: P(later) = {likely:.4}, largest distance = {distance:.4}",
            KINDS[a].0, KINDS[b].0,
        );
        // With 2,000 of each, chance alone strays from one half by 0.009 (one sigma), and makes a
        // distance above 0.085 once in a million.
        if (likely - 0.5).abs() > 0.045 || distance > 0.085 {
            told.push((a, b, likely > 0.5));
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_the_time_of_a_no_does_not_tell_why() {
    let place = Place::empty();
    publish(&place.path("data"));
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let first = told_apart(&times(&portal.address, 5).await);
    if first.is_empty() {
        return;
    }
    // Answers that ran together are not quite independent, on a busy machine less so: what tells
    // kinds apart does so again, and the same way round.
    let second = told_apart(&times(&portal.address, 6).await);
    let again: Vec<_> = first.iter().filter(|pair| second.contains(pair)).collect();
    assert!(again.is_empty(), "the time tells kinds apart, twice: {again:?}");
}

#[test]
fn the_statistic_sees_a_difference_where_there_is_one() {
    let first: Vec<f64> = (0..2_000).map(|n| f64::from(n * 7_919 % 2_000)).collect();
    let second: Vec<f64> = first.iter().map(|time| time + 150.0).collect();
    let (likely, distance) = compared(&first, &second);
    assert!(likely > 0.55 && distance > 0.07, "{likely} {distance}");
    let (likely, distance) = compared(&first, &first.iter().rev().copied().collect::<Vec<_>>());
    assert!((likely - 0.5).abs() < 0.001 && distance < 0.001, "{likely} {distance}");
}
