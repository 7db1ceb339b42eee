//! The task that writes refusals down.

use std::{sync::Arc, time::Duration};

use domain::audit::{AuditEvent, AuditNote, Record};
use store::StoreError;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use super::shared::{SharedAudit, WriteError};

/// Refusals written in one transaction.
const AT_ONCE: usize = 256;
/// Between two looks whether a window is over.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// The task that writes refusals; ends when every [`super::Auditor`] is gone and all is written.
pub struct RefusalWriter {
    shared: Arc<SharedAudit>,
    refusals: mpsc::Receiver<AuditNote>,
}

impl std::fmt::Debug for RefusalWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefusalWriter").finish_non_exhaustive()
    }
}

impl RefusalWriter {
    pub(super) const fn new(shared: Arc<SharedAudit>, refusals: mpsc::Receiver<AuditNote>) -> Self {
        Self { shared, refusals }
    }

    /// Writes until every auditor is dropped.
    pub async fn run(mut self) {
        let mut batch = Vec::new();
        let mut looks = interval(BETWEEN_LOOKS);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                taken = self.refusals.recv_many(&mut batch, AT_ONCE) => {
                    if taken == 0 {
                        break;
                    }
                    self.write(batch.drain(..).map(Record::from).collect()).await;
                }
                _ = looks.tick() => {
                    if self.shared.window_is_over() {
                        self.close_window().await;
                    }
                    self.shared.say_end();
                }
            }
        }
        self.close_window().await;
        self.shared.say_end();
    }

    async fn close_window(&self) {
        if let Some(misses) = self.shared.close_window() {
            self.write(vec![AuditEvent::Misses(misses).into()]).await;
        }
    }

    async fn write(&self, records: Vec<Record>) {
        if records.is_empty() {
            return;
        }
        let mut wait = Duration::from_millis(100);
        // Kept until it is written: a full disk or a witness out of reach is mended, a lost note is
        // not.
        while let Err(error) = self.shared.write(records.clone(), None).await {
            tracing::error!(error = %error, notes = records.len(), "the audit was not written");
            match error {
                // Nothing more is added to a forged chain; disclosures stop, the public part goes
                // on.
                WriteError::Store(StoreError::Tampered { .. }) => return,
                // Once is enough: the end of what is written next stands for these too.
                WriteError::Unnoted(_) => return,
                WriteError::Store(_) | WriteError::Unknown(_) => {}
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(30));
        }
    }
}

#[cfg(test)]
mod tests;
