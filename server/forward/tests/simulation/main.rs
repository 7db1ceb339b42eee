//! Thousands of schedules of the delivery state machine, each drawn from a seed.
//!
//! The worker's own logic and the embedded store are at work; network, clocks and departments are
//! the simulation's, and time passes only when nothing else is left to do. A schedule submits, corrects,
//! withdraws and deletes requests, kills and freezes workers, moves clocks, loses answers, fills the disk,
//! takes departments out of the configuration and lets people intervene, all at moments that the
//! seed decides. After every step and at the end the promises of `promises` must hold.
//!
//! `JIANMA_SCHEDULES` says how many schedules are run, `JIANMA_SCHEDULE_SEED` runs one alone and tells
//! what happened in it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends where its ground is not firm, and says what it ran"
)]

mod director;
mod fault;
mod gate;
mod network;
mod office;
mod people;
mod promises;
mod time;
mod world;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use world::World;

/// Schedules that are run where nothing else is said.
const SCHEDULES: u64 = 300;
/// The seed of the first; the others follow.
const FIRST: u64 = 1;

/// What a schedule came to.
#[derive(Debug)]
pub struct Report {
    /// What happened in it, by kind.
    counted: BTreeMap<&'static str, u64>,
    /// Promises that were broken.
    broken: Vec<String>,
    /// What happened, line by line.
    trace: Vec<String>,
}

/// Everything that schedules do; one that never happens tests nothing.
const KINDS: &[&str] = &[
    "answer cut off",
    "answer late",
    "answer lost",
    "busy (429)",
    "clock moved",
    "corrected",
    "crashed after filing (500)",
    "deleted",
    "delivered",
    "delivery cut off half-way",
    "delivery on its way when its sender was told it is lost",
    "department asked first",
    "department spoke",
    "disk full",
    "exchanges",
    "filed",
    "filed again under its key",
    "foreign answer (200)",
    "handed in again under its key",
    "look-up broken",
    "misconfigured (401, 404)",
    "no connection",
    "nothing there to look up (404)",
    "put back into the configuration",
    "redirected",
    "refused for good (4xx)",
    "retried",
    "settled",
    "stuck",
    "submitted",
    "taken out of the configuration",
    "taken over",
    "time out, nothing arrived",
    "time out, it arrived",
    "unavailable (503)",
    "withdrawn",
    "wrong signature time (401)",
    "worker frozen",
    "worker killed",
    "worker killed with something in hand",
    "worker started",
];

fn asked<T: std::str::FromStr>(variable: &str) -> Option<T> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

fn run(seed: u64, template: &Path) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = world::room();
    for file in std::fs::read_dir(template).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let world = World::new(seed, folder.path());
    runtime.block_on(async {
        let directing = tokio::spawn(director::direct(world.clone()));
        world.time.pass_until(|| directing.is_finished()).await;
        if let Err(error) = directing.await {
            world.breaks(format!("the schedule broke off: {error}"));
        }
        world.stop();
    });
    world.report()
}

/// Rule S5: whatever happens in whatever order, a receipt's request is at its departments exactly once.
#[test]
fn s5_no_schedule_of_failures_loses_or_doubles_a_request() {
    let template = world::room();
    // Tables are made once; each schedule has a copy of its own.
    drop(world::open_store(template.path()));
    if let Some(seed) = asked("JIANMA_SCHEDULE_SEED") {
        let report = run(seed, template.path());
        println!("{}\n{:#?}", report.trace.join("\n"), report.counted);
        assert!(report.broken.is_empty(), "seed {seed}: {:#?}", report.broken);
        return;
    }
    let schedules = asked("JIANMA_SCHEDULES").unwrap_or(SCHEDULES);
    let (next, total) = (AtomicU64::new(0), Mutex::new(BTreeMap::<&str, u64>::new()));
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    let seed = FIRST + next.fetch_add(1, Ordering::Relaxed);
                    if seed >= FIRST + schedules {
                        return;
                    }
                    let report = run(seed, template.path());
                    if !report.broken.is_empty() {
                        failed.lock().unwrap().push((seed, report.broken));
                    }
                    let mut total = total.lock().unwrap();
                    for (kind, count) in report.counted {
                        *total.entry(kind).or_default() += count;
                    }
                }
            });
        }
    });
    let (mut failed, total) = (failed.into_inner().unwrap(), total.into_inner().unwrap());
    println!("{schedules} schedules: {total:#?}");
    failed.sort();
    let first: Vec<_> = failed.iter().take(5).collect();
    assert!(
        failed.is_empty(),
        "{} schedules broke a promise; run one alone by JIANMA_SCHEDULE_SEED: {first:#?}",
        failed.len()
    );
    if schedules >= SCHEDULES {
        let never: Vec<_> = KINDS.iter().filter(|kind| !total.contains_key(*kind)).collect();
        assert!(never.is_empty(), "never happened: {never:?}");
    }
}

/// The same seed is the same schedule, or its number would be worth nothing.
#[test]
fn a_schedule_can_be_run_again_by_its_seed() {
    let template = world::room();
    drop(world::open_store(template.path()));
    let mut lines = 0;
    for seed in FIRST..FIRST + 10 {
        let (one, other) = (run(seed, template.path()), run(seed, template.path()));
        assert_eq!(one.trace, other.trace, "seed {seed}");
        lines += one.trace.len();
    }
    assert!(lines > 100, "{lines} lines of ten schedules");
}
