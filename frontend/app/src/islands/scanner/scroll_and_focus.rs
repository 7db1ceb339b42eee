//! What a person looks at and types to, while the scanner changes beneath.

use super::viewfinder::Viewfinder;
use crate::islands::js_object::{call, object};
use crate::islands::later::later;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, HtmlElement};

/// When the page has followed a change, in milliseconds.
const FOLLOWED: u32 = 30;
/// Room around picture and controls, in pixels.
const MARGIN: i32 = 100;

/// The control of the scanner that has the focus.
pub fn focused() -> Option<HtmlElement> {
    let element = document().active_element()?;
    element.closest(".scanner").ok()??;
    element.dyn_into().ok()
}

/// Gives the focus to what comes next, if the control that had it is gone.
pub fn keep(control: HtmlElement) {
    later(FOLLOWED, Box::new(move || move_on(&control))).forget();
}

fn move_on(control: &HtmlElement) {
    // Gone it is where it is not drawn; whoever moved the focus elsewhere meant to.
    let lost = document()
        .active_element()
        .is_none_or(|active| active.tag_name() == "BODY" || active.is_same_node(Some(control)));
    if control.offset_parent().is_some() || !lost {
        return;
    }
    let next = document().query_selector(".scanner-choice, .scanner-toggle:not([hidden])");
    if let Ok(Some(next)) = next
        && let Ok(next) = next.dyn_into::<HtmlElement>()
    {
        // Fails only for what cannot have the focus.
        let _ = next.focus();
    }
}

/// Moves the page so that picture and controls are in view, if they are not; where both have no
/// room, what is said and what there is to choose.
pub fn show(viewfinder: Viewfinder) {
    later(FOLLOWED, Box::new(move || show_now(viewfinder))).forget();
}

fn show_now(viewfinder: Viewfinder) {
    let video = viewfinder.video.get_untracked();
    let Some(scanner) = video.and_then(|video| video.closest(".scanner").ok().flatten()) else {
        return;
    };
    // Who types is not taken away from the field.
    let active = document().active_element();
    if active.is_some_and(|active| matches!(active.closest(".search"), Ok(Some(_)))) {
        return;
    }
    let inside = window().inner_height().ok().and_then(|height| height.as_f64());
    let has_room = inside.is_none_or(|inside| scanner.client_height() + MARGIN < inside as i32);
    let part = |name: &str| scanner.query_selector(name).ok().flatten();
    if has_room {
        return show_part(&scanner, "auto");
    }
    // One after the other, so that the last is in view and of the first what has room. At once, or
    // the second would stop the first.
    for name in [".scanner-stage", ".scanner-status", ".scanner-choices:not(:empty)"] {
        if let Some(part) = part(name) {
            show_part(&part, "instant");
        }
    }
}

fn show_part(part: &Element, behaviour: &str) {
    let options = [("block", JsValue::from("nearest")), ("behavior", JsValue::from(behaviour))];
    // Every browser has it; an old one takes the wish for `true`.
    let _ = call(part, "scrollIntoView", &[object(&options).into()]);
}
