//! The file of services: its shape, and what must hold of a guide and of a form.

use serde::Deserialize;

use super::{
    Choice, InputKind, Question, RESERVED, ServiceItem,
    due::{governing, most_at_once},
    group::{BETWEEN, Group, MOST_COPIES},
};
use crate::{
    examination::{CatalogueErrors, Examination},
    law::{LegalText, Register},
    localized::Localized,
    retention_period::LONGEST,
};

/// Nobody is asked more at once.
const MOST_QUESTIONS: usize = 7;
/// No request has more files.
const MOST_FILES: usize = 10;
/// No page of a place shows more of them first.
const MOST_OFTEN: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Questions about the person, which items name instead of writing them again.
    #[serde(default)]
    contact: Vec<Question<Localized>>,
    item: Vec<ServiceItem<Localized>>,
}

/// Reads `services.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(
    text: &str,
    file: &str,
    laws: &Register,
) -> Result<Vec<ServiceItem>, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let File { contact, item } = exam.shape()?;
    exam.distinct("service", "item", "id", item.iter().map(|item| item.id.as_str()));
    contacts(&contact, &mut exam);
    often(&item, &mut exam);
    for (at, item) in item.iter().enumerate() {
        let place = format!("item/{at}");
        guide(item, &place, &mut exam);
        form(item, &contact, &place, &mut exam);
    }
    let cited = contact.into_iter().enumerate();
    let contact: Vec<Question> =
        cited.map(|(at, one)| one.citing(&format!("contact/{at}"), &mut exam, laws)).collect();
    let cited = item.into_iter().enumerate();
    let items = cited
        .map(|(at, item)| item.citing(&contact, &format!("item/{at}"), &mut exam, laws))
        .collect();
    exam.end(items)
}

/// What items share is about the person, and asked of everybody.
fn contacts(contact: &[Question<Localized>], exam: &mut Examination<'_>) {
    if !contact.is_empty() {
        let names = contact.iter().map(|one| one.name.as_str());
        exam.distinct("question", "contact", "name", names);
    }
    for (at, question) in contact.iter().enumerate() {
        let place = format!("contact/{at}");
        question.check(&place, exam);
        let fits = question.personal && question.when.is_none();
        let rule = "a [[contact]] is `personal` and has no `when`; write what differs in its item";
        exam.rule(fits, &place, &question.name, rule);
    }
}

/// A page shows few services first, and only such as fit there.
fn often(items: &[ServiceItem<Localized>], exam: &mut Examination<'_>) {
    let mut counted = std::collections::BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        let place = format!("item/{at}/often");
        let fits = item.often.iter().all(|ground| item.fits_on(&[*ground]));
        let rule = "`often` names a place that is not among those of `fits`; add it there";
        exam.rule(fits, &place, &item.id, rule);
        for ground in &item.often {
            let count = counted.entry(*ground).or_insert(0_usize);
            *count += 1;
            let rule = "`often` names a place that four services above name; leave it out";
            exam.rule(*count <= MOST_OFTEN, &place, &item.id, rule);
        }
    }
}

