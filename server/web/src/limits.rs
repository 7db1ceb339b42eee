//! How often one client may ask. What is over the limit gets a clear 429 with the time to wait.
//!
//! Counted is by address and by kind of route: whoever reads too fast can still hand in a form, and
//! a page that is let through finds its style sheet. Behind one address there may be many (a
//! household, a service hall, a carrier's gateway). So a client is told from its neighbours by what
//! its program says of itself, and has the limit of the configuration; the address altogether has
//! [`NEIGHBOURS`] times that. One noisy program uses up its own share, and whoever invents many
//! names that of the address.
//!
//! A form may have faults, and is sent again: so at the door it counts as an attempt, of which there
//! are [`ATTEMPTS`] times as many as submissions, and as a submission only when it is kept. Opening a
//! receipt hands nothing in and has a counter of its own.
//!
//! Somebody whose identity was proved counts as themselves, wherever they are, a department by
//! its signature, and a program by its key ([`crate::api_keys`]).

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    num::NonZeroU32,
};

use axum::http::{HeaderMap, header};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};

use crate::{client::ClientAddress, settings::LimitsConfig};

/// How many clients may use their limit to the full behind one address.
pub const NEIGHBOURS: u32 = 5;
/// How often a form may be sent for each time that one may be kept.
pub const ATTEMPTS: u32 = 5;
/// Refusals of one address in which what was typed is given back: a minute, at once. They cost more
/// than what is refused.
const GIVEN_BACK: (u32, u32) = (20, 40);
/// How often forms are given back whose bodies have up to [`SMALL_BODY`], which nearly every form is: enough for a hall full of
/// people behind one address.
const SMALL_GIVEN_BACK: (u32, u32) = (600, 600);
/// A small body, bytes: what somebody writes into a form by hand.
const SMALL_BODY: u64 = 16 * 1024;

/// Keys for programs that one address may try which nobody has asked by since the start: a minute, at once.
const KEYS_TRIED: (u32, u32) = (30, 30);
/// Times a minute, and at once, that somebody at one address may set out to sign in by a passkey or the identity service:
/// within the five minutes that they have, fewer than are kept of all strangers ([`store::MOST_ASKED`]).
const CHALLENGES: (u32, u32) = (20, 40);

/// How many times the files of another address one of a hall brings, where people queue behind it.
pub const HALL: u32 = 4;
/// KiB of files that one address has wait with drafts: an hour, at once. In the 30 days that they wait this is less
/// than half of what may wait with drafts by the defaults (1 GiB).
const DRAFTED: (u32, u32) = (512, 128 * 1024);
/// KiB in a MiB.
const KIB_IN_MIB: u32 = 1024;
/// Seconds in an hour.
const HOUR: u64 = 3_600;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page.
    Page,
    /// Something that is handed in, and may have faults.
    Form,
    /// Number and secret of a receipt that is to be opened.
    Receipt,
    /// A read through the API.
    Api,
    /// A built file.
    File,
    /// A department's word.
    Callback,
    /// Health and metrics.
    Operations,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Page,
        Self::Form,
        Self::Receipt,
        Self::Api,
        Self::File,
        Self::Callback,
        Self::Operations,
    ];

    /// Its name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Form => "form",
            Self::Receipt => "receipt",
            Self::Api => "api",
            Self::File => "file",
            Self::Callback => "callback",
            Self::Operations => "operations",
        }
    }
}

/// One of the clients behind an address. There are 256 of them, so that nobody fills the memory by
/// inventing names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hand {
    address: ClientAddress,
    program: u8,
}

impl Hand {
    /// The client that sent a request with these headers.
    #[must_use]
    pub fn of(address: ClientAddress, headers: &HeaderMap) -> Self {
        let mut hasher = DefaultHasher::new();
        for name in [header::USER_AGENT, header::ACCEPT_LANGUAGE] {
            headers.get(name).map(axum::http::HeaderValue::as_bytes).hash(&mut hasher);
        }
        Self { address, program: hasher.finish().to_le_bytes()[0] }
    }
}

