//! Saying no before a handler is reached: a problem to programs, a page to people.

use app::context::ErrorPage;
use axum::{extract::Request, response::Response};

use crate::{pages, rest::problem::Problem, state::AppState};

/// Answers a request that goes no further.
pub async fn refuse(
    state: &AppState,
    request: Request,
    problem: Problem,
    page: ErrorPage,
) -> Response {
    if request.uri().path().starts_with("/api/") {
        problem.respond(request.extensions())
    } else {
        pages::error(state, request, page).await
    }
}

/// Answers a request that is one too many; seconds to wait.
pub async fn too_many(state: &AppState, request: Request, retry_after: u64) -> Response {
    let page = ErrorPage::TooManyRequests { retry_after };
    refuse(state, request, Problem::too_many_requests(retry_after), page).await
}
