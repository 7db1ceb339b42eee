//! Letting a visit ask: counted and slowed before anybody looks, booked by what was found, and no
//! "nothing here" sooner than the slowest (rules P5, P6).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{LandCode, audit::Withheld, outline::Outline};
use service_api::{Refusal, Unavailable, Visit};

use crate::{
    audit::AuditLog,
    probing::{Admitted, Asker, Drawing, Probing},
};

/// No "nothing here" about a place is given sooner than this after the look began: what the server
/// did meanwhile, and whether it found something it must not show, cannot be read from the time
/// (rule P5).
const SLOWEST_NO: Duration = Duration::from_millis(30);

/// What every question about places passes.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) probing: Arc<Probing>,
    pub(crate) audit: Arc<dyn AuditLog>,
}

impl Admission {
    /// A look at the place that `find` finds; `near` is asked only where it finds nothing.
    pub(crate) async fn look<T>(
        &self,
        visit: &Visit,
        code: &LandCode,
        find: impl Future<Output = Result<Option<T>, Unavailable>>,
        near: impl Future<Output = Vec<LandCode>>,
    ) -> Result<T, Refusal> {
        let (question, pause) = self.let_in(visit, code).await?;
        wait(pause).await;
        let begun = Instant::now();
        let found = find.await;
        let near = match found {
            Ok(None) => near.await,
            _ => Vec::new(),
        };
        let hit = !matches!(found, Ok(None));
        if !hit {
            conceal(begun).await;
        }
        let one_too_many = question.settle(hit);
        match found? {
            Some(found) => Ok(found),
            None => Err(refused(one_too_many).unwrap_or(Refusal::Nothing { near })),
        }
    }

    /// A look at a place whose answer is at hand: whether it may be given. Not to whom nothing may, and
    /// not to whoever had to wait where it no more `is_still`.
    pub(crate) async fn at_hand(
        &self,
        visit: &Visit,
        code: &LandCode,
        is_still: impl Fn() -> bool,
    ) -> bool {
        // Whoever is refused here asks on, and is refused and written down there.
        let Ok((question, pause)) = self.count(visit, code) else { return false };
        wait(pause).await;
        if !pause.is_zero() && !is_still() {
            // What was counted is given back: see `Question`.
            return false;
        }
        let _none_of_a_hit = question.settle(true);
        true
    }

    /// Counts a look; how long it has to wait. A refusal is written down.
    async fn let_in(
        &self,
        visit: &Visit,
        code: &LandCode,
    ) -> Result<(Question<'_>, Duration), Refusal> {
        match self.count(visit, code) {
            Ok(counted) => Ok(counted),
            Err(retry_after) => {
                self.audit.withheld(&visit.viewer, code, Withheld::TooMany, None).await;
                Err(Refusal::TooMany { retry_after })
            }
        }
    }

    fn count(&self, visit: &Visit, code: &LandCode) -> Result<(Question<'_>, Duration), u64> {
        let asker = Asker::of(visit);
        let admitted = self.probing.look(&asker, code, Instant::now())?;
        Ok((self.begun(asker, Asked::Place(*code, admitted)), admitted.pause))
    }

    /// A try of what is no code but may lead to a place, e.g. a label; `leads` says whether it did.
    pub(crate) async fn attempt<T>(
        &self,
        visit: &Visit,
        find: impl Future<Output = Result<T, Unavailable>>,
        leads: impl FnOnce(&T) -> bool,
    ) -> Result<T, Refusal> {
        let asker = Asker::of(visit);
        let admitted = self.probing.attempt(&asker, Instant::now());
        let question = self.begun(asker, Asked::Attempt(admitted));
        wait(admitted.pause).await;
        let begun = Instant::now();
        let found = find.await;
        let hit = found.as_ref().map_or(true, leads);
        if !hit {
            conceal(begun).await;
        }
        refused(question.settle(hit)).map_or(Ok(found?), Err)
    }

    /// A list of places that `find` draws up, counted by how many it names.
    pub(crate) async fn list<T>(
        &self,
        visit: &Visit,
        find: impl Future<Output = Result<T, Unavailable>>,
        names: impl FnOnce(&T) -> usize,
    ) -> Result<T, Refusal> {
        let asker = Asker::of(visit);
        let pause = self
            .probing
            .search(&asker, Instant::now())
            .map_err(|retry_after| Refusal::TooMany { retry_after })?;
        let question = self.begun(asker, Asked::List);
        wait(pause).await;
        let found = find.await;
        question.listed(found.as_ref().map_or(0, names));
        Ok(found?)
    }

    /// A look at ground that somebody drew. Whoever hangs up has looked: what they were to be told was made for
    /// them.
    pub(crate) async fn draw<T>(
        &self,
        visit: &Visit,
        outline: &Outline,
        find: impl Future<Output = Result<T, Unavailable>>,
    ) -> Result<T, Refusal> {
        let (asker, mut drawing) = (Asker::of(visit), Drawing::of(outline));
        if matches!(asker, Asker::Key(_)) {
            // A key is for asking more often, and is no second look at the same ground (*sites S11*, *S12*).
            drawing = drawing.also_by(Asker::Address(visit.client));
        }
        let pause = self
            .probing
            .draw(&asker, &drawing, Instant::now())
            .map_err(|retry_after| Refusal::TooMany { retry_after })?;
        wait(pause).await;
        let found = find.await?;
        self.probing.drawn(&asker, &drawing);
        Ok(found)
    }

    fn begun(&self, asker: Asker, asked: Asked) -> Question<'_> {
        Question { probing: &self.probing, asker, asked, answered: false }
    }
}

/// What was asked, and what it was counted as.
enum Asked {
    Place(LandCode, Admitted),
    Attempt(Admitted),
    List,
}

/// A question that is counted and not yet answered. Whoever hangs up is told nothing and owes
/// nothing: what was counted is given back, and the place is as new as before.
struct Question<'p> {
    probing: &'p Probing,
    asker: Asker,
    asked: Asked,
    answered: bool,
}

impl Question<'_> {
    /// Books what was found; the seconds to wait after a miss too many.
    fn settle(mut self, hit: bool) -> Option<u64> {
        self.answered = true;
        let now = Instant::now();
        match &self.asked {
            Asked::Place(code, admitted) => {
                self.probing.settle(&self.asker, Some(code), *admitted, hit, now)
            }
            Asked::Attempt(admitted) => self.probing.settle(&self.asker, None, *admitted, hit, now),
            Asked::List => None,
        }
    }

    /// Books how many places were named.
    fn listed(mut self, places: usize) {
        self.answered = true;
        self.probing.listed(&self.asker, places, Instant::now());
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        let now = Instant::now();
        match &self.asked {
            Asked::Place(code, admitted) => {
                self.probing.take_back(&self.asker, code, *admitted, now);
            }
            Asked::Attempt(admitted) => {
                self.probing.settle(&self.asker, None, *admitted, true, now);
            }
            Asked::List => self.probing.listed(&self.asker, 0, now),
        }
    }
}

fn refused(retry_after: Option<u64>) -> Option<Refusal> {
    retry_after.map(|retry_after| Refusal::TooMany { retry_after })
}

/// Slows down who must be slowed. The timer would hold up the others too, to its next millisecond.
async fn wait(pause: Duration) {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}

/// Waits until a "nothing here" about a place may be given, to whoever was let look at `begun`.
async fn conceal(begun: Instant) {
    tokio::time::sleep_until((begun + SLOWEST_NO).into()).await;
}

#[cfg(test)]
mod tests;