type Counters<K> = DefaultKeyedRateLimiter<K>;

/// Counters for each client behind an address, and for the address.
#[derive(Debug)]
struct Shared {
    hands: Counters<Hand>,
    addresses: Counters<ClientAddress>,
}

/// Every counter.
#[derive(Debug)]
pub struct Limits {
    pages: Shared,
    api: Shared,
    forms: Shared,
    receipts: Shared,
    submissions: Shared,
    given_back: Counters<ClientAddress>,
    small_given_back: Counters<ClientAddress>,
    files: Counters<ClientAddress>,
    uploads: Counters<ClientAddress>,
    uploaded_kib: Counters<ClientAddress>,
    hall_uploads: Counters<ClientAddress>,
    hall_uploaded_kib: Counters<ClientAddress>,
    drafted_kib: Counters<ClientAddress>,
    operations: Counters<ClientAddress>,
    proofs: Counters<ClientAddress>,
    forged: Counters<ClientAddress>,
    keys_tried: Counters<ClientAddress>,
    challenges: Counters<ClientAddress>,
    subject_reads: Counters<String>,
    subject_forms: Counters<String>,
    subject_submissions: Counters<String>,
    departments: Counters<String>,
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn per_second((rate, burst): (u32, u32)) -> Quota {
    Quota::per_second(at_least_one(rate)).allow_burst(at_least_one(burst))
}

fn per_minute((rate, burst): (u32, u32)) -> Quota {
    Quota::per_minute(at_least_one(rate)).allow_burst(at_least_one(burst))
}

fn per_hour((rate, burst): (u32, u32)) -> Quota {
    Quota::per_hour(at_least_one(rate)).allow_burst(at_least_one(burst))
}

fn times(number: u32, (rate, burst): (u32, u32)) -> (u32, u32) {
    (rate.saturating_mul(number), burst.saturating_mul(number))
}

/// What all clients behind one address may have together.
fn of_all(one: (u32, u32)) -> (u32, u32) {
    times(NEIGHBOURS, one)
}

impl Shared {
    fn new(quota: fn((u32, u32)) -> Quota, (rate, burst): (u32, u32)) -> Self {
        let addresses = quota(of_all((rate, burst)));
        Self { hands: Counters::keyed(quota((rate, burst))), addresses: Counters::keyed(addresses) }
    }

    /// The client first: what it has too much is not taken from its neighbours.
    fn count(&self, hand: Hand) -> Result<(), u64> {
        count(&self.hands, &hand)?;
        count(&self.addresses, &hand.address)
    }

    fn forget_quiet(&self) {
        self.hands.retain_recent();
        self.addresses.retain_recent();
    }
}

/// Counts one; the seconds to wait if it is one too many.
fn count<K: Hash + Eq + Clone>(counters: &Counters<K>, key: &K) -> Result<(), u64> {
    counters.check_key(key).map_err(|denied| {
        let wait = denied.wait_time_from(counters.clock().now());
        wait.as_secs().saturating_add(1)
    })
}

/// Counts KiB; the seconds to wait if they are too many.
fn count_bytes(
    counters: &Counters<ClientAddress>,
    address: ClientAddress,
    bytes: u64,
) -> Result<(), u64> {
    let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    match counters.check_key_n(&address, at_least_one(kib)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(denied)) => {
            Err(denied.wait_time_from(counters.clock().now()).as_secs().saturating_add(1))
        }
        // More than is ever let in at once: a smaller one may be.
        Err(_never) => Err(HOUR),
    }
}

