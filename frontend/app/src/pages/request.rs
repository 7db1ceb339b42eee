//! A request: its receipt, and how it gets on.

use domain::{request::RequestNumber, service::service};
use leptos::prelude::*;

use super::{opened::opened, rights::RightsOf};
use crate::{
    components::{Banner, CodeLine, Departments, PageTitle, Timeline, Tone},
    current, format, urls,
};
use service_api::RequestView;

/// The request at this address, or the form that asks for its secret.
#[component]
pub fn RequestPage() -> AnyView {
    opened(|portal, held| async move {
        let request = portal.request(&held.number, &held.secret).await?;
        let fresh = held.fresh.then_some(held.secret);
        Ok(request.map(|request| view! { <Receipt request fresh /> }.into_any()))
    })
}

/// A secret in fours, for reading out and writing down.
fn in_fours(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    characters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[component]
fn Receipt(
    /// The request.
    request: RequestView,
    /// Its secret, when it was submitted a moment ago.
    fresh: Option<String>,
) -> AnyView {
    let words = current::words();
    let rights = view! { <RightsOf request=request.clone() /> };
    let RequestView {
        number, item, code, submitted_at, state, events, reference, departments, ..
    } = request;
    let item = service(&item).map_or(item, |item| words.pick(&item.title));
    let state = words.t(&format!("state_{}", state.name()));
    let tab = format!("{item} · {number}");
    // What is asked for is said once: in the heading, or beneath the news that it has arrived.
    let (heading, asked) = if fresh.is_some() {
        (words.t("receipt_fresh_title").to_owned(), Some(item))
    } else {
        (item, None)
    };
    view! {
        <PageTitle text=tab />
        <article class="measure receipt">
            <h1>{heading}</h1>
            {match fresh {
                Some(secret) => view! { <Fresh number=number.clone() secret /> }.into_any(),
                None => view! { <p class="state"><span class="tag tag-state">{state}</span></p> }.into_any(),
            }}
            <dl class="terms">
                {asked.map(|item| view! { <div><dt>{words.t("receipt_item")}</dt><dd>{item}</dd></div> })}
                <div>
                    <dt>{words.t("receipt_place")}</dt>
                    <dd><a href=urls::place(&code)><CodeLine code /></a></dd>
                </div>
                <div><dt>{words.t("open_number")}</dt><dd><code class="number">{number.to_string()}</code></dd></div>
                <div>
                    <dt>{words.t("receipt_submitted")}</dt>
                    <dd>
                        <time datetime=format::machine_moment(submitted_at)>
                            {format::moment(words.0, submitted_at)}
                        </time>
                    </dd>
                </div>
                {reference.map(|text| view! {
                    <div><dt>{words.t("receipt_reference")}</dt><dd><code>{text}</code></dd></div>
                })}
            </dl>
            <h2>{words.t("receipt_departments")}</h2>
            <Departments departments />
            <h2>{words.t("receipt_timeline")}</h2>
            <Timeline events />
            <p class="quiet">{words.t("receipt_times")}</p>
            {rights}
        </article>
    }
    .into_any()
}

/// Number and secret, to be written down: the secret is shown this once.
#[component]
fn Fresh(
    /// The number.
    number: RequestNumber,
    /// The secret.
    secret: String,
) -> AnyView {
    let words = current::words();
    view! {
        <Banner tone=Tone::Done title=words.t("receipt_keep")>
            <dl class="receipt-keys">
                <div><dt>{words.t("open_number")}</dt><dd class="receipt-number">{number.to_string()}</dd></div>
                <div><dt>{words.t("open_secret")}</dt><dd class="receipt-number">{in_fours(&secret)}</dd></div>
            </dl>
            <p>{words.t("receipt_keep_text")}</p>
        </Banner>
    }
    .into_any()
}
