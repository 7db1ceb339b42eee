//! Connections: how many there may be at once, and how long one may take to say what it wants. A
//! server that waits for ever is stopped by a few hundred callers who say nothing.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::Request as HttpRequest,
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::ServiceExt as _;

use crate::{config::Config, security::client::ClientAddress};

/// Pause after a connection could not be taken, as when the process has no file left to open.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Open connections by address.
#[derive(Debug, Default)]
struct Open(Mutex<HashMap<ClientAddress, usize>>);

/// One of them; it ends when this is dropped.
struct Counted {
    open: Arc<Open>,
    client: ClientAddress,
}

impl Open {
    /// Counts one more, unless the address has `most`.
    fn take(self: &Arc<Self>, client: ClientAddress, most: usize) -> Option<Counted> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(client).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { open: self.clone(), client })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.client);
            }
        }
    }
}

/// Serves HTTP/1.1 until `stop`, then finishes the answers under way. A proxy in front speaks the
/// newer versions, and may have as many connections as there are.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: &Config,
    stop: impl Future<Output = ()>,
) {
    let limits = &config.limits;
    let free = Arc::new(Semaphore::new(limits.connections));
    let open = Arc::new(Open::default());
    let shutdown = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    // It also ends connections that are kept open and say nothing more.
    http.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(limits.header_seconds));
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let permit = free.clone().acquire_owned().await;
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
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        let most = most_of(peer.ip(), config);
        let Some(counted) = open.take(ClientAddress::of(peer.ip()), most) else { continue };
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), peer, request));
        // Answers are written whole; waiting for more to send only delays them.
        let _delayed = stream.set_nodelay(true);
        let connection = shutdown.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::trace!(error = %error, "a connection ended early");
            }
            drop((permit, counted));
        });
    }
    drop(listener);
    // No answer takes longer; whoever does not read theirs is not waited for.
    let patience = Duration::from_secs(limits.answer_seconds);
    if tokio::time::timeout(patience, shutdown.shutdown()).await.is_err() {
        tracing::warn!("connections were left that did not read their answers");
    }
}

/// How many connections an address may have.
fn most_of(peer: IpAddr, config: &Config) -> usize {
    let trusted = config.site.trusted_proxies.contains(&peer.to_canonical());
    if trusted { config.limits.connections } else { config.limits.connections_per_address }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    request: HttpRequest<Incoming>,
) -> Result<Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}
