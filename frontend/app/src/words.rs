//! The words of the pages, in both languages. They stay on the server: islands get theirs as
//! props.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use domain::{
    Locale, Localized,
    law::{Ledger, LegalText},
};
use jiff::civil::Date;
use rustc_hash::FxBuildHasher;

/// A page asks for hundreds of words. The keys are our own.
type Table = HashMap<String, String, FxBuildHasher>;

/// The words of the pages for everybody, and those of the counter.
const ZH_TEXT: &str = concat!(
    include_str!("../locales/zh.toml"),
    "\n",
    include_str!("../locales/staff.zh.toml"),
    "\n",
    include_str!("../locales/filing.zh.toml"),
    "\n",
    include_str!("../locales/outcomes.zh.toml"),
    "\n",
    include_str!("../locales/extract.zh.toml"),
);
const EN_TEXT: &str = concat!(
    include_str!("../locales/en.toml"),
    "\n",
    include_str!("../locales/staff.en.toml"),
    "\n",
    include_str!("../locales/filing.en.toml"),
    "\n",
    include_str!("../locales/outcomes.en.toml"),
    "\n",
    include_str!("../locales/extract.en.toml"),
);

static ZH: LazyLock<Table> = LazyLock::new(|| read(ZH_TEXT));
static EN: LazyLock<Table> = LazyLock::new(|| read(EN_TEXT));

/// Those words that rest on a law, by key.
static LEGAL: LazyLock<BTreeMap<String, LegalText>> = LazyLock::new(|| {
    let cites = |(key, zh): (&String, &String)| {
        let text = Localized::new(zh.clone(), EN.get(key).cloned().unwrap_or_default());
        let text = zh.contains("{law:").then(|| LegalText::try_from(text).ok()).flatten()?;
        Some((key.clone(), text))
    };
    ZH.iter().filter_map(cites).collect()
});

/// What the words of the pages rest on.
#[must_use]
pub fn citations() -> Ledger {
    let mut ledger = Ledger::default();
    for (key, text) in LEGAL.iter() {
        ledger.add("pages", key, text);
    }
    ledger
}

fn read(text: &str) -> Table {
    toml::from_str(text).unwrap_or_default()
}

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub Locale);

impl Words {
    /// The words under `key`. Tests see to it that every key is there.
    pub fn t(self, key: &str) -> &'static str {
        let table: &'static Table = match self.0 {
            Locale::Zh => &ZH,
            Locale::En => &EN,
        };
        table.get(key).map_or("", String::as_str)
    }

    /// The words under `key` with `{name}` filled in. What is filled in is not looked through: it may have
    /// braces of its own.
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.t(key);
        let mut text = String::with_capacity(2 * rest.len());
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let named = after.split_once('}');
            let value = named.and_then(|(name, tail)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((*value, tail))
            });
            let (piece, tail) = value.unwrap_or(("{", after));
            text.push_str(piece);
            rest = tail;
        }
        text.push_str(rest);
        text
    }

    /// The words under `key` with the laws they rest on, as they read on `today`.
    pub fn cited(self, key: &str, today: Date) -> String {
        LEGAL.get(key).map_or_else(|| self.t(key).to_owned(), |text| text.get(self.0, today))
    }

    /// A text that carries both languages.
    pub fn pick(self, text: &Localized) -> String {
        text.get(self.0).to_owned()
    }
}

#[cfg(test)]
mod tests;
