//! A request, from the applicant's form to the department's answer.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    clock::{Entropy, china_date},
    code::LandCode,
    digest::keyed_digest,
    service::Answers,
};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Received and kept; the receipt has been given.
    Submitted,
    /// Handed to the department's system, which has not confirmed it yet.
    Sent,
    /// The department has confirmed it.
    Acknowledged,
    /// Somebody works on it.
    InProgress,
    /// The department has decided.
    Decided,
    /// The department has sent it back.
    Returned,
    /// The applicant has taken it back, and with it the consent; what was done before stays lawful.
    Withdrawn,
}

impl RequestState {
    /// Every state in the order of the usual way.
    pub const ALL: [Self; 7] = [
        Self::Submitted,
        Self::Sent,
        Self::Acknowledged,
        Self::InProgress,
        Self::Decided,
        Self::Returned,
        Self::Withdrawn,
    ];

    /// Its name in JSON and storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::Decided => "decided",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a request may go from this state to `next`. States are never left backwards.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Submitted => next != Self::Submitted,
            Self::Sent => !matches!(next, Self::Submitted | Self::Sent),
            Self::Acknowledged => {
                matches!(next, Self::InProgress | Self::Decided | Self::Returned | Self::Withdrawn)
            }
            Self::InProgress => matches!(next, Self::Decided | Self::Returned | Self::Withdrawn),
            Self::Decided | Self::Returned | Self::Withdrawn => false,
        }
    }

    /// Whether the department is done with a request in this state.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Decided | Self::Returned)
    }

    /// Whether nothing more is to be done: the department is done, or the applicant has taken the
    /// request back. From here on its retention counts.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        self.is_final() || matches!(self, Self::Withdrawn)
    }

    /// Whether a word of the department that names `next` may follow: a step forward, another
    /// note in the same state, or a correction of what was decided. Only the applicant withdraws.
    #[must_use]
    pub fn takes_word(self, next: Self) -> bool {
        (next != Self::Withdrawn && self.may_become(next))
            || self == next
            || (self.is_final() && next.is_final())
    }
}

/// A request's public number: `JM-20261122-7K3MQ2VX`, date and eight characters without
/// look-alikes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestNumber(String);

/// Digits and capitals without 0 O 1 I L U: what can be read out over a phone.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

impl RequestNumber {
    /// A new number for a request made at `now`.
    #[must_use]
    pub fn draw(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let date = china_date(now);
        let tail = readable(entropy, 8);
        Self(format!("JM-{:04}{:02}{:02}-{tail}", date.year(), date.month(), date.day()))
    }

    /// Reads a number as typed: any case, with or without hyphens and spaces.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let text: String = input
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let rest = text.strip_prefix("JM")?;
        let (date, tail) = (rest.get(..8)?, rest.get(8..)?);
        let fits = date.bytes().all(|b| b.is_ascii_digit())
            && tail.len() == 8
            && tail.bytes().all(|b| ALPHABET.contains(&b));
        fits.then(|| Self(format!("JM-{date}-{tail}")))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn readable(entropy: &dyn Entropy, length: usize) -> String {
    let mut out = String::with_capacity(length);
    while out.len() < length {
        let mut byte = [0];
        entropy.fill(&mut byte);
        // 240 = 8 × 30: values above would favour some characters.
        if byte[0] < 240 {
            out.push(char::from(ALPHABET[usize::from(byte[0] % 30)]));
        }
    }
    out
}

/// The key from which receipt secrets are derived. Kept in the data folder, never sent.
#[derive(Clone)]
pub struct ReceiptKey([u8; 32]);

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey(…)")
    }
}

impl ReceiptKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret of a receipt: twelve readable characters that open the request without an
    /// account. Derived, so that a repeated submission shows the same receipt and nothing secret
    /// is stored.
    #[must_use]
    pub fn secret(&self, number: &RequestNumber) -> String {
        let digest = self.digest(number);
        digest
            .chunks(2)
            .take(12)
            .map(|pair| {
                let value = pair.iter().fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
                char::from(ALPHABET[value % ALPHABET.len()])
            })
            .collect()
    }

    /// Whether `given` is the secret of `number`, in any case and spacing. Takes the same time
    /// for every wrong answer.
    #[must_use]
    pub fn opens(&self, number: &RequestNumber, given: &str) -> bool {
        let given: String = given
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let secret = self.secret(number);
        let unequal = secret.bytes().zip(given.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        unequal == 0 && given.len() == secret.len()
    }

    /// What a client's idempotency key is kept as: each client has keys of its own, so that nobody's
    /// key stands in another's way or opens another's receipt. Neither client nor key can be read
    /// from it.
    #[must_use]
    pub fn client_key(&self, client: &str, key: &str) -> String {
        let label = b"jianma idempotency key\0";
        let parts: [&[u8]; 4] = [label, client.as_bytes(), b"\0", key.as_bytes()];
        format!("client-{}", URL_SAFE_NO_PAD.encode(keyed_digest(&self.0, &parts)))
    }

    fn digest(&self, number: &RequestNumber) -> [u8; 32] {
        keyed_digest(&self.0, &[b"jianma receipt secret\0", number.as_str().as_bytes()])
    }
}

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By the applicant.
    #[serde(rename = "self")]
    Applicant,
    /// By front-desk staff on the applicant's behalf.
    Counter,
}

