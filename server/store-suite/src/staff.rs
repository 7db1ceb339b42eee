//! Accounts and sessions of the counter.

use domain::{
    person_number::PersonNumber,
    staff::{Member, Role, StaffId},
};
use store::{Failures, Invitation, Session, Store};

use super::{Storage, samples::*};

pub(super) fn id(text: &str) -> StaffId {
    StaffId::parse(text).unwrap()
}

pub(super) fn member(name: &str) -> Member {
    Member {
        id: id(name),
        name: "李娜".into(),
        office: "registration".into(),
        roles: [Role::Clerk].into(),
        demonstration: false,
    }
}

pub(super) fn invitation(mark: &str) -> Invitation {
    Invitation { mark: mark.into(), until: at(3_600), secret: mark.as_bytes().to_vec() }
}

fn session(mark: &str, staff: &str, second: i64) -> Session {
    Session {
        mark: mark.into(),
        staff: id(staff),
        station: "station".into(),
        started_at: at(second),
        seen_at: at(second),
    }
}

pub async fn desk_d1_a_link_is_used_once_and_what_it_gave_is_taken_away_again<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    let li = member("li");
    assert!(store.add_member(&li, &invitation("one"), at(0)).await.unwrap());
    assert!(!store.add_member(&li, &invitation("two"), at(0)).await.unwrap(), "the first stays");
    assert_eq!(store.invited("two", at(1)).await.unwrap(), None);
    assert_eq!(store.invited("one", at(3_600)).await.unwrap(), None, "it is over");
    assert_eq!(store.enrolment(&li.id).await.unwrap(), None, "no passphrase was chosen");
    let invited = store.invited("one", at(1)).await.unwrap().unwrap();
    assert_eq!((invited.member.member, invited.passphrase), (li.clone(), None));
    assert_eq!(invited.secret, b"one");
    assert_eq!(store.enrol("none", "$hash", 7, at(2)).await.unwrap(), None);
    assert_eq!(store.enrol("one", "$hash", 7, at(2)).await.unwrap(), Some(li.id.clone()));
    assert_eq!(store.enrol("one", "$other", 8, at(3)).await.unwrap(), None, "once");
    let again = place.open();
    let known = again.enrolment(&li.id).await.unwrap().unwrap();
    assert_eq!((known.passphrase.as_deref(), &*known.secret), (Some("$hash"), &b"one"[..]));
    assert_eq!(known.member.enrolled_at, Some(at(2)));
    again.begin_session(&session("s", "li", 4), at(0)).await.unwrap();
    assert!(again.invite_again(&li.id, &invitation("three")).await.unwrap());
    assert_eq!(again.enrolment(&li.id).await.unwrap(), None);
    assert_eq!(again.session("s").await.unwrap(), None);
    assert_eq!(again.invited("three", at(5)).await.unwrap().unwrap().secret, b"three");
    assert!(!again.invite_again(&id("nobody"), &invitation("four")).await.unwrap());
    // A closed account has no good link, and another one opens it again.
    assert!(again.disable_member(&li.id, at(6)).await.unwrap());
    assert!(!again.disable_member(&li.id, at(7)).await.unwrap());
    assert_eq!(again.invited("three", at(7)).await.unwrap(), None);
    let [known] = &again.members().await.unwrap()[..] else { panic!("there is one") };
    assert_eq!(known.disabled_at, Some(at(6)));
    assert!(again.invite_again(&li.id, &invitation("five")).await.unwrap());
    assert_eq!(again.member(&li.id).await.unwrap().unwrap().disabled_at, None);
}

pub async fn desk_d7_accounts_of_one_person_are_told_by_their_number<S: Store>(place: &Storage<S>) {
    let store = place.open();
    let number = |text: &str| PersonNumber::parse(text).unwrap();
    assert!(!store.identify(&id("li"), &number("1")).await.unwrap(), "there is no such account");
    for name in ["li", "li.2", "wang"] {
        store.add_member(&member(name), &invitation(name), at(0)).await.unwrap();
    }
    let elsewhere = Member { office: "planning".into(), ..member("zhao") };
    store.add_member(&elsewhere, &invitation("zhao"), at(0)).await.unwrap();
    let of = async || store.persons(Some("registration")).await.unwrap();
    // Before anybody has a number accounts are told apart.
    let none = of().await;
    assert!(none.counts("wang") && none.counts("li") && !none.are_one("li", "li.2"));
    assert!(none.are_one("li", "li"));
    assert!(store.identify(&id("zhao"), &number("1")).await.unwrap());
    assert!(of().await.counts("li"), "those of another office change nothing");
    for (name, text) in [("li", "2"), ("li.2", "1")] {
        assert!(store.identify(&id(name), &number(text)).await.unwrap());
    }
    assert!(!of().await.are_one("li", "li.2"));
    assert!(store.identify(&id("li"), &number("1")).await.unwrap(), "said again it is the last");
    // A new link changes nothing about whose it is.
    assert!(place.open().invite_again(&id("li"), &invitation("again")).await.unwrap());
    let known = of().await;
    assert!(known.are_one("li", "li.2") && known.counts("li"));
    assert!(!known.counts("wang"), "from the first number on");
    assert_eq!(store.persons(None).await.unwrap().0.len(), 3);
}

