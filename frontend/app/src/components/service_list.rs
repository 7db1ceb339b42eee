//! The services, as cards.

use domain::{LandCode, service::services};
use leptos::prelude::*;

use crate::{current, urls, words::Words};

/// The name of the department that receives a service's requests.
pub fn department_words(words: Words, department: &str) -> &'static str {
    words.t(match department {
        "registration" => "department_registration",
        "planning" => "department_planning",
        _ => "department_other",
    })
}

/// Every service. For a place each leads to its form, otherwise to its guide.
#[component]
pub fn ServiceList(
    /// The place, if there is one.
    #[prop(optional_no_strip)]
    code: Option<LandCode>,
    /// Only what can be asked for at a code that has ended.
    #[prop(optional)]
    ended: bool,
) -> AnyView {
    let words = current::words();
    view! {
        <ul class="services">
            {services()
                .iter()
                .filter(|item| item.for_ended || !ended)
                .map(|item| {
                    let href = match &code {
                        Some(code) => urls::new_request(code, &item.id),
                        None => urls::service(&item.id),
                    };
                    view! {
                        <li class="service">
                            <a class="service-link" href=href>{words.pick(&item.title)}</a>
                            <p>{words.pick(&item.summary)}</p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}
