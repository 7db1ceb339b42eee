//! The services through the API: what can be asked for, and what each form wants (rule S1).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{
    Locale, Localized,
    attachment::Budget,
    clock::china_date,
    law::LegalText,
    service::{
        Aim, Attachments, Days, Ground, Group, InputKind, Material, Question, ServiceItem, When,
        services,
    },
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::paths::SERVICES;
use crate::{problem::Problem, state::AppState};

/// A service with its guide and its form. Texts are objects with `zh` and `en`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Service {
    /// What `item` of a request names.
    id: &'static str,
    /// Title.
    #[schema(value_type = Object)]
    title: &'static Localized,
    /// What it is for.
    #[schema(value_type = Object)]
    summary: &'static Localized,
    /// What people come for: `know`, `register`, `build`, `village`, `report` or `other`.
    #[schema(value_type = String)]
    aim: Aim,
    /// The places that it is for, by the letters of their codes: `building`, `construction`, `homestead`,
    /// `farmland`, `collective`, `sea`, `open`; all of them where none is named.
    #[schema(value_type = Vec<String>)]
    fits: &'static [Ground],
    /// Whether several must come to the counter for it; a request is that of one of them.
    joint: bool,
    /// Who may ask.
    #[schema(value_type = Object)]
    who: &'static Localized,
    /// What to have at hand: `later` may follow after the request, `shared` the department gets itself.
    #[schema(value_type = Vec<Object>)]
    materials: &'static [Material],
    /// What of it is done online.
    #[schema(value_type = Object)]
    online: &'static Localized,
    /// What of it is done at a counter, or can be.
    #[schema(value_type = Object)]
    counter: &'static Localized,
    /// What happens after submission, in order.
    #[schema(value_type = Vec<Object>)]
    steps: &'static [Localized],
    /// The legal basis, by name and article, as the law stands today.
    #[schema(value_type = Object)]
    basis: Localized,
    /// The time that the law allows.
    #[schema(value_type = Object)]
    statutory_time: Localized,
    /// The time that the department promises; empty where none was published.
    #[schema(value_type = Object)]
    promised_time: Localized,
    /// What it costs.
    #[schema(value_type = Object)]
    fee: Localized,
    /// The department that acts.
    #[schema(value_type = Object)]
    department: Localized,
    /// Whether it can be asked for at codes that have ended too.
    for_ended: bool,
    /// The files that can be handed in with it; `null`: none.
    attachments: Option<FilesTaken>,
    /// What `answers` of a request answer, by name.
    questions: Vec<FormQuestion>,
    /// What is asked of each of several, by name.
    groups: Vec<FormGroup>,
}

/// The files that can go with a request: JPEG, PNG, WebP and PDF, brought by `upload`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilesTaken {
    /// How many.
    most: usize,
    /// Largest file, bytes.
    file_bytes: u64,
    /// All of them together, bytes.
    request_bytes: u64,
    /// What they are to show.
    #[schema(value_type = Object)]
    what: &'static Localized,
}

impl FilesTaken {
    fn of(files: &'static Attachments, budget: &Budget) -> Self {
        let Budget { file_bytes, request_bytes, .. } = *budget;
        Self { most: files.most, file_bytes, request_bytes, what: &files.what }
    }
}

/// A question of a form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormQuestion {
    /// Its name in `answers`.
    name: &'static str,
    /// What it takes: `line`, `paragraph`, `choice`, `phone`, `email`, `date`, or `consent`, which is
    /// given by `yes`.
    #[schema(value_type = String)]
    kind: InputKind,
    /// The question.
    #[schema(value_type = Object)]
    label: &'static Localized,
    /// A line of help.
    #[schema(value_type = Object)]
    hint: Localized,
    /// Whether it must be answered, where it is asked.
    required: bool,
    /// After which answers it is asked: `question` names a `choice` before it, `is` its values. An answer
    /// to what is not asked is refused. `null`: it is asked of everybody.
    #[schema(value_type = Option<Object>)]
    when: Option<&'static When>,
    /// Which days can be meant, from the day on which it is handed in: 0 is that day. `null`: any.
    #[schema(value_type = Option<Object>)]
    days: Option<Days>,
    /// Longest answer, characters.
    max_length: usize,
    /// What can be chosen; empty unless it is a `choice`.
    options: Vec<Choice>,
    /// Whether it tells who the applicant is.
    personal: bool,
}

