//! What is known of a place, label by label.

use domain::profile::Fact;
use leptos::prelude::*;

use super::value::value;
use crate::current;

/// Facts in the order they are given.
#[component]
pub fn FactList(
    /// The facts.
    facts: Vec<Fact>,
) -> AnyView {
    let words = current::words();
    view! {
        <dl class="facts">
            {facts
                .iter()
                .map(|fact| {
                    let label = words.t(&format!("field_{}", fact.field.name()));
                    view! {
                        <div class="fact">
                            <dt>{label}</dt>
                            <dd>{value(words, fact.field, &fact.value)}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
