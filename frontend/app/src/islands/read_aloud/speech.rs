//! The browser's voice.

use gloo_events::EventListener;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::EventTarget;

use super::{Reading, sentences};
use crate::islands::{
    js_object::{call, get},
    later::later,
};

/// So often, and so many milliseconds apart, is looked for voices: browsers load them late.
const LOOKS: u32 = 6;
const BETWEEN_LOOKS: u32 = 250;

fn synthesis() -> JsValue {
    get(&window(), "speechSynthesis")
}

/// Reads the page from its beginning, as soon as there is a voice for its language.
pub fn begin(reading: RwSignal<Reading>) {
    reading.set(Reading::Idle);
    look_for_a_voice(reading, LOOKS);
}

fn look_for_a_voice(reading: RwSignal<Reading>, looks: u32) {
    let language = language();
    if let Some(voice) = voice_of(&language) {
        return read(reading, &language, &voice);
    }
    if looks == 0 || synthesis().is_undefined() {
        return reading.set(Reading::Unavailable);
    }
    later(BETWEEN_LOOKS, Box::new(move || look_for_a_voice(reading, looks - 1))).forget();
}

fn language() -> String {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("lang")).unwrap_or_default()
}

/// A voice of this device for a language, wherever that is spoken. Others send the text to whoever
/// offers them (rule M8).
fn voice_of(language: &str) -> Option<JsValue> {
    let wanted = language.split('-').next().unwrap_or_default();
    let voices: Array = call(&synthesis(), "getVoices", &[]).ok()?.dyn_into().ok()?;
    voices.iter().find(|voice| {
        let of_language = get(voice, "lang").as_string();
        get(voice, "localService").is_truthy()
            && of_language.is_some_and(|lang| lang.to_lowercase().starts_with(wanted))
    })
}

fn read(reading: RwSignal<Reading>, language: &str, voice: &JsValue) {
    let Some(main) = document().get_element_by_id("main") else { return };
    let synthesis = synthesis();
    let _ = call(&synthesis, "cancel", &[]);
    let mut last = None;
    for text in sentences::in_reading_order(&main) {
        let Some(utterance) = utterance(&text, language, voice) else { continue };
        let target: EventTarget = utterance.clone().unchecked_into();
        // A voice that fails says nothing more.
        EventListener::once(&target, "error", move |_| reading.set(Reading::Idle)).forget();
        let _ = call(&synthesis, "speak", std::slice::from_ref(&utterance));
        last = Some(utterance);
    }
    let Some(last) = last else { return };
    reading.set(Reading::Aloud);
    // When the last is through, so is the reading.
    let target: EventTarget = last.unchecked_into();
    EventListener::once(&target, "end", move |_| reading.set(Reading::Idle)).forget();
}

fn utterance(text: &str, language: &str, voice: &JsValue) -> Option<JsValue> {
    let constructor: Function = get(&window(), "SpeechSynthesisUtterance").dyn_into().ok()?;
    let utterance = Reflect::construct(&constructor, &Array::of1(&JsValue::from(text))).ok()?;
    let set = |name: &str, value: JsValue| Reflect::set(&utterance, &JsValue::from(name), &value);
    set("lang", JsValue::from(language)).ok()?;
    set("voice", voice.clone()).ok()?;
    // A little slower than people talk.
    set("rate", JsValue::from(0.9)).ok()?;
    Some(utterance)
}

pub fn pause(reading: RwSignal<Reading>) {
    let _ = call(&synthesis(), "pause", &[]);
    reading.set(Reading::Paused);
}

pub fn resume(reading: RwSignal<Reading>) {
    let _ = call(&synthesis(), "resume", &[]);
    reading.set(Reading::Aloud);
}

pub fn stop(reading: RwSignal<Reading>) {
    let _ = call(&synthesis(), "cancel", &[]);
    reading.set(Reading::Idle);
}
