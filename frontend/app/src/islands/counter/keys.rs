//! The keys of the page, as long as they are no field's.

use super::burst::{Burst, Heard, Key, Scan};
use crate::islands::{
    element::{document, window},
    preferences,
};
use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// What takes text, or chooses by letters.
const FIELDS: &str = "textarea, select, [contenteditable], input:not([type=radio], \
    [type=checkbox], [type=range], [type=file], [type=submit], [type=button])";
/// The field for codes.
const CODE_FIELD: &str = ".search input";

/// The key that leads to the field for codes.
const SEARCH_KEY: &str = "/";

struct Keys<S, E> {
    burst: RefCell<Burst>,
    /// Whether Space was taken from the browser when it went down.
    space: Cell<bool>,
    scanned: S,
    escaped: E,
    /// A page with the field for codes, and the cursor in it.
    search: String,
}

/// Listens as long as the page is there: to scans, to Escape, and to the key that leads to the field
/// for codes, which on pages without one is at `search`.
pub fn listen(
    document: &Document,
    scanned: impl Fn(Scan) + 'static,
    escaped: impl Fn() + 'static,
    search: String,
) {
    let burst = RefCell::default();
    let keys = Rc::new(Keys { burst, space: Cell::new(false), scanned, escaped, search });
    for kind in ["keydown", "keyup"] {
        let keys = keys.clone();
        let options = EventListenerOptions {
            // Before a button that has the focus hears Enter.
            phase: EventListenerPhase::Capture,
            passive: false,
        };
        let heard = move |event: &Event| keys.hear(event);
        EventListener::new_with_options(document, kind, options, heard).forget();
    }
}

impl<S: Fn(Scan), E: Fn()> Keys<S, E> {
    fn hear(&self, event: &Event) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let name = event.key();
        if event.type_() == "keyup" {
            // Firefox presses a button when Space comes up.
            if name == " " && self.space.take() {
                event.prevent_default();
            }
            return;
        }
        if name == "Escape" {
            (self.escaped)();
        }
        let field = field_of(event);
        let form = field.as_ref().and_then(code_form);
        if field.is_some() && form.is_none() {
            return self.burst.borrow_mut().forget();
        }
        let with_others = event.ctrl_key() || event.alt_key() || event.meta_key();
        let now = event.time_stamp();
        if name == SEARCH_KEY && !with_others && field.is_none() && self.leads_to_search(now) {
            event.prevent_default();
            return self.go_to_search();
        }
        // An input method for Chinese would make words of the letters of a code.
        let kept = event.is_composing() || name == "Process";
        let key = if kept {
            Key::at(&event.code(), event.shift_key())
        } else {
            Key::of(&name, with_others)
        };
        let scan = self.burst.borrow_mut().press(key, now);
        // Of what goes into the field only a whole scan counts: the rest stands there to be seen.
        let scan = scan.filter(|scan| form.is_none() || scan.heard == Heard::Whole);
        match (scan, form) {
            (Some(scan), Some(_)) if kept => (self.scanned)(scan),
            (Some(scan), None) => {
                event.prevent_default();
                event.stop_propagation();
                (self.scanned)(scan);
            }
            // Enter sends the form by itself.
            (Some(_), Some(form)) if name == "Tab" => {
                event.prevent_default();
                form.click();
            }
            (None, None) if is_heard_by_browsers(&name) && self.burst.borrow().is_fast(now) => {
                self.space.set(name == " ");
                event.prevent_default();
            }
            _ => {}
        }
    }

    /// Whether the key is a person's, and they want it to do so.
    fn leads_to_search(&self, now: f64) -> bool {
        self.burst.borrow().is_idle(now)
            && preferences::get(&window(), preferences::SEARCH_KEY_OFF).is_none()
    }

    fn go_to_search(&self) {
        if let Some(field) = code_field() {
            // Fails only for what cannot have the focus.
            let _ = field.focus();
            field.select();
        } else {
            // Fails only for what is no address.
            let _ = window().location().assign(&self.search);
        }
    }
}

/// The field for codes of this page.
fn code_field() -> Option<HtmlInputElement> {
    document().query_selector(CODE_FIELD).ok()??.dyn_into().ok()
}

/// What browsers take where no field has the focus: Firefox searches at `/` and `'`, and Space
/// presses a button or turns the page.
fn is_heard_by_browsers(name: &str) -> bool {
    matches!(name, "/" | "'" | " ")
}

fn field_of(event: &KeyboardEvent) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(FIELDS).ok()?
}

/// The button that sends what is in the field for codes.
fn code_form(field: &Element) -> Option<HtmlElement> {
    let form = field.closest(CODE_FIELD).ok()??.closest("form").ok()??;
    form.query_selector("button").ok()??.dyn_into().ok()
}
