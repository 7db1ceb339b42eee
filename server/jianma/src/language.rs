//! The language of the command line: that of the environment, Chinese or English.

use std::{collections::BTreeMap, env, sync::LazyLock};

use domain::Locale;
use serde::Deserialize;

/// What a file in `locales/` holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Catalogue {
    /// What a command does, by the words that call it.
    pub(crate) about: BTreeMap<String, String>,
    /// What a parameter is, by its id, whatever the command.
    pub(crate) argument: BTreeMap<String, String>,
    /// What it is for one command.
    pub(crate) argument_of: BTreeMap<String, String>,
    /// Everything else that is said.
    words: BTreeMap<String, String>,
}

static ZH: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../locales/zh.toml")));
static EN: LazyLock<Catalogue> = LazyLock::new(|| read(include_str!("../locales/en.toml")));

/// A test reads both.
fn read(text: &str) -> Catalogue {
    toml::from_str(text).unwrap_or_default()
}

/// The texts of a language.
pub(crate) fn catalogue(locale: Locale) -> &'static Catalogue {
    match locale {
        Locale::Zh => &ZH,
        Locale::En => &EN,
    }
}

/// The language of this process, by `LC_ALL`, `LC_MESSAGES` and `LANG` (POSIX, 8.2): the first that
/// says anything decides.
#[must_use]
pub fn of_environment() -> Locale {
    static LOCALE: LazyLock<Locale> = LazyLock::new(|| {
        of(["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| env::var(name).unwrap_or_default()))
    });
    *LOCALE
}

/// The language of these values, the first of which that is not empty decides.
fn of(values: [String; 3]) -> Locale {
    let decides = values.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    if decides.to_ascii_lowercase().starts_with("zh") { Locale::Zh } else { Locale::En }
}

/// The words under `key` in a language. Tests see to it that every key is there.
#[must_use]
pub fn text(locale: Locale, key: &str) -> &'static str {
    catalogue(locale).words.get(key).map_or("", String::as_str)
}

/// The same with `{name}` filled in.
#[must_use]
pub fn words(locale: Locale, key: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text(locale, key).to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_values() {
        let [zh, en] = [include_str!("../locales/zh.toml"), include_str!("../locales/en.toml")]
            .map(|text| toml::from_str::<Catalogue>(text).unwrap());
        assert_eq!(zh.words.keys().collect::<Vec<_>>(), en.words.keys().collect::<Vec<_>>());
        for (key, text) in &zh.words {
            assert!(!text.trim().is_empty(), "{key}");
            assert_eq!(placeholders(text), placeholders(&en.words[key]), "{key}");
        }
    }

    #[test]
    fn the_first_variable_that_says_anything_decides() {
        for (values, locale) in [
            (["", "", ""], Locale::En),
            (["", "", "zh_CN.UTF-8"], Locale::Zh),
            (["C", "zh_CN.UTF-8", "zh_CN.UTF-8"], Locale::En),
            (["", "zh_CN", "en_GB.UTF-8"], Locale::Zh),
            (["zh-Hans", "", ""], Locale::Zh),
            (["", "", "en_US.UTF-8"], Locale::En),
        ] {
            assert_eq!(of(values.map(str::to_owned)), locale, "{values:?}");
        }
    }
}
