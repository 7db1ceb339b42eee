//! The pipeline as a dedicated Web Worker.
//!
//! Plain messages by hand instead of `gloo-worker`: that one needs bincode on both sides and
//! cannot transfer an `ImageBitmap`, so every frame would be copied and encoded.
//!
//! | from the page | what it is |
//! |---|---|
//! | `{id, bitmap: ImageBitmap}` | a live frame (transferred; closed here) |
//! | `{id, still: ImageBitmap}` | a photo (transferred; closed here) |
//! | `{id, pixels: ArrayBuffer, width, height}` | a live frame as RGBA, from a page that had to draw it itself |
//!
//! | to the page | what it is |
//! |---|---|
//! | `{ready: true, bitmaps: boolean}` | first message; `bitmaps` is false where workers have no 2D canvas (Safari before 16.4): send `pixels` |
//! | `{id, payloads: [{text, corners: [x, y, … 8 numbers]}], ms, width, height}` | what was read; corners in pixels of what was sent, which was `width × height`; `ms` from receipt to answer |
//! | `{id, error}` | the frame could not be read; the next one may be |
//!
//! A trap ends the instance: the page sees the worker's `error` event, and terminates and respawns
//! it, as it does when no answer comes within 1.5 s.

use crate::{Frame, Payload, STILL_LONG_SIDE, Scanner, decode_still};
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{
    DedicatedWorkerGlobalScope, ImageBitmap, MessageEvent, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d,
};

/// Live frames are shrunk to this long side: a label fills a third of the picture, and a slow
/// phone must still make eight attempts a second.
const LIVE_LONG_SIDE: u32 = 1280;

/// How long a photo may take, in milliseconds.
const STILL_BUDGET_MS: f64 = 3000.0;

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State { scanner: Scanner::new(), canvas: None });
}

struct State {
    scanner: Scanner,
    /// Made at the first bitmap and kept: a canvas of the same size costs nothing to draw on.
    canvas: Option<(OffscreenCanvas, OffscreenCanvasRenderingContext2d)>,
}

/// What is read and how large it was when it was sent.
struct Picture {
    frame: Frame,
    width: u32,
    height: u32,
}

/// Starts listening. Runs by itself when the module is initialised.
#[wasm_bindgen(start)]
pub fn start() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let listener_scope = scope.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event.data();
        let answer = Object::new();
        set(&answer, "id", &get(&message, "id"));
        if let Err(error) = respond(&listener_scope, &message, &answer) {
            let text = error.as_string().unwrap_or_else(|| {
                get(&error, "message").as_string().unwrap_or_else(|| String::from("unknown error"))
            });
            set(&answer, "error", &JsValue::from(text));
        }
        // Fails only for what cannot be cloned; the answer is plain data.
        let _ = listener_scope.post_message(&answer);
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget(); // lives as long as the worker

    let ready = Object::new();
    set(&ready, "ready", &JsValue::TRUE);
    let bitmaps = Reflect::has(&scope, &JsValue::from("OffscreenCanvasRenderingContext2D"));
    set(&ready, "bitmaps", &JsValue::from(bitmaps.unwrap_or(false)));
    scope.post_message(&ready)
}

/// Reads what the message brings and writes what was found into the answer.
fn respond(
    scope: &DedicatedWorkerGlobalScope,
    message: &JsValue,
    answer: &Object,
) -> Result<(), JsValue> {
    let clock = scope.performance().ok_or("this worker has no clock")?;
    let received = clock.now();
    let (picture, payloads) = STATE.with_borrow_mut(|state| {
        let still = get(message, "still");
        if !still.is_undefined() {
            let picture = draw(state, &bitmap_of(still)?, STILL_LONG_SIDE as u32)?;
            let mut time_left = || clock.now() - received < STILL_BUDGET_MS;
            let payloads = decode_still(&picture.frame, &mut time_left);
            return Ok::<_, JsValue>((picture, payloads));
        }
        let bitmap = get(message, "bitmap");
        let picture = if bitmap.is_undefined() {
            unpack(message)?
        } else {
            draw(state, &bitmap_of(bitmap)?, LIVE_LONG_SIDE)?
        };
        let payloads = state.scanner.scan(&picture.frame);
        Ok((picture, payloads))
    })?;

    let scale = f64::from(picture.width) / picture.frame.width() as f64;
    let list: Array = payloads.iter().map(|payload| describe(payload, scale)).collect();
    set(answer, "payloads", &list);
    set(answer, "ms", &JsValue::from(clock.now() - received));
    set(answer, "width", &JsValue::from(picture.width));
    set(answer, "height", &JsValue::from(picture.height));
    Ok(())
}

