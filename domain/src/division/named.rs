//! Divisions by what people call them.

use std::sync::LazyLock;

use super::{Division, Rank, in_use};

/// A division that a search names. The codes of parcels begin with it, and addresses may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedDivision {
    /// Its name, as it is compared.
    pub name: String,
    /// How the codes in it begin: its own, that of what it came out of, and of what came out of it.
    pub codes: Vec<String>,
}

/// A division's names, and how the codes in it begin.
struct Name {
    whole: String,
    /// Without its kind, 德清; `None` where that is one character.
    short: Option<String>,
    /// In letters, word by word.
    letters: Vec<String>,
    codes: Vec<String>,
}

/// The division that a folded text begins with, and whether by its whole name; the longest of several.
pub(crate) fn named_at_start(text: &str) -> Option<(NamedDivision, bool)> {
    let found = names().iter().flat_map(|name| {
        let short = name.short.iter().map(|short| (short, false));
        let all = std::iter::once((&name.whole, true)).chain(short);
        all.filter(|(written, _)| text.starts_with(written.as_str()))
            .map(move |found| (name, found))
    });
    let (name, (written, whole)) = found.max_by_key(|(_, (written, _))| written.len())?;
    Some((NamedDivision { name: written.clone(), codes: name.codes.clone() }, whole))
}

/// The division that folded words begin with in letters, Deqing County, and how many words that is.
pub(crate) fn named_in_letters(words: &[String]) -> Option<(NamedDivision, usize)> {
    let begins = |name: &&Name| !name.letters.is_empty() && words.starts_with(&name.letters);
    let name = names().iter().filter(begins).max_by_key(|name| name.letters.len())?;
    let division = NamedDivision { name: name.whole.clone(), codes: name.codes.clone() };
    Some((division, name.letters.len()))
}

/// The division that a folded word is the short name of, in either writing: 湖州, huzhou; the widest of
/// several.
pub(crate) fn named_alone(word: &str) -> Option<NamedDivision> {
    let is_short = |name: &&Name| {
        name.short.as_deref() == Some(word)
            || matches!(name.letters.as_slice(), [first, _] if first == word)
    };
    let width = |name: &&Name| name.codes.first().map_or(usize::MAX, String::len);
    let name = names().iter().filter(is_short).min_by_key(width)?;
    Some(NamedDivision { name: name.whole.clone(), codes: name.codes.clone() })
}

fn names() -> &'static [Name] {
    static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
        let mut names: Vec<Name> = Vec::new();
        for division in in_use().by_code.values().flatten() {
            let codes = beginnings(division);
            match names.iter_mut().find(|name| name.whole == division.name.zh) {
                Some(known) => known.codes.extend(codes),
                None => names.push(Name::of(division, codes)),
            }
        }
        names
    });
    &NAMES
}

impl Name {
    fn of(division: &Division, codes: Vec<String>) -> Self {
        let whole = division.name.zh.clone();
        let short = whole.strip_suffix(['省', '市', '县', '区']);
        let short = short.filter(|short| short.chars().count() > 1).map(str::to_owned);
        let mut letters: Vec<String> =
            division.name.en.to_lowercase().split_whitespace().map(str::to_owned).collect();
        // One word alone is the name of a street as often.
        if letters.len() == 1 {
            let kind = if division.rank == Rank::Province { "province" } else { "city" };
            letters.push(kind.to_owned());
        }
        Self { whole, short, letters, codes }
    }
}

/// How the codes of what lies in a division begin. Codes that were given before a change stay, so those
/// of divisions that it came out of count, and those of divisions that its land belongs to now.
fn beginnings(division: &Division) -> Vec<String> {
    let length = match division.rank {
        Rank::Province => 2,
        Rank::City => 4,
        Rank::County => 6,
    };
    let before = in_use().by_code.values().flatten();
    let before = before.filter(|other| other.succeeded_by.contains(&division.code));
    let mut codes = vec![division.code.get(..length).unwrap_or(&division.code).to_owned()];
    codes.extend(division.succeeded_by.iter().cloned());
    codes.extend(before.map(|other| other.code.clone()));
    codes
}
