//! The cookies of the counter: the token of a session, and the mark of the browser that it is bound to. Both go to
//! this host alone, over TLS alone where there is any, and with no request that another site makes. A third one is for
//! the way to an identity service and back: it goes with the link by which that sends a browser back.

use axum::http::{HeaderMap, HeaderValue};
use staff::LONGEST;

use crate::{cookies, state::AppState};

/// A year, seconds: a browser stays the same one.
const YEAR: i64 = 31_536_000;
/// Five minutes, seconds: the way to an identity service and back.
const AWAY: i64 = 300;
/// Longest mark of a browser that is believed to be one of ours.
const LONGEST_MARK: usize = 64;

/// A cookie of the counter.
#[derive(Clone, Copy)]
enum Kind {
    Session,
    Station,
    Away,
}

impl Kind {
    /// Its name. With the prefix a browser takes it from this host over TLS alone, for every path.
    const fn name(self, tls: bool) -> &'static str {
        match (self, tls) {
            (Self::Session, true) => "__Host-jm_staff",
            (Self::Session, false) => "jm_staff",
            (Self::Away, true) => "__Host-jm_away",
            (Self::Away, false) => "jm_away",
            (Self::Station, true) => "__Host-jm_station",
            (Self::Station, false) => "jm_station",
        }
    }
}

fn read(state: &AppState, headers: &HeaderMap, kind: Kind) -> Option<String> {
    let value = cookies::read(headers, kind.name(state.settings.site.tls))?;
    (!value.is_empty() && value.len() <= LONGEST_MARK).then(|| value.to_owned())
}

fn set(state: &AppState, kind: Kind, value: &str, seconds: i64) -> Option<HeaderValue> {
    let tls = state.settings.site.tls;
    let (name, secure) = (kind.name(tls), if tls { "; Secure" } else { "" });
    let site = if matches!(kind, Kind::Away) { "Lax" } else { "Strict" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// The token that a browser brings.
pub(super) fn token(state: &AppState, headers: &HeaderMap) -> Option<String> {
    read(state, headers, Kind::Session)
}

/// The mark of a browser, as far as it has one.
pub(super) fn station(state: &AppState, headers: &HeaderMap) -> Option<String> {
    read(state, headers, Kind::Station)
}

/// Has a browser bring a token and its mark.
pub(super) fn begin(state: &AppState, token: &str, station: &str) -> Vec<HeaderValue> {
    let session = set(state, Kind::Session, token, LONGEST.as_secs());
    let station = set(state, Kind::Station, station, YEAR);
    [session, station].into_iter().flatten().collect()
}

/// Has a browser bring its mark.
pub(super) fn stay(state: &AppState, station: &str) -> Option<HeaderValue> {
    set(state, Kind::Station, station, YEAR)
}

/// What a browser brings back from an identity service.
pub(super) fn bound(state: &AppState, headers: &HeaderMap) -> Option<String> {
    read(state, headers, Kind::Away)
}

/// Has a browser bring this back from an identity service.
pub(super) fn bind(state: &AppState, bound: &str) -> Option<HeaderValue> {
    set(state, Kind::Away, bound, AWAY)
}

/// Takes that out of a browser.
pub(super) fn unbind(state: &AppState) -> Option<HeaderValue> {
    set(state, Kind::Away, "", 0)
}

/// Takes the token out of a browser.
pub(super) fn end(state: &AppState) -> Option<HeaderValue> {
    set(state, Kind::Session, "", 0)
}
