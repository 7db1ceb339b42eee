//! What the restrictions of a place come to: the worst in plain words, and each by its name.

use domain::{
    restriction::{Restrictions, ThemeAnswer},
    severity::Severity,
};
use leptos::prelude::*;

use super::mark::{Mark, MarkKind, severity_class, severity_key};
use crate::{current, words::Words};

/// The worst that is known of a place, in one sentence; where nothing is known, that.
pub fn worst(words: Words, restrictions: &Restrictions) -> (MarkKind, String) {
    let graded = restrictions.by_severity();
    if let Some((severity, _)) = graded.first() {
        let grave = graded.iter().filter(|(other, _)| other == severity);
        let what: Vec<String> = grave.map(|(_, answer)| named(words, answer)).collect();
        let what = what.join(words.t("list_comma"));
        let key = match severity {
            Severity::Danger => "worst_danger",
            Severity::Prohibits => "worst_prohibits",
            Severity::NeedsConsent => "worst_needs_consent",
            Severity::MustConform => "worst_must_conform",
            Severity::Informs => "worst_informs",
        };
        let mut sentence = words.fill(key, &[("what", &what)]);
        let half: Vec<String> = restrictions
            .half_known()
            .filter_map(|answer| {
                let layers = missing_layers(words, answer)?;
                let theme = words.pick(&answer.theme.title);
                Some(words.fill("theme_layers", &[("theme", &theme), ("layers", &layers)]))
            })
            .collect();
        if !half.is_empty() {
            let what = half.join(words.t("list_semicolon"));
            sentence.push_str(&words.fill("worst_half_known", &[("what", &what)]));
        }
        return (MarkKind::Asks(*severity), sentence);
    }
    let checked = restrictions.not_concerned.len();
    if checked == 0 {
        return (MarkKind::NoData, words.t("worst_unknown").to_owned());
    }
    let missing = restrictions.no_data.len();
    if missing == 0 {
        let text = words.fill("worst_nothing", &[("n", &checked.to_string())]);
        return (MarkKind::NotConcerned, text);
    }
    let figures = [("n", &*checked.to_string()), ("m", &*missing.to_string())];
    (MarkKind::NoData, words.fill("worst_nothing_known", &figures))
}

/// The layers of a theme that do not reach the place, by their names.
pub fn missing_layers(words: Words, answer: &ThemeAnswer) -> Option<String> {
    let names: Vec<String> = answer.missing.iter().map(|layer| words.pick(&layer.title)).collect();
    (!names.is_empty()).then(|| names.join(words.t("list_comma")))
}

/// A class with that of what is asked.
fn coloured(class: &str, kind: MarkKind) -> String {
    match kind {
        MarkKind::Asks(severity) => format!("{class} {}", severity_class(severity)),
        MarkKind::NotConcerned | MarkKind::NoData => class.to_owned(),
    }
}

/// A theme by its title, with what was found of it where that says more.
fn named(words: Words, answer: &ThemeAnswer) -> String {
    let theme = words.pick(&answer.theme.title);
    if answer.layers.iter().all(|found| !found.concerns()) {
        return words.fill("outside_of", &[("theme", &theme)]);
    }
    let found: Vec<String> = answer.gravest().map(|label| words.pick(label)).collect();
    let found = found.join(words.t("list_comma"));
    if found.is_empty() || found == theme {
        theme
    } else {
        words.fill("theme_found", &[("theme", &theme), ("found", &found)])
    }
}

/// Where the answer to a theme stands on a profile.
pub fn theme_anchor(answer: &ThemeAnswer) -> String {
    format!("theme-{}", answer.theme.id.0)
}

/// The worst first, then every theme that asks something, gravest first; each leads to its card.
pub fn verdict(words: Words, restrictions: &Restrictions) -> AnyView {
    let (kind, sentence) = worst(words, restrictions);
    let class = coloured("verdict", kind);
    let graded = restrictions.by_severity();
    let meaning = graded.first().filter(|(severity, _)| *severity >= Severity::Prohibits);
    let meaning = meaning.map(|(_, answer)| words.pick(&answer.theme.meaning));
    let links = graded.iter().map(|(severity, answer)| {
        let href = format!("#{}", theme_anchor(answer));
        let mark = view! { <Mark kind=MarkKind::Asks(*severity) /> };
        let title = words.pick(&answer.theme.title);
        view! {
            <li>
                <a class="verdict-link" href=href>
                    {mark} <span>{title}</span>
                    <span class="verdict-word">{words.t(severity_key(*severity))}</span>
                </a>
            </li>
        }
    });
    let links: Vec<_> = links.collect();
    let rest = |key: &'static str, anchor: &'static str, count: usize| {
        (count > 0).then(|| {
            let text = words.fill(key, &[("n", &count.to_string())]);
            view! { <a href=anchor>{text}</a> " " }
        })
    };
    // What asks something by being outside is one of the links above.
    let untouched = restrictions.not_concerned.iter().filter(|answer| answer.severity.is_none());
    let untouched = untouched.count();
    view! {
        <section class=class aria-label=words.t("restrictions_title")>
            <p class="verdict-sentence"><Mark kind /> <strong>{sentence}</strong></p>
            {meaning.map(|text| view! { <p class="verdict-meaning">{text}</p> })}
            {(!links.is_empty()).then(|| view! { <ul class="verdict-links">{links}</ul> })}
            <p class="verdict-rest">
                {rest("rest_no_data", "#no-data", restrictions.no_data.len())}
                {rest("rest_not_concerned", "#not-concerned", untouched)}
            </p>
        </section>
    }
    .into_any()
}

/// The worst in one line, where a place is only named.
#[component]
pub fn WorstLine(
    /// The three lists.
    restrictions: Restrictions,
) -> AnyView {
    let words = current::words();
    let (kind, sentence) = worst(words, &restrictions);
    let class = coloured("worst-line", kind);
    // Where nothing is asked, the sentence says itself what is missing.
    let missing = restrictions.no_data.len();
    let missing = (matches!(kind, MarkKind::Asks(_)) && missing > 0)
        .then(|| words.fill("rest_no_data", &[("n", &missing.to_string())]));
    view! {
        <p class=class><Mark kind /> <span>{sentence}</span></p>
        {missing.map(|text| view! { <p class="hint">{text}</p> })}
    }
    .into_any()
}
