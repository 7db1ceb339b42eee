//! The map that is drawn on, its buttons and keys, and the field that what is drawn stands in.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use domain::Locale;
use gloo_timers::callback::Timeout;
use map::{Ground, MapHandle};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::{
    DrawSiteWords,
    overlay::{Drawn, Overlay},
    sketch::{Corner, MOST_CORNERS, Sketch, Written},
    telling::about,
};
use crate::islands::{
    element::{document, on, on_press, part, say, window},
    later::later,
    props::Props,
};

/// So near to the first corner a press finishes the outline, pixels.
const NEAR: f64 = 14.0;

/// The map; it goes before what it calls.
pub(super) struct Open {
    pub(super) _map: MapHandle,
    pub(super) ground: Ground,
}

/// What somebody draws in.
pub(super) struct Panel {
    pub(super) words: DrawSiteWords,
    pub(super) locale: Locale,
    pub(super) least_m2: f64,
    /// A `MapRequest` as JSON.
    pub(super) request: String,
    /// `MapAssets` as JSON.
    pub(super) assets: String,
    /// The address of the bridge.
    pub(super) bridge: String,
    /// Where places are searched for.
    pub(super) search: String,
    /// A code to begin at, or nothing.
    pub(super) near: String,
    pub(super) field: HtmlTextAreaElement,
    pub(super) whole: HtmlElement,
    pub(super) overlay: Overlay,
    pub(super) sketch: RefCell<Sketch>,
    /// What stands in the field and cannot be drawn.
    pub(super) written: RefCell<Option<Written>>,
    pub(super) map: RefCell<Option<Open>>,
    pub(super) opening: Cell<bool>,
    pub(super) draws: Cell<bool>,
    pub(super) pause: RefCell<Option<Timeout>>,
}

impl Panel {
    /// That of an island, with its button in view; `None` where the page has no field to write into.
    pub(super) fn of(island: &HtmlElement) -> Option<Rc<Self>> {
        let mut props = Props::from(island);
        let [request, assets, bridge, search, near] = std::array::from_fn(|_| props.take());
        let field = document().get_element_by_id(&props.take())?.dyn_into().ok()?;
        let tag = props.take();
        let locale = Locale::ALL.into_iter().find(|locale| locale.tag() == tag).unwrap_or_default();
        let least_m2 = props.take().parse().unwrap_or_default();
        let words = DrawSiteWords::take(&mut props);
        let whole = part(island, ".draw");
        let panel = Rc::new(Self {
            overlay: Overlay::of(&whole, &words.corner),
            words,
            locale,
            least_m2,
            request,
            assets,
            bridge,
            search,
            near,
            field,
            whole,
            sketch: RefCell::default(),
            written: RefCell::default(),
            map: RefCell::default(),
            opening: Cell::new(false),
            draws: Cell::new(true),
            pause: RefCell::default(),
        });
        panel.listen();
        panel.whole.set_hidden(false);
        Some(panel)
    }

    /// A part of it.
    pub(super) fn part(&self, selector: &str) -> HtmlElement {
        part(&self.whole, selector)
    }

    fn listen(self: &Rc<Self>) {
        let press = |selector: &str, act: fn(&Rc<Self>)| {
            let this = self.clone();
            on_press(&self.part(selector), move || act(&this));
        };
        press(".draw-open", Self::open);
        press(".draw-go", Self::go);
        press(".draw-here", |this| this.add_at_cross());
        press(".draw-finish", |this| this.finish());
        press(".draw-undo", |this| this.undo());
        press(".draw-clear", |this| this.clear());
        press("[data-draws='1']", |this| this.hold(true));
        press("[data-draws='0']", |this| this.hold(false));
        let this = self.clone();
        on(&self.part("#draw-place"), "keydown", move |event| {
            // It would send the form.
            if event.dyn_ref().is_some_and(|event: &web_sys::KeyboardEvent| event.key() == "Enter")
            {
                event.prevent_default();
                this.go();
            }
        });
        let this = self.clone();
        on(&self.field, "input", move |_| {
            let again = this.clone();
            this.wait(Box::new(move || {
                again.read();
                again.tell("");
            }));
        });
        let this = self.clone();
        on(&window(), "pagehide", move |_| this.close());
    }

    fn wait(&self, then: Box<dyn FnOnce()>) {
        self.pause.replace(Some(later(400, then)));
    }

    /// Takes over what stands in the field.
    pub(super) fn read(&self) {
        let text = self.field.value();
        if text == self.sketch.borrow().text() {
            self.written.replace(None);
        } else {
            let (sketch, written) = match Written::read(&text, self.least_m2) {
                Written::Corners(corners) => (Sketch::from(corners), None),
                other => (Sketch::default(), Some(other)),
            };
            self.sketch.replace(sketch);
            self.written.replace(written);
        }
        self.redraw();
    }

    /// Whether a finger draws or moves the map.
    pub(super) fn hold(&self, draws: bool) {
        self.draws.set(draws);
        for (selector, pressed) in [("[data-draws='1']", draws), ("[data-draws='0']", !draws)] {
            let pressed = if pressed { "true" } else { "false" };
            // Fails only for names that are no names.
            let _ = self.part(selector).set_attribute("aria-pressed", pressed);
        }
        self.with_ground(|ground| ground.one_finger(!draws));
    }

