//! What a search is taken to mean: the divisions that it names, and its words.

use super::folded;
use crate::division::{NamedDivision, named_at_start, named_in_letters};

/// What ends a part of an address. Parts are looked for by themselves where the whole is not found.
const ENDS: &str = "省市县区镇乡村街路道巷弄号幢栋";

/// What stands before its number in letters, as [`crate::romanised`] writes it and people do.
const COUNTS: [&str; 8] = ["no", "no.", "number", "group", "building", "entrance", "floor", "room"];

/// A search taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchWords {
    /// Divisions in which it is to lie, each within the one before or beside it.
    pub within: Vec<NamedDivision>,
    /// Folded words, all of which are to be found.
    pub words: Vec<String>,
}

impl SearchWords {
    /// A search as it was typed. 浙江省湖州市德清县 in front of a word are where it is to lie: addresses in a
    /// register mostly begin below that.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let typed: Vec<String> = folded_words(text);
        let mut asked = Self::default();
        let mut rest = typed.as_slice();
        while let Some((word, after)) = rest.split_first() {
            if let Some((division, words)) = named_in_letters(rest) {
                asked.within.push(division);
                rest = &rest[words..];
                continue;
            }
            let word = asked.strip(word, false);
            asked.words.extend((!word.is_empty()).then(|| word.to_owned()));
            rest = after;
        }
        asked
    }

    /// The search by the parts of its words, which finds them in another order than the address has them,
    /// or with parts between that were left out. `None` where that is no other search.
    #[must_use]
    pub fn in_parts(&self) -> Option<Self> {
        let mut apart = Self { within: self.within.clone(), words: Vec::new() };
        for word in &self.words {
            let word = apart.strip(word, true);
            apart.words.extend(parts(word));
        }
        (apart != *self).then_some(apart)
    }

    /// Takes divisions off the front of a word. A short name, 德清, is one only before another division;
    /// where `short` says so, before anything.
    fn strip<'w>(&mut self, word: &'w str, short: bool) -> &'w str {
        let mut rest = word;
        while let Some((division, whole)) = named_at_start(rest) {
            let after = &rest[division.name.len()..];
            if !whole && named_at_start(after).is_none() && !(short && after.chars().count() > 2) {
                break;
            }
            self.within.push(division);
            rest = after;
        }
        rest
    }
}

/// The words of a text, each folded. Blanks within a house number part no words, and in letters a number
/// belongs to what it counts: No. 259 and Group 4 are one word each.
fn folded_words(text: &str) -> Vec<String> {
    let typed = text.split(|c: char| c.is_whitespace() || "，,、；;。".contains(c));
    let mut words: Vec<String> = Vec::new();
    for word in typed.map(folded).filter(|word| !word.is_empty()) {
        let counted = word.starts_with(|c: char| c.is_ascii_digit()) && word.is_ascii();
        match words.last_mut().filter(|last| counted && COUNTS.contains(&last.as_str())) {
            Some(last) => *last = folded(&format!("{last} {word}")),
            None => words.push(word),
        }
    }
    words
}

/// The parts of an address: 演示镇, 演示智造路40号. What follows a road is a part unless it is a number,
/// and nothing of one character is.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        part.push(c);
        // 街道 and 新市镇 end once, and a number belongs to its road.
        let goes_on = |next: &char| next.is_ascii_digit() || ENDS.contains(*next);
        let ends = ENDS.contains(c) && !characters.peek().is_none_or(goes_on);
        if ends && part.chars().count() > 1 {
            parts.push(std::mem::take(&mut part));
        }
    }
    match parts.last_mut() {
        Some(last) if part.chars().count() == 1 => last.push_str(&part),
        _ if part.is_empty() => {}
        _ => parts.push(part),
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> (Vec<String>, Vec<String>) {
        let SearchWords { within, words } = SearchWords::of(text);
        (within.into_iter().map(|division| division.codes[0].clone()).collect(), words)
    }

    fn words(text: &str) -> Vec<String> {
        asked(text).1
    }

    #[test]
    fn the_divisions_in_front_of_an_address_say_where_it_is_to_lie() {
        for text in [
            "浙江省湖州市德清县演示镇演示智造路40号",
            "浙江省 湖州市 德清县 演示镇演示智造路４０号",
            "浙江湖州德清县演示镇演示智造路40号",
        ] {
            let (within, words) = asked(text);
            assert_eq!(within, ["33", "3305", "330521"], "{text}");
            assert_eq!(words, ["演示镇演示智造路40号"], "{text}");
        }
        assert_eq!(asked("德清县演示智造路40号").0, ["330521"]);
        assert_eq!(asked("德清县"), (vec!["330521".to_owned()], vec![]));
        assert_eq!(asked("Deqing County yanshi"), (vec!["330521".into()], vec!["yanshi".into()]));
    }

    #[test]
    fn a_short_name_before_something_else_is_part_of_a_word_until_nothing_is_found() {
        assert_eq!(asked("德清路5号"), (vec![], vec!["德清路5号".to_owned()]));
        let apart = SearchWords::of("德清演示智造路40号").in_parts().unwrap();
        assert_eq!(apart.within[0].codes[0], "330521");
        assert_eq!(apart.words, ["演示智造路40号"]);
    }

    #[test]
    fn a_division_that_was_abolished_finds_what_its_land_is_now() {
        let [division] = SearchWords::of("下城区").within.try_into().unwrap();
        assert!(division.codes.contains(&"330103".to_owned()));
        assert!(division.codes.contains(&"330105".to_owned()), "{division:?}");
    }

    #[test]
    fn words_are_parted_by_blanks_and_commas_of_every_width() {
        assert_eq!(words("40号　智造路，厂房"), ["40号", "智造路", "厂房"]);
        assert_eq!(words(" "), Vec::<String>::new());
    }

    #[test]
    fn a_number_in_letters_belongs_to_what_it_counts() {
        let address = "Deqing County, Yanshi Town, Yanshilishan Village, Group 4, No. 259";
        let parts = ["yanshi", "town", "yanshilishan", "village", "group 4", "no.259"];
        assert_eq!(asked(address), (vec!["330521".into()], parts.map(str::to_owned).to_vec()));
        assert_eq!(words("Lishan Village Group 4"), ["lishan", "village", "group 4"]);
        assert_eq!(words("Main Street 5"), ["main", "street", "5"]);
    }

    #[test]
    fn an_address_in_another_order_is_looked_for_by_its_parts() {
        let apart = |text| SearchWords::of(text).in_parts().map(|asked| asked.words);
        let parts = |of: &[&str]| Some(of.iter().map(|part| (*part).to_owned()).collect());
        assert_eq!(apart("智造路40号演示镇"), parts(&["智造路40号", "演示镇"]));
        assert_eq!(apart("演示智造路厂房"), parts(&["演示智造路", "厂房"]));
        assert_eq!(apart("武康街道永安街12号"), parts(&["武康街道", "永安街12号"]));
        assert_eq!(apart("新市镇健康路5号3幢"), parts(&["新市镇", "健康路5号3幢"]));
        assert_eq!(apart("永安街"), None);
        assert_eq!(apart("main"), None);
    }
}