/// The guide is whole (rule S1).
fn guide(item: &ServiceItem<Localized>, place: &str, exam: &mut Examination<'_>) {
    let id = item.id.as_str();
    let place_of = |key: &str| format!("{place}/{key}");
    let rule = "a service's has a-z, 0-9 and - only, for it stands in addresses";
    exam.id(&place_of("id"), id, b'-', rule);
    let rule = "a department's has a-z, 0-9 and - only, as in [departments.planning]";
    exam.id(&place_of("department"), &item.department, b'-', rule);
    for (key, text) in [
        ("title", &item.title),
        ("summary", &item.summary),
        ("who", &item.who),
        ("online", &item.online),
        ("counter", &item.counter),
        ("basis", &item.basis),
        ("statutory_time", &item.statutory_time),
        ("fee", &item.fee),
    ] {
        exam.worded(&place_of(key), text);
    }
    if item.promised_time != Localized::default() {
        exam.worded(&place_of("promised_time"), &item.promised_time);
    }
    for (at, text) in item.steps.iter().enumerate() {
        exam.worded(&format!("{place}/steps/{at}"), text);
    }
    for (at, material) in item.materials.iter().enumerate() {
        let place = format!("{place}/materials/{at}");
        exam.worded(&place, &material.text());
        let rule = "a material is `shared` or comes `later`: what is shared nobody is asked for";
        exam.rule(!(material.shared && material.later), &place, id, rule);
    }
    exam.rule(!item.steps.is_empty(), &place_of("steps"), id, "`steps` is empty; say what happens");
    let counted = item.working_days.is_none_or(|days| (1..=365).contains(&days));
    let rule = "`working_days` is a number from 1 to 365; leave it out where the law sets none";
    exam.rule(counted, &place_of("working_days"), id, rule);
    if let Some(files) = &item.attachments {
        let place = place_of("attachments");
        exam.worded(&format!("{place}/what"), &files.what);
        let rule = "`attachments` has a `most` of 1 to 10; leave it out where no files are taken";
        exam.rule((1..=MOST_FILES).contains(&files.most), &place, id, rule);
    }
    let reopened = item.reopen_days.is_none_or(|days| (1..=365).contains(&days));
    let rule =
        "`reopen_days` is a number from 1 to 365; leave it out where nothing is taken up again";
    exam.rule(reopened, &place_of("reopen_days"), id, rule);
    let period = (1..=LONGEST).contains(&item.retention.months);
    exam.rule(period, &place_of("retention"), id, "`retention` has `months` of 1 to 1200");
}

/// The form is short, asks about the matter before the person, and for consent last.
fn form(
    item: &ServiceItem<Localized>,
    contact: &[Question<Localized>],
    place: &str,
    exam: &mut Examination<'_>,
) {
    let id = item.id.as_str();
    let list = format!("{place}/question");
    let questions = &item.question;
    exam.distinct("question", &list, "name", questions.iter().map(|one| one.name.as_str()));
    let shared = |name: &String| contact.iter().any(|one| one.name == *name);
    let own = |name: &String| questions.iter().any(|one| one.name == *name);
    for (at, name) in item.contact.iter().enumerate() {
        let once = item.contact.iter().take(at).all(|before| before != name);
        let rule = "`contact` names [[contact]] questions of this file, each once, and none that it asks itself";
        let fits = shared(name) && !own(name) && once;
        exam.rule(fits, &format!("{place}/contact"), name, rule);
    }
    let of_groups: usize = item.group.iter().map(|one| one.min * one.question.len()).sum();
    let short = most_at_once(questions) + item.contact.len() + of_groups <= MOST_QUESTIONS;
    exam.rule(short, &list, id, "it asks more than seven questions; leave out what can wait");
    let ordered = questions.iter().is_sorted_by_key(|one| one.personal);
    let rule = "a question about the matter follows a `personal` one; ask about the matter first";
    exam.rule(ordered, &list, id, rule);
    let consent = questions.last();
    let consent = consent.is_none_or(|last| last.kind == InputKind::Consent && last.required);
    let rule =
        "its last question is no `consent` that is `required`; add one, with a notice as `hint`";
    exam.rule(consent, &list, id, rule);
    groups(item, place, exam);
    for (at, question) in questions.iter().enumerate() {
        question.check(&format!("{list}/{at}"), exam);
        let (above, _) = questions.split_at(at);
        question.check_when(above, &format!("{list}/{at}/when"), exam);
    }
}

