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
/// Misses of one asker that count towards those of a whole block.
const ONE_ASKER: Allowance = Allowance { burst: 5, per_minute: 1 };
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
    MissesWithin(Asker, Block),
    MissesIn(Block),
}

/// Leave to look, with what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Admitted {
    /// How long to wait first.
    pub pause: Duration,
    /// Whether it was counted; a place asked for before is not.
    counted: bool,
    /// Whether the misses of this asker are used up: only a hit is answered.
    misses_used_up: bool,
}

/// What follows from a counter if more is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Go,
    Slow(Duration),
    /// Seconds until it may be tried again.
    Refuse(u64),
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

    /// Counts a question for a place, before anybody looks whether it exists, as if nothing were
    /// there: [`Probing::settle`] gives that back.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many.
    pub fn look(&self, asker: &Asker, code: &LandCode, now: Instant) -> Result<Admitted, u64> {
        let code = code.canonical();
        let block = Block::of(&code);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = memory.recent.get(asker);
        if recent.is_some_and(|recent| recent.contains(&code)) {
            return Ok(Admitted { pause: Duration::ZERO, counted: false, misses_used_up: false });
        }
        let beside =
            recent.is_some_and(|recent| recent.iter().any(|other| side_by_side(other, &code)));
        let (places, within) =
            (Counter::Places(asker.clone()), Counter::Within(asker.clone(), block));
        let misses = memory.would(&self.allowances, &Counter::Misses(asker.clone()), 1.0, now);
        let misses_used_up = matches!(misses, Verdict::Refuse(_));
        let guessed = matches!(
            memory.would(&self.allowances, &Counter::MissesIn(block), 1.0, now),
            Verdict::Refuse(_)
        );
        // The homes of one building are side by side by nature: their own allowance is small.
        let beside = beside && matches!(block, Block::Parcels(_));
        let cost = if guessed || beside || misses_used_up { DEAR } else { 1.0 };
        let place_cost = if misses_used_up { DEAR } else { 1.0 };
        let verdict = worst([
            if misses_used_up { Verdict::Slow(LONGEST_PAUSE) } else { misses },
            memory.would(&self.allowances, &places, place_cost, now),
            memory.would(&self.allowances, &within, cost, now),
        ]);
        let pause = match verdict {
            Verdict::Refuse(retry_after) => return Err(retry_after),
            Verdict::Slow(pause) => pause,
            Verdict::Go => Duration::ZERO,
        };
        memory.add(&self.allowances, places, place_cost, now);
        memory.add(&self.allowances, within, cost, now);
        memory.remember(asker, code);
        if !misses_used_up {
            memory.add(&self.allowances, Counter::Misses(asker.clone()), 1.0, now);
        }
        Ok(Admitted { pause, counted: true, misses_used_up })
    }

    /// The same for what is no code but may lead to a place: a label, a mistyped code.
    pub fn attempt(&self, asker: &Asker, now: Instant) -> Admitted {
        let misses = Counter::Misses(asker.clone());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (pause, misses_used_up) = match memory.would(&self.allowances, &misses, 1.0, now) {
            Verdict::Refuse(_) => (LONGEST_PAUSE, true),
            Verdict::Slow(pause) => (pause, false),
            Verdict::Go => (Duration::ZERO, false),
        };
        if !misses_used_up {
            memory.add(&self.allowances, misses, 1.0, now);
        }
        Admitted { pause, counted: true, misses_used_up }
    }

    /// Notes what a look came to. After a miss too many, the seconds to wait: they are told instead
    /// of the miss. Whoever finds what they ask for is answered although somebody beside them
    /// guesses.
    pub fn settle(
        &self,
        asker: &Asker,
        code: Option<&LandCode>,
        admitted: Admitted,
        hit: bool,
        now: Instant,
    ) -> Option<u64> {
        if !admitted.counted {
            return None;
        }
        let misses = Counter::Misses(asker.clone());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if hit {
            if !admitted.misses_used_up {
                memory.add(&self.allowances, misses, -1.0, now);
            }
            return None;
        }
        if admitted.misses_used_up {
            return match memory.would(&self.allowances, &misses, 1.0, now) {
                Verdict::Refuse(retry_after) => Some(retry_after),
                Verdict::Go | Verdict::Slow(_) => Some(1),
            };
        }
        if let Some(code) = code {
            let block = Block::of(&code.canonical());
            // Nobody alone makes a block narrow for all.
            let own = Counter::MissesWithin(asker.clone(), block);
            if !matches!(memory.would(&self.allowances, &own, 1.0, now), Verdict::Refuse(_)) {
                memory.add(&self.allowances, own, 1.0, now);
                memory.add(&self.allowances, Counter::MissesIn(block), 1.0, now);
            }
        }
        None
    }

    /// Counts a search: a list tells many codes at once.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many.
    pub fn search(&self, asker: &Asker, now: Instant) -> Result<Duration, u64> {
        let counter = Counter::Searches(asker.clone());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = match memory.would(&self.allowances, &counter, 1.0, now) {
            Verdict::Refuse(retry_after) => return Err(retry_after),
            Verdict::Slow(pause) => pause,
            Verdict::Go => Duration::ZERO,
        };
        memory.add(&self.allowances, counter, 1.0, now);
        Ok(pause)
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
            Counter::MissesWithin(..) => ONE_ASKER,
            Counter::MissesIn(_) => self.block_misses,
        }
    }
}

