//! The pipeline as a dedicated Web Worker.
//!
//! Plain messages by hand instead of `gloo-worker`: that one needs bincode on both sides and
//! cannot transfer an `ImageBitmap`, so every frame would be copied and encoded.
//!
//! | from the page | what it is |
//! |---|---|
//! | `{id, bitmap: ImageBitmap}` | a live frame (transferred; closed here) |
//! | `{id, still: ImageBitmap}` | a photo (transferred; closed here) |
//! | `{id, still: true, pixels: ArrayBuffer, width, height}` | a photo as RGBA |
//! | `{id, pixels: ArrayBuffer, width, height}` | a live frame as RGBA, from a page that had to draw it itself |
//! | `{idle: true}` | the page has nothing else to do: the second detector is fetched now |
//!
//! | to the page | what it is |
//! |---|---|
//! | `{ready: true, bitmaps: boolean}` | first message; `bitmaps` is false where workers have no 2D canvas (Safari before 16.4): send `pixels` |
//! | `{id, payloads: [{text, corners: [x, y, … 8 numbers], part, parts}], ms, width, height, second: boolean, view: {light, contrast, glare, sharpness, finders, module}}` | what was read; `part` of `parts` only if it is a part of a whole ([`crate::StructuredAppend`]); corners in pixels of what was sent, which was `width × height`; `ms` from receipt to answer; `second`: the second detector is at work; `view`: [`crate::View`] in pixels of what was sent |
//! | `{id, error}` | the frame could not be read; the next one may be |
//!
//! The second detector is fetched when live frames have failed for a second, at the first photo
//! that the first cannot read (which is answered after it has had its turn), or when the page is
//! idle. A trap ends the instance: the page sees the worker's `error` event, and terminates and
//! respawns it, as it does when no answer comes within a second.

mod object;
mod picture;
mod second;

use crate::{DecodedSymbol, Scan, Scanner, View, decode_still};
use js_sys::{Array, Object, Reflect};
use object::{get, set};
use picture::{Canvas, Picture, bitmap_of, draw, draw_photo, unpack};
use second::Second;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Performance};

/// Live frames are shrunk to this long side: a label fills a third of the picture, and a slow
/// phone must still make eight attempts a second.
const LIVE_LONG_SIDE: u32 = 1280;

/// When no further step is begun on a live frame, in milliseconds after it came.
const LIVE_BUDGET_MS: f64 = 60.0;

/// How long a photo may take with each set of decoders, in milliseconds.
const STILL_BUDGET_MS: f64 = 2000.0;

/// How long live frames fail before the second detector is fetched, in milliseconds.
const PATIENCE_MS: f64 = 1000.0;

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Default)]
struct State {
    scanner: Scanner,
    second: Second,
    canvas: Canvas,
    /// When the first of the live frames came that have failed since.
    failing_since: Option<f64>,
}

/// One question of the page.
struct Question {
    scope: DedicatedWorkerGlobalScope,
    clock: Performance,
    id: JsValue,
    received: f64,
}

/// Starts listening. Runs by itself when the module is initialised.
#[wasm_bindgen(start)]
pub fn start() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().ok_or("this worker has no clock")?;
    let listener_scope = scope.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event.data();
        if get(&message, "idle").is_truthy() {
            fetch_second();
            return;
        }
        let (scope, clock) = (listener_scope.clone(), clock.clone());
        let received = clock.now();
        let question = Question { scope, clock, id: get(&message, "id"), received };
        if !get(&message, "still").is_undefined() {
            read_still(&message, question);
        } else {
            let answer = read_live(&message, &question);
            question.answer(answer);
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget(); // lives as long as the worker

    let ready = Object::new();
    set(&ready, "ready", &JsValue::TRUE);
    let bitmaps = Reflect::has(&scope, &JsValue::from("OffscreenCanvasRenderingContext2D"));
    set(&ready, "bitmaps", &JsValue::from(bitmaps.unwrap_or(false)));
    scope.post_message(&ready)
}

fn read_live(message: &JsValue, question: &Question) -> Result<Answer, JsValue> {
    let bitmap = get(message, "bitmap");
    let (answer, fetch) = STATE.with_borrow_mut(|state| {
        let picture = if bitmap.is_undefined() {
            unpack(message)?
        } else {
            draw(&mut state.canvas, &bitmap_of(bitmap)?, LIVE_LONG_SIDE)?
        };
        let mut time_left = || question.elapsed() < LIVE_BUDGET_MS;
        let second = state.second.module();
        let scan = state.scanner.scan(&picture.frame, second, &mut time_left);
        let now = question.clock.now();
        let fetch = if scan.payloads.is_empty() {
            now - *state.failing_since.get_or_insert(now) > PATIENCE_MS
        } else {
            state.failing_since = None;
            false
        };
        Ok::<_, JsValue>((Answer { picture, scan, second: state.second.is_there() }, fetch))
    })?;
    if fetch {
        fetch_second();
    }
    Ok(answer)
}

