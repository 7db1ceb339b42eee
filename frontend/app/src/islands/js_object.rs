//! Properties of plain JavaScript objects, and what browsers do by them.

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::window;
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
