//! A request: its receipt, and how it gets on.

use std::sync::Arc;

use domain::{request::RequestNumber, service::service};
use http::StatusCode;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    error::ErrorView,
    requests::OpenSummary,
    rights::{DeletedRequest, RightsOf},
};
use crate::{
    components::{Banner, CodeLine, Departments, PageTitle, PlainField, Timeline, Tone},
    context::{ErrorPage, OpenFault, ReceiptSecret},
    current, format,
    portal::{Portal, RequestView, Unavailable},
    urls,
};

/// The request at this address, or the form that asks for its secret.
#[component]
pub fn RequestPage() -> AnyView {
    opened(|portal, held| async move {
        let request = portal.request(&held.number, &held.secret).await?;
        let fresh = held.fresh.then_some(held.secret);
        Ok(request.map(|request| view! { <Receipt request fresh /> }.into_any()))
    })
}

/// What `find` shows of the request at this address to whoever holds its secret. Of a request that
/// is not there any more, when and why it was deleted; without the secret, the form that asks for
/// it.
pub(super) fn opened<F>(
    find: impl FnOnce(Arc<dyn Portal>, ReceiptSecret) -> F + Send + 'static,
) -> AnyView
where
    F: Future<Output = Result<Option<AnyView>, Unavailable>> + Send + 'static,
{
    let text = use_params_map().with_untracked(|params| params.get("number")).unwrap_or_default();
    let Some(number) = RequestNumber::parse(&text) else {
        return view! { <ErrorView error=ErrorPage::NotFound /> }.into_any();
    };
    let held = use_context::<ReceiptSecret>().filter(|held| held.number == number);
    let Some(held) = held.filter(|_| use_context::<OpenFault>().is_none()) else {
        return view! { <Locked number /> }.into_any();
    };
    current::later(async move {
        let Some(portal) = current::portal() else {
            return view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any();
        };
        match find(portal.clone(), held.clone()).await {
            Ok(Some(shown)) => shown,
            Ok(None) => match portal.deleted(&number, &held.secret).await {
                Ok(Some(deleted)) => view! { <DeletedRequest deleted /> }.into_any(),
                Ok(None) => {
                    current::set_status(StatusCode::NOT_FOUND);
                    view! { <Locked number /> }.into_any()
                }
                Err(_) => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
            },
            Err(_) => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
        }
    })
    .into_any()
}

/// Nothing is said of a request before its secret is given, not even whether there is one.
#[component]
pub(super) fn Locked(
    /// The number in the address.
    number: RequestNumber,
) -> AnyView {
    let words = current::words();
    let fault = use_context::<OpenFault>().is_some();
    let title = words.t("locked_title");
    let tab = if fault { words.fill("error_title", &[("title", title)]) } else { title.to_owned() };
    let error = fault.then(|| words.t("open_fault").to_owned());
    view! {
        <PageTitle text=tab />
        <div class="measure">
            {fault.then(|| view! { <OpenSummary field="secret" /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("locked_lead")}</p>
            <p class="receipt-number">{number.to_string()}</p>
            <form class="form" method="post" action=urls::request(&number) novalidate>
                <input type="hidden" name="number" value=number.to_string() />
                <PlainField name="secret" label=words.t("open_secret") hint=words.t("open_secret_hint") error />
                <button class="button button-primary">{words.t("open_button")}</button>
            </form>
            <p><a href=urls::REQUESTS>{words.t("locked_other")}</a></p>
        </div>
    }
    .into_any()
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
