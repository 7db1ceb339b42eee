//! The services (事项) people can ask for, as data: guide, form, department.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{
    catalogue_files::{self as files, SERVICES},
    law::{Ledger, LegalText, register},
    localized::Localized,
    retention_period::Retention,
    text::{self, NoText},
};

mod read;

pub(crate) use read::parse;

/// What a form field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// One line.
    Line,
    /// Several lines.
    Paragraph,
    /// One of the options.
    Choice,
    /// A mainland phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A civil date, `2026-11-22`.
    Date,
    /// A box that must be ticked.
    Consent,
}

/// An answer that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: Localized,
}

/// A question of a form; its texts are [`Localized`] until their laws have been looked up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question<Text = LegalText> {
    /// Name in forms and deliveries, `[a-z_]+`.
    pub name: String,
    /// What it takes.
    pub kind: InputKind,
    /// The question.
    pub label: Localized,
    /// A line of help beneath it.
    #[serde(default)]
    pub hint: Text,
    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,
    /// Longest answer, characters.
    #[serde(default = "default_length")]
    pub max_length: usize,
    /// What can be chosen, for [`InputKind::Choice`].
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Whether it tells who the applicant is: personal data, sent to the department only.
    #[serde(default)]
    pub personal: bool,
    /// The `autocomplete` token of HTML, so that browsers can fill it in (WCAG 1.3.5).
    #[serde(default)]
    pub autocomplete: Option<String>,
}

fn default_length() -> usize {
    200
}

/// A service item with its public guide (rule S1); its texts are [`Localized`] until their laws have
/// been looked up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "Text: Deserialize<'de> + Default"))]
pub struct ServiceItem<Text = LegalText> {
    /// Stable name, used in addresses: `data-correction`.
    pub id: String,
    /// Title.
    pub title: Localized,
    /// What it is for, in a sentence.
    pub summary: Localized,
    /// Who may ask.
    pub who: Localized,
    /// What to have at hand.
    pub materials: Vec<Localized>,
    /// What happens after submission, step by step.
    pub steps: Vec<Localized>,
    /// The legal basis, by name and article.
    pub basis: Text,
    /// The time the law allows.
    pub statutory_time: Text,
    /// What it costs.
    pub fee: Text,
    /// The id of the department that must act, as in the configuration.
    pub department: String,
    /// How long a request is kept after it ended, unless the operator has set it otherwise.
    pub retention: Retention,
    /// The form.
    pub question: Vec<Question<Text>>,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum AnswerFault {
    /// Nothing was given.
    Missing,
    /// Too long.
    TooLong {
        /// Longest allowed, characters.
        max_length: usize,
    },
    /// It holds a character that is no text: a control character, one that turns the direction of
    /// reading, or one that stands for bytes which could not be read.
    NotText(NoText),
    /// None of the options.
    NotAnOption,
    /// No phone number.
    NotAPhone,
    /// No e-mail address.
    NotAnEmail,
    /// No date.
    NotADate,
}

/// A question with its fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Name of the question.
    pub field: String,
    /// What is wrong.
    pub fault: AnswerFault,
}

/// Answers by question name.
pub type Answers = BTreeMap<String, String>;

impl ServiceItem {
    /// Checks answers and keeps those the form asks for, trimmed; unknown names are dropped.
    ///
    /// # Errors
    /// Every fault at once, in the order of the form.
    pub fn check(&self, given: &Answers) -> Result<Answers, Vec<FieldFault>> {
        let mut answers = Answers::new();
        let mut faults = Vec::new();
        for question in &self.question {
            let text = given.get(&question.name).map_or("", |text| text::trimmed(text));
            match question.check(text) {
                Ok(()) if text.is_empty() => {}
                Ok(()) => {
                    answers.insert(question.name.clone(), text.to_owned());
                }
                Err(fault) => faults.push(FieldFault { field: question.name.clone(), fault }),
            }
        }
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }

    /// The question of that name.
    #[must_use]
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.question.iter().find(|question| question.name == name)
    }
}

impl Question {
    fn check(&self, text: &str) -> Result<(), AnswerFault> {
        if text.is_empty() {
            return if self.required { Err(AnswerFault::Missing) } else { Ok(()) };
        }
        if text.chars().count() > self.max_length {
            return Err(AnswerFault::TooLong { max_length: self.max_length });
        }
        let no_text = match self.kind {
            InputKind::Paragraph => text::fault_of_paragraph(text),
            _ => text::fault_of_line(text),
        };
        if let Some(fault) = no_text {
            return Err(AnswerFault::NotText(fault));
        }
        match self.kind {
            InputKind::Line | InputKind::Paragraph => Ok(()),
            InputKind::Choice => {
                let known = self.options.iter().any(|option| option.value == text);
                known.then_some(()).ok_or(AnswerFault::NotAnOption)
            }
            InputKind::Phone => is_phone(text).then_some(()).ok_or(AnswerFault::NotAPhone),
            InputKind::Email => is_email(text).then_some(()).ok_or(AnswerFault::NotAnEmail),
            InputKind::Date => {
                let date = text.parse::<jiff::civil::Date>();
                date.is_ok().then_some(()).ok_or(AnswerFault::NotADate)
            }
            InputKind::Consent => (text == "yes").then_some(()).ok_or(AnswerFault::Missing),
        }
    }
}

/// A mobile number, or a land line with its area code, in any usual spacing.
fn is_phone(text: &str) -> bool {
    let text = text.strip_prefix("+86").unwrap_or(text);
    let spaced = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mobile = digits.len() == 11 && digits.starts_with('1');
    let land_line = (10..=12).contains(&digits.len()) && digits.starts_with('0');
    spaced && (mobile || land_line)
}

fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else { return false };
    !user.is_empty()
        && host.split('.').count() >= 2
        && host.split('.').all(|label| !label.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Every service, in the order in which they are listed. Source: `domain/data/services.toml`.
#[must_use]
pub fn services() -> &'static [ServiceItem] {
    static READ: LazyLock<Vec<ServiceItem>> = LazyLock::new(|| {
        let (text, file) = files::in_use().get(SERVICES);
        files::sound(parse(text, file, register()))
    });
    &READ
}

/// What the guides and forms rest on.
#[must_use]
pub fn citations() -> Ledger {
    let mut ledger = Ledger::default();
    for item in services() {
        let guide = [("basis", &item.basis), ("time", &item.statutory_time), ("fee", &item.fee)];
        let hints = item.question.iter().map(|question| (question.name.as_str(), &question.hint));
        for (part, text) in guide.into_iter().chain(hints) {
            ledger.add("services", &format!("{}: {part}", item.id), text);
        }
    }
    ledger
}

/// The service of that name.
#[must_use]
pub fn service(id: &str) -> Option<&'static ServiceItem> {
    services().iter().find(|item| item.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::localized::Locale;

    #[test]
    fn s1_every_item_of_the_file_has_its_guide_in_both_languages() {
        let text = files::embedded(SERVICES);
        assert_eq!(parse(text, "services.toml", register()).unwrap(), services());
        assert!(services().len() >= 3);
    }

    #[test]
    fn s1_the_catalogue_holds_the_items_with_their_departments() {
        let listed: Vec<_> =
            services().iter().map(|item| (item.id.as_str(), item.department.as_str())).collect();
        assert_eq!(
            listed,
            [
                ("data-correction", "registration"),
                ("planning-conformity", "planning"),
                ("registration-query", "registration"),
                ("hazard-zone", "geology"),
                ("violation-report", "planning"),
                ("information-disclosure", "planning"),
            ]
        );
    }

    #[test]
    fn forms_are_short_and_ask_about_the_matter_before_the_person() {
        for item in services() {
            assert!(item.question.len() <= 7, "{}", item.id);
            assert!(item.question.iter().is_sorted_by_key(|q| q.personal), "{}", item.id);
            let consent = item.question.last().unwrap();
            assert!(consent.kind == InputKind::Consent && consent.required, "{}", item.id);
            let notice = consent.hint.get(Locale::Zh, register().date);
            assert!(notice.contains("《个人信息保护法》"), "{}", item.id);
            for question in &item.question {
                let name = &question.name;
                assert_eq!(
                    question.personal && question.kind != InputKind::Consent,
                    question.autocomplete.is_some(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn s9_a_violation_can_be_reported_without_a_name_or_a_phone() {
        let item = service("violation-report").unwrap();
        let given = [("kind_of_violation", "farmland"), ("what_happened", "…"), ("consent", "yes")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(item.check(&Answers::from(given.clone())), Ok(Answers::from(given)));
    }

    #[test]
    fn faults_come_all_at_once_and_in_order() {
        let item = service("data-correction").unwrap();
        let faults = item.check(&Answers::new()).unwrap_err();
        let required: Vec<_> =
            item.question.iter().filter(|q| q.required).map(|q| q.name.as_str()).collect();
        assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), required);
    }

    #[test]
    fn an_answer_that_is_no_text_is_refused_and_one_that_cannot_be_seen_is_missing() {
        let item = service("data-correction").unwrap();
        let mut given: Answers = item
            .question
            .iter()
            .map(|question| {
                let text = match question.kind {
                    InputKind::Choice => question.options[0].value.as_str(),
                    InputKind::Phone => "13800138000",
                    InputKind::Email => "a@b.cn",
                    InputKind::Date => "2026-12-01",
                    InputKind::Consent => "yes",
                    InputKind::Line | InputKind::Paragraph => "文字",
                };
                (question.name.clone(), text.to_owned())
            })
            .collect();
        assert!(item.check(&given).is_ok());
        let fault_of = |given: &Answers, name: &str| {
            let faults = item.check(given).unwrap_err();
            faults.into_iter().find(|fault| fault.field == name).unwrap().fault
        };
        for question in item.question.iter().filter(|q| q.kind != InputKind::Consent) {
            let right = given.insert(question.name.clone(), "a\0b\u{202E}c".into()).unwrap();
            let expected = NoText { position: 2, code_point: 0 };
            assert_eq!(fault_of(&given, &question.name), AnswerFault::NotText(expected));
            if question.required {
                given.insert(question.name.clone(), "\u{200B}\u{3164}".into());
                assert_eq!(fault_of(&given, &question.name), AnswerFault::Missing);
            }
            if question.kind == InputKind::Line {
                given.insert(question.name.clone(), "张三\r\nBcc: x".into());
                assert!(matches!(fault_of(&given, &question.name), AnswerFault::NotText(_)));
            }
            given.insert(question.name.clone(), right);
        }
    }

    #[test]
    fn phones_and_mail_addresses_are_told_from_other_text() {
        for phone in ["13800138000", "+86 138 0013 8000", "0572-8062345", "(0571) 87654321"] {
            assert!(is_phone(phone), "{phone}");
        }
        for text in ["", "12345", "abc13800138000", "138001380001"] {
            assert!(!is_phone(text), "{text}");
        }
        assert!(is_email("a@b.cn"));
        for text in ["a@b", "@b.cn", "a b@c.cn", "a@.cn"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
