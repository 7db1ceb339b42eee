//! Accounts and sessions over a real store, at a time that the test decides.

mod device;
mod passkeys;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use async_trait::async_trait;
use domain::{
    Clock, LandCode,
    audit::{AuditEvent, AuditKey, AuditNote, CaseStep, Outcome, Record, StaffDid, StaffRecord},
    case::CaseNumber,
    code::Strictness,
    request::RequestNumber,
    staff::{Member, Reason, Role, StaffId},
    viewer::Tier,
};
use jiff::Timestamp;
use store::{Audit as _, Cipher, Clear, Keyring, Keys as _, RecordKey, Staff as _, StoreError};
use store_sqlite::SqliteStore;
use testkit::{CLASSIFIED_KEY, Numbered};

use super::*;
use crate::codes;

const PHRASE: &str = "三尺柜台 一枝一叶 总关情 2026";

/// A clock that stands until it is set.
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Remembers what was written down; with `full` it cannot.
#[derive(Default)]
struct Paper {
    full: AtomicBool,
    records: Mutex<Vec<StaffRecord>>,
}

#[async_trait]
impl StaffLog for Paper {
    async fn staff_did(&self, record: StaffRecord) -> Result<(), StoreError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(StoreError::DiskFull);
        }
        self.records.lock().unwrap().push(record);
        Ok(())
    }
}

struct Hall {
    accounts: Accounts,
    store: Arc<SqliteStore>,
    clock: Arc<Set>,
    paper: Arc<Paper>,
    _folder: tempfile::TempDir,
}

impl Hall {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path(), &CLASSIFIED_KEY).unwrap();
        let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [1; 32] };
        store.unlock(Arc::new(Keyring::new(vec![key], Arc::new(Numbered))), Clear::Sealed).unwrap();
        let (store, clock) = (Arc::new(store), Arc::new(Set(AtomicI64::new(1_795_000_000))));
        let paper = Arc::new(Paper::default());
        let accounts =
            Accounts::new(store.clone(), paper.clone(), clock.clone(), Arc::new(Numbered));
        Self { accounts, store, clock, paper, _folder: folder }
    }

    fn later(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Somebody with a passphrase.
    async fn enrolled(&self, name: &str) -> Member {
        let member = member(name);
        let link = self.accounts.add(&member, "root").await.unwrap().unwrap();
        let code = self.code_of_link(&link.token).await;
        let chosen = Chosen { passphrase: PHRASE, again: PHRASE, code: &code };
        let done = self.accounts.enrol(&link.token, chosen).await.unwrap();
        assert_eq!(done, Enrolled::Done(member.id.clone()));
        self.later(60);
        member
    }

    async fn code_of_link(&self, token: &str) -> String {
        let mark = marks::digest(token);
        let invited = self.store.invited(&mark, self.clock.now()).await.unwrap().unwrap();
        codes::at(&invited.secret, self.clock.now())
    }

    async fn code(&self, member: &Member, ahead: i64) -> String {
        let known = self.store.enrolment(&member.id).await.unwrap().unwrap();
        let then = Timestamp::from_second(self.clock.now().as_second() + ahead).unwrap();
        codes::at(&known.secret, then)
    }

    async fn tries(&self, name: &str, passphrase: &str, code: &str) -> Option<Began> {
        let tried = Tried { name, passphrase, code, station: "here" };
        self.accounts.sign_in(tried).await.unwrap()
    }

    fn did(&self) -> Vec<StaffDid> {
        self.paper.records.lock().unwrap().iter().map(|record| record.did.clone()).collect()
    }
}

fn member(name: &str) -> Member {
    Member {
        id: StaffId::parse(name).unwrap(),
        name: "李娜".into(),
        office: "registration".into(),
        roles: [Role::Clerk].into(),
        demonstration: false,
    }
}

