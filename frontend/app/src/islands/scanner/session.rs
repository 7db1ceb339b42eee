//! The scanner at work in the browser.

use super::Act;
use super::camera::{self, Camera};
use super::reading::{Reading, understand};
use super::source::{Shot, next_frame};
use super::state::{Notice, State, Target, Trouble};
use super::worker::{Decoder, Failure};
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::html::Video;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, Window};

/// The least time from one frame to the next, in milliseconds: twelve a second.
const FRAME_PAUSE: f64 = 83.0;
/// After this long without a read there is a hint at other ways, in milliseconds.
const HINT_AFTER: f64 = 10_000.0;
/// When cameras know their lights, in milliseconds from the start.
const TORCH_AFTER: f64 = 600.0;

/// The scanner at work.
#[derive(Debug)]
pub struct Session {
    window: Window,
    state: RwSignal<State>,
    video: NodeRef<Video>,
    decoder: Decoder,
    own_host: String,
    camera: RefCell<Option<Rc<Camera>>>,
    /// Counts what was begun: who waited for something sees whether it is still wanted.
    turn: Cell<u32>,
}

impl Session {
    /// A scanner at rest.
    pub fn new(
        state: RwSignal<State>,
        video: NodeRef<Video>,
        worker_url: String,
        own_host: String,
    ) -> Self {
        let (window, decoder) = (window(), Decoder::new(worker_url));
        if camera::is_possible(&window) {
            state.set(State::Idle(None));
        } else {
            state.set(State::Trouble(Trouble::Insecure));
        }
        let (camera, turn) = (RefCell::new(None), Cell::new(0));
        Self { window, state, video, decoder, own_host, camera, turn }
    }

    /// Does what a control asks for.
    pub fn run(self: &Rc<Self>, act: Act) {
        match act {
            Act::Toggle => match self.state.get_untracked() {
                State::Opening | State::Scanning { .. } | State::Paused => {
                    self.rest(State::Idle(None));
                }
                _ => self.start(),
            },
            Act::Torch => self.switch_torch(),
            Act::Open(target) => self.leave(target),
        }
    }

    /// Opens the camera.
    fn start(self: &Rc<Self>) {
        let this = self.clone();
        self.rest(State::Opening);
        let turn = self.turn.get();
        spawn_local(async move {
            let result = this.look(turn).await;
            if let Err(trouble) = result
                && this.turn.get() == turn
            {
                this.rest(State::Trouble(trouble));
            }
        });
    }

    /// Asks for the camera and reads frames until something else is wanted.
    async fn look(self: &Rc<Self>, turn: u32) -> Result<(), Trouble> {
        let video = self.video.get_untracked().ok_or(Trouble::Silent)?;
        // Both take a moment, and neither needs the other.
        self.decoder.warm();
        let camera = Camera::ask(&self.window, video.clone()).await?;
        if self.turn.get() != turn {
            return Ok(());
        }
        let camera = Rc::new(camera);
        self.camera.replace(Some(camera.clone()));
        let this = self.clone();
        let on_gone = move || {
            if this.turn.get() == turn {
                // Not from here: the listener that calls this ends with the camera.
                let this = this.clone();
                spawn_local(async move { this.rest(State::Trouble(Trouble::Silent)) });
            }
        };
        camera.show(on_gone).await?;
        self.ready().await?;
        if self.turn.get() != turn {
            return Ok(());
        }
        self.set(State::Scanning { torch: None, notice: None });

        let opened = Date::now();
        let mut torch_known = false;
        while self.turn.get() == turn {
            // Every time: a decoder that got stuck was replaced by one that is still to arrive.
            let bitmaps = self.ready().await?;
            next_frame(&self.window, &video).await;
            if self.turn.get() != turn {
                break;
            }
            let began = Date::now();
            // Frames that are lost are followed by others.
            if let Ok(shot) = Shot::live(&self.window, &video, bitmaps).await {
                match self.decoder.read(shot).await {
                    Ok(texts) if self.turn.get() == turn => self.take_live(&texts),
                    Err(Failure::Unloaded) => return Err(Trouble::Unloaded),
                    Ok(_) | Err(Failure::Lost) => {}
                }
            }
            let now = Date::now();
            if !torch_known && now - opened > TORCH_AFTER {
                torch_known = true;
                self.offer_torch();
            }
            if now - opened > HINT_AFTER {
                self.remark(Notice::Hint, false);
            }
            // At least two fifths of the time are the page's and the battery's.
            let spent = now - began;
            let pause = (FRAME_PAUSE - spent).max(spent * 2.0 / 3.0).min(FRAME_PAUSE * 12.0);
            TimeoutFuture::new(pause as u32).await;
        }
        Ok(())
    }

    async fn ready(&self) -> Result<bool, Trouble> {
        self.decoder.ready().await.map_err(|_failure| Trouble::Unloaded)
    }

