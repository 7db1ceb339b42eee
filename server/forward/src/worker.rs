//! The worker that empties the outbox.

mod handling;
mod reminder;
mod settings;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU32},
    time::Duration,
};

use domain::{Clock, Entropy};
use reqwest::Url;
use store::{Delivery, DeliveryId, Outbox, StoreError, Whose};
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tracing::{error, info, warn};

use self::reminder::Overdue;
use crate::{
    circuit::{Circuits, Flow},
    courier::Courier,
    departments::{Department, Departments},
    open311::Places,
    wire::{Wire, client_for},
};
pub use settings::{ForwardError, ForwardSettings};

/// The shortest pause between two looks into the outbox: a delivery that is due but leased by
/// another worker must not make this one spin.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// Takes deliveries out of the outbox and carries them to their departments.
pub struct Forwarder {
    shared: Shared,
}

impl std::fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forwarder").field("owner", &self.shared.owner).finish_non_exhaustive()
    }
}

struct Shared {
    outbox: Arc<dyn Outbox>,
    routes: BTreeMap<String, Route>,
    /// Departments that collect what waits for them: nothing is posted there.
    collecting: BTreeSet<String>,
    circuits: Arc<Circuits>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    owner: String,
    settings: ForwardSettings,
    /// Where places lie, for departments that want it.
    places: Option<Arc<dyn Places>>,
    /// What this worker has in hand. A clock that jumps can end a lease under it, and then it is
    /// not taken by the same worker a second time.
    in_hand: Mutex<HashSet<DeliveryId>>,
}

struct Route {
    courier: Courier,
    free: Semaphore,
    /// Deliveries handed back since the department last answered.
    handed_back: AtomicU32,
}

impl Forwarder {
    /// A worker that leases as `owner`, a name that no other running worker has.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        departments: &Departments,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        owner: String,
        settings: ForwardSettings,
    ) -> Result<Self, ForwardError> {
        let by_http = |department: &Department| match client_for(department) {
            Ok(client) => Ok(Arc::new(client) as Arc<dyn Wire>),
            Err(source) => Err(ForwardError::Client { department: department.id.clone(), source }),
        };
        Self::over(by_http, outbox, departments, clock, entropy, owner, settings)
    }

    /// The same worker over the wire that `wire` lays to each department.
    pub fn over(
        wire: impl Fn(&Department) -> Result<Arc<dyn Wire>, ForwardError>,
        outbox: Arc<dyn Outbox>,
        departments: &Departments,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        owner: String,
        settings: ForwardSettings,
    ) -> Result<Self, ForwardError> {
        let route = |(department, endpoint): (&Department, Url)| {
            let (id, timeout) = (department.id.clone(), department.timeout);
            let lease = Duration::try_from(settings.lease).unwrap_or_default();
            if timeout * 2 >= lease {
                return Err(ForwardError::LeaseTooShort { department: id, timeout });
            }
            let courier = Courier::new(department.clone(), endpoint, wire(department)?);
            let free = Semaphore::new(settings.per_department);
            Ok((id, Route { courier, free, handed_back: AtomicU32::new(0) }))
        };
        let posted = departments.iter().filter_map(|each| Some((each, each.endpoint.clone()?)));
        let routes = posted.map(route).collect::<Result<_, _>>()?;
        let collecting = departments.collecting();
        let in_hand = Mutex::default();
        let circuits = Arc::default();
        let shared = Shared {
            outbox,
            routes,
            collecting,
            circuits,
            clock,
            entropy,
            owner,
            settings,
            places: None,
            in_hand,
        };
        Ok(Self { shared })
    }

    /// Has it keep these circuits, which others watch.
    #[must_use]
    pub fn with_circuits(mut self, circuits: Arc<Circuits>) -> Self {
        self.shared.circuits = circuits;
        self
    }

    /// Has it say where places lie to departments that speak Open311, as far as everybody may see it.
    #[must_use]
    pub fn with_places(mut self, places: Arc<dyn Places>) -> Self {
        self.shared.places = Some(places);
        self
    }

    /// Its turns one by one, for who keeps time themselves, as a simulation does.
    #[must_use]
    pub fn by_turns(self) -> Turns {
        Turns(Arc::new(self.shared))
    }

    /// Works until `shutdown` is done, then finishes what is under way. `wake` is told
    /// (`notify_one`) when something was submitted; without it the next poll finds it.
    pub async fn run(self, shutdown: impl Future<Output = ()>, wake: Arc<Notify>) {
        let shared = Arc::new(self.shared);
        let mut shutdown = std::pin::pin!(shutdown);
        let mut under_way = JoinSet::new();
        info!(forward.owner = %shared.owner, forward.departments = shared.routes.len(), "Forwarder started");
        let mut reminded: Option<Instant> = None;
        let mut overdue = Overdue::default();
        loop {
            if reminded.is_none_or(|at| at.elapsed() >= shared.settings.remind) {
                shared.remind(&mut overdue).await;
                reminded = Some(Instant::now());
            }
            while let Some(ended) = under_way.try_join_next() {
                note_panic(ended);
            }
            let pause = shared.take(&mut under_way).await;
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = wake.notified() => {}
                // A place is free, and what failed may be due again soon.
                Some(ended) = under_way.join_next() => note_panic(ended),
                () = sleep(pause) => {}
            }
        }
        let rest = async {
            while let Some(ended) = under_way.join_next().await {
                note_panic(ended);
            }
        };
        if timeout(shared.settings.drain, rest).await.is_err() {
            // Each was noted as begun, so whoever takes it next looks it up first.
            warn!(forward.owner = %shared.owner, "Shutdown did not wait for every answer");
        }
        info!(forward.owner = %shared.owner, "Forwarder stopped");
    }
}

