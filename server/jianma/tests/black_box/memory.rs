//! What memory a portal takes while all its places are asked for.

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use crate::harness::{PortalFolder, Running, UNLIMITED, client};

const MIB: u64 = 1 << 20;
/// `limits.cache_bytes` of the test: less than what is asked for weighs.
const KEPT: u64 = 8 * MIB;
/// As many pages as are asked for, and by how many at once.
const PAGES: usize = 600;
const AT_ONCE: usize = 16;

/// What it may grow by beside what is kept, bytes: 32 MiB, and 4 MiB for each thread that works for
/// visitors.
fn working() -> u64 {
    let cores = available_parallelism().map_or(1, NonZero::get) as u64;
    // Those that serve, those that draw, those that read; no more of each than visitors ask at once.
    let threads = [cores, cores, (cores + 2).max(4)].map(|count| count.min(AT_ONCE as u64));
    32 * MIB + 4 * MIB * threads.iter().sum::<u64>()
}

fn codes(place: &PortalFolder) -> Vec<String> {
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    // Not neighbours alone: as many maps as can be.
    let sql = "select code from parcel order by (id * 7919) % 10007 limit ?1";
    let mut codes = database.prepare(sql).unwrap();
    let codes = codes.query_map([i64::try_from(PAGES).unwrap()], |row| row.get(0)).unwrap();
    codes.collect::<Result<_, _>>().unwrap()
}

/// Asks for each page once, as browsers do.
async fn ask_for_all(portal: &Running, codes: &[String]) {
    let next = Arc::new(AtomicUsize::new(0));
    let codes: Arc<[String]> = codes.into();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (next, codes, address) =
            (Arc::clone(&next), Arc::clone(&codes), portal.address.clone());
        asking.spawn(async move {
            let mut size = 0;
            while let Some(code) = codes.get(next.fetch_add(1, Ordering::Relaxed)) {
                let asked = client().get(format!("{address}/c/{code}"));
                let answer = asked.header("accept-encoding", "br").send().await.unwrap();
                assert_eq!(answer.status(), 200, "{code}");
                size += answer.bytes().await.unwrap().len();
            }
            size
        });
    }
    let size: usize = asking.join_all().await.iter().sum();
    assert!(size > 1_000, "{size} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_all_places_are_asked_for_memory_grows_by_no_more_than_the_bound() {
    let place = PortalFolder::empty();
    let loaded = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    let limits = UNLIMITED.replace("[limits]", &format!("[limits]\ncache_bytes = {KEPT}"));
    place.configure("http://127.0.0.1:9", &limits);
    let portal = place.serve();
    let codes = codes(&place);
    assert_eq!(codes.len(), PAGES);
    ask_for_all(&portal, &codes[..1]).await;
    let before = portal.own_memory();
    ask_for_all(&portal, &codes).await;
    let grown = portal.own_memory().saturating_sub(before);
    let bound = KEPT + working();
    println!("grown by {} of at most {} MiB", grown / MIB, bound / MIB);
    assert!(grown <= bound, "{} MiB, and the bound is {}", grown / MIB, bound / MIB);
}