/// Questions that are asked of each of several. In `answers` it is a list, with an object of texts for each.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormGroup {
    /// Its name in `answers`.
    name: &'static str,
    /// What one of them is.
    #[schema(value_type = Object)]
    label: &'static Localized,
    /// A line of help.
    #[schema(value_type = Object)]
    hint: Localized,
    /// How many must be named.
    min: usize,
    /// How many can be.
    max: usize,
    /// After which answers it is asked; `null`: always.
    #[schema(value_type = Option<Object>)]
    when: Option<&'static When>,
    /// What is asked of each.
    questions: Vec<FormQuestion>,
}

impl FormGroup {
    fn of(group: &'static Group, today: Date) -> Self {
        let questions = group.question.iter();
        Self {
            name: &group.name,
            label: &group.label,
            hint: on(&group.hint, today),
            min: group.min,
            max: group.max,
            when: group.when.as_ref(),
            questions: questions.map(|each| FormQuestion::of(each, today)).collect(),
        }
    }
}

/// An answer that can be chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Choice {
    /// What is sent.
    value: &'static str,
    /// What it means.
    #[schema(value_type = Object)]
    label: &'static Localized,
}

fn on(text: &LegalText, today: Date) -> Localized {
    Localized { zh: text.get(Locale::Zh, today), en: text.get(Locale::En, today) }
}

impl Service {
    fn of(item: &'static ServiceItem, department: Localized, budget: &Budget, today: Date) -> Self {
        Self {
            id: &item.id,
            title: &item.title,
            summary: &item.summary,
            aim: item.aim,
            fits: &item.fits,
            joint: item.joint,
            who: &item.who,
            materials: &item.materials,
            online: &item.online,
            counter: &item.counter,
            steps: &item.steps,
            basis: on(&item.basis, today),
            statutory_time: on(&item.statutory_time, today),
            promised_time: on(&item.promised_time, today),
            fee: on(&item.fee, today),
            department,
            for_ended: item.for_ended,
            attachments: item.attachments.as_ref().map(|files| FilesTaken::of(files, budget)),
            questions: item
                .question
                .iter()
                .filter(|each| each.of.is_none())
                .map(|each| FormQuestion::of(each, today))
                .collect(),
            groups: item.group.iter().map(|each| FormGroup::of(each, today)).collect(),
        }
    }
}

impl FormQuestion {
    fn of(question: &'static Question, today: Date) -> Self {
        let options = question.options.iter();
        Self {
            name: &question.name,
            kind: question.kind,
            label: &question.label,
            hint: on(&question.hint, today),
            required: question.required,
            when: question.when.as_ref(),
            days: question.days,
            max_length: question.max_length,
            options: options
                .map(|each| Choice { value: &each.value, label: &each.label })
                .collect(),
            personal: question.personal,
        }
    }
}

/// The services that can be asked for here, each with its guide and the questions of its form.
#[utoipa::path(
    get, path = SERVICES, operation_id = "services", tag = "requests",
    responses(
        (status = 200, description = "In the order in which people see them", body = Vec<Service>),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn list(State(state): State<AppState>) -> Response {
    let today = china_date(state.clock.now());
    let service = |item: &'static ServiceItem| {
        let department = state.department_name(&item.department);
        Service::of(item, department, state.files.budget(), today)
    };
    let offered = services().iter().filter(|item| state.portal.offers(item));
    Json(offered.map(service).collect::<Vec<_>>()).into_response()
}
