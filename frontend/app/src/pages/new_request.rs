//! Asking for a service at a place.

use domain::{
    LandCode,
    code::Parsed,
    lineage::Lineage,
    request::Submission,
    service::{Answers, InputKind, ServiceItem},
    viewer::Tier,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    asking::{about, changed_since, goes},
    error::{ErrorView, hidden, onward, typed},
    history,
    place::at_place,
    review::ReviewPage,
};
use crate::{
    asks,
    components::{
        CodeLine, ErrorSummary, FoldedContact, JointNote, PageTitle, RequestForm, ServicesByAim,
        ServicesOfEnded, carried_asks, carried_draft, carried_files, request_faults, terms_of_form,
        wanted_service,
    },
    context::{ErrorPage, FormReturn},
    current, urls,
    words::Words,
};
use service_api::{Place, Reach};

/// The form; without a service, the services to choose from.
#[component]
pub fn NewRequestPage() -> AnyView {
    let wanted = wanted_service();
    at_place(|Parsed { code, .. }, place| {
        let reach = current::portal().map_or(Reach::Nobody, |portal| portal.reach());
        let wanted = wanted.map(|id| current::service(&id));
        let for_ended = matches!(wanted, Some(Some(item)) if item.for_ended);
        if place.lineage.ended && !for_ended {
            return view! { <Ended code place item=wanted.flatten() /> }.into_any();
        }
        match wanted {
            None => view! { <Choose code place reach /> }.into_any(),
            Some(Some(item)) => match reviewed() {
                Some((back, review)) => {
                    view! { <ReviewPage code item place reach back review /> }.into_any()
                }
                None => view! { <Ask code item place reach /> }.into_any(),
            },
            Some(None) => view! { <ErrorView error=ErrorPage::NotFound /> }.into_any(),
        }
    })
}

/// What is about to be handed in, as it was typed and as it was read.
fn reviewed() -> Option<(FormReturn, Submission)> {
    let mut back = use_context::<FormReturn>()?;
    let review = back.review.take()?;
    Some((back, review))
}

/// What is about land as it is, is not asked for at a place that has ended, but at what replaced it:
/// what was typed already goes there.
#[component]
fn Ended(
    /// The place.
    code: LandCode,
    /// What may be shown of it.
    place: Place,
    /// The service that was wanted.
    item: Option<&'static ServiceItem>,
) -> AnyView {
    let words = current::words();
    let address = |code: &LandCode| match item {
        Some(item) => urls::new_request(code, &item.id),
        None => urls::place(code),
    };
    let back = use_context::<FormReturn>()
        .filter(|back| !back.values.is_empty() || !back.files.kept.is_empty());
    let onwards = match (&back, item) {
        (Some(back), Some(item)) => carried(words, &place.lineage, item, back),
        _ => history::successors(words, &place.lineage, &address),
    };
    let title = words.t("former_no_request");
    view! {
        <PageTitle text=title />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{history::since(words, &place.lineage)}</p>
            {(!place.lineage.in_force.is_empty())
                .then(|| view! { <p>{words.t("former_no_request_text")}</p> })}
            <p><a href=urls::place(&code)><CodeLine code /></a></p>
            {onwards}
            {typed()}
            <h2>{words.t("former_still")}</h2>
            <ServicesOfEnded code />
            {onward()}
        </div>
    }
    .into_any()
}

/// What was typed, on its way to the form at each code that followed.
fn carried(words: Words, lineage: &Lineage, item: &ServiceItem, back: &FormReturn) -> AnyView {
    let way = |code: LandCode, class: &'static str| {
        view! {
            <form method="post" action=urls::new_request(&code, &item.id)>
                {hidden(&back.values)}
                {carried_files(&back.files)}
                {carried_asks(back)}
                {carried_draft(back)}
                <input type="hidden" name="item" value=item.id.clone() />
                <input type="hidden" name="carried" value="yes" />
                <button class=class>{words.t("former_carry")} " " <CodeLine code /></button>
            </form>
        }
        .into_any()
    };
    history::each_successor(words, lineage, &way)
}

