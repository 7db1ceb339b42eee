//! What the page sends, as a frame.

use super::object::{get, set};
use crate::Frame;
use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

/// What is read and how large it was when it was sent.
pub(super) struct Picture {
    pub frame: Frame,
    pub width: u32,
    pub height: u32,
}

/// Made at the first bitmap and kept: a canvas of the same size costs nothing to draw on.
pub(super) type Canvas = Option<(OffscreenCanvas, OffscreenCanvasRenderingContext2d)>;

pub(super) fn bitmap_of(value: JsValue) -> Result<ImageBitmap, JsValue> {
    value.dyn_into().map_err(|_other| JsValue::from("what was sent is not an ImageBitmap"))
}

/// The bitmap as a frame of at most `long_side` pixels; the browser does the shrinking.
pub(super) fn draw(
    kept: &mut Canvas,
    bitmap: &ImageBitmap,
    long_side: u32,
) -> Result<Picture, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let longest = width.max(height);
    if width == 0 || height == 0 {
        return Err(JsValue::from("the picture is empty"));
    }
    let fitted = |side: u32| {
        if longest <= long_side { side } else { (side * long_side).div_ceil(longest) }
    };
    let (fitted_width, fitted_height) = (fitted(width), fitted(height));
    let (canvas, context) = match kept {
        Some(pair) => pair,
        None => kept.insert(make_canvas(fitted_width, fitted_height)?),
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
pub(super) fn unpack(message: &JsValue) -> Result<Picture, JsValue> {
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
