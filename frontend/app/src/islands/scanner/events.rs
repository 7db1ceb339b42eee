//! What the page hears for the scanner: pastes, drops, and its own comings and goings.

use super::picture::{brings_files, dropped_file, is_for_field};
use super::session::Session;
use gloo_events::{EventListener, EventListenerOptions};
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, Document, DragEvent, Event, PageTransitionEvent, Window};

/// Listens as long as the result is kept.
pub fn listen(window: &Window, document: &Document, session: &Rc<Session>) -> Vec<EventListener> {
    let on = |kind: &'static str, hear: fn(&Rc<Session>, &Event)| {
        let session = session.clone();
        // Not passive: drops and pastes are taken from the browser.
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(document, kind, options, move |event| {
            hear(&session, event);
        })
    };
    let mut listeners = vec![
        on("paste", hear_paste),
        on("dragover", hear_drag),
        on("drop", hear_drop),
        on("visibilitychange", hear_visibility),
    ];
    let moved = session.clone();
    // What was opened is a place on this very page.
    listeners.push(EventListener::new(window, "hashchange", move |_| moved.appear()));
    let hidden = session.clone();
    listeners.push(EventListener::new(window, "pagehide", move |_| hidden.hide()));
    let shown = session.clone();
    listeners.push(EventListener::new(window, "pageshow", move |event| {
        let event = event.dyn_ref::<PageTransitionEvent>();
        if event.is_some_and(PageTransitionEvent::persisted) {
            shown.appear();
        }
    }));
    listeners
}

fn hear_paste(session: &Rc<Session>, event: &Event) {
    let Some(data) = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data)
    else {
        return;
    };
    let text = data.get_data("text/plain").unwrap_or_default();
    let picture = dropped_file(&data);
    if picture.is_none() && text.is_empty() || is_for_field(event) && !text.is_empty() {
        return;
    }
    event.prevent_default();
    session.take_pasted(&text, picture.map(Into::into));
}

fn hear_drag(_: &Rc<Session>, event: &Event) {
    let data = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    if data.is_some_and(|data| brings_files(&data)) {
        event.prevent_default();
    }
}

fn hear_drop(session: &Rc<Session>, event: &Event) {
    let data = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    if let Some(file) = data.and_then(|data| dropped_file(&data)) {
        // The browser would leave the page for the picture.
        event.prevent_default();
        session.photo(file.into());
    }
}

fn hear_visibility(session: &Rc<Session>, event: &Event) {
    let document = event.target().and_then(|target| target.dyn_into::<Document>().ok());
    match document {
        Some(document) if document.hidden() => session.hide(),
        _ => session.appear(),
    }
}
