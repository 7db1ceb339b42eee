//! The second detector: a wasm module of its own, fetched when it is needed.

use crate::{Frame, Grid, SecondDetector};
use js_sys::{Array, Float32Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// How often it is fetched anew after it failed: a network that comes back, a trap.
const MOST_LOADS: u8 = 3;

/// Where the build program puts the function that fetches the module; it promises the module's
/// `find(luma, width, height)`.
const LOADER: &str = "loadSecondDetector";

/// The second detector, whether it is there or not.
#[derive(Default)]
pub(super) struct Second {
    module: Option<Module>,
    loading: bool,
    loads: u8,
}

/// The loaded module.
pub(super) struct Module {
    find: Function,
    failed: bool,
}

impl Second {
    /// The decoder, if it is there. One that trapped is let go: its memory cannot be trusted.
    pub(super) fn module(&mut self) -> Option<&mut dyn SecondDetector> {
        if self.module.as_ref().is_some_and(|module| module.failed) {
            self.module = None;
        }
        self.module.as_mut().map(|module| module as &mut dyn SecondDetector)
    }

    /// Whether it is at work.
    pub(super) fn is_there(&self) -> bool {
        self.module.as_ref().is_some_and(|module| !module.failed)
    }

    /// Begins to fetch it; nothing if it is there, on its way, or not to be had. What is promised
    /// goes to [`Second::arrived`], and so does the reason why it failed.
    pub(super) fn load(&mut self) -> Option<Promise> {
        if self.is_there() || self.loading || self.loads >= MOST_LOADS {
            return None;
        }
        let loader = Reflect::get(&js_sys::global(), &JsValue::from(LOADER)).ok()?;
        let promise = loader.dyn_ref::<Function>()?.call0(&JsValue::UNDEFINED).ok()?;
        self.loading = true;
        self.loads += 1;
        promise.dyn_into().ok()
    }

    /// It was fetched; if `find` is no function, it was not.
    pub(super) fn arrived(&mut self, find: JsValue) {
        self.loading = false;
        self.module = find.dyn_into().ok().map(|find| Module { find, failed: false });
    }
}

impl SecondDetector for Module {
    fn find(&mut self, frame: &Frame) -> Vec<Grid> {
        if self.failed {
            return Vec::new();
        }
        let luma = Uint8Array::from(frame.luma());
        let (width, height) = (frame.width() as u32, frame.height() as u32);
        let answer = self.find.call3(
            &JsValue::UNDEFINED,
            &luma,
            &JsValue::from(width),
            &JsValue::from(height),
        );
        let Ok(Ok(flat)) = answer.map(JsCast::dyn_into::<Array>) else {
            self.failed = true;
            return Vec::new();
        };
        (0..flat.length() / 2)
            .filter_map(|i| grid(&flat.get(2 * i), &flat.get(2 * i + 1)))
            .collect()
    }
}

fn grid(modules: &JsValue, corners: &JsValue) -> Option<Grid> {
    let modules = modules.dyn_ref::<Uint8Array>()?.to_vec();
    let numbers: [f32; 8] = corners.dyn_ref::<Float32Array>()?.to_vec().try_into().ok()?;
    let [a, b, c, d, e, f, g, h] = numbers;
    Grid::new(modules.iter().map(|&module| module == 1), [(a, b), (c, d), (e, f), (g, h)])
}
