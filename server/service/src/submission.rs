//! Handing in a request: [`Reception::submit`] is the one function behind the form and the API, and
//! whoever else takes requests in.

use domain::{
    Clock, Entropy,
    attachment::Attached,
    clock::china_date,
    code::LandCode,
    dataset::DataVersion,
    lineage::Lineage,
    request::{
        Assisted, Channel, Confirmation, ConfirmedBy, DeliveryPayload, ReceiptKey, RequestNumber,
        Submission,
    },
    service::{Answers, FieldFault, ServiceItem},
    signing::Signer,
    suitability::{AskError, AskWritten, FactsAsked},
};
use jiff::Timestamp;
use service_api::{Drawn, Portal, Refusal, Unavailable, Visit};
use store::{NewRequest, Store, StoreError, Submitted};
use tokio::sync::Notify;

use crate::probing::Asker;

/// A submission that can be taken.
enum Examined {
    /// It is kept already, under this number.
    Kept(RequestNumber),
    /// It is to be kept.
    New(Box<NewRequest>),
}

/// A request that was taken and is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its number.
    pub number: RequestNumber,
    /// Whether the same submission had been kept before.
    pub repeated: bool,
    /// What was asked, as it was read; `None` where that was known to be kept already.
    pub submission: Option<Submission>,
}

/// What was looked at before it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reviewed {
    /// It was handed in already, as this request.
    Kept(RequestNumber),
    /// Nothing stands against it: what its department would get.
    Ready(Box<Submission>),
}

/// What whoever takes requests in knows of those who hand them in: how many they may, and what they
/// have handed in already.
pub trait Quota: Send + Sync {
    /// Counts a submission that is about to be kept.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many.
    fn count(&self, visit: &Visit) -> Result<(), u64>;

    /// The request by which they have asked for the same already, unless they say that they mean it
    /// again. Nobody knows of one unless told.
    fn asked_before(&self, submission: &Submission) -> Option<RequestNumber> {
        let _ = submission;
        None
    }
}

/// Why nothing was kept.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotKept {
    /// There is no such place, too many were tried, or storage did not answer.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It asks for facts that the rules do not ask of its department.
    #[error("what it asks for cannot be asked: {0}")]
    Asks(AskError),
    /// The department of the service is not one of those that are configured.
    #[error("the service cannot be asked for here")]
    NotOffered,
    /// Answers need attention.
    #[error("some answers need attention")]
    Faults(Vec<FieldFault>),
    /// The idempotency key came with a different submission before: with this request.
    #[error("the idempotency key came with a different submission before")]
    KeyReused(RequestNumber),
    /// The code has ended, and the service is about land as it is; or it is not, and they have yet to
    /// say that they know.
    #[error("the code has ended")]
    Ended(Box<Lineage>),
    /// The same was asked for before, by this request, and they have yet to say that they mean it again.
    #[error("the same was asked for before")]
    AskedBefore(RequestNumber),
    /// These of its files, by id, are not kept any more or belong to another request.
    #[error("some of its files are not kept any more, or belong to another request")]
    Files(Vec<String>),
    /// They hand in too many.
    #[error("too many requests were handed in; again in {retry_after} s")]
    TooOften {
        /// Seconds to wait.
        retry_after: u64,
    },
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
    /// Whether they know that the code has ended, if it has.
    pub knows_of_end: bool,
    /// How it came.
    pub channel: Channel,
    /// The facts that it asks for, as written: checked against the rules of today.
    pub asks: Option<&'g AskWritten>,
    /// The files that go with it, with the addresses under which its department fetches them.
    pub attachments: &'g [Attached],
    /// By which office it is handed in for its applicant, and what they confirmed.
    pub assisted: Option<&'g Assisted>,
}

