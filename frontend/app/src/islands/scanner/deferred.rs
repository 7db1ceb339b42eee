//! Waiting for something that JavaScript calls back about, but not for ever.

use crate::islands::later::later;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// A value that is not there yet.
#[derive(Clone, Debug)]
pub struct Deferred {
    promise: Promise,
    resolve: Function,
}

impl Deferred {
    pub fn new() -> Self {
        let mut resolve = None;
        let promise = Promise::new(&mut |take, _refuse| resolve = Some(take));
        // The promise calls its executor before it returns, so there is always one.
        Self { promise, resolve: resolve.unwrap_or_default() }
    }

    /// A function for JavaScript to call; its first argument becomes the value.
    pub fn callback(&self) -> &Function {
        &self.resolve
    }

    /// Gives the value; the first one counts.
    pub fn resolve(&self, value: &JsValue) {
        // The function of a promise does not throw.
        let _ = self.resolve.call1(&JsValue::UNDEFINED, value);
    }

    /// The value, or `undefined` if it has not come within `patience` milliseconds.
    pub async fn wait(&self, patience: u32) -> JsValue {
        let this = self.clone();
        let _timer = later(patience, Box::new(move || this.resolve(&JsValue::UNDEFINED)));
        JsFuture::from(self.promise.clone()).await.unwrap_or(JsValue::UNDEFINED)
    }
}
