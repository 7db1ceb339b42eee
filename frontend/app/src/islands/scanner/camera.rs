//! The camera: asking for it, showing it, giving it back.

use super::deferred::Deferred;
use super::object::{get, object};
use super::state::Trouble;
use gloo_events::EventListener;
use js_sys::{Array, Function, Object};
use std::cell::RefCell;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlVideoElement, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack, Window,
};

/// How long a camera may take to its first picture, in milliseconds.
const PICTURE_PATIENCE: u32 = 6000;

/// A camera that runs; it stops when this is dropped.
#[derive(Debug)]
pub struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
    /// Listens for the camera being pulled out or taken away.
    gone: RefCell<Option<EventListener>>,
}

/// Whether browsers give a camera to this page at all.
pub fn is_possible(window: &Window) -> bool {
    devices(window).is_some()
}

fn devices(window: &Window) -> Option<MediaDevices> {
    // The property is missing, not an error, where the page came over an insecure way.
    window.navigator().media_devices().ok().filter(|devices| !devices.is_undefined())
}

impl Camera {
    /// Asks for the camera; the browser asks the person.
    pub async fn ask(window: &Window, video: HtmlVideoElement) -> Result<Self, Trouble> {
        let devices = devices(window).ok_or(Trouble::Insecure)?;
        let ideal = |value: JsValue| object(&[("ideal", value)]).into();
        // Only wishes: with `exact` or `min` some phones refuse altogether.
        let wishes = object(&[
            ("facingMode", ideal(JsValue::from("environment"))),
            ("width", ideal(JsValue::from(1920))),
            ("height", ideal(JsValue::from(1080))),
        ]);
        let stream = match open(&devices, &wishes).await {
            Err(error) if name(&error) == "OverconstrainedError" => {
                open(&devices, &JsValue::TRUE).await
            }
            result => result,
        };
        let stream = stream.map_err(|error| trouble(&error))?.unchecked_into();
        Ok(Self { stream, video, gone: RefCell::new(None) })
    }

    /// Shows it and waits for the first picture; `on_gone` hears if it goes away later.
    pub async fn show(&self, on_gone: impl Fn() + 'static) -> Result<(), Trouble> {
        if let Some(track) = self.track() {
            self.gone.replace(Some(EventListener::new(&track, "ended", move |_| on_gone())));
        }
        let loaded = Deferred::new();
        let on_loaded = loaded.clone();
        let _listener = EventListener::once(&self.video, "loadeddata", move |_| {
            on_loaded.resolve(&JsValue::TRUE);
        });
        self.video.set_muted(true);
        self.video.set_src_object(Some(&self.stream));
        // `autoplay` starts it; some browsers want to be asked. A refusal shows as a picture that
        // does not come.
        if let Ok(playing) = self.video.play() {
            spawn_local(async { drop(JsFuture::from(playing).await) });
        }
        let loaded = loaded.wait(PICTURE_PATIENCE).await.is_truthy();
        if loaded { Ok(()) } else { Err(Trouble::Silent) }
    }

    /// Whether it has a light to switch. Some cameras know only after half a second.
    pub fn has_torch(&self) -> bool {
        let Some(track) = self.track() else { return false };
        // Not every browser has the function, and the bindings would throw.
        let Ok(capabilities) = get(&track, "getCapabilities").dyn_into::<Function>() else {
            return false;
        };
        capabilities.call0(&track).is_ok_and(|found| get(&found, "torch").is_truthy())
    }

    /// Switches the light. Whether that worked.
    pub async fn set_torch(track: MediaStreamTrack, on: bool) -> bool {
        let set = Array::of1(&object(&[("torch", JsValue::from(on))]));
        let wishes: Object = object(&[("advanced", set.into())]);
        match track.apply_constraints_with_constraints(wishes.unchecked_ref()) {
            Ok(applied) => JsFuture::from(applied).await.is_ok(),
            Err(_) => false,
        }
    }

    /// What gives the picture.
    pub fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }

    /// Gives it back: the light beside the lens goes out.
    pub fn close(&self) {
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
        // Another camera may be shown there by now.
        if self.video.src_object().as_ref() == Some(&self.stream) {
            self.video.set_src_object(None);
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.close();
    }
}

async fn open(devices: &MediaDevices, wishes: &JsValue) -> Result<JsValue, JsValue> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(wishes);
    JsFuture::from(devices.get_user_media_with_constraints(&constraints)?).await
}

fn name(error: &JsValue) -> String {
    get(error, "name").as_string().unwrap_or_default()
}

fn trouble(error: &JsValue) -> Trouble {
    match name(error).as_str() {
        "NotAllowedError" | "SecurityError" => Trouble::Denied,
        "NotFoundError" | "OverconstrainedError" => Trouble::Absent,
        "NotReadableError" | "AbortError" => Trouble::Busy,
        _ => Trouble::Silent,
    }
}
