//! The decoder as a wasm module of its own.

use crate::Rxing;
use js_sys::{Array, Float32Array, Uint8Array};
use scan::{Frame, SecondDecoder as _};
use wasm_bindgen::prelude::*;

/// Reads a grey frame: an array with the bytes of a payload (`Uint8Array`) and its
/// corners (`Float32Array` of x and y by turns) for each code, one after the other.
///
/// # Errors
/// A text, if the bytes do not fit the size.
#[wasm_bindgen]
pub fn read(luma: Vec<u8>, width: usize, height: usize) -> Result<Array, JsValue> {
    let frame = Frame::from_luma(width, height, luma)
        .map_err(|_refused| JsValue::from("the frame's bytes do not fit its size"))?;
    let flat = Array::new();
    for payload in Rxing.read(&frame) {
        flat.push(&Uint8Array::from(payload.bytes.as_slice()));
        let corners: Vec<f32> = payload.corners.iter().flat_map(|&(x, y)| [x, y]).collect();
        flat.push(&Float32Array::from(corners.as_slice()));
    }
    Ok(flat)
}