#[component]
fn Choose(
    /// The place.
    code: LandCode,
    /// What may be shown of it.
    place: Place,
    /// Where requests go.
    reach: Reach,
) -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("choose_title") />
        <div class="measure">
            <h1>{words.t("choose_title")}</h1>
            {about(code, &place)}
            {goes(reach)}
            <ServicesByAim code=Some(code) />
            <p><a href=urls::SERVICES>{words.t("choose_others")}</a></p>
        </div>
    }
    .into_any()
}

/// The form as the address fills it in.
fn filled_in(item: &ServiceItem) -> FormReturn {
    let query = use_query_map().get_untracked();
    let all: Vec<(String, String)> =
        query.into_iter().map(|(name, text)| (name.to_string(), text)).collect();
    let asks = asks::read(all.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    FormReturn { asks, ..FormReturn::of(prefilled(item)) }
}

/// What the address fills in: words about the matter, never about who asks.
fn prefilled(item: &ServiceItem) -> Answers {
    let mut values = Answers::new();
    use_query_map().with_untracked(|query| {
        for field in &item.question {
            let fits = |text: &String| match field.kind {
                InputKind::Line | InputKind::Paragraph => true,
                InputKind::Choice => field.options.iter().any(|option| option.value == *text),
                _ => false,
            };
            let text = query.get(&field.name).filter(|text| !text.is_empty() && fits(text));
            if let Some(text) = text.filter(|_| !field.personal) {
                values.insert(field.name.clone(), text.chars().take(field.max_length).collect());
            }
        }
    });
    values
}

/// Which fields a link has filled in: whoever hands them in has read them.
fn is_filled_in(words: Words, item: &ServiceItem, values: &Answers) -> Option<AnyView> {
    let own = item.question.iter().filter(|question| values.contains_key(&question.name));
    let labels: Vec<String> = own.map(|question| words.pick(&question.label)).collect();
    (!labels.is_empty()).then(|| {
        let which = labels.join(words.t("list_comma"));
        view! { <p class="hint">{words.fill("ask_filled", &[("which", &which)])}</p> }.into_any()
    })
}

#[component]
fn Ask(
    /// The place.
    code: LandCode,
    /// The service.
    item: &'static ServiceItem,
    /// What may be shown of the place.
    place: Place,
    /// Where requests go.
    reach: Reach,
) -> AnyView {
    let words = current::words();
    let back = use_context::<FormReturn>();
    let faults = back.as_ref().map(|back| request_faults(words, item, back)).unwrap_or_default();
    let title = words.pick(&item.title);
    let tab = if faults.is_empty() {
        title.clone()
    } else {
        words.fill("error_title", &[("title", &title)])
    };
    let seen = place.profile.version.label();
    let ended = place.lineage.ended;
    let shown = Some(&place.profile).filter(|_| place.tier == Tier::Public).cloned();
    let refused = back.as_ref().is_some_and(|back| back.refusal.is_some());
    let (filled, back) = match back {
        Some(back) => (None, back),
        None => {
            let back = filled_in(item);
            (is_filled_in(words, item, &back.values), back)
        }
    };
    view! {
        <PageTitle text=tab about=words.pick(&item.summary) />
        <div class="measure">
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults refused /> })}
            <h1>{title}</h1>
            <p class="lead">{words.pick(&item.summary)}</p>
            {changed_since(&back, &seen)}
            {about(code, &place)}
            {history::former(words, &place.lineage, false, false)}
            {goes(reach)}
            {item.joint.then(|| view! { <JointNote /> })}
            {terms_of_form(words, item)}
            <details class="basis">
                <summary>{words.t("ask_next")}</summary>
                <div class="basis-text">
                    <ol>
                        {item.steps.iter().map(|step| view! { <li>{words.pick(step)}</li> }).collect_view()}
                    </ol>
                    <p><a href=urls::service(&item.id)>{words.t("ask_guide")}</a></p>
                </div>
            </details>
            {filled}
            <RequestForm code item seen profile=shown ended back />
            <FoldedContact department=item.department.clone() />
        </div>
    }
    .into_any()
}
