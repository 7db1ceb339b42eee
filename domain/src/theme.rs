//! The themes of public-law restrictions, a fixed list that every profile answers in full.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{
    catalogue_files::{self as files, THEMES},
    examination::{CatalogueErrors, Examination},
    field::Field,
    law::{Ledger, LegalDocument, Register, Written, register},
    localized::Localized,
    severity::{Grading, Kind, Outside, Severity},
};

/// A theme's stable name, e.g. `permanent_basic_farmland`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThemeId(pub String);

impl ThemeId {
    /// The field that says whether restrictions of the theme may be shown, as its catalogue names it.
    #[must_use]
    pub fn field(&self) -> Option<Field> {
        theme(self)?.field
    }
}

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
    /// How grave its findings are. Each answer says it of what was found at a place.
    #[serde(skip)]
    pub grading: Grading,
    /// The law that the meaning is drawn from. Pages show the documents of layers instead, for
    /// data from elsewhere have other laws.
    #[serde(default, skip_serializing)]
    pub basis: Vec<LegalDocument>,
    /// Who answers when the portal has no data.
    pub office: Localized,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    theme: Vec<ThemeText>,
}

/// A theme as it is written, before its laws are looked up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeText {
    id: ThemeId,
    field: Option<Field>,
    title: Localized,
    meaning: Localized,
    severity: Severity,
    #[serde(default)]
    kinds: Vec<Kind>,
    outside: Option<Outside>,
    basis: Vec<Written>,
    office: Localized,
}

/// Reads `themes.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(
    text: &str,
    file: &str,
    laws: &Register,
) -> Result<Vec<Theme>, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let File { theme } = exam.shape()?;
    exam.distinct("theme", "theme", "id", theme.iter().map(|theme| theme.id.0.as_str()));
    let themes = theme.into_iter().enumerate();
    let themes = themes.map(|(at, text)| text.read(&format!("theme/{at}"), &mut exam, laws));
    let themes = themes.collect();
    exam.end(themes)
}

/// The fields whose rows of the table speak of restrictions (rule P1). A catalogue that named another
/// would stand above the table.
const GOVERNING: [Field; 5] = [
    Field::GeologicalHazards,
    Field::PlanBoundaries,
    Field::PlanningConditions,
    Field::Restrictions,
    Field::OtherRestrictions,
];

/// The themes that come with the program, and the field of each.
fn themes_of_program() -> &'static HashMap<ThemeId, Option<Field>> {
    static FIELDS: LazyLock<HashMap<ThemeId, Option<Field>>> = LazyLock::new(|| {
        let exam = Examination::of(files::embedded(THEMES), "the embedded themes.toml");
        let File { theme } = files::sound(exam.shape());
        theme.into_iter().map(|theme| (theme.id, theme.field)).collect()
    });
    &FIELDS
}

impl ThemeText {
    fn read(self, place: &str, exam: &mut Examination<'_>, laws: &Register) -> Theme {
        let Self { id, field, title, meaning, severity, kinds, outside, basis, office } = self;
        let grading = Grading { severity, kinds, outside };
        grading.examine(place, &id.0, exam);
        let rule = "a theme's has a-z, 0-9 and _ only, as in permanent_basic_farmland";
        exam.id(&format!("{place}/id"), &id.0, b'_', rule);
        exam.rule(
            field.is_none_or(|field| GOVERNING.contains(&field)),
            &format!("{place}/field"),
            &id.0,
            "no row of that `field` speaks of restrictions; write geological_hazards, plan_boundaries, planning_conditions, restrictions or other_restrictions",
        );
        let own = themes_of_program().get(&id).copied();
        exam.rule(
            field.is_none() || own.is_none_or(|own| own == field),
            &format!("{place}/field"),
            &id.0,
            "a theme of the program keeps its `field`, or has none and is shown to nobody: which row speaks of it is the table's to say",
        );
        for (key, text) in [("title", &title), ("meaning", &meaning), ("office", &office)] {
            exam.worded(&format!("{place}/{key}"), text);
        }
        let stands = basis.iter().any(|written| written.law.is_some() && written.from.is_none());
        exam.rule(
            stands,
            &format!("{place}/basis"),
            &id.0,
            "`basis` names no law that stands from the start; write { law = \"ID\", articles = [\"9\"] } (rule Z2)",
        );
        let documents = basis.into_iter().enumerate().filter_map(|(at, written)| {
            let place = format!("{place}/basis/{at}");
            exam.rule(
                written.law.is_some(),
                &place,
                &id.0,
                "a theme's basis is a `law` of laws.toml; enter it there and name its id",
            );
            LegalDocument::read(written, laws).map_err(|error| exam.fault(&place, error)).ok()
        });
        let basis = documents.collect();
        Theme { id, field, title, meaning, grading, basis, office }
    }
}

/// Every theme, in the order in which profiles list them. Source: `domain/data/themes.toml`.
#[must_use]
pub fn themes() -> &'static [Theme] {
    static READ: LazyLock<Vec<Theme>> = LazyLock::new(|| {
        let (text, file) = files::in_use().get(THEMES);
        files::sound(parse(text, file, register()))
    });
    &READ
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
        let read = parse(files::embedded(THEMES), "themes.toml", register()).unwrap();
        assert_eq!(read, themes());
        assert!(themes().len() >= 10);
    }
}
