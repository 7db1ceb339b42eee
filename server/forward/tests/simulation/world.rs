//! Everything that a schedule has: machines with workers, a store, departments, a network, time.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use domain::{Clock, Entropy, Localized};
use forward::{Circuits, Department, ForwardSettings, Forwarder, Schedule, Wire};
use jiff::SignedDuration;
use store::{Cipher, Clear, Keyring, Keys, Outbox, RecordKey};
use store_sqlite::SqliteStore;
use tokio::{
    sync::Notify,
    task::{JoinHandle, JoinSet},
    time::Instant,
};

use crate::{
    Report,
    gate::{Gate, Machine},
    network::{Line, Network},
    office::Office,
    people::Receipt,
    time::{DAY, Dice, HOUR, MINUTE, MachineClock, SECOND, Time},
};

/// The departments that there are.
pub const OFFICES: [&str; 3] = ["registration", "planning", "geology"];
/// How long one exchange may take, milliseconds.
pub const TIMEOUT: i64 = 10 * SECOND;
/// Machines on which a worker can run.
pub const MACHINES: usize = 2;

/// A folder where a disk costs least.
pub fn room() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

pub fn open_store(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, &testkit::CLASSIFIED_KEY).unwrap()
}

pub struct World {
    pub time: Arc<Time>,
    pub dice: Arc<Dice>,
    pub store: Arc<SqliteStore>,
    pub network: Network,
    pub machine: Machine,
    pub offices: BTreeMap<String, Arc<Office>>,
    /// The clock of each machine.
    pub clocks: [Arc<MachineClock>; MACHINES],
    /// Departments in the configuration.
    pub configured: Mutex<BTreeSet<String>>,
    pub receipts: Mutex<Vec<Receipt>>,
    /// Whether clocks jump in this schedule, and whether machines stand still: who holds what is then
    /// a matter of luck, and that departments tell keys apart is what counts.
    pub clocks_jump: bool,
    pub freezes: bool,
    settings: ForwardSettings,
    workers: Mutex<[Option<JoinHandle<()>>; MACHINES]>,
    started: Mutex<u32>,
    wake: Arc<Notify>,
    counted: Mutex<BTreeMap<&'static str, u64>>,
    broken: Mutex<Vec<String>>,
    trace: Mutex<Vec<String>>,
}

