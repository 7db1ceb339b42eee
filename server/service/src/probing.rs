//! Trying codes one after another, to learn which exist and what stands where (rule P6).
//!
//! Counted are *different* places; asking again for one's own costs nothing. What runs low is
//! slowed before it is refused. Misses count on their own, for honest people seldom miss. A block
//! of codes that many try to guess in becomes narrower for everybody who looks into it anew.
//!
//! The allowances fit a service hall where a queue of people shares one address: many places, but
//! in many blocks, few of them side by side, and few misses. A test holds both.
//!
//! Counters of its own, beside the rate limits of `server/web`: here it is asked before it is counted, costs
//! differ, and what was counted is given back on a hit.

mod allowances;
mod outlines;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{LandCode, ParcelCode, viewer::Tier};
use service_api::{ClientAddress, KeyHolder, Visit};

pub use self::allowances::{Allowance, ProbingConfig};
pub(crate) use self::outlines::Drawing;
use self::outlines::{Answered, Square};

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
/// Places in a list that cost as much as one search.
const LISTED_FOR_ONE: f64 = 4.0;
/// What a list of a hundred places costs, the longest there is.
const LONGEST_LIST: f64 = 25.0;
/// Misses of one asker that count towards those of a whole block, and outlines towards those on a square.
const ONE_ASKER: Allowance = Allowance { burst: 5, per_minute: 1 };
/// Longest pause of somebody whose allowance runs low.
const LONGEST_PAUSE: Duration = Duration::from_millis(1_500);

/// Who asks: somebody known by name, a program by its key, or an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// Somebody whose identity was proved: does not suffer from others behind the same address.
    Subject(String),
    /// A program with a key of its own, wherever it runs.
    Key(KeyHolder),
    /// Anybody.
    Address(ClientAddress),
}

impl Asker {
    /// The one who asks.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        let Visit { viewer, client, key, .. } = visit;
        let known = Some(viewer).filter(|viewer| viewer.tier != Tier::Public);
        let unnamed = || key.clone().map_or(Self::Address(*client), Self::Key);
        known.and_then(|viewer| viewer.subject.clone()).map_or_else(unnamed, Self::Subject)
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
    Outlines(Asker),
    OutlinesOn(Asker, Square),
    OutlinesToAll(Asker, Square),
    OutlinesByAll(Square),
}

/// Leave to look, with what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Admitted {
    /// How long to wait first.
    pub pause: Duration,
    /// Whether it was counted; a place asked for before is not.
    counted: bool,
    /// What was counted: of all places, and of those in its block.
    costs: (f64, f64),
    /// Whether the misses of this asker are used up: only a hit is answered.
    misses_used_up: bool,
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
    recent: HashMap<Asker, VecDeque<Recent>>,
    /// Outlines that somebody was answered about.
    drawn: HashMap<Asker, VecDeque<Answered>>,
}

