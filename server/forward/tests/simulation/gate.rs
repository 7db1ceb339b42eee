//! The way to the store: the store's own work behind it, and before and after each call the moments in
//! which a worker can be killed, stand still, or find the disk full.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use domain::request::{DeliveryId, RequestNumber};
use jiff::{SignedDuration, Timestamp};
use store::{
    Acknowledged, Acknowledgement, Backlog, Delivery, DeliveryOutcome, DeliveryState,
    DeliveryStatus, Outbox, StoreError, Whose,
};
use store_sqlite::SqliteStore;

use crate::{
    time::{MINUTE, SECOND},
    world::World,
};

/// Runs a call of the store to its end in one step, whatever threads it takes.
pub fn at_once<T>(call: impl Future<Output = T>) -> T {
    futures_executor::block_on(tokio::task::unconstrained(call))
}

/// What goes wrong with a machine.
#[derive(Default)]
pub struct Machine {
    /// Nothing more can be written.
    pub disk_full: AtomicBool,
    /// It stands still now and then, for longer than a lease.
    pub freezes: AtomicBool,
}

/// A worker's way to the store.
pub struct Gate {
    pub world: Arc<World>,
    pub store: Arc<SqliteStore>,
}

impl Gate {
    async fn moment(&self) {
        let dice = &self.world.dice;
        if self.world.machine.freezes.load(Ordering::Relaxed) && dice.percent(2) {
            self.world.count("worker frozen");
            return self.world.time.sleep(dice.between(30 * SECOND, 5 * MINUTE)).await;
        }
        match dice.below(3) {
            0 => {}
            1 => self.world.time.sleep(dice.between(0, 30)).await,
            _ => self.world.time.sleep(dice.between(0, 900)).await,
        }
    }

    async fn call<T>(
        &self,
        writes: bool,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.moment().await;
        if writes && self.world.machine.disk_full.load(Ordering::Relaxed) {
            self.world.count("disk full");
            return Err(StoreError::DiskFull);
        }
        let answer = at_once(call);
        self.moment().await;
        answer
    }
}

#[async_trait]
impl Outbox for Gate {
    async fn lease(
        &self,
        owner: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: usize,
        whose: Whose<'_>,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.call(true, self.store.lease(owner, now, lease, limit, whose)).await
    }

    async fn begin_attempt(
        &self,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.call(true, self.store.begin_attempt(id, owner, now)).await
    }

    async fn record_outcome(
        &self,
        id: &DeliveryId,
        owner: &str,
        now: Timestamp,
        outcome: &DeliveryOutcome,
    ) -> Result<bool, StoreError> {
        let recorded = self.call(true, self.store.record_outcome(id, owner, now, outcome)).await?;
        match outcome {
            DeliveryOutcome::Delivered { .. } if recorded => self.world.count("delivered"),
            DeliveryOutcome::Stuck { .. } if recorded => self.world.count("stuck"),
            _ => {}
        }
        Ok(recorded)
    }

    async fn acknowledge(&self, said: &Acknowledgement) -> Result<Acknowledged, StoreError> {
        self.call(true, self.store.acknowledge(said)).await
    }

    async fn give_up(
        &self,
        department: &str,
        now: Timestamp,
        lease: SignedDuration,
        began_before: Timestamp,
        reason: &str,
    ) -> Result<u64, StoreError> {
        self.call(true, self.store.give_up(department, now, lease, began_before, reason)).await
    }

    async fn next_due(&self, whose: Whose<'_>) -> Result<Option<Timestamp>, StoreError> {
        self.call(false, self.store.next_due(whose)).await
    }

    async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError> {
        self.call(false, self.store.delivery_counts()).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        self.call(false, self.store.backlog()).await
    }

    async fn deliveries_of(
        &self,
        number: &RequestNumber,
    ) -> Result<Vec<DeliveryStatus>, StoreError> {
        self.call(false, self.store.deliveries_of(number)).await
    }
}
