//! Handing in a report as an Open311 client: read from its form, and taken by the one way that requests are
//! taken ([`service::submission::Reception::submit`]).

use axum::http::{HeaderMap, StatusCode};
use domain::{
    clock::china_date,
    digest::hex_digest,
    request::Channel,
    service::{Answers, FieldFault, InputKind, Question, ServiceItem},
};
use service::submission::{Given, NotKept, Quota, is_key};
use service_api::Visit;

use super::{
    format::{Part, Refused},
    place, service_id, services,
};
use crate::{
    form_body::Form, limits::Hand, security::visitor::Visitor, security_event::Event,
    state::AppState,
};

/// What is not kept of a report, said with each.
const NOTICE: &str = "Keep service_request_id like a password: it alone opens the report. Of the place only the parcel is kept. 请妥善保管service_request_id，凭它查询进度；地点只保存到宗地。";

/// Parameters that are taken in the place of an attribute, by what browsers call the same.
const CONTACTS: [(&str, &str); 2] = [("phone", "tel"), ("email", "email")];

/// Takes a report. The answer, and whether it is a new one.
///
/// # Errors
/// [`Refused`]; nothing was kept.
pub(super) async fn take(
    state: &AppState,
    visitor: &Visitor,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(StatusCode, Part), Refused> {
    let client = client(state, visitor, form)?;
    let code = form.get("service_code").map_or("", |text| text.trim());
    if code.is_empty() {
        return Err(Refused::bad("service_code is missing."));
    }
    let item = services::service_of(state, code)?;
    let answers = answers(item, form)?;
    // Before anybody looks for a place, which is counted.
    item.check(&answers, china_date(state.clock.now())).map_err(|faults| faulty(&faults))?;
    let place = place::of(state, visitor, form).await?;
    let key =
        state.receipts.client_key(&format!("open311 {client}"), &own_key(state, headers, form));
    let given = Given {
        item,
        code: place,
        answers: &answers,
        seen: "",
        key: &key,
        channel: Channel::Applicant,
        assisted: None,
        knows_of_end: true,
        asks: None,
        attachments: &[],
    };
    let quota = OfClient { state, client, visitor, headers };
    let kept = state.reception().submit(&visitor.visit, given, &quota).await;
    let kept = kept.map_err(|why| not_kept(state, visitor, why))?;
    let id = service_id(&kept.number, &state.receipts.secret(&kept.number));
    let mut notice = NOTICE.to_owned();
    if form.contains_key("media_url") {
        notice.push_str(" media_url was not kept. 图片地址没有保存。");
    }
    let answer = Part::Fields(vec![
        ("service_request_id", Part::Text(id)),
        ("service_notice", Part::Text(notice)),
        ("account_id", Part::Missing),
    ]);
    let status = if kept.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Part::Several("request", vec![answer])))
}

/// The client whose key came. A wrong one is written down, and counts as a forged word does.
fn client<'s>(state: &'s AppState, visitor: &Visitor, form: &Form) -> Result<&'s str, Refused> {
    let config = super::config(state)?;
    super::of_here(config, form.get("jurisdiction_id").map(String::as_str))?;
    let given = form.get("api_key").map_or("", String::as_str);
    if let Some(client) = config.client(given) {
        return Ok(client);
    }
    if !given.is_empty() {
        visitor.note(state, Event::WrongApiKey);
    }
    state.limits.forged(visitor.visit.client).map_err(Refused::too_often)?;
    Err(Refused::forbidden("api_key is missing or not valid."))
}

