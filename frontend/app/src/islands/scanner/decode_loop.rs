//! Reading the camera's frames.
//!
//! At most twelve frames a second are read, and of the time at least two fifths are left to the
//! page and the battery: a phone that needs 80 ms for a frame reads about seven a second. A frame
//! is taken when the last one is answered, never queued; none while the page is hidden.

use super::advice::Advisor;
use super::camera::Camera;
use super::constraints;
use super::found::Found;
use super::notices::Notices;
use super::picture::{Picture, next_frame};
use super::reading::{FrameResult, Reading, add};
use super::session::Session;
use super::state::{CameraError, Notice, State, Target};
use super::tone::buzz;
use super::worker::Failure;
use crate::islands::js_object::{call, object};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Function};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlVideoElement;

/// The least time from one frame to the next, in milliseconds: twelve a second.
const FRAME_PAUSE: f64 = 83.0;
/// After this long without a read there is a hint at other ways, in milliseconds.
const HINT_AFTER: f64 = 10_000.0;
/// After this long without a read the camera rests, in milliseconds: nobody holds a phone so long.
const TIRED_AFTER: f64 = 180_000.0;
/// When cameras know what they can be set to, in milliseconds from the start.
const CAPABILITIES_AFTER: f64 = 600.0;
/// From the first read to the page, in milliseconds. Frames are read on meanwhile: a second label
/// in view may not be in the first frame, and a person chooses between several. It is also time
/// for the tone and the frame around the code, which end with the page.
const LOOK_AROUND: f64 = 200.0;
/// How long the frame around a code stays when it is not seen any more, in milliseconds.
const FRAME_STAYS: f64 = 400.0;
/// The worker may fetch more when the browser is idle, or after this long, in milliseconds.
const IDLE_AT_LAST: f64 = 3000.0;

/// What the frames have come to so far.
struct DecodeLoop {
    advisor: Advisor,
    notices: Notices,
    /// When the first target was read.
    hit: Option<f64>,
    targets: Vec<Target>,
    /// What looks like a target to a reader that does not tell parts of a whole.
    mistakable: Vec<Target>,
    found: Found,
    seen: f64,
    frames: u32,
}

impl Session {
    /// Reads frames while it is this turn.
    pub(super) async fn decode_loop(
        self: &Rc<Self>,
        turn: u32,
        camera: &Rc<Camera>,
        video: &HtmlVideoElement,
    ) -> Result<(), CameraError> {
        let opened = Date::now();
        let mut decode_loop = DecodeLoop {
            advisor: Advisor::default(),
            notices: Notices::default(),
            hit: None,
            targets: Vec::new(),
            mistakable: Vec::new(),
            found: Found::default(),
            seen: opened,
            frames: 0,
        };
        self.when_idle();
        self.fit(camera, turn);
        while self.is_turn(turn) {
            next_frame(&self.window, video).await;
            if !self.is_turn(turn) {
                break;
            }
            let began = Date::now();
            let look = self.look(video, &mut decode_loop).await?;
            if !self.is_turn(turn) {
                break;
            }
            let now = Date::now();
            let read = look.and_then(|look| self.take(&look, &mut decode_loop, now));
            if let Some(hit) = decode_loop.hit {
                if now - hit.min(began) >= LOOK_AROUND {
                    self.conclude(decode_loop);
                    break;
                }
                continue;
            }
            self.say(&mut decode_loop.notices, read, now - opened > HINT_AFTER, now);
            if now - decode_loop.seen > TIRED_AFTER {
                self.rest(State::Idle(Some(Notice::Tired)));
                break;
            }
            let spent = now - began;
            let pause = (FRAME_PAUSE - spent).max(spent * 2.0 / 3.0).min(FRAME_PAUSE * 12.0);
            TimeoutFuture::new(pause as u32).await;
        }
        Ok(())
    }

    /// Reads the newest frame: the browser's own reader and ours in turn, ours alone where there
    /// is no other. Nothing if the frame was lost; others follow.
    async fn look(
        &self,
        video: &HtmlVideoElement,
        decode_loop: &mut DecodeLoop,
    ) -> Result<Option<FrameResult>, CameraError> {
        let native = self.barcode_detector.is_proven();
        // While ours is still on its way, every frame may be the other's.
        let own_turn = decode_loop.frames % 2 == 1 && self.decoder.is_ready();
        decode_loop.frames += 1;
        if native && !own_turn {
            return Ok(self.barcode_detector.read(video).await);
        }
        // Every time: a decoder that got stuck was replaced by one that is still to arrive.
        let bitmaps = self.decoder.ready().await.map_err(|_failure| CameraError::Unloaded)?;
        let Ok(picture) = Picture::live(&self.window, video, bitmaps).await else {
            return Ok(None);
        };
        match self.decoder.read(picture).await {
            Ok(look) => {
                if !look.detections.is_empty() {
                    self.barcode_detector.compare();
                }
                Ok(Some(look))
            }
            Err(Failure::Lost) => Ok(None),
            Err(Failure::Unloaded) => Err(CameraError::Unloaded),
        }
    }

