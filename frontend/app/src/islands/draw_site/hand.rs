//! Keys over the map, and corners that are taken hold of.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast as _, prelude::wasm_bindgen};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use super::{overlay::NUMBER, panel::Panel};
use crate::islands::element::on;

/// Less is no move but a hand that is not still, pixels.
const STILL: f64 = 5.0;
/// How far an arrow moves the map under the cross, pixels; with the shift key farther.
const STEP: [f64; 2] = [10.0, 60.0];
/// How far an arrow moves a corner.
const CORNER_STEP: [f64; 2] = [2.0, 20.0];

/// A corner that somebody holds.
struct Held {
    at: usize,
    from: [f64; 2],
    moved: bool,
}

/// Shows the button that opens the map, and listens to keys and to corners.
#[wasm_bindgen(js_name = DrawSite)]
pub fn wake(island: &HtmlElement) {
    let Some(panel) = Panel::of(island) else { return };
    let panel = &panel;
    let frame = panel.part(".draw-frame");
    let this = panel.clone();
    on(&frame, "keydown", move |event| {
        if let Some(event) = event.dyn_ref() {
            pressed(&this, event);
        }
    });
    let corners = panel.part(".draw-corners");
    let held: Rc<RefCell<Option<Held>>> = Rc::default();
    let (this, of) = (panel.clone(), held.clone());
    on(&corners, "pointerdown", move |event| {
        if let (Some(event), Some(at)) = (event.dyn_ref::<PointerEvent>(), number(event))
            && event.button() == 0
            && this.may_draw()
        {
            if let Some(corner) = this.overlay.corner(at) {
                // Fails for a pointer that is gone already.
                let _ = corner.set_pointer_capture(event.pointer_id());
            }
            of.replace(Some(Held { at, from: client(event), moved: false }));
        }
    });
    let (this, of) = (panel.clone(), held.clone());
    on(&corners, "pointermove", move |event| {
        if let (Some(event), Some(held)) = (event.dyn_ref(), of.borrow_mut().as_mut()) {
            drag(&this, held, event);
        }
    });
    for end in ["pointerup", "pointercancel"] {
        let (this, of) = (panel.clone(), held.clone());
        on(&corners, end, move |_| {
            if let Some(Held { at, moved: true, .. }) = &*of.borrow() {
                this.changed("");
                this.tell_of(*at);
            }
        });
    }
    let (this, of) = (panel.clone(), held);
    on(&corners, "click", move |event| {
        // The end of a drag is a click as well.
        if of.take().is_some_and(|held| held.moved) {
            return;
        }
        match number(event) {
            Some(0) if this.sketch.borrow().can_close() => this.finish(),
            Some(at) => this.tell_of(at),
            None => {}
        }
    });
}

fn client(event: &PointerEvent) -> [f64; 2] {
    [f64::from(event.client_x()), f64::from(event.client_y())]
}

fn number(event: &Event) -> Option<usize> {
    event.target()?.dyn_ref::<Element>()?.get_attribute(NUMBER)?.parse().ok()
}

fn drag(panel: &Panel, held: &mut Held, event: &PointerEvent) {
    let [x, y] = client(event);
    // A click may not have come after the last one.
    if event.buttons() == 0 {
        return;
    }
    if !held.moved && (x - held.from[0]).hypot(y - held.from[1]) < STILL {
        return;
    }
    if !held.moved {
        panel.sketch.borrow_mut().remember();
        held.moved = true;
    }
    let frame = panel.part(".draw-layer").get_bounding_client_rect();
    let pixels = [x - frame.left(), y - frame.top()];
    if let Some(place) = panel.with_ground(|ground| ground.under(pixels)) {
        panel.sketch.borrow_mut().move_to(held.at, place);
        panel.redraw();
    }
}

fn pressed(panel: &Rc<Panel>, event: &KeyboardEvent) {
    let corner = number(event);
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let on_map = target.is_some_and(|it| it.matches(".maplibregl-canvas").unwrap_or(false));
    if event.ctrl_key() || event.meta_key() || event.alt_key() || !(on_map || corner.is_some()) {
        return;
    }
    let far = usize::from(event.shift_key());
    let way = match &*event.key() {
        "ArrowLeft" => Some([-1.0, 0.0]),
        "ArrowRight" => Some([1.0, 0.0]),
        "ArrowUp" => Some([0.0, -1.0]),
        "ArrowDown" => Some([0.0, 1.0]),
        _ => None,
    };
    match (corner, way, &*event.key()) {
        (Some(at), Some(way), _) => push(panel, at, way.map(|it: f64| it * CORNER_STEP[far])),
        (None, Some(way), _) => {
            panel.with_ground(|ground| ground.pan(way.map(|it: f64| it * STEP[far])));
            panel.tell_cross();
        }
        (_, None, "+" | "=") => {
            panel.with_ground(|ground| ground.zoom(1.0));
        }
        (_, None, "-") => {
            panel.with_ground(|ground| ground.zoom(-1.0));
        }
        (Some(at), None, "Backspace" | "Delete") => take_out(panel, at),
        (None, None, "Backspace" | "Delete") => panel.undo(),
        (None, None, "Enter") => panel.add_at_cross(),
        _ => return,
    }
    event.prevent_default();
}

/// Moves a corner by some pixels.
fn push(panel: &Panel, at: usize, [across, down]: [f64; 2]) {
    let corner = panel.sketch.borrow().corners().get(at).copied();
    let Some(corner) = corner.filter(|_| panel.may_draw()) else { return };
    let place = panel.with_ground(|ground| {
        let [x, y] = ground.at(corner);
        ground.under([x + across, y + down])
    });
    if let Some(place) = place {
        let mut sketch = panel.sketch.borrow_mut();
        sketch.remember();
        sketch.move_to(at, place);
        drop(sketch);
        panel.changed("");
        panel.tell_of(at);
    }
}

/// Takes a corner out; the one before it, or the map, has the focus then.
fn take_out(panel: &Panel, at: usize) {
    if !panel.may_draw() {
        return;
    }
    panel.sketch.borrow_mut().remove(at);
    panel.changed("");
    let next =
        panel.overlay.corner(at.saturating_sub(1)).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let next = next.unwrap_or_else(|| panel.part(".maplibregl-canvas"));
    // Fails only where nothing takes it.
    let _ = next.focus();
}
