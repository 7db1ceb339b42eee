//! Connections: how many there may be at once and of whom, and how long one may take to say what it
//! wants, to take its answer, and altogether. A server that waits for ever is stopped by a few
//! hundred callers who say nothing, or who do not read.
//!
//! - When all are taken, room is made at the address that has most ([`share`]).
//! - A reader must take a few kilobytes in every `limits.write_seconds` ([`line`]).
//! - A head must be whole in `limits.header_seconds`, of at most [`LARGEST_HEAD`], and framed as
//!   RFC 9112 says ([`framing`]).
//! - After `limits.connection_seconds` the next answer is the last, and after twice as long it ends.
//! - Of what is sent ahead of an answer no more than [`BUFFER`] is read.

mod framing;
mod line;
mod share;

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Request, Response, header},
};
use hyper::{
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use self::{
    line::Line,
    share::{Phase, Seat, Table, Watched},
};
use crate::{
    client::ClientAddress,
    door::Door,
    identity::MarkKey,
    metrics::{Ended, Metrics},
    open_files,
    security_event::Event,
    security_log::SecurityLog,
    settings::{LimitsConfig, Settings},
};

/// Largest head of a request, bytes; a larger one is answered 431.
pub const LARGEST_HEAD: usize = 32 * 1024;
/// What the library holds of one connection, each way, bytes.
const BUFFER: usize = 64 * 1024;
/// Answers on one connection; after these it is opened anew.
const MOST_ANSWERS: u32 = 1_000;
/// Pause after a connection could not be taken, as when the process has no file left to open.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// What the gate goes by, and whom it tells.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The limits, and which proxies are ours.
    pub settings: Arc<Settings>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The security log.
    pub security: Arc<SecurityLog>,
    /// Marks of visitors in it.
    pub marks: MarkKey,
}

impl Gate {
    fn limits(&self) -> &LimitsConfig {
        &self.settings.limits
    }

    /// Finds room for a caller.
    fn seat(&self, table: &Arc<Table>, peer: SocketAddr) -> Seat {
        let trusted = self.settings.site.trusted_proxies.contains(&peer.ip().to_canonical());
        let limits = self.limits();
        let most = if trusted { limits.connections } else { limits.connections_per_address };
        let (seat, shed) = table.enter(ClientAddress::of(peer.ip()), trusted, most);
        if let Some((connection, why)) = shed {
            self.note_shed(&connection, why.into());
        }
        seat
    }

    fn note_shed(&self, connection: &Watched, why: Ended) {
        self.metrics.connection_ended(why);
        let visitor = self.marks.mark(connection.client());
        self.security.note(Event::ShedConnection, Some(&visitor), None);
    }

    /// Serves one connection to its end.
    async fn serve(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        door: Arc<Door>,
        watched: Arc<Watched>,
        graceful: hyper_util::server::graceful::Watcher,
    ) {
        let limits = self.limits();
        let age = Duration::from_secs(limits.connection_seconds);
        let mut http = http1::Builder::new();
        // The head's time also ends connections that are kept open and say nothing more.
        http.timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.header_seconds))
            .max_header_size(LARGEST_HEAD)
            .max_buf_size(BUFFER);
        let answered = AtomicU32::new(0);
        let service = {
            let watched = watched.clone();
            service_fn(move |request| {
                let before = answered.fetch_add(1, Ordering::Relaxed);
                let last = before + 1 >= MOST_ANSWERS || watched.opened().elapsed() >= age;
                answer(door.clone(), peer, request, watched.clone(), last)
            })
        };
        let line = Line::new(stream, watched.clone(), Duration::from_secs(limits.write_seconds));
        let connection = graceful.watch(http.serve_connection(TokioIo::new(line), service));
        tokio::select! {
            ended = connection => if let Err(error) = ended {
                tracing::trace!(error = %error, "a connection ended early");
            },
            () = watched.told_to_end() => {}
            () = tokio::time::sleep(2 * age) => {
                watched.cut_off();
                self.metrics.connection_ended(Ended::TooOld);
            }
        }
        if watched.is_stalled() {
            self.metrics.connection_ended(Ended::NotRead);
            let visitor = self.marks.mark(watched.client());
            self.security.note(Event::StalledReader, Some(&visitor), None);
        }
    }
}

impl From<share::Shed> for Ended {
    fn from(shed: share::Shed) -> Self {
        match shed {
            share::Shed::AddressFull => Self::AddressFull,
            share::Shed::Busiest => Self::Busiest,
        }
    }
}

/// Serves HTTP/1.1 until `stop`, then finishes the answers under way. A proxy in front speaks the
/// newer versions, and may have as many connections as there are.
pub async fn serve(listener: TcpListener, door: Door, gate: Gate, stop: impl Future<Output = ()>) {
    let door = Arc::new(door);
    let most = open_files::for_connections(gate.limits().connections);
    let table = Arc::new(Table::new(most));
    // Those that were told to end are there a moment longer.
    let sockets = Arc::new(Semaphore::new(most + (most / 8).max(8)));
    let shutdown = GracefulShutdown::new();
    let patience = Duration::from_secs(gate.limits().answer_seconds);
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let permit = sockets.clone().acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            taken = accepted => taken,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be taken");
                if let Some(connection) = table.make_room() {
                    gate.note_shed(&connection, Ended::Busiest);
                }
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        let seat = gate.seat(&table, peer);
        let (gate, door, graceful) = (gate.clone(), door.clone(), shutdown.watcher());
        tokio::spawn(async move {
            let open = gate.metrics.connection_opened();
            gate.serve(stream, peer, door, seat.watched.clone(), graceful).await;
            drop((open, seat, permit));
        });
    }
    drop((listener, door));
    // No answer takes longer; whoever does not read theirs is not waited for.
    if tokio::time::timeout(patience, shutdown.shutdown()).await.is_err() {
        tracing::warn!("connections were left that did not read their answers");
    }
}

async fn answer(
    door: Arc<Door>,
    peer: SocketAddr,
    request: Request<Incoming>,
    watched: Arc<Watched>,
    last: bool,
) -> Result<Response<Answer>, Infallible> {
    watched.begin(Phase::Working);
    let mut response = door.answer(peer, request).await;
    watched.begin(Phase::Answering);
    if last {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| Answer { body, watched }))
}

/// The body of an answer; the connection waits for the next question once it is through.
struct Answer {
    body: Body,
    watched: Arc<Watched>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.watched.end_of(Phase::Answering);
    }
}