fn read_still(message: &JsValue, question: Question) {
    let picture = STATE.with_borrow_mut(|state| {
        if get(message, "pixels").is_undefined() {
            draw_photo(&mut state.canvas, &bitmap_of(get(message, "still"))?)
        } else {
            unpack(message)
        }
    });
    let picture = match picture {
        Ok(picture) => picture,
        Err(error) => return question.answer(Err(error)),
    };
    let answer = decode(picture, &question);
    if !answer.scan.payloads.is_empty() || answer.second {
        return question.answer(Ok(answer));
    }
    let Some(promise) = STATE.with_borrow_mut(|state| state.second.load()) else {
        return question.answer(Ok(answer));
    };
    let arrived = Closure::once_into_js(move |read: JsValue| {
        STATE.with_borrow_mut(|state| state.second.arrived(read));
        let question = Question { received: question.received, ..question };
        let answer = decode(answer.picture, &question);
        question.answer(Ok(answer));
    });
    settle(&promise, &arrived);
}

fn decode(picture: Picture, question: &Question) -> Answer {
    let began = question.clock.now();
    let mut time_left = || question.clock.now() - began < STILL_BUDGET_MS;
    let (payloads, second) = STATE.with_borrow_mut(|state| {
        let payloads = decode_still(&picture.frame, state.second.module(), &mut time_left);
        (payloads, state.second.is_there())
    });
    let view = View::of_still(&picture.frame, &payloads);
    Answer { picture, scan: Scan { payloads, view }, second }
}

/// Fetches the second detector, for later.
fn fetch_second() {
    if let Some(promise) = STATE.with_borrow_mut(|state| state.second.load()) {
        let arrived = Closure::once_into_js(|read: JsValue| {
            STATE.with_borrow_mut(|state| state.second.arrived(read));
        });
        settle(&promise, &arrived);
    }
}

/// `promise.then(arrived, arrived)`: what did not arrive is no function, which is found out there.
fn settle(promise: &js_sys::Promise, arrived: &JsValue) {
    let then = get(promise, "then");
    if let Some(then) = then.dyn_ref::<js_sys::Function>() {
        // `then` of a promise does not throw.
        let _ = then.call2(promise, arrived, arrived);
    }
}

/// What goes to the page.
struct Answer {
    picture: Picture,
    scan: Scan,
    second: bool,
}

impl Question {
    fn elapsed(&self) -> f64 {
        self.clock.now() - self.received
    }

    fn answer(&self, answer: Result<Answer, JsValue>) {
        let object = Object::new();
        set(&object, "id", &self.id);
        match answer {
            Ok(answer) => self.describe(&answer, &object),
            Err(error) => {
                let text = error.as_string().or_else(|| get(&error, "message").as_string());
                let text = text.unwrap_or_else(|| String::from("unknown error"));
                set(&object, "error", &JsValue::from(text));
            }
        }
        // Fails only for what cannot be cloned; the answer is plain data.
        let _ = self.scope.post_message(&object);
    }

    fn describe(&self, answer: &Answer, object: &Object) {
        let Answer { picture, scan, second } = answer;
        let scale = f64::from(picture.width) / picture.frame.width() as f64;
        let list: Array = scan.payloads.iter().map(|payload| code(payload, scale)).collect();
        set(object, "payloads", &list);
        set(object, "ms", &JsValue::from(self.elapsed()));
        set(object, "width", &JsValue::from(picture.width));
        set(object, "height", &JsValue::from(picture.height));
        set(object, "second", &JsValue::from(*second));
        let view = Object::new();
        let View { light, contrast, glare, sharpness, finders, module } = scan.view;
        for (name, number) in [
            ("light", f64::from(light)),
            ("contrast", f64::from(contrast)),
            ("glare", f64::from(glare)),
            ("sharpness", f64::from(sharpness)),
            ("finders", f64::from(finders)),
            ("module", f64::from(module) * scale),
        ] {
            set(&view, name, &JsValue::from(number));
        }
        set(object, "view", &view);
    }
}

fn code(payload: &DecodedSymbol, scale: f64) -> JsValue {
    let object = Object::new();
    set(&object, "text", &JsValue::from(payload.text.as_str()));
    let corners = payload.corners.iter().flat_map(|&(x, y)| [x, y]);
    let corners: Array = corners.map(|number| JsValue::from(f64::from(number) * scale)).collect();
    set(&object, "corners", &corners);
    if let Some(part) = payload.part {
        set(&object, "part", &JsValue::from(part.number));
        set(&object, "parts", &JsValue::from(part.total));
    }
    object.into()
}