#[tokio::test]
async fn desk_d1_nobody_gets_in_with_less_than_name_passphrase_and_code() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    let right = hall.code(&li, 0).await;
    for (name, passphrase, code) in [
        ("li", PHRASE, "000000"),
        ("li", PHRASE, ""),
        ("li", "another passphrase of somebody", &*right),
        ("nobody", PHRASE, &*right),
        ("没有的人", PHRASE, &*right),
    ] {
        assert_eq!(hall.tries(name, passphrase, code).await, None, "{name} {code}");
    }
    let began = hall.tries(" LI ", PHRASE, &right).await.unwrap();
    assert_eq!(began.who.member, li);
    // The code was seen by whoever stood behind them.
    assert_eq!(hall.tries("li", PHRASE, &right).await, None, "a code is taken once");
    hall.later(30);
    let early = hall.code(&li, 30).await;
    assert!(hall.tries("li", PHRASE, &early).await.is_some(), "a clock that goes ahead");
    hall.later(60);
    let late = hall.code(&li, -30).await;
    assert_eq!(hall.tries("li", PHRASE, &late).await, None, "older than the last one");
    hall.later(60);
    let late = hall.code(&li, -30).await;
    assert!(hall.tries("li", PHRASE, &late).await.is_some(), "a clock that goes behind");
    hall.later(90);
    let stale = hall.code(&li, -60).await;
    assert_eq!(hall.tries("li", PHRASE, &stale).await, None);
}

#[tokio::test]
async fn desk_d1_after_five_mistakes_nobody_gets_in_for_a_while_and_after_twenty_somebody_lifts_it()
{
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    for _ in 0..5 {
        assert_eq!(hall.tries("li", PHRASE, "000000").await, None);
    }
    assert_eq!(hall.did().last(), Some(&StaffDid::Locked));
    let code = hall.code(&li, 0).await;
    assert_eq!(hall.tries("li", PHRASE, &code).await, None, "also with what is right");
    hall.later(16 * 60);
    let code = hall.code(&li, 0).await;
    assert!(hall.tries("li", PHRASE, &code).await.is_some(), "it was not used up meanwhile");
    for _ in 0..20 {
        hall.later(16 * 60);
        assert_eq!(hall.tries("li", PHRASE, "000000").await, None);
    }
    hall.later(29 * 24 * 3_600);
    let code = hall.code(&li, 0).await;
    assert_eq!(hall.tries("li", PHRASE, &code).await, None);
    let [listed] = &hall.accounts.list().await.unwrap()[..] else { panic!("there is one") };
    assert_eq!(listed.locked_until, Some(Timestamp::MAX));
    assert!(hall.accounts.lift(&li, "wang").await.unwrap());
    assert!(!hall.accounts.lift(&li, "wang").await.unwrap());
    hall.later(60);
    let code = hall.code(&li, 0).await;
    assert!(hall.tries("li", PHRASE, &code).await.is_some());
}