    /// Takes what a frame came to; what there is to say, if there is nothing to open.
    fn take(&self, look: &FrameResult, decode_loop: &mut DecodeLoop, now: f64) -> Option<Notice> {
        let reading = look.reading(&self.own_host, self.viewfinder.notice().as_ref());
        let known = decode_loop.targets.len();
        let mut read = None;
        match reading {
            Reading::Nothing => {}
            Reading::One(target) => add(&mut decode_loop.targets, target),
            Reading::Several(targets) => {
                targets.into_iter().for_each(|target| add(&mut decode_loop.targets, target));
            }
            Reading::Other(notice) => read = Some(notice),
        }
        decode_loop.mistakable.extend(look.mistakable(&self.own_host));
        decode_loop.targets.retain(|target| !decode_loop.mistakable.contains(target));
        if decode_loop.targets.is_empty() {
            decode_loop.hit = None;
        }
        if known == 0 && !decode_loop.targets.is_empty() {
            decode_loop.hit = Some(now);
            self.announce();
        }
        if let Some(view) = look.view {
            let due = if look.detections.is_empty() { view.advice() } else { None };
            self.viewfinder.advise(decode_loop.advisor.hear(due, now));
        }
        let found = look.found(&decode_loop.targets, &self.own_host);
        if !found.is_empty() {
            decode_loop.seen = now;
            decode_loop.found = found.beside(&decode_loop.found);
            self.viewfinder.mark(decode_loop.found.clone());
        } else if decode_loop.hit.is_none() && now - decode_loop.seen > FRAME_STAYS {
            decode_loop.found = Found::default();
            self.viewfinder.mark(Found::default());
        }
        read
    }

    fn say(&self, notices: &mut Notices, read: Option<Notice>, late: bool, now: f64) {
        let standing = self.viewfinder.notice();
        let is_read = read.is_some();
        let next = notices.next(standing.clone(), read, late, now);
        if next != standing {
            self.viewfinder.remark(next);
            if is_read {
                self.attend();
            }
        }
    }

    fn conclude(self: &Rc<Self>, decode_loop: DecodeLoop) {
        let DecodeLoop { mut targets, found, .. } = decode_loop;
        self.viewfinder.mark(found);
        match targets.pop() {
            Some(target) if targets.is_empty() => self.leave(target),
            Some(target) => {
                targets.push(target);
                self.rest(State::Choosing(targets));
            }
            None => self.rest(State::Idle(None)),
        }
    }

    /// Something was read.
    pub(super) fn announce(&self) {
        buzz(&self.window);
        if !self.viewfinder.quiet.get_untracked() {
            self.tone.sound();
        }
    }

    /// Offers what the camera can be set to, now and when it knows all of it.
    fn fit(self: &Rc<Self>, camera: &Rc<Camera>, turn: u32) {
        let (this, camera) = (self.clone(), camera.clone());
        spawn_local(async move {
            let Some(track) = camera.track() else { return };
            let cameras = constraints::cameras(&this.window).await;
            for wait in [0, CAPABILITIES_AFTER as u32] {
                TimeoutFuture::new(wait).await;
                if !this.is_turn(turn) {
                    return;
                }
                let mut capabilities = constraints::capabilities(&track);
                capabilities.cameras.clone_from(&cameras);
                this.viewfinder.offer(capabilities);
                this.attend();
            }
            constraints::focus(&track).await;
        });
    }

    /// Lets the worker fetch its second reader once the page has nothing else to do.
    fn when_idle(self: &Rc<Self>) {
        let this = self.clone();
        let idle = move || this.decoder.idle();
        let callback: Function = Closure::once_into_js(idle).into();
        let options = object(&[("timeout", JsValue::from(IDLE_AT_LAST))]);
        let asked =
            call(&self.window, "requestIdleCallback", &[callback.clone().into(), options.into()]);
        if asked.is_err() {
            // iPhones have no such call.
            spawn_local(async move {
                TimeoutFuture::new(IDLE_AT_LAST as u32).await;
                let _ = callback.call0(&JsValue::UNDEFINED);
            });
        }
    }
}
