//! What can be seen here and why: plain sentences first, then the whole table.

use domain::{
    policy::{Cell, Column, Disclosure, Policy, Row, RuleStatus, Scope},
    viewer::Tier,
};
use leptos::prelude::*;

use crate::{
    components::{PageTitle, policy_title},
    current, format, urls,
    words::Words,
};

mod laws;

/// The page that explains the disclosure policies in use.
#[component]
pub fn PolicyPage() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("rules_title") about=words.t("rules_lead") />
        <div class="measure measure-wide">
            <h1>{words.t("rules_title")}</h1>
            <p class="lead">{words.t("rules_lead")}</p>
            <p>{words.t("rules_proof")}</p>
            <InUse />
            <p><a href=urls::PRIVACY>{words.t("rules_privacy")}</a></p>
        </div>
    }
    .into_any()
}

/// The policies of the data that are loaded; all of them while that cannot be told.
#[component]
fn InUse() -> AnyView {
    current::later(async move {
        let words = current::words();
        let Some(portal) = current::portal() else {
            return view! { <p>{words.t("about_data_unavailable")}</p> }.into_any();
        };
        let versions = portal.versions().await.unwrap_or_default();
        let mut used: Vec<(&Policy, Vec<String>)> = Vec::new();
        for version in &versions {
            let Some(policy) = portal.policies().governing(&version.dataset) else { continue };
            let title = words.pick(&version.dataset.title);
            match used.iter_mut().find(|(known, _)| *known == policy) {
                Some((_, titles)) => titles.push(title),
                None => used.push((policy, vec![title])),
            }
        }
        if used.is_empty() {
            used = portal.policies().iter().map(|policy| (policy, Vec::new())).collect();
        }
        used.into_iter()
            .enumerate()
            .map(|(at, (policy, titles))| explained(words, at, policy, &titles))
            .collect_view()
            .into_any()
    })
    .into_any()
}

fn explained(words: Words, at: usize, policy: &Policy, datasets: &[String]) -> AnyView {
    let title = policy_title(words, &policy.id);
    let title = if title == policy.id { words.pick(&policy.title) } else { title };
    let edition =
        words.fill("policy_edition", &[("policy", &title), ("version", policy.version.as_str())]);
    let heading = format!("policy-{at}");
    let labelled = heading.clone();
    let used_by = (!datasets.is_empty()).then(|| {
        words.fill("rules_used_by", &[("datasets", &datasets.join(words.t("list_comma")))])
    });
    let approved = match &policy.approval {
        _ if !approvals_hold(policy) => Some(words.t("rules_unapproved_here").to_owned()),
        Some((approver, date)) => {
            let (approver, date) = (words.pick(approver), format::date(words.0, *date));
            Some(words.fill("rules_approved", &[("approver", &approver), ("date", &date)]))
        }
        None => None,
    };
    let caption = words.fill("policy_table", &[("policy", &title)]);
    let label = caption.clone();
    view! {
        <section class="policy" aria-labelledby=labelled>
            <h2 id=heading>{edition}</h2>
            {used_by.map(|text| view! { <p>{text}</p> })}
            {approved.map(|text| view! { <p class="quiet">{text}</p> })}
            {(!policy.shows_places()).then(|| view! { <p class="prevails">{words.t("rules_nothing")}</p> })}
            {groups(words, policy)}
            {laws::laws(words, &policy.citations())}
            <p class="quiet">
                {words.fill("policy_grid", &[("n", &format::number(policy.grid_m, 1))])}
                " "
                {policy.base_map_grid_m.map(|grid| {
                    words.fill("policy_base_grid", &[("n", &format::number(grid, 1))])
                })}
            </p>
            <details class="basis policy-table">
                <summary>{words.t("policy_whole")}</summary>
                <p class="quiet">{words.t("rules_columns")}</p>
                <p class="hint scroll-hint">{words.t("policy_scroll")}</p>
                <div class="scroll" role="region" tabindex="0" aria-label=label>
                    {table(words, policy, caption)}
                </div>
            </details>
        </section>
    }
    .into_any()
}

/// Who is the first to see anything of a row, in the words of a heading.
fn group_of(policy: &Policy, row: &Row) -> &'static str {
    let first = Tier::ALL
        .into_iter()
        .map(|tier| (tier, policy.status(row.cell(Column::Tier(tier))).0))
        .find(|(_, rule)| !rule.is_closed());
    match first {
        Some((Tier::Public, Disclosure::Show)) => "rules_everybody",
        Some((Tier::Public, _)) => "rules_partly",
        Some((Tier::Registered, _)) => "rules_registered",
        Some((Tier::Interested, _)) => "rules_interested",
        Some((Tier::Holder, _)) => "rules_holder",
        Some((Tier::Staff, _)) => "rules_staff",
        None => "rules_never",
    }
}

