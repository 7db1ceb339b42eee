//! The scanner at work in the browser.

use super::Act;
use super::barcode_detector::BarcodeDetector;
use super::camera::{self, Camera};
use super::capabilities::{CameraDevice, Capabilities};
use super::constraints;
use super::deferred::Deferred;
use super::scroll_and_focus;
use super::state::{CameraError, State, Target};
use super::tone::Tone;
use super::viewfinder::Viewfinder;
use super::wake_lock::WakeLock;
use super::worker::Decoder;
use crate::islands::later::later;
use crate::islands::preferences;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlElement, Window};

/// How long an earlier start is waited for that is still under way, in milliseconds. Two at once
/// would each get the camera, and one of them would keep it.
const START_PATIENCE: u32 = 6000;
/// How long a page may take to open, in milliseconds; some answers open none.
const OPEN_PATIENCE: u32 = 15_000;

/// The scanner at work.
#[derive(Debug)]
pub struct Session {
    pub(super) window: Window,
    pub(super) viewfinder: Viewfinder,
    pub(super) decoder: Decoder,
    pub(super) barcode_detector: BarcodeDetector,
    pub(super) tone: Tone,
    pub(super) own_host: String,
    camera: RefCell<Option<Rc<Camera>>>,
    awake: RefCell<Option<WakeLock>>,
    /// Counts what was begun: who waited for something sees whether it is still wanted.
    turn: Cell<u32>,
    /// Done when the last start has got its camera, or has not.
    started: RefCell<Option<Deferred>>,
}

impl Session {
    /// A scanner at rest.
    pub fn new(viewfinder: Viewfinder, worker_url: String, own_host: String) -> Self {
        let window = window();
        viewfinder.quiet.set(preferences::get(&window, preferences::QUIET).is_some());
        let state = camera::obstacle(&window).map_or(State::Idle(None), State::CameraError);
        viewfinder.hopeless.set(state.is_hopeless());
        viewfinder.set(state);
        Self {
            window,
            viewfinder,
            decoder: Decoder::new(worker_url),
            barcode_detector: BarcodeDetector::default(),
            tone: Tone::default(),
            own_host,
            camera: RefCell::default(),
            awake: RefCell::default(),
            turn: Cell::default(),
            started: RefCell::default(),
        }
    }

