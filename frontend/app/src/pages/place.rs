//! The profile of a place: facts, map, restrictions, life, services.

use std::sync::Arc;

use domain::{
    LandCode,
    code::{CodeWarning, Parsed, Realm},
    division::{Town, division, town_named},
    policy::Field,
    profile::PublicProfile,
    record::Value,
    viewer::Tier,
};
use http::StatusCode;
use leptos::prelude::*;

use super::{
    error::{ErrorView, NoCode, NoSuchPlace},
    former::{self, NoDay},
    history,
    place_map::MapSection,
};
use crate::{
    components::{
        Banner, CodeBlock, FactList, FirstServices, Lifecycle, PageTitle, Part, PlaceOnPaper,
        PlaceTools, Reader, SourceLine, Tone, as_heading, drawn_once, folded_for_elders,
        in_letters, scene_ways, three_lists, verdict, warning_words, worst,
    },
    context::ErrorPage,
    current,
    found::Found,
    urls,
    words::Words,
};
use service_api::Place;

/// The profile at this address.
#[component]
pub fn PlacePage() -> AnyView {
    at_place(|code, place| {
        view! { <Profile code=code.code warnings=code.warnings place /> }.into_any()
    })
}

/// What `show` makes of the place in this page's address; where there is none, what to do.
pub(super) fn at_place(show: impl FnOnce(Parsed<LandCode>, Place) -> AnyView) -> AnyView {
    match current::found() {
        Some(Found::Place { code, place }) => show(code, *place),
        Some(Found::NoDay { code, from }) => view! { <NoDay code from /> }.into_any(),
        Some(Found::Nothing { code, near }) => view! { <NoSuchPlace code near /> }.into_any(),
        Some(Found::Mistyped { written, error, near }) => {
            current::set_status(StatusCode::BAD_REQUEST);
            view! { <NoCode written error near /> }.into_any()
        }
        _ => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
    }
}

/// The words of a value that is words.
pub(crate) fn text_of(words: Words, value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Localized(text) => Some(words.pick(text)),
        _ => None,
    }
}

/// Where it lies, as far as it may be said.
pub fn location(words: Words, profile: &PublicProfile) -> Option<String> {
    let text = |value: &Value| text_of(words, value);
    let unit = profile.unit.as_ref().and_then(|unit| {
        unit.facts.iter().find(|fact| fact.field == Field::UnitLocation).map(|fact| &fact.value)
    });
    unit.and_then(text)
        .or_else(|| profile.fact(Field::Location).and_then(text))
        .filter(|text| !text.trim().is_empty())
}

/// The town that its address names, of its county or of one that has the county's land now.
fn town(profile: &PublicProfile) -> Option<&'static Town> {
    let address = match profile.fact(Field::Location)? {
        Value::Text(text) => text,
        Value::Localized(text) => &text.zh,
        _ => return None,
    };
    let county = profile.code.division();
    let after = division(county).map(|found| found.succeeded_by.as_slice()).unwrap_or_default();
    std::iter::once(county)
        .chain(after.iter().map(String::as_str))
        .find_map(|county| town_named(county, address))
}

/// Everything that may be shown of a place.
#[component]
pub(super) fn Profile(
    /// The code asked for, canonical.
    code: LandCode,
    /// What is unusual about it.
    warnings: Vec<CodeWarning>,
    /// What may be shown.
    place: Place,
) -> AnyView {
    let words = current::words();
    // A unit on a parcel that has ended is not told from one that never was.
    let subject =
        if place.profile.unit.is_some() { code } else { LandCode::Parcel(place.profile.code) };
    let title = in_letters(words, &called(words, code, &place.profile));
    let head = head(words, code, subject, warnings, &place);
    let Place { profile, map, lineage, only_history, as_of, .. } = place;
    let profile = Arc::new(profile);
    // What has ended leads to what replaced it: no restrictions are told of it, and of services its
    // page offers those that are about an old code.
    let current = !lineage.ended;
    // Nothing is asked for by the data of another day, and no map is kept of it.
    let services = (current && as_of.is_none()).then(|| {
        view! {
            <section class="place-services" id="services" aria-labelledby="services-title">
                <h2 id="services-title">{words.t("place_services")}</h2>
                <FirstServices code=subject />
            </section>
        }
        .into_any()
    });
    // In elder mode what can be done here comes before the long lists; the worst of them stands above (A2).
    let elder = current::page().elder;
    let (first, last) = if elder { (services, None) } else { (None, services) };
    let about = if current { worst(words, &profile.restrictions).1 } else { String::new() };
    view! {
        <PageTitle text=format!("{title} · {}", code.grouped()) about=about />
        <article class="place">
            {head}
            {(!only_history && as_of.is_none()).then(|| sections(words, current))}
            {(!only_history).then(|| view! {
                <section class="place-facts" id="facts" aria-labelledby="facts-title">
                    {facts(words, &profile)}
                </section>
                {as_of.is_none().then(|| view! {
                    <MapSection code=subject name=title profile=profile.clone() map current />
                })}
            })}
            {first}
            {current.then(|| view! {
                <section class="place-restrictions" id="restrictions">
                    {three_lists(words, &profile.restrictions)}
                </section>
            })}
            <section class="place-life" id="life">
                {(!only_history).then(|| view! { <Lifecycle events=profile.events.clone() /> })}
                {history::changes(words, profile.code, &lineage, profile.change_days, only_history)}
            </section>
            {last}
            <footer class="place-source">
                <SourceLine version=profile.version.clone() policy=profile.policy.clone() />
                {(current && as_of.is_none()).then(|| taken_away(words, &subject))}
                {former::ways(words, &code, as_of)}
                {(!only_history && as_of.is_none()).then(|| scene_ways(words, None, &code))}
            </footer>
        </article>
    }
    .into_any()
}

