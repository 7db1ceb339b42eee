//! The only `extern "C"`: `js/bridge.mjs`, loaded when a map is wanted.

use wasm_bindgen::prelude::*;

// An `import()` with a name that is known only at run time cannot be written in Rust.
#[wasm_bindgen(inline_js = "export function load(url) { return import(url); }")]
extern "C" {
    /// Loads a module of the site; a second time it is there already.
    #[wasm_bindgen(catch)]
    pub(crate) async fn load(url: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// What `js/bridge.mjs` exports.
    #[derive(Clone, Debug)]
    pub(crate) type Bridge;

    /// Takes a `MapRequest` and `MapAssets` as JSON, gives an `Answer` in lines.
    #[wasm_bindgen(method, catch)]
    pub(crate) async fn open(
        this: &Bridge,
        request: &str,
        assets: &str,
    ) -> Result<JsValue, JsValue>;

    /// Takes a map away; a number that is gone already is ignored.
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Bridge, handle: u32);
}
