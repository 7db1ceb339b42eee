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

/// The most pixels of a photo that are read: those of a phone's camera, a byte each; what is larger
/// is shrunk to this.
const MOST_PIXELS: f64 = 24e6;

/// The pixels that are read back at once, four bytes each.
const STRIP_PIXELS: u32 = 4_000_000;

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
    let longest = bitmap.width().max(bitmap.height());
    let scale = (f64::from(long_side) / f64::from(longest.max(1))).min(1.0);
    let picture = read_back(kept, bitmap, scale)?;
    bitmap.close();
    Ok(picture)
}

/// The photo as a frame of its own size, or of [`MOST_PIXELS`].
pub(super) fn draw_photo(kept: &mut Canvas, bitmap: &ImageBitmap) -> Result<Picture, JsValue> {
    let pixels = f64::from(bitmap.width()) * f64::from(bitmap.height());
    let picture = read_back(kept, bitmap, (MOST_PIXELS / pixels.max(1.0)).sqrt().min(1.0));
    // The next is a camera's frame: the canvas of a photo is let go.
    *kept = None;
    bitmap.close();
    picture
}

/// Drawn and read back a strip after the other, so that not all of it is in memory four times.
fn read_back(kept: &mut Canvas, bitmap: &ImageBitmap, scale: f64) -> Result<Picture, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    if width == 0 || height == 0 {
        return Err(JsValue::from("the picture is empty"));
    }
    let fitted = |side: u32| (f64::from(side) * scale).round().max(1.0) as u32;
    let (fitted_width, fitted_height) = (fitted(width), fitted(height));
    let strip = (STRIP_PIXELS / fitted_width).clamp(1, fitted_height);
    let (canvas, context) = match kept {
        Some(pair) => pair,
        None => kept.insert(make_canvas(fitted_width, strip)?),
    };
    if canvas.width() != fitted_width {
        canvas.set_width(fitted_width);
    }
    if canvas.height() != strip {
        canvas.set_height(strip);
    }
    let mut luma = Vec::with_capacity(fitted_width as usize * fitted_height as usize);
    for top in (0..fitted_height).step_by(strip as usize) {
        let rows = strip.min(fitted_height - top);
        let (w, h) = (f64::from(fitted_width), f64::from(fitted_height));
        context.clear_rect(0.0, 0.0, w, f64::from(strip));
        let top = -f64::from(top);
        context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, top, w, h)?;
        let data = context.get_image_data(0.0, 0.0, w, f64::from(rows))?.data();
        let part = frame_of(fitted_width, rows, &data)?;
        if rows == fitted_height {
            return Ok(Picture { frame: part, width, height });
        }
        luma.extend(part.luma());
    }
    let frame = Frame::from_luma(fitted_width as usize, fitted_height as usize, luma)
        .map_err(|_refused| JsValue::from("the picture's strips do not fit its size"))?;
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
