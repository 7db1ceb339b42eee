//! The field for a code or an address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::page_form::SEARCH_FORM;
use crate::{
    current,
    islands::{CodeCheck, CodeCheckWords},
    urls,
    words::Words,
};

/// Typing instead of scanning. Works without JavaScript.
#[component]
pub fn SearchForm(
    /// What was searched for.
    #[prop(optional, into)]
    query: String,
    /// Whether the cursor starts here, for a counter whose scanner types.
    #[prop(optional)]
    focus: bool,
) -> AnyView {
    let words = current::words();
    let draft = use_query_map().with_untracked(|address| address.get(urls::DRAFT));
    let query = draft.unwrap_or(query);
    view! {
        <form class="search" id=SEARCH_FORM method="get" action=urls::HOME role="search">
            <label class="label" for="q">{words.t("search_label")}</label>
            <p class="hint" id="q-hint">{words.t("search_hint")}</p>
            <div class="search-row">
                <input
                    class="input input-code"
                    id="q"
                    name="q"
                    type="search"
                    value=query
                    aria-describedby="q-hint"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    enterkeyhint="search"
                    autofocus=focus
                />
                <button class="button">{words.t("search_button")}</button>
            </div>
            <CodeCheck input="q".to_owned() words=code_check_words(words) />
        </form>
    }
    .into_any()
}

/// What the check says in one language.
pub fn code_check_words(words: Words) -> CodeCheckWords {
    let own = |key: &str| words.t(key).to_owned();
    CodeCheckWords {
        partial: own("check_partial"),
        whole: own("check_whole"),
        wrong: own("check_wrong"),
        long: own("check_long"),
        digit: own("expected_digit"),
        leading_digit: own("expected_leading_digit"),
        ownership: own("expected_ownership"),
        right: own("expected_right"),
        fixture: own("expected_fixture"),
        zeros: own("expected_zeros"),
    }
}
