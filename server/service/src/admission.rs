//! Letting a visit ask: counted and slowed before anybody looks, booked by what was found, and no
//! "nothing here" sooner than the slowest (rules P5, P6).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{LandCode, audit::Withheld};
use service_api::{Refusal, Unavailable, Visit};

use crate::{
    audit::AuditLog,
    probing::{Asker, Probing},
};

/// No "nothing here" about a place is given sooner than this after the question: what the server
/// did meanwhile, and whether it found something it must not show, cannot be read from the time
/// (rule P5).
pub const SLOWEST_NO: Duration = Duration::from_millis(30);

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
        let asker = Asker::of(visit);
        let admitted = match self.probing.look(&asker, code, Instant::now()) {
            Ok(admitted) => admitted,
            Err(retry_after) => {
                self.audit.withheld(&visit.viewer, code, Withheld::TooMany, None).await;
                return Err(Refusal::TooMany { retry_after });
            }
        };
        tokio::time::sleep(admitted.pause).await;
        let found = find.await;
        let hit = !matches!(found, Ok(None));
        let one_too_many = self.probing.settle(&asker, Some(code), admitted, hit, Instant::now());
        if let Some(found) = found? {
            return Ok(found);
        }
        let near = near.await;
        conceal(visit).await;
        Err(refused(one_too_many).unwrap_or(Refusal::Nothing { near }))
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
        tokio::time::sleep(admitted.pause).await;
        let found = find.await;
        let hit = found.as_ref().map_or(true, leads);
        let one_too_many = self.probing.settle(&asker, None, admitted, hit, Instant::now());
        if !hit {
            conceal(visit).await;
        }
        refused(one_too_many).map_or(Ok(found?), Err)
    }

    /// A list of places that `find` draws up, counted by its length.
    pub(crate) async fn list<T>(
        &self,
        visit: &Visit,
        find: impl Future<Output = Result<Vec<T>, Unavailable>>,
    ) -> Result<Vec<T>, Refusal> {
        let asker = Asker::of(visit);
        let pause = self
            .probing
            .search(&asker, Instant::now())
            .map_err(|retry_after| Refusal::TooMany { retry_after })?;
        tokio::time::sleep(pause).await;
        let found = find.await;
        let named = found.as_ref().map_or(0, Vec::len);
        self.probing.listed(&asker, named, Instant::now());
        Ok(found?)
    }
}

fn refused(retry_after: Option<u64>) -> Option<Refusal> {
    retry_after.map(|retry_after| Refusal::TooMany { retry_after })
}

/// Waits until a "nothing here" about a place may be given.
pub(crate) async fn conceal(visit: &Visit) {
    tokio::time::sleep_until((visit.asked_at + SLOWEST_NO).into()).await;
}
