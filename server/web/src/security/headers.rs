//! The headers of every answer. Everything is forbidden first; each exception has its reason.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

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

/// Sets the headers on whatever answers the request with this id.
pub fn secure(state: &AppState, headers: &mut HeaderMap, id: &RequestId) {
    headers.reserve(ALWAYS.len() + 3);
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if let Some(id) = id.header() {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if state.settings.site.tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
}
