//! Trying codes one after another, to learn which exist and what stands where (rule P6).
//!
//! Counted are *different* places; asking again for one's own costs nothing. What runs low is
//! slowed before it is refused. Misses count on their own, for honest people seldom miss. A block
//! of codes that many try to guess in becomes narrower for everybody who looks into it anew.
//!
//! The allowances fit a service hall where a queue of people shares one address: many places, but
//! in many blocks, few of them side by side, and few misses. A test holds both.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use domain::{
    LandCode, ParcelCode,
    code::Strictness,
    viewer::{Tier, Viewer},
};

use super::client::ClientAddress;
use crate::{
    config::{Allowance, ProbingConfig},
    pages,
    rest::problem::Problem,
    state::AppState,
};

/// Places of a client that are remembered, to know them again and to see which lie side by side.
const REMEMBERED: usize = 64;
/// Clients that are remembered.
const MOST_CLIENTS: usize = 20_000;
/// Counters that are kept.
const MOST_COUNTERS: usize = 200_000;
/// A place this close by number to one asked for before lies side by side with it.
const SIDE_BY_SIDE: u32 = 2;
/// What such a place costs, and any new place in a block where many miss.
const DEAR: f64 = 3.0;
/// Longest pause of somebody whose allowance runs low.
const LONGEST_PAUSE: Duration = Duration::from_millis(1_500);
/// No "nothing here" about a place is given sooner than this after the question: what the server
/// did meanwhile, and whether it found something it must not show, cannot be read from the time
/// (rule P5).
pub const SLOWEST_NO: Duration = Duration::from_millis(30);

/// Who asks: somebody known by name, or an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// Somebody whose identity was proved: does not suffer from others behind the same address.
    Subject(String),
    /// Anybody.
    Address(ClientAddress),
}

impl Asker {
    /// The one who sent a request.
    #[must_use]
    pub fn of(viewer: Option<&Viewer>, client: ClientAddress) -> Self {
        viewer
            .filter(|viewer| viewer.tier != Tier::Public)
            .and_then(|viewer| viewer.subject.clone())
            .map_or(Self::Address(client), Self::Subject)
    }
}

/// Codes that are numbered together: the parcels of a sub-district, the units of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Block {
    Parcels([u8; 12]),
    Units(ParcelCode),
}

impl Block {
    fn of(code: &LandCode) -> Self {
        if code.unit().is_some() {
            return Self::Units(code.parcel());
        }
        let mut block = [0; 12];
        block.copy_from_slice(&code.parcel().as_str().as_bytes()[..12]);
        Self::Parcels(block)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Counter {
    Places(Asker),
    Misses(Asker),
    Searches(Asker),
    Within(Asker, Block),
    MissesIn(Block),
}

/// What may be done next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Answer at once.
    Go,
    /// Answer after a pause.
    Slow(Duration),
    /// Do not answer.
    Refuse {
        /// Seconds until it may be tried again.
        retry_after: u64,
    },
}

/// A leaking count: what was asked, less what time has forgiven.
#[derive(Clone, Copy, Debug)]
struct Leak {
    level: f64,
    at: Instant,
}

impl Leak {
    fn level(&self, allowance: Allowance, now: Instant) -> f64 {
        let minutes = now.saturating_duration_since(self.at).as_secs_f64() / 60.0;
        (self.level - minutes * f64::from(allowance.per_minute)).max(0.0)
    }
}

#[derive(Debug, Default)]
struct Memory {
    counters: HashMap<Counter, Leak>,
    recent: HashMap<Asker, VecDeque<LandCode>>,
}

/// The counters.
#[derive(Debug)]
pub struct Probing {
    allowances: ProbingConfig,
    memory: Mutex<Memory>,
}

impl Probing {
    /// Counters with these allowances.
    #[must_use]
    pub fn new(allowances: ProbingConfig) -> Self {
        Self { allowances, memory: Mutex::default() }
    }

