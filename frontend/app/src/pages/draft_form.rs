//! The form that opens a draft, on its page and where that was refused.

use leptos::prelude::*;

use crate::{
    components::{OPEN_FORM, PlainField},
    context::OpenTyped,
    current,
    steps::{DISCARD, STEP},
    urls,
};

/// The fields for number and secret with what was typed, and what is wrong with each.
pub(super) fn open_form(typed: OpenTyped, errors: [Option<String>; 2]) -> AnyView {
    let words = current::words();
    let OpenTyped { number, secret } = typed;
    let [number_error, secret_error] = errors;
    view! {
        <form class="form" id=OPEN_FORM method="post" action=urls::DRAFTS novalidate>
            <PlainField name="number" label=words.t("draft_number") hint=words.t("draft_number_hint") value=number error=number_error />
            <PlainField name="secret" label=words.t("draft_secret") hint=words.t("open_secret_hint") value=secret error=secret_error />
            <button class="button button-primary">{words.t("drafts_button")}</button>
            " "
            <button class="button" name=STEP value=DISCARD>{words.t("draft_discard")}</button>
        </form>
    }
    .into_any()
}
