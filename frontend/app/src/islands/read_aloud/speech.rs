//! The browser's voice.

use gloo_events::EventListener;
use js_sys::{Array, Function, Reflect};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{EventTarget, HtmlElement};

use super::{ReadAloudWords, sentences};
use crate::islands::{
    element::{document, say, window},
    js_object::{call, get},
    later::later,
};

/// So often, and so many milliseconds apart, is looked for voices: browsers load them late.
const LOOKS: u32 = 6;
const BETWEEN_LOOKS: u32 = 250;

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// It has not begun, or is through.
    #[default]
    Idle,
    /// A voice reads.
    Aloud,
    /// It waits.
    Paused,
    /// There is no voice.
    Unavailable,
}

/// The reading, and the buttons that show how far it is.
#[derive(Debug)]
pub struct Reader {
    reading: Cell<Reading>,
    words: ReadAloudWords,
    /// Begins, waits and goes on.
    next: HtmlElement,
    stop: HtmlElement,
    said: HtmlElement,
}

impl Reader {
    /// Nothing is read yet.
    pub fn new(
        words: ReadAloudWords,
        next: HtmlElement,
        stop: HtmlElement,
        said: HtmlElement,
    ) -> Self {
        Self { reading: Cell::default(), words, next, stop, said }
    }

    /// How far it is.
    pub fn reading(&self) -> Reading {
        self.reading.get()
    }

    fn set(&self, reading: Reading) {
        self.reading.set(reading);
        let ReadAloudWords { start, pause, resume, unavailable, .. } = &self.words;
        let next = match reading {
            Reading::Aloud => pause,
            Reading::Paused => resume,
            Reading::Idle | Reading::Unavailable => start,
        };
        say(&self.next, next);
        self.stop.set_hidden(!matches!(reading, Reading::Aloud | Reading::Paused));
        say(&self.said, if reading == Reading::Unavailable { unavailable } else { "" });
    }
}

fn synthesis() -> JsValue {
    get(&window(), "speechSynthesis")
}

/// Reads the page from its beginning, as soon as there is a voice for its language.
pub fn begin(reader: &Rc<Reader>) {
    reader.set(Reading::Idle);
    look_for_a_voice(reader, LOOKS);
}

fn look_for_a_voice(reader: &Rc<Reader>, looks: u32) {
    let language = language();
    if let Some(voice) = voice_of(&language) {
        return read(reader, &language, &voice);
    }
    if looks == 0 || synthesis().is_undefined() {
        return reader.set(Reading::Unavailable);
    }
    let reader = reader.clone();
    later(BETWEEN_LOOKS, Box::new(move || look_for_a_voice(&reader, looks - 1))).forget();
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
            && of_language.is_some_and(|lang| lang.to_ascii_lowercase().starts_with(wanted))
    })
}

fn read(reader: &Rc<Reader>, language: &str, voice: &JsValue) {
    let Some(main) = document().get_element_by_id("main") else { return };
    let synthesis = synthesis();
    let _ = call(&synthesis, "cancel", &[]);
    let mut last = None;
    for text in sentences::in_reading_order(&main) {
        let Some(utterance) = utterance(&text, language, voice) else { continue };
        let target: EventTarget = utterance.clone().unchecked_into();
        // A voice that fails says nothing more.
        let failing = reader.clone();
        EventListener::once(&target, "error", move |_| failing.set(Reading::Idle)).forget();
        let _ = call(&synthesis, "speak", std::slice::from_ref(&utterance));
        last = Some(utterance);
    }
    let Some(last) = last else { return };
    reader.set(Reading::Aloud);
    // When the last is through, so is the reading.
    let target: EventTarget = last.unchecked_into();
    let ending = reader.clone();
    EventListener::once(&target, "end", move |_| ending.set(Reading::Idle)).forget();
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

pub fn pause(reader: &Rc<Reader>) {
    let _ = call(&synthesis(), "pause", &[]);
    reader.set(Reading::Paused);
}

pub fn resume(reader: &Rc<Reader>) {
    let _ = call(&synthesis(), "resume", &[]);
    reader.set(Reading::Aloud);
}

pub fn stop(reader: &Rc<Reader>) {
    let _ = call(&synthesis(), "cancel", &[]);
    reader.set(Reading::Idle);
}
