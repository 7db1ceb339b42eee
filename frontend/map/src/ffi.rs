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

    /// Hands the ground of a map to who draws on it: the first hears of each press by longitude and latitude,
    /// the second when the view has changed.
    #[wasm_bindgen(method, catch, js_name = drawOn)]
    pub(crate) fn draw_on(
        this: &Bridge,
        handle: u32,
        pressed: &JsValue,
        moved: &JsValue,
    ) -> Result<JsGround, JsValue>;

    /// Takes a map away; a number that is gone already is ignored.
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Bridge, handle: u32);

    /// The ground of a map that is drawn on. Pixels are counted from the corner of its element.
    #[derive(Clone, Debug)]
    pub(crate) type JsGround;

    /// Where a place is: x and y.
    #[wasm_bindgen(method)]
    pub(crate) fn at(this: &JsGround, longitude: f64, latitude: f64) -> Vec<f64>;

    /// Which place is there: longitude and latitude.
    #[wasm_bindgen(method)]
    pub(crate) fn under(this: &JsGround, x: f64, y: f64) -> Vec<f64>;

    /// Moves the view by so many pixels.
    #[wasm_bindgen(method)]
    pub(crate) fn pan(this: &JsGround, x: f64, y: f64);

    /// Goes closer by so many steps.
    #[wasm_bindgen(method)]
    pub(crate) fn zoom(this: &JsGround, steps: f64);

    /// Shows a box: west, south, east, north.
    #[wasm_bindgen(method)]
    pub(crate) fn go(this: &JsGround, west: f64, south: f64, east: f64, north: f64);

    /// Whether one finger and the wheel move the map; if not, they move the page.
    #[wasm_bindgen(method, js_name = oneFinger)]
    pub(crate) fn one_finger(this: &JsGround, moves: bool);
}
