//! What the tests share: a portal's outbox, the sample department, and departments that do as
//! they are told.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where its ground is not firm")]

use std::{
    net::SocketAddr,
    path::PathBuf,
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
    Department, Departments, ForwardSettings, Forwarder, Schedule, Secret,
    department::{self, DepartmentError, DepartmentSettings},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{
    Cipher, DeliveryState, DeliveryStatus, Keyring, NewRequest, Outbox, RecordKey, Requests,
    sqlite::SqliteStore,
};
use tempfile::TempDir;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

pub mod scripted;

/// The wall clock: these tests speak real HTTP.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

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

pub fn secret() -> Secret {
    Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap()
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
    _folder: TempDir,
}

impl Portal {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy: Arc<Numbered> = Arc::default();
        let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [7; 32] };
        let keys = Arc::new(Keyring::new(vec![key], entropy.clone()));
        let store =
            SqliteStore::open(folder.path(), &domain::classified::ClassifiedKey::new([9; 32]))
                .unwrap()
                .with_records(keys, store::Clear::Sealed)
                .unwrap();
        let store = Arc::new(store);
        Self { store, entropy, wake: Arc::default(), _folder: folder }
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
        let departments: Departments = departments.into_iter().collect();
        let forwarder = Forwarder::new(
            Arc::clone(&self.store) as Arc<dyn Outbox>,
            &departments,
            Arc::new(SystemClock),
            Arc::clone(&self.entropy) as Arc<dyn Entropy>,
            owner.to_owned(),
            settings,
        );
        let (stop, mut stopped) = watch::channel(false);
        let shutdown = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let task = tokio::spawn(forwarder.unwrap().run(shutdown, Arc::clone(&self.wake)));
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

/// The sample department at work.
pub struct Office {
    pub address: SocketAddr,
    stop: Arc<Notify>,
    task: JoinHandle<Result<(), DepartmentError>>,
}

impl Office {
    pub async fn open() -> Self {
        Self::open_with(DepartmentSettings::new(anywhere(), secret())).await
    }

    pub async fn open_at(address: SocketAddr) -> Self {
        Self::open_with(DepartmentSettings::new(address, secret())).await
    }

    pub async fn failing(fail_rate: f64, seed: u64) -> Self {
        let settings = DepartmentSettings::new(anywhere(), secret());
        let slow_answer = TIMEOUT * 2;
        Self::open_with(DepartmentSettings { fail_rate, seed, slow_answer, ..settings }).await
    }

    pub async fn keeping(data: PathBuf) -> Self {
        let settings = DepartmentSettings::new(anywhere(), secret());
        Self::open_with(DepartmentSettings { data: Some(data), ..settings }).await
    }

    pub async fn open_with(settings: DepartmentSettings) -> Self {
        let (told, ready) = tokio::sync::oneshot::channel();
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let shutdown = async move { stopped.notified().await };
        let ready_to = |address| told.send(address).unwrap();
        let serving = department::serve(settings, Arc::new(SystemClock), ready_to, shutdown);
        let task = tokio::spawn(serving);
        Self { address: ready.await.unwrap(), stop, task }
    }

    pub async fn close(self) {
        self.stop.notify_one();
        self.task.await.unwrap().unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn inbox(&self) -> Vec<Value> {
        reqwest::get(self.url("/inbox.json")).await.unwrap().json().await.unwrap()
    }
}

pub fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}
