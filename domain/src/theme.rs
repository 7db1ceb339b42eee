//! The themes of public-law restrictions, a fixed list that every profile answers in full.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::localized::Localized;

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
    /// Title for people.
    pub title: Localized,
    /// One sentence: what it means for somebody who uses the land.
    pub meaning: Localized,
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

#[cfg(test)]
mod tests {
    use super::*;

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
