//! The themes of public-law restrictions, a fixed list that every profile answers in full.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{document::LegalDocument, law::Ledger, localized::Localized, policy::Field};

/// A theme's stable name, e.g. `permanent_basic_farmland`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThemeId(pub String);

/// A theme of restrictions. A profile says of each: concerned, not concerned, or no data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// Stable name.
    pub id: ThemeId,
    /// The field whose row of the policy governs it; without one it is denied to everybody.
    #[serde(default, skip_serializing)]
    pub field: Option<Field>,
    /// Title for people.
    pub title: Localized,
    /// One sentence: what it means for somebody who uses the land.
    pub meaning: Localized,
    /// The law that the meaning is drawn from. Pages show the documents of layers instead, for
    /// data from elsewhere have other laws.
    #[serde(default, skip_serializing)]
    pub basis: Vec<LegalDocument>,
    /// Who answers when the portal has no data.
    pub office: Localized,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    theme: Vec<Theme>,
}

static CATALOGUE: LazyLock<Vec<Theme>> = LazyLock::new(|| {
    toml::from_str::<Catalogue>(include_str!("../data/themes.toml"))
        .map(|catalogue| catalogue.theme)
        .unwrap_or_default()
});

/// Every theme, in the order in which profiles list them. Source: `domain/data/themes.toml`.
#[must_use]
pub fn themes() -> &'static [Theme] {
    &CATALOGUE
}

/// The theme of that name.
#[must_use]
pub fn theme(id: &ThemeId) -> Option<&'static Theme> {
    themes().iter().find(|theme| &theme.id == id)
}

/// What the meanings of the themes rest on.
#[must_use]
pub fn citations() -> Ledger {
    let mut ledger = Ledger::default();
    for theme in themes() {
        for document in &theme.basis {
            ledger.document("themes", &theme.id.0, document);
        }
    }
    ledger
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z2_every_theme_says_which_law_its_meaning_is_drawn_from() {
        for theme in themes() {
            assert!(theme.basis.iter().any(|document| document.from.is_none()), "{:?}", theme.id);
            assert!(theme.field.is_some(), "{:?} is denied to everybody", theme.id);
            assert!(theme.basis.iter().all(|document| document.law.is_some()), "{:?}", theme.id);
        }
    }

    #[test]
    fn the_catalogue_file_reads_and_names_each_theme_once() {
        let file: Catalogue = toml::from_str(include_str!("../data/themes.toml")).unwrap();
        let mut names: Vec<_> = file.theme.iter().map(|theme| &theme.id).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), file.theme.len());
        assert!(themes().len() >= 10);
        for theme in themes() {
            for text in [&theme.title, &theme.meaning, &theme.office] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{:?}", theme.id);
            }
        }
    }
}
