//! The keys of the page, as long as they are no field's.

use super::burst::{Burst, Key, Scan};
use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use leptos::prelude::document;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// What takes text, or chooses by letters.
const FIELDS: &str = "textarea, select, [contenteditable], input:not([type=radio], \
    [type=checkbox], [type=range], [type=file], [type=submit], [type=button])";
/// The field for codes.
const CODE_FIELD: &str = ".search input";

struct Keys<S, E> {
    burst: RefCell<Burst>,
    /// Whether Space was taken from the browser when it went down.
    space: Cell<bool>,
    scanned: S,
    escaped: E,
}

/// Listens as long as the result is kept: to scans, and to Escape.
pub fn listen(
    document: &Document,
    scanned: impl Fn(Scan) + 'static,
    escaped: impl Fn() + 'static,
) -> Vec<EventListener> {
    let burst = RefCell::default();
    let keys = Rc::new(Keys { burst, space: Cell::new(false), scanned, escaped });
    let on = |kind: &'static str| {
        let keys = keys.clone();
        let options = EventListenerOptions {
            // Before a button that has the focus hears Enter.
            phase: EventListenerPhase::Capture,
            passive: false,
        };
        EventListener::new_with_options(document, kind, options, move |event| keys.hear(event))
    };
    vec![on("keydown"), on("keyup")]
}

/// The page for counters starts with the cursor in the field, for browsers without scripts. With
/// them the page itself hears the scanner, and better: an input method for Chinese would keep the
/// letters that go into a field.
pub fn leave_field() {
    let field = document().active_element();
    let field = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) =
        field.filter(|field| field.has_attribute("autofocus") && field.value().is_empty())
    {
        // Fails only for what never had the focus.
        let _ = field.blur();
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
        if event.is_composing() || (field.is_some() && form.is_none()) {
            return self.burst.borrow_mut().forget();
        }
        let with_others = event.ctrl_key() || event.alt_key() || event.meta_key();
        let now = event.time_stamp();
        let scan = self.burst.borrow_mut().press(Key::of(&name, with_others), now);
        match (scan, form) {
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
