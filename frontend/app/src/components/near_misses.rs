//! "Did you mean": parcels that a mistyped code may stand for.

use domain::LandCode;
use leptos::prelude::*;

use super::CodeLine;
use crate::{current, urls};

/// The parcels that `written` may have been meant as; nothing where there are none.
#[component]
pub fn NearMisses(
    /// The text as typed.
    written: String,
) -> AnyView {
    current::later(async move {
        let found = match current::portal() {
            // A guess is no reason for an error page.
            Some(portal) => portal.near_misses(&written).await.unwrap_or_default(),
            None => Vec::new(),
        };
        list(found)
    })
    .into_any()
}

fn list(codes: Vec<LandCode>) -> AnyView {
    if codes.is_empty() {
        return ().into_any();
    }
    let words = current::words();
    view! {
        <section class="near-misses" aria-labelledby="near-title">
            <h2 id="near-title">{words.t("near_title")}</h2>
            <ul class="kin">
                {codes
                    .into_iter()
                    .map(|code| view! { <li><a href=urls::place(&code)><CodeLine code /></a></li> })
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}
