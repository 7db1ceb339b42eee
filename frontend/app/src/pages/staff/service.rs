//! The way to the office's identity service and back.

use domain::Localized;
use leptos::prelude::*;

use crate::{components::PageTitle, urls, words::Words};

/// The form that leads there. It is a form of its own: what it carries is kept here meanwhile.
pub(super) fn sign_in(words: Words, label: &Localized, back: &str, carried: AnyView) -> AnyView {
    let button = words.fill("staff_service_sign_in", &[("name", &words.pick(label))]);
    view! {
        <form class="form" method="post" action=urls::STAFF_SERVICE>
            <input type="hidden" name="back" value=back.to_owned() />
            {carried}
            <button class="button">{button}</button>
        </form>
    }
    .into_any()
}

/// A page that leads on by itself, and by a link. No form can: the content security policy lets none go to another
/// site. No answer can: a browser brings no cookie of the counter where another site has sent it.
pub(super) fn go_on(words: Words, to: String, service: Option<&Localized>) -> AnyView {
    let title = match service {
        Some(label) => words.fill("staff_service_there", &[("name", &words.pick(label))]),
        None => words.t("staff_service_back").to_owned(),
    };
    let refresh = format!("0;url={to}");
    view! {
        <PageTitle text=title.clone() />
        <leptos_meta::Meta http_equiv="refresh" content=refresh />
        <div class="measure">
            <h1>{title}</h1>
            <p><a href=to>{words.t("staff_service_go_on")}</a></p>
        </div>
    }
    .into_any()
}
