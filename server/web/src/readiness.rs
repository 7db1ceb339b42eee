//! Whether the portal can do what it is there for: `/readyz`. It fails when requests could not be
//! kept or disclosures not be written down; what only somebody must look at is *degraded*, and the
//! portal goes on serving. The answer names checks and how they stand, nothing of the inside.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde::{Serialize, Serializer};
use service::audit::{AuditHealth, Fault};
use service_api::Portal;
use store::{DeliveryState, Store, StoreError};
use tokio::sync::Mutex;

use crate::{identity::Identity, offices::Offices};

/// How long a report is true: a watchdog that asks all the time does not write all the time.
const TRUE_FOR: Duration = Duration::from_secs(1);
/// Longest wait for storage.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two looks at every page of the database and every entry of the audit.
const BETWEEN_LOOKS: Duration = Duration::from_secs(3_600);
/// Free bytes below which somebody should make room.
const LITTLE_ROOM: u64 = 512 << 20;
/// Free bytes below which a request may not be kept any more.
const NO_ROOM: u64 = 4 << 20;

/// Faults of requests that the log names one by one.
const MOST_SAID: usize = 20;

/// How one check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckResult {
    /// As it should be.
    Right,
    /// Somebody must look at it; the portal serves.
    Degraded(&'static str),
    /// The portal cannot serve.
    Failed(&'static str),
}

impl Serialize for CheckResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Right => "ok",
            Self::Degraded(words) | Self::Failed(words) => words,
        })
    }
}

/// Every check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `ready`, `degraded` or `unready`.
    pub status: &'static str,
    /// By name.
    pub checks: BTreeMap<&'static str, CheckResult>,
}

impl Report {
    fn of(checks: BTreeMap<&'static str, CheckResult>) -> Self {
        let any = |wanted: fn(&CheckResult) -> bool| checks.values().any(wanted);
        let status = if any(|result| matches!(result, CheckResult::Failed(_))) {
            "unready"
        } else if any(|result| matches!(result, CheckResult::Degraded(_))) {
            "degraded"
        } else {
            "ready"
        };
        Self { status, checks }
    }

    /// Whether requests can be served.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status != "unready"
    }
}

/// Looks at the keys: how that check stands.
pub type KeyCheck = Box<dyn Fn() -> CheckResult + Send + Sync>;

/// The checks.
pub struct Readiness {
    store: Arc<dyn Store>,
    audit: Arc<dyn AuditHealth>,
    identity: Option<Arc<Identity>>,
    portal: Arc<dyn Portal>,
    folder: PathBuf,
    keys: KeyCheck,
    offices: Arc<Offices>,
    damaged: AtomicBool,
    tampered: AtomicBool,
    latest: Mutex<Option<(Instant, Report)>>,
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness").finish_non_exhaustive()
    }
}

