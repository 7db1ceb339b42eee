//! Further readings of a search, for where nothing has its words as they were typed: its parts, its numbers in
//! figures, everyday words by what the register calls them, and last the house number without the home in it.

use super::{SearchWords, is_number};
use crate::division::named_alone;

/// A search read in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What is looked for.
    pub words: SearchWords,
    /// Whether it says less than what was typed: the building, floor or room was left out. Registers list
    /// homes for nobody, so it is the same whether there is such a home or not (row 2).
    pub coarser: bool,
}

/// What a part of a house number is called after its figure.
const HOMES: [&str; 7] = ["幢", "栋", "号楼", "单元", "层", "楼", "室"];
/// The same before it, in letters.
const HOMES_IN_LETTERS: [&str; 5] = ["building ", "entrance ", "floor ", "room ", "unit "];
/// What is counted in Chinese figures as often as in Arabic ones.
const COUNTED: [&str; 9] = ["组", "号", "幢", "栋", "单元", "层", "楼", "室", "弄"];
/// Kinds of ways and places in letters, after their names.
const KINDS: [(&str, &str); 4] =
    [("lu", "road"), ("jie", "street"), ("cun", "village"), ("zhen", "town")];
/// Everyday words, and a word that is in what the register calls the use or the kind.
const EVERYDAY: [(&str, &str); 21] = [
    ("农田", "耕地"),
    ("田地", "耕地"),
    ("稻田", "水田"),
    ("菜地", "耕地"),
    ("工厂", "工业"),
    ("厂房", "工业"),
    ("店面", "商业"),
    ("店铺", "商业"),
    ("商铺", "商业"),
    ("商店", "商业"),
    ("奶茶店", "商业"),
    ("饭店", "商业"),
    ("学校", "教育"),
    ("farmland", "耕地"),
    ("homestead", "宅基地"),
    ("factory", "工业"),
    ("factories", "工业"),
    ("shop", "商业"),
    ("shops", "商业"),
    ("school", "教育"),
    ("schools", "教育"),
];

impl SearchWords {
    /// Every further reading, the nearest to what was typed first; none twice, and none that is this one.
    #[must_use]
    pub fn readings(&self) -> Vec<Reading> {
        let mut all: Vec<Reading> = Vec::new();
        let mut add = |words: SearchWords, coarser: bool| {
            let parts = words.in_parts();
            for words in std::iter::once(words).chain(parts) {
                let new = words != *self && all.iter().all(|known| known.words != words);
                if new && words != Self::default() {
                    all.push(Reading { words, coarser });
                }
            }
        };
        add(self.clone(), false);
        let said = self.as_register_says();
        add(said.clone(), false);
        if let Some(outer) = said.without_home() {
            add(outer, true);
        }
        all
    }

    fn as_register_says(&self) -> Self {
        let Self { mut within, words } = self.clone();
        // One word alone is the name of a street as often; where there is no such street it is a division.
        if let [word] = words.as_slice()
            && let Some(division) = named_alone(word)
        {
            within.push(division);
            return Self { within, words: Vec::new() };
        }
        let mut said: Vec<String> = Vec::new();
        for word in words {
            let figure = said.last().filter(|last| last.bytes().all(|b| b.is_ascii_digit()));
            let counted = match (word.as_str(), figure) {
                ("hao", Some(figure)) => Some(format!("no.{figure}")),
                ("zu", Some(figure)) => Some(format!("group {figure}")),
                _ => None,
            };
            if let (Some(counted), Some(last)) = (counted, said.last_mut()) {
                *last = counted;
                continue;
            }
            let first = said.is_empty();
            let kind = KINDS.iter().find(|(kind, _)| !first && *kind == word);
            let known = kind.or_else(|| EVERYDAY.iter().find(|(everyday, _)| *everyday == word));
            let number = word.strip_prefix("no ").or_else(|| word.strip_prefix("number "));
            let number = number.map(|number| format!("no.{number}"));
            said.push(match (known, number) {
                (Some((_, name)), _) => (*name).to_owned(),
                (None, Some(number)) => number,
                (None, None) => in_figures(&word),
            });
        }
        Self { within, words: said }
    }

    /// The search by the house number alone; `None` where it names no part of one, or nothing else.
    fn without_home(&self) -> Option<Self> {
        let mut outer = Self { within: self.within.clone(), words: Vec::new() };
        let mut cut = false;
        for word in &self.words {
            if HOMES_IN_LETTERS.iter().any(|kind| word.starts_with(kind)) {
                cut = true;
            } else if let Some(at) = home_in(word) {
                cut = true;
                let front = word[..at].trim_end_matches(['-', '#', '(']);
                outer.words.extend((!front.is_empty()).then(|| front.to_owned()));
            } else if !cut || !is_number(word) {
                outer.words.push(word.clone());
            }
        }
        (cut && !outer.words.is_empty()).then_some(outer)
    }
}

/// Where in a folded address a building, a floor or a room begins: a figure that counts one, or one behind the
/// house number.
fn home_in(word: &str) -> Option<usize> {
    let begins = |at: &usize| {
        let (before, from) = word.split_at(*at);
        let after = from.trim_start_matches(|c: char| c.is_ascii_digit());
        after.len() < from.len()
            && !before.ends_with(|c: char| c.is_ascii_digit())
            && (before.ends_with('号') || HOMES.iter().any(|kind| after.starts_with(kind)))
    };
    word.char_indices().map(|(at, _)| at).find(begins)
}