/// Everything that everybody is told here, to take away.
fn taken_away(words: Words, code: &LandCode) -> AnyView {
    let [document, file] = ["pdf", "json"].map(|ending| urls::extract(code, ending));
    view! {
        <h2 id="extract-title">{words.t("extract_link_title")}</h2>
        <p>{words.t("extract_link_text")}</p>
        <ul>
            <li><a href=document rel="external nofollow" type="application/pdf">{words.t("extract_link_pdf")}</a></li>
            <li><a href=file rel="external nofollow" type="application/json">{words.t("extract_link_json")}</a></li>
            <li><a href=urls::VERIFY>{words.t("extract_link_verify")}</a></li>
        </ul>
    }
    .into_any()
}

/// Where it lies; its code where that may not be said.
fn called(words: Words, code: LandCode, profile: &PublicProfile) -> String {
    location(words, profile).unwrap_or_else(|| code.grouped())
}

/// What it is, what became of it, the worst that is known of it, its code, and what can be done.
fn head(
    words: Words,
    code: LandCode,
    subject: LandCode,
    warnings: Vec<CodeWarning>,
    place: &Place,
) -> AnyView {
    let Place { profile, lineage, only_history, tier, as_of, .. } = place;
    let now = as_of.is_none();
    let kind = words.t(match (&code, profile.code.realm()) {
        (LandCode::Unit(_), _) => "kind_unit",
        (LandCode::Parcel(_), Realm::Land) => "kind_parcel",
        (LandCode::Parcel(_), Realm::Sea) => "kind_sea",
    });
    let demonstration = profile.version.dataset.demonstration;
    // Of a unit that is not told of, the parcel: alike for every number (rule P5).
    let told = profile.unit.as_ref().is_some_and(|unit| unit.known);
    let on_paper = if told { code } else { LandCode::Parcel(profile.code) };
    let name = called(words, code, profile);
    let town = town(profile);
    let current = !lineage.ended;
    let elder = current::page().elder;
    let action = now.then(|| actions(words, &in_letters(words, &name), subject, current, elder));
    // In elder mode what can be done here comes before how the place is called by number (A2).
    let (before_code, after_code) = if elder { (action, None) } else { (None, action) };
    view! {
        <header class="place-head">
            {former::of_then(words, &code, place)}
            {(current && now).then(|| view! {
                <a class="skip-link" href="#services">{words.t("skip_services")}</a>
            })}
            {now.then(|| view! { <PlaceOnPaper code=on_paper /> })}
            {looked(words, *tier)}
            <p class="kicker">
                {kind}
                {demonstration.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> })}
            </p>
            <h1>{as_heading(words, name)}</h1>
            {history::former(words, lineage, subject != code, *only_history)}
            {(!current && now).then(|| still_offered(words, &subject))}
            {current.then(|| verdict(words, &profile.restrictions))}
            {before_code}
            <CodeBlock code town />
            {unit_not_told(words, profile)}
            {odd(words, warnings)}
            {after_code}
        </header>
    }
    .into_any()
}

/// What is unusual about the code (C2, C3).
pub(super) fn odd(words: Words, warnings: Vec<CodeWarning>) -> Option<AnyView> {
    (!warnings.is_empty()).then(|| {
        let items = warnings.into_iter();
        let items = items.map(|warning| view! { <li>{warning_words(words, warning)}</li> });
        view! { <ul class="warnings">{items.collect_view()}</ul> }.into_any()
    })
}

