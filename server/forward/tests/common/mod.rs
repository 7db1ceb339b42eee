//! What the tests share: a portal's outbox, and departments that do as they are told.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where its ground is not firm")]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{
    Clock, Entropy, Localized,
    request::{RequestNumber, RequestState},
};
use forward::{
    Circuits, Department, Departments, ForwardSettings, Forwarder, Places, Schedule, Secret,
};
use jiff::SignedDuration;
use serde_json::json;
use store::{
    Cipher, DeliveryState, DeliveryStatus, Keyring, NewRequest, Outbox, RecordKey, Requests,
};
use store_sqlite::SqliteStore;
use tempfile::TempDir;
pub use testkit::{SystemClock, secret};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

pub mod scripted;

/// Numbers that differ and repeat from run to run.
#[derive(Default)]
pub struct Numbered(AtomicU64);

impl Entropy for Numbered {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

pub const TIMEOUT: Duration = Duration::from_millis(400);
pub const DEPARTMENT: &str = "natural-resources";
/// Stands in every body and may stand in no log.
pub const APPLICANT: &str = "徐霞客";

pub fn department(id: &str, address: SocketAddr, secret: Secret) -> Department {
    let endpoint = format!("http://{address}/deliveries").parse().unwrap();
    Department::new(id.into(), Localized::same(id), endpoint, secret, TIMEOUT)
}

pub fn brisk() -> ForwardSettings {
    ForwardSettings {
        lease: SignedDuration::from_secs(5),
        poll: Duration::from_millis(20),
        schedule: Schedule {
            first: SignedDuration::from_millis(5),
            longest: SignedDuration::from_millis(50),
            ..Schedule::default()
        },
        misconfigured_wait: SignedDuration::from_millis(30),
        busy_wait: SignedDuration::from_millis(20),
        ..ForwardSettings::default()
    }
}

/// A portal without pages: store and outbox.
pub struct Portal {
    pub store: Arc<SqliteStore>,
    pub entropy: Arc<Numbered>,
    pub wake: Arc<Notify>,
    pub circuits: Arc<Circuits>,
    _folder: TempDir,
}

impl Portal {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy: Arc<Numbered> = Arc::default();
        let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [7; 32] };
        let keys = Arc::new(Keyring::new(vec![key], entropy.clone()));
        let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
        store::Keys::unlock(&store, keys, store::Clear::Sealed).unwrap();
        let store = Arc::new(store);
        Self { store, entropy, wake: Arc::default(), circuits: Arc::default(), _folder: folder }
    }

    pub async fn submit(&self, department: &str) -> RequestNumber {
        let now = SystemClock.now();
        let number = RequestNumber::draw(now, &*self.entropy);
        let submission = json!({
            "item": "data-correction",
            "code": "330521101001GB00001",
            "data_version": "parcels/1",
            "applicant": { "name": APPLICANT },
            "answers": { "what": "界址 «有误» 😀" },
            "channel": "self",
        });
        let request = NewRequest {
            number: number.clone(),
            submission: serde_json::from_value(submission).unwrap(),
            submitted_at: now,
            idempotency_key: number.to_string(),
            departments: vec![department.to_owned()],
            confirmation: None,
        };
        self.store.submit(&request).await.unwrap();
        self.wake.notify_one();
        number
    }

    pub fn forward(&self, departments: Vec<Department>, settings: ForwardSettings) -> Running {
        self.forward_as("worker-1", departments, settings)
    }

    pub fn forward_as(
        &self,
        owner: &str,
        departments: Vec<Department>,
        settings: ForwardSettings,
    ) -> Running {
        self.run(self.forwarder(owner, departments, settings))
    }

    pub fn forward_with(
        &self,
        departments: Vec<Department>,
        settings: ForwardSettings,
        places: Arc<dyn Places>,
    ) -> Running {
        self.run(self.forwarder("worker-1", departments, settings).with_places(places))
    }

    fn forwarder(
        &self,
        owner: &str,
        departments: Vec<Department>,
        settings: ForwardSettings,
    ) -> Forwarder {
        let departments: Departments = departments.into_iter().collect();
        let forwarder = Forwarder::new(
            Arc::clone(&self.store) as Arc<dyn Outbox>,
            &departments,
            Arc::new(SystemClock),
            Arc::clone(&self.entropy) as Arc<dyn Entropy>,
            owner.to_owned(),
            settings,
        );
        forwarder.unwrap().with_circuits(Arc::clone(&self.circuits))
    }

    fn run(&self, forwarder: Forwarder) -> Running {
        let (stop, mut stopped) = watch::channel(false);
        let shutdown = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let task = tokio::spawn(forwarder.run(shutdown, Arc::clone(&self.wake)));
        Running { stop, task }
    }

    pub async fn status(&self, number: &RequestNumber) -> DeliveryStatus {
        self.store.deliveries_of(number).await.unwrap().remove(0)
    }

    pub async fn until(&self, number: &RequestNumber, state: DeliveryState) -> DeliveryStatus {
        for _ in 0..2_000 {
            let status = self.status(number).await;
            if status.state == state {
                return status;
            }
            pause().await;
        }
        panic!("still {:?}", self.status(number).await)
    }

    /// Why the last delivery of a request stands so, once it does.
    pub async fn until_last(&self, number: &RequestNumber, state: DeliveryState) -> String {
        let filter = store::DeliveryFilter {
            number: Some(number.clone()),
            ..store::DeliveryFilter::default()
        };
        for _ in 0..2_000 {
            let all = store::Deliveries::deliveries(&*self.store, &filter).await.unwrap().rows;
            if let Some(last) = all.last().filter(|last| last.state == state) {
                return last.reason.clone().unwrap_or_default();
            }
            pause().await;
        }
        panic!("never {state:?}")
    }

    pub async fn until_attempts(&self, number: &RequestNumber, attempts: u32) -> DeliveryStatus {
        for _ in 0..2_000 {
            let status = self.status(number).await;
            if status.attempts >= attempts {
                return status;
            }
            pause().await;
        }
        panic!("still {:?}", self.status(number).await)
    }

    /// The department's reference; the request must be acknowledged.
    pub async fn reference(&self, number: &RequestNumber) -> String {
        let request = self.store.request(number).await.unwrap().unwrap();
        assert_eq!(request.state(), RequestState::Acknowledged);
        request.reference().unwrap().to_owned()
    }
}

pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// A forwarder at work.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}
