//! What a place came out of and what became of it (rule C7).

use domain::{
    LandCode, ParcelCode,
    lineage::{Change, ChangeKind, Lineage},
};
use leptos::prelude::*;

use crate::{
    components::{Banner, CodeLine, Tone},
    format, urls,
    words::Words,
};

pub(super) fn kind_words(words: Words, kind: ChangeKind) -> &'static str {
    words.t(match kind {
        ChangeKind::Split => "change_split",
        ChangeKind::Merge => "change_merge",
        ChangeKind::Renumber => "change_renumber",
        ChangeKind::Extinguish => "change_extinguish",
        ChangeKind::Readjust => "change_readjust",
    })
}

/// Codes are never reused: an old one says so first, and leads to what is in force. With
/// `only_history` it also says why the page says no more.
pub fn former(
    words: Words,
    lineage: &Lineage,
    unit_asked: bool,
    only_history: bool,
) -> Option<AnyView> {
    let since = since(words, lineage);
    let on = view! { {successors(words, lineage, &urls::place)} };
    let leads_on = !lineage.in_force.is_empty();
    lineage.ended.then(|| {
        view! {
            <Banner tone=Tone::Caution title=words.t("former_title")>
                <p>{since} {leads_on.then(|| format!(" {}", words.t("former_start")))}</p>
                {unit_asked.then(|| view! { <p>{words.t("former_unit")}</p> })}
                {on}
                {only_history.then(|| view! { <p>{words.t("former_only_history")}</p> })}
            </Banner>
        }
        .into_any()
    })
}

/// Since when, and because of what, a code is out of use.
pub fn since(words: Words, lineage: &Lineage) -> String {
    let kind = lineage.ended_by.map(|kind| kind_words(words, kind));
    match (lineage.ended_on, kind) {
        (Some(day), Some(kind)) => words
            .fill("former_since_by", &[("date", &format::date(words.0, day)), ("change", kind)]),
        (Some(day), None) => words.fill("former_since", &[("date", &format::date(words.0, day))]),
        (None, Some(kind)) => words.fill("former_by", &[("change", kind)]),
        (None, None) => words.t("former_text").to_owned(),
    }
}

/// What replaced a place that has ended: the main thing to do on its pages.
pub fn successors(
    words: Words,
    lineage: &Lineage,
    address: &dyn Fn(&LandCode) -> String,
) -> AnyView {
    let link = |code: LandCode, class: &'static str| {
        let href = address(&code);
        view! { <a class=class href=href>{words.t("former_open")} " " <CodeLine code /></a> }
            .into_any()
    };
    each_successor(words, lineage, &link)
}

/// What came of a former code, each successor with a way there that `way` makes of its code and class.
pub fn each_successor(
    words: Words,
    lineage: &Lineage,
    way: &dyn Fn(LandCode, &'static str) -> AnyView,
) -> AnyView {
    let button = |code: &ParcelCode, class: &'static str| way(LandCode::Parcel(*code), class);
    match lineage.in_force.as_slice() {
        [] => view! { <p>{words.t("former_none")}</p> }.into_any(),
        [only] => view! { <p>{button(only, "button button-primary")}</p> }.into_any(),
        several => view! {
            <p>{words.t("former_now")}</p>
            <ul class="successors">
                {several.iter().map(|code| view! { <li>{button(code, "button")}</li> }).collect_view()}
            </ul>
        }
        .into_any(),
    }
}

/// Every change that is known, oldest first; a section of its own where there is `only_history`.
pub fn changes(
    words: Words,
    own: ParcelCode,
    lineage: &Lineage,
    days_told: bool,
    only_history: bool,
) -> Option<AnyView> {
    let title = words.t("changes_title");
    let title = if only_history {
        view! { <h2>{title}</h2> }.into_any()
    } else {
        view! { <h3>{title}</h3> }.into_any()
    };
    let code = |code: ParcelCode| {
        if code == own {
            view! { <strong><CodeLine code=LandCode::Parcel(code) /></strong> }.into_any()
        } else if lineage.in_force.contains(&code) {
            // The notice at the top has its link.
            view! { <CodeLine code=LandCode::Parcel(code) /> }.into_any()
        } else {
            link(code)
        }
    };
    let codes = |codes: &[ParcelCode]| {
        codes.iter().map(|one| view! { <li>{code(*one)}</li> }).collect_view()
    };
    let one = |change: &Change| {
        let day = change.date.map(|day| {
            view! {
                <time class="event-date" datetime=day.to_string()>{format::date(words.0, day)}</time>
            }
        });
        let day = match day {
            Some(day) => day.into_any(),
            None => {
                let why = if days_told { "change_no_date" } else { "change_date_not_told" };
                view! { <span class="event-date">{words.t(why)}</span> }.into_any()
            }
        };
        let into = (!change.into.is_empty()).then(|| {
            view! {
                <span class="quiet">{words.t("change_into")}</span>
                <ul class="kin">{codes(&change.into)}</ul>
            }
        });
        view! {
            <li class="event">
                {day}
                <div class="change">
                    <span class="tag">{kind_words(words, change.kind)}</span>
                    <ul class="kin">{codes(&change.from)}</ul>
                    {into}
                </div>
            </li>
        }
    };
    (!lineage.changes.is_empty()).then(|| {
        view! {
            {title}
            <ol class="events">{lineage.changes.iter().map(one).collect_view()}</ol>
        }
        .into_any()
    })
}

fn link(code: ParcelCode) -> AnyView {
    let code = LandCode::Parcel(code);
    view! { <a href=urls::place(&code)><CodeLine code /></a> }.into_any()
}
