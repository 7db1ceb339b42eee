//! Whose state of the data is put together next. What everybody follows has a place of its own, which nobody's link
//! takes; links take turns in the other, in the order in which they were asked for, and each stays a while.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use service_api::site_changes::Since;

use super::{
    RETRY_AFTER_S,
    between::{Between, Versions},
    index::Index,
};

/// How long a state of then stays for those who asked for it before another one takes its place.
const AT_LEAST: Duration = Duration::from_secs(60);
/// Questions that wait at most. There are few states that are kept, and as many questions as rules to ask by.
const MOST_WAITING: usize = 32;
/// The longest that anybody is told to wait, s.
const LONGEST_WAIT_S: u64 = 600;

/// Since when, by the rules of which hash.
pub(super) type Ask = (Since, String);

/// A state of then that was put together.
#[derive(Debug)]
pub(super) struct Made {
    /// None of data that turned out not to be kept.
    pub(super) between: Option<Arc<Between>>,
    pub(super) then: Versions,
    pub(super) now: Arc<Index>,
    pub(super) at: Instant,
}

impl Made {
    fn is_of(&self, now: &Arc<Index>, then: &Versions) -> bool {
        Arc::ptr_eq(&self.now, now) && self.then == *then
    }
}

/// Where a state of then is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What the newest imports brought: feeds, and whoever asks without a link.
    Followed,
    /// What somebody's link was kept with.
    Linked,
}

impl Place {
    const fn of(since: &Since) -> Self {
        match since {
            Since::Before => Self::Followed,
            Since::Data(_) => Self::Linked,
        }
    }
}

/// What is in a place.
#[derive(Debug, Default)]
struct Kept {
    made: Option<Made>,
    /// What was put together there last: after an import it is put together anew, by itself.
    last: Option<Ask>,
}

/// What is there, and what waits.
#[derive(Debug, Default)]
pub(super) struct Turns {
    followed: Kept,
    linked: Kept,
    waiting: VecDeque<Ask>,
}

impl Turns {
    const fn kept(&mut self, place: Place) -> &mut Kept {
        match place {
            Place::Followed => &mut self.followed,
            Place::Linked => &mut self.linked,
        }
    }

    fn made(&self, now: &Arc<Index>, then: &Versions) -> Option<&Made> {
        let all = [&self.followed, &self.linked].into_iter();
        all.filter_map(|kept| kept.made.as_ref()).find(|made| made.is_of(now, then))
    }

    /// What is there of a state; else it waits for its turn, and `Err` says for about how many seconds.
    pub(super) fn ask(
        &mut self,
        ask: Ask,
        now: &Arc<Index>,
        then: &Versions,
    ) -> Result<Option<Arc<Between>>, u64> {
        if let Some(made) = self.made(now, then) {
            return Ok(made.between.clone());
        }
        let place = Place::of(&ask.0);
        let at = self.waiting.iter().position(|other| *other == ask);
        let at = at.unwrap_or(self.waiting.len());
        if at == self.waiting.len() {
            if at >= MOST_WAITING {
                return Err(LONGEST_WAIT_S);
            }
            self.waiting.push_back(ask);
        }
        let before = self.waiting.iter().take(at).filter(|other| Place::of(&other.0) == place);
        let turns = u32::try_from(before.count()).unwrap_or(u32::MAX);
        let held = self.held(place, now) + AT_LEAST.saturating_mul(turns);
        Err((RETRY_AFTER_S + held.as_secs()).min(LONGEST_WAIT_S))
    }

    /// How long what is in a place stays there yet.
    fn held(&mut self, place: Place, now: &Arc<Index>) -> Duration {
        let made = self.kept(place).made.as_ref();
        let held = made.filter(|made| Arc::ptr_eq(&made.now, now));
        held.map_or(Duration::ZERO, |made| AT_LEAST.saturating_sub(made.at.elapsed()))
    }

    /// The first that waits whose place is free; `then_of` says which state it is, none of what cannot be compared
    /// any more.
    pub(super) fn next(
        &mut self,
        now: &Arc<Index>,
        then_of: impl Fn(&Ask) -> Option<Versions>,
    ) -> Option<(Place, Versions)> {
        let mut next = None;
        for ask in std::mem::take(&mut self.waiting) {
            let place = Place::of(&ask.0);
            let Some(then) = then_of(&ask).filter(|then| self.made(now, then).is_none()) else {
                continue;
            };
            if next.is_none() && self.held(place, now).is_zero() {
                self.kept(place).last = Some(ask);
                next = Some((place, then));
            } else {
                self.waiting.push_back(ask);
            }
        }
        next
    }

    /// Keeps what was put together.
    pub(super) fn put(&mut self, place: Place, made: Made) {
        self.kept(place).made = Some(made);
    }

    /// Gives up what is there; what was asked for last waits first.
    pub(super) fn forget(&mut self) {
        for place in [Place::Linked, Place::Followed] {
            let kept = self.kept(place);
            kept.made = None;
            if let Some(last) = kept.last.take() {
                self.waiting.retain(|other| *other != last);
                self.waiting.push_front(last);
            }
        }
    }
}
