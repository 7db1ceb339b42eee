//! The public figures: how many requests came in, were decided and wait, by service and department.

use domain::{
    figures::{BAND, Figures, LEAST, Line, OfficeFigures, STEP, Shown, Window},
    service::{ServiceItem, service},
};
use jiff::ToSpan;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::error::ErrorView;
use crate::{
    components::{Banner, PageTitle, Tone, department_words},
    context::ErrorPage,
    current, format, urls,
    words::Words,
};
use service_api::Reach;

/// The figures of the window that the address names, the shortest unless it names one.
#[component]
pub fn FiguresPage() -> AnyView {
    let asked = use_query_map().with_untracked(|query| query.get(urls::DAYS));
    let window = asked.and_then(|days| days.parse().ok()).and_then(Window::of_days);
    let window = window.unwrap_or(Window::Month);
    current::later(async move {
        let Some(portal) = current::portal() else {
            return view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any();
        };
        match portal.figures(window).await {
            Ok(figures) => page(current::words(), &figures, portal.reach()),
            Err(_) => view! { <ErrorView error=ErrorPage::Unavailable /> }.into_any(),
        }
    })
    .into_any()
}

fn page(words: Words, figures: &Figures, reach: Reach) -> AnyView {
    let title = words.t("figures_title");
    let [from, to] = [figures.from, figures.to].map(|day| format::date(words.0, day));
    let next = format::date(words.0, figures.to.saturating_add(2.days()));
    let span = words.fill("figures_span", &[("from", &from), ("to", &to)]);
    let sample = reach == Reach::Sample;
    let least = LEAST.to_string();
    let told = if figures.is_silent() {
        let text = words.fill("figures_none", &[("least", &least)]);
        view! { <p><strong>{text}</strong></p> }.into_any()
    } else {
        let label = words.t("figures_title");
        view! {
            <p class="hint scroll-hint">{words.t("policy_scroll")}</p>
            <div class="scroll figures" role="region" tabindex="0" aria-label=label>
                {table(words, figures, &span, sample)}
            </div>
        }
        .into_any()
    };
    view! {
        <PageTitle text=title about=words.t("figures_lead") />
        <div class="measure measure-wide">
            <h1>{title}</h1>
            <p class="lead">{words.t("figures_lead")}</p>
            {sample.then(|| view! {
                <Banner tone=Tone::Caution title=words.t("demonstration")>
                    <p>{words.t("figures_sample")}</p>
                </Banner>
            })}
            {windows(words, figures.window)}
            <p>{span} " " {words.fill("figures_made", &[("date", &next)])}</p>
            {told}
            <h2>{words.t("figures_what")}</h2>
            <ul>
                <li>{words.t("figures_received")}</li>
                <li>{words.t("figures_open")}</li>
                <li>{words.t("figures_days")}</li>
                <li>{words.t("figures_satisfied")}</li>
                <li>{words.fill("figures_few", &[("least", &least), ("step", &STEP.to_string())])}</li>
                <li>{words.fill("figures_sum", &[("least", &least)])}</li>
                <li>{words.t("figures_deleted")}</li>
            </ul>
            <p><a href=urls::FIGURES_DATA>{words.t("figures_data")}</a></p>
        </div>
    }
    .into_any()
}

/// The windows, as links; the one that is shown says so.
fn windows(words: Words, shown: Window) -> AnyView {
    let links = Window::ALL.map(|window| {
        let text = words.fill("figures_last", &[("n", &window.days().to_string())]);
        let current = (window == shown).then_some("page");
        view! { <li><a href=urls::figures(window) aria-current=current>{text}</a></li> }
    });
    view! {
        <nav aria-label=words.t("figures_windows")>
            <ul class="figures-windows">{links.into_iter().collect_view()}</ul>
        </nav>
    }
    .into_any()
}

fn table(words: Words, figures: &Figures, caption: &str, sample: bool) -> AnyView {
    let heads = [
        "figures_col_received",
        "figures_col_decided",
        "figures_col_withdrawn",
        "figures_col_open",
        "figures_col_overdue",
        "figures_col_days",
        "figures_col_limit",
        "figures_col_satisfied",
    ];
    let heads = heads.map(|key| view! { <th scope="col">{words.t(key)}</th> });
    let offices = figures.offices.iter().map(|office| office_rows(words, office, sample));
    view! {
        <table class="sites-table">
            <caption>{caption.to_owned()}</caption>
            <thead>
                <tr><th scope="col">{words.t("figures_col_service")}</th> {heads.into_iter().collect_view()}</tr>
            </thead>
            {offices.collect_view()}
        </table>
    }
    .into_any()
}

fn office_rows(words: Words, office: &OfficeFigures, sample: bool) -> AnyView {
    let name = match office.department.as_str() {
        "" => words.t("figures_gone"),
        id => department_words(words, id),
    };
    let mark = sample.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> });
    let items = office.items.iter().map(|(id, line)| {
        let item = service(id);
        let title = item.map_or_else(|| id.clone(), |item| words.pick(&item.title));
        let head = match item {
            Some(item) => view! { <a href=urls::service(&item.id)>{title}</a> }.into_any(),
            None => title.into_any(),
        };
        view! { <tr><th scope="row">{head}</th> {cells(words, line, item)}</tr> }
    });
    view! {
        <tbody>
            <tr class="figures-office">
                <th scope="rowgroup">{name} {mark}</th>
                {cells(words, &office.all, None)}
            </tr>
            {items.collect_view()}
        </tbody>
    }
    .into_any()
}

fn cells(words: Words, line: &Line, item: Option<&ServiceItem>) -> AnyView {
    let none = || words.t("figures_not_said").to_owned();
    let overdue = line.overdue.map_or_else(none, |shown| count(words, shown));
    let days = line
        .days
        .map_or_else(none, |days| words.fill("figures_n_days", &[("n", &days.to_string())]));
    let satisfied = line.satisfied.map_or_else(none, |from| {
        let (from, to) = (from.to_string(), (from + BAND).to_string());
        words.fill("figures_share", &[("from", &from), ("to", &to)])
    });
    let texts = [
        count(words, line.received),
        count(words, line.decided),
        count(words, line.withdrawn),
        count(words, line.open),
        overdue,
        days,
        limit(words, item),
        satisfied,
    ];
    texts.into_iter().map(|text| view! { <td>{text}</td> }).collect_view().into_any()
}

fn count(words: Words, shown: Shown) -> String {
    match shown {
        Shown::Few => words.fill("figures_below", &[("n", &LEAST.to_string())]),
        Shown::Count(count) => count.to_string(),
        Shown::AtLeast(count) => words.fill("figures_at_least", &[("n", &count.to_string())]),
        Shown::Withheld => words.t("figures_withheld").to_owned(),
    }
}

/// The time that the department promises, or the law allows.
fn limit(words: Words, item: Option<&ServiceItem>) -> String {
    let Some(item) = item else { return String::new() };
    let promised = item.promised_time.get(words.0, current::today());
    match item.working_days {
        _ if !promised.is_empty() => promised,
        Some(days) => words.fill("figures_by_law", &[("n", &days.to_string())]),
        None => words.t("figures_no_limit").to_owned(),
    }
}