/// What an applicant hands in, after checking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The service item.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// Data version the applicant saw, `dataset/number`.
    pub data_version: String,
    /// Answers that tell who the applicant is.
    pub applicant: Answers,
    /// The other answers.
    pub answers: Answers,
    /// How it came in.
    pub channel: Channel,
}

/// What a message to a department is about; `kind` of its JSON, and the name that Standard Webhooks
/// call the event type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageKind {
    /// A new request.
    #[default]
    #[serde(rename = "request.submitted")]
    Submitted,
    /// The applicant changed what they had handed in: the whole request as it is now.
    #[serde(rename = "request.corrected")]
    Corrected,
    /// The applicant took the request back: it is not to be worked on any more.
    #[serde(rename = "request.withdrawn")]
    Withdrawn,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Submitted, Self::Corrected, Self::Withdrawn];

    /// Its name in storage and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a department receives of a request that was submitted or corrected: frozen then, byte for
/// byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPayload {
    /// Submitted or corrected; payloads of before November 2026 do not say, and are submissions.
    #[serde(default)]
    pub kind: MessageKind,
    /// The request's number.
    pub request: RequestNumber,
    /// The submission.
    #[serde(flatten)]
    pub submission: Submission,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// When it was corrected, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_at: Option<Timestamp>,
}

/// What a department receives of a request that was withdrawn: enough to find it, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalPayload {
    /// Withdrawn.
    pub kind: MessageKind,
    /// The request's number.
    pub request: RequestNumber,
    /// The service item.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// When it was withdrawn, UTC.
    pub withdrawn_at: Timestamp,
}

/// Who made an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// The applicant.
    Applicant,
    /// This portal.
    Portal,
    /// A department, by id.
    Department(String),
    /// A member of the operator's staff, by name. Visitors are not told the name.
    Staff(String),
}

/// What an event is beside the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The state changed.
    Forward,
    /// Another word in the same state.
    Note,
    /// What was decided or returned is corrected.
    Correction,
    /// The applicant corrected what they had handed in.
    Amendment,
}

/// A change of state, chained to the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestEvent {
    /// Counts up from 1 within the request.
    pub sequence: u32,
    /// When, UTC.
    pub at: Timestamp,
    /// The state it led to.
    pub state: RequestState,
    /// Who made it.
    pub actor: Actor,
    /// The department's own reference, when it gave one.
    pub reference: Option<String>,
    /// Words of the department for the applicant.
    pub note: Option<String>,
    /// SHA-256 over the event before and this one, URL-safe base64.
    pub hash: String,
}

impl RequestEvent {
    /// The event that follows `previous` (none for the first), with its hash.
    #[must_use]
    pub fn after(
        previous: Option<&Self>,
        number: &RequestNumber,
        at: Timestamp,
        state: RequestState,
        actor: Actor,
        reference: Option<String>,
        note: Option<String>,
    ) -> Self {
        let sequence = previous.map_or(1, |event| event.sequence + 1);
        let mut event = Self { sequence, at, state, actor, reference, note, hash: String::new() };
        event.hash = event.chain(previous.map_or("", |event| &event.hash), number);
        event
    }

    /// Whether the event's hash follows from its content and the one before.
    #[must_use]
    pub fn follows(&self, previous: Option<&Self>, number: &RequestNumber) -> bool {
        self.sequence == previous.map_or(1, |event| event.sequence + 1)
            && self.hash == self.chain(previous.map_or("", |event| &event.hash), number)
    }

    /// What this event is beside `previous`.
    #[must_use]
    pub fn step(&self, previous: Option<&Self>) -> Step {
        match previous.map(|event| event.state) {
            Some(before) if before.is_final() && matches!(self.actor, Actor::Department(_)) => {
                Step::Correction
            }
            Some(before) if before == self.state && self.actor == Actor::Applicant => {
                Step::Amendment
            }
            Some(before) if before == self.state => Step::Note,
            _ => Step::Forward,
        }
    }

    fn chain(&self, previous: &str, number: &RequestNumber) -> String {
        let content = (
            previous,
            number,
            self.sequence,
            self.at,
            self.state,
            &self.actor,
            &self.reference,
            &self.note,
        );
        // A tuple of strings and numbers always serialises.
        let bytes = serde_json::to_vec(&content).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
    }
}

