//! What holds of a service beside its guide: who must come, who deals with it, in what time and for what fee.

use domain::service::ServiceItem;
use leptos::prelude::*;

use super::{Banner, Tone, fold::folded, service_list::department_words};
use crate::{current, words::Words};

/// That several must come to the counter (rule S6): nothing that is handed in here binds the others.
#[component]
pub fn JointNote() -> AnyView {
    let words = current::words();
    view! {
        <Banner tone=Tone::Note title=words.t("joint_title")>
            <p>{words.t("joint_text")}</p>
        </Banner>
    }
    .into_any()
}

/// What is said of a service before its form: what goes online, who deals with it, time and fee. In elder mode
/// it is folded: the first question stands nearer (A2).
pub fn terms_of_form(words: Words, item: &ServiceItem) -> AnyView {
    let today = current::today();
    let terms = view! {
        <dl class="terms terms-ask">
            <div><dt>{words.t("guide_online")}</dt><dd>{words.pick(&item.online)}</dd></div>
            <div>
                <dt>{words.t("ask_department")}</dt>
                <dd>{department_words(words, &item.department)}</dd>
            </div>
            <div><dt>{words.t("ask_time")}</dt><dd>{item.statutory_time.get(words.0, today)}</dd></div>
            {promised(words, item)}
            <div><dt>{words.t("ask_fee")}</dt><dd>{item.fee.get(words.0, today)}</dd></div>
        </dl>
    };
    let terms = terms.into_any();
    if current::page().elder { folded(words.t("ask_terms").into_any(), terms) } else { terms }
}

/// The row of the time that the department promises; none where nothing was published.
pub fn promised(words: Words, item: &ServiceItem) -> Option<AnyView> {
    let text = (!item.promised_time.is_blank())
        .then(|| item.promised_time.get(words.0, current::today()))?;
    Some(view! { <div><dt>{words.t("ask_promised")}</dt><dd>{text}</dd></div> }.into_any())
}