/// What can still be asked for at a code that has ended, in one line.
fn still_offered(words: Words, code: &LandCode) -> Option<AnyView> {
    let items = current::services().filter(|item| item.for_ended).enumerate();
    let links = items.map(|(at, item)| {
        let comma = (at > 0).then(|| words.t("list_comma"));
        let href = urls::new_request(code, &item.id);
        view! { {comma} <a href=href>{words.pick(&item.title)}</a> }.into_any()
    });
    let links: Vec<AnyView> = links.collect();
    (!links.is_empty())
        .then(|| view! { <p>{words.t("former_services")} " " {links}</p> }.into_any())
}

/// What can be done at the place, and with its page.
fn actions(words: Words, title: &str, subject: LandCode, current: bool, elder: bool) -> AnyView {
    view! {
        <div class="place-action">
            {current.then(|| view! {
                <a class="button button-primary" href="#services">{words.t("place_action")}</a>
            })}
            {(current && is_judged(&subject)).then(|| view! {
                <a class="button" href=urls::sites_at(&LandCode::Parcel(subject.parcel()))>{words.t("place_sites")}</a>
            })}
            <PlaceTools name=title.to_owned() code=subject />
            // In elder mode it is at the top of the page.
            {(!elder).then(|| view! { <Reader /> })}
        </div>
    }
    .into_any()
}

/// Whether this portal has rules for land there.
pub(super) fn is_judged(code: &LandCode) -> bool {
    let sets = current::portal().map(|portal| portal.rule_sets()).unwrap_or_default();
    sets.iter().any(|rules| rules.is_for(&code.parcel()))
}

/// The way to the parts of the page, in its order.
fn sections(words: Words, current: bool) -> AnyView {
    let elder = current::page().elder;
    drawn_once(words, Part::Sections { elder, current }, [], || parts(words, elder, current))
}

fn parts(words: Words, elder: bool, current: bool) -> AnyView {
    let link = |part: &'static str, key: &str| {
        view! { <li><a href=part>{words.t(key)}</a></li> }
    };
    let services = || current.then(|| link("#services", "place_services"));
    view! {
        <nav class="place-nav" aria-label=words.t("place_parts")>
            <ul>
                {link("#facts", "facts_title")}
                {link("#map-title", "plan_heading")}
                {elder.then(services)}
                {current.then(|| link("#restrictions", "restrictions_title"))}
                {link("#life", "lifecycle_title")}
                {(!elder).then(services)}
            </ul>
        </nav>
    }
    .into_any()
}

fn facts(words: Words, profile: &PublicProfile) -> AnyView {
    let unit = profile.unit.as_ref().map(|unit| unit.facts.clone()).unwrap_or_default();
    let local_id = profile.local_id.clone().map(|id| {
        view! {
            <p class="quiet">{words.t("field_local_id")} " " <code>{id}</code></p>
        }
    });
    let parcel_heading = words.t("facts_parcel");
    let realm = profile.code.realm();
    let heading = view! { <h2 id="facts-title">{words.t("facts_title")}</h2> }.into_any();
    let rest = view! {
        {(!unit.is_empty()).then(|| view! {
            <h3>{words.t("facts_unit")}</h3>
            <FactList facts=unit.clone() realm />
            <h3>{parcel_heading}</h3>
        })}
        {if profile.facts.is_empty() {
            view! { <p class="quiet">{words.t("facts_none")}</p> }.into_any()
        } else {
            view! { <FactList facts=profile.facts.clone() realm /> }.into_any()
        }}
        {local_id}
        <p class="quiet">{words.t("facts_why")} " " <a href=urls::POLICY>{words.t("facts_why_link")}</a></p>
    };
    folded_for_elders(heading, rest.into_any())
}

/// That the portal does not say whether there is such a unit: the answer is the same for every
/// unit code of the parcel (row 2, rule P5).
pub(super) fn unit_not_told(words: Words, profile: &PublicProfile) -> Option<AnyView> {
    profile.unit.as_ref().is_some_and(|unit| !unit.known).then(|| {
        view! {
            <Banner tone=Tone::Note title=words.t("unit_not_told_title")>
                <p>{words.t("unit_not_told_text")}</p>
                <p>{words.t("unit_not_told_next")}</p>
            </Banner>
        }
        .into_any()
    })
}

/// That somebody sees more than the public does, and that it was written down (rule P9).
pub(super) fn looked(words: Words, tier: Tier) -> Option<AnyView> {
    (tier != Tier::Public).then(|| {
        let who = words.t(&format!("tier_{}", tier.name()));
        let text = words.fill("looked_text", &[("tier", who)]);
        view! { <Banner tone=Tone::Note title=words.t("looked_title")>{text}</Banner> }.into_any()
    })
}
