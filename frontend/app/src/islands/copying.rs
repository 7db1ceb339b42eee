//! Copying a text for somebody.

use super::{
    element::window,
    js_object::{ask, get},
};
use wasm_bindgen::JsValue;

/// Whether this browser copies for a page: many do so over HTTPS alone.
pub fn can_copy() -> bool {
    get(&clipboard(), "writeText").is_function()
}

/// Copies a text. False where the browser, or the person, does not let it.
pub async fn copy_text(text: String) -> bool {
    ask(&clipboard(), "writeText", &[JsValue::from(text)]).await.is_ok()
}

fn clipboard() -> JsValue {
    get(&window().navigator(), "clipboard")
}
