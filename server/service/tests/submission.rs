//! Handing in, over a real store: what counts, and what is asked once more before anything is kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{
    Clock, Entropy, LandCode,
    policy::Policies,
    request::{Channel, ReceiptKey, RequestNumber, Submission},
    service::{Answers, service},
    viewer::Viewer,
};
use service::{
    disclosure::PolicyGate,
    places::PortalService,
    probing::{Probing, ProbingConfig},
    submission::{Accepted, Given, NotKept, Quota, Reception},
};
use service_api::{ClientAddress, Visit};
use store::{Cipher, Imports, Keyring, Keys, RecordKey, Rights};
use store_sqlite::SqliteStore;
use testkit::Noon;
use tokio::sync::Notify;

use common::OfThePublic;

/// No two draws alike, for each request has a number of its own.
#[derive(Default)]
struct Counted(AtomicU32);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let drawn = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().zip(drawn.iter().cycle()).for_each(|(to, from)| *to = *from);
    }
}

/// Lets so many through; knows of a request that asked for the same.
struct Few {
    counted: AtomicU32,
    most: u32,
    before: Option<RequestNumber>,
}

impl Few {
    fn of(most: u32) -> Self {
        Self { counted: AtomicU32::new(0), most, before: None }
    }

    fn counted(&self) -> u32 {
        self.counted.load(Ordering::Relaxed)
    }
}

impl Quota for Few {
    fn count(&self, _: &Visit) -> Result<(), u64> {
        if self.counted.fetch_add(1, Ordering::Relaxed) < self.most { Ok(()) } else { Err(60) }
    }

    fn asked_before(&self, _: &Submission) -> Option<RequestNumber> {
        self.before.clone()
    }
}

struct Counter {
    store: Arc<SqliteStore>,
    portal: PortalService,
    entropy: Counted,
    outbox: Notify,
    _folder: tempfile::TempDir,
}

impl Counter {
    /// One that takes requests about parcel 1, which is in force, and parcel 2, which has ended.
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
        let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [1; 32] };
        let ring = Keyring::new(vec![key], Arc::new(Counted::default()));
        store.unlock(Arc::new(ring), store::Clear::Sealed).unwrap();
        let mut writer = store.begin_import(&testkit::dataset("trial")).unwrap();
        for number in [1, 2] {
            let outline = testkit::square(119.9, 30.5 + f64::from(number) / 1e3, 1e-4);
            let mut parcel = testkit::parcel(testkit::parcel_code(number), outline);
            parcel.valid_to = (number == 2).then(|| "2015-05-31".parse().unwrap());
            assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
        }
        writer.publish(Noon.now()).unwrap();
        let store = Arc::new(store);
        let portal = PortalService::new(
            PolicyGate::new(store.clone(), Policies::embedded().unwrap(), Arc::new(Noon)),
            ReceiptKey::new([7; 32]),
            BTreeMap::new(),
            Arc::new(OfThePublic),
            Arc::new(Probing::new(ProbingConfig::default())),
            0,
        );
        let (entropy, outbox) = (Counted::default(), Notify::new());
        Self { store, portal, entropy, outbox, _folder: folder }
    }

    async fn submit(&self, given: Given<'_>, quota: &Few) -> Result<Accepted, NotKept> {
        let client = ClientAddress::of(Ipv4Addr::LOCALHOST.into());
        let visit = Visit { viewer: Viewer::public(), client, key: None, epoch: None };
        let Self { store, portal, entropy, outbox, .. } = self;
        let reception = Reception { portal, store: &**store, clock: &Noon, entropy, outbox };
        reception.submit(&visit, given, quota).await
    }

    async fn kept(&self) -> usize {
        self.store.listed().await.unwrap().rows.len()
    }
}

fn answers() -> Answers {
    let given = [
        ("field_in_question", "area"),
        ("what_is_wrong", "面积有误"),
        ("applicant_name", "李四"),
        ("applicant_phone", "13800000000"),
        ("consent", "yes"),
    ];
    given.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}

fn given<'g>(answers: &'g Answers, parcel: u32, key: &'g str) -> Given<'g> {
    Given {
        item: service("data-correction").unwrap(),
        code: LandCode::Parcel(testkit::parcel_code(parcel)),
        answers,
        seen: "",
        key,
        channel: Channel::Applicant,
        assisted: None,
        asks: None,
        attachments: &[],
        knows_of_end: false,
    }
}

const KEY: &str = "key-of-a-form-0001";

#[tokio::test]
async fn only_what_is_about_to_be_kept_counts() {
    let counter = Counter::open();
    let (answers, nothing, quota) = (answers(), Answers::new(), Few::of(1));
    let faulty = counter.submit(given(&nothing, 1, KEY), &quota).await;
    assert!(matches!(faulty, Err(NotKept::Faults(_))), "{faulty:?}");
    let nowhere = counter.submit(given(&answers, 9, KEY), &quota).await;
    assert!(matches!(nowhere, Err(NotKept::Refused(_))), "{nowhere:?}");
    assert_eq!(quota.counted(), 0);

    let first = counter.submit(given(&answers, 1, KEY), &quota).await.unwrap();
    assert!(!first.repeated && first.submission.is_some());
    let again = counter.submit(given(&answers, 1, KEY), &quota).await.unwrap();
    let repeated = Accepted { number: first.number, repeated: true, submission: None };
    assert_eq!((again, quota.counted()), (repeated, 1), "the same form once more");

    let more = counter.submit(given(&answers, 1, "key-of-a-form-0002"), &quota).await;
    assert_eq!(more, Err(NotKept::TooOften { retry_after: 60 }));
    assert_eq!(counter.kept().await, 1);
}

#[tokio::test]
async fn what_has_to_be_meant_is_asked_before_it_counts() {
    let counter = Counter::open();
    let answers = answers();
    let mut quota = Few::of(9);
    let ended = counter.submit(given(&answers, 2, KEY), &quota).await;
    assert!(matches!(ended, Err(NotKept::Ended(_))), "{ended:?}");
    let known = Given { knows_of_end: true, ..given(&answers, 2, KEY) };
    quota.before = RequestNumber::parse("JM-20261122-7K3MQ2VX");
    let before = counter.submit(known, &quota).await;
    assert!(matches!(before, Err(NotKept::AskedBefore(_))), "{before:?}");
    assert_eq!((quota.counted(), counter.kept().await), (0, 0));

    quota.before = None;
    assert!(counter.submit(known, &quota).await.is_ok());
    assert_eq!((quota.counted(), counter.kept().await), (1, 1));
}
