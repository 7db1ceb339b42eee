//! What operators and their watchdogs ask.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    client::{self, ClientAddress},
    metrics::Stored,
    pages,
    request_id::RequestId,
    route::RouteInfo,
    security_event::Event,
    state::AppState,
};

/// Whether the process runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether it can do what it is there for ([`crate::readiness`]).
pub async fn readyz(State(state): State<AppState>) -> Response {
    let report = state.readiness.report().await;
    let status = if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let fresh = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, fresh, Json(report)).into_response()
}

/// The counters, for this machine and the peers of `[operations]`; to everybody else there is no
/// such page.
pub async fn metrics(State(state): State<AppState>, mut request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let (peers, trusted) = (&state.settings.operations.peers, &state.settings.site.trusted_proxies);
    if !client::is_one_of(peers, peer, request.headers(), trusted) {
        let visitor = request.extensions().get::<ClientAddress>().map(|c| state.marks.mark(*c));
        let id = request.extensions().get::<RequestId>().map(|id| &*id.0);
        state.security.note(Event::ForeignOperator, visitor.as_deref(), id);
        let nowhere = RouteInfo::nowhere(request.method(), request.headers());
        request.extensions_mut().insert(nowhere);
        return pages::fallback(State(state), request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let report = state.readiness.report().await;
    let stored = stored(&state).await;
    match state.metrics.text(&report, &stored) {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(error = %error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn stored(state: &AppState) -> Stored {
    let versions = state.portal.versions().await.unwrap_or_default();
    let deliveries = state.store.delivery_counts().await.map_err(|error| {
        tracing::error!(error = %error, "a figure of storage could not be read");
    });
    let backlog = state.store.backlog().await.map_err(|error| {
        tracing::error!(error = %error, "what waits for departments could not be read");
    });
    Stored {
        deliveries: deliveries.ok(),
        offices: backlog.map(|backlog| state.offices.standing(&backlog)).unwrap_or_default(),
        versions: versions
            .into_iter()
            .map(|v| (v.dataset.id, i64::from(v.number), v.imported_at.as_second()))
            .collect(),
        notes_waiting: state.audit.notes_waiting(),
    }
}