impl Limits {
    /// Counters with these limits.
    #[must_use]
    pub fn new(config: &LimitsConfig) -> Self {
        let reads = (config.reads_per_second, config.read_burst);
        let submissions = (config.submissions_per_minute, config.submission_burst);
        let forms = times(ATTEMPTS, submissions);
        let operations = (config.operations_per_second, config.operation_burst);
        let uploads = (config.uploads_per_hour, config.upload_burst);
        let kib = (
            config.upload_mib_per_hour.saturating_mul(KIB_IN_MIB),
            config.upload_mib_burst.saturating_mul(KIB_IN_MIB),
        );
        let callbacks = (config.callbacks_per_second, config.callback_burst);
        Self {
            pages: Shared::new(per_second, reads),
            api: Shared::new(per_second, reads),
            forms: Shared::new(per_minute, forms),
            receipts: Shared::new(per_minute, forms),
            submissions: Shared::new(per_minute, submissions),
            given_back: Counters::keyed(per_minute(GIVEN_BACK)),
            small_given_back: Counters::keyed(per_minute(SMALL_GIVEN_BACK)),
            files: Counters::keyed(per_second((config.files_per_second, config.file_burst))),
            uploads: Counters::keyed(per_hour(uploads)),
            uploaded_kib: Counters::keyed(per_hour(kib)),
            hall_uploads: Counters::keyed(per_hour(times(HALL, uploads))),
            hall_uploaded_kib: Counters::keyed(per_hour(times(HALL, kib))),
            drafted_kib: Counters::keyed(per_hour(DRAFTED)),
            operations: Counters::keyed(per_second(operations)),
            proofs: Counters::keyed(per_second(of_all(reads))),
            forged: Counters::keyed(per_minute(of_all(submissions))),
            keys_tried: Counters::keyed(per_minute(KEYS_TRIED)),
            challenges: Counters::keyed(per_minute(CHALLENGES)),
            subject_reads: Counters::keyed(per_second(reads)),
            subject_forms: Counters::keyed(per_minute(forms)),
            subject_submissions: Counters::keyed(per_minute(submissions)),
            departments: Counters::keyed(per_second(callbacks)),
        }
    }

    /// Counts a refusal that gives back what was typed in a body of so many bytes, or of a length that
    /// nobody said; whether it is one that still may.
    pub(crate) fn gives_back(&self, address: ClientAddress, length: Option<u64>) -> bool {
        let small = length.is_some_and(|length| length <= SMALL_BODY);
        let counters = if small { &self.small_given_back } else { &self.given_back };
        count(counters, &address).is_ok()
    }

    /// Counts a request of somebody unknown.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many; also for the methods below.
    pub fn visitor(&self, kind: Kind, hand: Hand) -> Result<(), u64> {
        match kind {
            Kind::Page => self.pages.count(hand),
            Kind::Api => self.api.count(hand),
            Kind::Form => self.forms.count(hand),
            Kind::Receipt => self.receipts.count(hand),
            Kind::File => count(&self.files, &hand.address),
            Kind::Operations => count(&self.operations, &hand.address),
            // By its signature: see `department` and `forged`.
            Kind::Callback => Ok(()),
        }
    }

    /// Counts a file of so many bytes that is about to be kept for a request: one address alone never fills what may
    /// wait for requests, unless people of a hall are behind it.
    pub fn upload(&self, address: ClientAddress, in_hall: bool, bytes: u64) -> Result<(), u64> {
        let (files, kib) = if in_hall {
            (&self.hall_uploads, &self.hall_uploaded_kib)
        } else {
            (&self.uploads, &self.uploaded_kib)
        };
        count(files, &address)?;
        count_bytes(kib, address, bytes)
    }

    /// Counts so many bytes of files that are to wait with a draft.
    pub fn drafted(&self, address: ClientAddress, bytes: u64) -> Result<(), u64> {
        count_bytes(&self.drafted_kib, address, bytes)
    }

    /// Counts a proof of identity that is going to be checked.
    pub fn proof(&self, client: ClientAddress) -> Result<(), u64> {
        count(&self.proofs, &client)
    }