impl Memory {
    fn level(&self, allowances: &ProbingConfig, counter: &Counter, now: Instant) -> f64 {
        self.counters.get(counter).map_or(0.0, |leak| leak.level(allowances.of(counter), now))
    }

    /// What would follow if `cost` more were asked. Nothing is counted.
    fn would(
        &self,
        allowances: &ProbingConfig,
        counter: &Counter,
        cost: f64,
        now: Instant,
    ) -> Verdict {
        let allowance = allowances.of(counter);
        let burst = f64::from(allowance.burst.max(1));
        let after = self.level(allowances, counter, now) + cost;
        if after > burst {
            let rate = f64::from(allowance.per_minute.max(1)) / 60.0;
            let wait = Duration::from_secs_f64((after - burst) / rate);
            return Verdict::Refuse(wait.as_secs().saturating_add(1));
        }
        let used = after / burst;
        if used <= 0.5 {
            return Verdict::Go;
        }
        Verdict::Slow(LONGEST_PAUSE.mul_f64((used - 0.5) * 2.0))
    }

    fn add(&mut self, allowances: &ProbingConfig, counter: Counter, cost: f64, now: Instant) {
        if self.counters.len() >= MOST_COUNTERS {
            // Whoever asked least is forgotten; those who are being slowed stay known.
            self.counters.retain(|counter, leak| {
                let allowance = allowances.of(counter);
                leak.level(allowance, now) >= f64::from(allowance.burst) / 2.0
            });
        }
        let level = (self.level(allowances, &counter, now) + cost).max(0.0);
        self.counters.insert(counter, Leak { level, at: now });
    }

    fn remember(&mut self, asker: &Asker, code: LandCode) {
        if self.recent.len() >= MOST_CLIENTS && !self.recent.contains_key(asker) {
            let some: Vec<Asker> = self.recent.keys().take(MOST_CLIENTS / 10).cloned().collect();
            for asker in some {
                self.recent.remove(&asker);
            }
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
        Verdict::Refuse(retry_after) => 1e3 + Duration::from_secs(*retry_after).as_secs_f64(),
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
pub async fn admit(state: &AppState, asker: &Asker, code: &LandCode) -> Result<Admitted, u64> {
    let admitted = state.probing.look(asker, code, Instant::now())?;
    tokio::time::sleep(admitted.pause).await;
    Ok(admitted)
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
    let leads_to_a_place = params.iter().flatten().any(|(key, _)| matches!(key, "code" | "label"));
    if leads_to_a_place && is_foreign_part(&request) {
        return nothing_there(&state, request).await;
    }
    let asker = Asker::of(request.extensions().get::<Viewer>(), client);
    let param = |name: &str| {
        params.iter().flatten().find_map(|(key, value)| (key == name).then_some(value))
    };
    let written = param("code");
    let code = written
        .and_then(|text| LandCode::parse(text, Strictness::LookUp).ok())
        .map(|parsed| parsed.code);
    let admitted = match &code {
        Some(code) => admit(&state, &asker, code).await.map(Some),
        // A mistyped code is told what it may have been meant as, and a label leads to a place.
        None if written.is_some() || param("label").is_some() => {
            let admitted = state.probing.attempt(&asker, Instant::now());
            tokio::time::sleep(admitted.pause).await;
            Ok(Some(admitted))
        }
        None if is_search(&request) => match state.probing.search(&asker, Instant::now()) {
            Ok(pause) => {
                tokio::time::sleep(pause).await;
                Ok(None)
            }
            Err(retry_after) => Err(retry_after),
        },
        None => Ok(None),
    };
    let admitted = match admitted {
        Ok(Some(admitted)) => admitted,
        Ok(None) => return next.run(request).await,
        Err(retry_after) => return refused(&state, request, retry_after).await,
    };
    let again = head_of(&request);
    let response = next.run(request).await;
    let missed = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST);
    let settled = state.probing.settle(&asker, code.as_ref(), admitted, !missed, Instant::now());
    if missed {
        conceal(asked_at).await;
    }
    match settled {
        Some(retry_after) => refused(&state, again, retry_after).await,
        None => response,
    }
}

/// A request like this one, without its body, to answer otherwise.
fn head_of(request: &Request) -> Request {
    let mut head = Request::new(axum::body::Body::empty());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    *head.extensions_mut() = request.extensions().clone();
    head
}

/// Whether a page of another site has the visitor's browser ask, for an image or a frame: nobody
/// sees the answer, and the visitor must not pay for it.
fn is_foreign_part(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    header("sec-fetch-site") == Some("cross-site")
        && header("sec-fetch-dest").is_some_and(|dest| dest != "document")
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
            let Ok(admitted) = probing.look(asker, &code, now) else { return (answered, slowly) };
            assert!(admitted.pause <= LONGEST_PAUSE);
            slowly += usize::from(!admitted.pause.is_zero());
            if probing.settle(asker, Some(&code), admitted, exists(&code), now).is_some() {
                return (answered, slowly);
            }
            answered += 1;
        }
        (answered, slowly)
    }

