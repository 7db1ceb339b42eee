//! The clerk's side: the inbox, and its buttons. Whoever reaches the address is the clerk, so no page
//! of another site may press a button, nor read what is here under a name of its own.

use axum::{
    Form, Json, Router,
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    Locale,
    clock::china_date,
    reference::{LONGEST_NOTE, LONGEST_REFERENCE},
    text::{fault_of_paragraph, fault_of_reference, trimmed, with_line_feeds},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    Department, DepartmentError,
    action::Action,
    case::{Case, Inbox},
    facts::{self, FIELD, TypedFacts},
    inbox::{self, Page, Typed},
    texts::Texts,
    word::{Outcome, Said, Word},
};

const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// The portal's own look, and what the inbox has beside it.
const STYLE: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/base.css"),
    include_str!("../../../style/components/button.css"),
    include_str!("../../../style/components/banner.css"),
    include_str!("../../../style/components/search.css"),
    include_str!("../../../style/components/facts.css"),
    include_str!("../../../style/components/form.css"),
    include_str!("inbox.css"),
);

/// `GET /inbox`, `GET /inbox.json`, `GET /inbox.css`, `POST /inbox/words`, `POST /inbox/words/again`.
#[expect(clippy::disallowed_methods, reason = "no part of the portal: a department of its own")]
pub(crate) fn routes() -> Router<Department> {
    Router::new()
        .route("/inbox", get(page))
        .route("/inbox.json", get(list))
        .route("/inbox.css", get(style))
        .route("/inbox/words", post(say))
        .route("/inbox/words/again", post(say_again))
        .layer(middleware::from_fn(own_pages_only))
}

/// The language of a page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Language {
    lang: String,
}

impl Language {
    fn locale(&self) -> Locale {
        Locale::from_name(&self.lang).unwrap_or_default()
    }
}

/// What the form of a request sends; the fields of its answer are not there when it is sent again.
#[derive(Debug, Default)]
struct Answer {
    request: String,
    department: String,
    number: u32,
    lang: String,
    action: String,
    note: String,
    reference: String,
    days: String,
    facts: TypedFacts,
}

/// The fields of a form, in their order.
type Fields = Vec<(String, String)>;

impl Answer {
    /// What is not there is empty; a number that does not read is none that was given.
    fn of(fields: Fields) -> Self {
        let mut answer = Self::default();
        for (name, text) in fields {
            match name.as_str() {
                "request" => answer.request = text,
                "department" => answer.department = text,
                "number" => answer.number = text.parse().unwrap_or_default(),
                "lang" => answer.lang = text,
                "action" => answer.action = text,
                "note" => answer.note = text,
                "reference" => answer.reference = text,
                "working_days" => answer.days = text,
                name => {
                    let fact = name.strip_prefix(FIELD).map(str::to_owned);
                    answer.facts.extend(fact.map(|fact| (fact, text)));
                }
            }
        }
        answer
    }

    fn locale(&self) -> Locale {
        Locale::from_name(&self.lang).unwrap_or_default()
    }

    /// The page with the request of this answer before one's eyes.
    fn back(&self) -> Response {
        let address = inbox::address(self.locale());
        let anchor = inbox::anchor(&self.request, &self.department);
        Redirect::to(&format!("{address}#{anchor}")).into_response()
    }
}

/// Refuses what no page of this inbox asked for. A host is an address or `localhost`: under a name
/// another site could read the page as its own (DNS rebinding). A button is pressed on our own page.
async fn own_pages_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST).unwrap_or_default();
    let pressed_elsewhere = !request.method().is_safe() && !is_own(headers, host);
    if is_address(host) && !pressed_elsewhere {
        return next.run(request).await;
    }
    let texts = Texts::of(Locale::Zh);
    let (zh, en) = (texts, Texts::of(Locale::En));
    let body = html! {
        h2 { (zh.foreign) }
        p { (zh.foreign_text) }
        p lang="en" { (en.foreign_text) }
        p { a href=(inbox::address(Locale::Zh)) { (zh.back) } }
    };
    answer(StatusCode::FORBIDDEN, inbox::document(Locale::Zh, &body))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether browsers say that a page of this very inbox sent a form. One that says nothing is none.
fn is_own(headers: &HeaderMap, host: &str) -> bool {
    text(headers, header::ORIGIN) == Some(&*format!("http://{host}"))
}

fn is_address(host: &str) -> bool {
    let uri = host.parse::<Uri>().ok();
    let name = uri.as_ref().and_then(Uri::host).unwrap_or_default().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok()
}

async fn page(
    State(department): State<Department>,
    Query(language): Query<Language>,
) -> Result<Response, DepartmentError> {
    let inbox = inbox_of(&department).await?;
    let page = department.page(language.locale(), None);
    Ok(answer(StatusCode::OK, page.inbox(&inbox)))
}

async fn list(State(department): State<Department>) -> Result<Response, DepartmentError> {
    let list = Json(inbox::list(&department.ledger.all().await?));
    Ok(([(header::CACHE_CONTROL, "no-store")], list).into_response())
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// A button was pressed: what is said is kept, signed, sent, and its answer kept.
async fn say(
    State(department): State<Department>,
    Form(given): Form<Fields>,
) -> Result<Response, DepartmentError> {
    let given = Answer::of(given);
    let texts = Texts::of(given.locale());
    let inbox = inbox_of(&department).await?;
    let Some(case) = inbox.into_case(&given.request, &given.department) else {
        return Ok(gone(given.locale()));
    };
    let word = match word_of(&given, &case, department.clock.now(), texts) {
        Ok(word) => word,
        Err(fault) => return not_sent(&department, given, fault).await,
    };
    match department.ledger.say(word.clone()).await? {
        Said::Now => send(&department, word).await?,
        Said::Before => {}
        Said::Overtaken => return not_sent(&department, given, texts.stale).await,
    }
    Ok(given.back())
}

/// The same word again, under the same id: the portal takes it once.
async fn say_again(
    State(department): State<Department>,
    Form(given): Form<Fields>,
) -> Result<Response, DepartmentError> {
    let given = Answer::of(given);
    let inbox = inbox_of(&department).await?;
    let Some(case) = inbox.into_case(&given.request, &given.department) else {
        return Ok(gone(given.locale()));
    };
    if let Some(word) = case.unanswered().filter(|word| word.number == given.number) {
        send(&department, word.clone()).await?;
    }
    Ok(given.back())
}

impl Department {
    /// A page of the inbox, as of now.
    fn page(&self, locale: Locale, typed: Option<Typed>) -> Page<'_> {
        Page { locale, portal: &self.callback, typed, today: china_date(self.clock.now()) }
    }
}