#[tokio::test]
async fn desk_d1_a_session_is_of_one_browser_and_ends_by_idleness_by_age_and_by_hand() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    let sign_in = async || {
        hall.later(60);
        let code = hall.code(&li, 0).await;
        hall.tries("li", PHRASE, &code).await.unwrap()
    };
    let first = sign_in().await;
    let seen = async |began: &Began, station: &str| {
        hall.accounts.recognise(&began.token, station).await.unwrap()
    };
    assert_eq!(seen(&first, "here").await, Recognised::SignedIn(first.who.clone()));
    assert_eq!(seen(&first, "elsewhere").await, Recognised::Nobody, "a stolen cookie");
    let other = Began { token: "guessed".into(), ..first.clone() };
    assert_eq!(seen(&other, "here").await, Recognised::Nobody);
    hall.later(15 * 60);
    assert_eq!(seen(&first, "here").await, Recognised::Over(li.id.clone()));
    let left_open = sign_in().await;
    hall.later(10 * 60);
    let page = hall.accounts.recognise_page(&left_open.token, "here").await.unwrap();
    assert_eq!(page, Recognised::SignedIn(left_open.who.clone()));
    hall.later(5 * 60);
    let over = Recognised::Over(li.id.clone());
    assert_eq!(seen(&left_open, "here").await, over, "a page that reads itself keeps nobody in");
    let second = sign_in().await;
    for _ in 0..(12 * 6 - 1) {
        hall.later(10 * 60);
        assert_eq!(seen(&second, "here").await, Recognised::SignedIn(second.who.clone()));
    }
    hall.later(10 * 60);
    assert_eq!(seen(&second, "here").await, Recognised::Over(li.id.clone()), "twelve hours");
    let (third, fourth) = (sign_in().await, sign_in().await);
    let open = hall.accounts.sessions(&li.id).await.unwrap();
    assert_eq!(open.len(), 2);
    assert!(hall.accounts.end(&fourth.who, &third.who.mark).await.unwrap());
    assert!(!hall.accounts.end(&fourth.who, &third.who.mark).await.unwrap());
    assert_eq!(seen(&third, "here").await, Recognised::Nobody);
    assert_eq!(hall.did().last(), Some(&StaffDid::SessionEnded));
    let wang = hall.enrolled("wang").await;
    let of_wang = SignedIn { member: wang, mark: "w".into() };
    assert!(!hall.accounts.end(&of_wang, &fourth.who.mark).await.unwrap(), "somebody else's");
    assert!(hall.accounts.end(&fourth.who, &fourth.who.mark).await.unwrap());
    assert_eq!(hall.did().last(), Some(&StaffDid::SignedOut));
    let last = sign_in().await;
    assert!(hall.accounts.disable(&li.id, "root").await.unwrap());
    assert_eq!(seen(&last, "here").await, Recognised::Nobody);
    hall.later(60);
    assert!(hall.store.enrolment(&li.id).await.unwrap().is_none());
}

#[tokio::test]
async fn desk_d1_a_passphrase_is_long_and_not_one_that_is_tried_first() {
    let hall = Hall::open();
    let link = hall.accounts.add(&member("li.na.2"), "root").await.unwrap().unwrap();
    assert_eq!(hall.accounts.add(&member("li.na.2"), "root").await.unwrap(), None);
    let invited = hall.accounts.invited(&link.token).await.unwrap().unwrap();
    assert!(invited.address.starts_with("otpauth://totp/"), "{}", invited.address);
    assert!(invited.address.contains(&invited.secret) && invited.secret.len() == 32);
    for (passphrase, fault) in [
        ("十四个字的口令它还是太短了", PassphraseFault::Short),
        ("Correct Horse Battery Staple", PassphraseFault::Common),
        ("123412341234 1234", PassphraseFault::Repeats),
        ("aaaaaaaaaaaaaaaa", PassphraseFault::Repeats),
        ("li.na.2 registration", PassphraseFault::Names),
        (&*"长".repeat(129), PassphraseFault::Long),
    ] {
        let chosen = Chosen { passphrase, again: "", code: "000000" };
        let Enrolled::Faults(_, faults) = hall.accounts.enrol(&link.token, chosen).await.unwrap()
        else {
            panic!("{passphrase} was taken")
        };
        let expected = [EnrolFault::Passphrase(fault), EnrolFault::Again, EnrolFault::Code];
        assert_eq!(faults, expected, "{passphrase}");
    }
    let code = hall.code_of_link(&link.token).await;
    let chosen = Chosen { passphrase: PHRASE, again: PHRASE, code: &code };
    assert!(matches!(hall.accounts.enrol("none", chosen).await.unwrap(), Enrolled::NoLink));
    assert!(matches!(hall.accounts.enrol(&link.token, chosen).await.unwrap(), Enrolled::Done(_)));
    assert!(matches!(hall.accounts.enrol(&link.token, chosen).await.unwrap(), Enrolled::NoLink));
    // A link that nobody used ends by itself; whoever lost their phone gets another one.
    let link = hall.accounts.reset(&member("li.na.2").id, "root").await.unwrap().unwrap();
    hall.later(72 * 3_600);
    assert_eq!(hall.accounts.invited(&link.token).await.unwrap(), None);
}

