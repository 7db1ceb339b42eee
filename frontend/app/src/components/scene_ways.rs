//! The ways from a place to it as scenes begin.

use domain::{
    LandCode,
    scene::{Scene, scenes},
};
use leptos::prelude::*;

use crate::{urls, words::Words};

/// The way to the place as the scenes begin, but for that of this page.
pub fn scene_ways(words: Words, here: Option<&Scene>, code: &LandCode) -> AnyView {
    let here = here.map(|scene| &scene.id);
    let others = scenes().iter().filter(|scene| Some(&scene.id) != here).map(|scene| {
        view! { <li><a href=urls::scene(&scene.id, code)>{words.pick(&scene.title)}</a></li> }
    });
    view! {
        <nav aria-labelledby="scenes-title">
            <h2 id="scenes-title">{words.t("scene_others")}</h2>
            <ul class="footer-links">{others.collect_view()}</ul>
        </nav>
    }
    .into_any()
}