/// A request as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub number: RequestNumber,
    /// What was asked.
    pub submission: Submission,
    /// When, UTC.
    pub submitted_at: Timestamp,
    /// Its events, oldest first; never empty.
    pub events: Vec<RequestEvent>,
}

impl Request {
    /// Where it stands: the state of its last event.
    #[must_use]
    pub fn state(&self) -> RequestState {
        self.events.last().map_or(RequestState::Submitted, |event| event.state)
    }

    /// When it ended, UTC: its retention counts from then, whatever was said later.
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.events.iter().find(|event| event.state.is_ended()).map(|event| event.at)
    }

    /// The department's reference, once it has given one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.events.iter().rev().find_map(|event| event.reference.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(7, Ordering::Relaxed);
            }
        }
    }

    fn number() -> RequestNumber {
        RequestNumber::draw("2026-11-22T16:30:00Z".parse().unwrap(), &Counting::default())
    }

    #[test]
    fn a_number_carries_the_date_in_china_and_reads_back_in_any_spacing() {
        let number = number();
        assert!(number.as_str().starts_with("JM-20261123-"), "{number}");
        let typed = number.as_str().to_lowercase().replace('-', " ");
        assert_eq!(RequestNumber::parse(&typed), Some(number));
        assert_eq!(RequestNumber::parse("JM-20261123-0OIL1U00"), None);
        assert_eq!(RequestNumber::parse("号"), None);
    }

    #[test]
    fn only_the_right_secret_opens_a_request() {
        let (key, number) = (ReceiptKey::new([7; 32]), number());
        let secret = key.secret(&number);
        assert_eq!(secret.len(), 12);
        assert!(key.opens(&number, &secret.to_lowercase()));
        assert!(!key.opens(&number, ""));
        assert!(!key.opens(&number, &format!("{secret}2")));
        assert!(!ReceiptKey::new([8; 32]).opens(&number, &secret));
    }

    #[test]
    fn each_client_has_idempotency_keys_of_its_own() {
        let key = ReceiptKey::new([7; 32]);
        let kept = key.client_key("192.0.2.1", "0123456789abcdef");
        assert_eq!(kept, key.client_key("192.0.2.1", "0123456789abcdef"));
        for (client, given) in [
            ("192.0.2.2", "0123456789abcdef"),
            ("192.0.2.1", "0123456789abcdeg"),
            ("192.0.2.10", "123456789abcdef"),
        ] {
            assert_ne!(kept, key.client_key(client, given));
        }
        assert_ne!(kept, ReceiptKey::new([8; 32]).client_key("192.0.2.1", "0123456789abcdef"));
        assert!(!kept.contains("0123456789abcdef") && !kept.contains("192"));
    }

    #[test]
    fn events_chain_and_a_changed_one_shows() {
        let number = number();
        let at = Timestamp::UNIX_EPOCH;
        let event = |previous: Option<&RequestEvent>, state| {
            RequestEvent::after(previous, &number, at, state, Actor::Portal, None, None)
        };
        let first = event(None, RequestState::Submitted);
        let mut second = event(Some(&first), RequestState::Sent);
        assert!(second.follows(Some(&first), &number));
        second.note = Some("changed".into());
        assert!(!second.follows(Some(&first), &number));
    }

    #[test]
    fn states_only_go_forward() {
        for from in RequestState::ALL {
            assert!(!from.may_become(from));
            assert!(!from.may_become(RequestState::Submitted));
        }
        assert!(RequestState::Submitted.may_become(RequestState::Acknowledged));
        assert!(!RequestState::Decided.may_become(RequestState::InProgress));
    }

    #[test]
    fn s5_a_department_may_add_a_note_and_correct_a_decision_and_not_go_back() {
        use RequestState::{Acknowledged, Decided, InProgress, Returned};
        assert!(InProgress.takes_word(InProgress));
        assert!(Decided.takes_word(Decided));
        assert!(Decided.takes_word(Returned) && Returned.takes_word(Decided));
        assert!(!Decided.takes_word(InProgress));
        assert!(!InProgress.takes_word(Acknowledged));
        let number = number();
        let word = |previous: Option<&RequestEvent>, state, actor| {
            RequestEvent::after(previous, &number, Timestamp::UNIX_EPOCH, state, actor, None, None)
        };
        let office = || Actor::Department("planning".into());
        let first = word(None, InProgress, office());
        let note = word(Some(&first), InProgress, office());
        let decided = word(Some(&note), Decided, office());
        let correction = word(Some(&decided), Decided, office());
        let by_staff = word(Some(&correction), Decided, Actor::Staff("王".into()));
        assert_eq!(first.step(None), Step::Forward);
        assert_eq!(note.step(Some(&first)), Step::Note);
        assert_eq!(decided.step(Some(&note)), Step::Forward);
        assert_eq!(correction.step(Some(&decided)), Step::Correction);
        assert_eq!(by_staff.step(Some(&correction)), Step::Note, "staff correct no decision");
    }
}
