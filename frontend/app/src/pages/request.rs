//! A request: its receipt, and how it gets on.

use domain::service::service;
use leptos::prelude::*;

use super::{opened::opened, rights::RightsOf};
use crate::{
    components::{Banner, CodeLine, Departments, PageTitle, Timeline, Tone},
    context::{Arrival, ReceiptSecret},
    current, format, urls,
};
use service_api::RequestView;

/// The request at this address, or the form that asks for its secret.
#[component]
pub fn RequestPage() -> AnyView {
    opened(|portal, held| async move {
        let request = portal.request(&held.number, &held.secret).await?;
        Ok(request.map(|request| view! { <Receipt request held /> }.into_any()))
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
    /// Its secret.
    held: ReceiptSecret,
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
    let (heading, asked) = match held.arrival {
        Arrival::Opened => (item, None),
        Arrival::Submitted | Arrival::Repeated => {
            (words.t("receipt_fresh_title").to_owned(), Some(item))
        }
    };
    let here = urls::request(&number);
    view! {
        <PageTitle text=tab />
        <article class="measure receipt">
            <h1>{heading}</h1>
            <Keys held />
            <p class="state">
                <span class="tag tag-state">{state}</span>
                " "
                <a class="no-print" href=here>{words.t("receipt_refresh")}</a>
            </p>
            <dl class="terms">
                {asked.map(|item| view! { <div><dt>{words.t("receipt_item")}</dt><dd>{item}</dd></div> })}
                <div>
                    <dt>{words.t("receipt_place")}</dt>
                    <dd><a href=urls::place(&code)><CodeLine code /></a></dd>
                </div>
                <div><dt>{words.t("open_number")}</dt><dd><code class="number" translate="no">{number.to_string()}</code></dd></div>
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

/// Number and secret, to be written down; who else can see them here, and how that ends.
#[component]
fn Keys(
    /// Both.
    held: ReceiptSecret,
) -> AnyView {
    let words = current::words();
    let ReceiptSecret { number, secret, arrival, until } = held;
    let again = (arrival == Arrival::Repeated)
        .then(|| view! { <p><strong>{words.t("receipt_again")}</strong></p> });
    let forget = urls::forget(&number);
    let kept = match until {
        Some(until) => {
            let until = format::moment(words.0, until);
            view! {
                <p>{words.fill("receipt_held", &[("time", &until)])}</p>
                <form method="post" action=forget>
                    <button class="button">{words.t("receipt_forget")}</button>
                </form>
            }
            .into_any()
        }
        None => view! { <p><strong>{words.t("receipt_not_held")}</strong></p> }.into_any(),
    };
    view! {
        <Banner tone=Tone::Done title=words.t("receipt_keep")>
            {again}
            <dl class="receipt-keys">
                <div><dt>{words.t("open_number")}</dt><dd class="receipt-number" translate="no">{number.to_string()}</dd></div>
                <div><dt>{words.t("open_secret")}</dt><dd class="receipt-number" translate="no">{in_fours(&secret)}</dd></div>
            </dl>
            <p>{words.t("receipt_keep_text")}</p>
            {kept}
        </Banner>
    }
    .into_any()
}
