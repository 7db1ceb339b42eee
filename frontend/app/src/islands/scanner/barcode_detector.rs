//! The browser's own reader, where it has one: used first, and never alone.
//!
//! Some browsers have a `BarcodeDetector` that finds nothing and says nothing, others throw when
//! the service behind it is missing. So it must first read a code whose text is known; it is
//! dropped at the first exception or silence, and when the other reader reads what it does not.
//! What it reads is judged like any other text.

use super::deferred::Deferred;
use super::reading::{Detection, FrameResult};
use crate::islands::js_object::{ask, get, object};
use js_sys::{Array, Function, Reflect};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{Clamped, JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlVideoElement, ImageData, Window};

/// How long it may think about the code that it must read, in milliseconds: the first call may
/// start a service of the phone.
const PROOF_PATIENCE: u32 = 4000;
/// How long it may think about a frame of the camera, in milliseconds.
const PATIENCE: u32 = 1500;
/// So many frames in which only the other reader reads something, one after the other, are no
/// chance: the two look at alternate frames, not at the same.
const MISSES: u32 = 4;

/// The browser's own reader.
#[derive(Debug, Default)]
pub struct BarcodeDetector {
    trust: RefCell<Trust>,
    missed: Cell<u32>,
}

#[derive(Debug, Default)]
enum Trust {
    #[default]
    Unknown,
    Proving,
    Proven(JsValue),
    Dropped,
}

impl BarcodeDetector {
    /// Lets it read the known code; once a page.
    pub async fn prove(&self, window: &Window) {
        if !matches!(*self.trust.borrow(), Trust::Unknown) {
            return;
        }
        self.trust.replace(Trust::Proving);
        let trust = match within(PROOF_PATIENCE, proven(window.clone())).await {
            Some(detector) => Trust::Proven(detector),
            None => Trust::Dropped,
        };
        self.trust.replace(trust);
    }

    /// Whether it may be asked.
    pub fn is_proven(&self) -> bool {
        matches!(*self.trust.borrow(), Trust::Proven(_))
    }

    /// What it reads now; nothing if it cannot, and then it is not asked again.
    pub async fn read(&self, video: &HtmlVideoElement) -> Option<FrameResult> {
        let detector = match &*self.trust.borrow() {
            Trust::Proven(detector) => detector.clone(),
            _ => return None,
        };
        let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
        let video = video.clone();
        let detected = async move { ask(&detector, "detect", &[video.into()]).await.ok() };
        let Some(found) = within(PATIENCE, detected).await else {
            self.trust.replace(Trust::Dropped);
            return None;
        };
        let detections: Vec<Detection> = barcodes(&found).collect();
        if !detections.is_empty() {
            self.missed.set(0);
        }
        Some(FrameResult { detections, width, height, view: None })
    }

    /// Hears that the other reader has read something on its frame.
    pub fn compare(&self) {
        let missed = self.missed.get() + 1;
        self.missed.set(missed);
        if missed >= MISSES && self.is_proven() {
            self.trust.replace(Trust::Dropped);
        }
    }
}

/// A detector that has read the known code.
async fn proven(window: Window) -> Option<JsValue> {
    let class: Function = get(&window, "BarcodeDetector").dyn_into().ok()?;
    let formats: Array = ask(&class, "getSupportedFormats", &[]).await.ok()?.dyn_into().ok()?;
    let qr = JsValue::from("qr_code");
    if !formats.includes(&qr, 0) {
        return None;
    }
    let options = object(&[("formats", Array::of1(&qr).into())]);
    let detector = Reflect::construct(&class, &Array::of1(&options)).ok()?;
    let (pixels, side) = known_code();
    let picture = ImageData::new_with_u8_clamped_array(Clamped(&pixels), side).ok()?;
    let bitmap = window.create_image_bitmap_with_image_data(&picture).ok()?;
    let bitmap = JsFuture::from(bitmap).await.ok()?;
    let found = ask(&detector, "detect", &[bitmap]).await.ok()?;
    barcodes(&found).any(|code| code.text == KNOWN_TEXT).then_some(detector)
}

/// Waits for a value, but not for ever.
async fn within(
    patience: u32,
    value: impl Future<Output = Option<JsValue>> + 'static,
) -> Option<JsValue> {
    let done = Deferred::new();
    let resolve = done.clone();
    spawn_local(async move {
        resolve.resolve(&value.await.unwrap_or(JsValue::UNDEFINED));
    });
    let value = done.wait(patience).await;
    (!value.is_undefined()).then_some(value)
}

fn barcodes(found: &JsValue) -> impl Iterator<Item = Detection> + use<> {
    let found: Array = found.clone().dyn_into().unwrap_or_default();
    found.into_iter().filter_map(|code| {
        let text = get(&code, "rawValue").as_string()?;
        // It does not tell parts of a whole: `FrameResult::mistakable` has the remedy.
        Some(Detection { text, part: None, corners: corners(&get(&code, "cornerPoints")) })
    })
}

fn corners(points: &JsValue) -> Option<[f64; 8]> {
    let points: &Array = points.dyn_ref()?;
    let numbers: Option<Vec<f64>> = points
        .iter()
        .flat_map(|point| [get(&point, "x"), get(&point, "y")])
        .map(|number| number.as_f64())
        .collect();
    numbers?.try_into().ok()
}

/// What the known code says.
const KNOWN_TEXT: &str = "JIANMA";

/// The modules of the known code, a row each, the first at the highest of 21 bits (version 1,
/// level M).
const KNOWN_ROWS: [u32; 21] = [
    0x1fcc7f, 0x104941, 0x175c5d, 0x17535d, 0x17555d, 0x105641, 0x1fd57f, 0x001c00, 0x17c27c,
    0x0e13c6, 0x0ffd69, 0x113fc1, 0x1f692a, 0x001927, 0x1fc290, 0x10543b, 0x175298, 0x175fe0,
    0x175160, 0x104fe5, 0x1fd124,
];
/// Its quiet zone in modules.
const QUIET: usize = 4;
/// The pixels of a module.
const MODULE: usize = 8;

/// The known code as RGBA pixels, and its side in pixels.
fn known_code() -> (Vec<u8>, u32) {
    let side = (KNOWN_ROWS.len() + 2 * QUIET) * MODULE;
    let is_dark = |x: usize, y: usize| {
        let at = |pixel: usize| (pixel / MODULE).checked_sub(QUIET);
        let (Some(column), Some(row)) = (at(x), at(y)) else { return false };
        KNOWN_ROWS
            .get(row)
            .is_some_and(|bits| column < KNOWN_ROWS.len() && bits >> (20 - column) & 1 == 1)
    };
    let pixels = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .flat_map(|(x, y)| if is_dark(x, y) { [0, 0, 0, 255] } else { [255; 4] })
        .collect();
    (pixels, side as u32)
}