/// The plain sentences: every row once, under the first who may see it.
fn groups(words: Words, policy: &Policy) -> AnyView {
    [
        "rules_everybody",
        "rules_partly",
        "rules_registered",
        "rules_interested",
        "rules_holder",
        "rules_staff",
        "rules_never",
    ]
    .into_iter()
    .filter_map(|group| {
        let mut reasons: Vec<Vec<&Row>> = Vec::new();
        for row in policy.rows().filter(|row| group_of(policy, row) == group) {
            match reasons.iter_mut().find(|rows| rows.iter().all(|it| it.source == row.source)) {
                Some(rows) => rows.push(row),
                None => reasons.push(vec![row]),
            }
        }
        let items: Vec<AnyView> = reasons.iter().map(|rows| item(words, policy, rows)).collect();
        (!items.is_empty()).then(|| {
            view! {
                <h3>{words.t(group)}</h3>
                <ul class="policy-list">{items}</ul>
            }
        })
    })
    .collect_view()
    .into_any()
}

/// The rows that have one reason, and the reason once.
fn item(words: Words, policy: &Policy, rows: &[&Row]) -> AnyView {
    let today = current::today();
    let named = rows.iter().enumerate().map(|(at, row)| {
        let public = row.cell(Column::Tier(Tier::Public));
        let note = row.note.as_ref().or(public.note.as_ref()).map(|note| note.get(words.0, today));
        let notes: Vec<String> = note.into_iter().chain(off(words, policy, public)).collect();
        let notes = (!notes.is_empty())
            .then(|| words.fill("rules_note", &[("note", &notes.join(words.t("list_semicolon")))]));
        let apart = (at > 0).then(|| words.t("list_semicolon"));
        view! { {apart} <strong>{words.pick(&row.title)}</strong> {notes} }
    });
    let reason = rows.first().map(|row| row.source.get(words.0, today));
    view! { <li>{named.collect_view()} <small class="beneath">{reason}</small></li> }.into_any()
}

/// Why a rule does not count, if it does not.
fn off(words: Words, policy: &Policy, cell: &Cell) -> Option<String> {
    let key = match policy.status(cell).1 {
        RuleStatus::InForce => return None,
        RuleStatus::SwitchedOff => "rules_off",
        RuleStatus::NotApproved => "rules_unapproved",
        RuleStatus::DemonstrationOnly => "rules_demonstration",
    };
    Some(words.t(key).to_owned())
}

fn table(words: Words, policy: &Policy, caption: String) -> AnyView {
    let heads = Column::ALL.map(|column| match column {
        Column::Tier(Tier::Public) => "tier_public",
        Column::Tier(Tier::Registered) => "tier_registered",
        Column::Tier(Tier::Interested) => "tier_interested",
        Column::Tier(Tier::Holder) => "tier_holder",
        Column::Tier(Tier::Staff) => "tier_staff",
        Column::Nobody => "tier_nobody",
    });
    let body = policy.rows().map(|row| table_row(words, policy, row)).collect_view();
    view! {
        <table class="table">
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{words.t("policy_number")}</th>
                    <th scope="col">{words.t("policy_field")}</th>
                    {heads.map(|key| view! { <th scope="col">{words.t(key)}</th> }).into_iter().collect_view()}
                    <th scope="col">{words.t("policy_source")}</th>
                    <th scope="col">{words.t("policy_approval")}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

fn table_row(words: Words, policy: &Policy, row: &Row) -> AnyView {
    let cells = row.cells().map(|(_, cell)| table_cell(words, policy, cell)).collect_view();
    view! {
        <tr>
            <td>{row.number}</td>
            <th scope="row">{words.pick(&row.title)}</th>
            {cells}
            <td class="policy-reason">{row.source.get(words.0, current::today())}</td>
            <td>{approvals(words, policy, row)}</td>
        </tr>
    }
    .into_any()
}

fn table_cell(words: Words, policy: &Policy, cell: &Cell) -> AnyView {
    let (rule, _) = policy.status(cell);
    let said: Vec<String> = off(words, policy, cell)
        .into_iter()
        .chain(cell.note.as_ref().map(|note| note.get(words.0, current::today())))
        .collect();
    let beneath = (!said.is_empty()).then(|| {
        view! { <small class="beneath">{said.join(words.t("list_semicolon"))}</small> }
    });
    view! { <td>{disclosure(words, rule)} {beneath}</td> }.into_any()
}

/// Whether the approvals in a table are of the data that it governs here. Whoever approved it for
/// the demonstration has approved nothing of a county's register.
fn approvals_hold(policy: &Policy) -> bool {
    policy.scope != Scope::Demonstration || policy.demonstration
}

/// Who took the decisions in a row and when; else who approved the table as a whole.
fn approvals(words: Words, policy: &Policy, row: &Row) -> String {
    if !approvals_hold(policy) {
        return words.t("rules_by_nobody").to_owned();
    }
    let public = row.cell(Column::Tier(Tier::Public));
    let decided = row.cells().map(|(_, cell)| cell).find(|cell| cell.needs_approval);
    match decided.unwrap_or(public) {
        Cell { approver: Some(approver), date: Some(date), .. } => words.fill(
            "rules_by",
            &[("approver", &words.pick(approver)), ("date", &format::date(words.0, *date))],
        ),
        _ => words.t("rules_by_nobody").to_owned(),
    }
}

fn disclosure(words: Words, rule: Disclosure) -> &'static str {
    words.t(&format!("disclosure_{}", rule.name()))
}
