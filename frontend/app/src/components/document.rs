//! What a page says of itself to browsers and search engines.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use crate::current;

/// The title in the browser's tab, and the description beneath it in lists of what was found.
///
/// leptos_meta writes a title as it is, so it is encoded here: it may hold what somebody searched for.
/// A description is an attribute, which Leptos encodes.
#[component]
pub fn PageTitle(
    /// What the page is about.
    #[prop(into)]
    text: String,
    /// The page's own first sentence; where there is none, the title says it all. Nothing that only
    /// this visitor may read.
    #[prop(optional, into)]
    about: String,
) -> AnyView {
    let title = format!("{text} · {}", current::words().t("site_name"));
    let about = if about.is_empty() { text } else { about };
    view! {
        <Title text=html_escape::encode_text(&title).into_owned() />
        <Meta name="description" content=about />
    }
    .into_any()
}
