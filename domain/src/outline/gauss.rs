//! From CGCS2000 in a 3° zone (Gauss–Krüger, metres) to degrees.
//!
//! Krüger's series to the fourth power of the third flattening: good to a micrometre within a zone
//! (Karney, Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85, 2011, equations 11, 36).
//! `server/intake` computes the same by another library, and a test there holds the two together.

use geo::Coord;

use crate::area::A;

/// Flattening of the CGCS2000 ellipsoid.
const F: f64 = 1.0 / 298.257_222_101;
/// What is added to eastings so that none is below zero, m.
const FALSE_EASTING: f64 = 500_000.0;
/// The 3° zones of China.
pub(super) const ZONES: std::ops::RangeInclusive<u8> = 25..=45;

/// A place in a 3° zone in degrees, longitude first; the easting without the number of the zone.
pub(super) fn degrees(zone: u8, easting: f64, northing: f64) -> Coord<f64> {
    let n = F / (2.0 - F);
    let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
    let radius = A / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0);
    let beta = [
        n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - n4 / 360.0,
        n2 / 48.0 + n3 / 15.0 - 437.0 / 1440.0 * n4,
        17.0 / 480.0 * n3 - 37.0 / 840.0 * n4,
        4397.0 / 161_280.0 * n4,
    ];
    let delta = [
        2.0 * n - 2.0 / 3.0 * n2 - 2.0 * n3 + 116.0 / 45.0 * n4,
        7.0 / 3.0 * n2 - 8.0 / 5.0 * n3 - 227.0 / 45.0 * n4,
        56.0 / 15.0 * n3 - 136.0 / 35.0 * n4,
        4279.0 / 630.0 * n4,
    ];
    let (xi, eta) = (northing / radius, (easting - FALSE_EASTING) / radius);
    let (mut north, mut east) = (xi, eta);
    for (power, beta) in (1_u8..).zip(beta) {
        let twice = 2.0 * f64::from(power);
        north -= beta * (twice * xi).sin() * (twice * eta).cosh();
        east -= beta * (twice * xi).cos() * (twice * eta).sinh();
    }
    let conformal = (north.sin() / east.cosh()).asin();
    let mut latitude = conformal;
    for (power, delta) in (1_u8..).zip(delta) {
        latitude += delta * (2.0 * f64::from(power) * conformal).sin();
    }
    let longitude = east.sinh().atan2(north.cos());
    Coord { x: 3.0 * f64::from(zone) + longitude.to_degrees(), y: latitude.to_degrees() }
}
