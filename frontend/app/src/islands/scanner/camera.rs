//! The camera: asking for it, showing it, giving it back. What it can be set to is `constraints`.

use super::deferred::Deferred;
use super::in_app::is_in_app;
use super::state::CameraError;
use crate::islands::{
    js_object::{ask, get, object},
    preferences,
};
use gloo_events::EventListener;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlVideoElement, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack, Window,
};

/// How long a camera may take, in milliseconds: to open where nobody has to be asked any more, and
/// to its first picture.
const PATIENCE: u32 = 6000;

/// What a browser answers when the person, or somebody for the person, does not allow it.
const REFUSALS: [&str; 2] = ["NotAllowedError", "SecurityError"];

/// A camera that runs; it stops when this is dropped.
#[derive(Debug)]
pub struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
    /// Listens for the camera being pulled out or taken away.
    gone: RefCell<Option<EventListener>>,
}

/// Why browsers give no camera to this page at all, if they do not.
pub fn obstacle(window: &Window) -> Option<CameraError> {
    if devices(window).is_some() {
        return None;
    }
    let agent = window.navigator().user_agent().unwrap_or_default();
    Some(if !window.is_secure_context() {
        CameraError::Insecure
    } else if is_in_app(&agent) {
        CameraError::InApp
    } else {
        CameraError::Unsupported
    })
}

/// The cameras of the device, if the browser gives any to this page.
pub fn devices(window: &Window) -> Option<MediaDevices> {
    // The property is missing, not an error, where the page came over an insecure way; apps may
    // take away only the function.
    let devices = window.navigator().media_devices().ok().filter(|devices| !devices.is_undefined());
    devices.filter(|devices| get(devices, "getUserMedia").is_function())
}

impl Camera {
    /// Asks for the camera that was chosen last time, or for the one that looks away from the
    /// person; the browser asks the person.
    pub async fn ask(window: &Window, video: HtmlVideoElement) -> Result<Self, CameraError> {
        let devices =
            devices(window).ok_or_else(|| obstacle(window).unwrap_or(CameraError::Unsupported))?;
        let stream = stream(window, &devices).await.map_err(|error| {
            let error = camera_error(&error);
            let agent = window.navigator().user_agent().unwrap_or_default();
            // The app refuses, not the person, and its settings are not the browser's.
            if error == CameraError::Denied && is_in_app(&agent) {
                CameraError::InApp
            } else {
                error
            }
        })?;
        Ok(Self { stream, video, gone: RefCell::new(None) })
    }

    /// Shows it and waits for the first picture; `on_gone` hears if it goes away later.
    pub async fn show(&self, on_gone: impl Fn() + 'static) -> Result<(), CameraError> {
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
        let loaded = loaded.wait(PATIENCE).await.is_truthy();
        if loaded { Ok(()) } else { Err(CameraError::Silent) }
    }

    /// What gives the picture.
    pub fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }

    /// Gives it back: the light beside the lens goes out. The last picture stays until
    /// [`clear`].
    pub fn close(&self) {
        // Before the tracks end, which would be heard as the camera going away.
        self.gone.replace(None);
        // A pause keeps the last picture; its promise is nobody's.
        let _ = self.video.pause();
        stop(&self.stream);
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        stop(&self.stream);
    }
}

/// Takes the last picture away.
pub fn clear(video: &HtmlVideoElement) {
    video.set_src_object(None);
}

fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}

async fn stream(window: &Window, devices: &MediaDevices) -> Result<MediaStream, JsValue> {
    let patience = patience(window).await;
    let is = |error: &JsValue, names: &[&str]| names.contains(&name(error).as_str());
    if let Some(camera_id) = preferences::get(window, preferences::CAMERA) {
        match open(devices, &video_constraints(Some(&camera_id)), patience).await {
            // The camera is gone; so is the choice.
            Err(error) if is(&error, &["OverconstrainedError", "NotFoundError"]) => {
                preferences::set(window, preferences::CAMERA, None);
            }
            Err(error) if is(&error, &REFUSALS) => return Err(error),
            // In use, or gives no answer now: another is better than none.
            Err(_) => {}
            opened => return opened,
        }
    }
    match open(devices, &video_constraints(None), patience).await {
        Err(error) if is(&error, &["OverconstrainedError"]) => {
            open(devices, &JsValue::TRUE, patience).await
        }
        result => result,
    }
}

/// Only wishes, but for a camera that was chosen: with `exact` or `min` some phones refuse
/// altogether. A chosen camera is not also wished to look away, or another is taken.
fn video_constraints(camera_id: Option<&str>) -> JsValue {
    let ideal = |value: JsValue| object(&[("ideal", value)]).into();
    let which = match camera_id {
        Some(id) => ("deviceId", object(&[("exact", JsValue::from(id))]).into()),
        None => ("facingMode", ideal(JsValue::from("environment"))),
    };
    let rate = object(&[("ideal", JsValue::from(30)), ("max", JsValue::from(30))]);
    object(&[
        which,
        ("width", ideal(JsValue::from(1920))),
        ("height", ideal(JsValue::from(1080))),
        ("frameRate", rate.into()),
    ])
    .into()
}

/// How long to wait for the camera: as long as it takes while a person is being asked.
async fn patience(window: &Window) -> Option<u32> {
    let permissions = get(&window.navigator(), "permissions");
    let question = object(&[("name", JsValue::from("camera"))]);
    // Not every browser knows this question.
    let answer = ask(&permissions, "query", &[question.into()]).await.ok()?;
    (get(&answer, "state").as_string()? == "granted").then_some(PATIENCE)
}

async fn open(
    devices: &MediaDevices,
    video: &JsValue,
    patience: Option<u32>,
) -> Result<MediaStream, JsValue> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(video);
    let asked = JsFuture::from(devices.get_user_media_with_constraints(&constraints)?);
    let Some(patience) = patience else { return Ok(asked.await?.unchecked_into()) };

    let done = Deferred::new();
    let (given, late) = (done.clone(), Rc::new(Cell::new(false)));
    let is_late = late.clone();
    spawn_local(async move {
        match asked.await {
            // Nobody waits for it any more.
            Ok(stream) if is_late.get() => stop(stream.unchecked_ref()),
            Ok(stream) => given.resolve(&stream),
            Err(error) => given.resolve(&error),
        }
    });
    let result = done.wait(patience).await;
    late.set(true);
    result.dyn_into()
}

fn name(error: &JsValue) -> String {
    get(error, "name").as_string().unwrap_or_default()
}

fn camera_error(error: &JsValue) -> CameraError {
    match name(error).as_str() {
        name if REFUSALS.contains(&name) => CameraError::Denied,
        "NotFoundError" | "OverconstrainedError" => CameraError::Absent,
        "NotReadableError" | "AbortError" => CameraError::Busy,
        _ => CameraError::Silent,
    }
}
