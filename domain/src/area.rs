//! The one measure of area: what outlines, overlaps and shares are counted in.
//!
//! Edges are straight in longitude and latitude, as they are stored and as the boolean operations
//! see them; the ground under them is the CGCS2000 (GRS 80) ellipsoid. By Green's theorem the area
//! of a ring is the sum over its edges of the ground between the edge and a parallel nearby. A sum
//! of edges, and not of angles, is small for a small ring whichever way the ring runs.

use geo::{Coord, LineString, MultiPolygon, Polygon};

/// Semi-major axis of GRS 80, m.
pub(crate) const A: f64 = 6_378_137.0;
/// First eccentricity of GRS 80, squared.
pub(crate) const E2: f64 = 0.006_694_380_022_90;

/// Area of an outline on the ellipsoid, m², whichever way its rings run: outer rings less holes.
/// Degrees in.
///
/// The parts of a valid outline do not overlap; of an invalid one this is the area as drawn.
#[must_use]
pub fn area_m2(outline: &MultiPolygon<f64>) -> f64 {
    outline.iter().map(polygon_area_m2).sum()
}

/// Area of one polygon on the ellipsoid, m²: its outer ring less its holes, never below 0.
#[must_use]
pub fn polygon_area_m2(polygon: &Polygon<f64>) -> f64 {
    let holes: f64 = polygon.interiors().iter().map(ring_area_m2).sum();
    (ring_area_m2(polygon.exterior()) - holes).max(0.0)
}

/// Area that a ring encloses on the ellipsoid, m². A ring that crosses itself counts what it goes
/// around one way less what it goes around the other.
fn ring_area_m2(ring: &LineString<f64>) -> f64 {
    let Some(first) = ring.0.first() else { return 0.0 };
    let ground = Ground::from(first.y);
    let sum: f64 = ring.lines().map(|edge| ground.below(edge.start, edge.end)).sum();
    sum.abs()
}

/// Weights and places of Gauss and Legendre's rule of three points, on −1 to 1.
const RULE: [(f64, f64); 3] =
    [(5.0 / 9.0, -0.774_596_669_241_483_4), (8.0 / 9.0, 0.0), (5.0 / 9.0, 0.774_596_669_241_483_4)];
/// Degrees of latitude that the rule takes at a time: its error is then 1e-16 of the whole.
const STEP: f64 = 1.0;

/// Ground between a parallel and edges near it.
struct Ground {
    latitude: f64,
    sin: f64,
    cos: f64,
}

impl Ground {
    fn from(latitude: f64) -> Self {
        let (sin, cos) = latitude.to_radians().sin_cos();
        Self { latitude, sin, cos }
    }

    /// The ground between the parallel and an edge, m²: below zero where the edge runs west or
    /// lies south.
    fn below(&self, from: Coord<f64>, to: Coord<f64>) -> f64 {
        let east = (to.x - from.x).to_radians();
        if east == 0.0 {
            return 0.0;
        }
        // Differences from the parallel keep the digits that a square centimetre needs.
        let (low, high) = (from.y - self.latitude, to.y - self.latitude);
        let steps = ((high - low).abs() / STEP).ceil().clamp(1.0, 180.0);
        let half = (high - low) / steps / 2.0;
        let mut sum = 0.0;
        let mut middle = low + half;
        let mut left = steps;
        while left >= 1.0 {
            for (weight, at) in RULE {
                sum += weight / 2.0 * self.strip((middle + at * half).to_radians());
            }
            middle += 2.0 * half;
            left -= 1.0;
        }
        east * sum / steps
    }

    /// The ground of one radian of longitude between the parallel and `north` of it (radians), m².
    ///
    /// The authalic function's difference, with every subtraction of equal figures taken out of
    /// it (Snyder, Map Projections: A Working Manual, equation 3-12).
    fn strip(&self, north: f64) -> f64 {
        let (s, c) = (north / 2.0).sin_cos();
        // sin(φ₀ + δ) − sin φ₀ = 2 sin(δ/2) cos(φ₀ + δ/2).
        let rise = 2.0 * s * (self.cos * c - self.sin * s);
        let sin = self.sin + rise;
        let e = E2.sqrt();
        let product = E2 * self.sin * sin;
        let rational =
            (1.0 + product) / ((1.0 - E2 * self.sin * self.sin) * (1.0 - E2 * sin * sin));
        let slope = e * rise / (1.0 - product);
        // atanh(x)/x, which has no difference to lose digits in near 0.
        let ratio =
            if slope.abs() < 1e-4 { 1.0 + slope * slope / 3.0 } else { slope.atanh() / slope };
        A * A * (1.0 - E2) / 2.0 * rise * (rational + ratio / (1.0 - product))
    }
}

#[cfg(test)]
mod tests;
