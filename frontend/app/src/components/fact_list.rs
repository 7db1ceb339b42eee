//! What is known of a place, label by label.

use domain::{code::Realm, policy::Field, profile::Fact};
use leptos::prelude::*;

use super::value::value;
use crate::{current, words::Words};

/// What a field is called.
pub fn field_label(words: Words, field: Field, realm: Realm) -> &'static str {
    match (field, realm) {
        (Field::ParcelArea, Realm::Sea) => words.t("field_sea_area"),
        (Field::LandUse, Realm::Sea) => words.t("field_sea_use"),
        (field, _) => words.t(&format!("field_{}", field.name())),
    }
}

/// Facts in the order they are given.
#[component]
pub fn FactList(
    /// The facts.
    facts: Vec<Fact>,
    /// Whether it is land or sea, which are measured and called differently.
    realm: Realm,
) -> AnyView {
    let words = current::words();
    view! {
        <dl class="facts">
            {facts
                .iter()
                .map(|fact| {
                    let label = field_label(words, fact.field, realm);
                    view! {
                        <div class="fact">
                            <dt>{label}</dt>
                            <dd>{value(words, fact.field, &fact.value, realm)}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
