//! Facts of a site that a request asks for: a control for each, and what a clerk put into them.

use std::collections::BTreeMap;

use domain::{
    Locale,
    outline::OutlineText,
    suitability::{FactAsked, FactsAsked, NOT_KNOWN, OverlapSaid, Said, Takes},
};
use maud::{Markup, html};

use crate::{drawing::drawing, texts::Texts};

/// Where the names of their fields begin.
pub(crate) const FIELD: &str = "fact.";

/// What was typed of facts, by their ids.
pub(crate) type TypedFacts = BTreeMap<String, String>;

/// What is sent where nothing of a layer lies on the site.
const NONE: &str = "none";

/// The fields of what is asked, with what was typed; `id` makes the id of one in the page.
pub(crate) fn fields(
    locale: Locale,
    asks: &FactsAsked,
    typed: Option<&TypedFacts>,
    id: impl Fn(&str) -> String,
) -> Markup {
    let texts = Texts::of(locale);
    html! {
        fieldset.facts {
            legend { ((texts.facts)(asks.use_name.get(locale))) }
            p.hint { (texts.facts_hint) }
            @if let Some(outline) = &asks.outline { (ground(texts, outline)) }
            @for fact in &asks.facts {
                @let name = format!("{FIELD}{}", fact.id);
                @let value = typed.and_then(|typed| typed.get(&fact.id)).map_or("", String::as_str);
                div.field {
                    label.label for=(id(&name)) { (fact.title.get(locale)) }
                    (field(texts, locale, fact, (&name, &id(&name)), value))
                }
            }
        }
    }
}

/// The ground that is asked about, where that is not the whole parcel: whoever answers has to know.
fn ground(texts: &Texts, outline: &OutlineText) -> Markup {
    let ground = outline.ground();
    let size = ground.as_ref().map(|ground| format!("{:.0}", ground.area_m2()));
    let drawn = ground.and_then(|ground| drawing(&ground, texts.outline_drawn));
    html! {
        p { strong { ((texts.outline)(size.as_deref().unwrap_or("?"), &outline.sha256)) } }
        @if let Some(drawn) = drawn { (drawn) }
        details {
            summary { (texts.outline_text) }
            pre { code { (outline.geojson) } }
        }
    }
}

fn field(
    texts: &Texts,
    locale: Locale,
    fact: &FactAsked,
    (name, id): (&str, &str),
    value: &str,
) -> Markup {
    let (hint, offered): (String, Vec<(&str, &str)>) = match &fact.takes {
        Takes::YesNo => {
            return select(texts, (name, id), &[("yes", texts.yes), ("no", texts.no)], value);
        }
        Takes::Options { options, several: false } => {
            let options: Vec<_> =
                options.iter().map(|one| (one.id.as_str(), one.label.get(locale))).collect();
            return select(texts, (name, id), &options, value);
        }
        Takes::Options { options, several: true } => {
            let options = options.iter().map(|one| (one.id.as_str(), one.label.get(locale)));
            (texts.fact_several.to_owned(), options.collect())
        }
        Takes::Codes { system, version, .. } => {
            ((texts.fact_codes)(&format!("{system} {version}")), Vec::new())
        }
        Takes::Text { .. } => (texts.fact_several.to_owned(), Vec::new()),
        Takes::Figure { unit } => ((texts.fact_figure)(unit), Vec::new()),
        Takes::Overlaps { codes } => {
            let codes = codes.iter().map(|code| (code.as_str(), code.as_str()));
            let none = std::iter::once((NONE, texts.fact_none));
            (texts.fact_overlaps.to_owned(), none.chain(codes).collect())
        }
    };
    html! {
        p.hint id={ (id) "-hint" } { (hint) }
        input.input id=(id) name=(name) type="text" autocomplete="off" list={ (id) "-list" }
            aria-describedby={ (id) "-hint" } value=(value);
        datalist id={ (id) "-list" } {
            @for (code, label) in offered { option value=(code) { (label) } }
            option value=(NOT_KNOWN) { (texts.fact_unknown) }
        }
    }
}

fn select(
    texts: &Texts,
    (name, id): (&str, &str),
    options: &[(&str, &str)],
    value: &str,
) -> Markup {
    let all = options.iter().copied().chain([(NOT_KNOWN, texts.fact_unknown)]);
    html! {
        select.input id=(id) name=(name) {
            option value="" { (texts.fact_silent) }
            @for (code, label) in all {
                option value=(code) selected[code == value] { (label) }
            }
        }
    }
}

/// What was said of facts.
pub(crate) fn told(locale: Locale, asks: &FactsAsked, said: &BTreeMap<String, Said>) -> Markup {
    let all = said.iter().filter_map(|(id, said)| {
        let said = match said {
            Said::Text(text) => text.clone(),
            Said::Codes(codes) => codes.join(", "),
            Said::Overlaps(parts) => {
                let part = |part: &OverlapSaid| format!("{} {}", part.code, part.share);
                parts.iter().map(part).collect::<Vec<_>>().join(", ")
            }
        };
        Some((asks.fact(id)?.title.get(locale), said))
    });
    html! {
        dl.terms {
            @for (title, said) in all { div { dt { (title) } dd { span.typed { (said) } } } }
        }
    }
}

/// What was typed, as it is sent: facts that were left empty are not answered.
pub(crate) fn said(asks: &FactsAsked, typed: &TypedFacts) -> BTreeMap<String, Said> {
    let one = |(id, text): (&String, &String)| {
        let text = text.trim();
        let takes = asks.fact(id).map(|fact| &fact.takes);
        let several = matches!(
            takes,
            Some(
                Takes::Options { several: true, .. }
                    | Takes::Codes { several: true, .. }
                    | Takes::Text { several: true }
            )
        );
        let parts: Vec<String> = if several {
            let parts = text.split([',', '，', '、']).map(|part| part.trim().to_owned());
            parts.filter(|part| !part.is_empty()).collect()
        } else {
            Vec::new()
        };
        let said = if parts.len() > 1 { Said::Codes(parts) } else { Said::Text(text.to_owned()) };
        (!text.is_empty()).then(|| (id.clone(), said))
    };
    typed.iter().filter_map(one).collect()
}
