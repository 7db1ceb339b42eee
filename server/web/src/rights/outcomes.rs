//! The notice of what became of a request, as a document (desk D10): for whoever holds the secret of the request.

use app::urls;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::service::Answers;
use service_api::NotShown;

use super::forms::held;
use crate::{
    cookies, file_named::file_named, opening::to_locked, refusal::Refusal, render, state::AppState,
};

/// `GET /requests/{number}/outcomes/{event}/notice.pdf`. The same event gives the same bytes. What there is none of leads
/// to the page of the request.
pub async fn document(State(state): State<AppState>, request: Request) -> Response {
    let (head, opened) = match held(&state, request, &Answers::new()).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    let view = match state.portal.request(&opened).await {
        Ok(Some(view)) => view,
        // There it says what became of it.
        Ok(None) | Err(NotShown::Altered) => return to_locked(opened.number()),
        Err(NotShown::Unavailable(_)) => {
            return render::refused(&state, head, Refusal::Unavailable).await;
        }
    };
    let locale = cookies::locale(head.headers());
    // No event has the number 0.
    let event = urls::event_in(head.uri().path()).unwrap_or_default();
    let name = format!("{}-{event:02}.pdf", view.number);
    let portal = state.portal.clone();
    let drawn = state.drawing.draw(async move {
        let paper = app::outcome_paper(locale, &*portal, &view, event)?;
        Some(paper.to_pdf().inspect_err(|error| tracing::error!(%error, "a notice is not drawn")))
    });
    match drawn.await {
        None => to_locked(opened.number()),
        Some(Err(_)) => render::refused(&state, head, Refusal::Unavailable).await,
        Some(Ok(bytes)) => {
            let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"))];
            file_named((kind, bytes).into_response(), &name)
        }
    }
}