async fn inbox_of(department: &Department) -> Result<Inbox, DepartmentError> {
    let (received, words) = (department.ledger.all().await?, department.ledger.words().await?);
    Ok(Inbox::of(received, words))
}

async fn send(department: &Department, word: Word) -> Result<(), DepartmentError> {
    let Department { callback, secret, clock, ledger, .. } = department;
    let outcome = callback.send(&word, secret, &**clock).await;
    ledger.answered(word, outcome).await
}

/// What is to be said, as the portal takes it; otherwise what is wrong with it.
fn word_of(
    given: &Answer,
    case: &Case,
    now: jiff::Timestamp,
    texts: &Texts,
) -> Result<Word, &'static str> {
    let text = |typed: &str| {
        let text = trimmed(&with_line_feeds(typed)).to_owned();
        (!text.is_empty()).then_some(text)
    };
    let (mut note, reference) = (text(&given.note), text(&given.reference));
    let is_longer = |text: &Option<String>, most: usize| {
        text.as_ref().is_some_and(|text| text.chars().count() > most)
    };
    if is_longer(&note, LONGEST_NOTE) {
        return Err(texts.note_long);
    }
    if is_longer(&reference, LONGEST_REFERENCE) {
        return Err(texts.reference_long);
    }
    if note.as_deref().is_some_and(|note| fault_of_paragraph(note).is_some())
        || reference.as_deref().is_some_and(|text| fault_of_reference(text).is_some())
    {
        return Err(texts.not_text);
    }
    let asks = case.asked.as_ref().and_then(|asked| asked.submission.asks.as_ref());
    let facts = asks.map(|asks| facts::said(asks, &given.facts)).unwrap_or_default();
    if asks.is_some_and(|asks| asks.check(&facts).is_err()) {
        return Err(texts.facts_wrong);
    }
    // A form that was sent twice names a word that is kept already; what it says decides then.
    let stands = case.words.iter().find(|word| word.number == given.number);
    let open = case.open(china_date(now));
    let action = Action::from_name(&given.action)
        .filter(|action| stands.is_some() || open.contains(action))
        .filter(|_| stands.is_some() || given.number == case.next())
        .ok_or(texts.stale)?;
    if action.needs_note() && note.is_none() {
        return Err(texts.note_missing);
    }
    // Of what had a result the result is corrected: it is no application any more.
    let formal = action
        .formal(note.as_deref().unwrap_or_default(), given.days.trim().parse().ok())
        .filter(|_| match stands {
            Some(word) => word.formal.is_some(),
            None => !case.stands().is_ended(),
        });
    if formal.as_ref().is_some_and(|formal| formal.clone().sound().is_err()) {
        return Err(texts.days_missing);
    }
    match action {
        Action::Accept if note.is_none() => note = Some(texts.accepted.to_owned()),
        Action::Accept => {}
        // What is missing, or why, stands in the notice itself.
        _ if formal.is_some() => note = None,
        _ => {}
    }
    // A form that was sent twice says again what it said.
    let reopening = match stands {
        Some(word) => word.reopening,
        None => case.reopening().map(|asked| asked.asked_at),
    };
    Ok(Word {
        request: case.number.clone(),
        department: case.department.clone(),
        number: given.number,
        state: stands.map_or_else(|| action.state(case.stands()), |word| action.state(word.state)),
        note,
        reference,
        facts,
        formal,
        reopening,
        at: now,
        outcome: Outcome::Unanswered { why: String::new() },
    })
}

/// The inbox again, with what was typed and what is wrong with it.
async fn not_sent(
    department: &Department,
    given: Answer,
    fault: &'static str,
) -> Result<Response, DepartmentError> {
    let inbox = inbox_of(department).await?;
    let locale = given.locale();
    let Answer { request: number, department: to, note, reference, days, facts, .. } = given;
    let typed = Some(Typed { number, department: to, note, reference, days, facts, fault });
    let page = department.page(locale, typed);
    Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, page.inbox(&inbox)))
}

fn gone(locale: Locale) -> Response {
    let texts = Texts::of(locale);
    let body = html! {
        h2 { (texts.gone) }
        p { (texts.gone_text) }
        p { a href=(inbox::address(locale)) { (texts.back) } }
    };
    answer(StatusCode::NOT_FOUND, inbox::document(locale, &body))
}

fn answer(status: StatusCode, page: Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Without any, browsers would not say that a form came from here.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page.into_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p6_a_host_is_an_address_or_localhost() {
        for own in ["127.0.0.1:3100", "localhost:3100", "LOCALHOST", "[::1]:3100", "192.168.1.5:80"]
        {
            assert!(is_address(own), "{own}");
        }
        for foreign in ["", "evil.example:3100", "127.0.0.1.evil.example", "localhost.evil.example"]
        {
            assert!(!is_address(foreign), "{foreign}");
        }
    }
}
