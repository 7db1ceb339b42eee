//! The feed of a place (Atom, RFC 4287): what the newest data changed of what everybody may see, for whoever
//! follows it.

use app::{
    found::{Asked, Found},
    site_feed::ToldFeed,
    urls,
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{Locale, code::Parsed};
use service_api::Unavailable;

use crate::{
    pages::{self, draw, form_value},
    security::visitor::{AddressedCode, Visitor},
    site_feed::{Here, answer},
    state::AppState,
};

/// `GET /c/{code}/changes.atom`: what the newest data changed of what everybody may see, with the language in
/// its address.
pub async fn feed(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let AddressedCode { written, read } = code;
    let Ok(parsed) = &read else {
        return pages::show(&state, &visitor, request, Asked::Place { written, read }).await;
    };
    let code = parsed.code.canonical();
    let query = request.uri().query().unwrap_or_default();
    let language = form_value(query.as_bytes(), urls::FEED_LANGUAGE);
    let locale = language.as_deref().and_then(Locale::from_name).unwrap_or_default();
    // One address: entries are known by it.
    let own = urls::changes(&code, locale);
    if request.uri().path_and_query().is_none_or(|here| here.as_str() != own) {
        return Redirect::to(&own).into_response();
    }
    match state.portal.changes_at(&visitor.visit, &code).await {
        Ok(changes) => {
            let said = ToldFeed::of_place(locale, &code, &changes);
            match answer(locale, &said, &Here::of(&state, request.headers()), &own) {
                Some(response) => response,
                None => {
                    tracing::error!("the feed of a place could not be written");
                    visitor.page(&state, request, &Unavailable.into()).await
                }
            }
        }
        Err(refusal) => {
            let found = Found::by_look(Parsed { code, ..parsed.clone() }, Err(refusal));
            draw(&state, &visitor, request, found).await
        }
    }
}
