//! Numbers of articles, as they are written in data and as they are printed.

use std::fmt;

use serde::{Deserialize, Deserializer};

use super::CitationError;
use crate::localized::Locale;

/// What the numbers of a law count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Numbering {
    /// 条.
    #[default]
    Articles,
    /// 项, of a list.
    Items,
}

/// An article with, where it matters, its paragraph (款) or item (项): `36`, `10.3`, `36(7)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Article {
    /// The article (条).
    pub number: u16,
    /// The paragraph (款).
    pub paragraph: Option<u16>,
    /// The item (项).
    pub item: Option<u16>,
}

impl Article {
    fn parse(text: &str) -> Option<Self> {
        let (rest, item) = match text.strip_suffix(')').map(|rest| rest.split_once('(')) {
            Some(found) => {
                let (rest, item) = found?;
                (rest, Some(figure(item)?))
            }
            None => (text, None),
        };
        let (number, paragraph) = match rest.split_once('.') {
            Some((number, paragraph)) => (number, Some(figure(paragraph)?)),
            None => (rest, None),
        };
        Some(Self { number: figure(number)?, paragraph, item })
    }
}

fn figure(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|figure| (1..10_000).contains(figure))
}

impl fmt::Display for Article {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        if let Some(paragraph) = self.paragraph {
            write!(f, ".{paragraph}")?;
        }
        self.item.map_or(Ok(()), |item| write!(f, "({item})"))
    }
}

/// An article, or several in a row: `44-47`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first.
    pub first: Article,
    /// The number of the last, where there are several.
    pub last: Option<u16>,
}

impl Span {
    /// Reads `9`, `10.3`, `36(7)` or `44-47`.
    ///
    /// # Errors
    /// [`CitationError::Article`].
    pub fn parse(text: &str) -> Result<Self, CitationError> {
        let text = text.trim();
        let refused = || CitationError::Article { text: text.to_owned() };
        let Some((first, last)) = text.split_once('-') else {
            let first = Article::parse(text).ok_or_else(refused)?;
            return Ok(Self { first, last: None });
        };
        match (figure(first.trim()), figure(last.trim())) {
            (Some(number), Some(last)) if number < last => {
                let first = Article { number, paragraph: None, item: None };
                Ok(Self { first, last: Some(last) })
            }
            _ => Err(refused()),
        }
    }

    /// Every article number in it.
    pub fn numbers(&self) -> impl Iterator<Item = u16> + use<> {
        self.first.number..=self.last.unwrap_or(self.first.number)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.last.map_or(Ok(()), |last| write!(f, "-{last}"))
    }
}

/// What of a law is cited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Articles {
    /// These.
    Listed(Vec<Span>),
    /// One whose number nobody has read yet.
    Unknown,
    /// All of it: a document, a standard.
    Whole,
}

impl Articles {
    /// Reads a list with commas; `?` for a number that is not known, nothing for the whole.
    ///
    /// # Errors
    /// [`CitationError::Article`].
    pub fn parse(text: &str) -> Result<Self, CitationError> {
        match text.trim() {
            "" => Ok(Self::Whole),
            "?" => Ok(Self::Unknown),
            list => list.split(',').map(Span::parse).collect::<Result<_, _>>().map(Self::Listed),
        }
    }

    /// The articles that are listed.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        match self {
            Self::Listed(spans) => spans,
            Self::Unknown | Self::Whole => &[],
        }
    }
}

/// As printed in Chinese: 第三十六条第七项, 第四十四条至第四十七条, 第18项.
pub(super) fn chinese(span: &Span, numbering: Numbering) -> String {
    let one = |number: u16| match numbering {
        Numbering::Articles => format!("第{}条", numeral(number)),
        Numbering::Items => format!("第{number}项"),
    };
    let part = |part: Option<u16>, unit: &str| {
        part.map_or_else(String::new, |n| format!("第{}{unit}", numeral(n)))
    };
    let first = format!(
        "{}{}{}",
        one(span.first.number),
        part(span.first.paragraph, "款"),
        part(span.first.item, "项")
    );
    span.last.map_or_else(|| first.clone(), |last| format!("{first}至{}", one(last)))
}

/// As printed in English, without its "art.": `36(7)`, `44 to 47`.
pub(super) fn english(span: &Span) -> String {
    let part = |part: Option<u16>| part.map_or_else(String::new, |number| format!("({number})"));
    let first =
        format!("{}{}{}", span.first.number, part(span.first.paragraph), part(span.first.item));
    span.last.map_or_else(|| first.clone(), |last| format!("{first} to {last}"))
}

