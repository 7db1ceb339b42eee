//! The geometry of a feature as GeoJSON.

use ::flatgeobuf::{Geometry, GeometryType};

use super::super::written::{CURVED, Corner, DAMAGED, geometry, list, position};

/// Collections in collections; deeper ones are a mistake or an attack.
const DEEPEST: u8 = 8;
/// Bytes of a corner of two numbers.
const CORNER: usize = 16;
/// Bytes that say where a ring ends.
const END: usize = 4;

/// The geometry, `null` for an empty one; `size` is that of its feature, bytes.
///
/// # Errors
/// Why the feature is refused.
pub(super) fn of_geometry(
    shape: &Geometry<'_>,
    kind: GeometryType,
    size: usize,
) -> Result<String, String> {
    Shapes { left: size / CORNER, ends: size / END }.write(shape, kind, DEEPEST)
}

/// What may still come of a feature.
struct Shapes {
    /// Corners: parts may point at one and the same list again and again.
    left: usize,
    /// Rings, for the same reason.
    ends: usize,
}

impl Shapes {
    fn write(
        &mut self,
        shape: &Geometry<'_>,
        kind: GeometryType,
        depth: u8,
    ) -> Result<String, String> {
        let rings = |out: &mut String, rings: Vec<Vec<Corner>>| {
            list(out, rings, |out, ring| list(out, ring, position))
        };
        match kind {
            GeometryType::Point => match self.corners(shape)?.first() {
                Some(corner) if !(corner.x.is_nan() && corner.y.is_nan()) => {
                    geometry("Point", |out| position(out, *corner))
                }
                _ => Ok("null".to_owned()),
            },
            GeometryType::MultiPoint | GeometryType::LineString => {
                let corners = self.corners(shape)?;
                let is_line = kind == GeometryType::LineString;
                let name = if is_line { "LineString" } else { "MultiPoint" };
                geometry(name, |out| list(out, corners, position))
            }
            GeometryType::MultiLineString | GeometryType::Polygon => {
                let parts = self.rings(shape)?;
                let is_area = kind == GeometryType::Polygon;
                let name = if is_area { "Polygon" } else { "MultiLineString" };
                geometry(name, |out| rings(out, parts))
            }
            GeometryType::MultiPolygon => {
                let parts = shape.parts().ok_or_else(damaged)?;
                geometry("MultiPolygon", |out| {
                    list(out, parts, |out, part| rings(out, self.rings(&part)?))
                })
            }
            GeometryType::GeometryCollection if depth > 0 => {
                let parts = shape.parts().ok_or_else(damaged)?;
                let parts = parts
                    .iter()
                    .map(|part| self.write(&part, part.type_(), depth - 1))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(format!(r#"{{"type":"GeometryCollection","geometries":[{}]}}"#, parts.join(",")))
            }
            kind if kind.0 > GeometryType::GeometryCollection.0
                && kind.0 <= GeometryType::ENUM_MAX =>
            {
                Err(CURVED.to_owned())
            }
            _ => Err(damaged()),
        }
    }

    fn corners(&mut self, shape: &Geometry<'_>) -> Result<Vec<Corner>, String> {
        let Some(xy) = shape.xy() else { return Ok(Vec::new()) };
        let count = xy.len() / 2;
        self.left = self.left.checked_sub(count).ok_or_else(damaged)?;
        let heights = shape.z().filter(|z| !z.is_empty());
        if xy.len() % 2 != 0 || heights.is_some_and(|z| z.len() != count) {
            return Err(damaged());
        }
        let corner = |at: usize| Corner {
            x: xy.get(at * 2),
            y: xy.get(at * 2 + 1),
            third: heights.map(|z| z.get(at)),
        };
        Ok((0..count).map(corner).collect())
    }

    /// The corners as `ends` cuts them; one piece, where it cuts nothing.
    fn rings(&mut self, shape: &Geometry<'_>) -> Result<Vec<Vec<Corner>>, String> {
        let corners = self.corners(shape)?;
        let Some(ends) = shape.ends().filter(|ends| !ends.is_empty()) else {
            return Ok(if corners.is_empty() { Vec::new() } else { vec![corners] });
        };
        self.ends = self.ends.checked_sub(ends.len()).ok_or_else(damaged)?;
        let mut rings = Vec::new();
        let mut from = 0;
        for end in ends {
            let end = end as usize;
            rings.push(corners.get(from..end).ok_or_else(damaged)?.to_vec());
            from = end;
        }
        if from == corners.len() { Ok(rings) } else { Err(damaged()) }
    }
}

fn damaged() -> String {
    DAMAGED.to_owned()
}