    /// Counts a question for a place, before anybody looks whether it exists.
    pub fn look(&self, asker: &Asker, code: &LandCode, now: Instant) -> Verdict {
        let code = code.canonical();
        let block = Block::of(&code);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = memory.recent.get(asker);
        if recent.is_some_and(|recent| recent.contains(&code)) {
            return Verdict::Go;
        }
        let beside =
            recent.is_some_and(|recent| recent.iter().any(|other| side_by_side(other, &code)));
        let within = match block {
            Block::Parcels(_) => self.allowances.block,
            Block::Units(_) => self.allowances.units,
        };
        let guessed = memory.level(&Counter::MissesIn(block), self.allowances.block_misses, now)
            >= f64::from(self.allowances.block_misses.burst);
        // The homes of one building are side by side by nature: their own allowance is small.
        let dear = guessed || (beside && matches!(block, Block::Parcels(_)));
        let cost = if dear { DEAR } else { 1.0 };
        let verdict = worst([
            memory.would(&Counter::Misses(asker.clone()), self.allowances.misses, 0.0, now),
            memory.would(&Counter::Places(asker.clone()), self.allowances.places, 1.0, now),
            memory.would(&Counter::Within(asker.clone(), block), within, cost, now),
        ]);
        if !matches!(verdict, Verdict::Refuse { .. }) {
            memory.add(Counter::Places(asker.clone()), self.allowances.places, 1.0, now);
            memory.add(Counter::Within(asker.clone(), block), within, cost, now);
            memory.remember(asker, code);
        }
        verdict
    }

    /// Counts that there was nothing at a place that was asked for.
    pub fn missed(&self, asker: &Asker, code: Option<&LandCode>, now: Instant) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.add(Counter::Misses(asker.clone()), self.allowances.misses, 1.0, now);
        if let Some(code) = code {
            let block = Block::of(&code.canonical());
            memory.add(Counter::MissesIn(block), self.allowances.block_misses, 1.0, now);
        }
    }

    /// Whether somebody may try once more what is no code, e.g. a label. Nothing is counted.
    pub fn attempt(&self, asker: &Asker, now: Instant) -> Verdict {
        let counter = Counter::Misses(asker.clone());
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.would(&counter, self.allowances.misses, 0.0, now)
    }

    /// Counts a search: a list tells many codes at once.
    pub fn search(&self, asker: &Asker, now: Instant) -> Verdict {
        let counter = Counter::Searches(asker.clone());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = memory.would(&counter, self.allowances.searches, 1.0, now);
        if !matches!(verdict, Verdict::Refuse { .. }) {
            memory.add(counter, self.allowances.searches, 1.0, now);
        }
        verdict
    }

    /// Forgets what time has forgiven.
    pub fn forget(&self, now: Instant) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let allowances = &self.allowances;
        memory.counters.retain(|counter, leak| leak.level(allowances.of(counter), now) > 0.0);
        let Memory { counters, recent } = &mut *memory;
        recent.retain(|asker, _| counters.contains_key(&Counter::Places(asker.clone())));
    }
}

impl ProbingConfig {
    const fn of(&self, counter: &Counter) -> Allowance {
        match counter {
            Counter::Places(_) => self.places,
            Counter::Misses(_) => self.misses,
            Counter::Searches(_) => self.searches,
            Counter::Within(_, Block::Parcels(_)) => self.block,
            Counter::Within(_, Block::Units(_)) => self.units,
            Counter::MissesIn(_) => self.block_misses,
        }
    }
}

impl Memory {
    fn level(&self, counter: &Counter, allowance: Allowance, now: Instant) -> f64 {
        self.counters.get(counter).map_or(0.0, |leak| leak.level(allowance, now))
    }

    /// What would follow if `cost` more were asked. Nothing is counted.
    fn would(&self, counter: &Counter, allowance: Allowance, cost: f64, now: Instant) -> Verdict {
        let burst = f64::from(allowance.burst.max(1));
        let level = self.level(counter, allowance, now);
        // A count that nothing is added to is full when it is reached, the others when passed.
        let over = if cost > 0.0 { level + cost - burst } else { level - burst + 1.0 };
        if over > 0.0 {
            let rate = f64::from(allowance.per_minute.max(1)) / 60.0;
            let wait = Duration::from_secs_f64(over / rate);
            return Verdict::Refuse { retry_after: wait.as_secs().saturating_add(1) };
        }
        let used = (level + cost) / burst;
        if used <= 0.5 {
            return Verdict::Go;
        }
        Verdict::Slow(LONGEST_PAUSE.mul_f64((used - 0.5) * 2.0))
    }

