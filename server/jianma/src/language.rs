//! The language of the command line: that of the environment, Chinese or English.

use std::{borrow::Cow, env, sync::LazyLock};

use domain::Locale;

use crate::translation::in_chinese;

/// The language of this process, by `LC_ALL`, `LC_MESSAGES` and `LANG` (POSIX, 8.2): the first that
/// says anything decides.
#[must_use]
pub fn of_environment() -> Locale {
    static LOCALE: LazyLock<Locale> = LazyLock::new(|| {
        first_set(["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| env::var(name).unwrap_or_default()))
    });
    *LOCALE
}

/// The language of these values, the first of which that is not empty decides.
fn first_set(values: [String; 3]) -> Locale {
    let decides = values.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    if decides.to_ascii_lowercase().starts_with("zh") { Locale::Zh } else { Locale::En }
}

/// What the program says, in the language of this process.
#[must_use]
pub fn said(text: &str) -> Cow<'_, str> {
    match of_environment() {
        Locale::En => text.into(),
        Locale::Zh => in_chinese(text).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(first_set(values.map(str::to_owned)), locale, "{values:?}");
        }
    }
}
