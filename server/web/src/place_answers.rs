//! What is answered about a place: kept while it is everybody's and of this moment, else made.
//!
//! Who asks is counted and slowed whether an answer is kept or not (rule P6), so nothing may stand
//! before the portal that answers in its place.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{
    LandCode,
    clock::china_date,
    code::{CodeError, Parsed},
    dataset::Epoch,
    viewer::Tier,
};
use jiff::civil::Date;
use service_api::{Drawn, Visit};

use crate::{
    as_of,
    cache::{Kept, Key, Moment, View, Wanted, Whose},
    cookies,
    identity::HEADER,
    render::own_host,
    representation::{Coding, Representation, Terms, Wants},
    route::KeptKind,
    security::visitor::Visitor,
    state::AppState,
};

/// What a request for a place's page wants, where it is what everybody would get.
pub(crate) fn wanted_page(
    state: &AppState,
    visit: &Visit,
    (uri, headers): (&Uri, &HeaderMap),
    read: &Parsed<LandCode>,
) -> Option<Wanted> {
    // Of a code that is odd the page says what is odd about how it was written.
    let plain = read.warnings.is_empty() && uri.query().is_none();
    if !plain || !is_everybodys(visit, headers) {
        return None;
    }
    let (locale, elder) = (cookies::locale(headers), cookies::elder(headers));
    let host = state.settings.site.host.is_none().then(|| own_host(state, headers));
    let view = View::Profile { locale, elder };
    Some(Wanted { code: read.code, view, host: host.unwrap_or_default() })
}

/// What is kept of a document that a program reads of a place, where it is everybody's.
pub(crate) fn wanted_document(
    visit: &Visit,
    headers: &HeaderMap,
    (view, code): (View, LandCode),
) -> Option<Wanted> {
    is_everybodys(visit, headers).then(|| Wanted { code, view, host: String::new() })
}

/// Whoever shows a proof of who they are gets an answer of their own, whatever it proves.
fn is_everybodys(visit: &Visit, headers: &HeaderMap) -> bool {
    visit.viewer.tier == Tier::Public && !headers.contains_key(HEADER)
}

/// The answer that is kept of what a GET or HEAD asks, for whoever may have it; `None` where it must be made.
/// Which data are current is asked here, once the request is there, and the visitor takes it along.
pub(crate) async fn kept(
    state: &AppState,
    head: &Parts,
    (kind, code): (KeptKind, Addressed<'_>),
    visitor: &mut Visitor,
) -> Option<Response> {
    let wanted = wanted(state, head, (kind, code), &visitor.visit)?;
    visitor.visit.epoch = state.portal.epoch();
    let wants = Wants::of(&head.headers);
    let at = Moment { epoch: visitor.visit.epoch?, day: today(state) };
    let key = Key { wanted, at, coding: wants.coding() };
    let kept = state.cache.get(&key)?;
    let is_still = || now(state) == Some(at);
    // A refusal is the routes' to say, as where nothing is kept: it tells nobody what is.
    if !state.portal.let_at_hand(&visitor.visit, &key.wanted.code, &is_still).await {
        return None;
    }
    state.metrics.kept_answer();
    Some(state.cache.coded(&key, kept).await.answer.respond(&wants))
}

/// The code in an address: as it stands there, and what it was read as.
pub(crate) type Addressed<'a> = (&'a str, &'a Result<Parsed<LandCode>, CodeError>);

/// What a request wants that asks for a place: for its page by its one address, for the rest in any
/// spelling.
fn wanted(
    state: &AppState,
    head: &Parts,
    (kind, (written, read)): (KeptKind, Addressed<'_>),
    visit: &Visit,
) -> Option<Wanted> {
    let read = read.as_ref().ok()?;
    let code = read.code.canonical();
    // What is kept is of now.
    if as_of::asked(&head.uri).is_some() {
        return None;
    }
    let view = match kind {
        KeptKind::Page if code.as_str() != written => return None,
        KeptKind::Page => return wanted_page(state, visit, (&head.uri, &head.headers), read),
        KeptKind::Feature => View::Feature,
        KeptKind::Restrictions => View::Restrictions,
    };
    wanted_document(visit, &head.headers, (view, code))
}

/// Only a page draws the place.
pub(crate) const fn drawn(view: View) -> Drawn {
    match view {
        View::Profile { .. } => Drawn::WithMap,
        View::Feature | View::Restrictions => Drawn::Not,
    }
}

/// An answer that is about to be made of what was looked up.
#[derive(Debug)]
pub(crate) struct Making {
    wanted: Wanted,
    day: Date,
    whose: Whose,
}

impl Making {
    /// Begun before anything is looked up for it.
    pub(crate) fn of(state: &AppState, wanted: Wanted) -> Self {
        Self { wanted, day: today(state), whose: Whose::Visitors }
    }

    /// Made again after a publication, before anybody asks: it counts for nobody.
    pub(crate) fn again(state: &AppState, wanted: Wanted) -> Self {
        Self { whose: Whose::Nobodys, ..Self::of(state, wanted) }
    }

    /// What a program reads, that `make` makes of these data or somebody else makes of them.
    pub(crate) async fn document(
        self,
        state: &AppState,
        epoch: Epoch,
        make: impl FnOnce() -> Representation,
    ) -> Arc<Kept> {
        let make = async { Ok::<_, Infallible>(make()) };
        let Ok(made) = self.answer(state, epoch, make).await;
        made
    }

    /// The answer that `make` makes of these data, or that somebody else makes of them.
    pub(crate) async fn answer<E>(
        self,
        state: &AppState,
        epoch: Epoch,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Arc<Kept>, E> {
        let Self { wanted, day, whose } = self;
        if today(state) != day {
            // It would turn back what is kept to a day that is over.
            return make.await.map(|answer| Arc::new(Kept::new(answer, whose)));
        }
        let key = Key { wanted, at: Moment { epoch, day }, coding: Coding::Plain };
        // By other data it is another key: an answer that is late is kept by nobody.
        state.cache.get_or_make(&key, whose, || today(state) == day, make).await
    }
}

/// This moment; `None` where it is not known which data are current.
pub(crate) fn now(state: &AppState) -> Option<Moment> {
    Some(Moment { epoch: state.portal.epoch()?, day: today(state) })
}

fn today(state: &AppState) -> Date {
    china_date(state.clock.now())
}

/// A rendered page as a whole; anything else comes back as it is.
pub(crate) async fn whole(response: Response) -> Result<Representation, Response> {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).cloned();
    let (StatusCode::OK, Some(kind), false) =
        (response.status(), kind, headers.contains_key(header::SET_COOKIE))
    else {
        return Err(at_once(response).await);
    };
    let body = bytes_of(response.into_body()).await?;
    // What it was put together in may be larger.
    Ok(Representation::new(kind, Terms::Page, Bytes::copy_from_slice(&body)))
}

/// An answer that is made to its end: nothing is left to whoever sends it.
pub(crate) async fn at_once(response: Response) -> Response {
    let (head, body) = response.into_parts();
    match bytes_of(body).await {
        Ok(body) => Response::from_parts(head, body.into()),
        Err(broken) => broken,
    }
}

async fn bytes_of(body: Body) -> Result<Bytes, Response> {
    to_bytes(body, usize::MAX).await.map_err(|error| {
        tracing::error!(%error, "a page broke off while it was rendered");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}
