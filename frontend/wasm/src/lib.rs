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
/// because a click before it is lost.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
    set_timeout(
        || {
            if let Some(root) = document().document_element() {
                // Fails only for names that are no names.
                let _ = root.set_attribute("data-hydrated", "");
            }
        },
        Duration::ZERO,
    );
}
