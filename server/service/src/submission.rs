//! Handing in a request: the one function behind the form and the API.

use domain::{
    code::LandCode,
    request::{Channel, RequestNumber, Submission},
    service::{Answers, FieldFault, ServiceItem},
};
use store::{NewRequest, Submitted};

use crate::state::AppState;

/// A request that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its number.
    pub number: RequestNumber,
    /// Whether the same submission had been kept before.
    pub repeated: bool,
}

/// Why nothing was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Answers need attention.
    Faults(Vec<FieldFault>),
    /// The idempotency key came with a different submission before.
    KeyReused,
    /// Storage did not answer.
    Unavailable,
}

/// Checks answers and keeps the request with its outbox row; returns only after both are on disk.
///
/// `seen` is the data version the applicant saw; what is none is left out. `key` is a form's token,
/// or a client's idempotency key as [`domain::request::ReceiptKey::client_key`] has it. A malformed
/// one is replaced: the request is kept, only a repetition would not be noticed.
///
/// # Errors
/// [`Refusal`]; nothing was kept.
pub async fn submit(
    state: &AppState,
    item: &ServiceItem,
    code: LandCode,
    answers: &Answers,
    seen: &str,
    key: &str,
    channel: Channel,
) -> Result<Kept, Refusal> {
    let answers = item.check(answers).map_err(Refusal::Faults)?;
    let personal = |name: &String| item.question(name).is_some_and(|question| question.personal);
    let (applicant, answers) = answers.into_iter().partition(|(name, _)| personal(name));
    let now = state.clock.now();
    let request = NewRequest {
        number: RequestNumber::draw(now, &*state.entropy),
        submission: Submission {
            item: item.id.clone(),
            code,
            data_version: if is_version(seen) { seen.to_owned() } else { String::new() },
            applicant,
            answers,
            channel,
        },
        submitted_at: now,
        idempotency_key: if is_key(key) { key.to_owned() } else { state.draw_token(18) },
        departments: vec![item.department.clone()],
    };
    let (number, repeated) = match state.store.submit(&request).await {
        Ok(Submitted::New(number)) => (number, false),
        Ok(Submitted::Repeated(number)) => (number, true),
        Ok(Submitted::Conflict) => return Err(Refusal::KeyReused),
        Err(error) => {
            tracing::error!(error = %error, "a submission was not kept");
            return Err(Refusal::Unavailable);
        }
    };
    if !repeated {
        tracing::info!(request.number = %number, item.id = item.id, "request kept");
        state.outbox.notify_one();
    }
    Ok(Kept { number, repeated })
}

/// Whether a text can be the label of a data version, `dataset/number`.
fn is_version(text: &str) -> bool {
    let Some((dataset, number)) = text.rsplit_once('/') else { return false };
    !domain::text::trimmed(dataset).is_empty()
        && text.chars().count() <= 80
        && domain::text::fault_of_reference(dataset).is_none()
        && number.bytes().all(|b| b.is_ascii_digit())
        && number.parse::<u32>().is_ok()
}

/// Whether a text can serve as an idempotency key: 16 to 128 visible ASCII characters.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}
