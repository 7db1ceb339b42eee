//! A request opened by its secret, for the pages on it.

use std::sync::Arc;

use domain::request::RequestNumber;
use http::StatusCode;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    error::{ErrorView, onward, typed},
    requests::{OpenSummary, open_faults},
};
use crate::{
    components::{OPEN_FORM, PageTitle, PlainField, service_title},
    context::{ErrorPage, OpenFault, OpenTyped, ReceiptSecret},
    current, format, urls,
};
use service_api::{DeletedBecause, DeletedView, NotShown, Opened, Portal};

/// What `find` shows of the request at this address to whoever holds its secret. Of a request that
/// is not there any more, when and why it was deleted; without the secret, the form that asks for
/// it.
pub(super) fn opened<F>(
    find: impl FnOnce(Arc<dyn Portal>, Opened, ReceiptSecret) -> F + Send + 'static,
) -> AnyView
where
    F: Future<Output = Result<Option<AnyView>, NotShown>> + Send + 'static,
{
    let text = use_params_map().with_untracked(|params| params.get("number")).unwrap_or_default();
    let Some(number) = RequestNumber::parse(&text) else {
        return view! { <ErrorView error=ErrorPage::NotFound /> }.into_any();
    };
    let held = use_context::<ReceiptSecret>().filter(|held| held.number == number);
    let asked = use_context::<OpenFault>().is_some() || use_context::<OpenTyped>().is_some();
    let Some(held) = held.filter(|_| !asked) else {
        return view! { <Locked number /> }.into_any();
    };
    current::later(async move {
        let Some(portal) = current::portal() else {
            return view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any();
        };
        let locked = |number: RequestNumber| {
            current::set_status(StatusCode::NOT_FOUND);
            view! { <Locked number /> }.into_any()
        };
        let Some(opened) = portal.open(&number, &held.secret) else { return locked(number) };
        match find(portal.clone(), opened.clone(), held).await {
            Ok(Some(shown)) => shown,
            Ok(None) => match portal.deleted(&opened).await {
                Ok(Some(deleted)) => view! { <DeletedRequest deleted /> }.into_any(),
                Ok(None) => locked(number),
                Err(_) => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
            },
            Err(NotShown::Altered) => view! { <AlteredRequest number /> }.into_any(),
            Err(NotShown::Unavailable(_)) => {
                view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any()
            }
        }
    })
    .into_any()
}

/// Nothing is said of a request before its secret is given, not even whether there is one.
#[component]
fn Locked(
    /// The number in the address.
    number: RequestNumber,
) -> AnyView {
    let words = current::words();
    let fault = use_context::<OpenFault>();
    let secret = use_context::<OpenTyped>().map(|typed| typed.secret).unwrap_or_default();
    let title = words.t("locked_title");
    let tab = if fault.is_some() {
        words.fill("error_title", &[("title", title)])
    } else {
        title.to_owned()
    };
    let [_, error] = fault.as_ref().map(|fault| open_faults(words, fault)).unwrap_or_default();
    view! {
        <PageTitle text=tab about=words.t("locked_lead") />
        <div class="measure">
            {fault.map(|fault| view! { <OpenSummary fault secret_only=true /> })}
            <h1>{title}</h1>
            <p class="lead">{words.t("locked_lead")}</p>
            <p class="receipt-number" translate="no">{number.to_string()}</p>
            {typed()}
            <form class="form" id=OPEN_FORM method="post" action=urls::request(&number) novalidate>
                <input type="hidden" name="number" value=number.to_string() />
                <PlainField name="secret" label=words.t("open_secret") hint=words.t("open_secret_hint") value=secret error />
                <button class="button button-primary">{words.t("open_button")}</button>
            </form>
            <p><a href=urls::HELP>{words.t("requests_lost_help")}</a></p>
            <p><a href=urls::REQUESTS>{words.t("locked_other")}</a></p>
        </div>
    }
    .into_any()
}

/// That a request is not as it was written. Nothing of what is kept of it is said.
#[component]
fn AlteredRequest(
    /// The number in the address.
    number: RequestNumber,
) -> AnyView {
    current::set_status(StatusCode::INTERNAL_SERVER_ERROR);
    let words = current::words();
    view! {
        <PageTitle text=words.t("altered_title") about=words.t("altered_what") />
        <div class="measure">
            <h1>{words.t("altered_title")}</h1>
            <p class="receipt-number" translate="no">{number.to_string()}</p>
            <p class="lead">{words.t("altered_what")}</p>
            {typed()}
            <p>{words.t("altered_told")}</p>
            <p>{words.t("altered_next")}</p>
            {onward()}
        </div>
    }
    .into_any()
}

/// What is left of a request that was deleted.
#[component]
fn DeletedRequest(
    /// The entry of the register of deletions.
    deleted: DeletedView,
) -> AnyView {
    current::set_status(StatusCode::GONE);
    let words = current::words();
    let DeletedView { number, item, day, cause } = deleted;
    let key = match cause {
        DeletedBecause::TimeOver => "deleted_time_over",
        DeletedBecause::Applicant => "deleted_applicant",
        DeletedBecause::Operator => "deleted_operator",
    };
    let date = format::date(words.0, day);
    let item = service_title(words, &item);
    view! {
        <PageTitle text=words.t("deleted_title") />
        <article class="measure receipt">
            <h1>{words.t("deleted_title")}</h1>
            <p class="lead">{words.fill(key, &[("date", &date)])}</p>
            {typed()}
            <dl class="terms">
                <div><dt>{words.t("open_number")}</dt><dd><code class="number" translate="no">{number.to_string()}</code></dd></div>
                <div><dt>{words.t("receipt_item")}</dt><dd>{item}</dd></div>
            </dl>
            <p class="quiet">{words.t("deleted_left")}</p>
        </article>
    }
    .into_any()
}
