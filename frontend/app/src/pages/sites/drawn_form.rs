//! The form about an outline, and what is wrong with one, in words.

use domain::outline::OutlineFault;
use leptos::prelude::*;

use super::{draw_on::draw_on, error, kept_answers, use_field};
use crate::{
    components::{Fault as Told, OUTLINE_FORM, TextArea},
    format,
    outlines::{Fault, OutlineQuestion},
    urls,
    words::Words,
};

/// A fault with the field to mend.
pub(super) fn summed(words: Words, fault: &Fault) -> Told {
    let field = match fault {
        Fault::Points(_) => urls::POINTS,
        Fault::File(_) => urls::FILE,
        Fault::Use(_) => urls::WHAT,
    };
    Told::new(Some(format!("#{field}")), said_of(words, fault))
}

fn said_of(words: Words, fault: &Fault) -> String {
    match fault {
        Fault::Points(fault) | Fault::File(fault) => outline_fault(words, fault),
        Fault::Use(fault) => super::said_of(words, fault),
    }
}

/// What is wrong with an outline, in a sentence that says what to do.
pub(super) fn outline_fault(words: Words, fault: &OutlineFault) -> String {
    let at = |key: &str, line: &usize| words.fill(key, &[("line", &line.to_string())]);
    let area = |m2: f64| format::square_metres(words.0, m2.round());
    match fault {
        OutlineFault::Empty => words.t("outline_empty").to_owned(),
        OutlineFault::TooLong { .. } => words.t("outline_too_much").to_owned(),
        OutlineFault::Packed => words.t("outline_packed").to_owned(),
        OutlineFault::BadJson { .. } => words.t("outline_bad_json").to_owned(),
        OutlineFault::NoPolygon { .. } => words.t("outline_no_polygon").to_owned(),
        OutlineFault::NotAPoint { line } => at("outline_not_a_point", line),
        OutlineFault::NotANumber { line, written } => {
            let written = crate::scan_target::shown(written);
            let line = line.to_string();
            words.fill("outline_not_a_number", &[("line", &line), ("written", &written)])
        }
        OutlineFault::Swapped { line } => at("outline_swapped", line),
        OutlineFault::OutOfRange { line } => at("outline_out_of_range", line),
        OutlineFault::ZoneMissing => words.t("outline_zone_missing").to_owned(),
        OutlineFault::NoSuchZone { zone } => {
            words.fill("outline_no_such_zone", &[("zone", &zone.to_string())])
        }
        OutlineFault::OtherZone { line, told, written } => words.fill(
            "outline_other_zone",
            &[
                ("line", &line.to_string()),
                ("told", &told.to_string()),
                ("written", &written.to_string()),
            ],
        ),
        OutlineFault::Mixed { line } => at("outline_mixed", line),
        OutlineFault::SixDegrees => words.t("outline_six_degrees").to_owned(),
        OutlineFault::OtherDatum { .. } => words.t("outline_other_datum").to_owned(),
        OutlineFault::TooFew => words.t("outline_too_few").to_owned(),
        OutlineFault::TooMany { most, .. } => {
            words.fill("outline_too_many", &[("most", &most.to_string())])
        }
        OutlineFault::TooManyRings { most, .. } => {
            words.fill("outline_too_many_rings", &[("most", &most.to_string())])
        }
        OutlineFault::CrossesItself => words.t("outline_crosses").to_owned(),
        OutlineFault::TooSmall { least_m2, .. } => {
            words.fill("outline_too_small", &[("least", &area(*least_m2))])
        }
        OutlineFault::TooLarge { area_m2, most_m2 } => {
            words.fill("outline_too_large", &[("area", &area(*area_m2)), ("most", &area(*most_m2))])
        }
        OutlineFault::TooFar { most_km } => {
            words.fill("outline_too_far", &[("most", &most_km.to_string())])
        }
        _ => words.t("outline_unknown_file").to_owned(),
    }
}

/// The form; `main` is whether the page is about nothing else. It has no script: the browser sends the file.
pub(super) fn form(words: Words, question: &OutlineQuestion, main: bool) -> AnyView {
    let of = |field: &str| -> Vec<String> {
        let anchor = format!("#{field}");
        let own = question.faults.iter().map(|fault| (summed(words, fault), fault));
        let own = own.filter(|(told, _)| told.leads_to.as_deref() == Some(&anchor));
        own.map(|(_, fault)| said_of(words, fault)).collect()
    };
    let class = if main { "button button-primary" } else { "button" };
    let asked = question.asks.as_ref().map(|asks| (&**asks.rules(), asks.use_at()));
    view! {
        <form class="form" id=OUTLINE_FORM method="post" action=urls::OUTLINE enctype="multipart/form-data">
            {draw_on(words, &question.ground)}
            {points_field(words, question, of(urls::POINTS))}
            {file_field(words, of(urls::FILE))}
            {use_field(words, asked, (&question.typed, &question.sets), &question.choices, of(urls::WHAT))}
            {kept_answers(&question.typed)}
            {question.mark().map(|mark| view! { <input type="hidden" name=urls::ANSWERED value=mark /> })}
            <button class=class>{words.t("sites_button")}</button>
        </form>
    }
    .into_any()
}

fn points_field(words: Words, question: &OutlineQuestion, errors: Vec<String>) -> AnyView {
    let wrong = !errors.is_empty();
    let described_by = if wrong { "points-hint points-error" } else { "points-hint" };
    let class = if wrong { "field field-wrong" } else { "field" };
    view! {
        <div class=class>
            <label class="label" for=urls::POINTS>{words.t("outline_points")}</label>
            <p class="hint" id="points-hint">{words.t("outline_points_hint")}</p>
            {wrong.then(|| error(words, "points-error".to_owned(), errors))}
            <TextArea
                name=urls::POINTS.to_owned()
                value=question.points.clone()
                described_by=Some(described_by.to_owned())
                invalid=wrong
                autocomplete=Some("off".to_owned())
            />
        </div>
    }
    .into_any()
}

fn file_field(words: Words, errors: Vec<String>) -> AnyView {
    let wrong = !errors.is_empty();
    let described_by = if wrong { "file-hint file-error" } else { "file-hint" };
    let class = if wrong { "field field-wrong" } else { "field" };
    view! {
        <div class=class>
            <label class="label" for=urls::FILE>{words.t("outline_file")}</label>
            <p class="hint" id="file-hint">{words.t("outline_file_hint")}</p>
            {wrong.then(|| error(words, "file-error".to_owned(), errors))}
            <input
                class="input"
                type="file"
                id=urls::FILE
                name=urls::FILE
                accept=".geojson,.json,.txt"
                aria-describedby=described_by
                aria-invalid=wrong.then_some("true")
            />
        </div>
    }
    .into_any()
}
