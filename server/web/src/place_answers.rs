//! What is answered about a place: kept while it is everybody's and of this moment, else made.
//!
//! Who asks is counted and slowed whether an answer is kept or not (rule P6), so nothing may stand
//! before the portal that answers in its place.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{LandCode, clock::china_date, code::Parsed, viewer::Tier};
use service_api::{Drawn, Place, Refusal, Unavailable, Visit};

use crate::{
    cache::{Key, Moment, View},
    cookies,
    identity::HEADER,
    render::own_host,
    representation::{Representation, Terms},
    security::visitor::Visitor,
    state::AppState,
};

/// What a look came to.
#[derive(Debug)]
pub(crate) enum Looked {
    /// The answer is at hand.
    Kept(Arc<Representation>),
    /// The place, for whoever makes the answer.
    Place(Box<Place>),
}

/// The key of a place's page, where the request asks for what everybody would get.
pub(crate) fn key_of_page(
    state: &AppState,
    visitor: &Visitor,
    request: &Request,
    read: &Parsed<LandCode>,
) -> Option<Key> {
    // Of a code that is odd the page says what is odd about how it was written.
    let plain = read.warnings.is_empty() && request.uri().query().is_none();
    let headers = request.headers();
    if !plain || !request.method().is_safe() || !is_everybodys(visitor, headers) {
        return None;
    }
    let (locale, elder) = (cookies::locale(headers), cookies::elder(headers));
    let host = state.settings.site.host.is_none().then(|| own_host(state, headers));
    let (view, at) = (View::Profile { locale, elder }, now(state)?);
    Some(Key { code: read.code, view, host: host.unwrap_or_default(), at })
}

/// The key of what a program reads of a place.
pub(crate) fn key_of_document(
    state: &AppState,
    visitor: &Visitor,
    headers: &HeaderMap,
    (view, code): (View, LandCode),
) -> Option<Key> {
    let at = is_everybodys(visitor, headers).then(|| now(state))??;
    Some(Key { code, view, host: String::new(), at })
}

/// A look at a place by whoever asks for this answer.
///
/// # Errors
/// [`Refusal`].
pub(crate) async fn look(state: &AppState, visit: &Visit, key: &Key) -> Result<Looked, Refusal> {
    // Whoever is slowed may wait while somebody publishes: so it is asked when they are let in.
    let at_hand = || state.cache.has(key) && now(state) == Some(key.at);
    let of = (&key.code, drawn(key.view));
    if let Some(place) = state.portal.look_unless(visit, of, &at_hand).await? {
        return Ok(Looked::Place(Box::new(place)));
    }
    if let Some(kept) = state.cache.get(key) {
        return Ok(Looked::Kept(kept));
    }
    // Its room was taken away meanwhile.
    let place = state.portal.look_unless(visit, of, &|| false).await?;
    place.map(Box::new).map(Looked::Place).ok_or(Refusal::Unavailable(Unavailable))
}

/// Only a page draws the place.
pub(crate) const fn drawn(view: View) -> Drawn {
    match view {
        View::Profile { .. } => Drawn::WithMap,
        View::Feature | View::Restrictions => Drawn::Not,
    }
}

/// The page of a place that `make` makes, or that somebody else makes of it at this moment; what is
/// none comes back as it is.
pub(crate) async fn page(
    state: &AppState,
    key: &Key,
    make: impl Future<Output = Response>,
) -> Result<Arc<Representation>, Response> {
    let make = async { whole(make.await).await };
    state.cache.get_or_make(key, || now(state) == Some(key.at), make).await
}

/// The same of what a program reads.
pub(crate) async fn document(
    state: &AppState,
    key: &Key,
    make: impl FnOnce() -> Representation,
) -> Arc<Representation> {
    let make = async { Ok::<_, Infallible>(make()) };
    let Ok(made) = state.cache.get_or_make(key, || now(state) == Some(key.at), make).await;
    made
}

/// This moment; `None` where it is not known which data are current.
fn now(state: &AppState) -> Option<Moment> {
    Some(Moment { epoch: state.portal.epoch()?, day: china_date(state.clock.now()) })
}

/// Whoever shows a proof of who they are gets an answer of their own, whatever it proves.
fn is_everybodys(visitor: &Visitor, headers: &HeaderMap) -> bool {
    visitor.visit.viewer.tier == Tier::Public && !headers.contains_key(HEADER)
}

/// A rendered page as a whole; anything else comes back as it is.
async fn whole(response: Response) -> Result<Representation, Response> {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).cloned();
    let (StatusCode::OK, Some(kind), false) =
        (response.status(), kind, headers.contains_key(header::SET_COOKIE))
    else {
        return Err(response);
    };
    match to_bytes(response.into_body(), usize::MAX).await {
        Ok(body) => Ok(Representation::new(kind, Terms::Page, body)),
        Err(error) => {
            tracing::error!(%error, "a page broke off while it was rendered");
            Err(StatusCode::INTERNAL_SERVER_ERROR.into_response())
        }
    }
}
