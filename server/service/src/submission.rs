//! Handing in a request: the one function behind the form and the API.

use domain::{
    Clock, Entropy,
    clock::china_date,
    code::LandCode,
    lineage::Lineage,
    request::{Channel, ReceiptKey, RequestNumber, Submission},
    service::{Answers, FieldFault, ServiceItem},
};
use service_api::{Portal, Refusal, Unavailable, Visit};
use store::{NewRequest, Store, StoreError, Submitted};
use tokio::sync::Notify;

use crate::probing::Asker;

/// A submission that can be taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Examined {
    /// It is kept already, under this number.
    Kept(RequestNumber),
    /// It is to be kept.
    New {
        /// What is to be kept.
        request: Box<NewRequest>,
        /// Whether its code has ended; it is asked for what can be asked for there too.
        ended: bool,
    },
}

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
    /// The idempotency key came with a different submission before: with this request.
    #[error("the idempotency key came with a different submission before")]
    KeyReused(RequestNumber),
    /// The code has ended, and the service is about land as it is.
    #[error("the code has ended")]
    Ended(Box<Lineage>),
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
    /// Looks whether there is such a place and whether it can be asked for there, and checks answers.
    /// Nothing is kept yet.
    ///
    /// # Errors
    /// [`NotKept`].
    pub async fn examine(&self, visit: &Visit, given: Given<'_>) -> Result<Examined, NotKept> {
        let lineage = self.portal.knows(visit, &given.code).await?;
        let refused = lineage.ended && !given.item.for_ended;
        let request = match self.checked(given).await? {
            Ok(request) => request,
            // Nobody mends what cannot be taken here at all.
            Err(_) if refused => return Err(NotKept::Ended(Box::new(lineage))),
            Err(faults) => return Err(NotKept::Faults(faults)),
        };
        match self.store.earlier(&request).await.map_err(|error| not_kept(&error))? {
            // It was taken when it still could be.
            Some(Submitted::Repeated(number)) => Ok(Examined::Kept(number)),
            Some(Submitted::Conflict(number)) => Err(NotKept::KeyReused(number)),
            _ if refused => Err(NotKept::Ended(Box::new(lineage))),
            _ => Ok(Examined::New { request: Box::new(request), ended: lineage.ended }),
        }
    }

    /// What is to be kept of what is given, or what is wrong with it.
    async fn checked(
        &self,
        given: Given<'_>,
    ) -> Result<Result<NewRequest, Vec<FieldFault>>, NotKept> {
        let Given { item, code, answers, seen, key, channel } = given;
        let now = self.clock.now();
        let answers = match item.check(answers, china_date(now)) {
            Ok(answers) => answers,
            Err(faults) => return Ok(Err(faults)),
        };
        let personal =
            |name: &String| item.question(name).is_some_and(|question| question.personal);
        let (applicant, answers) = answers.into_iter().partition(|(name, _)| personal(name));
        Ok(Ok(NewRequest {
            number: RequestNumber::draw(now, self.entropy),
            submission: Submission {
                item: item.id.clone(),
                code,
                data_version: self.version_seen(seen).await?,
                applicant,
                answers,
                channel,
            },
            submitted_at: now,
            idempotency_key: if is_key(key) { key.to_owned() } else { token(self.entropy, 18) },
            departments: vec![item.department.clone()],
        }))
    }

    /// The data version that was seen, if there ever was such a one: what we sign names no other.
    async fn version_seen(&self, seen: &str) -> Result<String, NotKept> {
        let Some((dataset, number)) = as_version(seen) else { return Ok(String::new()) };
        let been = self.store.has_been(dataset, number).await.map_err(|error| not_kept(&error))?;
        Ok(if been { seen.to_owned() } else { String::new() })
    }

    /// Keeps a request with its outbox row; returns only after both are on disk.
    ///
    /// # Errors
    /// [`NotKept`].
    pub async fn keep(&self, request: &NewRequest) -> Result<Accepted, NotKept> {
        let kept = self.store.submit(request).await.map_err(|error| not_kept(&error))?;
        let (number, repeated) = match kept {
            Submitted::New(number) => (number, false),
            Submitted::Repeated(number) => (number, true),
            Submitted::Conflict(number) => return Err(NotKept::KeyReused(number)),
        };
        if !repeated {
            let item = &request.submission.item;
            tracing::info!(request.number = %number, item.id = item, "request kept");
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

/// Notes a storage failure, and tells whoever hands in only that there was one.
fn not_kept(error: &StoreError) -> NotKept {
    tracing::error!(error = %error, "a submission was not kept");
    Refusal::Unavailable(Unavailable).into()
}

/// The parts of the label of a data version, `dataset/number`.
fn as_version(text: &str) -> Option<(&str, u32)> {
    let (dataset, number) = text.rsplit_once('/')?;
    let digits = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    Some((dataset, number.parse().ok().filter(|_| digits)?))
}

/// Whether a text can serve as an idempotency key: 16 to 128 visible ASCII characters.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}
