//! The decoder, which works beside the page; its messages are described in `scan::worker`.

use super::advice::View;
use super::deferred::Deferred;
use super::picture::Picture;
use super::reading::{Detection, FrameResult};
use crate::islands::js_object::{get, object};
use gloo_events::EventListener;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// How long the decoder may take to arrive, in milliseconds: a slow network, once.
const LOAD_PATIENCE: u32 = 20_000;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The decoder did not arrive.
    Unloaded,
    /// No answer in time, or the picture could not be read. The next one may be.
    Lost,
}

/// The decoder. It starts when it is first needed, and again after it got stuck.
#[derive(Debug)]
pub struct Decoder {
    url: String,
    running: RefCell<Option<Rc<Running>>>,
    last_id: Cell<u32>,
    /// Whether the page has said that it has nothing else to do: a decoder that takes the place of
    /// one that got stuck hears it too.
    idle: Cell<bool>,
}

#[derive(Debug)]
struct Running {
    worker: Worker,
    ready: Deferred,
    /// What `ready` came to, if it has; whether it takes bitmaps.
    bitmaps: Cell<Option<bool>>,
    /// The question that is open; an answer to any other comes too late.
    open: RefCell<Option<(u32, Deferred)>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Decoder {
    /// A decoder from the script at `url`.
    pub fn new(url: String) -> Self {
        Self { url, running: RefCell::new(None), last_id: Cell::new(0), idle: Cell::new(false) }
    }

    /// Starts it, for later.
    pub fn warm(&self) {
        // Who asks it hears why it did not start.
        let _ = self.running();
    }

    /// Whether it can be asked now.
    pub fn is_ready(&self) -> bool {
        let running = self.running.borrow();
        running.as_ref().is_some_and(|running| running.bitmaps.get().is_some())
    }

    /// Says that the page has nothing else to do: what may be needed later can be fetched now.
    pub fn idle(&self) {
        self.idle.set(true);
        if let Some(running) = &*self.running.borrow() {
            running.hear_idle();
        }
    }

    /// Waits until it can be asked. Whether it takes bitmaps; otherwise it wants pixels.
    pub async fn ready(&self) -> Result<bool, Failure> {
        let running = self.running()?;
        let bitmaps = running.ready.wait(LOAD_PATIENCE).await.as_bool();
        if bitmaps.is_none() {
            self.end(&running);
        }
        bitmaps.ok_or(Failure::Unloaded)
    }

    /// What is in a picture. A question that is still open is given up.
    pub async fn read(&self, picture: Picture) -> Result<FrameResult, Failure> {
        let running = self.running()?;
        let id = self.last_id.get().wrapping_add(1);
        self.last_id.set(id);
        let question = Deferred::new();
        let given_up = running.open.replace(Some((id, question.clone())));
        if let Some((_, given_up)) = given_up {
            given_up.resolve(&JsValue::NULL);
        }
        let message = picture.message(id);
        running
            .worker
            .post_message_with_transfer(&message, &picture.transfer())
            .map_err(|_refused| Failure::Lost)?;
        let answer = question.wait(picture.patience()).await;
        if answer.is_undefined() {
            // Stuck in a degenerate picture: only the end of the worker ends that.
            self.end(&running);
        }
        if !answer.is_object() || !get(&answer, "error").is_undefined() {
            return Err(Failure::Lost);
        }
        Ok(look(&answer))
    }

    fn running(&self) -> Result<Rc<Running>, Failure> {
        let mut running = self.running.borrow_mut();
        if let Some(running) = &*running {
            return Ok(running.clone());
        }
        let started = Running::start(&self.url).map_err(|_refused| Failure::Unloaded)?;
        if self.idle.get() {
            started.hear_idle();
        }
        Ok(running.insert(started).clone())
    }

    fn end(&self, stuck: &Rc<Running>) {
        stuck.stop();
        let mut running = self.running.borrow_mut();
        if running.as_ref().is_some_and(|running| Rc::ptr_eq(running, stuck)) {
            *running = None;
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }
}

impl Running {
    fn start(url: &str) -> Result<Rc<Self>, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(url, &options)?;
        let ready = Deferred::new();
        let running = Rc::new(Self {
            worker,
            ready,
            bitmaps: Cell::new(None),
            open: RefCell::new(None),
            listeners: RefCell::new(Vec::new()),
        });
        let weak = Rc::downgrade(&running);
        let on_message = EventListener::new(&running.worker, "message", move |event| {
            if let (Some(running), Some(event)) = (weak.upgrade(), event.dyn_ref::<MessageEvent>())
            {
                running.take(&event.data());
            }
        });
        let weak = Rc::downgrade(&running);
        let on_error = EventListener::new(&running.worker, "error", move |_| {
            if let Some(running) = weak.upgrade() {
                running.ready.resolve(&JsValue::UNDEFINED);
                running.answer(None, &JsValue::UNDEFINED);
            }
        });
        running.listeners.replace(vec![on_message, on_error]);
        Ok(running)
    }

    fn hear_idle(&self) {
        // Fails only for what cannot be cloned.
        let _ = self.worker.post_message(&object(&[("idle", JsValue::TRUE)]));
    }

    fn take(&self, message: &JsValue) {
        if get(message, "ready").is_truthy() {
            let bitmaps = get(message, "bitmaps").is_truthy();
            self.bitmaps.set(Some(bitmaps));
            self.ready.resolve(&JsValue::from(bitmaps));
        } else if let Some(id) = get(message, "id").as_f64() {
            self.answer(Some(id), message);
        }
    }

    /// Answers the open question; if `id` is given, only the question of that number.
    fn answer(&self, id: Option<f64>, value: &JsValue) {
        let mut open = self.open.borrow_mut();
        let asked = open.as_ref().map(|(asked, _)| f64::from(*asked));
        if (id.is_none() || id == asked)
            && let Some((_, question)) = open.take()
        {
            question.resolve(value);
        }
    }

    fn stop(&self) {
        self.worker.terminate();
        self.listeners.borrow_mut().clear();
    }
}

/// The worker's answer.
fn look(answer: &JsValue) -> FrameResult {
    let number = |object: &JsValue, name: &str| get(object, name).as_f64();
    let payloads: Array = get(answer, "payloads").dyn_into().unwrap_or_default();
    let detections = payloads
        .iter()
        .filter_map(|payload| {
            let corners: Array = get(&payload, "corners").dyn_into().unwrap_or_default();
            let corners: Option<Vec<f64>> = corners.iter().map(|number| number.as_f64()).collect();
            let corners = corners.and_then(|corners| corners.try_into().ok());
            let count = |name: &str| number(&payload, name).map(|count| count as u8);
            let part = count("part").zip(count("parts"));
            Some(Detection { text: get(&payload, "text").as_string()?, part, corners })
        })
        .collect();
    let view = get(answer, "view");
    let of_view = |name: &str| number(&view, name);
    let view = of_view("light").map(|light| View {
        light,
        // What is not measured is as in a good picture.
        contrast: of_view("contrast").unwrap_or(255.0),
        glare: of_view("glare").unwrap_or_default(),
        sharpness: of_view("sharpness").unwrap_or(1.0),
        finders: of_view("finders").unwrap_or_default(),
        module: of_view("module").unwrap_or_default(),
    });
    let side = |name: &str| number(answer, name).unwrap_or_default();
    FrameResult { detections, width: side("width"), height: side("height"), view }
}
