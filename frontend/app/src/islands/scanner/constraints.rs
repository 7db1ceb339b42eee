//! What a camera can be set to: light, enlargement, focus; and which cameras there are.

use super::camera::devices;
use super::capabilities::{CameraDevice, Capabilities, Zoom};
use crate::islands::js_object::{ask, call, get, object};
use js_sys::{Array, Number};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MediaStreamTrack, Window};

/// What the camera says it can be set to. Some know only after half a second.
pub fn capabilities(track: &MediaStreamTrack) -> Capabilities {
    // Asked of the camera: what the browser knows in general (`getSupportedConstraints`) is wrong
    // for the light of some phones.
    let able = call(track, "getCapabilities", &[]).unwrap_or(JsValue::UNDEFINED);
    let set = settings(track);
    Capabilities {
        torch: get(&able, "torch").is_truthy().then(|| get(&set, "torch").is_truthy()),
        zoom: zoom(&get(&able, "zoom"), &get(&set, "zoom")),
        cameras: Vec::new(),
        camera_id: get(&set, "deviceId").as_string().unwrap_or_default(),
    }
}

fn zoom(able: &JsValue, now: &JsValue) -> Option<Zoom> {
    let number = |name: &str| get(able, name).as_f64();
    let (least, most) = (number("min")?, number("max")?);
    let written = |number: f64| {
        Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
    };
    (most > least).then(|| Zoom {
        least: written(least),
        most: written(most),
        step: number("step").filter(|step| *step > 0.0).map_or("any".to_owned(), written),
        now: written(now.as_f64().unwrap_or(least)),
    })
}

fn settings(track: &MediaStreamTrack) -> JsValue {
    call(track, "getSettings", &[]).unwrap_or(JsValue::UNDEFINED)
}

/// The cameras of the device, if there is a choice. Known only after permission.
pub async fn cameras(window: &Window) -> Vec<CameraDevice> {
    let Some(devices) = devices(window) else { return Vec::new() };
    let list = ask(&devices, "enumerateDevices", &[]).await.unwrap_or(JsValue::UNDEFINED);
    let list: Array = list.dyn_into().unwrap_or_default();
    let text = |device: &JsValue, name: &str| get(device, name).as_string().unwrap_or_default();
    let cameras: Vec<CameraDevice> = list
        .iter()
        .filter(|device| text(device, "kind") == "videoinput")
        .map(|device| CameraDevice { id: text(&device, "deviceId"), label: text(&device, "label") })
        .filter(|camera| !camera.id.is_empty())
        .collect();
    if cameras.len() > 1 { cameras } else { Vec::new() }
}

/// Lets the camera focus all the time, if it can: labels are nearer than what it expects.
pub async fn focus(track: &MediaStreamTrack) {
    let able = call(track, "getCapabilities", &[]).unwrap_or(JsValue::UNDEFINED);
    let modes: Array = get(&able, "focusMode").dyn_into().unwrap_or_default();
    let mode = JsValue::from("continuous");
    if modes.includes(&mode, 0) {
        apply(track, "focusMode", mode).await;
    }
}

/// Switches the light. Whether it is as wished now: some browsers take the wish and do nothing.
pub async fn set_torch(track: &MediaStreamTrack, on: bool) -> bool {
    apply(track, "torch", JsValue::from(on)).await
        && get(&settings(track), "torch").as_bool().is_none_or(|now| now == on)
}

/// Enlarges, if the camera will. `zoom` is a number as JavaScript writes it.
pub async fn set_zoom(track: &MediaStreamTrack, zoom: &str) {
    let zoom = JsValue::from(zoom).unchecked_into_f64();
    apply(track, "zoom", JsValue::from(zoom)).await;
}

async fn apply(track: &MediaStreamTrack, name: &str, value: JsValue) -> bool {
    let set = Array::of1(&object(&[(name, value)]));
    let constraints = object(&[("advanced", set.into())]);
    ask(track, "applyConstraints", &[constraints.into()]).await.is_ok()
}
