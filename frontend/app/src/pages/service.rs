//! The public guide of a service (rules S1, S2, S4).

use domain::service::{InputKind, Material, Question, ServiceItem, service};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::error::ErrorView;
use crate::{
    components::{
        Banner, Complaints, ContactRows, JointNote, PageTitle, Tone, department_words, promised,
        when_words,
    },
    context::ErrorPage,
    current, urls,
};

/// The guide of the service at this address.
#[component]
pub fn ServicePage() -> AnyView {
    let id = use_params_map().with_untracked(|params| params.get("item")).unwrap_or_default();
    match service(&id) {
        Some(item) => view! { <Guide item /> }.into_any(),
        None => view! { <ErrorView error=ErrorPage::NotFound /> }.into_any(),
    }
}

#[component]
fn Guide(
    /// The service.
    item: &'static ServiceItem,
) -> AnyView {
    let words = current::words();
    let today = current::today();
    let title = words.pick(&item.title);
    view! {
        <PageTitle text=title.clone() about=words.pick(&item.summary) />
        <article class="measure">
            <p class="kicker"><a href=urls::SERVICES>{words.t("services_title")}</a></p>
            <h1>{title}</h1>
            <p class="lead">{words.pick(&item.summary)}</p>
            {start(item)}

            <h2>{words.t("guide_who")}</h2>
            <p>{words.pick(&item.who)}</p>
            {item.joint.then(|| view! { <JointNote /> })}

            <h2>{words.t("guide_materials")}</h2>
            {materials(item)}

            <h2>{words.t("guide_ways")}</h2>
            <dl class="terms">
                <div><dt>{words.t("guide_online")}</dt><dd>{words.pick(&item.online)}</dd></div>
                <div><dt>{words.t("guide_counter")}</dt><dd>{words.pick(&item.counter)}</dd></div>
            </dl>

            <h2>{words.t("guide_form")}</h2>
            <ul>{asked(item)}</ul>

            <h2>{words.t("guide_steps")}</h2>
            <ol>{item.steps.iter().map(|text| view! { <li>{words.pick(text)}</li> }).collect_view()}</ol>

            <h2>{words.t("guide_terms")}</h2>
            <dl class="terms">
                <div>
                    <dt>{words.t("ask_department")}</dt>
                    <dd>{department_words(words, &item.department)}</dd>
                </div>
                <div><dt>{words.t("ask_time")}</dt><dd>{item.statutory_time.get(words.0, today)}</dd></div>
                {promised(words, item)}
                <div><dt>{words.t("ask_fee")}</dt><dd>{item.fee.get(words.0, today)}</dd></div>
                <div><dt>{words.t("guide_basis")}</dt><dd>{item.basis.get(words.0, today)}</dd></div>
            </dl>

            <h2>{words.t("contact_title")}</h2>
            <dl class="terms"><ContactRows department=item.department.clone() /></dl>
            <Complaints />
        </article>
    }
    .into_any()
}

/// The way to the form; where it cannot be asked for, that it cannot.
fn start(item: &ServiceItem) -> AnyView {
    let words = current::words();
    if !current::offers(item) {
        return view! {
            <Banner tone=Tone::Caution title=words.t("guide_not_offered")>
                <p>{words.t("guide_not_offered_text")}</p>
            </Banner>
        }
        .into_any();
    }
    view! {
        <p><a class="button button-primary" href=urls::HOME>{words.t("guide_start")}</a></p>
        <p class="hint">{words.t("guide_start_hint")}</p>
    }
    .into_any()
}

/// What to bring, and what nobody need bring.
fn materials(item: &'static ServiceItem) -> AnyView {
    let words = current::words();
    let line = |material: &'static Material| {
        let later = material.later.then(|| {
            view! { " " <span class="tag">{words.t("material_later")}</span> }
        });
        view! { <li>{words.pick(&material.text())} {later}</li> }
    };
    let (shared, own): (Vec<_>, Vec<_>) = item.materials.iter().partition(|one| one.shared);
    let shared = (!shared.is_empty()).then(|| {
        view! {
            <h3>{words.t("materials_shared")}</h3>
            <ul>{shared.into_iter().map(line).collect_view()}</ul>
        }
    });
    view! {
        <ul>{own.into_iter().map(line).collect_view()}</ul>
        {shared}
    }
    .into_any()
}

/// What the form asks, so that it can be had at hand before the form is opened.
fn asked(item: &'static ServiceItem) -> AnyView {
    let (words, today) = (current::words(), current::today());
    let once = |one: &&Question| one.kind != InputKind::Consent && one.of.is_none();
    let questions = item.question.iter().filter(once);
    let groups = item.group.iter().map(|group| {
        let hint = group.hint.get(words.0, today);
        let hint = (!hint.is_empty()).then(|| view! { " " <small class="beneath">{hint}</small> });
        let parts = group.question.iter().map(|question| words.pick(&question.label));
        let parts = parts.collect::<Vec<_>>().join(words.t("list_comma"));
        let (label, max) = (words.pick(&group.label), group.max.to_string());
        let said = words.fill("group_asked", &[("what", &label), ("max", &max), ("parts", &parts)]);
        view! { <li>{said} {hint}</li> }
    });
    let groups = groups.collect_view();
    let questions = questions
        .map(|question| {
            let hint = question.hint.get(words.0, today);
            let hint =
                (!hint.is_empty()).then(|| view! { " " <small class="beneath">{hint}</small> });
            let when = when_words(words, &item.question, question)
                .map(|text| view! { " " <small class="beneath">{text}</small> });
            view! { <li>{words.pick(&question.label)} {when} {hint}</li> }
        })
        .collect_view();
    view! { {questions} {groups} }.into_any()
}
