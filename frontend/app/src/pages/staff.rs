//! The pages of the counter. They work without JavaScript, and no key does anything but what it types.

mod cases;
mod counter;
mod deliveries;
mod desk;
mod filing;
mod looks;
mod materials;
mod mirror;
mod own;
mod passkeys;
mod request;
mod service;
mod signing_in;

use domain::staff::{Act, Member};
use leptos::prelude::*;

use crate::{
    components::{Banner, ErrorSummary, Fault, PageTitle, Tone, department_words},
    current,
    staff::{Say, Shows, StaffPage},
    urls,
    words::Words,
};

/// A page of the counter.
#[component]
pub fn StaffView(
    /// What stands on it, and who reads it.
    page: StaffPage,
) -> AnyView {
    let words = current::words();
    let StaffPage { who, shows } = page;
    let nav = who.as_ref().map(|who| nav(words, who));
    let content = match shows {
        Shows::SignIn(form, ways) => signing_in::sign_in(words, form, &ways),
        Shows::GoOn { to, service } => service::go_on(words, to, service.as_ref()),
        Shows::Enrol(form) => signing_in::enrol(words, *form),
        Shows::LinkGone => not_there(
            words,
            ("staff_link_gone_title", "staff_link_gone_text"),
            (urls::STAFF, "staff_sign_in"),
        ),
        Shows::Forbidden => forbidden(words),
        Shows::Sessions(page) => own::sessions(words, *page),
        Shows::Locks { locked, lifted } => own::locks(words, locked, lifted),
        Shows::Request(dossier) => request::request(words, *dossier),
        Shows::Notice { dossier, event, copy } => {
            request::notice_printed(words, *dossier, (event, copy))
        }
        Shows::Looks(looks) => looks::looks(words, *looks),
        Shows::Supervision(shown) => deliveries::list(words, *shown),
        Shows::Delivery(shown) => deliveries::one(words, *shown),
        Shows::NoDelivery => not_there(
            words,
            ("staff_no_delivery", "staff_no_delivery_text"),
            (urls::STAFF_DELIVERIES, "staff_deliveries"),
        ),
        Shows::Counter(desk) => counter::counter(words, desk.map(|desk| *desk)),
        Shows::Cases(lines) => cases::list(words, lines),
        Shows::Case(page) => cases::case(words, *page),
        Shows::CaseGone => {
            not_there(words, ("case_gone", "case_gone_text"), (urls::STAFF_CASES, "cases_title"))
        }
        Shows::Form(page) => filing::form(words, *page),
        Shows::Materials(page) => materials::materials(words, *page),
        Shows::Paper(page) => mirror::paper(words, *page),
        Shows::Mirror(page) => mirror::mirror(words, *page),
        Shows::Desk(desk) => {
            let may = |act| who.as_ref().is_some_and(|who| who.may(act));
            let files = may(Act::FileForOthers);
            desk::desk(words, *desk, (may(Act::LookCloser), may(Act::ReadRequests), files))
        }
    };
    view! {
        <leptos_meta::Meta name="robots" content="noindex, nofollow, noarchive" />
        {nav}
        {content}
    }
    .into_any()
}