impl Reception<'_> {
    /// Takes a request in: looks whether there is such a place and whether it can be asked for there,
    /// checks answers, counts, and keeps it with its outbox row. Returns only after both are on disk.
    ///
    /// # Errors
    /// [`NotKept`]; what cannot be kept was not counted.
    pub async fn submit(
        &self,
        visit: &Visit,
        given: Given<'_>,
        quota: &dyn Quota,
    ) -> Result<Accepted, NotKept> {
        let request = match self.examine(visit, given, quota).await? {
            Examined::Kept(number) => {
                return Ok(Accepted { number, repeated: true, submission: None });
            }
            Examined::New(request) => request,
        };
        quota.count(visit).map_err(|retry_after| NotKept::TooOften { retry_after })?;
        self.keep(*request).await
    }

    /// Looks at everything that [`Self::submit`] does, for whoever reads through what they wrote before
    /// they hand it in. Nothing is counted and nothing is kept.
    ///
    /// # Errors
    /// [`NotKept`].
    pub async fn review(
        &self,
        visit: &Visit,
        given: Given<'_>,
        quota: &dyn Quota,
    ) -> Result<Reviewed, NotKept> {
        Ok(match self.examine(visit, given, quota).await? {
            Examined::Kept(number) => Reviewed::Kept(number),
            Examined::New(request) => {
                Reviewed::Ready(Box::new(request.submission.for_department()))
            }
        })
    }

    /// The request that was handed in by this key, and whether it asks for what is given now. Nothing is counted and
    /// nothing is kept, whatever is wrong with what is given.
    ///
    /// # Errors
    /// [`NotKept::Refused`]: storage did not answer.
    pub async fn kept_under(
        &self,
        given: Given<'_>,
    ) -> Result<Option<(RequestNumber, bool)>, NotKept> {
        if let Ok(Ok(request)) = self.checked(given).await {
            let earlier = self.store.earlier(&request).await.map_err(|error| not_kept(&error))?;
            if let Some(Submitted::Repeated(number)) = earlier {
                return Ok(Some((number, true)));
            }
        }
        let kept = self.store.kept_under(given.key).await.map_err(|error| not_kept(&error))?;
        Ok(kept.map(|number| (number, false)))
    }

    /// Whether what is given can be kept. Nothing is kept yet.
    async fn examine(
        &self,
        visit: &Visit,
        given: Given<'_>,
        quota: &dyn Quota,
    ) -> Result<Examined, NotKept> {
        let lineage = self.portal.knows(visit, &given.code).await?;
        // Nobody would ever get it.
        if !self.portal.offers(given.item) {
            return Err(NotKept::NotOffered);
        }
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
            Some(Submitted::Unattachable(files)) => Err(NotKept::Files(files)),
            _ if refused || (lineage.ended && !given.knows_of_end) => {
                Err(NotKept::Ended(Box::new(lineage)))
            }
            _ => match quota.asked_before(&request.submission) {
                Some(before) => Err(NotKept::AskedBefore(before)),
                None => {
                    self.lies_there(&request).await?;
                    Ok(Examined::New(Box::new(request)))
                }
            },
        }
    }

    /// What is to be kept of what is given, or what is wrong with it.
    async fn checked(
        &self,
        given: Given<'_>,
    ) -> Result<Result<NewRequest, Vec<FieldFault>>, NotKept> {
        let Given { item, code, answers, seen, key, channel, asks, attachments, assisted, .. } =
            given;
        let now = self.clock.now();
        let asks = asks.map(|written| self.asked(written, item)).transpose()?;
        let answers = match item.check(answers, china_date(now)) {
            Ok(answers) => answers,
            Err(faults) => return Ok(Err(faults)),
        };
        let personal =
            |name: &String| item.question(name).is_some_and(|question| question.personal);
        let (applicant, answers) = answers.into_iter().partition(|(name, _)| personal(name));
        let number = RequestNumber::draw(now, self.entropy);
        let submission = Submission {
            item: item.id.clone(),
            code,
            data_version: self.version_seen(seen).await?,
            applicant,
            answers,
            channel,
            asks: asks.map(Box::new),
            attachments: attachments.to_vec(),
            assisted: assisted.cloned().map(Box::new),
        };
        Ok(Ok(NewRequest {
            number,
            submission,
            submitted_at: now,
            confirmation: None,
            idempotency_key: if is_key(key) { key.to_owned() } else { token(self.entropy, 18) },
            departments: vec![item.department.clone()],
        }))
    }

    /// What is asked for, by the rules that count today.
    fn asked(&self, written: &AskWritten, item: &ServiceItem) -> Result<FactsAsked, NotKept> {
        let sets = self.portal.rule_sets();
        let rules = sets.iter().find(|rules| rules.id == written.rules);
        let no_rules =
            || AskError::NoRules { rules: written.rules.clone(), of: written.of.clone() };
        let today = china_date(self.clock.now());
        let rules = rules.ok_or_else(no_rules).map_err(NotKept::Asks)?;
        rules.ask(written, &item.department, today).map_err(NotKept::Asks)
    }

    /// That the outline which a request is about lies on its parcel, by what everybody is shown of it: what an office
    /// says of one place is said of no other.
    async fn lies_there(&self, request: &NewRequest) -> Result<(), NotKept> {
        let outline = request.submission.asks.as_ref().and_then(|asks| asks.outline.as_ref());
        let Some(outline) = outline else { return Ok(()) };
        let parcel = LandCode::Parcel(request.submission.code.parcel());
        let seen = self.portal.for_everybody((&parcel, Drawn::Not)).await;
        let seen = seen.map_err(Refusal::from)?;
        let ground = outline.ground();
        match seen.zip(ground) {
            Some((seen, ground)) if seen.place.lies_beneath(&ground) => Ok(()),
            _ => Err(NotKept::Asks(AskError::Elsewhere)),
        }
    }

    /// The data version that was seen, if there ever was such a one: what we sign names no other.
    async fn version_seen(&self, seen: &str) -> Result<String, NotKept> {
        let Some((dataset, number)) = DataVersion::read_label(seen) else {
            return Ok(String::new());
        };
        let been = self.store.has_been(dataset, number).await.map_err(|error| not_kept(&error))?;
        Ok(if been { seen.to_owned() } else { String::new() })
    }

    /// Keeps a request with its outbox row, and that it was handed in; returns only after all is on disk.
    async fn keep(&self, request: NewRequest) -> Result<Accepted, NotKept> {
        let NewRequest { number, submission, submitted_at, .. } = &request;
        let content = DeliveryPayload::of(number.clone(), submission.clone(), *submitted_at, None);
        let confirmation = confirmation(&content, *submitted_at, self.portal.signer());
        let request = NewRequest { confirmation, ..request };
        let kept = self.store.submit(&request).await.map_err(|error| not_kept(&error))?;
        let (number, repeated) = match kept {
            Submitted::New(number) => (number, false),
            Submitted::Repeated(number) => (number, true),
            Submitted::Conflict(number) => return Err(NotKept::KeyReused(number)),
            Submitted::Unattachable(files) => return Err(NotKept::Files(files)),
        };
        if !repeated {
            let item = &request.submission.item;
            tracing::info!(request.number = %number, item.id = item, "request kept");
            self.outbox.notify_one();
        }
        Ok(Accepted { number, repeated, submission: Some(request.submission) })
    }
}

/// That somebody hands in this content. Whoever hands in is not turned away where nothing can be signed.
pub(crate) fn confirmation(
    content: &DeliveryPayload,
    at: Timestamp,
    signer: Option<&dyn Signer>,
) -> Option<Confirmation> {
    let by = match content.submission.channel {
        Channel::Applicant => ConfirmedBy::Applicant,
        Channel::Counter => ConfirmedBy::Counter,
    };
    let signed = Confirmation::of(content, by, at, signer?);
    signed
        .inspect_err(|error| tracing::error!(%error, "that a request was handed in is not signed"))
        .ok()
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
        Asker::Key(holder) => format!("api key {}", holder.name),
        Asker::Address(address) => format!("address {}", address.0),
    };
    receipts.client_key(&client, key)
}

/// Notes a storage failure, and tells whoever hands in only that there was one.
fn not_kept(error: &StoreError) -> NotKept {
    tracing::error!(error = %error, "a submission was not kept");
    Refusal::Unavailable(Unavailable).into()
}

/// Whether a text can serve as an idempotency key: 16 to 128 visible ASCII characters.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}
