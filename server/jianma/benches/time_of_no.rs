//! Whether the time of a "nothing here" tells why (rule P5): answers of each kind, asked for in no
//! order and many at once, their times held against each other. `cargo bench -p jianma --bench
//! time_of_no [answers of each kind]`.
//!
//! A statistic passes or fails by chance on a busy machine, so it is measured here and no test.
//! Prints a line a pair, its cells separated by tabs: the two kinds, how likely the second takes
//! longer, the largest distance between the two distributions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    reason = "a measuring program, with parts of the black-box tests"
)]

#[path = "../tests/black_box/harness.rs"]
mod harness;
#[path = "../tests/black_box/refused.rs"]
mod refused;

use std::time::Instant;

use harness::{PortalFolder, UNLIMITED};
use rand::{SeedableRng, seq::SliceRandom};
use refused::{KINDS, publish};

/// What each of the kinds is, in a word.
const WORDS: [&str; 4] = ["unknown", "classified", "denied", "former"];
/// Connections at once.
const AT_ONCE: usize = 24;

#[tokio::main]
async fn main() {
    let samples = std::env::args().find_map(|given| given.parse().ok()).unwrap_or(2_000);
    let place = PortalFolder::empty();
    publish(&place.path("data"));
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let times = times(&portal.address, samples).await;
    for second in 1..KINDS.len() {
        for first in 0..second {
            let (likely, distance) = compared(&times[first], &times[second]);
            println!("{}\t{}\t{likely:.4}\t{distance:.4}", WORDS[first], WORDS[second]);
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
async fn times(address: &str, count: usize) -> [Vec<f64>; 4] {
    let client = reqwest::Client::new();
    let mut samples: [Vec<f64>; 4] = Default::default();
    // In no order, or the answers of one kind would always run beside the same others.
    let mut turns: Vec<usize> = (0..count * KINDS.len()).map(|turn| turn % KINDS.len()).collect();
    turns.shuffle(&mut rand::rngs::StdRng::seed_from_u64(5));
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