    fn take_live(&self, texts: &[String]) {
        match understand(texts, &self.own_host) {
            Reading::Nothing => {}
            Reading::One(target) => self.leave(target),
            Reading::Several(targets) => self.rest(State::Choosing(targets)),
            Reading::Other(notice) => self.remark(notice, true),
        }
    }

    /// Reads a photo.
    pub fn photo(self: &Rc<Self>, photo: File) {
        self.rest(State::Reading);
        let (this, turn) = (self.clone(), self.turn.get());
        spawn_local(async move {
            let next = match this.read_photo(&photo).await {
                Ok(texts) => understand(&texts, &this.own_host),
                Err(next) => {
                    if this.turn.get() == turn {
                        this.rest(next);
                    }
                    return;
                }
            };
            if this.turn.get() != turn {
                return;
            }
            match next {
                Reading::Nothing => this.rest(State::Idle(Some(Notice::NothingFound))),
                Reading::One(target) => this.leave(target),
                Reading::Several(targets) => this.rest(State::Choosing(targets)),
                Reading::Other(notice) => this.rest(State::Idle(Some(notice))),
            }
        });
    }

    async fn read_photo(&self, photo: &File) -> Result<Vec<String>, State> {
        let unloaded = |_failure| State::Trouble(Trouble::Unloaded);
        let bitmaps = self.decoder.ready().await.map_err(unloaded)?;
        let shot = Shot::still(&self.window, photo, bitmaps)
            .await
            .map_err(|_not_a_picture| State::Idle(Some(Notice::NotAPicture)))?;
        match self.decoder.read(shot).await {
            Ok(texts) => Ok(texts),
            Err(Failure::Lost) => Ok(Vec::new()),
            Err(Failure::Unloaded) => Err(State::Trouble(Trouble::Unloaded)),
        }
    }

    /// Takes a text that was pasted.
    pub fn text(&self, text: String) {
        match understand(&[text], &self.own_host) {
            Reading::Nothing => {}
            Reading::One(target) => self.leave(target),
            Reading::Several(targets) => self.rest(State::Choosing(targets)),
            Reading::Other(notice) => match self.state.get_untracked() {
                State::Scanning { .. } => self.remark(notice, true),
                _ => self.rest(State::Idle(Some(notice))),
            },
        }
    }

    /// The page is not seen any more: others may have the camera.
    pub fn hide(&self) {
        if self.state.with_untracked(State::shows_picture) {
            self.rest(State::Paused);
        }
    }

    /// The page is seen again.
    pub fn appear(self: &Rc<Self>) {
        match self.state.get_untracked() {
            State::Paused => self.start(),
            // Somebody came back from the page that was opened.
            State::Leaving(_) => self.rest(State::Idle(None)),
            _ => {}
        }
    }

    fn leave(&self, target: Target) {
        let Target { label, path } = target;
        self.rest(State::Leaving(label));
        let navigator = self.window.navigator();
        // iPhones and Firefox cannot.
        if js_sys::Reflect::has(&navigator, &JsValue::from("vibrate")).unwrap_or(false) {
            navigator.vibrate_with_duration(60);
        }
        let location = self.window.location();
        // Joined to our origin and not handed over alone: `//elsewhere.example` is a path too, but
        // a browser would leave for it.
        let opened = location.origin().and_then(|origin| location.assign(&(origin + &path)));
        if opened.is_err() {
            self.rest(State::Idle(None));
        }
    }

    /// Ends what was begun, gives the camera back and stands as said.
    fn rest(&self, state: State) {
        self.turn.set(self.turn.get().wrapping_add(1));
        if let Some(camera) = self.camera.take() {
            camera.close();
        }
        self.set(state);
    }

    fn set(&self, state: State) {
        // The same words a second time would be read out a second time.
        if self.state.with_untracked(|now| *now != state) {
            self.state.set(state);
        }
    }

    /// Says something while the camera runs; `over` another remark only if said so.
    fn remark(&self, remark: Notice, over: bool) {
        if let State::Scanning { torch, notice } = self.state.get_untracked()
            && (over || notice.is_none())
        {
            self.set(State::Scanning { torch, notice: Some(remark) });
        }
    }

    fn offer_torch(&self) {
        let has_torch = self.camera.borrow().as_ref().is_some_and(|camera| camera.has_torch());
        if let State::Scanning { notice, .. } = self.state.get_untracked() {
            self.set(State::Scanning { torch: has_torch.then_some(false), notice });
        }
    }

    fn switch_torch(self: &Rc<Self>) {
        let State::Scanning { torch: Some(on), .. } = self.state.get_untracked() else { return };
        let Some(track) = self.camera.borrow().as_ref().and_then(|camera| camera.track()) else {
            return;
        };
        let this = self.clone();
        spawn_local(async move {
            if Camera::set_torch(track, !on).await
                && let State::Scanning { notice, .. } = this.state.get_untracked()
            {
                this.set(State::Scanning { torch: Some(!on), notice });
            }
        });
    }
}