/// The word before the articles in English.
pub(super) fn english_unit(spans: &[Span], numbering: Numbering) -> &'static str {
    let several = spans.len() > 1 || spans.iter().any(|span| span.last.is_some());
    match (numbering, several) {
        (Numbering::Articles, false) => "art.",
        (Numbering::Articles, true) => "arts.",
        (Numbering::Items, false) => "item",
        (Numbering::Items, true) => "items",
    }
}

/// A number from 1 to 9999 as laws print it: 十, 二十一, 一百一十, 一千零三十四.
fn numeral(number: u16) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let mut text = String::new();
    let mut gap = false;
    for (size, unit) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / size % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push_str(DIGITS[0]);
            gap = false;
        }
        // 十 and 十二 stand alone, 一百一十 does not.
        if !(digit == 1 && size == 10 && text.is_empty()) {
            text.push_str(DIGITS[usize::from(digit)]);
        }
        text.push_str(unit);
    }
    text
}

/// A set of article numbers: `8-9, 36-38, 40`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<(u16, u16)>);

impl Spans {
    /// Whether the number is in it.
    #[must_use]
    pub fn contains(&self, number: u16) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn parse(text: &str) -> Result<Self, CitationError> {
        let one = |part: &str| {
            let span = Span::parse(part)?;
            let number = span.first.number;
            Ok((number, span.last.unwrap_or(number)))
        };
        text.split(',').map(one).collect::<Result<_, _>>().map(Self)
    }
}

impl<'de> Deserialize<'de> for Spans {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Articles of a document that is not in the register, as printed: `第三十五条、第四十四条`, `arts. 35, 44`.
/// What does not read as an article is written as it is.
#[must_use]
pub fn as_printed(articles: &[String], locale: Locale) -> String {
    let one = |text: &String| match (Span::parse(text), locale) {
        (Ok(span), Locale::Zh) => chinese(&span, Numbering::Articles),
        (Err(_), Locale::Zh) => format!("第{text}条"),
        (Ok(span), Locale::En) => english(&span),
        (Err(_), Locale::En) => text.clone(),
    };
    let list: Vec<String> = articles.iter().map(one).collect();
    match locale {
        Locale::Zh => list.join("、"),
        Locale::En if list.len() == 1 => format!("art. {}", list.join("")),
        Locale::En => format!("arts. {}", list.join(", ")),
    }
}

/// The articles of one law after its title, e.g. `第八条、第四十条` or `arts. 8, 40`; those that
/// `confirmed` does not hold for are marked one by one, unless none is confirmed.
pub(super) fn listed(
    spans: &[Span],
    numbering: Numbering,
    locale: Locale,
    mark: &str,
    confirmed: impl Fn(&Span) -> bool,
) -> String {
    let none = !spans.iter().any(&confirmed);
    let one = |span: &Span| {
        let text = match locale {
            Locale::Zh => chinese(span, numbering),
            Locale::En => english(span),
        };
        if none || confirmed(span) { text } else { format!("{text}{mark}") }
    };
    let list: Vec<String> = spans.iter().map(one).collect();
    let all = if none { mark } else { "" };
    match locale {
        Locale::Zh => format!("{}{all}", list.join("、")),
        Locale::En => format!("{} {}{all}", english_unit(spans, numbering), list.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_printed_as_the_laws_print_them() {
        let printed = [
            ("10", "第十条", "10"),
            ("12", "第十二条", "12"),
            ("20", "第二十条", "20"),
            ("36(7)", "第三十六条第七项", "36(7)"),
            ("10.3", "第十条第三款", "10(3)"),
            ("9.2(11)", "第九条第二款第十一项", "9(2)(11)"),
            ("44-47", "第四十四条至第四十七条", "44 to 47"),
            ("110", "第一百一十条", "110"),
            ("101", "第一百零一条", "101"),
            ("200", "第二百条", "200"),
            ("319", "第三百一十九条", "319"),
            ("1034", "第一千零三十四条", "1034"),
            ("1242", "第一千二百四十二条", "1242"),
            ("1005", "第一千零五条", "1005"),
        ];
        for (text, zh, en) in printed {
            let span = Span::parse(text).unwrap();
            assert_eq!(chinese(&span, Numbering::Articles), zh, "{text}");
            assert_eq!(english(&span), en, "{text}");
            assert_eq!(span.to_string(), text);
        }
        let item = Span::parse("18").unwrap();
        assert_eq!(chinese(&item, Numbering::Items), "第18项");
    }

    #[test]
    fn what_is_no_article_is_refused() {
        for text in
            ["", "0", "x", "9x", "4-3", "4-4", "36(", "36)", "36()", "1.", "-4", "１２", "12345"]
        {
            assert!(Span::parse(text).is_err(), "{text}");
        }
    }
}
