//! The services that Open311 offers, and the questions of each.

use domain::{
    Localized,
    service::{Aim, InputKind, Question, ServiceItem, When, services},
};

use super::format::{Part, Refused};
use crate::state::AppState;

/// The services of the catalogue by which something is reported: whoever does so need not prove who they are.
/// One that is not offered here is left out.
pub(super) fn offered(state: &AppState) -> impl Iterator<Item = &'static ServiceItem> + '_ {
    // Open311 has no lists: what asks something of each of several is not offered there.
    let fits = |item: &&ServiceItem| item.aim == Aim::Report && item.group.is_empty();
    services().iter().filter(fits).filter(|item| state.portal.offers(item))
}

/// The service of a code.
///
/// # Errors
/// As the specification has it: 404 where there is none.
pub(super) fn service_of(state: &AppState, code: &str) -> Result<&'static ServiceItem, Refused> {
    let found = offered(state).find(|item| item.id == code);
    found.ok_or_else(|| Refused::not_found("service_code: there is no such service here."))
}

/// Both languages: Open311 has no way to ask for one.
pub(super) fn both(text: &Localized) -> String {
    if text.zh == text.en { text.zh.clone() } else { format!("{} · {}", text.zh, text.en) }
}

/// The list of services.
pub(super) fn list(state: &AppState) -> Part {
    let service = |item: &'static ServiceItem| {
        Part::Fields(vec![
            ("service_code", Part::text(&item.id)),
            ("service_name", Part::text(both(&item.title))),
            ("description", Part::text(both(&item.summary))),
            ("metadata", Part::Flag(true)),
            ("type", Part::text("realtime")),
            ("keywords", Part::Missing),
            ("group", Part::text(both(&state.department_name(&item.department)))),
        ])
    };
    Part::Several("service", offered(state).map(service).collect())
}

/// The questions of a service.
pub(super) fn definition(item: &'static ServiceItem) -> Part {
    let attributes = (1..).zip(&item.question).map(|(order, question)| attribute(order, question));
    Part::Fields(vec![
        ("service_code", Part::text(&item.id)),
        ("attributes", Part::Several("attribute", attributes.collect())),
    ])
}

fn attribute(order: u32, question: &'static Question) -> Part {
    let (kind, values) = match question.kind {
        InputKind::Choice => {
            let values = question.options.iter();
            ("singlevaluelist", values.map(|each| value(&each.value, both(&each.label))).collect())
        }
        // A box to tick has one value; what is ticked is said in the description.
        InputKind::Consent => {
            ("singlevaluelist", vec![value("yes", both(&Localized::new("同意", "I agree")))])
        }
        InputKind::Paragraph => ("text", Vec::new()),
        // `datetime` has a time of day, which is not asked for.
        InputKind::Line | InputKind::Phone | InputKind::Email | InputKind::Date => {
            ("string", Vec::new())
        }
    };
    let form = match question.kind {
        InputKind::Date => "YYYY-MM-DD",
        _ => "",
    };
    // What is asked after some answers only can be required there only.
    let required = question.required && question.when.is_none();
    Part::Fields(vec![
        ("variable", Part::Flag(true)),
        ("code", Part::text(&question.name)),
        ("datatype", Part::text(kind)),
        ("required", Part::Flag(required)),
        ("datatype_description", Part::text_or_missing(conditions(question, form))),
        ("order", Part::Number(order)),
        ("description", Part::text(both(&question.label))),
        ("values", Part::Several("value", values)),
    ])
}

fn value(key: &str, name: String) -> Part {
    Part::Fields(vec![("key", Part::text(key)), ("name", Part::Text(name))])
}

/// The form of the answer, and after which answers it is asked: the specification has no conditions, so they are
/// said in words.
fn conditions(question: &Question, form: &str) -> Option<String> {
    let asked = question.when.as_ref().map(|When { question: named, is }| {
        let must = if question.required { "required" } else { "taken" };
        format!("{must} only where `{named}` is one of: {}", is.join(", "))
    });
    let form = Some(form.to_owned()).filter(|form| !form.is_empty());
    let said: Vec<String> = [form, asked].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join("; "))
}
