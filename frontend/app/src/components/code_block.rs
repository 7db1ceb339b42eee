//! The code, drawn the same way wherever it appears.

use domain::{
    LandCode,
    code::{CodeError, Group, Realm, clean},
    division::Town,
};
use leptos::prelude::*;

use super::code_meaning::meaning;
use crate::{current, words::Words};

/// Ends of the four groups, counted in characters.
const ENDS: [usize; 4] = [6, 12, 19, 28];

/// Name of a group in plain words.
fn group_name(words: Words, group: Group, realm: Realm) -> &'static str {
    words.t(match (group, realm) {
        (Group::Division, _) => "group_division",
        (Group::District, _) => "group_district",
        (Group::Parcel, Realm::Land) => "group_parcel",
        (Group::Parcel, Realm::Sea) => "group_sea",
        (Group::Unit, _) => "group_unit",
    })
}

/// The code in its groups; each opens what it means.
#[component]
pub fn CodeBlock(
    /// The code.
    code: LandCode,
    /// The town that the place's address names, if it may be shown.
    #[prop(optional_no_strip)]
    town: Option<&'static Town>,
) -> AnyView {
    let words = current::words();
    let realm = code.parcel().realm();
    let groups = code
        .groups()
        .into_iter()
        .map(|(group, characters)| {
            // One name: where browsers know it, opening one group closes the others.
            view! {
                <details class="code-group" name="code-group">
                    <summary class="code-head">
                        <span class="code-characters" aria-hidden="true" translate="no">{characters.to_owned()}</span>
                        <Spoken text=characters.to_owned() />
                        " "
                        <span class="code-name">{group_name(words, group, realm)}</span>
                    </summary>
                    <div class="code-meaning">{meaning(words, &code, group, town)}</div>
                </details>
            }
        })
        .collect_view();
    let class = match code {
        LandCode::Parcel(_) => "code code-parcel",
        LandCode::Unit(_) => "code code-unit",
    };
    view! {
        <section class=class aria-label=words.t("code_of_place")>
            <div class="code-groups">{groups}</div>
            <p class="code-hint">{words.t("code_hint")}</p>
        </section>
    }
    .into_any()
}

/// A code for who listens: character by character, or it is read as a number of millions. It is never
/// copied along.
#[component]
pub fn Spoken(
    /// The code, in groups or a group of it.
    text: String,
) -> AnyView {
    let spelled: Vec<String> = text
        .split(' ')
        .map(|group| group.chars().map(String::from).collect::<Vec<_>>().join(" "))
        .collect();
    view! { <span class="visually-hidden spoken">{spelled.join(", ")}</span> }.into_any()
}

/// The code in one line, for lists and receipts.
#[component]
pub fn CodeLine(
    /// The code.
    code: LandCode,
) -> AnyView {
    let groups: Vec<_> =
        code.groups().iter().map(|(_, characters)| (*characters).to_owned()).collect();
    let spoken = code.grouped();
    view! {
        <span class="code-line" translate="no">
            <span aria-hidden="true">{groups
                .into_iter()
                .enumerate()
                .map(|(at, characters)| {
                    // The space is for who copies; the gap is drawn by the style sheet.
                    view! { {(at > 0).then_some(" ")} <span>{characters}</span> }
                })
                .collect_view()}</span>
            <Spoken text=spoken />
        </span>
    }
    .into_any()
}

/// A text that is no code, in the groups of one, with the fault marked.
#[component]
pub fn FaultyCode(
    /// The text as typed.
    text: String,
    /// What is wrong with it.
    error: CodeError,
) -> AnyView {
    let words = current::words();
    let mut characters: Vec<char> = clean(&text).into_iter().take(40).collect();
    let at = error.position().saturating_sub(1);
    // What is missing is shown as a gap.
    let blank =
        matches!(error, CodeError::Character { found, .. } if clean(&found.to_string()).is_empty());
    if at == characters.len() || blank {
        characters.insert(at.min(characters.len()), '_');
    }
    let mut from = 0;
    let ends = ENDS.into_iter().chain([characters.len().max(ENDS[3])]);
    let names = ["group_division", "group_district", "group_parcel", "group_unit", "group_excess"];
    let groups: Vec<_> = ends
        .zip(names)
        .filter_map(|(end, name)| {
            let part = characters.get(from..end.min(characters.len()))?;
            let start = std::mem::replace(&mut from, end);
            (!part.is_empty()).then(|| faulty_group(words.t(name), part, start, at))
        })
        .collect();
    view! { <p class="code-faulty">{groups}</p> }.into_any()
}

fn faulty_group(name: &'static str, part: &[char], start: usize, fault: usize) -> AnyView {
    let here = (start..start + part.len()).contains(&fault);
    let characters = part
        .iter()
        .enumerate()
        .map(|(at, character)| {
            let character = character.to_string();
            if start + at == fault {
                view! { <mark>{character}</mark> }.into_any()
            } else {
                character.into_any()
            }
        })
        .collect_view();
    let class = if here { "code-part code-part-wrong" } else { "code-part" };
    view! {
        <span class=class>
            <span class="code-characters">{characters}</span>
            " "
            <span class="code-name">{name}</span>
        </span>
    }
    .into_any()
}
