//! Who looked at what: a list that nobody changes.

use leptos::prelude::*;

use super::{Line, fault_of, notice, summary};
use crate::{
    components::{PageTitle, Tone},
    format,
    staff::{LookRow, Looks},
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
                    {tick("nocase", "staff_audit_nocase", typed.without_case)}
                    " "
                    {tick("odd", "staff_audit_odd", typed.odd_hours)}
                </div>
                <button class="button">{words.t("staff_audit_button")}</button>
            </form>
        </div>
        {unreadable}
        {nothing}
        {list}
        {more.then(|| view! { <p>{words.t("staff_looks_more")}</p> })}
    }
    .into_any()
}

fn table(words: Words, rows: Vec<LookRow>) -> AnyView {
    let head = |key: &str| view! { <th scope="col">{words.t(key)}</th> };
    let rows = rows.into_iter().map(|row| {
        let LookRow { sequence, at, who, office, looked_at, case, reason, shown, odd } = row;
        let case = case.unwrap_or_else(|| words.t("staff_look_no_case").to_owned());
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
                <td>{reason}</td>
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
