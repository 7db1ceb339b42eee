//! Where the modules of a code lie in a frame.

use crate::Corner;

/// From the outer edge of a finder pattern to its middle, in modules (ISO/IEC 18004, 6.3.3).
pub(super) const FINDER_MIDDLE: f32 = 3.5;
/// From the far edges of a code to the middle of its last alignment pattern, in modules (Annex E).
pub(super) const ALIGNMENT_MIDDLE: f32 = 6.5;

/// A code of `modules` a side, seen in perspective: its module (u, v), counted from the outer edges
/// of the code, is at (p + u′ a + v′ b) / (1 + g u′ + h v′) of the frame, where u′ and v′ count from
/// the middle of the finder pattern at its corner.
///
/// Three finder patterns fix all of it but g and h, and so does it stay in this form: those two are
/// what has to be found out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Perspective {
    pub modules: usize,
    /// Middles of the finder patterns: at the corner, along its first row, down its first column.
    pub finders: [Corner; 3],
    /// Perspective along the rows and down the columns, per module.
    pub tilt: [f32; 2],
    across: Corner,
    down: Corner,
}

impl Perspective {
    pub(super) fn new(modules: usize, finders: [Corner; 3], tilt: [f32; 2]) -> Self {
        let span = modules as f32 - 2.0 * FINDER_MIDDLE;
        let [p, q, r] = finders;
        let [g, h] = tilt;
        let vector = |to: Corner, tilt: f32| {
            let far = 1.0 + tilt * span;
            ((to.0 * far - p.0) / span, (to.1 * far - p.1) / span)
        };
        Self { modules, finders, tilt, across: vector(q, g), down: vector(r, h) }
    }

    /// The same code with its last alignment pattern at `place`; nothing if no perspective shows
    /// it there.
    pub(super) fn through(self, place: Corner) -> Option<Self> {
        let span = self.modules as f32 - 2.0 * FINDER_MIDDLE;
        let reach = self.modules as f32 - ALIGNMENT_MIDDLE - FINDER_MIDDLE;
        let [p, q, r] = self.finders;
        // Both lines of: place × (1 + g reach + h reach) = p + reach (a + b), solved for g and h.
        let line = |p: f32, q: f32, r: f32, at: f32| {
            (reach * (at - q), reach * (at - r), p + reach / span * (q + r - 2.0 * p) - at)
        };
        let (a, b, c) = line(p.0, q.0, r.0, place.0);
        let (d, e, f) = line(p.1, q.1, r.1, place.1);
        let area = a * e - b * d;
        let tilt = [(c * e - b * f) / area, (a * f - c * d) / area];
        let perspective = Self::new(self.modules, self.finders, tilt);
        perspective.is_sound().then_some(perspective)
    }

    /// Whether all of the code is before the camera, and its near side not too much larger than
    /// its far side.
    pub(super) fn is_sound(&self) -> bool {
        let side = self.modules as f32;
        let [g, h] = self.tilt;
        let corners = [g, h, g + h];
        corners.iter().all(|tilt| (0.25..4.0).contains(&(1.0 + tilt * side)))
    }

    /// The pixel of the frame at which a place of the code is seen.
    pub(super) fn at(&self, u: f32, v: f32) -> Corner {
        let (u, v) = (u - FINDER_MIDDLE, v - FINDER_MIDDLE);
        let near = 1.0 / (1.0 + self.tilt[0] * u + self.tilt[1] * v);
        let (x, y) = self.finders[0];
        (
            (x + u * self.across.0 + v * self.down.0) * near,
            (y + u * self.across.1 + v * self.down.1) * near,
        )
    }

    /// The corners of the code in the frame, in the order of [`crate::DecodedSymbol::corners`].
    pub(super) fn corners(&self) -> [Corner; 4] {
        let side = self.modules as f32;
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)].map(|(u, v)| self.at(u, v))
    }
}
