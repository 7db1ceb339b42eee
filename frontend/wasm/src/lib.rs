//! The browser half: wakes the islands.
//!
//! Nothing else lives here; it is a crate of its own because a page needs a wasm module and the
//! server needs the same components without it. There are three of it: with the feature `scanner` the
//! one of home, with the feature `draw` the one of the page of outlines, with the feature `pages` that of every other page.

// Names the crate with the islands: without this the linker drops them all, and the module shrinks
// to nothing without a warning (leptos#2083).
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by `js/start.mjs`, before it wakes the islands one after the other.
///
/// A panic marks `<html data-script-failed>`: the page then says that it goes on without scripts.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|_| {
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(root) = document.and_then(|document| document.document_element()) {
            // Fails only for names that are no names.
            let _ = root.set_attribute("data-script-failed", "");
        }
    }));
    #[cfg(feature = "scanner")]
    leptos::mount::hydrate_islands();
}