/// A word with what is counted in Chinese, 四组 and 二十一号, in figures. Only 一 to 九十九 is counted so.
fn in_figures(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let length = rest.find(|c: char| digit(c).is_none() && c != '十').unwrap_or(rest.len());
        let (written, after) = rest.split_at(length);
        let counts = COUNTED.iter().any(|kind| after.starts_with(kind));
        if let Some(number) = number(written).filter(|_| counts) {
            out.push_str(&number.to_string());
        } else if length > 0 {
            out.push_str(written);
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        rest = after;
    }
    out
}

fn digit(c: char) -> Option<u32> {
    let at = "一二三四五六七八九".chars().position(|digit| digit == c)?;
    u32::try_from(at + 1).ok()
}

/// 四, 十, 十二, 四十, 四十一.
fn number(written: &str) -> Option<u32> {
    let characters: Vec<char> = written.chars().collect();
    match characters.as_slice() {
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', ones] => Some(10 + digit(*ones)?),
        [tens, '十'] => Some(digit(*tens)? * 10),
        [tens, '十', ones] => Some(digit(*tens)? * 10 + digit(*ones)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coarser(text: &str) -> Option<Vec<String>> {
        let readings = SearchWords::of(text).readings();
        readings.into_iter().find(|reading| reading.coarser).map(|reading| reading.words.words)
    }

    fn as_said(text: &str) -> Vec<String> {
        SearchWords::of(text).as_register_says().words
    }

    #[test]
    fn row_2_the_address_of_a_home_is_looked_for_by_the_house_number_last() {
        for (text, outer) in [
            ("智造路40号1幢101室", &["智造路40号"][..]),
            ("智造路40号101", &["智造路40号"]),
            ("智造路40号1-101室", &["智造路40号"]),
            ("演示老街100号小区2单元301", &["演示老街100号小区"]),
            ("演示老街100号小区 2单元 301", &["演示老街100号小区"]),
            ("智造路40号一楼", &["智造路40号"]),
            ("智造路四十号二层", &["智造路40号"]),
            ("101室 智造路40号", &["智造路40号"]),
            ("演示老街100号（小区）1幢", &["演示老街100号(小区)"]),
            ("Zhizao Road, No. 40, Building 1, Room 101", &["zhizao", "road", "no.40"]),
        ] {
            assert_eq!(coarser(text), Some(outer.iter().map(|&it| it.into()).collect()), "{text}");
        }
        for text in ["智造路40号", "40号", "101室", "层林路", "330521001002GB00011", "一楼"]
        {
            assert_eq!(coarser(text), None, "{text}");
        }
    }

    #[test]
    fn what_says_as_much_comes_before_what_says_less_and_nothing_twice() {
        let first = SearchWords::of("里山村四组259号1幢");
        let readings = first.readings();
        let at = readings.iter().position(|reading| reading.coarser).unwrap();
        assert!(at > 0 && readings[at..].iter().all(|reading| reading.coarser), "{readings:?}");
        for (at, reading) in readings.iter().enumerate() {
            assert!(reading.words != first && !readings[..at].contains(reading), "{readings:?}");
        }
        assert_eq!(SearchWords::of("main").readings(), []);
    }

    #[test]
    fn chinese_numbers_of_what_is_counted_are_figures_and_names_stay() {
        for (text, said) in [
            ("里山村四组", "里山村4组"),
            ("智造路四十号", "智造路40号"),
            ("智造路十号", "智造路10号"),
            ("智造路二十一号十二幢", "智造路21号12幢"),
            ("三桥村九十九号", "三桥村99号"),
            ("五四路", "五四路"),
            ("五四号", "五四号"),
            ("一号", "1号"),
        ] {
            assert_eq!(as_said(text), [said], "{text}");
        }
    }

    #[test]
    fn everyday_words_are_read_as_the_register_calls_them() {
        for (text, said) in [("农田", "耕地"), ("奶茶店", "商业"), ("Factory", "工业")] {
            assert_eq!(as_said(text), [said], "{text}");
        }
        assert_eq!(as_said("智造路 工厂"), ["智造路", "工业"]);
        assert_eq!(as_said("工厂路"), ["工厂路"]);
    }

    #[test]
    fn letters_are_read_as_the_portal_writes_them() {
        assert_eq!(as_said("zhizao lu 40"), ["zhizao", "road", "40"]);
        assert_eq!(as_said("zhizao lu 40 hao"), ["zhizao", "road", "no.40"]);
        assert_eq!(as_said("lishan cun 4 zu"), ["lishan", "village", "group 4"]);
        assert_eq!(as_said("lu town no 5"), ["lu", "town", "no.5"]);
    }

    #[test]
    fn the_name_of_a_division_alone_is_one_where_it_is_nothing_else() {
        for (text, code) in [("Huzhou", "3305"), ("湖州", "3305"), ("zhejiang", "33")] {
            let first = SearchWords::of(text);
            assert!(first.within.is_empty() && first.words.len() == 1, "{text}");
            let [reading] = first.readings().try_into().unwrap();
            assert_eq!(reading.words.within[0].codes[0], code, "{text}");
            assert!(reading.words.words.is_empty() && !reading.coarser);
        }
    }
}