#[test]
fn x1_who_runs_watches_and_audits_are_three_people() {
    use Role::{Auditor, Clerk, Security, Supervisor, System};
    for one in Role::ALL {
        assert!(may_be_one(&[one].into()));
    }
    assert!(may_be_one(&[Clerk, Supervisor].into()));
    for together in
        [[Auditor, Clerk], [System, Security], [Auditor, System], [Security, Supervisor]]
    {
        assert!(!may_be_one(&together.into()), "{together:?}");
    }
}

#[tokio::test]
async fn desk_d8_what_cannot_be_written_down_does_not_happen() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    let code = hall.code(&li, 0).await;
    hall.paper.full.store(true, Ordering::Relaxed);
    let tried = Tried { name: "li", passphrase: PHRASE, code: &code, station: "here" };
    assert!(hall.accounts.sign_in(tried).await.is_err());
    assert!(hall.accounts.add(&member("wang"), "root").await.is_err());
    assert!(hall.accounts.disable(&li.id, "root").await.is_err());
    hall.paper.full.store(false, Ordering::Relaxed);
    assert_eq!(hall.accounts.sessions(&li.id).await.unwrap(), []);
    let [only] = &hall.accounts.list().await.unwrap()[..] else { panic!("there is one") };
    assert_eq!((&only.account.member, only.account.disabled_at), (&li, None));
}

#[tokio::test]
async fn desk_d1_what_happens_to_an_account_is_written_down_and_what_was_typed_is_not() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    hall.tries("这是我的口令不是名字", PHRASE, "000000").await;
    hall.tries("li", "wrong", "000000").await;
    let code = hall.code(&li, 0).await;
    hall.tries("li", PHRASE, &code).await.unwrap();
    hall.accounts.reset(&li.id, "wang").await.unwrap().unwrap();
    hall.accounts.disable(&li.id, "wang").await.unwrap();
    let did = [
        StaffDid::Added { by: "root".into(), roles: [Role::Clerk].into() },
        StaffDid::Enrolled,
        StaffDid::Refused,
        StaffDid::Refused,
        StaffDid::SignedIn,
        StaffDid::Reset { by: "wang".into() },
        StaffDid::Disabled { by: "wang".into() },
    ];
    assert_eq!(hall.did(), did);
    let records = hall.paper.records.lock().unwrap();
    let named: Vec<bool> = records.iter().map(|record| record.who.is_some()).collect();
    assert_eq!(named, [true, true, false, true, true, true, true]);
    assert!(!format!("{records:?}").contains("口令"), "{records:?}");
}

