//! The browser half: wakes the islands.
//!
//! Nothing else lives here; it is a crate of its own because a page needs one wasm module and the
//! server needs the same components without it.

// Names the crate with the islands: without this the linker drops them all, and the module shrinks
// to nothing without a warning (leptos#2083).
use app as _;
use leptos::prelude::{document, set_timeout};
use std::time::Duration;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by `js/start.mjs`, before it wakes the islands one after the other.
///
/// Marks `<html data-hydrated>` when all islands are awake: the script runs through them without
/// giving the browser a turn, so the next timer comes after the last. Tests wait for the mark,
/// because a click before it is lost. A panic on the way marks it `data-script-failed`: the page then
/// says that it goes on without scripts.
#[wasm_bindgen]
pub fn hydrate() {
    // A page that something else has changed before, a translator say, may not be woken.
    std::panic::set_hook(Box::new(|_| mark("data-script-failed")));
    leptos::mount::hydrate_islands();
    set_timeout(|| mark("data-hydrated"), Duration::ZERO);
}

/// Marks the root of the page.
fn mark(name: &str) {
    if let Some(root) = document().document_element() {
        // Fails only for names that are no names.
        let _ = root.set_attribute(name, "");
    }
}
