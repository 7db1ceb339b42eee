//! The sample department at work, in the test's own process.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use forward::Secret;
use sample_department::{DepartmentError, DepartmentSettings, serve};
use serde_json::Value;
use tokio::{sync::Notify, task::JoinHandle};

use crate::SystemClock;

/// The sample department at work.
#[derive(Debug)]
pub struct Office {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Arc<Notify>,
    task: JoinHandle<Result<(), DepartmentError>>,
}

impl Office {
    /// One that never fails, at a free address.
    pub async fn open() -> Self {
        Self::open_with(DepartmentSettings::new(anywhere(), secret())).await
    }

    /// One that never fails, at that address.
    pub async fn open_at(address: SocketAddr) -> Self {
        Self::open_with(DepartmentSettings::new(address, secret())).await
    }

    /// One of whose deliveries that share goes wrong, as `seed` has it. A late answer comes after
    /// `slow_answer`.
    pub async fn failing(fail_rate: f64, seed: u64, slow_answer: Duration) -> Self {
        let settings = DepartmentSettings::new(anywhere(), secret());
        Self::open_with(DepartmentSettings { fail_rate, seed, slow_answer, ..settings }).await
    }

    /// One that keeps what it received in that folder.
    pub async fn keeping(data: PathBuf) -> Self {
        let settings = DepartmentSettings::new(anywhere(), secret());
        Self::open_with(DepartmentSettings { data: Some(data), ..settings }).await
    }

    /// One that behaves as told; it takes connections when this returns.
    pub async fn open_with(settings: DepartmentSettings) -> Self {
        let (told, ready) = tokio::sync::oneshot::channel();
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let shutdown = async move { stopped.notified().await };
        let ready_to = |address| told.send(address).unwrap();
        let serving = serve(settings, Arc::new(SystemClock), ready_to, shutdown);
        let task = tokio::spawn(serving);
        Self { address: ready.await.unwrap(), stop, task }
    }

    /// Stops it and waits until it has.
    pub async fn close(self) {
        self.stop.notify_one();
        self.task.await.unwrap().unwrap();
    }

    /// The address of a page or route of it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it received, newest first.
    pub async fn inbox(&self) -> Vec<Value> {
        reqwest::get(self.url("/inbox.json")).await.unwrap().json().await.unwrap()
    }
}

/// A free port of this machine.
#[must_use]
pub fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// The secret of every [`Office`] that is not given another.
#[must_use]
pub fn secret() -> Secret {
    Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap()
}
