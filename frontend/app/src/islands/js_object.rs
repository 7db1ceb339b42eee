//! Properties and methods of plain JavaScript objects.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

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

/// Calls a method that not every browser has, where the bindings would throw.
pub fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(object, name).dyn_into()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}

/// Calls a method and waits for what it promises.
pub async fn ask(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&call(object, name, arguments)?)).await
}
