//! Handing in a request: the one function behind the form and the API.

use domain::{
    Clock, Entropy,
    clock::china_date,
    code::LandCode,
    request::{Channel, ReceiptKey, RequestNumber, Submission},
    service::{Answers, FieldFault, ServiceItem},
};
use service_api::{Portal, Refusal, Unavailable, Visit};
use store::{NewRequest, Store, Submitted};
use tokio::sync::Notify;

use crate::probing::Asker;

/// A request that was taken and is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its number.
    pub number: RequestNumber,
    /// Whether the same submission had been kept before.
    pub repeated: bool,
}

/// Why nothing was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// There is no such place, too many were tried, or storage did not answer.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Answers need attention.
    #[error("some answers need attention")]
    Faults(Vec<FieldFault>),
    /// The idempotency key came with a different submission before.
    #[error("the idempotency key came with a different submission before")]
    KeyReused,
}

/// What receives requests: where they are kept, and whom to wake when there is one.
#[derive(Clone, Copy)]
pub struct Reception<'r> {
    /// Knows the places that requests are about.
    pub portal: &'r dyn Portal,
    /// Where requests are kept.
    pub store: &'r dyn Store,
    /// The present.
    pub clock: &'r dyn Clock,
    /// Randomness.
    pub entropy: &'r dyn Entropy,
    /// Wakes the forwarder.
    pub outbox: &'r Notify,
}

impl std::fmt::Debug for Reception<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reception").finish_non_exhaustive()
    }
}

/// What is handed in.
#[derive(Clone, Copy, Debug)]
pub struct Given<'g> {
    /// The service.
    pub item: &'g ServiceItem,
    /// The place.
    pub code: LandCode,
    /// Answers by question name, as typed.
    pub answers: &'g Answers,
    /// The data version the applicant saw; what is none is left out.
    pub seen: &'g str,
    /// A form's token, or a client's idempotency key as [`domain::request::ReceiptKey::client_key`]
    /// has it. A malformed one is replaced: the request is kept, only a repetition would not be
    /// noticed.
    pub key: &'g str,
    /// How it came.
    pub channel: Channel,
}

impl Reception<'_> {
    /// Looks whether there is such a place, checks answers and keeps the request with its outbox row; returns only after both are on
    /// disk.
    ///
    /// # Errors
    /// [`NotKept`].
    pub async fn submit(&self, visit: &Visit, given: Given<'_>) -> Result<Accepted, NotKept> {
        let Given { item, code, answers, seen, key, channel } = given;
        self.portal.knows(visit, &code).await?;
        let now = self.clock.now();
        let answers = item.check(answers, china_date(now)).map_err(NotKept::Faults)?;
        let personal =
            |name: &String| item.question(name).is_some_and(|question| question.personal);
        let (applicant, answers) = answers.into_iter().partition(|(name, _)| personal(name));
        let request = NewRequest {
            number: RequestNumber::draw(now, self.entropy),
            submission: Submission {
                item: item.id.clone(),
                code,
                data_version: if is_version(seen) { seen.to_owned() } else { String::new() },
                applicant,
                answers,
                channel,
            },
            submitted_at: now,
            idempotency_key: if is_key(key) { key.to_owned() } else { token(self.entropy, 18) },
            departments: vec![item.department.clone()],
        };
        let (number, repeated) = match self.store.submit(&request).await {
            Ok(Submitted::New(number)) => (number, false),
            Ok(Submitted::Repeated(number)) => (number, true),
            Ok(Submitted::Conflict) => return Err(NotKept::KeyReused),
            Err(error) => {
                tracing::error!(error = %error, "a submission was not kept");
                return Err(Refusal::Unavailable(Unavailable).into());
            }
        };
        if !repeated {
            tracing::info!(request.number = %number, item.id = item.id, "request kept");
            self.outbox.notify_one();
        }
        Ok(Accepted { number, repeated })
    }
}

/// `length` unguessable bytes as URL-safe text.
#[must_use]
pub fn token(entropy: &dyn Entropy, length: usize) -> String {
    use base64::Engine;
    let mut bytes = vec![0; length];
    entropy.fill(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// The idempotency key of a program's own: that of another client is nothing to it. The client is
/// who they proved to be, or the address they come from.
#[must_use]
pub fn client_key(receipts: &ReceiptKey, visit: &Visit, key: &str) -> String {
    let client = match Asker::of(visit) {
        Asker::Subject(subject) => format!("subject {subject}"),
        Asker::Address(address) => format!("address {}", address.0),
    };
    receipts.client_key(&client, key)
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
