//! "Did you mean": parcels that a mistyped code may stand for.

use domain::LandCode;
use leptos::prelude::*;

use super::CodeLine;
use crate::{current, urls};

/// The parcels that a text may have been meant as; nothing where there are none.
#[component]
pub fn NearMisses(
    /// The parcels.
    near: Vec<LandCode>,
) -> AnyView {
    if near.is_empty() {
        return ().into_any();
    }
    let words = current::words();
    view! {
        <section class="near-misses" aria-labelledby="near-title">
            <h2 id="near-title">{words.t("near_title")}</h2>
            <ul class="kin">
                {near
                    .into_iter()
                    .map(|code| view! { <li><a href=urls::place(&code)><CodeLine code /></a></li> })
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}
