use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::{body::Bytes, http::HeaderValue};
use domain::code::Strictness;
use jiff::civil::date;

use super::*;
use crate::representation::Terms;

fn cache(bytes: u64) -> Cache {
    let cache = Cache::new(bytes, Arc::new(Metrics::new().unwrap()));
    cache.turn_to(key(1, 1).at);
    cache
}

fn key(number: usize, epoch: u64) -> Key {
    let code = format!("330521001001GB{number:05}");
    let code = LandCode::parse(&code, Strictness::Issue).unwrap().code;
    let at = Moment { epoch: Epoch(epoch), day: date(2026, 11, 29) };
    let wanted = Wanted { code, view: View::Feature, host: String::new() };
    Key { wanted, at, coding: Coding::Plain }
}

fn answer(bytes: usize) -> Representation {
    let kind = HeaderValue::from_static("application/json");
    Representation::new(kind, Terms::Api, Bytes::from(vec![b' '; bytes]))
}

async fn keep(cache: &Cache, key: &Key, is_now: bool) {
    let make = async { Ok::<_, Infallible>(answer(5_000)) };
    let Ok(_made) = cache.get_or_make(key, Whose::Visitors, || is_now, make).await;
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_makes_the_answer() {
    let (cache, made) = (Arc::new(cache(1 << 20)), Arc::new(AtomicUsize::new(0)));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (cache, made) = (Arc::clone(&cache), Arc::clone(&made));
        asking.spawn(async move {
            let make = async {
                made.fetch_add(1, Ordering::Relaxed);
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
                Ok::<_, Infallible>(answer(10))
            };
            let Ok(_made) = cache.get_or_make(&key(1, 1), Whose::Visitors, || true, make).await;
        });
    }
    asking.join_all().await;
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn p5_what_was_published_away_while_it_was_made_is_not_kept() {
    let cache = cache(1 << 20);
    keep(&cache, &key(1, 1), false).await;
    assert!(cache.kept.get(&key(1, 1)).is_none());
    keep(&cache, &key(1, 1), true).await;
    assert!(cache.kept.get(&key(1, 1)).is_some());
    let tomorrow = Moment { day: date(2026, 11, 30), ..key(1, 1).at };
    for other in [key(1, 2), key(2, 1), Key { at: tomorrow, ..key(1, 1) }] {
        assert!(cache.kept.get(&other).is_none(), "{other:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_late_turns_nothing_back_and_is_not_kept() {
    let cache = cache(1 << 20);
    cache.turn_to(key(1, 2).at);
    keep(&cache, &key(1, 2), true).await;
    keep(&cache, &key(1, 1), true).await;
    assert!(cache.kept.get(&key(1, 2)).is_some());
    assert!(cache.kept.get(&key(1, 1)).is_none());
}

#[tokio::test]
async fn whoever_asks_for_everything_fills_no_more_than_the_bound() {
    let bound = 1 << 20;
    let cache = cache(bound);
    for number in 1..2_000 {
        keep(&cache, &key(number, 1), true).await;
        assert!(cache.kept.weight() <= bound, "{number}: {}", cache.kept.weight());
    }
    assert!(cache.kept.len() > 10, "it keeps some");
    let none = self::cache(0);
    keep(&none, &key(1, 1), true).await;
    assert!(none.kept.get(&key(1, 1)).is_none());
}

#[tokio::test]
async fn two_thousand_pages_fit_into_what_is_kept_unless_told() {
    let cache = cache(crate::settings::LimitsConfig::default().cache_bytes);
    for number in 1..=2_000 {
        let make = async { Ok::<_, Infallible>(answer(31_000)) };
        let Ok(_made) = cache.get_or_make(&key(number, 1), Whose::Visitors, || true, make).await;
    }
    assert!(cache.kept.len() > 1_900, "{}", cache.kept.len());
}

#[tokio::test]
async fn what_is_kept_is_coded_once_and_takes_its_own_room() {
    let cache = cache(1 << 20);
    let plain = key(1, 1);
    keep(&cache, &plain, true).await;
    let coded = Key { coding: Coding::Brotli, ..plain.clone() };
    let before = cache.kept.weight();
    for _ in 0..3 {
        let kept = cache.get(&coded).unwrap();
        assert_eq!(cache.coded(&coded, kept).await.answer.coding(), Coding::Brotli);
    }
    assert_eq!(cache.kept.len(), 2);
    assert!(cache.kept.weight() > before);
    cache.kept.remove(&plain);
    assert_eq!(cache.get(&coded).unwrap().answer.coding(), Coding::Brotli);
    assert!(cache.get(&plain).is_none());
}

#[tokio::test]
async fn what_was_asked_most_is_made_again_first_and_no_more_than_so_much() {
    let cache = cache(64 << 20);
    let most = MADE_AGAIN + 20;
    for number in 1..=most {
        keep(&cache, &key(number, 1), true).await;
    }
    for number in [7, 7, 7, 7, 9, 9] {
        assert!(cache.get(&key(number, 1)).is_some());
    }
    assert!(cache.next_again().is_none(), "nothing has changed yet");
    cache.turn_to(key(1, 2).at);
    assert!(cache.kept.is_empty());
    assert_eq!(cache.next_again(), Some(key(7, 2).wanted));
    // Published again before the rest was made: what was asked most is still known.
    cache.turn_to(key(1, 3).at);
    let again: Vec<_> = std::iter::from_fn(|| cache.next_again()).collect();
    assert_eq!(again[..2], [key(7, 3).wanted, key(9, 3).wanted]);
    assert!(again.len() <= MADE_AGAIN);
}
