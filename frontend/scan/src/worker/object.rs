//! Plain JavaScript objects.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    // Fails only on what is not an object, which is as good as having no such property.
    Reflect::get(object, &JsValue::from(name)).unwrap_or(JsValue::UNDEFINED)
}

pub(super) fn set(object: &Object, name: &str, value: &JsValue) {
    // Fails only on frozen objects and proxies; ours are new.
    let _ = Reflect::set(object, &JsValue::from(name), value);
}
