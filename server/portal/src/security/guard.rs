//! The counters at the door: every route that leads to a place or searches for one passes here.

use std::time::Instant;

use app::context::ErrorPage;
use axum::{
    extract::{RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use domain::{LandCode, code::Strictness, viewer::Viewer};
use service::probing::{Asker, admit, conceal};
use service_api::Told;

use crate::{
    pages,
    rest::problem::Problem,
    security::{
        client::ClientAddress,
        events::Event,
        refusal::{self, Addressee},
    },
    state::AppState,
};

/// Stands before every route: those with a `{code}` or a `{label}` are looks at a place, those
/// with words to search for are searches.
pub async fn guard(
    State(state): State<AppState>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let asked_at = Instant::now();
    let params = match params {
        Ok(params) => Some(params),
        // No path at all, or one that is no text: nothing can be there.
        Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) => {
            return nothing_there(&state, request).await;
        }
        Err(_) => None,
    };
    let Some(client) = request.extensions().get::<ClientAddress>().copied() else {
        return next.run(request).await;
    };
    let leads_to_a_place = params.iter().flatten().any(|(key, _)| matches!(key, "code" | "label"));
    if leads_to_a_place && is_foreign_part(&request) {
        return nothing_there(&state, request).await;
    }
    let asker = Asker::of(request.extensions().get::<Viewer>(), client);
    let param = |name: &str| {
        params.iter().flatten().find_map(|(key, value)| (key == name).then_some(value))
    };
    let written = param("code");
    let code = written
        .and_then(|text| LandCode::parse(text, Strictness::LookUp).ok())
        .map(|parsed| parsed.code);
    let admitted = match &code {
        Some(code) => {
            admit(&state.probing, &state.audit, &asker, &pages::viewer(&request), code).await
        }
        // A mistyped code is told what it may have been meant as, and a label leads to a place.
        None if written.is_some() || param("label").is_some() => {
            let admitted = state.probing.attempt(&asker, Instant::now());
            tokio::time::sleep(admitted.pause).await;
            Ok(admitted)
        }
        None if is_search(&request) => return search(&state, &asker, request, next).await,
        None => return next.run(request).await,
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(retry_after) => return too_many(&state, &Addressee::of(&request), &asker, retry_after),
    };
    let to = Addressee::of(&request);
    let response = next.run(request).await;
    let missed = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST);
    let settled = state.probing.settle(&asker, code.as_ref(), admitted, !missed, Instant::now());
    if missed {
        conceal(asked_at).await;
    }
    match settled {
        Some(retry_after) => too_many(&state, &to, &asker, retry_after),
        None => response,
    }
}

/// Refuses whoever tries too many places, and has it written down.
fn too_many(state: &AppState, to: &Addressee, asker: &Asker, retry_after: u64) -> Response {
    state.metrics.limit_hit("probing");
    note_probing(state, asker, to.request_id());
    refusal::too_many(to, retry_after)
}

/// Has it written down that somebody tries too many places. Somebody known by name is in the audit,
/// which only few may read.
pub fn note_probing(state: &AppState, asker: &Asker, request_id: Option<&str>) {
    let visitor = match asker {
        Asker::Address(client) => Some(state.marks.mark(*client)),
        Asker::Subject(_) => None,
    };
    state.security.note(Event::Probing, visitor.as_deref(), request_id);
}

/// Lets a search through, and counts what it tells.
async fn search(state: &AppState, asker: &Asker, mut request: Request, next: Next) -> Response {
    match state.probing.search(asker, Instant::now()) {
        Ok(pause) => tokio::time::sleep(pause).await,
        Err(retry_after) => return too_many(state, &Addressee::of(&request), asker, retry_after),
    }
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let response = next.run(request).await;
    state.probing.listed(asker, told.places(), Instant::now());
    response
}

/// Whether a page of another site has the visitor's browser ask, for an image or a frame: nobody
/// sees the answer, and the visitor must not pay for it.
fn is_foreign_part(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    header("sec-fetch-site") == Some("cross-site")
        && header("sec-fetch-dest").is_some_and(|dest| dest != "document")
}

fn is_search(request: &Request) -> bool {
    matches!(request.uri().path(), app::urls::HOME | "/api/v1/parcels")
        && request.uri().query().is_some_and(|query| {
            form_urlencoded::parse(query.as_bytes())
                .any(|(name, value)| matches!(&*name, "q" | "bbox") && !value.trim().is_empty())
        })
        && !leads_to_a_code(request)
}

/// Whether the search field was given a code, which the home page leads to unseen.
fn leads_to_a_code(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    request.uri().path() == app::urls::HOME
        && pages::form_value(query, "q")
            .is_some_and(|text| LandCode::parse(&text, Strictness::LookUp).is_ok())
}

async fn nothing_there(state: &AppState, request: Request) -> Response {
    refusal::refuse(state, request, Problem::not_found(), ErrorPage::NotFound).await
}