    /// Does something with the map, where it is open.
    pub(super) fn with_ground<T>(&self, act: impl FnOnce(&Ground) -> T) -> Option<T> {
        self.map.borrow().as_ref().map(|open| act(&open.ground))
    }

    /// The middle of the map, where the cross is, pixels.
    fn cross(&self) -> [f64; 2] {
        let frame = self.part(".draw-frame");
        [f64::from(frame.client_width()) / 2.0, f64::from(frame.client_height()) / 2.0]
    }

    pub(super) fn add_at_cross(&self) {
        let cross = self.cross();
        if let Some(corner) = self.with_ground(|ground| ground.under(cross)) {
            self.add(corner);
        }
    }

    /// The corner that is seen at these pixels, as near as somebody points.
    fn seen_at(&self, [x, y]: [f64; 2]) -> Option<usize> {
        let sketch = self.sketch.borrow();
        let near = |corner: &Corner| {
            self.with_ground(|ground| ground.at(*corner))
                .is_some_and(|[left, top]| (left - x).hypot(top - y) <= NEAR)
        };
        sketch.corners().iter().position(near)
    }

    pub(super) fn add(&self, corner: Corner) {
        if !self.may_draw() {
            return;
        }
        let pixels = self.with_ground(|ground| ground.at(corner));
        if pixels.and_then(|pixels| self.seen_at(pixels)) == Some(0)
            && self.sketch.borrow().can_close()
        {
            return self.finish();
        }
        let added = self.sketch.borrow_mut().add(corner);
        let last = self.sketch.borrow().corners().len().saturating_sub(1);
        if added {
            self.changed(&about(&self.words.added, last, corner));
        } else if last + 1 >= MOST_CORNERS {
            say(&self.part(".draw-told"), &self.words.of_many());
        } else {
            self.tell("");
        }
    }

    /// Finishes the outline.
    pub(super) fn finish(&self) {
        if self.may_draw() {
            self.sketch.borrow_mut().close();
            self.changed("");
        }
    }

    pub(super) fn undo(&self) {
        if self.may_draw() {
            self.sketch.borrow_mut().undo();
            self.changed("");
        }
    }

    fn clear(&self) {
        self.written.replace(None);
        self.sketch.borrow_mut().clear();
        self.changed("");
    }

    /// Whether what stands in the field may be written over; if not, it is said why.
    pub(super) fn may_draw(&self) -> bool {
        let may = self.written.borrow().is_none();
        if !may {
            self.tell("");
        }
        may
    }

    /// Writes what was drawn into the field, and says how it stands.
    pub(super) fn changed(&self, before: &str) {
        self.field.set_value(&self.sketch.borrow().text());
        self.redraw();
        self.tell(before);
    }

    /// Says how it stands, after what has just been done.
    pub(super) fn tell(&self, before: &str) {
        let written = self.written.borrow();
        let sketch = self.sketch.borrow();
        let said = match &*written {
            Some(Written::Shape { judged, .. }) => self.words.of_shape(self.locale, judged),
            Some(_) => self.words.unread.clone(),
            None => {
                let judged = sketch.judged(self.least_m2);
                let stands = (sketch.corners().len(), sketch.is_closed());
                self.words.of_sketch(self.locale, &judged, stands)
            }
        };
        let gap = if before.is_empty() || self.locale == Locale::Zh { "" } else { " " };
        say(&self.part(".draw-told"), &format!("{before}{gap}{said}"));
    }

    /// Says where corner `at` is.
    pub(super) fn tell_of(&self, at: usize) {
        let corner = self.sketch.borrow().corners().get(at).copied();
        if let Some(corner) = corner {
            self.tell(&about(&self.words.moved, at, corner));
        }
    }

    /// Says where the cross is, as soon as it rests.
    pub(super) fn tell_cross(self: &Rc<Self>) {
        let this = self.clone();
        self.wait(Box::new(move || {
            let cross = this.cross();
            let Some(at) = this.with_ground(|ground| ground.under(cross)) else { return };
            let words = &this.words;
            let said = match this.seen_at(cross) {
                Some(number) => about(&words.cross_at, number, at),
                None => about(&words.cross, 0, at),
            };
            say(&this.part(".draw-where"), &said);
        }));
    }

    /// Draws what there is where the map has it now.
    pub(super) fn redraw(&self) {
        let map = self.map.borrow();
        let Some(Open { ground, .. }) = &*map else { return };
        let sketch = self.sketch.borrow();
        let written = self.written.borrow();
        let (rings, closed): (Vec<&[Corner]>, bool) = match &*written {
            Some(Written::Shape { rings, .. }) => (rings.iter().map(Vec::as_slice).collect(), true),
            _ => (vec![sketch.corners()], sketch.is_closed()),
        };
        let (held, can_close) = (sketch.corners().len(), sketch.can_close());
        self.overlay.draw(ground, Drawn { rings: &rings, held, closed, can_close });
    }
}
