//! What was decided and is asked to be taken up again: where it is listed, how it is counted, what opens it and what
//! does not delete it.

use domain::{
    clock::china_date,
    request::{ReopeningAsked, RequestState, reopening_asked},
};
use store::{
    Deleted, Deletion, DeletionCause, DepartmentWord, Heard, Imports, NewReopening, Reopened, Store,
};

use super::{
    Storage,
    outbox::{delivered, take},
    rights::deletion,
    samples::*,
};

const OFFICE: &str = "natural-resources";
const DAY: i64 = 86_400;

/// The first request asked at that second, when it had so many messages.
async fn ask<S: Store>(store: &S, rests_on: u32, second: i64) {
    let reopening = NewReopening {
        number: number(1),
        rests_on,
        asked: ReopeningAsked { reason: "界址还是不对".into(), asked_at: at(second) },
        within_days: Some(30),
        confirmation: None,
    };
    assert_eq!(store.reopen(&reopening).await.unwrap(), Reopened::Done);
}

/// The department takes up what was asked at that second.
fn taken_up(message: &str, second: i64, asked: i64) -> DepartmentWord {
    let reopening = Some(at(asked));
    DepartmentWord { reopening, ..word(message, RequestState::InProgress, second) }
}

/// Its department has all of it.
async fn arrives<S: Store>(store: &S, second: i64) {
    let id = take(store, "a", second).await;
    assert!(store.record_outcome(&id, "a", at(second + 1), &delivered(None)).await.unwrap());
}

pub async fn s8_what_was_taken_up_again_is_open_until_it_ends_again<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let listed = async || {
        let open = store.undecided(OFFICE, 10).await.unwrap();
        open.into_iter().map(|it| it.begun).collect::<Vec<_>>()
    };
    let day = |days: i64| china_date(at(days * DAY));
    // What the public figures have of it, when it is counted from its last round.
    let figures = async |today| {
        let all = store.handled(day(-9), day(today)).await.unwrap();
        let [of] = <[_; 1]>::try_from(all).unwrap();
        (of.begun, of.decided)
    };
    store.hear(&word("m-1", RequestState::InProgress, DAY)).await.unwrap();
    store.hear(&word("m-2", RequestState::Decided, 2 * DAY)).await.unwrap();
    ask(&store, 1, 3 * DAY).await;
    assert_eq!(listed().await, [], "it is decided until its department takes it up");
    assert_eq!(figures(4).await, (Some(day(1)), Some(day(2))));
    let heard = store.hear(&taken_up("m-3", 4 * DAY, 3 * DAY)).await.unwrap();
    assert_eq!(heard, Heard::Taken);
    store.hear(&noted("m-4", RequestState::InProgress, 5 * DAY, "正在测量")).await.unwrap();
    assert_eq!(listed().await, [Some(day(4))], "its supervisor sees it again");
    assert_eq!(figures(6).await, (Some(day(4)), None));
    assert_eq!(figures(4).await, (Some(day(1)), Some(day(2))), "of days before nothing changes");
    store.hear(&word("m-5", RequestState::Returned, 7 * DAY)).await.unwrap();
    assert_eq!(listed().await, []);
    assert_eq!(figures(8).await, (Some(day(4)), Some(day(7))));
}

pub async fn s8_a_word_from_before_the_end_opens_nothing_when_it_comes_again<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    store.hear(&noted("m-2", RequestState::Decided, 20, "已核对")).await.unwrap();
    // It was on its way when the decision was sent, and its sender has it in hand still.
    let late = word("m-1", RequestState::InProgress, 21);
    let past = Heard::Past(RequestState::Decided);
    assert_eq!(store.hear(&late).await.unwrap(), past);
    ask(&store, 1, 30).await;
    for second in [31, 32] {
        let again = DepartmentWord { at: at(second), ..late.clone() };
        assert_eq!(store.hear(&again).await.unwrap(), past, "{second}");
    }
    // Nor is its decision, said again under another id, the answer.
    let again = noted("m-3", RequestState::Decided, 33, "已核对");
    assert_eq!(store.hear(&again).await.unwrap(), Heard::Repeated);
    let store = place.open();
    let waits = store.request(&number(1)).await.unwrap().unwrap();
    assert!(reopening_asked(&waits.events).is_some() && waits.state() == RequestState::Decided);
    let wrong = taken_up("m-4", 34, 29);
    assert_eq!(store.hear(&wrong).await.unwrap(), past, "nothing was asked then");
    assert_eq!(store.hear(&taken_up("m-4", 35, 30)).await.unwrap(), Heard::Taken);
    assert_eq!(store.hear(&taken_up("m-4", 36, 30)).await.unwrap(), Heard::Repeated);
    let open = store.request(&number(1)).await.unwrap().unwrap();
    assert_eq!(open.state(), RequestState::InProgress);
    assert!(store.check_requests().await.unwrap().is_empty());
}

pub async fn p10_what_waits_for_an_answer_to_its_reopening_is_not_deleted<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    arrives(&store, 10).await;
    store.hear(&noted("m-1", RequestState::Decided, 20, "已核对")).await.unwrap();
    let [due] = whole(store.ended().await.unwrap()).try_into().unwrap();
    // Between the list of what is due and its deletion its applicant asks.
    ask(&store, 1, 30).await;
    arrives(&store, 40).await;
    for cause in [DeletionCause::Retention, DeletionCause::Applicant] {
        let deletion = Deletion { number: due.number.clone(), cause, ..deletion(1, 50) };
        assert_eq!(store.delete(&deletion).await.unwrap(), Deleted::AskedAgain);
    }
    let kept = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!(kept.messages.len(), 2, "nothing is lost");
    let no = DepartmentWord {
        reopening: Some(at(30)),
        ..noted("m-2", RequestState::Decided, 60, "结论不变")
    };
    assert_eq!(store.hear(&no).await.unwrap(), Heard::Taken);
    assert_eq!(store.delete(&deletion(1, 70)).await.unwrap(), Deleted::Done);
}

pub async fn p10_the_operator_deletes_what_no_department_answers<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    arrives(&store, 10).await;
    store.hear(&noted("m-1", RequestState::Returned, 20, "不受理")).await.unwrap();
    ask(&store, 1, 30).await;
    arrives(&store, 40).await;
    let by_hand = Deletion { cause: DeletionCause::Operator, ..deletion(1, 50) };
    assert_eq!(store.delete(&by_hand).await.unwrap(), Deleted::Done);
}
