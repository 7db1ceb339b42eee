//! The form by which an applicant asks the department to take a request up again (rule S8).

use app::urls;
use axum::{
    extract::{Request, State},
    response::Response,
};

use super::forms::{said, sent};
use crate::state::AppState;

/// `POST /requests/{number}/reopen`: asks for a request that was decided or returned to be taken up again.
pub async fn reopen(State(state): State<AppState>, request: Request) -> Response {
    let (head, given, opened) = match sent(&state, request).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let done = state.own_request(&opened).reopen(&given).await;
    said(&state, head, (given, done), &urls::reopening_shown(opened.number())).await
}