impl Readiness {
    /// Checks of a store on the disk of this folder, of its keys, of its audit, of the identity
    /// service's keys where one is configured, whether the public is told of the data of `portal`, and
    /// whether departments get what is for them.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        audit: Arc<dyn AuditHealth>,
        identity: Option<Arc<Identity>>,
        portal: Arc<dyn Portal>,
        folder: PathBuf,
        keys: KeyCheck,
        offices: Arc<Offices>,
    ) -> Self {
        let (damaged, tampered) = (AtomicBool::new(false), AtomicBool::new(false));
        let latest = Mutex::default();
        Self { store, audit, identity, portal, folder, keys, offices, damaged, tampered, latest }
    }

    /// How everything stands, at most a second old.
    pub async fn report(&self) -> Report {
        let mut latest = self.latest.lock().await;
        if let Some((at, report)) = &*latest
            && at.elapsed() < TRUE_FOR
        {
            return report.clone();
        }
        let mut checks = BTreeMap::from([
            ("storage", self.storage().await),
            ("disk", self.disk()),
            ("audit", self.audit().await),
            ("deliveries", self.deliveries().await),
            ("requests", self.requests()),
            ("keys", (self.keys)()),
            ("data", self.data().await),
        ]);
        if self.portal.sends_notices() {
            checks.insert("mail", self.mail().await);
        }
        if let Some(identity) = &self.identity {
            let broken = identity.has_broken_keys();
            let result =
                if broken { CheckResult::Degraded("keys_unreadable") } else { CheckResult::Right };
            checks.insert("identity", result);
        }
        let report = Report::of(checks);
        if latest.as_ref().is_none_or(|(_, before)| before.status != report.status) {
            tracing::info!(status = report.status, checks = ?report.checks, "readiness changed");
        }
        *latest = Some((Instant::now(), report.clone()));
        report
    }

    async fn storage(&self) -> CheckResult {
        if self.damaged.load(Ordering::Relaxed) {
            return CheckResult::Failed("damaged");
        }
        match tokio::time::timeout(PATIENCE, self.store.ping()).await {
            Ok(Ok(())) => CheckResult::Right,
            Ok(Err(StoreError::Damaged)) => CheckResult::Failed("damaged"),
            Ok(Err(error)) => {
                tracing::error!(error = %error, "not ready: storage cannot be written");
                CheckResult::Failed("not_writable")
            }
            Err(_elapsed) => CheckResult::Failed("no_answer"),
        }
    }

    fn disk(&self) -> CheckResult {
        match rustix::fs::statvfs(&self.folder) {
            Ok(disk) => match disk.f_bavail.saturating_mul(disk.f_frsize) {
                free if free < NO_ROOM => CheckResult::Failed("full"),
                free if free < LITTLE_ROOM => CheckResult::Degraded("nearly_full"),
                _ => CheckResult::Right,
            },
            Err(error) => {
                tracing::error!(error = %error, "not ready: the data folder cannot be looked at");
                CheckResult::Failed("no_answer")
            }
        }
    }

    async fn audit(&self) -> CheckResult {
        match self.audit.fault().await {
            Some(Fault::Tampered) => CheckResult::Failed("tampered"),
            // What is public goes on, and nothing is known to be wrong.
            Some(Fault::NoWitness) => CheckResult::Degraded("no_witness"),
            None if self.audit.is_behind() => CheckResult::Degraded("behind"),
            None => CheckResult::Right,
        }
    }

    /// Data that no policy shows are published in vain: somebody has to bring the approvals.
    async fn data(&self) -> CheckResult {
        match tokio::time::timeout(PATIENCE, self.portal.versions()).await {
            Ok(Ok(versions)) => {
                let policies = self.portal.policies();
                let all = versions.iter().all(|it| policies.show_places_of(&it.dataset));
                if all { CheckResult::Right } else { CheckResult::Degraded("not_shown") }
            }
            Ok(Err(_)) | Err(_) => CheckResult::Degraded("unknown"),
        }
    }

    async fn deliveries(&self) -> CheckResult {
        match tokio::time::timeout(PATIENCE, self.store.backlog()).await {
            Ok(Ok(backlog)) => {
                let standing = self.offices.standing(&backlog);
                if backlog.iter().any(|each| each.state == DeliveryState::Stuck) {
                    CheckResult::Degraded("stuck")
                } else if standing.values().any(|each| each.is_late) {
                    CheckResult::Degraded("not_collected")
                } else if standing.values().any(|each| each.circuit.is_open) {
                    CheckResult::Degraded("department_down")
                } else {
                    CheckResult::Right
                }
            }
            Ok(Err(_)) | Err(_) => CheckResult::Degraded("unknown"),
        }
    }

    /// Messages that were tried again and again: nobody waits for them but who was promised one.
    async fn mail(&self) -> CheckResult {
        match tokio::time::timeout(PATIENCE, self.store.failing_notices()).await {
            Ok(Ok(0)) => CheckResult::Right,
            Ok(Ok(_)) => CheckResult::Degraded("failing"),
            Ok(Err(_)) | Err(_) => CheckResult::Degraded("unknown"),
        }
    }

    /// What is not as it was kept is not answered for and not sent; the rest is.
    fn requests(&self) -> CheckResult {
        if self.tampered.load(Ordering::Relaxed) {
            CheckResult::Degraded("tampered")
        } else {
            CheckResult::Right
        }
    }

    async fn look_through_requests(&self) {
        match self.store.check_requests().await {
            Ok(faults) => {
                for fault in faults.iter().take(MOST_SAID) {
                    tracing::error!(
                        place = fault.place,
                        reason = fault.reason,
                        "something of a request is not as it was kept"
                    );
                }
                if !faults.is_empty() {
                    let faults = faults.len();
                    tracing::error!(
                        faults,
                        remedy = "check-requests",
                        "requests were tampered with"
                    );
                }
                self.tampered.store(!faults.is_empty(), Ordering::Relaxed);
            }
            Err(error) => tracing::error!(%error, "the requests could not be looked through"),
        }
    }

    /// Looks at every page of the database, everything that is kept of requests, and every entry of
    /// the audit, now and then.
    pub async fn watch(self: Arc<Self>) {
        loop {
            match self.store.check_pages().await {
                Ok(()) => {}
                Err(StoreError::Damaged) => {
                    tracing::error!(
                        "the database is damaged: stop the portal, keep the data folder, and restore the backup"
                    );
                    self.damaged.store(true, Ordering::Relaxed);
                }
                Err(error) => {
                    tracing::error!(error = %error, "the database could not be looked through");
                }
            }
            self.look_through_requests().await;
            self.audit.look_through().await;
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(results: &[CheckResult]) -> &'static str {
        const NAMES: [&str; 3] = ["a", "b", "c"];
        Report::of(NAMES.into_iter().zip(results.iter().copied()).collect()).status
    }

    #[test]
    fn one_failed_check_is_enough_and_what_is_only_degraded_goes_on_serving() {
        let (right, degraded) = (CheckResult::Right, CheckResult::Degraded("stuck"));
        assert_eq!(status(&[right, right]), "ready");
        assert_eq!(status(&[right, degraded]), "degraded");
        assert_eq!(status(&[CheckResult::Failed("full"), degraded, right]), "unready");
    }
}
