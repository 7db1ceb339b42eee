//! Home: scan, type, search.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::search::Results;
use crate::{
    components::{CodeLine, PageTitle, SearchForm},
    current,
    islands::{Scanner, ScannerWords},
    urls,
    words::Words,
};
use service_api::Example;

/// The home page; with a query, its results.
#[component]
pub fn HomePage() -> AnyView {
    let query = use_query_map().with_untracked(|query| query.get("q")).unwrap_or_default();
    let query = query.trim().to_owned();
    if query.is_empty() {
        view! { <Welcome /> }.into_any()
    } else {
        view! { <Results query /> }.into_any()
    }
}

#[component]
fn Welcome() -> AnyView {
    let page = current::page();
    let words = current::words();
    let worker_url = page.assets.url("scan-worker.js").to_owned();
    let scanner =
        view! { <Scanner words=scanner_words(words) worker_url own_host=page.host field="q".to_owned() /> }
            .into_any();
    let at_counter = use_query_map().with_untracked(|query| query.get("counter").is_some());
    view! {
        <PageTitle text=words.t("home_title") about=words.t("home_lead") />
        <div class="home">
            <div class="home-words">
                <h1>{words.t("home_heading")}</h1>
                <p class="lead">{words.t("home_lead")}</p>
            </div>
            <div class="home-ways">
                <SearchForm focus=at_counter />
                <p class="or" aria-hidden="true"><span>{words.t("home_or")}</span></p>
                {scanner}
            </div>
            <section class="home-steps" aria-labelledby="steps-title">
                <h2 id="steps-title">{words.t("steps_title")}</h2>
                <ol class="steps">
                    {step(words, "step_scan", "step_scan_text")}
                    {step(words, "step_see", "step_see_text")}
                    {step(words, "step_act", "step_act_text")}
                </ol>
            </section>
            {current::judges_sites().then(|| view! {
                <section class="home-sites" aria-labelledby="home-sites-title">
                    <h2 id="home-sites-title">{words.t("sites_title")}</h2>
                    <p>{words.t("home_sites_text")} " " <a href=urls::SITES>{words.t("home_sites_link")}</a></p>
                </section>
            })}
            <Examples />
        </div>
    }
    .into_any()
}

fn step(words: Words, title: &str, text: &str) -> AnyView {
    view! {
        <li class="step">
            <strong>{words.t(title)}</strong>
            <span>{words.t(text)}</span>
        </li>
    }
    .into_any()
}

/// Codes to try. When the server cannot name any, the page does without.
#[component]
fn Examples() -> AnyView {
    let words = current::words();
    current::later(async move {
        let Some(portal) = current::portal() else { return ().into_any() };
        let examples = portal.examples().await.unwrap_or_default();
        if examples.is_empty() {
            return ().into_any();
        }
        view! {
            <section class="home-examples" aria-labelledby="examples-title">
                <h2 id="examples-title">
                    {words.t("examples_title")}
                    " "
                    <span class="tag">{words.t("demonstration")}</span>
                </h2>
                <ul class="examples">{examples.iter().map(|one| example(words, one)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
    .into_any()
}

fn example(words: Words, example: &Example) -> AnyView {
    view! {
        <li>
            <a class="example" href=urls::place(&example.code)>
                <span class="example-title">{words.pick(&example.title)}</span>
                " "
                <CodeLine code=example.code />
            </a>
        </li>
    }
    .into_any()
}

fn scanner_words(words: Words) -> ScannerWords {
    let own = |key: &str| words.t(key).to_owned();
    ScannerWords {
        asleep: own("scanner_asleep"),
        start: own("scanner_start"),
        stop: own("scanner_stop"),
        more: own("scanner_more"),
        retry: own("scanner_retry"),
        photo: own("scanner_photo"),
        take_photo: own("scanner_take_photo"),
        torch_on: own("scanner_torch_on"),
        torch_off: own("scanner_torch_off"),
        picture: own("scanner_picture"),
        opening: own("scanner_opening"),
        scanning: own("scanner_scanning"),
        paused: own("scanner_paused"),
        reading: own("scanner_reading"),
        choosing: own("scanner_choosing"),
        leaving: own("scanner_leaving"),
        hint: own("scanner_hint"),
        nothing_found: own("scanner_nothing_found"),
        not_a_picture: own("scanner_not_a_picture"),
        failed: own("scanner_failed"),
        tired: own("scanner_tired"),
        foreign: own("scanner_foreign"),
        foreign_host: own("scanner_foreign_host"),
        foreign_text: own("scanner_foreign_text"),
        part: own("scanner_part"),
        faulty: own("scanner_faulty"),
        denied: own("scanner_denied"),
        absent: own("scanner_absent"),
        busy: own("scanner_busy"),
        silent: own("scanner_silent"),
        insecure: own("scanner_insecure"),
        unloaded: own("scanner_unloaded"),
        light: own("scanner_light"),
        tilt: own("scanner_tilt"),
        closer: own("scanner_closer"),
        still: own("scanner_still"),
        zoom: own("scanner_zoom"),
        camera: own("scanner_camera"),
        camera_numbered: own("scanner_camera_numbered"),
        sound: own("scanner_sound"),
        paste: own("scanner_paste"),
        paste_nothing: own("scanner_paste_nothing"),
        type_code: own("scanner_type"),
        drop: own("scanner_drop"),
        in_app: own("scanner_in_app"),
        unsupported: own("scanner_unsupported"),
    }
}
