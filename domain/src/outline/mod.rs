//! The outline of a site that somebody brings: typed, pasted or from a file. It is read right or refused in
//! words, and never guessed.

mod bent;
mod fault;
mod gauss;
mod geojson;
mod point;
mod shape;
mod survey;
#[cfg(test)]
mod tests;
mod text;
mod typed;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;

pub use self::{fault::OutlineFault, point::Written, text::OutlineText};

/// More corners than this no site has.
pub const MOST_POINTS: usize = 1_000;
/// Nor more rings, parts and holes together: what compares each with each stays cheap.
pub const MOST_RINGS: usize = 30;
/// Larger sites are not judged at once, m²: 500 hectares.
pub const MOST_M2: f64 = 5_000_000.0;
/// Nor those that reach farther, km.
pub const MOST_KM: u32 = 10;
/// Longest text that is read, bytes.
pub const LONGEST: usize = 200 * 1024;

/// A sound outline: it encloses ground, crosses itself nowhere, and is no larger than a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    shape: MultiPolygon<f64>,
    area_m2: f64,
    written: Written,
}

impl Outline {
    /// Reads a text: GeoJSON, a survey's file, or coordinates with one point in a line (degrees, longitude
    /// first, or CGCS2000 in a 3° zone, metres).
    ///
    /// # Errors
    /// [`OutlineFault`]: what is wrong, for whoever wrote it.
    pub fn read(text: &str) -> Result<Self, OutlineFault> {
        if text.len() > LONGEST {
            return Err(OutlineFault::TooLong { most_kb: LONGEST / 1024 });
        }
        let text = text.trim_start_matches('\u{feff}');
        let begins = text.trim_start();
        if begins.is_empty() {
            return Err(OutlineFault::Empty);
        }
        if begins.starts_with('{') {
            let json = serde_json::from_str(text)
                .map_err(|error| OutlineFault::BadJson { reason: error.to_string() })?;
            return Self::of_geojson(&json);
        }
        if survey::is_it(text) {
            let (parts, written) = survey::read(text)?;
            return Self::of(&parts, written);
        }
        let (corners, written) = typed::read(text)?;
        Self::of(&[Polygon::new(LineString::new(corners), Vec::new())], written)
    }

    /// Reads a file, whose text a caller has decoded: as [`Outline::read`], and of what is neither GeoJSON nor
    /// a survey's file nor coordinates it is said that it is no such file.
    ///
    /// # Errors
    /// [`OutlineFault`].
    pub fn read_file(text: &str) -> Result<Self, OutlineFault> {
        Self::read(text).map_err(|fault| match fault {
            OutlineFault::NotAPoint { line: 1 } | OutlineFault::NotANumber { line: 1, .. } => {
                OutlineFault::UnknownFile
            }
            fault => fault,
        })
    }

    /// Reads a GeoJSON geometry or feature.
    ///
    /// # Errors
    /// [`OutlineFault`].
    pub fn of_geojson(json: &Value) -> Result<Self, OutlineFault> {
        let (parts, written) = geojson::read(json)?;
        Self::of(&parts, written)
    }

    /// Of parts as they are written.
    fn of(parts: &[Polygon<f64>], written: Written) -> Result<Self, OutlineFault> {
        let (shape, area_m2) = match written {
            Written::Degrees => shape::sound(parts)?,
            Written::Plane { zone } => shape::sound(&bent::in_degrees(parts, zone))?,
        };
        Ok(Self { shape, area_m2, written })
    }

    /// Its ground, degrees, longitude first.
    #[must_use]
    pub const fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }

    /// Its area by the one measure ([`crate::area::area_m2`]), m².
    #[must_use]
    pub const fn area_m2(&self) -> f64 {
        self.area_m2
    }

    /// How it was written.
    #[must_use]
    pub const fn written(&self) -> Written {
        self.written
    }

    /// It as GeoJSON, with every digit: read again it is the same.
    #[must_use]
    pub fn to_geojson(&self) -> String {
        let ring = |ring: &LineString<f64>| -> Vec<[f64; 2]> {
            ring.0.iter().map(|corner| [corner.x, corner.y]).collect()
        };
        let part = |part: &Polygon<f64>| -> Vec<Vec<[f64; 2]>> {
            std::iter::once(part.exterior()).chain(part.interiors()).map(ring).collect()
        };
        let parts: Vec<_> = self.shape.iter().map(part).collect();
        serde_json::json!({ "type": "MultiPolygon", "coordinates": parts }).to_string()
    }

    /// A part of it that is judged in its stead, if it encloses ground.
    #[must_use]
    pub fn part(&self, shape: MultiPolygon<f64>) -> Option<Self> {
        let area_m2 = crate::area::area_m2(&shape);
        (area_m2 > 0.0).then_some(Self { shape, area_m2, written: self.written })
    }
}

/// The corners of a text that has a point of degrees in each line, sound or not, for whoever goes on drawing
/// them; the first is not said again at the end. `None` of any other text.
#[must_use]
pub fn typed_corners(text: &str) -> Option<Vec<Coord<f64>>> {
    let (mut corners, written) = typed::read(text).ok()?;
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    (written == Written::Degrees).then_some(corners)
}

/// Whether bytes begin as an archive does, or as what no text begins with.
#[must_use]
pub fn is_packed(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [b"PK", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh"];
    marks.into_iter().any(|mark| bytes.starts_with(mark))
}