/// A group has a name of its own, some copies, and questions that are all about people or all about the matter.
fn groups(item: &ServiceItem<Localized>, place: &str, exam: &mut Examination<'_>) {
    let list = format!("{place}/group");
    let names = item.group.iter().map(|one| one.name.as_str());
    if !item.group.is_empty() {
        exam.distinct("group", &list, "name", names);
    }
    for (at, group) in item.group.iter().enumerate() {
        let (place, name) = (format!("{list}/{at}"), group.name.as_str());
        let fits = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let free = item.question.iter().chain(&group.question).all(|one| one.name != name)
            && !item.contact.iter().any(|one| one == name)
            && !RESERVED.contains(&name);
        let rule = "a group's `name` has a-z and _ only, not two _ together, and is no question's nor one that forms carry themselves";
        let fits = !name.is_empty() && fits && free && !name.contains(BETWEEN);
        exam.rule(fits, &format!("{place}/name"), name, rule);
        exam.worded(&format!("{place}/label"), &group.label);
        if group.hint != Localized::default() {
            exam.worded(&format!("{place}/hint"), &group.hint);
        }
        let counted = group.min <= group.max && (1..=MOST_COPIES).contains(&group.max);
        let rule = "a group has a `max` of 1 to 20, and a `min` that is not more";
        exam.rule(counted, &place, name, rule);
        let questions = &group.question;
        let place_of_questions = format!("{place}/question");
        exam.distinct(
            "question",
            &place_of_questions,
            "name",
            questions.iter().map(|one| one.name.as_str()),
        );
        let alike = !questions.is_empty()
            && questions.iter().all(|one| one.personal == questions[0].personal);
        let rule =
            "the questions of a group are all `personal` or none is, and there is one at least";
        exam.rule(alike, &place_of_questions, name, rule);
        for (at, question) in questions.iter().enumerate() {
            let place = format!("{place_of_questions}/{at}");
            question.check(&place, exam);
            let plain = question.when.is_none()
                && question.kind != InputKind::Consent
                && question.autocomplete.is_none();
            let rule = "a question of a group has no `when` and no `autocomplete`, and is no `consent`; a `when` is the group's";
            exam.rule(plain, &place, &question.name, rule);
        }
        let Some(when) = &group.when else { continue };
        let choice = governing(&item.question, when);
        let fits = choice.is_some_and(|choice| {
            let known = |value: &String| choice.options.iter().any(|one| one.value == *value);
            !when.is.is_empty() && when.is.iter().all(known)
        });
        let rule =
            "the `when` of a group names a `choice` of its service and values of its `options`";
        exam.rule(fits, &format!("{place}/when"), name, rule);
    }
}

impl Group<Localized> {
    fn citing(self, place: &str, exam: &mut Examination<'_>, laws: &Register) -> Group {
        let hint = LegalText::examined(&self.hint, laws, exam, &format!("{place}/hint"));
        let questions = self.question.into_iter().enumerate();
        let question = questions
            .map(|(at, one)| one.citing(&format!("{place}/question/{at}"), exam, laws))
            .collect();
        let Self { name, label, min, max, when, .. } = self;
        Group { name, label, hint, min, max, when, question }
    }
}

impl Question<Localized> {
    fn check(&self, place: &str, exam: &mut Examination<'_>) {
        let name = self.name.as_str();
        let place_of = |key: &str| format!("{place}/{key}");
        let fits = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && !name.contains(BETWEEN);
        let rule = "a question's `name` has a-z and _ only, and is none that forms carry themselves: token, item, seen, lang, elder, again, ended, carried, confirm, back, number, secret, q, asks, attachments, files, attach or detach";
        let free = !name.is_empty() && fits && !RESERVED.contains(&name);
        exam.rule(free, &place_of("name"), name, rule);
        exam.worded(&place_of("label"), &self.label);
        if self.hint != Localized::default() {
            exam.worded(&place_of("hint"), &self.hint);
        }
        let rule = "`max_length` is 0, so nobody can answer; write 1 or more";
        exam.rule(self.max_length > 0, &place_of("max_length"), name, rule);
        let days =
            self.days.is_none_or(|days| self.kind == InputKind::Date && days.from <= days.to);
        let rule = "only a `date` has `days`, and their `from` is not after their `to`";
        exam.rule(days, &place_of("days"), name, rule);
        let chosen = (self.kind == InputKind::Choice) != self.options.is_empty();
        let rule = "a `choice` has `options`, and nothing else has";
        exam.rule(chosen, &place_of("options"), name, rule);
        if !self.options.is_empty() {
            let values = self.options.iter().map(|option| option.value.as_str());
            exam.distinct("option", &place_of("options"), "value", values);
        }
        for (at, Choice { value, label, fields: _ }) in self.options.iter().enumerate() {
            let place = format!("{place}/options/{at}");
            exam.rule(!value.is_empty(), &place, name, "an option has an empty `value`; write one");
            exam.worded(&format!("{place}/label"), label);
        }
    }

