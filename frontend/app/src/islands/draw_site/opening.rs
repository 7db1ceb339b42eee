//! Opening the map, and where it is looked at.

use std::rc::Rc;

use map::{Bounds, MapError, MapHandle, MapRequest};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;

use super::{
    finding::{Place, anywhere, find},
    panel::{Open, Panel},
    sketch::{Corner, Written, bounds},
};
use crate::islands::element::say;

/// How much is seen around a place, degrees east and north.
const AROUND: [f64; 2] = [0.004, 0.003];

impl Panel {
    /// Opens the map, and shows what stands in the field.
    pub(super) fn open(self: &Rc<Self>) {
        if self.map.borrow().is_some() || self.opening.replace(true) {
            return;
        }
        self.status(&self.words.loading);
        self.read();
        let this = self.clone();
        spawn_local(async move {
            this.bring().await;
            this.opening.set(false);
        });
    }

    async fn bring(self: &Rc<Self>) {
        let first = match self.first().await {
            Ok(Some(first)) => first,
            Ok(None) => return self.status(&self.words.nowhere),
            Err(error) => return self.refused(&self.words.failed, &error),
        };
        let Some(request) = opening_at(&self.request, first) else {
            return self.status(&self.words.failed);
        };
        // Before the map, which is as large as its frame is seen to be.
        self.part(".draw-panel").set_hidden(false);
        match map::open(&self.bridge, &request, &self.assets).await {
            Ok(handle) => self.opened(handle),
            Err(error) => {
                self.part(".draw-panel").set_hidden(true);
                let again = matches!(error, MapError::Unreachable { .. });
                self.part(".draw-open").set_hidden(!again);
                let words = &self.words;
                let told = if again { &words.failed } else { &words.no_map };
                self.refused(told, &JsValue::from(error.to_string()));
            }
        }
    }

    /// What is seen first: what is in the field, the place that somebody comes from, any place.
    async fn first(&self) -> Result<Option<Bounds>, JsValue> {
        if let Some(drawn) = self.drawn() {
            return Ok(Some(drawn));
        }
        if !self.near.is_empty()
            && let Some(place) = find(&self.search, &self.near).await?
        {
            return Ok(Some(around(place.at)));
        }
        Ok(anywhere(&self.search).await?.map(|place| around(place.at)))
    }

    fn opened(self: &Rc<Self>, handle: MapHandle) {
        let (pressing, moving) = (self.clone(), self.clone());
        let ground = handle.draw_on(
            Box::new(move |east, north| {
                if pressing.draws.get() {
                    pressing.add([east, north]);
                }
            }),
            Box::new(move || moving.redraw()),
        );
        let Some(ground) = ground else { return self.status(&self.words.failed) };
        self.map.replace(Some(Open { _map: handle, ground }));
        self.status("");
        self.part(".draw-open").set_hidden(true);
        self.hold(self.draws.get());
        self.redraw();
        self.tell("");
        // The button that had the focus is gone. Fails only where nothing takes it.
        let _ = self.part(".maplibregl-canvas").focus();
    }

    /// Takes the map away; the button brings it back.
    pub(super) fn close(&self) {
        let open = self.map.take();
        if open.is_some() {
            self.part(".draw-panel").set_hidden(true);
            self.part(".draw-open").set_hidden(false);
        }
    }

    fn status(&self, words: &str) {
        say(&self.part(".draw-status"), words);
    }

    fn refused(&self, words: &str, error: &JsValue) {
        web_sys::console::warn_1(error);
        self.status(words);
    }

    /// Goes to the place that was named.
    pub(super) fn go(self: &Rc<Self>) {
        let field: HtmlInputElement = self.part("#draw-place").unchecked_into();
        let words = field.value();
        if words.trim().is_empty() {
            return;
        }
        let this = self.clone();
        spawn_local(async move {
            let found = find(&this.search, words.trim()).await;
            let told = this.part(".draw-told");
            match found {
                Ok(Some(Place { at, name })) => {
                    this.with_ground(|ground| ground.go(around(at)));
                    say(&told, &this.words.found.replace("{place}", &name));
                }
                Ok(None) => say(&told, &this.words.not_found),
                Err(error) => {
                    web_sys::console::warn_1(&error);
                    say(&told, &this.words.failed);
                }
            }
        });
    }

    /// The box of what is drawn or written, with room around it.
    fn drawn(&self) -> Option<Bounds> {
        let sketch = self.sketch.borrow();
        let written = self.written.borrow();
        let [west, south, east, north] = match &*written {
            Some(Written::Shape { rings, .. }) => bounds(rings.iter().flatten()),
            _ => bounds(sketch.corners()),
        }?;
        let room = |low: f64, high: f64| ((high - low) / 2.0).max(0.001);
        let (across, up) = (room(west, east), room(south, north));
        Some([west - across, south - up, east + across, north + up])
    }
}

fn around([east, north]: Corner) -> Bounds {
    let [across, up] = AROUND;
    [east - across, north - up, east + across, north + up]
}

/// The request of a map that opens there.
fn opening_at(request: &str, first: Bounds) -> Option<String> {
    let mut request: MapRequest = serde_json::from_str(request).ok()?;
    request.bounds = first;
    serde_json::to_string(&request).ok()
}