    fn miss(probing: &Probing, asker: &Asker, code: &LandCode, now: Instant) -> bool {
        probing
            .look(asker, code, now)
            .is_ok_and(|admitted| probing.settle(asker, Some(code), admitted, false, now).is_none())
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
                assert!(miss(&probing, &client(address), &code, now));
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
                for _ in 0..2 {
                    let admitted = probing.look(&hall, &code, now);
                    let admitted =
                        admitted.unwrap_or_else(|_| panic!("person {person} was refused"));
                    slowest = slowest.max(admitted.pause);
                    let hit = number % 10 != 0;
                    let refused = probing.settle(&hall, Some(&code), admitted, hit, now);
                    assert_eq!(refused, None, "person {person}");
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
        assert!(probing.look(&asker, &parcel(3, 1), Instant::now()).is_ok());
        let neighbour = Asker::of(Some(&Viewer::public()), address);
        assert!(
            (700..710).any(|n| probing.look(&neighbour, &parcel(1, n), Instant::now()).is_err())
        );
    }

    #[test]
    fn p6_who_finds_their_place_is_answered_beside_somebody_who_guesses() {
        let (probing, hall, now) = (probing(), client(7), Instant::now());
        // One address, one missing code, again and again: counted once.
        for _ in 0..500 {
            assert!(miss(&probing, &hall, &parcel(5, 9_999), now));
        }
        let all = (0..60).filter(|n| miss(&probing, &hall, &parcel(100 + n, 99_999), now)).count();
        assert_eq!(all, ProbingConfig::default().misses.burst as usize - 1);
        let admitted = probing.look(&hall, &parcel(200, 8), now).unwrap();
        assert_eq!(admitted.pause, LONGEST_PAUSE);
        assert_eq!(probing.settle(&hall, Some(&parcel(200, 8)), admitted, true, now), None);
    }

    #[test]
    fn p6_nobody_alone_makes_a_block_narrow_for_all() {
        let (probing, now) = (probing(), Instant::now());
        for number in 0..200 {
            miss(&probing, &client(1), &parcel(1, 50_000 + number * 10), now);
        }
        let fresh = Asker::Subject("another".into());
        let codes = (0..500).map(|n| parcel(1, 1 + 10 * n));
        assert!(until_refused(&probing, &fresh, codes, |_| true).0 > 30);
    }

    #[test]
    fn p6_asking_all_at_once_gains_nothing() {
        let (probing, now) = (probing(), Instant::now());
        let asked: Vec<_> = (0..110)
            .filter_map(|n| Some((n, probing.look(&client(1), &parcel(n, 7), now).ok()?)))
            .collect();
        let told = asked
            .into_iter()
            .filter(|(n, admitted)| {
                probing.settle(&client(1), Some(&parcel(*n, 7)), *admitted, false, now).is_none()
            })
            .count();
        assert_eq!(told, ProbingConfig::default().misses.burst as usize);
    }

    #[test]
    fn what_time_has_forgiven_is_forgotten() {
        let (probing, now) = (probing(), Instant::now());
        for number in 0..50 {
            assert!(miss(&probing, &client(1), &parcel(number, 1), now) || number >= 25);
        }
        probing.forget(now + Duration::from_secs(3_600));
        let memory = probing.memory.lock().unwrap();
        assert!(memory.counters.is_empty() && memory.recent.is_empty());
    }

    #[test]
    fn searches_run_out_too() {
        let (probing, now) = (probing(), Instant::now());
        let answered = (0..1_000).take_while(|_| probing.search(&client(1), now).is_ok()).count();
        assert_eq!(answered, ProbingConfig::default().searches.burst as usize);
    }
}