    /// It waits for an answer that can be given before it.
    fn check_when(&self, above: &[Self], place: &str, exam: &mut Examination<'_>) {
        let Some(when) = &self.when else { return };
        let name = self.name.as_str();
        let asked = self.kind != InputKind::Consent;
        let rule = "a `consent` has `when`; it is asked of everybody, so leave that out";
        exam.rule(asked, place, name, rule);
        let Some(choice) = governing(above, when) else {
            let rule = "the `question` of its `when` is no `choice` above it; name one that is";
            exam.rule(false, place, name, rule);
            return;
        };
        let known = |value: &String| choice.options.iter().any(|option| option.value == *value);
        let fits = !when.is.is_empty() && when.is.iter().all(known);
        let rule = "`is` of its `when` holds values of that choice's `options`, one or more";
        exam.rule(fits, place, name, rule);
    }

    fn citing(self, place: &str, exam: &mut Examination<'_>, laws: &Register) -> Question {
        Question {
            hint: LegalText::examined(&self.hint, laws, exam, &format!("{place}/hint")),
            name: self.name,
            kind: self.kind,
            label: self.label,
            required: self.required,
            when: self.when,
            max_length: self.max_length,
            options: self.options,
            personal: self.personal,
            days: self.days,
            autocomplete: self.autocomplete,
            of: None,
        }
    }
}

impl ServiceItem<Localized> {
    fn citing(
        self,
        contact: &[Question],
        place: &str,
        exam: &mut Examination<'_>,
        laws: &Register,
    ) -> ServiceItem {
        let mut legal = |key: &str, text: &Localized| -> LegalText {
            LegalText::examined(text, laws, exam, &format!("{place}/{key}"))
        };
        let basis = legal("basis", &self.basis);
        let statutory_time = legal("statutory_time", &self.statutory_time);
        let promised_time = legal("promised_time", &self.promised_time);
        let fee = legal("fee", &self.fee);
        let blank = self.basis.zh.trim().is_empty() || self.basis.en.trim().is_empty();
        let unread = blank || basis.is_blank();
        let cites = unread || basis.citations().next().is_some();
        let rule = "`basis` cites no law; write {law:ID:9} with an id of laws.toml (rule S1)";
        exam.rule(cites, &format!("{place}/basis"), &self.id, rule);
        let questions = self.question.into_iter().enumerate();
        let mut question: Vec<Question> = questions
            .map(|(at, one)| one.citing(&format!("{place}/question/{at}"), exam, laws))
            .collect();
        let shared = |name: &String| contact.iter().find(|one| one.name == *name).cloned();
        let last = question.len().saturating_sub(1);
        question.splice(last..last, self.contact.iter().filter_map(shared));
        let groups = self.group.into_iter().enumerate();
        let group: Vec<Group> = groups
            .map(|(at, one)| one.citing(&format!("{place}/group/{at}"), exam, laws))
            .collect();
        // About the matter at the end of that, about people before the consent.
        for one in &group {
            let matter = question.iter().position(|one| one.personal).unwrap_or(question.len());
            let at = if one.is_personal() { question.len().saturating_sub(1) } else { matter };
            question.splice(at..at, one.copies().collect::<Vec<_>>());
        }
        ServiceItem {
            id: self.id,
            title: self.title,
            summary: self.summary,
            aim: self.aim,
            fits: self.fits,
            often: self.often,
            joint: self.joint,
            who: self.who,
            materials: self.materials,
            online: self.online,
            counter: self.counter,
            steps: self.steps,
            basis,
            statutory_time,
            working_days: self.working_days,
            promised_time,
            fee,
            department: self.department,
            for_ended: self.for_ended,
            reopen_days: self.reopen_days,
            retention: self.retention,
            attachments: self.attachments,
            contact: self.contact,
            question,
            group,
        }
    }
}
