use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use domain::{
    code::Strictness,
    service::service,
    staff::{Role, StaffId},
};
use store::{Cipher, Clear, Keyring, Keys as _, RecordKey};
use store_sqlite::SqliteStore;
use testkit::Numbered;

use super::*;

/// A clock that goes on when it is told to.
#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + self.0.load(Ordering::Relaxed)).unwrap()
    }
}

fn member(name: &str, office: &str) -> Member {
    Member {
        id: StaffId::parse(name).unwrap(),
        name: name.to_owned(),
        office: office.to_owned(),
        roles: [Role::Clerk].into(),
        demonstration: false,
    }
}

fn opened(folder: &std::path::Path) -> SqliteStore {
    let store = SqliteStore::open(folder, &testkit::CLASSIFIED_KEY).unwrap();
    let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [1; 32] };
    store.unlock(Arc::new(Keyring::new(vec![key], Arc::new(Numbered))), Clear::Sealed).unwrap();
    store
}

/// A portal of its own over the same folder.
fn casework<'c>(
    store: &'c SqliteStore,
    clock: &'c Hands,
    receipts: &'c ReceiptKey,
) -> Casework<'c> {
    Casework { store, receipts, clock, entropy: &Numbered }
}

/// What a clerk has on their screen: what the form said of what was kept, and who saved that.
#[derive(Clone, Default)]
struct Screen {
    was: String,
    text: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn desk_d5_in_a_thousand_interleavings_nobody_overwrites_what_they_have_not_read() {
    let folder = tempfile::tempdir().unwrap();
    // Two portals, and somebody of another office.
    let stores = [opened(folder.path()), opened(folder.path())];
    let (clock, receipts) = (Hands::default(), ReceiptKey::new([7; 32]));
    let clerks = [member("li", "registration"), member("wang", "registration")];
    let stranger = member("zhao", "planning");
    let item = service("data-correction").unwrap();
    let code = LandCode::parse("330521001001GB00001", Strictness::LookUp).unwrap().code;
    let number = casework(&stores[0], &clock, &receipts).open(&clerks[0]).await.unwrap().number;
    // What is kept, and whose the case is until when: the model that the store is held against.
    let mut kept = String::new();
    let mut holder: Option<(usize, Timestamp)> = Some((0, clock.now() + LEASE));
    let mut screens = [Screen::default(), Screen::default()];
    let mut came = BTreeMap::<&str, u32>::new();
    let mut drawn = 12_345_u64;
    for step in 0..1_000 {
        drawn =
            drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (which, act) = ((drawn >> 33) as usize % 2, (drawn >> 40) % 8);
        let work = casework(&stores[which], &clock, &receipts);
        let who = &clerks[which];
        let now = clock.now();
        let may = holder.is_none_or(|(held, until)| held == which || until <= now);
        match act {
            0..=2 => {
                let case = work.case(&number, who).await.unwrap().unwrap();
                let filing = case.filing(&code, &item.id);
                let text = filing.map_or("", |it| it.fields["what_is_wrong"].as_str()).to_owned();
                assert_eq!(text, kept, "step {step}: every portal reads what was saved last");
                screens[which] = Screen { was: work.kept(filing), text };
            }
            3..=5 => {
                let text = format!("{which} at {step}");
                let fields = Answers::from([("what_is_wrong".to_owned(), text.clone())]);
                let was = screens[which].was.clone();
                let (fields, was) = (&fields, &*was);
                let form = FormSaved { code, item, fields, was, noted_at: None, pressed: true };
                let saved = work.save(&number, who, form).await;
                // Nothing was read yet, or what was read is kept still.
                let fresh = screens[which].text == kept && !was.is_empty();
                match saved {
                    Ok(()) => {
                        assert!(may && fresh, "step {step}: it overwrote {kept}");
                        kept.clone_from(&text);
                        holder = Some((which, now + LEASE));
                        let case = work.case(&number, who).await.unwrap().unwrap();
                        let was = work.kept(case.filing(&code, &item.id));
                        screens[which] = Screen { was, text };
                        *came.entry("saved").or_default() += 1;
                    }
                    Err(NotChanged::Held) => {
                        assert!(!may, "step {step}: it was theirs");
                        *came.entry("held").or_default() += 1;
                    }
                    Err(NotChanged::Stale) => {
                        assert!(may && !fresh, "step {step}: nobody had changed it");
                        *came.entry("stale").or_default() += 1;
                    }
                    Err(other) => panic!("step {step}: {other}"),
                }
            }
            6 => {
                let left = |case: &mut Case| {
                    case.content.holder = None;
                    Ok(())
                };
                if work.change(&number, who, left).await.is_ok() {
                    assert!(may, "step {step}");
                    holder = None;
                }
            }
            _ => {
                clock.0.fetch_add(LEASE.as_secs() / 2, Ordering::Relaxed);
                assert!(work.case(&number, &stranger).await.unwrap().is_none());
            }
        }
    }
    assert!(came.values().all(|times| *times > 5) && came.len() == 3, "{came:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn desk_d2_a_code_is_opened_once_and_by_one_browser_whoever_is_faster() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [opened(folder.path()), opened(folder.path())];
    let (clock, receipts) = (Hands::default(), ReceiptKey::new([7; 32]));
    let li = member("li", "registration");
    let work = casework(&stores[0], &clock, &receipts);
    let number = work.open(&li).await.unwrap().number;
    let code = async || {
        work.show(&number, &li).await.unwrap();
        let case = work.case(&number, &li).await.unwrap().unwrap();
        case.content.mirror.unwrap().code
    };
    for _ in 0..20 {
        let code = code().await;
        let other = casework(&stores[1], &clock, &receipts);
        let (one, two) = tokio::join!(
            work.open_mirror(&code, "token-of-one", ConsentBy::AnotherBrowser),
            other.open_mirror(&code, "token-of-two", ConsentBy::CounterScreen),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let (right, wrong) = if one.is_ok() {
            ("token-of-one", "token-of-two")
        } else {
            ("token-of-two", "token-of-one")
        };
        assert!(work.mirrored(&code, right).await.unwrap().is_some());
        assert!(work.mirrored(&code, wrong).await.unwrap().is_none());
    }
    // A new code ends the one before; all of them end in time.
    let (old, new) = (code().await, code().await);
    assert!(work.to_open(&old).await.unwrap().is_none());
    assert!(work.to_open(&new.to_lowercase()).await.unwrap().is_some());
    assert!(work.to_open("AAAABBBBCCCC").await.unwrap().is_none());
    clock.0.fetch_add(SHOWN_FOR.as_secs(), Ordering::Relaxed);
    assert!(work.to_open(&new).await.unwrap().is_none());
}
