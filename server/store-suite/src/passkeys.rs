//! Passkeys of staff, and challenges.

use domain::staff::{Member, Role, StaffId};
use store::{Challenge, Invitation, MOST_ASKED, MOST_ASKED_HERE, MOST_PASSKEYS, Passkey, Store};

use super::{Storage, samples::*};

fn id(text: &str) -> StaffId {
    StaffId::parse(text).unwrap()
}

fn passkey(mark: &str, staff: &str) -> Passkey {
    Passkey {
        mark: mark.into(),
        staff: id(staff),
        name: "钥匙".into(),
        handle: vec![0, 159, 146, 150],
        credential: "{\"key\":1}".into(),
        counter: 0,
        added_at: at(3),
        used_at: None,
    }
}

fn challenge(mark: &str, second: i64) -> Challenge {
    Challenge {
        mark: mark.into(),
        station: "station".into(),
        staff: Some(id("li")),
        content: "asked".into(),
        until: at(second),
    }
}

/// An account that has chosen a passphrase.
async fn enrolled<S: Store>(store: &S, name: &str) {
    let member = Member {
        id: id(name),
        name: "李娜".into(),
        office: "registration".into(),
        roles: [Role::Clerk].into(),
        demonstration: false,
    };
    let invitation =
        |mark: &str| Invitation { mark: mark.into(), until: at(3_600), secret: b"secret".to_vec() };
    store.add_member(&member, &invitation(name), at(0)).await.unwrap();
    assert!(!store.add_passkey(&passkey("early", name)).await.unwrap(), "no passphrase yet");
    store.enrol(name, "$hash", 1, at(1)).await.unwrap().unwrap();
}

pub async fn desk_d1_a_passkey_is_of_one_account_and_goes_with_what_proves_it<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    enrolled(&store, "li").await;
    enrolled(&store, "wang").await;
    assert!(!store.add_passkey(&passkey("k", "nobody")).await.unwrap());
    assert!(store.add_passkey(&passkey("k", "li")).await.unwrap());
    assert!(!store.add_passkey(&passkey("k", "wang")).await.unwrap(), "it is somebody's");
    let (found, whose) = place.open().passkey("k").await.unwrap().unwrap();
    assert_eq!((found, whose.member.id), (passkey("k", "li"), id("li")));
    assert_eq!(store.passkeys_of(&id("li")).await.unwrap(), [passkey("k", "li")]);
    // What counts never counts back, and what does not goes on as it is.
    let used = |counter, second| Passkey {
        credential: format!("{{\"key\":{counter}}}"),
        counter,
        used_at: Some(at(second)),
        ..passkey("k", "li")
    };
    for (counter, taken) in [(0, true), (0, true), (4, true), (4, false), (3, false), (5, true)] {
        assert_eq!(store.use_passkey(&used(counter, 5)).await.unwrap(), taken, "{counter}");
    }
    assert_eq!(store.passkeys_of(&id("li")).await.unwrap(), [used(5, 5)]);
    assert!(!store.use_passkey(&Passkey { counter: 9, ..passkey("k", "wang") }).await.unwrap());
    assert!(!store.remove_passkey(&id("wang"), "k").await.unwrap(), "it is somebody else's");
    assert!(store.remove_passkey(&id("li"), "k").await.unwrap());
    assert_eq!(store.passkey("k").await.unwrap(), None);
    assert!(!store.use_passkey(&used(9, 6)).await.unwrap());
    for number in 0..MOST_PASSKEYS {
        assert!(store.add_passkey(&passkey(&format!("k{number}"), "li")).await.unwrap());
    }
    assert!(!store.add_passkey(&passkey("more", "li")).await.unwrap());
    assert!(store.add_passkey(&passkey("w", "wang")).await.unwrap());
    // A closed account has none that counts, and one that is set anew has none at all.
    store.disable_member(&id("li"), at(7)).await.unwrap();
    assert_eq!(store.passkey("k0").await.unwrap(), None);
    let again = Invitation { mark: "again".into(), until: at(3_600), secret: b"other".to_vec() };
    store.begin_challenge(&challenge("c", 60), at(7)).await.unwrap();
    store.invite_again(&id("li"), &again).await.unwrap();
    assert_eq!(store.passkeys_of(&id("li")).await.unwrap(), []);
    assert_eq!(store.take_challenge("c", at(8)).await.unwrap(), None);
    assert!(store.passkey("w").await.unwrap().is_some());
}

