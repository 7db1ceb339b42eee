//! A value of the register as people read it.

use domain::{Locale, dictionary::dictionary, policy::Field, record::Value};
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

/// A value, formatted by its kind and, for bare figures, by its field.
pub fn value(words: Words, field: Field, value: &Value) -> AnyView {
    let locale = words.0;
    match value {
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
        Value::AreaM2(area) => view! {
            {format::square_metres(locale, *area)}
            <small class="beneath">{format::mu(locale, *area)}</small>
        }
        .into_any(),
        Value::Number(figure) => number(words, field, *figure).into_any(),
        Value::Money { amount, currency } => money(words, *amount, currency).into_any(),
        Value::Date(date) => format::date(locale, *date).into_any(),
        Value::Period { from, to } => words
            .fill(
                "period",
                &[("from", &format::date(locale, *from)), ("to", &format::date(locale, *to))],
            )
            .into_any(),
        Value::Flag(yes) => words.t(if *yes { "yes" } else { "no" }).into_any(),
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
    match currency {
        "CNY" => words.fill("yuan", &[("n", &figure)]),
        other => format!("{figure} {other}"),
    }
}
