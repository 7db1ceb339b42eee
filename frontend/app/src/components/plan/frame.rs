//! From degrees to the units of the drawing.

use domain::{base_map::Bounds, overlay::LocalPlane};
use geo::{Coord, LineString, MultiPolygon, Polygon, Rect};

/// Width of the drawing; its height follows from the ground.
const WIDTH: f64 = 640.0;

/// The part of the ground that is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    bounds: Bounds,
    /// Width, drawing units.
    pub width: f64,
    /// Height, drawing units.
    pub height: f64,
    metres_per_unit: f64,
}

impl Frame {
    /// A frame that fills `bounds`.
    pub fn around(bounds: &Bounds) -> Self {
        let corners =
            [(bounds.west, bounds.south), (bounds.east, bounds.south), (bounds.east, bounds.north)];
        let triangle = Polygon::new(LineString::from(corners.to_vec()), Vec::new());
        let plane = LocalPlane::at((bounds.south + bounds.north) / 2.0);
        let metres = plane.to_metres(&MultiPolygon::new(vec![triangle]));
        let corner = |at: usize| {
            metres.0.first().and_then(|p| p.exterior().0.get(at).copied()).unwrap_or_default()
        };
        let (width, height) = (corner(1).x - corner(0).x, corner(2).y - corner(1).y);
        // An empty box would divide by nothing; it draws as an empty square.
        let metres_per_unit = if width > 0.0 { width / WIDTH } else { 1.0 };
        let ratio = if width > 0.0 { (height / width).clamp(0.4, 1.6) } else { 1.0 };
        Self { bounds: *bounds, width: WIDTH, height: WIDTH * ratio, metres_per_unit }
    }

    /// A place on the ground in drawing units, from the upper left corner.
    pub fn point(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        let Bounds { west, south, east, north } = self.bounds;
        let part = |value: f64, whole: f64| if whole > 0.0 { value / whole } else { 0.5 };
        (
            part(longitude - west, east - west) * self.width,
            part(north - latitude, north - south) * self.height,
        )
    }

    /// A coordinate (longitude, latitude) in the drawing.
    pub fn coord(&self, at: Coord<f64>) -> Coord<f64> {
        let (x, y) = self.point(at.x, at.y);
        Coord { x, y }
    }

    /// The drawing's edge, a little outside so that clipped lines are not seen to end.
    pub fn edge(&self) -> Rect<f64> {
        const MARGIN: f64 = 12.0;
        Rect::new(
            Coord { x: -MARGIN, y: -MARGIN },
            Coord { x: self.width + MARGIN, y: self.height + MARGIN },
        )
    }

    /// A round number of metres and its length in the drawing.
    pub fn scale(&self) -> (f64, f64) {
        let most = self.width * 0.3 * self.metres_per_unit;
        let steps = [5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0];
        let metres = steps.into_iter().rev().find(|step| *step <= most).unwrap_or(5.0);
        (metres, metres / self.metres_per_unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_bar_is_true_to_the_ground() {
        let frame =
            Frame::around(&Bounds { west: 120.0, south: 30.5, east: 120.01, north: 30.505 });
        // 0.01° of longitude at 30.5° is 959.6 m.
        let (metres, length) = frame.scale();
        assert!((metres - 200.0).abs() < f64::EPSILON);
        assert!((length / 640.0 * 959.6 - 200.0).abs() < 1.0, "{length}");
        assert!((frame.point(120.005, 30.5025).0 - 320.0).abs() < 1e-6);
    }

    #[test]
    fn an_empty_box_draws_without_failing() {
        let frame = Frame::around(&Bounds { west: 120.0, south: 30.0, east: 120.0, north: 30.0 });
        assert_eq!(frame.point(120.0, 30.0), (320.0, 320.0));
    }
}
