//! The scanner at work in the browser.

use super::Act;
use super::camera::{self, Camera};
use super::copied::{Copied, copied};
use super::deferred::Deferred;
use super::kept;
use super::lens;
use super::native::Native;
use super::reading::{Reading, understand};
use super::source::Shot;
use super::stage::Stage;
use super::state::{Notice, State, Target, Trouble};
use super::tone::Tone;
use super::wake_lock::WakeLock;
use super::worker::{Decoder, Failure};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, HtmlElement, Window};

/// How long an earlier start is waited for that is still under way, in milliseconds. Two at once
/// would each get the camera, and one of them would keep it.
const START_PATIENCE: u32 = 6000;

/// The scanner at work.
#[derive(Debug)]
pub struct Session {
    pub(super) window: Window,
    pub(super) stage: Stage,
    pub(super) decoder: Decoder,
    pub(super) native: Native,
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
    pub fn new(stage: Stage, worker_url: String, own_host: String) -> Self {
        let window = window();
        stage.quiet.set(kept::get(&window, kept::QUIET).is_some());
        stage.set(camera::obstacle(&window).map_or(State::Idle(None), State::Trouble));
        Self {
            window,
            stage,
            decoder: Decoder::new(worker_url),
            native: Native::default(),
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
            Act::Toggle => match self.stage.state.get_untracked() {
                State::Opening | State::Scanning { .. } | State::Paused => {
                    self.rest(State::Idle(None));
                }
                _ => self.start(),
            },
            Act::Torch => self.switch_torch(),
            Act::Zoom(zoom) => self.zoom(zoom),
            Act::Lens(id) => {
                kept::set(&self.window, kept::CAMERA, Some(&id));
                self.start();
            }
            Act::Sound => {
                let quiet = !self.stage.quiet.get_untracked();
                self.stage.quiet.set(quiet);
                kept::set(&self.window, kept::QUIET, quiet.then_some("1"));
            }
            Act::Paste => self.paste(),
            Act::Type(field) => {
                self.rest(State::Idle(None));
                let field = document().get_element_by_id(&field);
                if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                    // Fails only for what cannot have the focus.
                    let _ = field.focus();
                }
            }
            Act::Open(target) => self.leave(target),
        }
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
        spawn_local(async move { this.native.prove(&this.window).await });
        let (this, turn) = (self.clone(), self.turn.get());
        spawn_local(async move {
            let result = this.open(turn).await;
            if let Err(trouble) = result
                && this.is_turn(turn)
            {
                this.rest(State::Trouble(trouble));
            }
        });
    }

    /// Asks for the camera and reads frames until something else is wanted.
    async fn open(self: &Rc<Self>, turn: u32) -> Result<(), Trouble> {
        let video = self.stage.video.get_untracked().ok_or(Trouble::Silent)?;
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
                spawn_local(async move { this.rest(State::Trouble(Trouble::Silent)) });
            }
        };
        camera.show(on_gone).await?;
        if !self.is_turn(turn) {
            return Ok(());
        }
        self.stage.set(State::Scanning { advice: None, notice: None });
        self.watch(turn, &camera, &video).await
    }

    /// Reads a photo.
    pub fn photo(self: &Rc<Self>, photo: Blob) {
        self.rest(State::Reading);
        let (this, turn) = (self.clone(), self.turn.get());
        spawn_local(async move {
            let next = this.read_photo(&photo).await;
            if !this.is_turn(turn) {
                return;
            }
            match next {
                Err(next) => this.rest(next),
                Ok(Reading::Nothing) => this.rest(State::Idle(Some(Notice::NothingFound))),
                Ok(Reading::One(target)) => {
                    this.announce();
                    this.leave(target);
                }
                Ok(Reading::Several(targets)) => this.rest(State::Choosing(targets)),
                Ok(Reading::Other(notice)) => this.rest(State::Idle(Some(notice))),
            }
        });
    }

    async fn read_photo(&self, photo: &Blob) -> Result<Reading, State> {
        let unloaded = |_failure| State::Trouble(Trouble::Unloaded);
        let bitmaps = self.decoder.ready().await.map_err(unloaded)?;
        let shot = Shot::still(&self.window, photo, bitmaps)
            .await
            .map_err(|_not_a_picture| State::Idle(Some(Notice::NotAPicture)))?;
        match self.decoder.read(shot).await {
            Ok(look) => Ok(look.reading(&self.own_host)),
            Err(Failure::Lost) => Ok(Reading::Nothing),
            Err(Failure::Unloaded) => Err(State::Trouble(Trouble::Unloaded)),
        }
    }

    /// Takes a text that was pasted.
    pub fn text(&self, text: &str) {
        match understand([text], &self.own_host) {
            Reading::Nothing => {}
            Reading::One(target) => self.leave(target),
            Reading::Several(targets) => self.rest(State::Choosing(targets)),
            Reading::Other(notice) => match self.stage.state.get_untracked() {
                State::Scanning { .. } => self.stage.remark(notice, true),
                _ => self.rest(State::Idle(Some(notice))),
            },
        }
    }

    /// Takes what was copied: a picture before a text.
    fn paste(self: &Rc<Self>) {
        let this = self.clone();
        spawn_local(async move {
            match copied(&this.window).await {
                Some(Copied::Picture(picture)) => this.photo(picture),
                Some(Copied::Text(text)) if !text.trim().is_empty() => this.text(&text),
                _ => this.rest(State::Idle(Some(Notice::NothingCopied))),
            }
        });
    }

    /// The page is not seen any more: others may have the camera.
    pub fn hide(&self) {
        if self.stage.state.with_untracked(State::is_live) {
            self.rest(State::Paused);
        }
    }

    /// The page is seen again.
    pub fn appear(self: &Rc<Self>) {
        match self.stage.state.get_untracked() {
            State::Paused => self.start(),
            // Somebody came back from the page that was opened.
            State::Leaving(_) => self.rest(State::Idle(None)),
            _ => {}
        }
    }

    pub(super) fn leave(&self, target: Target) {
        let Target { label, path } = target;
        self.rest(State::Leaving(label));
        let location = self.window.location();
        // Joined to our origin and not handed over alone: `//elsewhere.example` is a path too, but
        // a browser would leave for it.
        let opened = location.origin().and_then(|origin| location.assign(&(origin + &path)));
        if opened.is_err() {
            self.rest(State::Idle(None));
        }
    }

    /// Ends what was begun, gives the camera back and stands as said.
    pub(super) fn rest(&self, state: State) {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.awake.take();
        if let Some(camera) = self.camera.take() {
            camera.close();
        }
        if !state.holds_picture() {
            self.stage.mark(Default::default());
            if let Some(video) = self.stage.video.get_untracked() {
                camera::clear(&video);
            }
            if !state.is_live() {
                self.tone.end();
            }
        }
        self.stage.gear.set(Default::default());
        self.stage.set(state);
    }

    fn track(&self) -> Option<web_sys::MediaStreamTrack> {
        self.camera.borrow().as_ref().and_then(|camera| camera.track())
    }

    fn switch_torch(self: &Rc<Self>) {
        let on = self.stage.gear.with_untracked(|gear| gear.torch);
        let (Some(on), Some(track)) = (on, self.track()) else { return };
        let (this, turn) = (self.clone(), self.turn.get());
        spawn_local(async move {
            let switched = lens::set_torch(&track, !on).await;
            if !this.is_turn(turn) {
                return;
            }
            if switched {
                this.stage.gear.update(|gear| gear.torch = Some(!on));
            } else if on {
                // Some phones put the light out only with the camera.
                this.start();
            }
        });
    }

    fn zoom(self: &Rc<Self>, now: String) {
        let Some(track) = self.track() else { return };
        self.stage.gear.update(|gear| {
            if let Some(zoom) = &mut gear.zoom {
                zoom.now.clone_from(&now);
            }
        });
        // The browser takes them one after the other; one that fails is followed by the next.
        spawn_local(async move { lens::set_zoom(&track, &now).await });
    }
}