    /// Counts a request of somebody whose identity was proved.
    pub fn subject(&self, subject: &str, kind: Kind) -> Result<(), u64> {
        let is_form = matches!(kind, Kind::Form | Kind::Receipt);
        let counters = if is_form { &self.subject_forms } else { &self.subject_reads };
        count(counters, &subject.to_owned())
    }

    /// Counts a submission that is about to be kept: of somebody whose identity was proved, or of
    /// somebody unknown.
    pub fn submission(&self, subject: Option<&str>, hand: Hand) -> Result<(), u64> {
        match subject {
            Some(subject) => count(&self.subject_submissions, &subject.to_owned()),
            None => self.submissions.count(hand),
        }
    }

    /// Counts a department's signed word.
    pub fn department(&self, id: &str) -> Result<(), u64> {
        count(&self.departments, &id.to_owned())
    }

    /// Counts a word that is not a department's.
    pub fn forged(&self, client: ClientAddress) -> Result<(), u64> {
        count(&self.forged, &client)
    }

    /// Counts a key for programs that nobody has asked by since the start, before it is looked for.
    pub(crate) fn key_tried(&self, client: ClientAddress) -> Result<(), u64> {
        count(&self.keys_tried, &client)
    }

    /// Counts somebody who is about to sign in by a passkey or the identity service: what they are to bring back is
    /// kept, and one address alone never fills what is kept for all.
    pub(crate) fn challenge(&self, client: ClientAddress) -> Result<(), u64> {
        count(&self.challenges, &client)
    }