/// A worker whose turns are taken one by one.
#[derive(Clone)]
pub struct Turns(Arc<Shared>);

impl std::fmt::Debug for Turns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turns").field("owner", &self.0.owner).finish_non_exhaustive()
    }
}

impl Turns {
    /// Carries what is due at this moment, each to its outcome, and tells how long to wait for more.
    /// [`Forwarder::run`] looks for more while some are under way.
    pub async fn turn(&self) -> Duration {
        let mut under_way = JoinSet::new();
        let pause = self.0.take(&mut under_way).await;
        while let Some(ended) = under_way.join_next().await {
            note_panic(ended);
        }
        pause
    }
}

fn note_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        error!(error = %error, "A delivery task broke off; its lease will run out");
    }
}

impl Shared {
    /// Starts what is due, as far as there is room; how long to pause afterwards.
    async fn take(self: &Arc<Self>, under_way: &mut JoinSet<()>) -> Duration {
        let settings = &self.settings;
        let limit = settings.in_flight.saturating_sub(under_way.len()).min(settings.batch);
        if limit == 0 {
            return settings.poll;
        }
        match self.lease(limit, under_way).await {
            Ok(pause) => pause,
            Err(error) => {
                error!(error = %error, "The outbox cannot be read; trying again");
                settings.poll
            }
        }
    }

    async fn lease(
        self: &Arc<Self>,
        limit: usize,
        under_way: &mut JoinSet<()>,
    ) -> Result<Duration, StoreError> {
        let mut wait = self.settings.poll;
        // What departments collect, and those that flow by one at a time or not at all.
        let mut apart = self.collecting.clone();
        let instant = self.circuits.instant();
        for department in self.routes.keys() {
            let next = match self.circuits.flow(department, instant) {
                Flow::Free => continue,
                // Its end wakes this worker.
                Flow::Probed => self.settings.poll,
                Flow::NoneUntil(until) => until.duration_since(instant),
                Flow::One => self.probe(department, under_way).await?,
            };
            wait = wait.min(next);
            apart.insert(department.clone());
        }
        let (now, posted) = (self.clock.now(), Whose::AllBut(&apart));
        let due = self.outbox.lease(&self.owner, now, self.settings.lease, limit, posted).await?;
        let taken = due.len();
        for delivery in due {
            self.start(delivery, None, under_way);
        }
        if taken == limit {
            return Ok(Duration::ZERO); // there may be more
        }
        wait = wait.min(self.until_due(posted).await?);
        Ok(wait.max(SHORTEST_PAUSE))
    }

    /// Sends a department the one delivery that tells whether it answers; how long to wait for one if
    /// none is due.
    async fn probe(
        self: &Arc<Self>,
        department: &str,
        under_way: &mut JoinSet<()>,
    ) -> Result<Duration, StoreError> {
        let (now, theirs) = (self.clock.now(), Whose::Of(department));
        let due = self.outbox.lease(&self.owner, now, self.settings.lease, 1, theirs).await?;
        if due.is_empty() {
            return self.until_due(theirs).await;
        }
        for delivery in due {
            let probe = Probe::begin(&self.circuits, department);
            self.start(delivery, Some(probe), under_way);
        }
        Ok(self.settings.poll)
    }

    async fn until_due(&self, whose: Whose<'_>) -> Result<Duration, StoreError> {
        let next = self.outbox.next_due(whose).await?;
        let wait = next.map(|at| at.duration_since(self.clock.now()));
        Ok(wait.map_or(self.settings.poll, |wait| wait.try_into().unwrap_or_default()))
    }

    fn start(
        self: &Arc<Self>,
        delivery: Delivery,
        probe: Option<Probe>,
        under_way: &mut JoinSet<()>,
    ) {
        let Some(in_hand) = InHand::take(self, &delivery.id) else { return };
        let shared = Arc::clone(self);
        under_way.spawn(async move {
            shared.handle(delivery, probe.is_some()).await;
            drop((in_hand, probe));
        });
    }
}

/// The one delivery of a half-open circuit, until this is dropped, also when the task breaks off.
struct Probe(Arc<Circuits>, String);

impl Probe {
    fn begin(circuits: &Arc<Circuits>, department: &str) -> Self {
        circuits.probe(department, true);
        Self(Arc::clone(circuits), department.to_owned())
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.probe(&self.1, false);
    }
}

/// A delivery in hand until this is dropped, also when the task breaks off.
struct InHand(Arc<Shared>, DeliveryId);

impl InHand {
    fn take(shared: &Arc<Shared>, id: &DeliveryId) -> Option<Self> {
        let mut all = shared.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id.clone()).then(|| Self(Arc::clone(shared), id.clone()))
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.in_hand.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
