//! Who looked at what: a list that nobody changes.

use leptos::prelude::*;

use super::{Line, fault_of, notice, summary};
use crate::{
    components::{PageTitle, Tone, service_title},
    format,
    staff::{LookRow, LookStep, Looks},
    urls,
    words::Words,
};

pub(super) fn looks(words: Words, looks: Looks) -> AnyView {
    let Looks { typed, faults, rows, more, unreadable } = looks;
    let title = words.t("staff_audit");
    let line = |name, kind, label, value: &str| Line {
        name,
        kind,
        label,
        hint: None,
        value: value.to_owned(),
        error: fault_of(&faults, name),
        autocomplete: "off",
        focus: false,
    };
    let tick = |name: &'static str, label: &str, on: bool| {
        view! {
            <label class="choice">
                <input type="checkbox" name=name value="1" checked=on />
                " "
                {words.t(label)}
            </label>
        }
    };
    let nothing = (rows.is_empty() && faults.is_empty())
        .then(|| notice(words, Tone::Note, "staff_looks_none", "staff_looks_none_text"));
    let unreadable = (unreadable > 0).then(|| {
        let text = words.fill("staff_looks_unreadable", &[("n", &unreadable.to_string())]);
        view! { <p><strong>{text}</strong></p> }
    });
    let list = (!rows.is_empty()).then(|| table(words, rows));
    view! {
        <PageTitle text=title />
        <div class="measure">
            {summary(words, &faults)}
            <h1>{title}</h1>
            <p class="lead">{words.t("staff_audit_lead")}</p>
            <form class="form" method="get" action=urls::STAFF_AUDIT>
                {line("from", "date", "staff_audit_from", &typed.from).view(words)}
                {line("to", "date", "staff_audit_to", &typed.to).view(words)}
                {line("staff", "text", "staff_name", &typed.staff).view(words)}
                {line("at", "text", "staff_audit_at", &typed.at).view(words)}
                <div class="field">
                    {tick("visits", "staff_audit_visits", typed.visits)}
                    " "
                    {tick("nocase", "staff_audit_nocase", typed.without_case)}
                    " "
                    {tick("odd", "staff_audit_odd", typed.odd_hours)}
                </div>
                <button class="button button-primary">{words.t("staff_audit_button")}</button>
                " "
                <button class="button" formaction=urls::STAFF_AUDIT_EXPORT>{words.t("staff_audit_export")}</button>
                <p class="hint">{words.t("staff_audit_export_hint")}</p>
            </form>
        </div>
        {unreadable}
        {nothing}
        {list}
        {more.then(|| view! { <p>{words.t("staff_looks_more")}</p> })}
    }
    .into_any()
}

/// What was done in a visit.
fn done(words: Words, step: LookStep) -> AnyView {
    let LookStep { what, item, how, about } = step;
    let ways = if what.starts_with("material") { "material" } else { "consent" };
    let how = how.map(|how| format!("（{}）", words.t(&format!("{ways}_{how}"))));
    let what = words.t(&format!("staff_step_{what}"));
    let item = item.map(|item| format!(" {}", service_title(words, &item)));
    let about = about.map(|about| view! { " " <code>{about}</code> });
    view! { {what} {how} {item} {about} }.into_any()
}

fn table(words: Words, rows: Vec<LookRow>) -> AnyView {
    let head = |key: &str| view! { <th scope="col">{words.t(key)}</th> };
    let rows = rows.into_iter().map(|row| {
        let LookRow { sequence, at, who, office, looked_at, case, reason, step, .. } = row;
        let LookRow { shown, without_reason, odd, .. } = row;
        let case = match (case, without_reason) {
            (Some(case), _) => case,
            (None, true) => words.t("staff_look_no_case").to_owned(),
            (None, false) => String::new(),
        };
        let step = step.map(|step| done(words, step));
        let odd = odd.then(|| view! { " " <span class="tag">{words.t("staff_look_odd")}</span> });
        let nothing = (!shown)
            .then(|| view! { " " <span class="tag">{words.t("staff_look_nothing")}</span> });
        view! {
            <tr>
                <td>{sequence}</td>
                <td>
                    <time datetime=format::machine_moment(at)>{format::moment(words.0, at)}</time>
                    {odd}
                </td>
                <td><code>{who}</code> " " {office}</td>
                <td><code>{looked_at}</code> {nothing}</td>
                <td>{case}</td>
                <td>{step} {reason}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=words.t("staff_audit")>
            <table class="table">
                <thead>
                    <tr>
                        {head("staff_look_entry")}
                        {head("staff_look_when")}
                        {head("staff_look_who")}
                        {head("staff_look_at")}
                        {head("staff_look_case")}
                        {head("staff_reason")}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