    /// Forgets clients that have been quiet long enough to have their full allowance back.
    pub fn forget_quiet_clients(&self) {
        for shared in [&self.pages, &self.api, &self.forms, &self.receipts, &self.submissions] {
            shared.forget_quiet();
        }
        for counters in [
            &self.files,
            &self.uploads,
            &self.uploaded_kib,
            &self.hall_uploads,
            &self.hall_uploaded_kib,
            &self.drafted_kib,
            &self.operations,
            &self.proofs,
            &self.forged,
            &self.keys_tried,
            &self.challenges,
            &self.given_back,
            &self.small_given_back,
        ] {
            counters.retain_recent();
        }
        let subjects = [&self.subject_reads, &self.subject_forms, &self.subject_submissions];
        for counters in subjects.into_iter().chain([&self.departments]) {
            counters.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn limits_of() -> LimitsConfig {
        LimitsConfig { reads_per_second: 1, read_burst: 3, ..LimitsConfig::default() }
    }

    fn limits() -> Limits {
        Limits::new(&limits_of())
    }

    fn address(text: &str) -> ClientAddress {
        ClientAddress(text.parse().unwrap())
    }

    fn hand(address: ClientAddress, program: &str) -> Hand {
        let value = HeaderValue::from_str(program).unwrap();
        Hand::of(address, &HeaderMap::from_iter([(header::USER_AGENT, value)]))
    }

    #[test]
    fn one_client_too_many_does_not_slow_another_address_nor_its_own_other_needs() {
        let limits = limits();
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|text| hand(address(text), "x"));
        for _ in 0..3 {
            assert_eq!(limits.visitor(Kind::Page, a), Ok(()));
        }
        let wait = limits.visitor(Kind::Page, a).unwrap_err();
        assert!((1..=2).contains(&wait));
        assert_eq!(limits.visitor(Kind::Page, b), Ok(()));
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Page) {
            assert_eq!(limits.visitor(kind, a), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn forms_with_faults_and_receipts_that_are_opened_take_nothing_from_submissions() {
        let config = LimitsConfig { submissions_per_minute: 1, submission_burst: 2, ..limits_of() };
        let limits = Limits::new(&config);
        let one = hand(address("192.0.2.1"), "x");
        for _ in 0..2 * ATTEMPTS {
            assert_eq!(limits.visitor(Kind::Form, one), Ok(()));
            assert_eq!(limits.visitor(Kind::Receipt, one), Ok(()));
        }
        assert!(limits.visitor(Kind::Form, one).is_err());
        assert!(limits.visitor(Kind::Receipt, one).is_err());
        for subject in [None, Some("s-1"), Some("s-2")] {
            for _ in 0..2 {
                assert_eq!(limits.submission(subject, one), Ok(()));
            }
            assert!(limits.submission(subject, one).is_err());
        }
    }

    #[test]
    fn a_noisy_program_leaves_room_for_its_neighbours_behind_the_same_address() {
        let limits = limits();
        let hall = address("192.0.2.1");
        let (noisy, quiet) = (hand(hall, "noisy/1.0"), hand(hall, "quiet/1.0"));
        assert_ne!(noisy, quiet);
        for _ in 0..10_000 {
            let _mostly_refused = limits.visitor(Kind::Page, noisy);
        }
        assert_eq!(limits.visitor(Kind::Page, quiet), Ok(()));
    }

    #[test]
    fn a_hall_full_of_people_has_every_form_of_usual_length_given_back() {
        let limits = limits();
        let hall = address("192.0.2.1");
        let given =
            |length, times: usize| (0..times).filter(|_| limits.gives_back(hall, length)).count();
        assert_eq!(given(Some(2_000), 500), 500);
        for long in [Some(60_000), None] {
            assert!(given(long, 100) < 60, "{long:?}");
        }
        assert!(given(Some(2_000), 1_000) < 500, "without end they are not");
    }

    #[test]
    fn desk_d1_one_address_never_fills_what_is_kept_of_all_who_sign_in() {
        let (a_minute, at_once) = CHALLENGES;
        assert!(((at_once + 5 * a_minute) as usize) < store::MOST_ASKED);
        let limits = limits();
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(address);
        assert!((0..at_once).all(|_| limits.challenge(a).is_ok()));
        assert!(limits.challenge(a).is_err());
        assert_eq!(limits.challenge(b), Ok(()));
    }

    #[test]
    fn one_address_uploads_so_much_a_day_and_no_other_hears_of_it() {
        let config = LimitsConfig { upload_burst: 3, upload_mib_burst: 2, ..limits_of() };
        let limits = Limits::new(&config);
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(address);
        assert_eq!(limits.upload(a, false, 1024 * 1024), Ok(()));
        assert_eq!(limits.upload(a, false, 900 * 1024), Ok(()));
        let wait = limits.upload(a, false, 900 * 1024).unwrap_err();
        assert!((1..=HOUR).contains(&wait), "{wait}");
        // Small ones are counted too.
        assert!(limits.upload(a, false, 1).is_err());
        assert!(limits.upload(a, false, u64::MAX).is_err());
        assert_eq!(limits.upload(b, false, 2 * 1024 * 1024), Ok(()));
        // The same address, where a hall is behind it.
        for _ in 0..HALL {
            assert_eq!(limits.upload(a, true, 2 * 1024 * 1024), Ok(()));
        }
        assert!(limits.upload(a, true, 2 * 1024 * 1024).is_err());
        // By the defaults one address brings in a day less than half of what may wait (2 GiB).
        let LimitsConfig { upload_mib_burst, upload_mib_per_hour, .. } = LimitsConfig::default();
        assert!(upload_mib_burst + 24 * upload_mib_per_hour <= 1_024);
        // And has less than half of what may wait with drafts, however long it goes on.
        let (an_hour, at_once) = DRAFTED;
        assert!((at_once + 30 * 24 * an_hour) / KIB_IN_MIB <= 512);
        assert_eq!(limits.drafted(a, u64::from(at_once) * 1024), Ok(()));
        assert!(limits.drafted(a, 1024 * 1024).is_err());
    }

    #[test]
    fn who_invents_names_has_no_more_than_the_address() {
        let limits = limits();
        let granted = (0..200)
            .filter(|n| {
                limits.visitor(Kind::Page, hand(address("192.0.2.1"), &n.to_string())).is_ok()
            })
            .count();
        // As many as at once, and what a slow machine had time to grant.
        assert!((15..100).contains(&granted), "{granted}");
    }
}
