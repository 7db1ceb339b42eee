//! A sample department: verifies signatures, tells repeated keys apart, confirms only what is on
//! disk, and can be told to fail.
//!
//! It shows what a department's own system has to do, and is what demonstrations and tests
//! deliver to. Its inbox is open to everybody who reaches the address, and so are its buttons, which
//! answer applicants: keep it on the loopback address and away from real requests.

mod action;
mod callback;
mod case;
mod desk;
mod drawing;
mod facts;
mod inbox;
mod ledger;
mod line;
mod mishap;
mod texts;
mod word;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use domain::Clock;
use forward::Secret;
use serde_json::json;
use tokio::net::TcpListener;

use callback::Callback;
use ledger::{Filed, Ledger};
use line::{Line, Lines};
use mishap::{Mishap, Mishaps};

/// The largest delivery that is read.
const LARGEST_BODY: usize = 1024 * 1024;
/// What stands before many systems, and answers 200 in their place.
const SIGN_IN: &str = "<!doctype html>\n<title>统一身份认证</title>\n<p>请先登录。</p>\n";

/// How the sample department behaves.
#[derive(Clone, Debug)]
pub struct DepartmentSettings {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The secret shared with the portal.
    pub secret: Secret,
    /// How many deliveries go wrong, 0 to 1: turned away with 429 or 503, lost at a sign-in page
    /// that answers 200, kept but answered with 500, kept and the connection cut, kept and
    /// answered late.
    pub fail_rate: f64,
    /// Which ones go wrong, and how. The same seed makes the same choices in the same order.
    pub seed: u64,
    /// How long a late answer takes.
    pub slow_answer: Duration,
    /// Where `department.sqlite3` is kept; without it, what was received ends with the process.
    pub data: Option<PathBuf>,
    /// Where the portal listens that its answers go to.
    pub portal: SocketAddr,
}

impl DepartmentSettings {
    /// A department that never fails, forgets everything when it ends, and answers to a portal at the
    /// usual port of this machine.
    #[must_use]
    pub fn new(listen: SocketAddr, secret: Secret) -> Self {
        let slow_answer = Duration::from_secs(3);
        let portal = SocketAddr::from(([127, 0, 0, 1], 3000));
        Self { listen, secret, fail_rate: 0.0, seed: 0, slow_answer, data: None, portal }
    }
}

/// Why the sample department cannot work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DepartmentError {
    /// The address is taken or not of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The folder cannot be used.
    #[error("the data folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database said no.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Not between 0 and 1.
    #[error("the fail rate {0} is not between 0 and 1")]
    FailRate(f64),
    /// No way to speak to the portal.
    #[error("the way to the portal: {0}")]
    Client(#[from] reqwest::Error),
    /// The thread that worked for this call is gone.
    #[error("the storage thread stopped")]
    Stopped,
}

impl IntoResponse for DepartmentError {
    fn into_response(self) -> Response {
        tracing::error!(error = %self, "The sample department failed");
        problem(StatusCode::INTERNAL_SERVER_ERROR, "nothing could be kept or read")
    }
}

#[derive(Clone)]
struct Department {
    ledger: Ledger,
    secret: Arc<Secret>,
    mishaps: Arc<Mishaps>,
    slow_answer: Duration,
    clock: Arc<dyn Clock>,
    callback: Callback,
}

/// Serves until `shutdown` is done. `ready` is told the address once connections are taken.
///
/// `POST /deliveries`, `GET /deliveries/{id}` (look-up), `GET /healthz`; for people `GET /inbox` and
/// what its buttons post.
pub async fn serve(
    settings: DepartmentSettings,
    clock: Arc<dyn Clock>,
    ready: impl FnOnce(SocketAddr) + Send,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), DepartmentError> {
    if !(0.0..=1.0).contains(&settings.fail_rate) {
        return Err(DepartmentError::FailRate(settings.fail_rate));
    }
    let ledger = Ledger::open(settings.data.as_ref())?;
    let callback = Callback::to(settings.portal)?;
    let listening = |source| DepartmentError::Listen { address: settings.listen, source };
    let listener = TcpListener::bind(settings.listen).await.map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    let department = Department {
        ledger,
        secret: Arc::new(settings.secret),
        mishaps: Arc::new(Mishaps::new(settings.fail_rate, settings.seed)),
        slow_answer: settings.slow_answer,
        clock,
        callback,
    };
    let app = router(department).into_make_service_with_connect_info::<Line>();
    ready(address);
    let serving = axum::serve(Lines(listener), app).with_graceful_shutdown(shutdown);
    serving.await.map_err(listening)
}

#[expect(clippy::disallowed_methods, reason = "no part of the portal: a department of its own")]
fn router(department: Department) -> Router {
    Router::new()
        .route("/deliveries", post(receive))
        .route("/deliveries/{id}", get(look_up))
        .route("/healthz", get(|| async { "ok" }))
        .merge(desk::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(department)
}

async fn receive(
    State(department): State<Department>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, DepartmentError> {
    let id = match department.secret.verify(&headers, department.clock.now(), &body) {
        Ok(id) => id.to_owned(),
        Err(error) => return Ok(problem(StatusCode::UNAUTHORIZED, &error.to_string())),
    };
    // The signature covers the id, not the key: a key of its own would let a captured delivery
    // be kept a second time.
    if headers.get("idempotency-key").is_none_or(|key| key.as_bytes() != id.as_bytes()) {
        let detail = "Idempotency-Key must be given and equal webhook-id";
        return Ok(problem(StatusCode::BAD_REQUEST, detail));
    }
    if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err() {
        return Ok(problem(StatusCode::UNPROCESSABLE_ENTITY, "the body is not JSON"));
    }
    let mishap = department.mishaps.next();
    match mishap {
        Some(Mishap::Busy) => {
            return Ok(problem(StatusCode::TOO_MANY_REQUESTS, "busy, on purpose"));
        }
        Some(Mishap::Unavailable) => {
            return Ok(problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable, on purpose"));
        }
        Some(Mishap::SignIn) => return Ok(Html(SIGN_IN).into_response()),
        _ => {}
    }
    let Filed::As(reference) =
        department.ledger.keep(id.clone(), body.to_vec(), department.clock.now()).await?
    else {
        return Ok(problem(StatusCode::CONFLICT, "the key belongs to another delivery"));
    };
    match mishap {
        Some(Mishap::Crash) => {
            return Ok(problem(StatusCode::INTERNAL_SERVER_ERROR, "crashed, on purpose"));
        }
        Some(Mishap::Cut) => line.cut(),
        Some(Mishap::Slow) => tokio::time::sleep(department.slow_answer).await,
        _ => {}
    }
    Ok(confirmation(&id, &reference))
}

/// The department's own answer: it names the delivery, which nothing on the way to it would do.
fn confirmation(id: &str, reference: &str) -> Response {
    Json(json!({ "id": id, "reference": reference })).into_response()
}

async fn look_up(
    State(department): State<Department>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, DepartmentError> {
    match department.secret.verify(&headers, department.clock.now(), &body) {
        // A signature for one delivery opens no other.
        Ok(signed) if signed == id => {}
        Ok(_) => return Ok(problem(StatusCode::UNAUTHORIZED, "signed for another delivery")),
        Err(error) => return Ok(problem(StatusCode::UNAUTHORIZED, &error.to_string())),
    }
    Ok(match department.ledger.reference(id.clone()).await? {
        Some(reference) => confirmation(&id, &reference),
        None => problem(StatusCode::NOT_FOUND, "no such delivery"),
    })
}

/// An answer of RFC 9457.
fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}
