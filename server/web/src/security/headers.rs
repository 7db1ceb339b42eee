//! The headers of every answer. Everything is forbidden first; each exception has its reason.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::{request_id::RequestId, state::AppState};

/// The content security policy. No script stands in a page but the two of Leptos that its hashes
/// name: they are the same on every page (W3C, Content Security Policy Level 3, 6.7.2.5).
pub const CONTENT_SECURITY_POLICY: &str = concat!(
    "default-src 'none'; ",
    // WebAssembly needs its own word.
    "script-src 'self' 'wasm-unsafe-eval' ",
    // __RESOLVED_RESOURCES=[];__SERIALIZED_ERRORS=[]; and what belongs to it
    "'sha256-2e+rGxtst+bbxdLf6Dp32aL0uyPdikvr0awq53hVU58=' ",
    // __INCOMPLETE_CHUNKS=[];
    "'sha256-PEoA+SZ6ZbFCusLsUEMftpXvTp6Abhw9kvgQnCC8l3U='; ",
    "style-src 'self'; ",
    // The map's controls are data: images of its own style sheet; photos are blob:.
    "img-src 'self' data: blob:; ",
    "media-src 'self' blob:; ",
    "font-src 'self'; ",
    "connect-src 'self'; ",
    "worker-src 'self'; ",
    "manifest-src 'self'; ",
    "form-action 'self'; ",
    "frame-ancestors 'none'; ",
    "base-uri 'none'",
);

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
        ),
    ),
];

const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Draws the request id, and sets the headers on whatever answers.
pub async fn secure(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id: Arc<str> = state.draw_token(9).into();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if state.settings.site.tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    response
}