/// A place that was asked for lately.
#[derive(Debug)]
struct Recent {
    code: LandCode,
    /// Whether they were answered. Until then whoever asks again is counted again: the first question
    /// may yet be taken back.
    answered: bool,
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
        if recent.is_some_and(|recent| recent.iter().any(|one| one.answered && one.code == code)) {
            return Ok(Admitted {
                pause: Duration::ZERO,
                counted: false,
                costs: (0.0, 0.0),
                misses_used_up: false,
            });
        }
        let is_beside = |other: &Recent| other.code != code && side_by_side(&other.code, &code);
        let beside = recent.is_some_and(|recent| recent.iter().any(is_beside));
        let (places, within) =
            (Counter::Places(asker.clone()), Counter::Within(asker.clone(), block));
        let misses = memory.would(&self.allowances, &Counter::Misses(asker.clone()), 1.0, now);
        let misses_used_up = misses.is_err();
        let guessed = memory.would(&self.allowances, &Counter::MissesIn(block), 1.0, now).is_err();
        // The homes of one building are side by side by nature: their own allowance is small.
        let beside = beside && matches!(block, Block::Parcels(_));
        let cost = if guessed || beside || misses_used_up { DEAR } else { 1.0 };
        let place_cost = if misses_used_up { DEAR } else { 1.0 };
        let by_places = memory.would(&self.allowances, &places, place_cost, now);
        let by_block = memory.would(&self.allowances, &within, cost, now);
        let pause = match (by_places, by_block) {
            (Ok(one), Ok(other)) => misses.unwrap_or(LONGEST_PAUSE).max(one).max(other),
            (one, other) => return Err(one.err().max(other.err()).unwrap_or_default()),
        };
        memory.add(&self.allowances, places, place_cost, now);
        memory.add(&self.allowances, within, cost, now);
        memory.remember(asker, code);
        if !misses_used_up {
            memory.add(&self.allowances, Counter::Misses(asker.clone()), 1.0, now);
        }
        Ok(Admitted { pause, counted: true, costs: (place_cost, cost), misses_used_up })
    }

    /// Admits a try at what is no code but may lead to a place: a label.
    pub fn attempt(&self, asker: &Asker, now: Instant) -> Admitted {
        let misses = Counter::Misses(asker.clone());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let (pause, misses_used_up) = match memory.would(&self.allowances, &misses, 1.0, now) {
            Err(_) => (LONGEST_PAUSE, true),
            Ok(pause) => (pause, false),
        };
        if !misses_used_up {
            memory.add(&self.allowances, misses, 1.0, now);
        }
        Admitted { pause, counted: true, costs: (0.0, 0.0), misses_used_up }
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
        if let Some(code) = code.map(LandCode::canonical)
            && memory.answered(asker, code)
        {
            memory.give_back(&self.allowances, (asker, &code), admitted, now);
            return None;
        }
        if hit {
            if !admitted.misses_used_up {
                memory.add(&self.allowances, misses, -1.0, now);
            }
            return None;
        }
        if admitted.misses_used_up {
            return Some(memory.would(&self.allowances, &misses, 1.0, now).err().unwrap_or(1));
        }
        if let Some(code) = code {
            let block = Block::of(&code.canonical());
            // Nobody alone makes a block narrow for all.
            let own = Counter::MissesWithin(asker.clone(), block);
            if memory.would(&self.allowances, &own, 1.0, now).is_ok() {
                memory.add(&self.allowances, own, 1.0, now);
                memory.add(&self.allowances, Counter::MissesIn(block), 1.0, now);
            }
        }
        None
    }

    /// Takes back a look whose asker has gone before it was answered: they were told nothing, and if
    /// they ask again it is as new as it was.
    pub(crate) fn take_back(
        &self,
        asker: &Asker,
        code: &LandCode,
        admitted: Admitted,
        now: Instant,
    ) {
        if !admitted.counted {
            return;
        }
        let code = code.canonical();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.give_back(&self.allowances, (asker, &code), admitted, now);
        if let Some(recent) = memory.recent.get_mut(asker) {
            recent.retain(|other| other.answered || other.code != code);
        }
    }

    /// Counts a search as if it named the longest list: [`Probing::listed`] gives back what it did
    /// not name.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many.
    pub fn search(&self, asker: &Asker, now: Instant) -> Result<Duration, u64> {
        let counter = Counter::Searches(asker.clone());
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = memory.would(&self.allowances, &counter, LONGEST_LIST, now)?;
        memory.add(&self.allowances, counter, LONGEST_LIST, now);
        Ok(pause)
    }

    /// Notes how many places a search named.
    pub fn listed(&self, asker: &Asker, places: usize, now: Instant) {
        let searches = f64::from(u32::try_from(places).unwrap_or(u32::MAX)) / LISTED_FOR_ONE;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = searches.max(1.0) - LONGEST_LIST;
        memory.add(&self.allowances, Counter::Searches(asker.clone()), cost, now);
    }

    /// Forgets what time has forgiven.
    pub fn forget(&self, now: Instant) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let allowances = &self.allowances;
        memory
            .counters
            .retain(|counter, leak| leak.level(allowances.allowance(counter), now) > 0.0);
        let Memory { counters, recent, drawn } = &mut *memory;
        recent.retain(|asker, _| counters.contains_key(&Counter::Places(asker.clone())));
        drawn.retain(|asker, _| counters.contains_key(&Counter::Outlines(asker.clone())));
    }
}

/// So many at once, and no more with every hour.
const fn hourly(sites: u32) -> Allowance {
    Allowance { burst: sites, per_minute: sites / 60 }
}

