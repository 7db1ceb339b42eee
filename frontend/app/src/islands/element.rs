//! The page as islands have it in the browser: what they find in it, say in it and hear from it.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast as _, throw_str};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

use super::js_object::get;

/// The window. Nothing of this runs in a worker.
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// The document.
pub fn document() -> Document {
    get(&window(), "document").unchecked_into()
}

/// What is in an island. Where it is not, something else has changed the page before it woke: the
/// script that wakes it then marks the page (`js/start.mjs`).
pub fn part(island: &Element, selector: &str) -> HtmlElement {
    match island.query_selector(selector) {
        Ok(Some(found)) => found.unchecked_into(),
        _ => throw_str("the page is not as it was sent"),
    }
}

/// Says something in a place for it. The same words a second time would be read out a second time.
pub fn say(place: &HtmlElement, words: &str) {
    if place.text_content().as_deref() != Some(words) {
        place.set_text_content(Some(words));
    }
}

/// Listens as long as the page is there.
pub fn on(target: &EventTarget, kind: &'static str, heard: impl Fn(&Event) + 'static) {
    // Boxed: every closure would bring its own way from the browser into wasm.
    let heard: Box<dyn Fn(&Event)> = Box::new(heard);
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(target, kind, options, heard).forget();
}

/// Does something at each press of a button.
pub fn on_press(button: &HtmlElement, act: impl Fn() + 'static) {
    on(button, "click", move |_| act());
}
