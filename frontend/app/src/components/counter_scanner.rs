//! Listens on every page for a scanner that types.

use leptos::prelude::*;

use crate::{
    current,
    islands::{Counter, CounterWords},
    urls,
};

/// The island with its words.
#[component]
pub fn CounterScanner() -> AnyView {
    let words = current::words();
    let own = |key: &str| words.t(key).to_owned();
    let words = CounterWords {
        opening: own("counter_opening"),
        foreign: own("counter_foreign"),
        faulty: own("counter_faulty"),
        unread: own("counter_unread"),
        host: own("scanner_foreign_host"),
        close: own("counter_close"),
    };
    view! { <Counter own_host=current::page().host search=urls::AT_COUNTER.to_owned() words /> }
        .into_any()
}