/// What is answered to the questions of a service: `attribute[name]`, and what Open311 has fields of its own for.
///
/// # Errors
/// [`Refused`] names attributes that the service does not have: nothing is dropped in silence.
fn answers(item: &'static ServiceItem, form: &Form) -> Result<Answers, Refused> {
    let mut answers = Answers::new();
    let mut unknown = Vec::new();
    for (name, text) in form {
        let Some(rest) = name.strip_prefix("attribute[") else { continue };
        let name = rest.trim_end_matches("[]").trim_end_matches(']');
        match item.question(name) {
            Some(_) => drop(answers.insert(name.to_owned(), text.clone())),
            None => unknown.push(format!("attribute[{name}]: the service has no such attribute.")),
        }
    }
    if !unknown.is_empty() {
        return Err(Refused { descriptions: unknown, ..Refused::bad("") });
    }
    let given = |name: &str| super::given(form, name);
    let mut fill = |question: Option<&'static Question>, text: Option<String>| {
        if let (Some(question), Some(text)) = (question, text) {
            answers.entry(question.name.clone()).or_insert(text);
        }
    };
    let mut questions = item.question.iter();
    let told = questions.find(|each| each.kind == InputKind::Paragraph && each.required);
    fill(told, given("description").map(str::to_owned));
    let by =
        |token: &str| item.question.iter().find(|each| each.autocomplete.as_deref() == Some(token));
    for (name, token) in CONTACTS {
        fill(by(token), given(name).map(str::to_owned));
    }
    // As names are written here: the family name first.
    let names: Vec<&str> =
        [given("last_name"), given("first_name")].into_iter().flatten().collect();
    fill(by("name"), (!names.is_empty()).then(|| names.join(" ")));
    Ok(answers)
}

fn faulty(faults: &[FieldFault]) -> Refused {
    let said = faults.iter().map(|FieldFault { field, fault }| {
        let kind = serde_json::to_value(fault).ok();
        let kind = kind.as_ref().and_then(|fault| fault["kind"].as_str());
        let kind = kind.unwrap_or("not_right").replace('_', " ");
        format!("attribute[{field}]: {kind}.")
    });
    Refused { descriptions: said.collect(), ..Refused::bad("") }
}

/// What makes a report the same as one before: the key that its client sent with it, or all that is in it, on one
/// day, of a person whom the client names (`device_id`, `account_id`). Whoever lost an answer sends the same again.
fn own_key(state: &AppState, headers: &HeaderMap, form: &Form) -> String {
    let sent = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    if let Some(key) = sent.filter(|key| is_key(key)) {
        return key.to_owned();
    }
    // The same words of two people are two reports.
    if !form.contains_key("device_id") && !form.contains_key("account_id") {
        return state.draw_token(18);
    }
    let told: Vec<_> = form.iter().filter(|(name, _)| *name != "api_key").collect();
    let day = china_date(state.clock.now());
    hex_digest(serde_json::json!([day, told]).to_string().as_bytes())
}

/// What a client may hand in: as much as somebody who proved who they are, wherever it sends from.
struct OfClient<'s> {
    state: &'s AppState,
    client: &'s str,
    visitor: &'s Visitor,
    headers: &'s HeaderMap,
}

impl Quota for OfClient<'_> {
    fn count(&self, visit: &Visit) -> Result<(), u64> {
        let Self { state, client, visitor, headers } = self;
        let subject = format!("open311 {client}");
        let counted = state.limits.submission(Some(&subject), Hand::of(visit.client, headers));
        if counted.is_err() {
            visitor.note_too_often(state, "submission");
        }
        counted
    }
}

fn not_kept(state: &AppState, visitor: &Visitor, why: NotKept) -> Refused {
    match why {
        NotKept::Refused(refusal) => {
            place::refused(state, visitor, &refusal, "There is no such place that may be shown.")
        }
        NotKept::NotOffered => Refused::not_found("service_code: there is no such service here."),
        NotKept::Faults(faults) => faulty(&faults),
        NotKept::Asks(error) => Refused::bad(error.to_string()),
        NotKept::KeyReused(_) | NotKept::AskedBefore(_) => {
            Refused::bad("The idempotency key came with another report before.")
        }
        NotKept::Ended(_) => Refused::bad(
            "The code has ended, and this service is about land as it is: send a code in force.",
        ),
        // None came with it.
        NotKept::Files(_) => Refused::bad("Files are not taken here."),
        NotKept::TooOften { retry_after } => Refused::too_often(retry_after),
    }
}
