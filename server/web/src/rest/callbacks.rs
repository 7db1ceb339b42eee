//! What departments tell us: signed, idempotent, forward only.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use domain::{
    address::CALLBACKS_ROUTE,
    reference::{LONGEST_NOTE, read_reference},
    request::{DepartmentWord, Outcome, OutcomeRefused, RequestNumber, RequestState},
    suitability::Said,
    text::{fault_of_paragraph, trimmed},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::department_word::{self, NotTaken};
use utoipa::ToSchema;

use super::signed::Signed;
use crate::{problem::Problem, state::AppState};

/// A department's word on a request. Fields that are not named here are left alone: a department
/// may send the same message to others.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Callback {
    /// The request's number, in any case and spacing.
    request: String,
    /// `acknowledged`, `in_progress`, `decided` or `returned`, in any case; `withdrawn` for a note on
    /// a request that its applicant has withdrawn.
    state: String,
    /// The department's own reference: text of at most 200 characters, or a whole number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reference: serde_json::Value,
    /// Words for the applicant, at most 2000 characters. Every new one is shown, also in the same
    /// state; after a decision it is shown as a correction.
    note: Option<String>,
    /// What the department says of the facts that the request asks for, by the ids in its `asks`: `yes`,
    /// `no`, a code or several, a figure with its unit, `none` or a list of `{ code, share, area }` for what
    /// lies on the site, or `unknown`. One that does not read refuses all of the word.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    facts: Option<BTreeMap<String, serde_json::Value>>,
    /// What became of the request as an application, of which its applicant gets a notice. `kind` is `accepted`,
    /// `accepted_with_gaps` or `supplement_asked` (with `acknowledged` or `in_progress`), `not_accepted`,
    /// `acceptance_revoked` or `deemed_withdrawn` (with `returned`). The second and third have `materials`, a list
    /// of 1 to 50 texts, all that is missing at once, and `deadline`: `{"working_days": 5}` or
    /// `{"until": "2026-12-15"}`; the fourth and fifth have `reasons`. Nothing else goes with it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    outcome: Option<serde_json::Value>,
    /// Which ask to take the request up again this answers: the `asked_at` of the message's `reopening`. Only
    /// `in_progress` with it opens a request that was decided or returned.
    #[schema(value_type = Option<String>, format = DateTime)]
    reopening: Option<Timestamp>,
}

/// What the body of a callback says, read as departments write it.
struct Word {
    number: RequestNumber,
    state: RequestState,
    reference: Option<String>,
    note: Option<String>,
    facts: BTreeMap<String, Said>,
    outcome: Option<Outcome>,
    reopening: Option<Timestamp>,
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Word, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let text = forward::charset::text(body, kind)
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let callback: Callback =
        serde_json::from_str(&text).map_err(|error| Problem::bad_request(error.to_string()))?;
    let number = RequestNumber::parse(&callback.request).ok_or_else(Problem::not_found)?;
    let state = callback.state.trim().to_lowercase().replace(['-', ' '], "_");
    let state = RequestState::from_name(&state)
        .filter(|state| !matches!(state, RequestState::Submitted | RequestState::Sent));
    let state = state.ok_or_else(|| {
        Problem::bad_request(
            "`state` is one of acknowledged, in_progress, decided, returned, withdrawn.",
        )
    })?;
    let reference = read_reference(&callback.reference)
        .map_err(|fault| Problem::bad_request(format!("`reference`: {fault}.")))?;
    let note = callback.note.as_deref().map(trimmed).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Problem::bad_request(format!("`note` has at most {LONGEST_NOTE} characters.")));
    }
    if note.is_some_and(|note| fault_of_paragraph(note).is_some()) {
        return Err(Problem::bad_request(
            "`note` is text: no control characters, marks of direction or characters that could \
             not be read.",
        ));
    }
    let facts = callback.facts.unwrap_or_default().into_iter().map(|(id, value)| {
        let written = format!("{value} is no answer to {id}.");
        Ok((id, Said::of(&value).ok_or_else(|| Problem::bad_request(written))?))
    });
    let facts = facts.collect::<Result<_, Problem>>()?;
    let outcome = callback.outcome.map(|said| Outcome::read(&said, state)).transpose();
    let outcome = outcome
        .map_err(|fault| Problem::unsound(format!("Nothing was taken. `outcome`: {fault}.")))?;
    let (note, reopening) = (note.map(str::to_owned), callback.reopening);
    Ok(Word { number, state, reference, note, facts, outcome, reopening })
}

/// What became of a callback.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallbackAnswer {
    /// Whether it is an event of the request; one that came before, or says nothing new, is not.
    changed: bool,
}