impl ProbingConfig {
    const fn allowance(&self, counter: &Counter) -> Allowance {
        match counter {
            Counter::Places(Asker::Key(holder)) => hourly(holder.sites),
            // Where its sites lie is its own affair; side by side each counts as three.
            Counter::Within(Asker::Key(holder), Block::Parcels(_)) => {
                hourly(holder.sites.saturating_mul(3))
            }
            Counter::Places(_) => self.places,
            Counter::Misses(_) => self.misses,
            Counter::Searches(_) => self.searches,
            Counter::Within(_, Block::Parcels(_)) => self.block,
            Counter::Within(_, Block::Units(_)) => self.units,
            Counter::MissesWithin(..) | Counter::OutlinesToAll(..) => ONE_ASKER,
            Counter::MissesIn(_) => self.block_misses,
            Counter::Outlines(_) => self.outlines,
            Counter::OutlinesOn(..) => self.outlines_on,
            Counter::OutlinesByAll(_) => self.outlines_by_all,
        }
    }
}

impl Memory {
    fn level(&self, allowances: &ProbingConfig, counter: &Counter, now: Instant) -> f64 {
        self.counters
            .get(counter)
            .map_or(0.0, |leak| leak.level(allowances.allowance(counter), now))
    }

    /// How long to pause if `cost` more were asked, or the seconds to wait until that may be.
    /// Nothing is counted.
    fn would(
        &self,
        allowances: &ProbingConfig,
        counter: &Counter,
        cost: f64,
        now: Instant,
    ) -> Result<Duration, u64> {
        let allowance = allowances.allowance(counter);
        let burst = f64::from(allowance.burst.max(1));
        let after = self.level(allowances, counter, now) + cost;
        if after > burst {
            let rate = f64::from(allowance.per_minute.max(1)) / 60.0;
            let wait = Duration::from_secs_f64((after - burst) / rate);
            return Err(wait.as_secs().saturating_add(1));
        }
        let used = after / burst;
        Ok(LONGEST_PAUSE.mul_f64((used - 0.5).max(0.0) * 2.0))
    }

    fn add(&mut self, allowances: &ProbingConfig, counter: Counter, cost: f64, now: Instant) {
        if self.counters.len() >= MOST_COUNTERS {
            // Whoever asked least is forgotten; those who are being slowed stay known.
            self.counters.retain(|counter, leak| {
                let allowance = allowances.allowance(counter);
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
        if recent.iter().any(|one| one.code == code) {
            return;
        }
        if recent.len() >= REMEMBERED {
            recent.pop_front();
        }
        recent.push_back(Recent { code, answered: false });
    }

    /// Notes that somebody was answered about a place; whether they were before.
    fn answered(&mut self, asker: &Asker, code: LandCode) -> bool {
        self.remember(asker, code);
        let recent = self.recent.entry(asker.clone()).or_default();
        let one = recent.iter_mut().find(|one| one.code == code);
        one.is_some_and(|one| std::mem::replace(&mut one.answered, true))
    }

    /// Gives back what a look was counted as.
    fn give_back(
        &mut self,
        allowances: &ProbingConfig,
        (asker, code): (&Asker, &LandCode),
        admitted: Admitted,
        now: Instant,
    ) {
        let (of_places, of_block) = admitted.costs;
        let within = Counter::Within(asker.clone(), Block::of(code));
        self.add(allowances, Counter::Places(asker.clone()), -of_places, now);
        self.add(allowances, within, -of_block, now);
        if !admitted.misses_used_up {
            self.add(allowances, Counter::Misses(asker.clone()), -1.0, now);
        }
    }
}

/// Whether two parcels of one kind in one sub-district have numbers next to each other.
fn side_by_side(one: &LandCode, other: &LandCode) -> bool {
    let (a, b) = (one.parcel(), other.parcel());
    let (a, b) = (a.as_str(), b.as_str());
    let number = |text: &str| text.get(14..).and_then(|digits| digits.parse::<u32>().ok());
    a.get(..14) == b.get(..14)
        && matches!((number(a), number(b)), (Some(a), Some(b)) if a.abs_diff(b) <= SIDE_BY_SIDE)
}
