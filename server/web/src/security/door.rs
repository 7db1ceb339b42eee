//! The door: what every request passes first, in one step. Whether it is a request at all, who
//! asks, whether they ask too often; and on the way out what is counted and logged.

use std::{net::SocketAddr, time::Instant};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, Version, header, uri::Authority},
    middleware::Next,
    response::Response,
};

use super::{
    recognise,
    refusal::{self, Addressee},
};
use crate::{
    client,
    limits::{Hand, Kind},
    request_id::RequestId,
    route::RouteInfo,
    security_event::Event,
    state::AppState,
};

/// Lets a request in, or says why not.
pub async fn enter(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let route = state.routes.find(&request);
    request.extensions_mut().insert(route);
    let RouteInfo { kind, area, .. } = route;
    let method = request.method().clone();
    let id = request.extensions().get::<RequestId>().cloned();
    let response = match admitted(&state, &mut request, kind) {
        Ok(()) => next.run(request).await,
        Err(Stopped::Malformed(status)) => refusal::malformed(&Addressee::of(&request), status),
        Err(Stopped::TooOften(retry_after)) => {
            refusal::too_often(&state, request, retry_after).await
        }
    };
    state.metrics.answered(kind, response.status(), arrived.elapsed());
    let id = id.as_ref().map_or("", |id| &*id.0);
    let status = response.status().as_u16();
    // A watchdog is told as often as it asks; that it changed is logged once.
    if response.status().is_server_error() && kind != Kind::Operations {
        tracing::error!(request.id = id, http.method = %method, http.area = area, http.status = status, "answered with an error");
    } else {
        tracing::debug!(request.id = id, http.method = %method, http.area = area, http.status = status, "answered");
    }
    response
}

/// Why a request goes no further.
enum Stopped {
    /// It is none that can be read in one way only.
    Malformed(StatusCode),
    /// It is one too many; seconds to wait.
    TooOften(u64),
}

fn admitted(state: &AppState, request: &mut Request, kind: Kind) -> Result<(), Stopped> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let ip = client::behind(peer, request.headers(), &state.settings.site.trusted_proxies);
    let client = client::ClientAddress::of(ip);
    request.extensions_mut().insert(client);
    if let Some(status) = fault(request) {
        let to = Addressee::of(request);
        let visitor = state.marks.mark(client);
        state.security.note(Event::MisframedRequest, Some(&visitor), to.request_id());
        return Err(Stopped::Malformed(status));
    }
    let counted = if recognise::is_asked(state, request.headers()) {
        state.limits.proof(client)
    } else {
        state.limits.visitor(kind, Hand::of(client, request.headers()))
    };
    counted.map_err(|retry_after| {
        state.metrics.limit_hit(kind.name());
        let to = Addressee::of(request);
        let visitor = state.marks.mark(client);
        state.security.note(Event::TooOften, Some(&visitor), to.request_id());
        Stopped::TooOften(retry_after)
    })
}

/// What is wrong with a request, before anybody asks what it wants.
fn fault(request: &Request) -> Option<StatusCode> {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    let right = request.uri().path().starts_with('/')
        && names_one_host(request.uri(), request.headers(), request.version());
    (!right).then_some(StatusCode::BAD_REQUEST)
}

/// Whether a request says exactly once for whom it is (RFC 9112 §3.2).
fn names_one_host(uri: &Uri, headers: &HeaderMap, version: Version) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = host.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
            host.is_some_and(|host| {
                let plain = !host.as_str().contains('@') && !host.host().is_empty();
                plain && uri.authority().is_none_or(|asked| *asked == host)
            })
        }
        // Before HTTP/1.1 nobody had to.
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn asked(method: &str, target: &str, hosts: &[&str]) -> Option<StatusCode> {
        let mut request = Request::builder().method(method).uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        fault(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn a_request_says_exactly_once_for_whom_it_is() {
        for (target, hosts) in
            [("/", &["a.cn"][..]), ("/", &["127.0.0.1:3000"]), ("/", &["[::1]:80"])]
        {
            assert_eq!(asked("GET", target, hosts), None, "{hosts:?}");
        }
        assert_eq!(asked("GET", "http://a.cn/", &["a.cn"]), None);
        for (target, hosts) in [
            ("/", &[][..]),
            ("/", &["a.cn", "a.cn"]),
            ("/", &[""]),
            ("/", &["a.cn/x"]),
            ("/", &["user@a.cn"]),
            ("http://b.cn/", &["a.cn"]),
            ("*", &["a.cn"]),
            ("a.cn:443", &["a.cn:443"]),
        ] {
            assert_eq!(asked("GET", target, hosts), Some(StatusCode::BAD_REQUEST), "{hosts:?}");
        }
    }

    #[test]
    fn no_method_is_served_that_no_route_has() {
        for method in ["CONNECT", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "BREW"] {
            let target = if method == "CONNECT" { "a.cn:443" } else { "/" };
            assert_eq!(
                asked(method, target, &["a.cn"]),
                Some(StatusCode::METHOD_NOT_ALLOWED),
                "{method}"
            );
        }
    }
}