/// A department moves a request on. Signed as a Standard Webhook with the shared secret.
#[utoipa::path(
    post, path = CALLBACKS_ROUTE, operation_id = "department_callback", tag = "departments", request_body = Callback,
    params(
        ("id" = String, Path, description = "The department"),
        ("webhook-id" = String, Header, description = "Standard Webhooks message id"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970"),
    ),
    security(("department" = [])),
    responses(
        (status = 200, description = "Taken; also when it came before", body = CallbackAnswer),
        (status = 400, description = "The body does not read", body = Problem),
        (status = 401, description = "Not signed with this department's secret", body = Problem),
        (status = 404, description = "No such request at this department", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 429, description = "Too many callbacks of this department, or too many without a signature", body = Problem),
        (status = 409, description = "The request is past that state, or the outcome does not follow what was said before", body = Problem),
        (status = 422, description = "The outcome is not whole: a list, a deadline or reasons are missing, or the state says another thing", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn callback(
    State(state): State<AppState>,
    Path(id): Path<String>,
    signed: Signed,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<CallbackAnswer>), Problem> {
    let body = body.map_err(|_unread| Problem::too_large())?;
    let (_, message) = signed.by(&state, &id, &body)?;
    let (store, now, headers) = (state.store.clone(), state.clock.now(), signed.headers);
    let Word { number, state, reference, note, facts, outcome, reopening } = read(&headers, &body)?;
    let (department, at) = (id, now);
    let word = DepartmentWord {
        number,
        department,
        message,
        at,
        state,
        reference,
        note,
        facts,
        outcome,
        reopening,
    };
    match department_word::take(&*store, &word).await {
        Ok(changed) => Ok((StatusCode::OK, Json(CallbackAnswer { changed }))),
        Err(NotTaken::NotTheirs) => Err(Problem::not_found()),
        Err(NotTaken::Unavailable(_)) => Err(Problem::unavailable()),
        Err(NotTaken::Facts(fault)) => {
            Err(Problem::bad_request(format!("Nothing was taken: {fault}.")))
        }
        Err(NotTaken::Outcome(refused @ OutcomeRefused::Passed(_))) => {
            Err(Problem::unsound(format!("Nothing was taken. `deadline`: {refused}.")))
        }
        Err(stands @ (NotTaken::NotWithdrawn(_) | NotTaken::Past(_) | NotTaken::Outcome(_))) => {
            Err(Problem::conflict(format!("Nothing was taken: {stands}.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Result<Word, u16> {
        use axum::response::IntoResponse;
        let read = read(&HeaderMap::new(), body.as_bytes());
        read.map_err(|problem| problem.into_response().status().as_u16())
    }

    #[test]
    fn s5_a_note_is_text_that_can_be_seen() {
        let word = |note: &str| {
            said(
                &serde_json::json!({
                    "request": "JM-20261128-7K3MQ2VX", "state": "decided", "note": note,
                })
                .to_string(),
            )
        };
        assert_eq!(word(" 已办结\u{200B}\n").unwrap().note.as_deref(), Some("已办结"));
        assert_eq!(word("第一行\r\n第二行").unwrap().note.as_deref(), Some("第一行\r\n第二行"));
        for nothing in ["", " \n", "\u{200B}", "\u{3164}\u{FEFF}"] {
            assert_eq!(word(nothing).unwrap().note, None, "{nothing:?}");
        }
        for no_text in ["a\0", "a\u{202E}b", "a\u{1B}[2J", "a\u{FFFD}"] {
            assert_eq!(word(no_text).err(), Some(400), "{no_text:?}");
        }
    }

    #[test]
    fn s5_a_callback_is_read_as_departments_write_it() {
        for body in [
            r#"{"request":"JM-20261128-7K3MQ2VX","state":"in_progress","reference":"77"}"#,
            "\u{feff}{\"request\":\"JM-20261128-7K3MQ2VX\",\"state\":\"in_progress\",\"reference\":77}",
            r#"{"request":"jm20261128 7k3mq2vx","state":"In-Progress","reference":" 77 ","ver":2,"x":{}}"#,
        ] {
            let word = said(body).unwrap_or_else(|status| panic!("{status}: {body}"));
            assert_eq!(word.number.as_str(), "JM-20261128-7K3MQ2VX");
            assert_eq!(word.state, RequestState::InProgress);
            assert_eq!(word.reference.as_deref(), Some("77"));
        }
        for (body, status) in [
            (r#"{"request":"JM-1","state":"decided"}"#.to_owned(), 404),
            (r#"{"request":"JM-20261128-7K3MQ2VX","state":"sent"}"#.to_owned(), 400),
            (r#"{"request":"JM-20261128-7K3MQ2VX"}"#.to_owned(), 400),
            (r#"{"request":"JM-20261128-7K3MQ2VX","state":"decided","reference":[]}"#.into(), 400),
            (
                format!(
                    r#"{{"request":"JM-20261128-7K3MQ2VX","state":"decided","reference":"{}"}}"#,
                    "9".repeat(201)
                ),
                400,
            ),
        ] {
            assert_eq!(said(&body).err(), Some(status), "{body}");
        }
    }
}
