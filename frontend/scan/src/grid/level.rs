//! How bright a frame is at a place.

use crate::Frame;

/// The level of a frame between its pixels, by linear interpolation; outside, that of its edge.
pub(super) fn level_at(frame: &Frame, (x, y): (f32, f32)) -> f32 {
    let (width, height) = (frame.width(), frame.height());
    // Not `clamp`: a place that is not a number becomes 0 here.
    let x = (x - 0.5).max(0.0).min((width - 1) as f32);
    let y = (y - 0.5).max(0.0).min((height - 1) as f32);
    let (left, top) = (x as usize, y as usize);
    let (x, y) = (x - left as f32, y - top as f32);
    let at = top * width + left;
    let (right, below) = (usize::from(left + 1 < width), if top + 1 < height { width } else { 0 });
    let pixel = |at: usize| f32::from(frame.luma().get(at).copied().unwrap_or(0));
    let (a, b, c, d) = (pixel(at), pixel(at + right), pixel(at + below), pixel(at + below + right));
    let (above, below) = (a + x * (b - a), c + x * (d - c));
    above + y * (below - above)
}