    fn add(&mut self, counter: Counter, allowance: Allowance, cost: f64, now: Instant) {
        if self.counters.len() >= MOST_COUNTERS {
            // Whoever asked least is forgotten; those who are being slowed stay known.
            let half = f64::from(allowance.burst) / 2.0;
            self.counters.retain(|_, leak| leak.level >= half);
        }
        let level =
            (self.level(&counter, allowance, now) + cost).min(f64::from(allowance.burst) * 2.0);
        self.counters.insert(counter, Leak { level, at: now });
    }

    fn remember(&mut self, asker: &Asker, code: LandCode) {
        if self.recent.len() >= MOST_CLIENTS && !self.recent.contains_key(asker) {
            self.recent.clear();
        }
        let recent = self.recent.entry(asker.clone()).or_default();
        if recent.len() >= REMEMBERED {
            recent.pop_front();
        }
        recent.push_back(code);
    }
}

fn worst<const N: usize>(verdicts: [Verdict; N]) -> Verdict {
    let weight = |verdict: &Verdict| match verdict {
        Verdict::Go => 0.0,
        Verdict::Slow(pause) => pause.as_secs_f64(),
        Verdict::Refuse { retry_after } => 1e3 + Duration::from_secs(*retry_after).as_secs_f64(),
    };
    verdicts.into_iter().max_by(|a, b| weight(a).total_cmp(&weight(b))).unwrap_or(Verdict::Go)
}

/// Whether two parcels of one kind in one sub-district have numbers next to each other.
fn side_by_side(one: &LandCode, other: &LandCode) -> bool {
    let (a, b) = (one.parcel(), other.parcel());
    let (a, b) = (a.as_str(), b.as_str());
    let number = |text: &str| text.get(14..).and_then(|digits| digits.parse::<u32>().ok());
    a.get(..14) == b.get(..14)
        && matches!((number(a), number(b)), (Some(a), Some(b)) if a.abs_diff(b) <= SIDE_BY_SIDE)
}

/// Counts and slows a look at a place.
///
/// # Errors
/// The seconds to wait, when it is refused.
pub async fn admit(state: &AppState, asker: &Asker, code: &LandCode) -> Result<(), u64> {
    obey(state.probing.look(asker, code, Instant::now())).await
}

async fn obey(verdict: Verdict) -> Result<(), u64> {
    match verdict {
        Verdict::Go => Ok(()),
        Verdict::Slow(pause) => {
            tokio::time::sleep(pause).await;
            Ok(())
        }
        Verdict::Refuse { retry_after } => Err(retry_after),
    }
}

/// Waits until a "nothing here" about a place may be given.
pub async fn conceal(asked_at: Instant) {
    tokio::time::sleep_until((asked_at + SLOWEST_NO).into()).await;
}

/// Stands before every route: those with a `{code}` or a `{label}` are looks at a place, those
/// with words to search for are searches.
pub async fn guard(
    State(state): State<AppState>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let asked_at = Instant::now();
    let params = match params {
        Ok(params) => Some(params),
        // No path at all, or one that is no text: nothing can be there.
        Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) => {
            return nothing_there(&state, request).await;
        }
        Err(_) => None,
    };
    let Some(client) = request.extensions().get::<ClientAddress>().copied() else {
        return next.run(request).await;
    };
    let asker = Asker::of(request.extensions().get::<Viewer>(), client);
    let param = |name: &str| {
        params.iter().flatten().find_map(|(key, value)| (key == name).then_some(value))
    };
    let code = param("code")
        .and_then(|text| LandCode::parse(text, Strictness::LookUp).ok())
        .map(|parsed| parsed.code);
    let place = code.is_some() || param("label").is_some();
    let admitted = match &code {
        Some(code) => admit(&state, &asker, code).await,
        None if place => obey(state.probing.attempt(&asker, Instant::now())).await,
        None if is_search(&request) => obey(state.probing.search(&asker, Instant::now())).await,
        None => Ok(()),
    };
    if let Err(retry_after) = admitted {
        return refused(&state, request, retry_after).await;
    }
    let response = next.run(request).await;
    if place && response.status() == StatusCode::NOT_FOUND {
        state.probing.missed(&asker, code.as_ref(), Instant::now());
        conceal(asked_at).await;
    }
    response
}

