//! Parts of a guide: under what it is found, and what to have at hand.

use serde::{Deserialize, Serialize};

use crate::localized::Localized;

/// What somebody comes for: services are listed by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// To know something.
    Know,
    /// To have rights registered.
    Register,
    /// To build, or to use land for building.
    Build,
    /// To build a house in the country.
    Village,
    /// To have something put right.
    Report,
    /// None of these, or not said.
    #[default]
    Other,
}

impl Aim {
    /// Every one, in the order in which they are listed.
    pub const ALL: [Self; 6] =
        [Self::Know, Self::Register, Self::Build, Self::Village, Self::Report, Self::Other];

    /// Its name in files and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Know => "know",
            Self::Register => "register",
            Self::Build => "build",
            Self::Village => "village",
            Self::Report => "report",
            Self::Other => "other",
        }
    }

    /// What is called so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aim| aim.name() == name)
    }
}

/// Files that can be handed in with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// How many at most.
    pub most: usize,
    /// What they are to show.
    pub what: Localized,
}

/// Something to have at hand (rules S2, S4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// What it is, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Whether the request is taken without it and it may follow (容缺).
    #[serde(default)]
    pub later: bool,
    /// Whether the department gets it from other departments by sharing: nobody is asked for it.
    #[serde(default)]
    pub shared: bool,
}

impl Material {
    /// What it is.
    #[must_use]
    pub fn text(&self) -> Localized {
        Localized::new(&*self.zh, &*self.en)
    }
}
