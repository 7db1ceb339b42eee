//! The services, as cards.

use domain::{
    LandCode,
    service::{Aim, Ground, ServiceItem, service},
};
use leptos::prelude::*;

use crate::{current, urls, words::Words};

/// The name of the department that receives a service's requests.
pub fn department_words(words: Words, department: &str) -> &'static str {
    words.t(match department {
        "registration" => "department_registration",
        "planning" => "department_planning",
        "township" => "department_township",
        _ => "department_other",
    })
}

/// What people come for, in words.
pub fn aim_words(words: Words, aim: Aim) -> &'static str {
    words.t(&format!("aim_{}", aim.name()))
}

/// What a service is called; its id, where the catalogue has it no more.
pub fn service_title(words: Words, id: &str) -> String {
    service(id).map_or_else(|| id.to_owned(), |item| words.pick(&item.title))
}

/// What can be asked for at a code that has ended.
#[component]
pub fn ServicesOfEnded(
    /// The code.
    code: LandCode,
) -> AnyView {
    let items = current::services().filter(|item| item.for_ended).collect();
    cards(current::words(), items, Some(&code))
}

/// These services at a place, in this order.
#[component]
pub fn ServicesNamed(
    /// The services.
    items: Vec<&'static ServiceItem>,
    /// The place.
    code: LandCode,
) -> AnyView {
    cards(current::words(), items, Some(&code))
}

/// What is asked for most where such a place is, and the way to all that fits there.
#[component]
pub fn FirstServices(
    /// The place.
    code: LandCode,
) -> AnyView {
    let words = current::words();
    let grounds = Ground::of(&code);
    let first = grounds.first();
    let often = |item: &&ServiceItem| first.is_some_and(|ground| item.often.contains(ground));
    let fitting = current::services().filter(|item| item.fits_on(&grounds));
    let (often, others): (Vec<_>, Vec<_>) = fitting.partition(often);
    let count = (often.len() + others.len()).to_string();
    let all = (!others.is_empty()).then(|| {
        let text = words.fill("services_all_here", &[("n", &count)]);
        view! { <p><a class="button" href=urls::request_form(&code)>{text}</a></p> }
    });
    view! {
        {(!often.is_empty()).then(|| cards(words, often, Some(&code)))}
        {all}
    }
    .into_any()
}

/// The services by what people come for. For a place: those that fit there, and each leads to its form;
/// otherwise all, and each leads to its guide.
#[component]
pub fn ServicesByAim(
    /// The place, if there is one.
    #[prop(optional_no_strip)]
    code: Option<LandCode>,
) -> AnyView {
    let words = current::words();
    let grounds = code.as_ref().map(Ground::of);
    let shown: Vec<_> = current::services()
        .filter(|item| grounds.as_ref().is_none_or(|grounds| item.fits_on(grounds)))
        .collect();
    let parts = Aim::ALL.into_iter().filter_map(|aim| {
        let items: Vec<_> = shown.iter().copied().filter(|item| item.aim == aim).collect();
        if items.is_empty() {
            return None;
        }
        let id = format!("aim-{}", aim.name());
        let by = id.clone();
        Some(view! {
            <section aria-labelledby=by>
                <h2 id=id>{aim_words(words, aim)}</h2>
                {cards(words, items, code.as_ref())}
            </section>
        })
    });
    parts.collect_view().into_any()
}

fn cards(words: Words, items: Vec<&'static ServiceItem>, code: Option<&LandCode>) -> AnyView {
    let card = |item: &'static ServiceItem| {
        let href = match code {
            Some(code) => current::form_address(code, &item.id),
            None => urls::service(&item.id),
        };
        view! {
            <li class="service">
                <a class="service-link" href=href>{words.pick(&item.title)}</a>
                <p>{words.pick(&item.summary)}</p>
            </li>
        }
    };
    view! { <ul class="services">{items.into_iter().map(card).collect_view()}</ul> }.into_any()
}
