//! The detector as a wasm module of its own.

use crate::Rxing;
use js_sys::{Array, Float32Array, Uint8Array};
use scan::{Frame, SecondDetector as _};
use wasm_bindgen::prelude::*;

/// Finds the codes in a grey frame: an array with the modules of a code (`Uint8Array`, row by row, 1
/// is dark) and its corners (`Float32Array` of x and y by turns) for each, one after the other.
///
/// # Errors
/// A text, if the bytes do not fit the size.
#[wasm_bindgen]
pub fn find(luma: Vec<u8>, width: usize, height: usize) -> Result<Array, JsValue> {
    let frame = Frame::from_luma(width, height, luma)
        .map_err(|_refused| JsValue::from("the frame's bytes do not fit its size"))?;
    let flat = Array::new();
    for grid in Rxing.find(&frame) {
        let modules: Vec<u8> = grid.dark().map(u8::from).collect();
        flat.push(&Uint8Array::from(modules.as_slice()));
        let corners: Vec<f32> = grid.corners().iter().flat_map(|&(x, y)| [x, y]).collect();
        flat.push(&Float32Array::from(corners.as_slice()));
    }
    Ok(flat)
}
