//! Waiting for the map to come into view, opening it, taking it away.

use super::{PlaceMapWords, state::State};
use crate::islands::{
    element::{on, on_press, part, say, window},
    js_object::get,
    props::Props,
};
use js_sys::Array;
use map::{MapError, MapHandle};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    HtmlElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    PageTransitionEvent,
};

/// The map's life in the page.
struct Life {
    state: Cell<State>,
    /// A `MapRequest` as JSON.
    request: String,
    /// `MapAssets` as JSON.
    assets: String,
    /// The address of the bridge.
    bridge: String,
    words: PlaceMapWords,
    map: HtmlElement,
    status: HtmlElement,
    button: HtmlElement,
    handle: RefCell<Option<MapHandle>>,
}

/// Waits for the frame to come into view, or offers a button to who saves data.
#[wasm_bindgen(js_name = PlaceMap)]
pub fn wake(island: &HtmlElement) {
    let mut props = Props::from(island);
    let life = Rc::new(Life {
        state: Cell::new(State::Drawing),
        request: props.take(),
        assets: props.take(),
        bridge: props.take(),
        words: PlaceMapWords::take(&mut props),
        map: part(island, ".place-map"),
        status: part(island, ".place-map-status"),
        button: part(island, ".place-map-open"),
        handle: RefCell::new(None),
    });
    let window = window();
    let (leaving, coming, pressing) = (life.clone(), life.clone(), life.clone());
    on(&window, "pagehide", move |_| leaving.close());
    on(&window, "pageshow", move |event| {
        let event = event.dyn_ref::<PageTransitionEvent>();
        if event.is_some_and(PageTransitionEvent::persisted) {
            coming.open();
        }
    });
    on_press(&life.button, move || pressing.open());
    if saves_data() || !open_in_view(&part(island, ".place-map-frame"), &life) {
        life.stand(State::Offered { failed: false });
    }
}

impl Life {
    fn stand(&self, state: State) {
        self.state.set(state);
        // Fails only for names that are no names.
        let _ = self.map.set_attribute("data-place-map", state.name());
        say(&self.status, state.sentence(&self.words));
        self.button.set_hidden(!matches!(state, State::Offered { .. }));
    }

    fn open(self: &Rc<Self>) {
        if matches!(self.state.get(), State::Loading | State::Open | State::Drawn) {
            return;
        }
        self.stand(State::Loading);
        let this = self.clone();
        spawn_local(async move {
            let opened = map::open(&this.bridge, &this.request, &this.assets).await;
            if this.state.get() != State::Loading {
                // The page was left meanwhile; the handle takes the map away again.
                return;
            }
            this.stand(match opened {
                Ok(handle) => {
                    this.handle.replace(Some(handle));
                    State::Open
                }
                Err(error) => {
                    web_sys::console::warn_1(&JsValue::from(error.to_string()));
                    match error {
                        MapError::Unreachable { .. } => State::Offered { failed: true },
                        _ => State::Drawn,
                    }
                }
            });
        });
    }

    fn close(&self) {
        drop(self.handle.take());
        if matches!(self.state.get(), State::Loading | State::Open) {
            self.stand(State::Drawing);
        }
    }
}

/// Opens the map when its frame comes into view. False where this browser does not tell.
fn open_in_view(frame: &HtmlElement, life: &Rc<Life>) -> bool {
    let life = life.clone();
    let seen = Closure::<dyn FnMut(Array, IntersectionObserver)>::new(
        move |entries: Array, observer: IntersectionObserver| {
            let in_view = entries
                .iter()
                .any(|entry| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
            if in_view {
                observer.disconnect();
                life.open();
            }
        },
    );
    let options = IntersectionObserverInit::new();
    // A little ahead of the eye.
    options.set_root_margin("120px");
    let seen = seen.into_js_value();
    match IntersectionObserver::new_with_options(seen.unchecked_ref(), &options) {
        Ok(observer) => {
            observer.observe(frame);
            true
        }
        Err(_) => false,
    }
}

/// Whether somebody asked their browser to save data (Chromium only).
fn saves_data() -> bool {
    get(&get(&window().navigator(), "connection"), "saveData").is_truthy()
}
