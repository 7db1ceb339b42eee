//! The plain forms: each right has a page that says what it means, and a button on it.

use app::{
    context::{FormRefusal, FormReturn, ReceiptSecret},
    urls::{self, Right},
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::service::Answers;
use service::{follow::not_shown, rights::RightsError};
use service_api::{NotShown, Opened, RequestView};

use super::json_file;
use crate::{
    cookies,
    form_body::{read_form, typed},
    opening::{to, to_locked},
    pages::other_address,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::AddressedText,
    state::AppState,
};

/// The request whose secret the visitor's cookie has. Without it the page says what it always says:
/// nothing.
pub(crate) async fn held(
    state: &AppState,
    head: Request,
    given: &Answers,
) -> Result<(Request, Opened), Response> {
    let receipt = render::receipt_on(head.uri().path(), head.headers());
    if let Some(opened) = opened(state, receipt.as_ref()) {
        return Ok((head, opened));
    }
    if receipt.is_some() && !head.method().is_safe() {
        render::note_wrong_secret(state, &head);
    }
    Err(again(state, head, Refusal::NotFound, given).await)
}

/// The request of a receipt, if its secret is its own.
fn opened(state: &AppState, receipt: Option<&ReceiptSecret>) -> Option<Opened> {
    let ReceiptSecret { number, secret, .. } = receipt?;
    state.portal.open(number, secret)
}

/// Whether the request of a receipt can be corrected still.
async fn is_correctable(state: &AppState, receipt: Option<&ReceiptSecret>) -> bool {
    let Some(opened) = opened(state, receipt) else { return false };
    let found = state.portal.request(&opened).await;
    matches!(found, Ok(Some(RequestView { state, .. })) if !state.is_ended())
}

/// `GET /requests/{number}/correct`: the form that corrects the answers.
pub async fn correction(
    State(state): State<AppState>,
    AddressedText(written): AddressedText,
    request: Request,
) -> Response {
    if let Some(to) = other_address(&written, request.uri()) {
        return Redirect::to(&to).into_response();
    }
    let receipt = render::receipt_on(request.uri().path(), request.headers());
    let correction = is_correctable(&state, receipt.as_ref()).await;
    render::render(&state, request, PageInput { correction, ..PageInput::default() }).await
}

/// `GET /requests/{number}/data.json`: everything that is kept, as a file.
pub async fn file(State(state): State<AppState>, request: Request) -> Response {
    let (head, opened) = match held(&state, request, &Answers::new()).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    match state.portal.export(&opened).await {
        Ok(Some(export)) => json_file(&export),
        // There it says what became of it.
        Ok(None) => to_locked(opened.number()),
        // The page that reads all of it says so.
        Err(NotShown::Altered) => to(&urls::right(opened.number(), Right::Data), []),
        Err(NotShown::Unavailable(_)) => render::refused(&state, head, Refusal::Unavailable).await,
    }
}

/// `POST /requests/{number}/correct`: corrects the answers. Pressed on a switch of language or size,
/// the form comes back in it as it was typed; so does one that was carried here from a page that
/// refused it.
pub async fn correct(State(state): State<AppState>, request: Request) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let given = typed(&form);
    if !switched.is_empty() || form.get("carried").is_some_and(|text| text == "yes") {
        let mut response = correction_again(&state, head, FormReturn::of(given), None).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let (head, opened) = match held(&state, head, &given).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    // What was emptied is typed too.
    let given: Answers = form.into_iter().collect();
    let (faults, refusal) = match state.own_request(&opened).correct(&given).await {
        Ok(_) => return to_locked(opened.number()),
        Err(RightsError::Faults(faults)) => (faults, None),
        Err(RightsError::TooOften) => (Vec::new(), Some(FormRefusal::TooOften)),
        Err(RightsError::Store(error)) => match not_shown(error) {
            NotShown::Altered => return again(&state, head, Refusal::Altered, &given).await,
            NotShown::Unavailable(_) => (Vec::new(), Some(FormRefusal::Unavailable)),
        },
        // The page says why not.
        Err(_) => return again(&state, head, Refusal::Conflict, &given).await,
    };
    let why = refusal.as_ref().map_or(Refusal::Faults, Refusal::from);
    let back = FormReturn { faults, refusal, ..FormReturn::of(given) };
    correction_again(&state, head, back, Some(why)).await
}

/// The form that corrects a request again, with everything as typed.
async fn correction_again(
    state: &AppState,
    head: Request,
    back: FormReturn,
    why: Option<Refusal>,
) -> Response {
    let receipt = render::receipt_on(head.uri().path(), head.headers());
    let correction = is_correctable(state, receipt.as_ref()).await;
    let status = why.map(Refusal::status);
    let input = PageInput { form: Some(back), status, correction, ..PageInput::default() };
    render::render(state, head, input).await
}

/// The page at this address again: it says how the request stands, and so why nothing was done; and
/// what was typed.
pub(super) async fn again(
    state: &AppState,
    head: Request,
    why: Refusal,
    given: &Answers,
) -> Response {
    let form = Some(FormReturn::of(given.clone()));
    let input = PageInput { status: Some(why.status()), form, ..PageInput::default() };
    render::render(state, head, input).await
}

/// The request of a form whose button was pressed. A post without it is shown the page.
async fn confirmed(state: &AppState, request: Request) -> Result<(Request, Opened), Response> {
    let (head, form) = read_form(state, request).await?;
    let nothing = Answers::new();
    let (head, opened) = held(state, head, &nothing).await?;
    if form.get("confirm").is_none_or(|text| text != "yes") {
        return Err(again(state, head, Refusal::Faults, &nothing).await);
    }
    Ok((head, opened))
}

async fn answered(
    state: &AppState,
    head: Request,
    opened: &Opened,
    done: Result<bool, RightsError>,
) -> Response {
    match done {
        // What this browser sent is forgotten: the same request may be handed in anew.
        Ok(_) => to(&urls::request(opened.number()), cookies::forget_sent(state.settings.site.tls)),
        Err(RightsError::Store(error)) => match not_shown(error) {
            NotShown::Altered => again(state, head, Refusal::Altered, &Answers::new()).await,
            NotShown::Unavailable(_) => render::refused(state, head, Refusal::Unavailable).await,
        },
        Err(_) => again(state, head, Refusal::Conflict, &Answers::new()).await,
    }
}

/// `POST /requests/{number}/withdraw`: takes the request back.
pub async fn withdraw(State(state): State<AppState>, request: Request) -> Response {
    let (head, opened) = match confirmed(&state, request).await {
        Ok(confirmed) => confirmed,
        Err(response) => return response,
    };
    let done = state.own_request(&opened).withdraw().await;
    answered(&state, head, &opened, done).await
}

/// What was typed into the form of a right, with the request that it is about. Pressed on a switch of language or
/// size, the form comes back in it as it was typed; so does one that was carried here from a page that refused it.
pub(super) async fn sent(
    state: &AppState,
    request: Request,
) -> Result<(Request, Answers, Opened), Response> {
    let (head, form, switched) = preferences::read_with_switches(state, request).await?;
    let given = typed(&form);
    if !switched.is_empty() || form.get("carried").is_some_and(|text| text == "yes") {
        let form = Some(FormReturn::of(given));
        let input = PageInput { form, ..PageInput::default() };
        let mut response = render::render(state, head, input).await;
        preferences::keep(&mut response, switched);
        return Err(response);
    }
    let (head, opened) = held(state, head, &given).await?;
    Ok((head, given, opened))
}

/// To where the page says that it was done; else the form as it was typed, with what is wrong.
pub(super) async fn said(
    state: &AppState,
    head: Request,
    (given, done): (Answers, Result<(), RightsError>),
    there: &str,
) -> Response {
    let (back, status) = match done {
        Ok(()) => return to(there, []),
        Err(RightsError::Faults(faults)) => {
            (FormReturn { faults, ..FormReturn::of(given) }, Refusal::Faults)
        }
        Err(RightsError::Store(error)) => match not_shown(error) {
            NotShown::Altered => return again(state, head, Refusal::Altered, &given).await,
            NotShown::Unavailable(_) => {
                let refusal = Some(FormRefusal::Unavailable);
                (FormReturn { refusal, ..FormReturn::of(given) }, Refusal::Unavailable)
            }
        },
        // The page says why not.
        Err(_) => return again(state, head, Refusal::Conflict, &given).await,
    };
    let status = Some(status.status());
    render::render(state, head, PageInput { form: Some(back), status, ..PageInput::default() })
        .await
}

/// `POST /requests/{number}/rate`: says how satisfied its applicant was.
pub async fn rate(State(state): State<AppState>, request: Request) -> Response {
    let (head, given, opened) = match sent(&state, request).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let done = state.own_request(&opened).rate(&given).await.map(|_| ());
    said(&state, head, (given, done), &urls::rating_shown(opened.number())).await
}

/// `POST /requests/{number}/delete`: deletes the request.
pub async fn delete(State(state): State<AppState>, request: Request) -> Response {
    let (head, opened) = match confirmed(&state, request).await {
        Ok(confirmed) => confirmed,
        Err(response) => return response,
    };
    let done = state.own_request(&opened).delete().await;
    answered(&state, head, &opened, done).await
}