fn is_search(request: &Request) -> bool {
    matches!(request.uri().path(), app::urls::HOME | "/api/v1/parcels")
        && request.uri().query().is_some_and(|query| {
            form_urlencoded::parse(query.as_bytes())
                .any(|(name, value)| matches!(&*name, "q" | "bbox") && !value.trim().is_empty())
        })
}

async fn nothing_there(state: &AppState, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::not_found().respond(request.extensions());
    }
    pages::error(state, request, app::context::ErrorPage::NotFound).await
}

async fn refused(state: &AppState, request: Request, retry_after: u64) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::too_many_requests(retry_after).respond(request.extensions());
    }
    let page = app::context::ErrorPage::TooManyRequests { retry_after };
    pages::error(state, request, page).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probing() -> Probing {
        Probing::new(ProbingConfig::default())
    }

    fn client(last: u8) -> Asker {
        Asker::Address(ClientAddress(std::net::IpAddr::from([192, 0, 2, last])))
    }

    fn parcel(block: u32, number: u32) -> LandCode {
        let text = format!("330521{:03}{:03}GB{number:05}", block / 100, block % 100);
        LandCode::parse(&text, Strictness::LookUp).unwrap().code
    }

    fn unit(household: u32) -> LandCode {
        let text = format!("330521001001GB00001F0001{household:04}");
        LandCode::parse(&text, Strictness::LookUp).unwrap().code
    }

    /// Asks for codes one a second until refused; how many were answered, and how many slowly.
    fn until_refused(
        probing: &Probing,
        asker: &Asker,
        codes: impl Iterator<Item = LandCode>,
        exists: impl Fn(&LandCode) -> bool,
    ) -> (usize, usize) {
        let start = Instant::now();
        let (mut answered, mut slowly) = (0, 0);
        for (second, code) in codes.enumerate() {
            let now = start + Duration::from_secs(second as u64);
            match probing.look(asker, &code, now) {
                Verdict::Go => {}
                Verdict::Slow(pause) => {
                    assert!(pause <= LONGEST_PAUSE);
                    slowly += 1;
                }
                Verdict::Refuse { retry_after } => {
                    assert!(retry_after >= 1);
                    return (answered, slowly);
                }
            }
            if !exists(&code) {
                probing.missed(asker, Some(&code), now);
            }
            answered += 1;
        }
        (answered, slowly)
    }

    #[test]
    fn p6_sequential_codes_are_slowed_and_then_refused() {
        let codes = (1..2_000).map(|number| parcel(1, number));
        let (answered, slowly) = until_refused(&probing(), &client(1), codes, |_| true);
        assert!((10..40).contains(&answered), "{answered}");
        assert!(slowly >= 5, "{slowly}");
    }

    #[test]
    fn p6_random_codes_are_slowed_and_then_refused() {
        // One number in a hundred is in use.
        let codes = (1..2_000_u32)
            .map(|n| parcel(n.wrapping_mul(7_919) % 700, 1 + n.wrapping_mul(104_729) % 99_999));
        let (answered, slowly) =
            until_refused(&probing(), &client(1), codes, |code| code.as_str().ends_with("00"));
        assert!((10..60).contains(&answered), "{answered}");
        assert!(slowly >= 5, "{slowly}");
    }

    #[test]
    fn p6_households_of_a_building_are_not_counted_through() {
        let (answered, slowly) =
            until_refused(&probing(), &client(1), (1..500).map(unit), |_| true);
        assert!((10..30).contains(&answered), "{answered}");
        assert!(slowly >= 5, "{slowly}");
    }

    #[test]
    fn p6_a_block_guessed_at_from_many_addresses_becomes_narrow() {
        let probing = probing();
        let now = Instant::now();
        let quiet = |block, from: u32| {
            let codes = (0..500).map(move |n| parcel(block, from + 10 * n));
            until_refused(&probing, &client(200), codes, |_| true).0
        };
        let before = quiet(2, 1);
        for address in 0..30 {
            for number in 0..5 {
                let code = parcel(1, 30_000 + u32::from(address) * 50 + number * 7);
                probing.look(&client(address), &code, now);
                probing.missed(&client(address), Some(&code), now);
            }
        }
        let fresh = Asker::Subject("another".into());
        let codes = (0..500).map(|n| parcel(1, 1 + 10 * n));
        let (answered, _) = until_refused(&probing, &fresh, codes, |_| true);
        assert!(answered * 2 < before, "{answered} of {before}");
        assert!(answered >= 5, "an honest visitor still sees the place they came for");
    }

    #[test]
    fn p6_a_queue_behind_one_address_is_not_hurt() {
        // A service hall: forty people in the first five minutes, then four a minute for an hour.
        // Each looks at three places and comes back to one of them; one look in ten is a typing
        // error. Half of the places are in the ten sub-districts around the hall.
        let (probing, hall, start) = (probing(), client(7), Instant::now());
        let mut slowest = Duration::ZERO;
        let people =
            (0..40_u32).map(|n| (n, n * 7)).chain((40..280).map(|n| (n, 300 + (n - 40) * 15)));
        for (person, second) in people {
            let now = start + Duration::from_secs(second.into());
            for look in 0..3 {
                let number = person * 3 + look;
                let block = if number % 2 == 0 { number / 2 % 10 } else { 100 + number % 400 };
                let code = parcel(block, 1 + number.wrapping_mul(7_919) % 900);
                for verdict in [probing.look(&hall, &code, now), probing.look(&hall, &code, now)] {
                    match verdict {
                        Verdict::Go => {}
                        Verdict::Slow(pause) => slowest = slowest.max(pause),
                        Verdict::Refuse { .. } => panic!("person {person} was refused"),
                    }
                }
                if number % 10 == 0 {
                    probing.missed(&hall, Some(&code), now);
                }
            }
        }
        assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    }

    #[test]
    fn p6_staff_known_by_name_do_not_suffer_from_a_prober_at_the_next_desk() {
        let probing = probing();
        until_refused(&probing, &client(1), (1..500).map(|n| parcel(1, n)), |_| true);
        let staff = Viewer { tier: Tier::Staff, subject: Some("s-1".into()), ..Viewer::public() };
        let Asker::Address(address) = client(1) else { panic!() };
        let asker = Asker::of(Some(&staff), address);
        assert_eq!(probing.look(&asker, &parcel(3, 1), Instant::now()), Verdict::Go);
        let neighbour = Asker::of(Some(&Viewer::public()), address);
        let refused = (700..710).any(|number| {
            let verdict = probing.look(&neighbour, &parcel(1, number), Instant::now());
            matches!(verdict, Verdict::Refuse { .. })
        });
        assert!(refused);
    }

    #[test]
    fn what_time_has_forgiven_is_forgotten() {
        let (probing, now) = (probing(), Instant::now());
        for number in 0..50 {
            probing.look(&client(1), &parcel(number, 1), now);
        }
        probing.forget(now + Duration::from_secs(3_600));
        let memory = probing.memory.lock().unwrap();
        assert!(memory.counters.is_empty() && memory.recent.is_empty());
    }

    #[test]
    fn searches_run_out_too() {
        let (probing, now) = (probing(), Instant::now());
        let answered = (0..1_000)
            .take_while(|_| !matches!(probing.search(&client(1), now), Verdict::Refuse { .. }))
            .count();
        assert_eq!(answered, ProbingConfig::default().searches.burst as usize);
    }
}
