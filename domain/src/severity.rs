//! How much a restriction asks of whoever lives on the land or wants to use it.

use serde::{Deserialize, Serialize};

use crate::{examination::Examination, localized::Localized};

/// What a finding asks, from the least to the gravest.
///
/// A danger zone stands above every prohibition. Both forbid building (地质灾害防治条例 第十九条,
/// docs/rules.md Z8), but a prohibition speaks to who wants to build, and a danger zone to everybody
/// who is there: it is marked on the ground, and what may set the hazard off is forbidden in it, for the
/// sake of lives and property.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know; nothing is limited.
    Informs,
    /// What is built or changed has to fit it.
    MustConform,
    /// An assessment or somebody's consent comes first.
    NeedsConsent,
    /// The law forbids something here.
    Prohibits,
    /// People's safety is at stake. What is not known otherwise counts as this.
    #[default]
    Danger,
}

impl Severity {
    /// All, gravest first.
    pub const ALL: [Self; 5] =
        [Self::Danger, Self::Prohibits, Self::NeedsConsent, Self::MustConform, Self::Informs];

    /// Its name, as in JSON and the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Prohibits => "prohibits",
            Self::NeedsConsent => "needs_consent",
            Self::MustConform => "must_conform",
            Self::Informs => "informs",
        }
    }
}

/// Findings of a theme whose name holds one of these words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// The words, in Chinese or English.
    pub words: Vec<String>,
    /// What such a finding asks.
    pub severity: Severity,
}

/// What it means that a place lies outside of all areas of a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    /// What that asks.
    pub severity: Severity,
    /// One sentence for people.
    pub meaning: Localized,
}

/// How grave the findings of a theme are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grading {
    /// The gravest of its findings, and so every one of which no kind is known.
    pub severity: Severity,
    /// Kinds of findings; the first one that fits counts.
    pub kinds: Vec<Kind>,
    /// Where the areas are good to be in, and outside of them something is asked.
    pub outside: Option<Outside>,
}

impl Grading {
    /// What a finding of that name asks.
    #[must_use]
    pub fn severity(&self, label: &Localized) -> Severity {
        let names = [label.zh.to_lowercase(), label.en.to_lowercase()];
        let holds = |word: &String| names.iter().any(|name| name.contains(word.as_str()));
        let kind = self.kinds.iter().find(|kind| kind.words.iter().any(holds));
        kind.map_or(self.severity, |kind| kind.severity)
    }

    /// Notes what is wrong with it in the entry `id` at `place`.
    pub(crate) fn examine(&self, place: &str, id: &str, exam: &mut Examination<'_>) {
        for (at, kind) in self.kinds.iter().enumerate() {
            let place = format!("{place}/kinds/{at}");
            let worded =
                !kind.words.is_empty() && kind.words.iter().all(|it| !it.trim().is_empty());
            exam.rule(worded, &place, id, "a kind needs `words` by which it is known");
            exam.rule(
                kind.words.iter().all(|word| *word == word.to_lowercase()),
                &place,
                id,
                "the `words` of a kind are in lower case: they are sought in names of any case",
            );
            exam.rule(
                kind.severity <= self.severity,
                &place,
                id,
                "no kind may be graver than the theme's `severity`: what is of no known kind counts as that",
            );
        }
        if let Some(outside) = &self.outside {
            exam.worded(&format!("{place}/outside/meaning"), &outside.meaning);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grading() -> Grading {
        let kind = |words: &[&str], severity| Kind {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            severity,
        };
        Grading {
            severity: Severity::Danger,
            kinds: vec![
                kind(&["危险区", "danger zone"], Severity::Danger),
                kind(&["易发区"], Severity::NeedsConsent),
            ],
            outside: None,
        }
    }

    #[test]
    fn the_first_kind_whose_words_stand_in_a_name_counts() {
        let of = |zh: &str, en: &str| grading().severity(&Localized::new(zh, en));
        assert_eq!(of("高易发区", "High"), Severity::NeedsConsent);
        assert_eq!(of("高易发区内的滑坡危险区", "x"), Severity::Danger);
        assert_eq!(of("x", "Landslide Danger Zone"), Severity::Danger);
    }

    #[test]
    fn z4_a_name_of_no_known_kind_counts_as_the_gravest_of_its_theme() {
        assert_eq!(grading().severity(&Localized::new("乙类", "B")), Severity::Danger);
        assert_eq!(Grading::default().severity(&Localized::default()), Severity::Danger);
    }

    #[test]
    fn safety_stands_above_prohibition_and_names_are_those_of_json() {
        assert!(Severity::Danger > Severity::Prohibits);
        assert!(Severity::ALL.windows(2).all(|pair| pair[0] > pair[1]));
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.name());
        }
    }
}
