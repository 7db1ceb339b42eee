//! What a field sign leads to: a place, beginning with what matters where the sign stands.

use domain::{
    LandCode,
    code::Parsed,
    restriction::Restrictions,
    scene::{Scene, scene},
    service::Ground,
    severity::Severity,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    error::ErrorView,
    history,
    place::{at_place, is_judged, location, looked, odd, unit_not_told},
};
use crate::{
    components::{
        Banner, CodeBlock, Lifecycle, PageTitle, ServicesNamed, SourceLine, Tone, as_heading,
        scene_lists, scene_ways, verdict, worst,
    },
    context::ErrorPage,
    current, urls,
    words::Words,
};
use service_api::Place;

/// The place in this address, as the scene in it begins.
#[component]
pub fn ScenePage() -> AnyView {
    let id = use_params_map().with_untracked(|params| params.get("scene")).unwrap_or_default();
    match scene(&id) {
        Some(scene) => at_place(|code, place| page(scene, code, place)),
        None => view! { <ErrorView error=ErrorPage::NotFound /> }.into_any(),
    }
}

fn page(scene: &'static Scene, code: Parsed<LandCode>, place: Place) -> AnyView {
    let words = current::words();
    let Parsed { code, warnings } = code;
    let Place { profile, lineage, only_history, tier, .. } = place;
    // A unit on a parcel that has ended is not told from one that never was.
    let subject = if profile.unit.is_some() { code } else { LandCode::Parcel(profile.code) };
    let title = words.pick(&scene.title);
    let name = location(words, &profile).unwrap_or_else(|| code.grouped());
    // Of what has ended no restrictions are told.
    let current = !lineage.ended;
    let restrictions = scene.restrictions(&profile.restrictions);
    // What is graver than anything of this scene is said before it, whichever theme it is of.
    let graver = (current && gravest(&profile.restrictions) > gravest(&restrictions)).then(|| {
        let (_, sentence) = worst(words, &profile.restrictions);
        let whole = urls::place(&code);
        view! {
            <Banner tone=Tone::Caution title=sentence>
                <a href=whole>{words.t("scene_whole")}</a>
            </Banner>
        }
    });
    let services = scene.services.iter().map(String::as_str);
    let grounds = Ground::of(&subject);
    let services = services.filter_map(current::service).filter(|item| item.fits_on(&grounds));
    let services = services.collect::<Vec<_>>();
    let judged = (scene.sites && current && is_judged(&subject)).then(|| {
        let href = urls::sites_at(&LandCode::Parcel(subject.parcel()));
        view! { <p><a class="button button-primary" href=href>{words.t("place_sites")}</a></p> }
    });
    view! {
        <PageTitle text=format!("{title} · {name} · {}", code.grouped()) about=words.pick(&scene.lead) />
        <article class="place">
            <header class="place-head">
                {looked(words, tier)}
                <p class="kicker">{title}</p>
                <h1>{as_heading(words, name)}</h1>
                {history::former(words, &lineage, subject != code, only_history)}
                <p class="lead">{words.pick(&scene.lead)}</p>
                {graver}
                {current.then(|| first(words, &restrictions))}
                <p class="quiet">
                    {words.t("scene_only")} " " <a href=urls::place(&code)>{words.t("scene_whole")}</a>
                </p>
                {judged}
                <CodeBlock code town=None />
                {unit_not_told(words, &profile)}
                {odd(words, warnings)}
            </header>
            {current.then(|| view! {
                <section class="place-restrictions" id="restrictions">
                    {scene_lists(words, &restrictions)}
                </section>
            })}
            {(!only_history && !scene.stages.is_empty()).then(|| view! {
                <section class="place-life" id="life"><Lifecycle events=profile.events.clone() /></section>
            })}
            {(current && !services.is_empty()).then(|| view! {
                <section class="place-services" id="services" aria-labelledby="services-title">
                    <h2 id="services-title">{words.t("place_services")}</h2>
                    <ServicesNamed items=services code=subject />
                </section>
            })}
            <footer class="place-source">
                {scene_ways(words, Some(scene), &code)}
                <SourceLine version=profile.version.clone() policy=profile.policy />
            </footer>
        </article>
    }
    .into_any()
}

/// The worst that is known of what matters to the scene; where nothing of it asks anything, that, and of how
/// many of its themes it is not known. Of other themes it says nothing.
fn first(words: Words, restrictions: &Restrictions) -> AnyView {
    let Restrictions { concerned, not_concerned, no_data, .. } = restrictions;
    if gravest(restrictions).is_some() || !concerned.is_empty() {
        return verdict(words, restrictions);
    }
    if not_concerned.is_empty() {
        return said(words, words.t("scene_unknown").to_owned());
    }
    let mut sentence = words.t("scene_none_concerned").to_owned();
    if !no_data.is_empty() {
        sentence.push(' ');
        sentence.push_str(&words.fill("scene_some_unknown", &[("n", &no_data.len().to_string())]));
    }
    said(words, sentence)
}

fn said(words: Words, sentence: String) -> AnyView {
    view! {
        <section class="verdict" aria-label=words.t("restrictions_title")>
            <p class="verdict-sentence"><strong>{sentence}</strong></p>
        </section>
    }
    .into_any()
}

fn gravest(restrictions: &Restrictions) -> Option<Severity> {
    restrictions.by_severity().first().map(|(severity, _)| *severity)
}
