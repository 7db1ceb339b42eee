//! The inbox as a page and as JSON.

use domain::{
    Locale,
    attachment::Attached,
    clock::CHINA,
    reference::{LONGEST_NOTE, LONGEST_REFERENCE},
    request::{DeliveryPayload, MaterialAtCounter, MessageKind, Outcome as Formal},
    service::{Answers, ServiceItem, service},
};
use jiff::{Timestamp, civil::Date};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    action::{Action, Time},
    callback::Callback,
    case::{Case, Inbox},
    facts::{self, TypedFacts},
    ledger::Received,
    texts::Texts,
    word::{Outcome, Word},
};

/// What a clerk typed into the form of a request that was not sent, and why it was not.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub number: String,
    pub department: String,
    pub note: String,
    pub reference: String,
    pub days: String,
    pub facts: TypedFacts,
    pub fault: &'static str,
}

/// A page of the inbox.
pub(crate) struct Page<'a> {
    pub locale: Locale,
    pub portal: &'a Callback,
    /// What comes back to a clerk whose answer was not sent.
    pub typed: Option<Typed>,
    /// The day on which it is looked at, in China.
    pub today: Date,
}

/// The address of the inbox in a language.
pub(crate) fn address(locale: Locale) -> String {
    match locale {
        Locale::Zh => "/inbox".to_owned(),
        Locale::En => "/inbox?lang=en".to_owned(),
    }
}

/// The id of a request's part of the page.
pub(crate) fn anchor(number: &str, department: &str) -> String {
    format!("{number}-{department}")
}

/// A page around `body`.
pub(crate) fn document(locale: Locale, body: &Markup) -> Markup {
    let texts = Texts::of(locale);
    let other = match locale {
        Locale::Zh => Locale::En,
        Locale::En => Locale::Zh,
    };
    html! {
        (DOCTYPE)
        html lang=(locale.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (texts.title) }
                link rel="stylesheet" href="/inbox.css";
            }
            body {
                main {
                    header.inbox-head {
                        h1 { (texts.title) }
                        a lang=(other.tag()) href=(address(other)) { (texts.other_language) }
                    }
                    p.banner.inbox-sample {
                        strong { (texts.sample) } " " (texts.sample_text)
                    }
                    (body)
                }
            }
        }
    }
}

