//! An outline as it is written down beside something else: in a verdict, in a request.

use serde::{Deserialize, Serialize};

use super::Outline;
use crate::digest::hex_digest;

/// The coordinates of every outline that is written down.
const CRS: &str = "CGCS2000";
/// So many digits of a digest tell outlines apart for people and in the names of files.
const NAMED_BY: usize = 12;

/// An outline with its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlineText {
    /// Its coordinates: `CGCS2000`, degrees, longitude first.
    pub crs: String,
    /// It as the text of a GeoJSON `MultiPolygon`, with every digit.
    pub geojson: String,
    /// SHA-256 over that text, in hexadecimal: wherever the outline is, it is known by it.
    pub sha256: String,
}

impl OutlineText {
    /// An outline, written down.
    #[must_use]
    pub fn of(outline: &Outline) -> Self {
        let geojson = outline.to_geojson();
        Self { crs: CRS.to_owned(), sha256: hex_digest(geojson.as_bytes()), geojson }
    }

    /// The outline; `None` where it is not the one that its digest is of, or encloses no ground.
    #[must_use]
    pub fn ground(&self) -> Option<Outline> {
        let is_it = self.crs == CRS && self.sha256 == hex_digest(self.geojson.as_bytes());
        if is_it { Outline::read(&self.geojson).ok() } else { None }
    }

    /// The beginning of its digest, by which people tell two apart.
    #[must_use]
    pub fn short(&self) -> &str {
        self.sha256.get(..NAMED_BY).unwrap_or(&self.sha256)
    }
}
