//! The worker that tells people what is due.

use std::{sync::Arc, time::Duration};

use domain::{Clock, Entropy};
use forward::{Failure, NextAttempt, Schedule};
use jiff::{SignedDuration, Timestamp};
use store::{DueNotice, NoticeLease, NoticeOutcome, Notices, StoreError};
use tokio::time::{Instant, sleep, timeout};
use tracing::{error, info, warn};

use crate::{
    Messenger, Unsent,
    words::{Links, written},
};

/// How often addresses are looked for that nobody has confirmed.
const BETWEEN_LAPSES: Duration = Duration::from_secs(3_600);
/// How long a shutdown waits for what is under way.
const DRAIN: Duration = Duration::from_secs(20);

/// How the worker works.
#[derive(Clone, Copy, Debug)]
pub struct NotifySettings {
    /// How long a message is held. Must outlast `patience`.
    pub lease: SignedDuration,
    /// How long one message may take to be sent.
    pub patience: Duration,
    /// How long an event waits for others that are told with it.
    pub gather: SignedDuration,
    /// How often the store is looked into.
    pub poll: Duration,
    /// When to try again.
    pub schedule: Schedule,
}

/// Tells people what is due, one message after the other.
pub struct Notifier {
    /// What is due.
    pub notices: Arc<dyn Notices>,
    /// What carries it.
    pub messenger: Arc<dyn Messenger>,
    /// Where the portal is reached.
    pub links: Arc<dyn Links>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// A name that no other running worker has.
    pub owner: String,
    /// How it works.
    pub settings: NotifySettings,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notifier").field("owner", &self.owner).finish_non_exhaustive()
    }
}

/// What the worker remembers from one message to the next.
#[derive(Default)]
struct Memory {
    /// How often in a row nothing could be sent at all.
    channel_failed: u32,
    lapsed: Option<Instant>,
}

impl Notifier {
    /// Works until `shutdown` is done, then finishes what is under way.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut memory = Memory::default();
        info!(notify.owner = %self.owner, "Notifier started");
        loop {
            let pause = {
                let mut step = std::pin::pin!(self.step(&mut memory));
                tokio::select! {
                    biased;
                    pause = &mut step => pause,
                    () = &mut shutdown => {
                        if timeout(DRAIN, step).await.is_err() {
                            // It is sent again: somebody may read it twice.
                            warn!("Shutdown did not wait for a message to be taken");
                        }
                        break;
                    }
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                () = sleep(pause) => {}
            }
        }
        info!(notify.owner = %self.owner, "Notifier stopped");
    }

    /// One message, if any is due; how long to pause afterwards.
    async fn step(&self, memory: &mut Memory) -> Duration {
        match self.told(memory).await {
            Ok(pause) => pause,
            Err(error) => {
                error!(%error, "What is to be told cannot be read; trying again");
                self.settings.poll
            }
        }
    }

    async fn told(&self, memory: &mut Memory) -> Result<Duration, StoreError> {
        let NotifySettings { lease, gather, poll, .. } = self.settings;
        let now = self.clock.now();
        if memory.lapsed.is_none_or(|at| at.elapsed() >= BETWEEN_LAPSES) {
            self.notices.lapse_notices(now).await?;
            memory.lapsed = Some(Instant::now());
        }
        let how = NoticeLease { now, lease, gather };
        let Some(due) = self.notices.lease_notice(&self.owner, how).await? else {
            return Ok(poll);
        };
        let sent = self.sent(&due, now).await;
        let now = self.clock.now();
        let (outcome, pause) = match sent {
            Ok(()) => {
                memory.channel_failed = 0;
                (NoticeOutcome::Told(due.kind), Duration::ZERO)
            }
            Err(unsent) => {
                // By its number alone: whose address it is stands in no log.
                warn!(request.number = %due.number, reason = %unsent, "A notice was not sent");
                self.failed(&due, &unsent, now, memory)
            }
        };
        if !self.notices.settle_notice(&due.number, &self.owner, now, outcome).await? {
            info!(request.number = %due.number, "A notice was changed while it was being sent");
        }
        Ok(pause)
    }

    async fn sent(&self, due: &DueNotice, at: Timestamp) -> Result<(), Unsent> {
        let message = written(due, &*self.links, at);
        let sending = self.messenger.send(&message);
        let in_time = timeout(self.settings.patience, sending).await;
        in_time.unwrap_or_else(|_| Err(Unsent::Channel("it does not answer in time".to_owned())))
    }

    /// What follows a failure, and how long nothing else is tried.
    fn failed(
        &self,
        due: &DueNotice,
        unsent: &Unsent,
        now: Timestamp,
        memory: &mut Memory,
    ) -> (NoticeOutcome, Duration) {
        let attempts = due.attempts.saturating_add(1);
        let began = match unsent {
            Unsent::Address(_) => return (NoticeOutcome::Refused, Duration::ZERO),
            Unsent::Message(_) => due.failing_since.unwrap_or(now),
            // Nobody's patience ends because the server of the portal is down.
            Unsent::Channel(_) => now,
        };
        let NextAttempt::At(retry_at) = self.again(attempts, began, now) else {
            return (NoticeOutcome::Refused, Duration::ZERO);
        };
        let pause = match unsent {
            Unsent::Channel(_) => {
                memory.channel_failed = memory.channel_failed.saturating_add(1);
                match self.again(memory.channel_failed, now, now) {
                    NextAttempt::At(at) => at.duration_since(now).try_into().unwrap_or_default(),
                    NextAttempt::Never => self.settings.poll,
                }
            }
            Unsent::Address(_) | Unsent::Message(_) => Duration::ZERO,
        };
        (NoticeOutcome::Failed { retry_at, since: began }, pause)
    }

    fn again(&self, attempts: u32, began: Timestamp, now: Timestamp) -> NextAttempt {
        let at_least = SignedDuration::ZERO;
        let mut jitter = [0; 8];
        self.entropy.fill(&mut jitter);
        let failure = Failure { attempts, began, now, at_least };
        self.settings.schedule.after(failure, u64::from_le_bytes(jitter))
    }
}
