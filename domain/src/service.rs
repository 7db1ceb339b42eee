//! The services (事项) people can ask for, as data: guide, form, department.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    attachment,
    catalogue_files::{self as files, SERVICES},
    field::Field,
    law::{Ledger, LegalText, register},
    localized::Localized,
    retention_period::Retention,
    text::NoText,
};

#[cfg(feature = "answers")]
mod answer;
mod due;
mod ground;
mod group;
mod guide;
mod notices;
mod read;

#[cfg(feature = "answers")]
pub(crate) use answer::phone_number;

pub use notices::notice_address;
pub(crate) use read::parse;

pub use due::When;
pub use ground::Ground;
pub use group::{CopyOf, Group, grouped};
pub use guide::{Aim, Attachments, Material};

/// Names that the portal's forms carry beside what somebody types; no question has one of them.
pub const RESERVED: [&str; 25] = [
    "token",
    "item",
    "seen",
    "lang",
    "elder",
    "again",
    "ended",
    "carried",
    "confirm",
    "back",
    "number",
    "secret",
    "q",
    "asks",
    "step",
    "since",
    "draft",
    "draft_secret",
    "was",
    attachment::FIELD,
    attachment::FILES,
    attachment::ATTACH,
    attachment::DETACH,
    "passphrase",
    "otp",
];

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
    /// A phone number, of here or abroad.
    Phone,
    /// An e-mail address.
    Email,
    /// A civil date.
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
    /// What of the register it is about: forms show what stands there now beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// Days around the one on which a request is handed in: 0 is that day, 1 the next, -1 the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// The first.
    pub from: i32,
    /// The last.
    pub to: i32,
}

impl Days {
    /// A day in it for whoever fills in a form `on` a day, to show how one is written: a week on, or as near
    /// to that as may be meant.
    #[must_use]
    pub fn example(self, on: Date) -> Date {
        on.saturating_add(jiff::Span::new().days(7_i32.min(self.to).max(self.from)))
    }
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
    /// Whether it must be answered, where it is asked.
    #[serde(default)]
    pub required: bool,
    /// After which answers it is asked; always where there is none. Of what is not asked no answer is
    /// taken.
    #[serde(default)]
    pub when: Option<When>,
    /// Longest answer, characters.
    #[serde(default = "default_length")]
    pub max_length: usize,
    /// What can be chosen, for [`InputKind::Choice`].
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Whether it tells who the applicant is: personal data, sent to the department only.
    #[serde(default)]
    pub personal: bool,
    /// Which days can be meant, for [`InputKind::Date`].
    #[serde(default)]
    pub days: Option<Days>,
    /// The `autocomplete` token of HTML, so that browsers can fill it in (WCAG 1.3.5).
    #[serde(default)]
    pub autocomplete: Option<String>,
    /// The copy of a group that it is of; `None` of a question that is asked once.
    #[serde(skip)]
    pub of: Option<CopyOf>,
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
    /// What people come for.
    #[serde(default)]
    pub aim: Aim,
    /// The places it is shown for; all of them where none is named.
    #[serde(default)]
    pub fits: Vec<Ground>,
    /// The places it is asked for so often that their page shows it first.
    #[serde(default)]
    pub often: Vec<Ground>,
    /// Whether several must come to the counter for it together (rule S6); what is handed in here is
    /// handed in by one of them.
    #[serde(default)]
    pub joint: bool,
    /// Who may ask.
    pub who: Localized,
    /// What to have at hand.
    pub materials: Vec<Material>,
    /// What of it is done online.
    pub online: Localized,
    /// What of it is done at a counter, or can be.
    pub counter: Localized,
    /// What happens after submission, step by step.
    pub steps: Vec<Localized>,
    /// The legal basis, by name and article.
    pub basis: Text,
    /// The time the law allows.
    pub statutory_time: Text,
    /// The same in working days, from when the department confirms that it has the request; none where the
    /// law sets no number.
    #[serde(default)]
    pub working_days: Option<u32>,
    /// The time the department promises; empty where none was published.
    #[serde(default)]
    pub promised_time: Text,
    /// What it costs.
    pub fee: Text,
    /// The id of the department that must act, as in the configuration.
    pub department: String,
    /// Whether it can be asked for at a code that has ended too: it is about what is kept of land, not
    /// about land as it is.
    #[serde(default)]
    pub for_ended: bool,
    /// Days after the one on which the department was done with a request until which its applicant can ask for it to
    /// be taken up again (rule S8); it cannot be asked where nothing is said.
    #[serde(default)]
    pub reopen_days: Option<u32>,
    /// How long a request is kept after it ended, unless the operator has set it otherwise.
    pub retention: Retention,
    /// Files that can be handed in with it; none are taken where nothing is said.
    #[serde(default)]
    pub attachments: Option<Attachments>,
    /// Questions about the person that its file has once for all items, by name. They come before the
    /// last of its own, and are in [`Self::question`] once the file is read.
    #[serde(default)]
    pub contact: Vec<String>,
    /// The form.
    pub question: Vec<Question<Text>>,
    /// Groups of questions that are asked of each of several, as the file has them; each of their copies stands among
    /// the questions too.
    #[serde(default)]
    pub group: Vec<Group<Text>>,
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
        /// How long it is, characters.
        length: usize,
    },
    /// It holds a character that is no text: a control character, one that turns the direction of
    /// reading, or one that stands for bytes which could not be read.
    NotText(NoText),
    /// None of the options.
    NotAnOption,
    /// Something was given where nothing is asked after the answers before.
    NotAsked,
    /// No phone number.
    NotAPhone,
    /// More than one phone number, or one with other words.
    NotOnePhone,
    /// No e-mail address.
    NotAnEmail,
    /// More than one e-mail address, or one with a name.
    NotOneEmail,
    /// No date.
    NotADate,
    /// A date that cannot be meant.
    OutOfDays {
        /// The first that can.
        from: Date,
        /// The last.
        to: Date,
    },
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

impl<Text> ServiceItem<Text> {
    /// Whether it is shown for a place that is all of these.
    #[must_use]
    pub fn fits_on(&self, grounds: &[Ground]) -> bool {
        self.fits.is_empty() || grounds.iter().any(|ground| self.fits.contains(ground))
    }
}

impl ServiceItem {
    /// The question of that name.
    #[must_use]
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.question.iter().find(|question| question.name == name)
    }
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
        let guide = [
            ("basis", &item.basis),
            ("time", &item.statutory_time),
            ("promised time", &item.promised_time),
            ("fee", &item.fee),
        ];
        let hints = item.question.iter().map(|question| (question.name.as_str(), &question.hint));
        let of_groups = item.group.iter().map(|group| (group.name.as_str(), &group.hint));
        for (part, text) in guide.into_iter().chain(hints).chain(of_groups) {
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
mod tests;
