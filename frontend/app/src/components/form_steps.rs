//! What the pages of a service's form carry to the next one, and their buttons that hand nothing in.

use domain::{LandCode, dataset::DataVersion, request::DRAFT_DAYS, service::ServiceItem};
use leptos::prelude::*;

use crate::{
    asks,
    context::{FormReturn, FormToken, HeldDraft},
    current,
    steps::{DISCARD, DRAFT, DRAFT_SECRET, SAVE, SINCE, STEP},
    words::Words,
};

/// The version of the data, `dataset/number`, that a form was filled in by, where it is another of the same
/// data set than the one that is `seen` now.
pub fn filled_in_by<'b>(back: &'b FormReturn, seen: &str) -> Option<&'b str> {
    let since = back.since.as_deref().filter(|since| *since != seen)?;
    let (of, _) = DataVersion::read_label(since)?;
    DataVersion::read_label(seen).filter(|(now, _)| *now == of).map(|_| since)
}

/// By what a browser knows a form again: never that of another place or service.
pub fn form_name(code: &LandCode, item: &ServiceItem) -> String {
    format!("{code}/{}", item.id)
}

/// What goes along unseen beside the answers: the form's key, its service, the data version that is shown,
/// what its applicant knows already, and the draft that it was saved as.
pub fn carried_along(item: &ServiceItem, seen: &str, ended: bool, back: &FormReturn) -> AnyView {
    let drawn = || use_context::<FormToken>().map(|token| token.0);
    let token = back.key.clone().or_else(drawn).unwrap_or_default();
    let mut fields = vec![("token", token), ("item", item.id.clone()), ("seen", seen.to_owned())];
    fields.extend(filled_in_by(back, seen).map(|since| (SINCE, since.to_owned())));
    fields.extend(ended.then(|| ("ended", "yes".to_owned())));
    fields.extend(back.again.then(|| ("again", "yes".to_owned())));
    fields.extend(current::counter_form().map(|was| ("was", was)));
    (unseen(fields), carried_draft(back)).into_any()
}

/// The draft that a form was saved as.
pub fn carried_draft(back: &FormReturn) -> AnyView {
    let draft = back.draft.iter().flat_map(|HeldDraft { number, secret }| {
        [(DRAFT, number.to_string()), (DRAFT_SECRET, secret.clone())]
    });
    unseen(draft)
}

/// The facts that a form asks its department for, where the rules are not at hand that say them in words.
pub fn carried_asks(back: &FormReturn) -> AnyView {
    unseen(back.asks.iter().flat_map(asks::fields))
}

fn unseen<N: Into<String>>(fields: impl IntoIterator<Item = (N, String)>) -> AnyView {
    let field = |(name, value): (N, String)| {
        view! { <input type="hidden" name=name.into() value=value /> }
    };
    fields.into_iter().map(field).collect_view().into_any()
}

/// The same at the counter, where a form belongs to a visit.
fn case_buttons(words: Words) -> AnyView {
    view! {
        <div class="draft-buttons">
            <button class="button" name=STEP value=SAVE>{words.t("case_keep")}</button>
            <p class="hint">{words.t("case_keep_text")}</p>
            <p><button class="link-button" name=STEP value=DISCARD>{words.t("case_drop")}</button></p>
        </div>
    }
    .into_any()
}

/// Saving the form for another day; deleting what was saved of it.
pub fn draft_buttons(words: Words, back: &FormReturn) -> AnyView {
    if current::counter_form().is_some() {
        return case_buttons(words);
    }
    let saved = back.draft.as_ref().map(|HeldDraft { number, .. }| {
        view! {
            <p>
                {words.fill("draft_is", &[("number", number.as_str())])} " "
                <button class="link-button" name=STEP value=DISCARD>{words.t("draft_discard")}</button>
            </p>
        }
    });
    view! {
        <div class="draft-buttons no-print">
            <button class="button" name=STEP value=SAVE>{words.t("draft_save")}</button>
            <p class="hint">{words.fill("draft_save_text", &[("n", &DRAFT_DAYS.to_string())])}</p>
            {saved}
        </div>
    }
    .into_any()
}
