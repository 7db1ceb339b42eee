//! Keys of programs.

use store::{ApiKey, Store};

use super::{Storage, samples::at};

fn key(name: &str) -> ApiKey {
    ApiKey {
        name: name.into(),
        called: "选址软件公司".into(),
        per_minute: 600,
        per_day: 20_000,
        sites: 3_000,
        added_at: at(0),
        disabled_at: None,
    }
}

pub async fn p6_a_key_is_known_by_its_mark_alone_and_disabled_for_good<S: Store>(
    place: &Storage<S>,
) {
    let store = place.open();
    assert!(store.add_api_key(&key("tool"), "mark-1").await.unwrap());
    assert!(!store.add_api_key(&key("tool"), "mark-2").await.unwrap(), "the first stays");
    assert!(store.add_api_key(&ApiKey { per_day: 7, ..key("other") }, "mark-3").await.unwrap());
    let again = place.open();
    assert_eq!(again.api_key("mark-1").await.unwrap(), Some(key("tool")));
    assert_eq!(again.api_key("mark-3").await.unwrap().map(|key| key.per_day), Some(7));
    for mark in ["mark-2", "tool", ""] {
        assert_eq!(again.api_key(mark).await.unwrap(), None, "{mark}");
    }
    assert!(!again.disable_api_key("nobody", at(1)).await.unwrap());
    assert!(again.disable_api_key("tool", at(1)).await.unwrap());
    assert!(!again.disable_api_key("tool", at(2)).await.unwrap());
    let disabled = ApiKey { disabled_at: Some(at(1)), ..key("tool") };
    assert_eq!(store.api_key("mark-1").await.unwrap(), Some(disabled.clone()));
    // Nobody takes the name again, and with it what stands in figures and letters.
    assert!(!store.add_api_key(&key("tool"), "mark-4").await.unwrap());
    let names: Vec<String> =
        store.api_keys().await.unwrap().into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["other", "tool"]);
}
