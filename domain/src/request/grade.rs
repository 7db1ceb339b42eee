//! The grades of 好差评, and the two questions about a service that was had, the same for every item.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{
    law::LegalText,
    localized::Localized,
    service::{Choice, InputKind, Question},
};

/// Longest text beside a grade, characters: a few sentences.
const LONGEST: usize = 500;

/// One of the five grades of 好差评. Source: 国办发〔2019〕51号; their words are those of every
/// service counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// 非常不满意.
    VeryDissatisfied,
    /// 不满意.
    Dissatisfied,
    /// 基本满意.
    FairlySatisfied,
    /// 满意.
    Satisfied,
    /// 非常满意.
    VerySatisfied,
}

impl Rating {
    /// Every grade, best first.
    pub const ALL: [Self; 5] = [
        Self::VerySatisfied,
        Self::Satisfied,
        Self::FairlySatisfied,
        Self::Dissatisfied,
        Self::VeryDissatisfied,
    ];

    /// Its name in forms and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VeryDissatisfied => "very_dissatisfied",
            Self::Dissatisfied => "dissatisfied",
            Self::FairlySatisfied => "fairly_satisfied",
            Self::Satisfied => "satisfied",
            Self::VerySatisfied => "very_satisfied",
        }
    }

    /// The grade of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.name() == name)
    }

    /// 5 for the best to 1 for the worst, as stars are counted.
    #[must_use]
    pub const fn stars(self) -> u8 {
        match self {
            Self::VeryDissatisfied => 1,
            Self::Dissatisfied => 2,
            Self::FairlySatisfied => 3,
            Self::Satisfied => 4,
            Self::VerySatisfied => 5,
        }
    }

    /// The grade of so many stars.
    #[must_use]
    pub fn from_stars(stars: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.stars() == stars)
    }

    /// Whether it is one of the three 好评; the other two are 差评, after which somebody is told how to
    /// complain.
    #[must_use]
    pub const fn is_satisfied(self) -> bool {
        matches!(self, Self::FairlySatisfied | Self::Satisfied | Self::VerySatisfied)
    }
}

/// How satisfied somebody is, in the five grades of 好差评.
#[must_use]
pub fn rating_grade() -> &'static Question {
    static QUESTION: LazyLock<Question> = LazyLock::new(|| Question {
        options: Rating::ALL.into_iter().map(choice).collect(),
        required: true,
        ..question(
            "rating",
            InputKind::Choice,
            Localized::new(
                "您对这次办理是否满意？",
                "Are you satisfied with how this was handled?",
            ),
        )
    });
    &QUESTION
}

/// What somebody wants to say of it in their own words.
#[must_use]
pub fn rating_note() -> &'static Question {
    static QUESTION: LazyLock<Question> = LazyLock::new(|| Question {
        max_length: LONGEST,
        ..question(
            "rating_note",
            InputKind::Paragraph,
            Localized::new("想说明的情况", "What you want to say about it"),
        )
    });
    &QUESTION
}

pub(super) fn question(name: &str, kind: InputKind, label: Localized) -> Question {
    Question {
        name: name.to_owned(),
        kind,
        label,
        hint: LegalText::default(),
        when: None,
        required: false,
        max_length: 200,
        options: Vec::new(),
        personal: false,
        days: None,
        autocomplete: None,
        of: None,
    }
}

fn choice(grade: Rating) -> Choice {
    Choice { value: grade.name().to_owned(), label: grade_words(grade), fields: Vec::new() }
}

/// A grade in words.
#[must_use]
pub fn grade_words(grade: Rating) -> Localized {
    match grade {
        Rating::VerySatisfied => Localized::new("非常满意", "Very satisfied"),
        Rating::Satisfied => Localized::new("满意", "Satisfied"),
        Rating::FairlySatisfied => Localized::new("基本满意", "Fairly satisfied"),
        Rating::Dissatisfied => Localized::new("不满意", "Dissatisfied"),
        Rating::VeryDissatisfied => Localized::new("非常不满意", "Very dissatisfied"),
    }
}
