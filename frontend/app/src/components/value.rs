//! A value of the register as people read it.

use domain::{
    Locale, code::Realm, dictionary::dictionary, policy::Field, record::Value, romanised::romanised,
};
use leptos::prelude::*;

use crate::{format, words::Words};

/// A text from the register in its own language, so that it is read aloud and set right in an
/// English page.
pub fn as_written(words: Words, text: String) -> AnyView {
    let chinese = text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9FFF}'));
    if chinese && words.0 == Locale::En {
        view! { <span lang=Locale::Zh.tag()>{text}</span> }.into_any()
    } else {
        text.into_any()
    }
}

/// The name of a place as a reader can say it: in an English page in letters, with the name as it is
/// written beneath.
pub fn as_named(words: Words, text: String) -> AnyView {
    match letters(words, &text) {
        None => as_written(words, text),
        Some(letters) => view! {
            <span lang="zh-Latn-pinyin">{letters}</span>
            " "
            <small class="beneath" lang=Locale::Zh.tag()>{text}</small>
        }
        .into_any(),
    }
}

/// A name as a heading, which breaks its lines where one part of an address ends.
pub fn as_heading(words: Words, text: String) -> AnyView {
    if words.0 == Locale::En {
        return as_named(words, text);
    }
    let parts = text.split_inclusive(ENDS_OF_PARTS).map(str::to_owned);
    let parts = parts.map(|part| view! { {part} <wbr /> });
    parts.collect_view().into_any()
}

/// What the parts of an address end with: division, town, village, road.
const ENDS_OF_PARTS: [char; 12] =
    ['省', '市', '县', '区', '镇', '乡', '道', '村', '路', '街', '巷', '弄'];

/// A name in one script, where there is no room for both: a title.
pub fn in_letters(words: Words, text: &str) -> String {
    letters(words, text).unwrap_or_else(|| text.to_owned())
}

/// A name in letters, for whoever does not read characters.
fn letters(words: Words, text: &str) -> Option<String> {
    (words.0 == Locale::En).then(|| romanised(text)).flatten()
}

/// A value, formatted by its kind and, for bare figures, by its field.
pub fn value(words: Words, field: Field, value: &Value, realm: Realm) -> AnyView {
    let locale = words.0;
    match value {
        Value::Text(text) if matches!(field, Field::Location | Field::UnitLocation) => {
            as_named(words, text.clone())
        }
        Value::Text(text) => as_written(words, text.clone()),
        Value::Localized(text) => words.pick(text).into_any(),
        Value::Coded(coded) => {
            let system = dictionary(&coded.system, &coded.version)
                .map_or_else(|| coded.system.clone(), |found| words.pick(&found.title));
            let source = words.fill("coded_in", &[("system", &system), ("code", &coded.code)]);
            let exactly = format!("{} {}", coded.system, coded.version);
            view! { {coded.label(locale)} <small class="beneath" title=exactly>{source}</small> }
                .into_any()
        }
        // The sea is measured in hectares, land in mu.
        Value::AreaM2(area) if realm == Realm::Sea => view! {
            {format::hectares(locale, *area)}
            <small class="beneath">{format::square_metres(locale, *area)}</small>
        }
        .into_any(),
        Value::AreaM2(area) => view! {
            {format::square_metres(locale, *area)}
            <small class="beneath">{format::mu(locale, *area)}</small>
        }
        .into_any(),
        Value::Number(figure) => number(words, field, *figure).into_any(),
        other => in_short(words, other, realm).into_any(),
    }
}

/// A value as a text, with all that a profile says of it.
pub fn value_text(words: Words, field: Field, value: &Value, realm: Realm) -> String {
    let locale = words.0;
    let with = |first: String, second: String| format!("{first} ({second})");
    match value {
        Value::Coded(coded) => {
            let system = dictionary(&coded.system, &coded.version)
                .map_or_else(|| coded.system.clone(), |found| words.pick(&found.title));
            let source = words.fill("coded_in", &[("system", &system), ("code", &coded.code)]);
            with(coded.label(locale), source)
        }
        Value::AreaM2(area) if realm == Realm::Sea => {
            with(format::hectares(locale, *area), format::square_metres(locale, *area))
        }
        Value::AreaM2(area) => {
            with(format::square_metres(locale, *area), format::mu(locale, *area))
        }
        Value::Number(figure) => number(words, field, *figure),
        other => in_short(words, other, realm),
    }
}

/// A value in one line, for lists: without what stands beneath it on a profile.
pub fn in_short(words: Words, value: &Value, realm: Realm) -> String {
    let locale = words.0;
    match value {
        Value::Text(text) => text.clone(),
        Value::Localized(text) => words.pick(text),
        Value::Coded(coded) => coded.label(locale),
        Value::AreaM2(area) if realm == Realm::Sea => format::hectares(locale, *area),
        Value::AreaM2(area) => format::square_metres(locale, *area),
        Value::Number(figure) => format::number(*figure, 2),
        Value::Money { amount, currency } => money(words, *amount, currency),
        Value::Date(date) => format::date(locale, *date),
        Value::Period { from, to } => words.fill(
            "period",
            &[("from", &format::date(locale, *from)), ("to", &format::date(locale, *to))],
        ),
        Value::Flag(yes) => words.t(if *yes { "yes" } else { "no" }).to_owned(),
    }
}

fn number(words: Words, field: Field, figure: f64) -> String {
    let plain = format::number(figure, 2);
    match field {
        Field::HeightLimit => words.fill("metres", &[("n", &plain)]),
        // The register has them in per cent, other sources as a share; nothing is built to 1 %.
        Field::BuildingDensity | Field::GreenRatio if figure <= 1.0 => format::share(figure),
        Field::BuildingDensity | Field::GreenRatio => format!("{plain}%"),
        // A year is no quantity: no separators.
        Field::BuildingYear => format!("{figure:.0}"),
        _ => plain,
    }
}

fn money(words: Words, amount: f64, currency: &str) -> String {
    let figure = format::number(amount, 2);
    // Nobody counts the zeros of millions. Only what two places say wholly is written so.
    let unit = match words.0 {
        Locale::Zh => 10_000.0,
        Locale::En => 1_000_000.0,
    };
    let wholly = amount >= unit && amount % (unit / 100.0) == 0.0;
    match currency {
        "CNY" if wholly => words.fill("money_rounded", &[("n", &format::number(amount / unit, 2))]),
        "CNY" => words.fill("yuan", &[("n", &figure)]),
        other => format!("{figure} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millions_are_written_so_that_nobody_counts_zeros() {
        let [zh, en] = [Locale::Zh, Locale::En].map(Words);
        assert_eq!(money(zh, 13_920_000.0, "CNY"), "1,392万元");
        assert_eq!(money(en, 13_920_000.0, "CNY"), "CNY 13.92 million");
        assert_eq!(money(zh, 9_800.0, "CNY"), "9,800元");
        // A figure that would be rounded is written whole.
        assert_eq!(money(zh, 13_920_050.0, "CNY"), "13,920,050元");
        assert_eq!(money(en, 13_925_000.0, "CNY"), "CNY 13,925,000");
    }
}