fn describe(payload: &Payload, scale: f64) -> JsValue {
    let object = Object::new();
    set(&object, "text", &JsValue::from(&*payload.text()));
    let corners: Array = payload
        .corners
        .iter()
        .flat_map(|&(x, y)| [x, y])
        .map(|number| JsValue::from(f64::from(number) * scale))
        .collect();
    set(&object, "corners", &corners);
    object.into()
}

fn bitmap_of(value: JsValue) -> Result<ImageBitmap, JsValue> {
    value.dyn_into().map_err(|_other| JsValue::from("what was sent is not an ImageBitmap"))
}

/// The bitmap as a frame of at most `long_side` pixels; the browser does the shrinking.
fn draw(state: &mut State, bitmap: &ImageBitmap, long_side: u32) -> Result<Picture, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let longest = width.max(height);
    if width == 0 || height == 0 {
        return Err(JsValue::from("the picture is empty"));
    }
    let fitted = |side: u32| {
        if longest <= long_side { side } else { (side * long_side).div_ceil(longest) }
    };
    let (fitted_width, fitted_height) = (fitted(width), fitted(height));
    let (canvas, context) = match &state.canvas {
        Some(pair) => pair,
        None => state.canvas.insert(make_canvas(fitted_width, fitted_height)?),
    };
    if canvas.width() != fitted_width {
        canvas.set_width(fitted_width);
    }
    if canvas.height() != fitted_height {
        canvas.set_height(fitted_height);
    }
    let (w, h) = (f64::from(fitted_width), f64::from(fitted_height));
    context.clear_rect(0.0, 0.0, w, h);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, w, h)?;
    bitmap.close();
    let data = context.get_image_data(0.0, 0.0, w, h)?.data();
    let frame = frame_of(fitted_width, fitted_height, &data)?;
    Ok(Picture { frame, width, height })
}

fn make_canvas(
    width: u32,
    height: u32,
) -> Result<(OffscreenCanvas, OffscreenCanvasRenderingContext2d), JsValue> {
    let canvas = OffscreenCanvas::new(width, height)?;
    let options = Object::new();
    // Keeps the pixels in memory: every frame is read back.
    set(&options, "willReadFrequently", &JsValue::TRUE);
    let context = canvas
        .get_context_with_context_options("2d", &options)?
        .ok_or("this worker has no 2D canvas")?;
    Ok((canvas, context.unchecked_into()))
}

/// A frame that the page has drawn and read back itself.
fn unpack(message: &JsValue) -> Result<Picture, JsValue> {
    let side = |name| get(message, name).as_f64().map_or(0, |number| number as u32);
    let (width, height) = (side("width"), side("height"));
    let bytes = Uint8Array::new(&get(message, "pixels")).to_vec();
    let frame = frame_of(width, height, &bytes)?;
    Ok(Picture { frame, width, height })
}

fn frame_of(width: u32, height: u32, rgba: &[u8]) -> Result<Frame, JsValue> {
    Frame::from_rgba(width as usize, height as usize, rgba)
        .map_err(|_refused| JsValue::from("the picture's bytes do not fit its size"))
}

fn get(object: &JsValue, name: &str) -> JsValue {
    // Fails only on what is not an object, which is as good as having no such property.
    Reflect::get(object, &JsValue::from(name)).unwrap_or(JsValue::UNDEFINED)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Fails only on frozen objects and proxies; ours are new.
    let _ = Reflect::set(object, &JsValue::from(name), value);
}