impl Page<'_> {
    /// The inbox: requests, newest first.
    pub(crate) fn inbox(&self, inbox: &Inbox) -> Markup {
        let texts = Texts::of(self.locale);
        let count = inbox.cases.len() + inbox.strange.len();
        let body = html! {
            p {
                @if count == 0 { (texts.nothing) } @else { ((texts.count)(count)) }
                " " a href=(address(self.locale)) { (texts.refresh) }
            }
            @for case in &inbox.cases { (self.case(case)) }
            @for received in &inbox.strange { (self.strange(received)) }
        };
        document(self.locale, &body)
    }

    fn case(&self, case: &Case) -> Markup {
        let texts = Texts::of(self.locale);
        let item = case.asked.as_ref().and_then(|asked| service(&asked.submission.item));
        let title = match (item, &case.asked) {
            (Some(item), _) => item.title.get(self.locale),
            (None, Some(asked)) => &asked.submission.item,
            (None, None) => &case.number,
        };
        let anchor = anchor(&case.number, &case.department);
        html! {
            article.case id=(anchor) aria-labelledby={ "title-" (anchor) } {
                h2 id={ "title-" (anchor) } { (title) }
                p { span.tag.state { ((texts.state)(case.stands())) } }
                @if case.withdrawn_at.is_some() {
                    p.banner.banner-caution { strong { (texts.withdrawn_mark) } }
                } @else if let Some(asked) = case.reopening() {
                    p.banner.banner-caution { strong { (texts.reopening_mark) } }
                    p.reason { (asked.reason) }
                } @else if case.is_corrected() {
                    p.banner { (texts.corrected_mark) }
                }
                dl.terms { (self.facts(case)) }
                @if let Some(asked) = &case.asked { (self.asked(asked, item)) }
                (self.words(case))
                (self.form(case))
                (self.messages(case))
            }
        }
    }

    fn facts(&self, case: &Case) -> Markup {
        let texts = Texts::of(self.locale);
        let asked = case.asked.as_ref();
        let reference = case.messages.last().map(|message| message.reference.as_str());
        html! {
            (row(texts.number, &html! { code { (case.number) } }))
            @if let Some(reference) = reference {
                (row(texts.reference, &html! { code { (reference) } }))
            }
            @if let Some(asked) = asked {
                @let code = &asked.submission.code;
                @let place = self.portal.url(&domain::address::of_place(code));
                (row(texts.place, &html! { a href=(place) { code { (code.grouped()) } } }))
                (row(texts.submitted, &self.moment(asked.submitted_at)))
                @if let Some(at) = asked.corrected_at { (row(texts.corrected, &self.moment(at))) }
            }
            @if let Some(at) = case.withdrawn_at { (row(texts.withdrawn, &self.moment(at))) }
        }
    }

    /// What is asked, by the labels of the catalogue, and who asks.
    fn asked(&self, asked: &DeliveryPayload, item: Option<&ServiceItem>) -> Markup {
        let texts = Texts::of(self.locale);
        let submission = &asked.submission;
        let answers = |answers: &Answers| self.answers(answers, item);
        html! {
            h3 { (texts.matter) }
            dl.terms { (answers(&submission.answers)) }
            @if !submission.attachments.is_empty() {
                h3 { (texts.files) }
                ul { @for file in &submission.attachments { li { (self.file(file)) } } }
            }
            @if let Some(assisted) = &submission.assisted { (self.materials(&assisted.materials)) }
            h3 { (texts.applicant) }
            dl.terms {
                (answers(&submission.applicant))
                (row(texts.channel_title, &html! { ((texts.channel)(submission.channel)) }))
                (row(texts.version, &html! { code { (submission.data_version) } }))
            }
        }
    }

    /// What a clerk signed of each material at the counter; nothing where there was no list.
    fn materials(&self, listed: &[MaterialAtCounter]) -> Markup {
        let texts = Texts::of(self.locale);
        let said = |one: &MaterialAtCounter| match &one.seen {
            Some(seen) => html! {
                ((texts.seen)(seen.how)) ", " (self.moment(seen.at)) ", "
                ((texts.seen_by)(&seen.staff, &seen.office))
            },
            None => html! { (texts.not_seen) },
        };
        html! {
            @if !listed.is_empty() {
                h3 { (texts.materials) }
                ul {
                    @for one in listed {
                        li {
                            (one.material) ": " (said(one))
                            @for sha256 in &one.files { br; code { (sha256) } }
                        }
                    }
                }
            }
        }
    }

    /// A file where the portal hands it out, with what proves it.
    fn file(&self, file: &Attached) -> Markup {
        let whole = file.address.contains("://");
        let address = if whole { file.address.clone() } else { self.portal.url(&file.address) };
        html! {
            a href=(address) { (file.name) } " " small { (file.size) " B · SHA-256 " code { (file.sha256) } }
        }
    }

    /// Answers in the order of the form; what the catalogue does not know, under its own name.
    fn answers(&self, answers: &Answers, item: Option<&ServiceItem>) -> Markup {
        let questions = item.map(|item| item.question.as_slice()).unwrap_or_default();
        let known = questions.iter().filter_map(|question| {
            let text = answers.get(&question.name)?;
            let option = question.options.iter().find(|option| option.value == *text);
            let shown = match option {
                Some(option) => option.label.get(self.locale),
                None if question.kind == domain::service::InputKind::Consent => {
                    Texts::of(self.locale).ticked
                }
                None => text,
            };
            Some((question.label.get(self.locale), shown))
        });
        let is_unknown = |name: &String| !questions.iter().any(|question| question.name == *name);
        let unknown = answers.iter().filter(|(name, _)| is_unknown(name));
        let all = known.chain(unknown.map(|(name, text)| (name.as_str(), text.as_str())));
        html! {
            @for (label, text) in all { (row(label, &html! { span.typed { (text) } })) }
        }
    }

    /// What was said, with the portal's answer to each.
    fn words(&self, case: &Case) -> Markup {
        let texts = Texts::of(self.locale);
        if case.words.is_empty() {
            return Markup::default();
        }
        html! {
            h3 { (texts.said) }
            ol.words {
                @for word in &case.words {
                    li {
                        p {
                            strong { ((texts.state)(word.state)) } " " (self.moment(word.at))
                            @if let Some(reference) = &word.reference {
                                " " code { (reference) }
                            }
                        }
                        @if let Some(note) = &word.note { p.typed { (note) } }
                        @if let Some(formal) = &word.formal { (self.formal(formal)) }
                        @if let Some(asks) = case.asked.as_ref().and_then(|asked| asked.submission.asks.as_ref()) {
                            (facts::told(self.locale, asks, &word.facts))
                        }
                        (self.outcome(word))
                    }
                }
            }
        }
    }

    /// What a word made of the request as an application.
    fn formal(&self, formal: &Formal) -> Markup {
        let texts = Texts::of(self.locale);
        html! {
            p { strong { ((texts.formal)(formal.kind())) } }
            @if let Some((materials, deadline)) = formal.missing() {
                ul { @for each in materials { li.typed { (each) } } }
                @if let Some(days) = deadline.working_days { p { ((texts.days_said)(days)) } }
            }
            @if let Some(reasons) = formal.reasons() { p.typed { (reasons) } }
        }
    }

    fn outcome(&self, word: &Word) -> Markup {
        let texts = Texts::of(self.locale);
        match &word.outcome {
            Outcome::Taken { changed: true } => html! { p.outcome { "✓ " (texts.taken) } },
            Outcome::Taken { changed: false } => html! { p.outcome { "✓ " (texts.known) } },
            Outcome::Refused { status, detail } => {
                html! { p.outcome.outcome-bad role="alert" { ((texts.refused)(*status, detail)) } }
            }
            Outcome::Unanswered { why } => html! {
                p.outcome.outcome-bad role="alert" { ((texts.unanswered)(why)) }
                form method="post" action="/inbox/words/again" {
                    (self.hidden(&word.request, &word.department, word.number))
                    button.button { (texts.again) }
                }
            },
        }
    }

    fn hidden(&self, request: &str, department: &str, number: u32) -> Markup {
        html! {
            input type="hidden" name="request" value=(request);
            input type="hidden" name="department" value=(department);
            input type="hidden" name="number" value=(number);
            input type="hidden" name="lang" value=(self.locale.name());
        }
    }

    /// The answer: two fields, and a button for everything that may be said now.
    fn form(&self, case: &Case) -> Markup {
        let texts = Texts::of(self.locale);
        let open = case.open(self.today);
        if open.is_empty() {
            return Markup::default();
        }
        let typed = self
            .typed
            .as_ref()
            .filter(|typed| (&typed.number, &typed.department) == (&case.number, &case.department));
        let id = |field: &str| format!("{field}-{}", anchor(&case.number, &case.department));
        let wrong = typed.is_some();
        html! {
            form.form method="post" action="/inbox/words" {
                h3 { (texts.answer) }
                @if case.stands().is_final() { p.hint { (texts.final_hint) } }
                (self.hidden(&case.number, &case.department, case.next()))
                // Enter in a field presses the first button: one that does nothing.
                button hidden disabled {}
                @if let Some(typed) = typed {
                    p.field-error id=(id("fault")) role="alert" {
                        (texts.fault) " " (typed.fault)
                    }
                }
                div.field {
                    label.label for=(id("note")) { (texts.note) }
                    p.hint id=(id("note-hint")) { (texts.note_hint) }
                    textarea.input.input-long id=(id("note")) name="note" rows="3"
                        maxlength=(LONGEST_NOTE) aria-describedby=(id("note-hint"))
                        aria-invalid=[wrong.then_some("true")] autofocus[wrong] {
                        (typed.map_or("", |typed| &typed.note))
                    }
                }
                div.field {
                    label.label for=(id("reference")) { (texts.own_reference) }
                    p.hint id=(id("reference-hint")) { (texts.own_reference_hint) }
                    input.input.input-short id=(id("reference")) name="reference" type="text"
                        maxlength=(LONGEST_REFERENCE) autocomplete="off"
                        aria-describedby=(id("reference-hint"))
                        value=(typed.map_or("", |typed| &typed.reference));
                }
                @if open.contains(&Action::Supplement) {
                    div.field {
                        label.label for=(id("days")) { (texts.days) }
                        p.hint id=(id("days-hint")) { (texts.days_hint) }
                        input.input.input-short id=(id("days")) name="working_days" type="text"
                            inputmode="numeric" autocomplete="off" aria-describedby=(id("days-hint"))
                            value=(typed.map_or("5", |typed| &typed.days));
                    }
                }
                @if let Some(asks) = case.asked.as_ref().and_then(|asked| asked.submission.asks.as_ref()) {
                    (facts::fields(self.locale, asks, typed.map(|typed| &typed.facts), id))
                }
                @if let Some(Time::Runs(until)) = case.time(self.today).filter(|_| !case.stands().is_ended()) {
                    p.hint { ((texts.time_runs)(until.map(|day| day_in(self.locale, day)))) }
                }
                div.actions {
                    @for action in open {
                        button.button.button-primary[action == Action::Decide] name="action"
                            value=(action.name()) { ((texts.action)(action)) }
                    }
                }
            }
        }
    }

    fn messages(&self, case: &Case) -> Markup {
        let texts = Texts::of(self.locale);
        html! {
            details.messages {
                summary { (texts.received) }
                ul {
                    @for message in &case.messages { li { (self.message(message)) } }
                }
            }
        }
    }

    fn message(&self, message: &Received) -> Markup {
        let texts = Texts::of(self.locale);
        let body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
        let kind = serde_json::from_value(body["kind"].clone()).ok();
        let kind = match kind {
            Some(MessageKind::Submitted) => texts.message_submitted,
            Some(MessageKind::Corrected) => texts.message_corrected,
            Some(MessageKind::Withdrawn) => texts.message_withdrawn,
            None => texts.message_other,
        };
        html! {
            (kind) " " code { (message.reference) } " " (self.moment(message.first_at))
            @if message.times > 1 {
                " " ((texts.received_times)(message.times, &local(self.locale, message.last_at)))
            }
            " " small { code { (message.id) } }
        }
    }

    fn moment(&self, instant: Timestamp) -> Markup {
        html! { time datetime=(format!("{instant:.0}")) { (local(self.locale, instant)) } }
    }

    /// A message that is none of a request, as it came.
    fn strange(&self, received: &Received) -> Markup {
        html! {
            article.case {
                h2 { (received.reference) }
                p { (Texts::of(self.locale).unread) }
                p { (self.message(received)) }
                pre.typed { (String::from_utf8_lossy(&received.body)) }
            }
        }
    }
}

fn row(label: &str, value: &Markup) -> Markup {
    html! { div { dt { (label) } dd { (value) } } }
}

/// An instant as clocks in China show it, to the minute: `2026年11月22日 09:02`,
/// `22 November 2026, 09:02`.
fn local(locale: Locale, instant: Timestamp) -> String {
    let format = match locale {
        Locale::Zh => "%Y年%-m月%-d日 %H:%M",
        Locale::En => "%-d %B %Y, %H:%M",
    };
    CHINA.to_datetime(instant).strftime(format).to_string()
}

/// A day: `2026年11月22日`, `22 November 2026`.
fn day_in(locale: Locale, day: Date) -> String {
    let format = match locale {
        Locale::Zh => "%Y年%-m月%-d日",
        Locale::En => "%-d %B %Y",
    };
    day.strftime(format).to_string()
}

/// The inbox as JSON.
pub(crate) fn list(received: &[Received]) -> Value {
    let each = |received: &Received| {
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        let digest: String =
            Sha256::digest(&received.body).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({
            "id": received.id,
            "reference": received.reference,
            "sha256": digest,
            "times_received": received.times,
            "first_received_at": received.first_at,
            "last_received_at": received.last_at,
            "body": body,
        })
    };
    received.iter().map(each).collect()
}