#[tokio::test]
async fn desk_d8_an_auditor_finds_looks_by_who_where_when_and_what_for() {
    let hall = Hall::open();
    let number = RequestNumber::parse("JM-20261122-22334455").unwrap();
    let code = |text: &str| LandCode::parse(text, Strictness::LookUp).unwrap().code;
    let (one, unit) = (code("330521001001GB00001"), code("330521001001GB00001F00010001"));
    let at = |day: &str, hour: u8| -> Timestamp {
        format!("2026-11-{day}T{hour:02}:30:00+08:00").parse().unwrap()
    };
    let look = |when: Timestamp, who: &str, code: LandCode, purpose: &str| {
        Record::Look(AuditNote {
            at: when,
            who: who.into(),
            tier: Tier::Staff,
            purpose: Some(purpose.into()),
            code,
            outcome: Outcome::Disclosed,
            reason: None,
            fields: Vec::new(),
            policy: None,
        })
    };
    let reason = |case: Option<&RequestNumber>| {
        Reason::new(case.cloned(), "来窗口问抵押").unwrap().to_string()
    };
    let read = StaffRecord {
        at: at("20", 11),
        who: StaffId::parse("wang"),
        office: Some("registration".into()),
        did: StaffDid::LookedAtRequest { number: number.clone(), reason: "补正材料".into() },
    };
    let signed_in = StaffRecord { did: StaffDid::SignedIn, ..read.clone() };
    let visit = CaseNumber::parse("BJ-22334455").unwrap();
    let step = |at: Timestamp, step: CaseStep| {
        let did = StaffDid::Case { case: visit.clone(), step };
        Record::from(AuditEvent::Staff(StaffRecord { at, did, ..read.clone() }))
    };
    let mut records = vec![AuditEvent::Began { at: at("01", 9) }.into()];
    records.extend((0..40).map(|_| look(at("02", 9), "s-1", one, "抵押")));
    records.extend([
        look(at("19", 10), "li@registration", one, &reason(Some(&number))),
        look(at("19", 22), "li@registration", unit, &reason(None)),
        AuditEvent::Staff(signed_in).into(),
        AuditEvent::Staff(read.clone()).into(),
        // A Sunday.
        look(at("22", 10), "wang@planning", one, &reason(None)),
        step(at("23", 9), CaseStep::Opened),
        step(at("23", 20), CaseStep::Read),
        step(at("23", 10), CaseStep::Saved { item: "data-correction".into(), code: unit }),
        step(at("23", 11), CaseStep::ReceiptPrinted { number: number.clone() }),
    ]);
    hall.store.note(records, &AuditKey::new([3; 32]), Vec::new(), None).await.unwrap();
    let all = Wanted {
        from: "2026-11-10".parse().unwrap(),
        to: "2026-11-30".parse().unwrap(),
        staff: None,
        at: None,
        visits: false,
        without_case: false,
        odd_hours: false,
        most: MOST_LOOKS,
    };
    let found = async |wanted: Wanted| {
        let list = hall.accounts.looks(&wanted).await.unwrap();
        assert!(!list.more && list.unreadable == 0);
        list.lines.into_iter().map(|line| line.sequence).collect::<Vec<_>>()
    };
    assert_eq!(found(all.clone()).await, [46, 45, 43, 42], "the newest first, and no one else's");
    let day = |day: &str| format!("2026-11-{day}").parse().unwrap();
    let wanted = Wanted { from: day("19"), to: day("19"), ..all.clone() };
    assert_eq!(found(wanted).await, [43, 42]);
    let wanted = Wanted { from: day("20"), ..all.clone() };
    assert_eq!(found(wanted).await, [46, 45]);
    let wanted = Wanted { staff: StaffId::parse("wang"), ..all.clone() };
    assert_eq!(found(wanted).await, [46, 45]);
    let wanted = Wanted { at: Some(LookedAt::Place(one)), ..all.clone() };
    assert_eq!(found(wanted).await, [49, 46, 43, 42], "what was typed in a visit too");
    let wanted = Wanted { at: Some(LookedAt::Request(number)), ..all.clone() };
    assert_eq!(found(wanted).await, [50, 45, 42], "the request, and looks that it was named for");
    let of_visit = Wanted { at: Some(LookedAt::Visit(visit)), ..all.clone() };
    assert_eq!(found(of_visit.clone()).await, [50, 49, 48, 47], "each step of the visit");
    assert_eq!(found(Wanted { odd_hours: true, ..of_visit.clone() }).await, [48]);
    assert_eq!(found(Wanted { without_case: true, ..of_visit }).await, [48], "read, for nothing");
    let with_visits = Wanted { visits: true, without_case: true, ..all.clone() };
    assert_eq!(found(with_visits).await, [48, 46, 43]);
    assert_eq!(found(Wanted { without_case: true, ..all.clone() }).await, [46, 43]);
    assert_eq!(found(Wanted { odd_hours: true, ..all.clone() }).await, [46, 43]);
    let before = Wanted { from: day("01"), to: day("09"), ..all };
    assert_eq!(found(before).await, [0; 0]);
}
