//! The form by which an applicant asks the department to take a request up again (rule S8).

use app::{
    context::{FormRefusal, FormReturn},
    urls,
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use service::{follow::not_shown, rights::RightsError};
use service_api::NotShown;

use super::forms::{again, held};
use crate::{
    form_body::typed,
    opening::to,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    state::AppState,
};

/// `POST /requests/{number}/reopen`: asks for a request that was decided or returned to be taken up again. Pressed on a
/// switch of language or size, the form comes back in it as it was typed; so does one that was carried here from a
/// page that refused it.
pub async fn reopen(State(state): State<AppState>, request: Request) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let given = typed(&form);
    if !switched.is_empty() || form.get("carried").is_some_and(|text| text == "yes") {
        let form = Some(FormReturn::of(given));
        let input = PageInput { form, ..PageInput::default() };
        let mut response = render::render(&state, head, input).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let (head, opened) = match held(&state, head, &given).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    let (back, status) = match state.own_request(&opened).reopen(&given).await {
        Ok(()) => return to(&urls::reopening_shown(opened.number()), []),
        Err(RightsError::Faults(faults)) => {
            (FormReturn { faults, ..FormReturn::of(given) }, Refusal::Faults)
        }
        Err(RightsError::Store(error)) => match not_shown(error) {
            NotShown::Altered => return again(&state, head, Refusal::Altered, &given).await,
            NotShown::Unavailable(_) => {
                let refusal = Some(FormRefusal::Unavailable);
                (FormReturn { refusal, ..FormReturn::of(given) }, Refusal::Unavailable)
            }
        },
        // The page says why not.
        Err(_) => return again(&state, head, Refusal::Conflict, &given).await,
    };
    let status = Some(status.status());
    let input = PageInput { form: Some(back), status, ..PageInput::default() };
    render::render(&state, head, input).await
}