impl World {
    pub fn new(seed: u64, folder: &Path) -> Arc<Self> {
        let (time, dice) = (Arc::<Time>::default(), Arc::new(Dice::new(seed)));
        let store = open_store(folder);
        let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [7; 32] };
        let keys = Arc::new(Keyring::new(vec![key], Arc::clone(&dice) as Arc<dyn Entropy>));
        store.unlock(keys, Clear::Sealed).unwrap();
        let office = |id: &str| Arc::new(Office::new(id, MachineClock::new(&time)));
        let hours = |hours| SignedDuration::from_hours(hours);
        let schedule = *dice.one_of(&[
            Schedule::default(),
            Schedule { give_up_after: hours(1), least_attempts: 3, ..Schedule::default() },
            Schedule {
                first: SignedDuration::from_millis(200),
                longest: SignedDuration::from_mins(10),
                give_up_after: hours(24),
                ..Schedule::default()
            },
        ]);
        let settings = ForwardSettings {
            batch: *dice.one_of(&[1, 3, 16]),
            per_department: *dice.one_of(&[1, 2, 8]),
            // The outbox says when something is due next, and who hands something in wakes the worker:
            // looking more often would find nothing and take most of the time of a schedule.
            poll: Duration::from_hours(3),
            misconfigured_wait: SignedDuration::from_mins(30),
            schedule,
            ..ForwardSettings::default()
        };
        let (clocks_jump, freezes) = (dice.percent(30), dice.percent(30));
        Arc::new(Self {
            store: Arc::new(store),
            network: Network::default(),
            machine: Machine::default(),
            offices: OFFICES.into_iter().map(|id| (id.to_owned(), office(id))).collect(),
            clocks: [(); MACHINES].map(|()| Arc::new(MachineClock::new(&time))),
            configured: Mutex::new(OFFICES.into_iter().map(str::to_owned).collect()),
            receipts: Mutex::default(),
            clocks_jump,
            freezes,
            settings,
            workers: Mutex::default(),
            started: Mutex::default(),
            wake: Arc::default(),
            counted: Mutex::default(),
            broken: Mutex::default(),
            trace: Mutex::default(),
            time,
            dice,
        })
    }

    /// Whether every lease ends when its holder thinks that it does.
    pub fn is_strict(&self) -> bool {
        !self.clocks_jump && !self.freezes
    }

    pub fn count(&self, kind: &'static str) {
        *self.counted.lock().unwrap().entry(kind).or_default() += 1;
    }

    pub fn breaks(&self, promise: String) {
        self.tell(&format!("BROKEN: {promise}"));
        self.broken.lock().unwrap().push(promise);
    }

    pub fn tell(&self, line: &str) {
        let now = self.time.now();
        let (days, rest) = (now / DAY, now % DAY);
        let (hour, minute) = (rest / HOUR, rest % HOUR / MINUTE);
        let seconds = (rest % MINUTE) as f64 / SECOND as f64;
        self.trace
            .lock()
            .unwrap()
            .push(format!("{days} d {hour:02}:{minute:02}:{seconds:06.3} {line}"));
    }

    pub fn report(&self) -> Report {
        Report {
            counted: self.counted.lock().unwrap().clone(),
            broken: self.broken.lock().unwrap().clone(),
            trace: self.trace.lock().unwrap().clone(),
        }
    }

    /// The clock that the portal answers people by.
    pub fn portal_clock(&self) -> &dyn Clock {
        &*self.clocks[0]
    }

    /// Tells the workers that something was handed in.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    fn departments(&self) -> impl Iterator<Item = Department> {
        let configured = self.configured.lock().unwrap().clone();
        configured.into_iter().map(|id| {
            let endpoint = format!("http://{id}.example/deliveries").parse().unwrap();
            let timeout = Duration::from_millis(TIMEOUT.unsigned_abs());
            let name = Localized::same(&id);
            Department::new(id, name, endpoint, testkit::secret(), timeout)
        })
    }

    /// Starts a worker on a machine, by the configuration of this moment.
    pub fn start(self: &Arc<Self>, machine: usize) {
        let wire = |department: &Department| {
            let office = Arc::clone(&self.offices[&department.id]);
            Ok(Arc::new(Line { world: Arc::clone(self), office }) as Arc<dyn Wire>)
        };
        let gate = Gate { world: Arc::clone(self), store: Arc::clone(&self.store) };
        let mut started = self.started.lock().unwrap();
        *started += 1;
        let forwarder = Forwarder::over(
            wire,
            Arc::new(gate) as Arc<dyn Outbox>,
            &self.departments().collect(),
            Arc::clone(&self.clocks[machine]) as Arc<dyn Clock>,
            Arc::clone(&self.dice) as Arc<dyn Entropy>,
            format!("worker-{started}"),
            self.settings.clone(),
        );
        let (time, begun) = (Arc::clone(&self.time), Instant::now());
        // What was known of a department is forgotten with the worker.
        let circuits = Circuits::counting_by(move || {
            begun + Duration::from_millis(u64::try_from(time.now()).unwrap())
        });
        let forwarder = forwarder.unwrap().with_circuits(Arc::new(circuits)).by_turns();
        let (time, wake) = (Arc::clone(&self.time), Arc::clone(&self.wake));
        // Two turns beside each other, as the loop of `run` looks for more while some are under way.
        let work = async move {
            let mut turns = JoinSet::new();
            for _ in 0..2 {
                let (forwarder, time, wake) = (forwarder.clone(), time.clone(), wake.clone());
                turns.spawn(async move {
                    loop {
                        let pause = forwarder.turn().await;
                        let pause = i64::try_from(pause.as_millis()).unwrap().max(1);
                        tokio::select! {
                            biased;
                            () = wake.notified() => {}
                            () = time.sleep(pause) => {}
                        }
                    }
                });
            }
            turns.join_all().await;
        };
        let before = self.workers.lock().unwrap()[machine].replace(tokio::spawn(work));
        assert!(before.is_none(), "one worker on a machine");
        self.count("worker started");
    }

    pub fn is_running(&self, machine: usize) -> bool {
        self.workers.lock().unwrap()[machine].is_some()
    }

    /// Kills the worker of a machine wherever it is.
    pub fn kill(&self, machine: usize) {
        if let Some(worker) = self.workers.lock().unwrap()[machine].take() {
            worker.abort();
            self.count("worker killed");
            if !self.network.is_quiet() {
                self.count("worker killed with something in hand");
            }
        }
    }

    /// Ends the simulation.
    pub fn stop(&self) {
        for machine in 0..MACHINES {
            if let Some(worker) = self.workers.lock().unwrap()[machine].take() {
                worker.abort();
            }
        }
    }

    /// From now on nothing goes wrong any more, and every department is there.
    pub fn mend(self: &Arc<Self>) {
        self.network.calm.store(true, Ordering::Relaxed);
        self.machine.disk_full.store(false, Ordering::Relaxed);
        self.machine.freezes.store(false, Ordering::Relaxed);
        self.configured.lock().unwrap().extend(OFFICES.into_iter().map(str::to_owned));
        for machine in 0..MACHINES {
            self.clocks[machine].set_ahead(0);
            self.kill(machine);
            self.start(machine);
        }
    }
}
