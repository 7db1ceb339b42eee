//! What applicants think of it, and what the public figures are made of.

use domain::{
    clock::china_date,
    figures::Handled,
    request::{NotRated, Rating, RequestState},
};
use store::{Heard, Imports, NewRating, Rated, Store};

use super::{Storage, samples::*};

const DAY: i64 = 86_400;

fn rating(id: u32, rating: Rating, note: Option<&str>, second: i64) -> NewRating {
    NewRating { number: number(id), rating, note: note.map(str::to_owned), at: at(second) }
}

pub async fn s8_a_rating_is_an_event_of_its_request<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    let said = rating(1, Rating::Dissatisfied, Some("没有人回电话"), 20);
    assert_eq!(store.rate(&said).await.unwrap(), Rated::Unknown);
    submit(&store, 1).await;
    let open = NotRated::Open(RequestState::Submitted);
    assert_eq!(store.rate(&said).await.unwrap(), Rated::Not(open));
    let decided = noted("m", RequestState::Decided, 10, "已核对");
    assert_eq!(store.hear(&decided).await.unwrap(), Heard::Taken);
    assert_eq!(store.rate(&said).await.unwrap(), Rated::Done);
    assert_eq!(store.rate(&said).await.unwrap(), Rated::Not(NotRated::Unchanged));
    // The department's word again, as senders do that lost our answer, is still nothing new.
    let again = noted("m-2", RequestState::Decided, 30, "已核对");
    assert_eq!(store.hear(&again).await.unwrap(), Heard::Repeated);
    let store = place.open();
    let kept = store.request(&number(1)).await.unwrap().unwrap();
    let last = kept.events.last().unwrap();
    assert_eq!(
        (last.rating, last.note.as_deref()),
        (Some(Rating::Dissatisfied), Some("没有人回电话"))
    );
    assert_eq!(kept.state(), RequestState::Decided);
    assert_eq!(kept.ended_at(), Some(at(10)));
    assert!(store.check_requests().await.unwrap().is_empty());
    let messages = store.dossier(&number(1)).await.unwrap().unwrap().messages;
    assert_eq!(messages.len(), 1, "no department is sent it");
}

pub async fn s12_what_became_of_requests_is_counted_by_day<S: Store + Imports>(place: &Storage<S>) {
    let store = place.open();
    for id in 1..=3 {
        submit(&store, id).await;
    }
    store.hear(&word("m", RequestState::InProgress, DAY)).await.unwrap();
    store.hear(&word("n", RequestState::Decided, 2 * DAY)).await.unwrap();
    // A correction of what was decided is no second decision.
    store.hear(&noted("o", RequestState::Returned, 3 * DAY, "更正")).await.unwrap();
    for (grade, second) in [(Rating::VeryDissatisfied, 20), (Rating::Satisfied, 21)] {
        let rated = store.rate(&rating(1, grade, None, 2 * DAY + second)).await.unwrap();
        assert_eq!(rated, Rated::Done);
    }
    let day = |days: i64| china_date(at(days * DAY));
    let open = Handled {
        item: "data-correction".into(),
        received: day(0),
        begun: None,
        decided: None,
        withdrawn: None,
        stars: None,
        count: 2,
    };
    let decided = Handled {
        begun: Some(day(1)),
        decided: Some(day(2)),
        stars: Some(4),
        count: 1,
        ..open.clone()
    };
    let all = async |since, today| {
        let mut all = store.handled(since, today).await.unwrap();
        all.sort_by_key(|each| each.count);
        all
    };
    assert_eq!(all(day(-9), day(9)).await, [decided.clone(), open.clone()]);
    // On the day of the decision it is not over; what ended before is left out.
    let begun = Handled { decided: None, stars: None, ..decided };
    assert_eq!(all(day(-9), day(2)).await, [begun, open.clone()]);
    assert_eq!(all(day(3), day(9)).await, [open]);
}
