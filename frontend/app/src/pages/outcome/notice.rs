//! What a notice says, in a language: its page and its document are both made of this.

use domain::{
    Locale,
    request::{Outcome, OutcomeDocument, OutcomeKind, outcome_documents},
};
use service_api::{Portal, RequestView};

use crate::{
    components::{department_words, service_title},
    format,
    words::Words,
};

/// A notice in words.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What it is called.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Its day, in words.
    pub date: String,
    /// The office that gives it.
    pub office: String,
    /// That it is a translation, where it is.
    pub binding: Option<String>,
    /// What identifies it.
    pub rows: Vec<[String; 2]>,
    /// What became of the application, in a sentence.
    pub says: String,
    /// All that is missing, with its heading.
    pub missing: Option<(String, Vec<String>)>,
    /// By when it is to be there.
    pub deadline: Option<String>,
    /// What follows from it, and how to hand it in.
    pub then: Vec<String>,
    /// Why, with its heading.
    pub reasons: Option<(String, String)>,
    /// What the department says beside it, with its heading.
    pub note: Option<(String, String)>,
    /// What can be done against it, with its heading.
    pub remedy: Option<(String, Vec<String>)>,
    /// What it rests on.
    pub basis: String,
    /// What the place for the seal is called, and what is to be known of it; none where the seal stands on another text.
    pub seal: Option<[String; 2]>,
}

/// The key of what a notice of this kind is called.
pub(crate) fn title_key(kind: OutcomeKind) -> String {
    format!("outcome_title_{}", kind.name())
}

/// The notice of an event of a request; `None` where that event said no outcome. What was said and when decides what
/// it says, however often it is read; what the office and the service are called is as the portal calls them today.
#[must_use]
pub fn notice(
    locale: Locale,
    portal: &dyn Portal,
    request: &RequestView,
    event: u32,
) -> Option<Notice> {
    let words = Words(locale);
    let documents = outcome_documents(&request.number, &request.events);
    let at = documents.iter().position(|document| document.event.sequence == event)?;
    let (before, document) = (&documents[..at], &documents[at]);
    let (kind, said) = (document.outcome.kind(), document.date());
    let day = |day| format::date(locale, day);
    let office = portal.office(document.department()).map(|name| words.pick(name));
    let office =
        office.unwrap_or_else(|| department_words(words, document.department()).to_owned());
    let submitted = day(domain::clock::china_date(request.submitted_at));
    let item = service_title(words, &request.item);
    let values = [("submitted", submitted.as_str()), ("item", &item)];
    let row = |key: &str, value: String| [words.t(key).to_owned(), value];
    let (number, date) = (document.number(), day(said));
    Some(Notice {
        title: words.t(&title_key(kind)).to_owned(),
        binding: (locale != Locale::Zh).then(|| {
            let title = Words(Locale::Zh).t(&title_key(kind));
            words.fill("outcome_binding", &[("title", title)])
        }),
        rows: vec![
            row("outcome_number", number.clone()),
            row("outcome_date", date.clone()),
            row("outcome_office", office.clone()),
            row("open_number", request.number.to_string()),
            row("receipt_place", request.code.grouped()),
        ],
        number,
        date,
        office,
        says: words.fill(&format!("outcome_says_{}", kind.name()), &values),
        missing: document.outcome.missing().map(|(materials, _)| {
            let n = materials.len().to_string();
            (words.fill("outcome_list", &[("n", &n)]), materials.to_vec())
        }),
        deadline: deadline(words, document),
        then: then(words, document, before),
        reasons: document
            .outcome
            .reasons()
            .map(|reasons| (words.t("outcome_reasons").to_owned(), reasons.to_owned())),
        note: document.event.note.clone().map(|note| (words.t("outcome_note").to_owned(), note)),
        remedy: kind.ends().then(|| {
            let keys = ["outcome_remedy_review", "outcome_remedy_court", "outcome_remedy_first"];
            let lines = keys.map(|key| words.cited(key, said));
            (words.t("outcome_remedy").to_owned(), lines.to_vec())
        }),
        basis: words.cited("outcome_basis", said),
        seal: Some([words.t("outcome_seal"), words.t("outcome_seal_text")].map(str::to_owned)),
    })
}

fn deadline(words: Words, document: &OutcomeDocument<'_>) -> Option<String> {
    let (_, deadline) = document.outcome.missing()?;
    let day = |day| format::date(words.0, day);
    let days = deadline.working_days.map(|days| days.to_string());
    Some(match (days, deadline.until.map(day)) {
        (Some(days), Some(date)) => words.fill("outcome_days", &[("days", &days), ("date", &date)]),
        (None, Some(date)) => words.fill("outcome_until", &[("date", &date)]),
        (days, None) => {
            let (days, said) = (days.unwrap_or_default(), day(document.date()));
            words.fill("outcome_days_unknown", &[("days", &days), ("said", &said)])
        }
    })
}

/// What follows from a notice; `before` are those that were given before it.
fn then(
    words: Words,
    document: &OutcomeDocument<'_>,
    before: &[OutcomeDocument<'_>],
) -> Vec<String> {
    let own = |key: &str| words.t(key).to_owned();
    match document.outcome {
        Outcome::AcceptedWithGaps { .. } => vec![own("outcome_then_gaps"), own("outcome_how")],
        Outcome::SupplementAsked { .. } => {
            let n = document.time.to_string();
            let again = document.asks_again().then(|| words.fill("outcome_again", &[("n", &n)]));
            let all = [own("outcome_then_supplement"), own("outcome_how")];
            all.into_iter().chain(again).collect()
        }
        Outcome::DeemedWithdrawn {} => {
            let asked = before
                .iter()
                .rev()
                .find_map(|it| Some((it.number(), it.outcome.missing()?.1.until)));
            let missed = asked.map(|(number, until)| match until {
                Some(until) => {
                    let date = format::date(words.0, until);
                    words.fill("outcome_missed", &[("number", &number), ("date", &date)])
                }
                None => words.fill("outcome_missed_unknown", &[("number", &number)]),
            });
            missed.into_iter().collect()
        }
        _ => Vec::new(),
    }
}
