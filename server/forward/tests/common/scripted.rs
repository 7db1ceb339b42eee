//! A department that notes what it is sent and answers as a test tells it.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

/// A request as it came in.
#[derive(Clone)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub at: Instant,
}

impl Seen {
    /// The delivery's id.
    pub fn id(&self) -> &str {
        self.headers["webhook-id"].to_str().unwrap()
    }

    /// A department's own answer to it.
    pub fn confirmed(&self, reference: &str) -> Response {
        let answer = serde_json::json!({ "id": self.id(), "reference": reference });
        answer.to_string().into_response()
    }
}

type Script = dyn Fn(&Seen, usize) -> Response + Send + Sync;

/// The department.
#[derive(Clone)]
pub struct Scripted {
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    script: Box<Script>,
    delay: Duration,
    seen: Mutex<Vec<Seen>>,
    at_work: Mutex<HashSet<String>>,
}

impl Scripted {
    /// Answers by `script`, which gets the request and the number of requests with the same
    /// method before it.
    pub async fn open(script: impl Fn(&Seen, usize) -> Response + Send + Sync + 'static) -> Self {
        Self::slow(Duration::ZERO, script).await
    }

    /// The same, `delay` after the request came in.
    pub async fn slow(
        delay: Duration,
        script: impl Fn(&Seen, usize) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, at_work) = (Mutex::default(), Mutex::default());
        let inner = Arc::new(Inner { script: Box::new(script), delay, seen, at_work });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, inner }
    }

    pub fn seen(&self, method: &Method) -> Vec<Seen> {
        let seen = self.inner.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.method == *method).cloned().collect()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let (method, path) = (parts.method, parts.uri.path().to_owned());
    let seen = Seen { method, path, headers: parts.headers, body, at: Instant::now() };
    let before = {
        let mut all = inner.seen.lock().unwrap();
        let before = all.iter().filter(|other| other.method == seen.method).count();
        all.push(seen.clone());
        before
    };
    let id = seen.headers["webhook-id"].to_str().unwrap().to_owned();
    if !inner.at_work.lock().unwrap().insert(id.clone()) {
        // Two workers at once: the test sees a status that nothing else produces.
        return StatusCode::IM_A_TEAPOT.into_response();
    }
    let _at_work = AtWork(Arc::clone(&inner), id);
    tokio::time::sleep(inner.delay).await;
    (inner.script)(&seen, before)
}

/// Ends with the request, also when the other side hangs up.
struct AtWork(Arc<Inner>, String);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.at_work.lock().unwrap().remove(&self.1);
    }
}