    /// Does what a control asks for.
    pub fn run(self: &Rc<Self>, act: Act) {
        match act {
            Act::Toggle => match self.viewfinder.state.get_untracked() {
                State::Opening | State::Scanning { .. } | State::Paused => {
                    self.rest(State::Idle(None));
                }
                _ => self.start(),
            },
            Act::Torch => self.switch_torch(),
            Act::Zoom(zoom) => self.zoom(zoom),
            Act::Camera(id) if id.is_empty() => {}
            Act::Camera(id) => {
                self.viewfinder
                    .capabilities
                    .update(|capabilities| capabilities.camera_id.clone_from(&id));
                preferences::set(&self.window, preferences::CAMERA, Some(&id));
                self.start();
            }
            Act::Sound => {
                let quiet = !self.viewfinder.quiet.get_untracked();
                self.viewfinder.quiet.set(quiet);
                preferences::set(&self.window, preferences::QUIET, quiet.then_some("1"));
            }
            Act::Paste => self.paste(),
            Act::Type(field) => {
                self.rest(State::Idle(None));
                self.uncover();
                let field = document().get_element_by_id(&field);
                if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                    // Fails only for what cannot have the focus.
                    let _ = field.focus();
                }
            }
            Act::Open(target) => self.leave(target),
        }
    }

    /// The number of what was begun last.
    pub(super) fn turn(&self) -> u32 {
        self.turn.get()
    }

    /// Whether what was begun then is still wanted.
    pub(super) fn is_turn(&self, turn: u32) -> bool {
        self.turn.get() == turn
    }

    /// Opens the camera.
    fn start(self: &Rc<Self>) {
        let this = self.clone();
        self.rest(State::Opening);
        self.tone.prepare(&self.window);
        // All three take a moment, and none needs another.
        self.decoder.warm();
        spawn_local(async move { this.barcode_detector.prove(&this.window).await });
        let (this, turn) = (self.clone(), self.turn.get());
        spawn_local(async move {
            let result = this.open(turn).await;
            if let Err(error) = result
                && this.is_turn(turn)
            {
                this.rest(State::CameraError(error));
                if matches!(error, CameraError::Busy | CameraError::Silent) {
                    this.offer_others().await;
                }
            }
        });
    }

    /// Offers the other cameras, if the one that was asked for does not work.
    async fn offer_others(&self) {
        let turn = self.turn();
        let mut cameras = constraints::cameras(&self.window).await;
        if self.is_turn(turn) && !cameras.is_empty() {
            let camera_id = preferences::get(&self.window, preferences::CAMERA).unwrap_or_default();
            if cameras.iter().all(|known| known.id != camera_id) {
                // With the first shown as if chosen, nobody could choose the first.
                cameras.insert(0, CameraDevice { id: camera_id.clone(), label: "—".to_owned() });
            }
            self.viewfinder.offer(Capabilities { cameras, camera_id, ..Capabilities::default() });
        }
    }

    /// Asks for the camera and reads frames until something else is wanted.
    async fn open(self: &Rc<Self>, turn: u32) -> Result<(), CameraError> {
        let video = self.viewfinder.video.get_untracked().ok_or(CameraError::Silent)?;
        let started = Deferred::new();
        let earlier = self.started.replace(Some(started.clone()));
        if let Some(earlier) = earlier {
            earlier.wait(START_PATIENCE).await;
        }
        let camera = match self.is_turn(turn) {
            true => Some(Camera::ask(&self.window, video.clone()).await),
            false => None,
        };
        started.resolve(&JsValue::TRUE);
        let Some(camera) = camera.filter(|_| self.is_turn(turn)) else { return Ok(()) };
        let camera = Rc::new(camera?);
        self.camera.replace(Some(camera.clone()));
        self.awake.replace(Some(WakeLock::ask(&self.window)));
        let this = self.clone();
        let on_gone = move || {
            if this.is_turn(turn) {
                // Not from here: the listener that calls this ends with the camera.
                let this = this.clone();
                spawn_local(async move { this.rest(State::CameraError(CameraError::Silent)) });
            }
        };
        camera.show(on_gone).await?;
        if !self.is_turn(turn) {
            return Ok(());
        }
        self.viewfinder.set(State::Scanning { advice: None, notice: None });
        self.decode_loop(turn, &camera, &video).await
    }

    /// The page is not seen any more: others may have the camera.
    pub fn hide(&self) {
        if self.viewfinder.state.with_untracked(State::is_live) {
            self.rest(State::Paused);
        }
    }

    /// The page is seen again.
    pub fn appear(self: &Rc<Self>) {
        match self.viewfinder.state.get_untracked() {
            State::Paused => self.start(),
            // Somebody came back from the page that was opened.
            State::Leaving(_) => self.rest(State::Idle(None)),
            _ => {}
        }
    }

    pub(super) fn leave(self: &Rc<Self>, target: Target) {
        let Target { label, path } = target;
        self.rest(State::Leaving(label));
        let location = self.window.location();
        // Joined to our origin and not handed over alone: `//elsewhere.example` is a path too, but
        // a browser would leave for it.
        let opened = location.origin().and_then(|origin| location.assign(&(origin + &path)));
        if opened.is_err() {
            return self.rest(State::Idle(None));
        }
        let (this, turn) = (self.clone(), self.turn());
        let give_up = move || {
            if this.is_turn(turn) {
                this.rest(State::Idle(None));
            }
        };
        later(OPEN_PATIENCE, Box::new(give_up)).forget();
    }

    /// Ends what was begun, gives the camera back and stands as said.
    pub(super) fn rest(&self, state: State) {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.awake.take();
        if let Some(camera) = self.camera.take() {
            camera.close();
        }
        if !state.holds_picture() {
            self.viewfinder.mark(Default::default());
            if let Some(video) = self.viewfinder.video.get_untracked() {
                camera::clear(&video);
            }
            if !state.is_live() {
                self.tone.end();
            }
        }
        // The list of cameras stays while another one opens: somebody goes through it.
        let keeps_cameras = state.offers_cameras();
        self.viewfinder.capabilities.update(|capabilities| {
            let Capabilities { cameras, camera_id, .. } = std::mem::take(capabilities);
            if keeps_cameras {
                *capabilities = Capabilities { cameras, camera_id, ..Capabilities::default() };
            }
        });
        let wants_eyes = state.wants_eyes();
        let control = scroll_and_focus::focused();
        self.viewfinder.set(state);
        if let Some(control) = control {
            scroll_and_focus::keep(control);
        }
        if wants_eyes {
            self.attend();
        }
    }

    /// Takes the picture away at once, as the view will: what it covers on a phone has no focus before.
    fn uncover(&self) {
        let video = self.viewfinder.video.get_untracked();
        let stage = video.and_then(|video| video.closest(".scanner-stage").ok().flatten());
        if let Some(stage) = stage {
            // Fails only for names that are no names.
            let _ = stage.set_attribute("hidden", "");
        }
    }

    /// Brings what is new into view.
    pub(super) fn attend(&self) {
        scroll_and_focus::show(self.viewfinder);
    }

    fn track(&self) -> Option<web_sys::MediaStreamTrack> {
        self.camera.borrow().as_ref().and_then(|camera| camera.track())
    }

    fn switch_torch(self: &Rc<Self>) {
        let on = self.viewfinder.capabilities.with_untracked(|capabilities| capabilities.torch);
        let (Some(on), Some(track)) = (on, self.track()) else { return };
        let (this, turn) = (self.clone(), self.turn.get());
        spawn_local(async move {
            let switched = constraints::set_torch(&track, !on).await;
            if !this.is_turn(turn) {
                return;
            }
            if switched {
                this.viewfinder.capabilities.update(|capabilities| capabilities.torch = Some(!on));
            } else if on {
                // Some phones put the light out only with the camera.
                this.start();
            }
        });
    }

    fn zoom(self: &Rc<Self>, now: String) {
        let Some(track) = self.track() else { return };
        self.viewfinder.capabilities.update(|capabilities| {
            if let Some(zoom) = &mut capabilities.zoom {
                zoom.now.clone_from(&now);
            }
        });
        // The browser takes them one after the other; one that fails is followed by the next.
        spawn_local(async move { constraints::set_zoom(&track, &now).await });
    }
}
