//! Waiting for the map to come into view, opening it, taking it away.

use super::State;
use gloo_events::EventListener;
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use map::{MapAssets, MapError, MapHandle, MapRequest};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    HtmlDivElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    PageTransitionEvent, Window,
};

/// The map's life in the page, as long as this is kept.
#[derive(Debug)]
pub struct Watch {
    life: Rc<Life>,
    _listeners: [EventListener; 2],
    _when_visible: Option<WhenVisible>,
}

#[derive(Debug)]
struct Life {
    state: RwSignal<State>,
    request: MapRequest,
    assets: MapAssets,
    handle: RefCell<Option<MapHandle>>,
}

/// Says when the frame comes into view.
#[derive(Debug)]
struct WhenVisible {
    observer: IntersectionObserver,
    _seen: Closure<dyn FnMut(Array, IntersectionObserver)>,
}

impl Watch {
    /// Waits for the frame to come into view, or offers a button to who saves data.
    pub fn start(
        state: RwSignal<State>,
        frame: &HtmlDivElement,
        request: MapRequest,
        assets: MapAssets,
    ) -> Self {
        let life = Rc::new(Life { state, request, assets, handle: RefCell::new(None) });
        let window = window();
        let leaving = life.clone();
        let leave = EventListener::new(&window, "pagehide", move |_| leaving.close());
        let coming = life.clone();
        let come_back = EventListener::new(&window, "pageshow", move |event| {
            let event = event.dyn_ref::<PageTransitionEvent>();
            if event.is_some_and(PageTransitionEvent::persisted) {
                coming.open();
            }
        });
        let sight = if saves_data(&window) { None } else { WhenVisible::of(frame, &life) };
        if sight.is_none() {
            state.set(State::Offered { failed: false });
        }
        Self { life, _listeners: [leave, come_back], _when_visible: sight }
    }

    /// Opens the map now.
    pub fn open(&self) {
        self.life.open();
    }
}

impl Life {
    fn open(self: &Rc<Self>) {
        if matches!(self.state.get_untracked(), State::Loading | State::Open | State::Drawn) {
            return;
        }
        self.state.set(State::Loading);
        let this = self.clone();
        spawn_local(async move {
            let opened = map::open(&this.request, &this.assets).await;
            if this.state.get_untracked() != State::Loading {
                // The page was left meanwhile; the handle takes the map away again.
                return;
            }
            let next = match opened {
                Ok(handle) => {
                    this.handle.replace(Some(handle));
                    State::Open
                }
                Err(error) => {
                    leptos::logging::warn!("{error}");
                    match error {
                        MapError::Unreachable { .. } => State::Offered { failed: true },
                        _ => State::Drawn,
                    }
                }
            };
            this.state.set(next);
        });
    }

    fn close(&self) {
        drop(self.handle.take());
        if matches!(self.state.get_untracked(), State::Loading | State::Open) {
            self.state.set(State::Drawing);
        }
    }
}

impl WhenVisible {
    fn of(frame: &HtmlDivElement, life: &Rc<Life>) -> Option<Self> {
        let life = life.clone();
        let seen = Closure::new(move |entries: Array, observer: IntersectionObserver| {
            let in_view = entries
                .iter()
                .any(|entry| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
            if in_view {
                observer.disconnect();
                life.open();
            }
        });
        let options = IntersectionObserverInit::new();
        // A little ahead of the eye.
        options.set_root_margin("120px");
        let observer = IntersectionObserver::new_with_options(
            AsRef::<JsValue>::as_ref(&seen).unchecked_ref(),
            &options,
        )
        .ok()?;
        observer.observe(frame);
        Some(Self { observer, _seen: seen })
    }
}

impl Drop for WhenVisible {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Whether somebody asked their browser to save data (Chromium only).
fn saves_data(window: &Window) -> bool {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from(name)).ok();
    get(&window.navigator(), "connection")
        .and_then(|connection| get(&connection, "saveData"))
        .is_some_and(|saves| saves.is_truthy())
}