pub async fn desk_d1_a_name_at_an_identity_service_is_of_one_account<S: Store>(place: &Storage<S>) {
    let store = place.open();
    for name in ["li", "wang"] {
        store.add_member(&member(name), &invitation(name), at(0)).await.unwrap();
    }
    assert_eq!(store.member_by_identity("subject-1").await.unwrap(), None);
    assert!(store.identify_member(&id("li"), "subject-1").await.unwrap());
    assert!(!store.identify_member(&id("wang"), "subject-1").await.unwrap(), "it is somebody's");
    assert!(!store.identify_member(&id("nobody"), "subject-2").await.unwrap());
    let found = place.open().member_by_identity("subject-1").await.unwrap().unwrap();
    assert_eq!(found.member, member("li"));
    assert!(store.identify_member(&id("li"), "subject-3").await.unwrap());
    assert_eq!(store.member_by_identity("subject-1").await.unwrap(), None);
    for none in ["", "SUBJECT-3", "subject-3 "] {
        assert_eq!(store.member_by_identity(none).await.unwrap(), None, "{none:?}");
    }
}

pub async fn desk_d1_no_code_is_taken_twice<S: Store>(place: &Storage<S>) {
    let store = place.open();
    store.add_member(&member("li"), &invitation("one"), at(0)).await.unwrap();
    store.enrol("one", "$hash", 7, at(1)).await.unwrap();
    for (step, taken) in [(7, false), (6, false), (8, true), (8, false), (10, true), (9, false)] {
        assert_eq!(store.use_code(&id("li"), step).await.unwrap(), taken, "{step}");
    }
    assert!(!store.use_code(&id("nobody"), 11).await.unwrap());
}

pub async fn desk_d1_names_are_counted_whether_anybody_has_them_or_not<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    assert_eq!(store.failures("li").await.unwrap(), Failures::default());
    for count in 1..4 {
        let noted = store.note_failure("li", at(count), at(0)).await.unwrap();
        let known = Failures { count: u32::try_from(count).unwrap(), last_at: Some(at(count)) };
        assert_eq!(noted, known);
        assert_eq!(place.open().failures("li").await.unwrap(), known);
    }
    store.note_failure("wang", at(9), at(9)).await.unwrap();
    assert_eq!(store.failures("li").await.unwrap().count, 0, "it was long ago");
    assert!(store.forget_failures("wang").await.unwrap());
    assert!(!store.forget_failures("wang").await.unwrap());
}

pub async fn desk_d1_a_session_ends_with_its_account_and_by_its_own_hand_alone<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    for name in ["li", "wang"] {
        store.add_member(&member(name), &invitation(name), at(0)).await.unwrap();
    }
    for (mark, staff, second) in [("a", "li", 1), ("b", "li", 2), ("c", "wang", 3)] {
        store.begin_session(&session(mark, staff, second), at(0)).await.unwrap();
    }
    store.touch_session("a", at(5)).await.unwrap();
    let (found, whose) = store.session("a").await.unwrap().unwrap();
    assert_eq!(found, Session { seen_at: at(5), ..session("a", "li", 1) });
    assert_eq!(whose.member, member("li"));
    let marks = |sessions: Vec<Session>| sessions.into_iter().map(|it| it.mark).collect::<Vec<_>>();
    assert_eq!(marks(store.sessions_of(&id("li")).await.unwrap()), ["b", "a"]);
    assert!(!store.end_session(&id("wang"), "a").await.unwrap(), "it is somebody else's");
    assert!(store.end_session(&id("li"), "a").await.unwrap());
    assert_eq!(store.session("a").await.unwrap(), None);
    store.disable_member(&id("li"), at(6)).await.unwrap();
    assert_eq!(store.session("b").await.unwrap(), None);
    // What was begun long ago is dropped with the next one.
    store.begin_session(&session("d", "wang", 9), at(9)).await.unwrap();
    assert_eq!(marks(store.sessions_of(&id("wang")).await.unwrap()), ["d"]);
}