/// That something is not there, or is no more, with the way on.
fn not_there(
    words: Words,
    (title, text): (&str, &str),
    (href, way): (&'static str, &str),
) -> AnyView {
    view! {
        <PageTitle text=words.t(title) />
        <div class="measure">
            <h1>{words.t(title)}</h1>
            <p class="lead">{words.t(text)}</p>
            <p><a href=href>{words.t(way)}</a></p>
        </div>
    }
    .into_any()
}

/// What is wrong with a field, beneath its label.
fn field_error(words: Words, name: &str, say: Say) -> AnyView {
    view! {
        <p class="field-error" id=format!("{name}-error")>
            <span class="visually-hidden">{words.t("error_prefix")}</span>
            {words.t(say.key())}
        </p>
    }
    .into_any()
}

/// What the office of somebody is called; its id, where it is none that has a name here.
fn office_words(words: Words, who: &Member) -> &str {
    let name = department_words(words, &who.office);
    if name == words.t("department_other") { &who.office } else { name }
}

/// Who is signed in, where they can go, and the way out.
fn nav(words: Words, who: &Member) -> AnyView {
    let roles = who.roles.iter().map(|role| words.t(&format!("staff_role_{}", role.name())));
    let roles = roles.collect::<Vec<_>>().join(words.t("list_comma"));
    let said = [("name", &*who.name), ("office", office_words(words, who)), ("roles", &roles)];
    let here = current::page().path;
    let way = |href: &'static str, key: &str| {
        let is_here = here.split('?').next() == Some(href);
        view! { <li><a href=href aria-current=is_here.then_some("page")>{words.t(key)}</a></li> }
    };
    view! {
    <div class="staff-bar">
           <nav class="staff-nav" aria-label=words.t("staff_nav")>
               <ul>
                   {who.may(Act::FindPlaces).then(|| way(urls::STAFF, "staff_desk"))}
                   {who.may(Act::FileForOthers).then(|| way(urls::STAFF_CASES, "cases_title"))}
                   {who.may(Act::CallTickets).then(|| way(urls::STAFF_QUEUE, "staff_queue"))}
                   {who.may(Act::SeeDeliveries).then(|| way(urls::STAFF_DELIVERIES, "staff_deliveries"))}
                   {who.may(Act::ReadLooks).then(|| way(urls::STAFF_AUDIT, "staff_audit"))}
                   {who.may(Act::LiftLocks).then(|| way(urls::STAFF_LOCKS, "staff_locks"))}
                   {way(urls::STAFF_SESSIONS, "staff_sessions")}
               </ul>
           </nav>
           <form class="staff-who" method="post" action=urls::STAFF_SIGN_OUT>
               <span>{words.fill("staff_who", &said)}</span>
               " "
               <button class="button">{words.t("staff_sign_out")}</button>
           </form>
           </div>
       }
    .into_any()
}

fn forbidden(words: Words) -> AnyView {
    view! {
        <PageTitle text=words.t("staff_forbidden_title") />
        <div class="measure">
            <h1>{words.t("staff_forbidden_title")}</h1>
            <p class="lead">{words.t("staff_forbidden_text")}</p>
        </div>
    }
    .into_any()
}

/// What is wrong with a form, each with its field.
fn summary(words: Words, faults: &[(&'static str, Say)]) -> Option<AnyView> {
    let faults: Vec<Fault> = faults
        .iter()
        .map(|(field, say)| Fault::new(Some(format!("#{field}")), words.t(say.key()).to_owned()))
        .collect();
    (!faults.is_empty()).then(|| view! { <ErrorSummary faults /> }.into_any())
}

/// A notice of one sentence.
fn notice(words: Words, tone: Tone, title: &str, text: &str) -> AnyView {
    let (title, text) = (words.t(title), words.t(text));
    view! { <Banner tone title>{text}</Banner> }.into_any()
}

/// A field of one line.
struct Line {
    name: &'static str,
    kind: &'static str,
    label: &'static str,
    hint: Option<String>,
    value: String,
    error: Option<Say>,
    autocomplete: &'static str,
    focus: bool,
}

impl Line {
    fn view(self, words: Words) -> AnyView {
        let Self { name, kind, label, hint, value, error, autocomplete, focus } = self;
        let hint_id = format!("{name}-hint");
        let described = hint.is_some().then(|| hint_id.clone());
        let error = error.map(|say| field_error(words, name, say));
        let class = if error.is_some() { "field field-wrong" } else { "field" };
        let described = match (described, error.is_some()) {
            (Some(hint), true) => Some(format!("{hint} {name}-error")),
            (None, true) => Some(format!("{name}-error")),
            (hint, false) => hint,
        };
        let invalid = error.is_some().then_some("true");
        view! {
            <div class=class>
                <label class="label" for=name>{words.t(label)}</label>
                {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {error}
                <input
                    class="input"
                    type=kind
                    id=name
                    name=name
                    value=value
                    aria-describedby=described
                    aria-invalid=invalid
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    autofocus=focus
                />
            </div>
        }
        .into_any()
    }
}

/// What is wrong with a field.
fn fault_of(faults: &[(&'static str, Say)], field: &str) -> Option<Say> {
    faults.iter().find(|(at, _)| *at == field).map(|(_, say)| *say)
}
