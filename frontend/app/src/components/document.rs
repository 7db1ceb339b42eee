//! The title of a page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::current;

/// The title in the browser's tab. leptos_meta writes it as it is, so it is encoded here: a title
/// may hold what somebody searched for.
#[component]
pub fn PageTitle(
    /// What the page is about.
    #[prop(into)]
    text: String,
) -> AnyView {
    let title = format!("{text} · {}", current::words().t("site_name"));
    view! { <Title text=html_escape::encode_text(&title).into_owned() /> }.into_any()
}
