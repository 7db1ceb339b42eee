//! What holds of a service beside its guide: who must come, and what is promised.

use domain::service::ServiceItem;
use leptos::prelude::*;

use super::{Banner, Tone};
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

/// The row of the time that the department promises; none where nothing was published.
pub fn promised(words: Words, item: &ServiceItem) -> Option<AnyView> {
    let text = (!item.promised_time.is_blank())
        .then(|| item.promised_time.get(words.0, current::today()))?;
    Some(view! { <div><dt>{words.t("ask_promised")}</dt><dd>{text}</dd></div> }.into_any())
}
