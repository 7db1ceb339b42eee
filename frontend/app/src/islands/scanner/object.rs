//! Properties of plain JavaScript objects.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// A property, or `undefined`.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    // Fails only on what is not an object, which is as good as having no such property.
    Reflect::get(object, &JsValue::from(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A new object with these properties.
pub fn object(properties: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        // Fails only on frozen objects and proxies; this one is new.
        let _ = Reflect::set(&object, &JsValue::from(*name), value);
    }
    object
}
