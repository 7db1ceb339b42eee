//! Dictionaries of the register, as data with a version (rules C9, C10).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{
    catalogue_files as files,
    examination::{CatalogueErrors, Examination},
    localized::{Locale, Localized},
};

/// A dictionary value. The same digits mean different things in different systems, so the system
/// and its version always travel with the code (rule C9).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coded {
    /// The dictionary, e.g. `qllx`, `qlxz`, `land-use-planning`.
    pub system: String,
    /// Its version, e.g. `2023-11`.
    pub version: String,
    /// The code within it.
    pub code: String,
}

impl Coded {
    /// A value of a dictionary.
    pub fn new(
        system: impl Into<String>,
        version: impl Into<String>,
        code: impl Into<String>,
    ) -> Self {
        Self { system: system.into(), version: version.into(), code: code.into() }
    }

    /// Its meaning, or `代码 n（未识别）` for a code the dictionary does not have (rule C10).
    #[must_use]
    pub fn label(&self, locale: Locale) -> String {
        match dictionary(&self.system, &self.version).and_then(|d| d.entries.get(&self.code)) {
            Some(text) => text.get(locale).to_owned(),
            None => match locale {
                Locale::Zh => format!("代码 {}（未识别）", self.code),
                Locale::En => format!("code {} (not recognised)", self.code),
            },
        }
    }
}

/// One version of one dictionary.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    /// Name of the system.
    pub system: String,
    /// Version, usually the month it was issued.
    pub version: String,
    /// Its title.
    pub title: Localized,
    /// Where it was taken from.
    pub source: String,
    /// What of it nobody has read in the standard itself, if there is something.
    #[serde(default)]
    pub to_be_confirmed: Option<Localized>,
    /// The year, month or day it is of: when its standard was issued, or when it was taken down
    /// from registers in use. `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: String,
    /// Code to meaning.
    pub entries: BTreeMap<String, Localized>,
}

/// The version of the dictionaries of parcel types and of their letters, `parcel-feature` and
/// `parcel-right`, by which codes are explained: GB/T 37346-2019.
pub const CODE_STANDARD: &str = "gbt37346-2019";

/// Reads the dictionary of `system`; `file` is what errors call its file.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(text: &str, file: &str, system: &str) -> Result<Dictionary, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let read: Dictionary = exam.shape()?;
    let one = read.system.as_str();
    exam.rule(
        one == system,
        "system",
        one,
        "a dictionary has the `system` that its file is called after",
    );
    exam.rule(
        !read.version.trim().is_empty(),
        "version",
        one,
        "`version` is empty; write when it was issued",
    );
    let explains_codes = matches!(system, "parcel-feature" | "parcel-right");
    exam.rule(
        !explains_codes || read.version == CODE_STANDARD,
        "version",
        one,
        "codes are explained by the version gbt37346-2019; write that",
    );
    exam.rule(
        !read.source.trim().is_empty(),
        "source",
        one,
        "`source` is empty; write where it was taken from",
    );
    exam.rule(is_date(&read.date), "date", one, "`date` is YYYY, YYYY-MM or YYYY-MM-DD");
    exam.worded("title", &read.title);
    if let Some(open) = &read.to_be_confirmed {
        exam.worded("to_be_confirmed", open);
    }
    for (code, label) in &read.entries {
        exam.worded(&format!("entries/{code}"), label);
    }
    exam.end(read)
}

/// A year, a month or a day.
fn is_date(text: &str) -> bool {
    let digits: Vec<usize> = text.split('-').map(str::len).collect();
    matches!(digits[..], [4] | [4, 2] | [4, 2, 2])
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The dictionary of that system and version.
#[must_use]
pub fn dictionary(system: &str, version: &str) -> Option<&'static Dictionary> {
    dictionaries().iter().find(|d| d.system == system && d.version == version)
}

/// Every dictionary, for the page that lists them.
#[must_use]
pub fn dictionaries() -> &'static [Dictionary] {
    static READ: LazyLock<Vec<Dictionary>> = LazyLock::new(|| {
        let read = |(system, text, file)| files::sound(parse(text, file, system));
        files::in_use().dictionaries().map(read).collect()
    });
    &READ
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_parent_and_both_languages() {
        for dictionary in dictionaries() {
            let land_use = dictionary.system.starts_with("land-use-");
            for (code, label) in &dictionary.entries {
                assert!(!label.zh.is_empty() && !label.en.is_empty(), "{code}");
                if land_use && code.len() > 2 {
                    let parent = &code[..code.len() - 2];
                    assert!(dictionary.entries.contains_key(parent), "{code}");
                }
            }
        }
        assert_eq!(dictionaries().len(), 11);
    }

    #[test]
    fn c9_the_same_digits_read_differently_in_each_land_use_system() {
        for code in ["05", "0601", "0702", "09", "10", "12"] {
            let planning = Coded::new("land-use-planning", "2023-11", code).label(Locale::Zh);
            let survey = Coded::new("land-use-survey", "2017", code).label(Locale::Zh);
            assert!(!planning.contains("未识别") && !survey.contains("未识别"), "{code}");
            assert_ne!(planning, survey, "{code}");
        }
    }

    #[test]
    fn c9_digits_of_a_third_system_never_borrow_a_meaning() {
        for code in ["05", "051", "0601", "09"] {
            let old = Coded::new("land-use-three-digit", "2007", code);
            assert_eq!(old.label(Locale::Zh), format!("代码 {code}（未识别）"));
        }
        // Nor does another version of the same system.
        let later = Coded::new("land-use-planning", "2099-01", "05").label(Locale::En);
        assert_eq!(later, "code 05 (not recognised)");
    }

    #[test]
    fn c10_every_dictionary_names_its_version_source_and_date() {
        let mut seen = std::collections::BTreeSet::new();
        for one in dictionaries() {
            assert!(!one.version.is_empty() && !one.source.is_empty(), "{}", one.system);
            assert!(is_date(&one.date), "{}", one.date);
            assert!(seen.insert((&one.system, &one.version)), "{}", one.system);
        }
    }

    #[test]
    fn c10_the_tables_of_the_register_read_as_they_should() {
        for (system, code, zh) in [
            ("qlxz", "102", "出让"),
            ("qlsdfs", "3", "地下"),
            ("mjdw", "2", "亩"),
            ("gyfs", "2", "按份共有"),
            ("cflx", "4", "轮候预查封"),
            ("cflx", "1", "代码 1（未识别）"),
            ("qllx", "23", "代码 23（未识别）"),
        ] {
            assert_eq!(Coded::new(system, "tdt1066", code).label(Locale::Zh), zh, "{system}");
        }
        let letters = dictionary("parcel-right", "gbt37346-2019").unwrap();
        let known: String = letters.entries.keys().map(String::as_str).collect();
        assert_eq!(known, "ABCDEFGHKLNSWXY");
    }

    #[test]
    fn c10_an_unknown_code_is_shown_as_such() {
        assert_eq!(Coded::new("qllx", "tdt1066", "777").label(Locale::Zh), "代码 777（未识别）");
    }
}
