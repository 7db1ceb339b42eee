//! What a feature without a name is called.

use crate::localized::Localized;

const MADE_UP: (&str, &str) = ("未命名（", "Unnamed (");

/// The name for a feature that its source gives none.
#[must_use]
pub fn unnamed(id: &str) -> Localized {
    Localized { zh: format!("{}{id}）", MADE_UP.0), en: format!("{}{id})", MADE_UP.1) }
}

/// Whether a name says nothing: there is none, or [`unnamed`] made it up. What an id of a source reads like is
/// no word of whoever drew the feature.
#[must_use]
pub fn is_unnamed(name: &Localized) -> bool {
    let none = name.zh.is_empty() && name.en.is_empty();
    none || name.zh.starts_with(MADE_UP.0) && name.en.starts_with(MADE_UP.1)
}
