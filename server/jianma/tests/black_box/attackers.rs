//! Callers who do what they should not, from addresses of their own on the loopback network; and a
//! polite visitor beside them, whose waits are measured.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

use crate::harness::Running;

/// How long a polite visitor waits at most: the bound holds on a machine whose cores are taken.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the portal listens.
pub fn socket(portal: &Running) -> SocketAddr {
    portal.address.strip_prefix("http://").unwrap().parse().unwrap()
}

/// An address of the loopback network.
pub fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 9, last).into()
}

/// A connection from `from`; its kernel holds little of what it does not read.
pub async fn connect(portal: SocketAddr, from: IpAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4 * 1024)?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(portal).await
}

/// What an attacker does with a connection.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Asks many times for a large file and never reads.
    NeverReads,
    /// Sends a head a byte at a time and never ends it.
    NeverEnds,
    /// The same with the body of a form.
    SlowBody,
}

/// An attack under way; it ends when this is dropped.
pub struct Attack {
    /// Connections that were made.
    pub made: Arc<AtomicUsize>,
    _attackers: JoinSet<()>,
}

/// Has each of `addresses` hold `connections`, opening a new one for each that it loses.
pub fn attack(portal: SocketAddr, way: Way, addresses: &[u8], connections: usize) -> Attack {
    let made = Arc::new(AtomicUsize::new(0));
    let mut attackers = JoinSet::new();
    for from in addresses.iter().map(|last| address(*last)) {
        for _ in 0..connections {
            let made = made.clone();
            attackers.spawn(async move {
                loop {
                    if let Ok(stream) = connect(portal, from).await {
                        made.fetch_add(1, Ordering::Relaxed);
                        hold(stream, way).await;
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            });
        }
    }
    Attack { made, _attackers: attackers }
}

/// Returns when the portal has ended the connection.
async fn hold(mut stream: TcpStream, way: Way) {
    match way {
        Way::NeverReads => {
            let asked = "GET /pkg/large.js HTTP/1.1\r\nHost: jianma\r\n\r\n".repeat(12);
            if stream.write_all(asked.as_bytes()).await.is_err() {
                return;
            }
            loop {
                tokio::time::sleep(Duration::from_millis(500)).await;
                // One more byte: it fails once the other side is gone.
                if stream.write_all(b"\r").await.is_err() {
                    return;
                }
            }
        }
        Way::NeverEnds | Way::SlowBody => {
            let mut next: &[u8] = match way {
                Way::NeverEnds => b"GET / HTTP/1.1\r\nHost: jianma\r\nX-Slow: ",
                _ => b"POST /requests HTTP/1.1\r\nHost: jianma\r\nContent-Length: 60000\r\n\r\nnumber=",
            };
            while stream.write_all(next).await.is_ok() {
                next = b"a";
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

/// A polite visitor, who asks for one thing after another.
pub struct Visitor {
    client: reqwest::Client,
    waits: Vec<Duration>,
}

impl Visitor {
    /// One from an address, whose program calls itself `name`; each question has a connection of
    /// its own, as those of many people have.
    pub fn new(from: IpAddr, name: &str) -> Self {
        let client = reqwest::Client::builder()
            .local_address(from)
            .user_agent(name)
            .pool_max_idle_per_host(0)
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { client, waits: Vec::new() }
    }

    /// Asks for each of `paths` in turn for so long; every answer must be 200.
    pub async fn visits(&mut self, portal: &Running, paths: &[&str], how_long: Duration) {
        let began = Instant::now();
        while began.elapsed() < how_long {
            for path in paths {
                let asked = Instant::now();
                let url = format!("{}{path}", portal.address);
                let answer = self.client.get(&url).send().await;
                let answer =
                    answer.unwrap_or_else(|error| panic!("{path} was not answered: {error:?}"));
                assert_eq!(answer.status(), 200, "{path}");
                answer.bytes().await.unwrap();
                self.waits.push(asked.elapsed());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// The waits as a line.
    pub fn figures(&mut self) -> String {
        self.waits.sort();
        let at = |share: f64| {
            let last = self.waits.len() - 1;
            self.waits[(last as f64 * share) as usize].as_secs_f64() * 1000.0
        };
        format!(
            "{} requests, all answered; median {:.0} ms, p95 {:.0} ms, longest {:.0} ms",
            self.waits.len(),
            at(0.5),
            at(0.95),
            at(1.0)
        )
    }
}

/// Lets this process hold as many connections as an attack needs; of how many it may have.
pub fn allow_files(wanted: u64) -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = wanted.min(limit.maximum.unwrap_or(u64::MAX));
    if limit.current.is_some_and(|current| current < raised) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }).unwrap();
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
