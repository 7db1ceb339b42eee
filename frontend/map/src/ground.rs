//! The ground of an open map, for whoever draws on it.

use std::fmt;

use wasm_bindgen::{JsValue, closure::Closure};

use crate::{Bounds, ffi::JsGround};

/// What hears of presses, and of other views.
type Heard = (Closure<dyn FnMut(f64, f64)>, Closure<dyn FnMut()>);

/// The ground of a map: what is where on it, and where it is looked at. It goes with its map.
pub struct Ground {
    ground: JsGround,
    /// What the map calls as long as it is there.
    _heard: Heard,
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground").finish_non_exhaustive()
    }
}

impl crate::MapHandle {
    /// Hands over the ground: `pressed` hears of each press on it, longitude and latitude in degrees, `moved`
    /// of every other view. Keys that moved the map do so no more. Drop it after the map.
    #[must_use]
    pub fn draw_on(
        &self,
        pressed: Box<dyn FnMut(f64, f64)>,
        moved: Box<dyn FnMut()>,
    ) -> Option<Ground> {
        let heard = (Closure::wrap(pressed), Closure::wrap(moved));
        let (pressed, moved): (&JsValue, &JsValue) = (heard.0.as_ref(), heard.1.as_ref());
        let ground = self.bridge().draw_on(self.number(), pressed, moved).ok()?;
        Some(Ground { ground, _heard: heard })
    }
}

impl Ground {
    /// Where a place is, pixels from the corner of the map's element.
    #[must_use]
    pub fn at(&self, [longitude, latitude]: [f64; 2]) -> [f64; 2] {
        pair(&self.ground.at(longitude, latitude))
    }

    /// Which place is there, degrees.
    #[must_use]
    pub fn under(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        pair(&self.ground.under(x, y))
    }

    /// Moves the view by so many pixels.
    pub fn pan(&self, [x, y]: [f64; 2]) {
        self.ground.pan(x, y);
    }

    /// Goes closer by so many steps, each twice as close; farther by fewer than none.
    pub fn zoom(&self, steps: f64) {
        self.ground.zoom(steps);
    }

    /// Shows a box.
    pub fn go(&self, [west, south, east, north]: Bounds) {
        self.ground.go(west, south, east, north);
    }

    /// Whether one finger and the wheel move the map; if not, they move the page.
    pub fn one_finger(&self, moves: bool) {
        self.ground.one_finger(moves);
    }
}

fn pair(numbers: &[f64]) -> [f64; 2] {
    match numbers {
        [first, second, ..] => [*first, *second],
        _ => [f64::NAN; 2],
    }
}