pub async fn desk_d1_a_challenge_is_answered_once_and_in_time<S: Store>(place: &Storage<S>) {
    let store = place.open();
    enrolled(&store, "li").await;
    let nobody = Challenge { staff: None, ..challenge("b", 60) };
    for asked in [challenge("a", 60), nobody.clone(), challenge("late", 5)] {
        store.begin_challenge(&asked, at(0)).await.unwrap();
    }
    assert_eq!(place.open().take_challenge("a", at(2)).await.unwrap(), Some(challenge("a", 60)));
    assert_eq!(store.take_challenge("a", at(2)).await.unwrap(), None, "once");
    assert_eq!(store.take_challenge("late", at(5)).await.unwrap(), None, "it is over");
    assert_eq!(store.take_challenge("none", at(2)).await.unwrap(), None);
    assert_eq!(store.take_challenge("b", at(2)).await.unwrap(), Some(nobody));
    store.begin_challenge(&challenge("old", 10), at(0)).await.unwrap();
    store.begin_challenge(&challenge("new", 99), at(20)).await.unwrap();
    assert_eq!(store.take_challenge("old", at(0)).await.unwrap(), None, "it was dropped");
}

pub async fn desk_d1_whoever_only_asks_fills_no_store<S: Store>(place: &Storage<S>) {
    let store = place.open();
    enrolled(&store, "li").await;
    let asked =
        |mark: String, station: String, second| Challenge { station, ..challenge(&mark, second) };
    // A clerk's, before a stranger asks from one browser, and from ever new ones.
    store.begin_challenge(&challenge("first", 60), at(0)).await.unwrap();
    for number in 1..=MOST_ASKED_HERE {
        let again =
            asked(format!("here {number}"), "here".into(), 60 + i64::try_from(number).unwrap());
        store.begin_challenge(&again, at(0)).await.unwrap();
    }
    let more = asked("here more".into(), "here".into(), 99);
    store.begin_challenge(&more, at(0)).await.unwrap();
    assert_eq!(store.take_challenge("here 1", at(1)).await.unwrap(), None, "the oldest goes");
    assert!(store.take_challenge("here 2", at(1)).await.unwrap().is_some());
    assert!(store.take_challenge("first", at(1)).await.unwrap().is_some(), "it is another's");
    store.begin_challenge(&challenge("second", 200), at(0)).await.unwrap();
    for number in 0..MOST_ASKED {
        let other = asked(format!("other {number}"), format!("browser {number}"), 100);
        store.begin_challenge(&other, at(0)).await.unwrap();
    }
    assert_eq!(store.take_challenge("here more", at(1)).await.unwrap(), None, "the oldest goes");
    assert!(store.take_challenge("second", at(1)).await.unwrap().is_some(), "it is younger");
    // Strangers, of whom nobody knows who they are, take none from somebody who is signed in.
    store.begin_challenge(&challenge("third", 50), at(0)).await.unwrap();
    for number in 0..=MOST_ASKED {
        let mark = format!("stranger {number}");
        let station = format!("strange browser {number}");
        let second = 300 + i64::try_from(number).unwrap();
        let other = Challenge { staff: None, ..asked(mark, station, second) };
        store.begin_challenge(&other, at(0)).await.unwrap();
    }
    assert_eq!(store.take_challenge("stranger 0", at(1)).await.unwrap(), None, "the oldest goes");
    assert!(store.take_challenge("third", at(1)).await.unwrap().is_some(), "it is a clerk's");
}
