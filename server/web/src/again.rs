//! Pages that many ask for are made again once the data have changed, before somebody asks: in the
//! background, one after the other, with as long a rest after each as it took. By the way on which they
//! are made for a visitor, but nobody visits: nothing is counted or written down.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
};
use domain::{code::Parsed, viewer::Tier};
use futures_util::FutureExt as _;
use service_api::Seen;

use crate::{
    cache::{View, Wanted},
    cookies, pages,
    place_answers::{Making, drawn, now},
    request_id::RequestId,
    rest::parcels,
    state::AppState,
};

/// How long it may go unseen, at most, that another process has published while nobody asked.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Makes again what the data have outdated, for ever.
pub(crate) async fn watch(state: AppState) {
    loop {
        let _seen_late = tokio::time::timeout(BETWEEN_LOOKS, state.cache.turned()).await;
        if let Some(now) = now(&state) {
            state.cache.turn_to(now);
        }
        while let Some(wanted) = state.cache.next_again() {
            let begun = Instant::now();
            match AssertUnwindSafe(make(&state, wanted)).catch_unwind().await {
                Ok(true) => state.metrics.made_again(),
                Ok(false) => {}
                // The hook has told of it; the others are made all the same.
                Err(_panic) => tracing::error!("an answer could not be made again"),
            }
            tokio::time::sleep(begun.elapsed()).await;
        }
    }
}

/// Makes what is wanted of a place; whether everybody may see it still.
async fn make(state: &AppState, wanted: Wanted) -> bool {
    let making = Making::again(state, wanted.clone());
    let seen = state.portal.for_everybody((&wanted.code, drawn(wanted.view))).await;
    let Ok(Some(Seen { place, epoch: Some(epoch) })) = seen else { return false };
    debug_assert_eq!(place.tier, Tier::Public);
    match wanted.view {
        View::Profile { .. } => {
            let Some(request) = request_for(state, &wanted) else { return false };
            let read = Parsed { code: wanted.code, warnings: Vec::new() };
            let drawing = pages::found(state, request, read, place);
            making.answer(state, epoch, drawing).await.is_ok()
        }
        view @ (View::Feature | View::Restrictions) => {
            making.document(state, epoch, || parcels::document(view, &place)).await;
            true
        }
    }
}

/// The request of a visitor who wants a page.
fn request_for(state: &AppState, wanted: &Wanted) -> Option<Request> {
    let View::Profile { locale, elder } = wanted.view else { return None };
    let chosen =
        [(cookies::LANGUAGE, locale.name()), (cookies::ELDER, if elder { "1" } else { "0" })];
    let chosen = chosen.map(|(name, value)| format!("{name}={value}")).join("; ");
    let mut request = Request::builder()
        .uri(app::urls::place(&wanted.code))
        .header(header::COOKIE, chosen)
        .body(Body::empty())
        .ok()?;
    if let Ok(host) = HeaderValue::from_str(&wanted.host)
        && !wanted.host.is_empty()
    {
        request.headers_mut().insert(header::HOST, host);
    }
    let id: RequestId = state.ids.draw();
    request.extensions_mut().insert(id);
    Some(request)
}
