//! The geometry of a row as GeoJSON: the heading of OGC 12-128r18, clause 2.1.3, and ISO well-known
//! binary behind it.
//!
//! Not with the crate wkb: its reader panics on some that are corrupt (a multipoint cut short, in
//! 0.9.3).

use super::super::{
    binary::{Binary, Order},
    written::{CURVED, Corner, DAMAGED, geometry, list, position},
};

/// Collections in collections; deeper ones are a mistake or an attack.
const DEEPEST: u8 = 8;

/// The geometry of a blob, `null` for an empty one; `srs` is what its table says that it is in.
///
/// # Errors
/// Why the feature is refused.
pub(super) fn of_blob(blob: &[u8], srs: i64) -> Result<String, String> {
    let mut bytes = Binary::new(blob);
    let damaged = || DAMAGED.to_owned();
    if bytes.take(2).ok_or_else(damaged)? != b"GP" || bytes.byte() != Some(0) {
        return Err(damaged());
    }
    let flags = bytes.byte().ok_or_else(damaged)?;
    let order = if flags & 1 == 1 { Order::Little } else { Order::Big };
    let said = bytes.u32(order).ok_or_else(damaged)?.cast_signed();
    if i64::from(said) != srs {
        return Err(format!("has the srs_id {said}, its table {srs}; export the table again"));
    }
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(damaged()),
    };
    bytes.take(envelope).ok_or_else(damaged)?;
    if flags & 0b10_0000 != 0 {
        return Err("has a geometry of an extension that is not read".to_owned());
    }
    if flags & 0b1_0000 != 0 {
        return Ok("null".to_owned());
    }
    well_known(&mut bytes, DEEPEST)
}

/// What stands in front of each geometry.
struct Kind {
    order: Order,
    base: u32,
    /// Numbers of a corner, and whether the third is there.
    numbers: usize,
}

fn kind(bytes: &mut Binary<'_>) -> Option<Kind> {
    let order = match bytes.byte()? {
        0 => Order::Big,
        1 => Order::Little,
        _ => return None,
    };
    let code = bytes.u32(order)?;
    // Flags of PostGIS, as old programs write them.
    let (flagged, code) = (code >> 29, code & 0x1FFF_FFFF);
    if flagged & 1 == 1 {
        bytes.u32(order)?;
    }
    let thousands = code / 1000;
    let flags = usize::from(flagged & 2 != 0) + usize::from(flagged & 4 != 0);
    let numbers = match thousands {
        0 => 2 + flags,
        1 | 2 => 3,
        3 => 4,
        _ => return None,
    };
    Some(Kind { order, base: code % 1000, numbers })
}

fn well_known(bytes: &mut Binary<'_>, depth: u8) -> Result<String, String> {
    let damaged = || DAMAGED.to_owned();
    let kind = kind(bytes).ok_or_else(damaged)?;
    match kind.base {
        1 => {
            let corner = kind.corner(bytes).ok_or_else(damaged)?;
            if corner.x.is_nan() && corner.y.is_nan() {
                return Ok("null".to_owned());
            }
            geometry("Point", |out| position(out, corner))
        }
        2 => {
            let corners = kind.corners(bytes).ok_or_else(damaged)?;
            geometry("LineString", |out| list(out, corners, position))
        }
        3 => {
            let rings = kind.rings(bytes).ok_or_else(damaged)?;
            geometry("Polygon", |out| write_rings(out, rings))
        }
        4..=6 => {
            let parts = kind.parts(bytes).ok_or_else(damaged)?;
            let name = ["MultiPoint", "MultiLineString", "MultiPolygon"][kind.base as usize - 4];
            geometry(name, |out| {
                list(out, 0..parts, |out, _part| {
                    let part = self::kind(bytes).ok_or_else(damaged)?;
                    match part.base {
                        base if base + 3 != kind.base => Err(damaged()),
                        1 => position(out, part.corner(bytes).ok_or_else(damaged)?),
                        2 => list(out, part.corners(bytes).ok_or_else(damaged)?, position),
                        _ => write_rings(out, part.rings(bytes).ok_or_else(damaged)?),
                    }
                })
            })
        }
        7 if depth > 0 => {
            let parts = kind.parts(bytes).ok_or_else(damaged)?;
            let parts =
                (0..parts).map(|_| well_known(bytes, depth - 1)).collect::<Result<Vec<_>, _>>()?;
            Ok(format!(r#"{{"type":"GeometryCollection","geometries":[{}]}}"#, parts.join(",")))
        }
        8..=17 => Err(CURVED.to_owned()),
        _ => Err(damaged()),
    }
}

fn write_rings(out: &mut String, rings: Vec<Vec<Corner>>) -> Result<(), String> {
    list(out, rings, |out, ring| list(out, ring, position))
}

impl Kind {
    fn corner(&self, bytes: &mut Binary<'_>) -> Option<Corner> {
        // Longitude or easting first, whatever the CRS says of its axes: OGC 12-128r18, clause
        // 2.1.3.1.1, which holds for EPSG:4490 too.
        let (x, y) = (bytes.f64(self.order)?, bytes.f64(self.order)?);
        let third = if self.numbers > 2 { Some(bytes.f64(self.order)?) } else { None };
        if self.numbers > 3 {
            bytes.f64(self.order)?;
        }
        Some(Corner { x, y, third })
    }

    fn corners(&self, bytes: &mut Binary<'_>) -> Option<Vec<Corner>> {
        let count = bytes.count(self.order, self.numbers * 8)?;
        (0..count).map(|_| self.corner(bytes)).collect()
    }

    fn rings(&self, bytes: &mut Binary<'_>) -> Option<Vec<Vec<Corner>>> {
        let count = bytes.count(self.order, 4)?;
        (0..count).map(|_| self.corners(bytes)).collect()
    }

    /// How many geometries follow; the least one has its heading and a count.
    fn parts(&self, bytes: &mut Binary<'_>) -> Option<usize> {
        bytes.count(self.order, 9)
    }
}

#[cfg(test)]
mod tests {
    use geo::{Geometry, polygon, wkt};

    use super::*;

    fn blob(geometry: &Geometry<f64>, order: u8) -> Vec<u8> {
        let mut bytes = b"GP\0".to_vec();
        bytes.push(order);
        bytes.extend(if order == 1 { 4490_u32.to_le_bytes() } else { 4490_u32.to_be_bytes() });
        // The crate writes what is read here without it.
        let endianness =
            if order == 1 { wkb::Endianness::LittleEndian } else { wkb::Endianness::BigEndian };
        let options = wkb::writer::WriteOptions { endianness };
        wkb::writer::write_geometry(&mut bytes, geometry, &options).unwrap();
        bytes
    }

    #[test]
    fn what_the_crate_wkb_writes_is_read_as_it_was() {
        let square = polygon![(x: 120.1, y: 30.2), (x: 120.3, y: 30.2), (x: 120.3, y: 30.5)];
        let geometries: Vec<Geometry<f64>> = vec![
            wkt!(POINT(120.123456789012 30.1)).into(),
            wkt!(LINESTRING(120.1 30.1, 120.2 30.2)).into(),
            square.clone().into(),
            geo::MultiPolygon::new(vec![square.clone(), square]).into(),
            wkt!(MULTIPOINT(1. 2., 3. 4.)).into(),
        ];
        for geometry in geometries {
            for order in [0, 1] {
                let text = of_blob(&blob(&geometry, order), 4490).unwrap();
                let read: geojson::Geometry = text.parse().unwrap();
                assert_eq!(Geometry::<f64>::try_from(read).unwrap(), geometry, "{text}");
            }
        }
    }

    #[test]
    fn no_cut_makes_it_stumble_and_each_is_refused() {
        let points: Geometry<f64> = wkt!(MULTIPOINT(1. 2., 3. 4.)).into();
        let whole = blob(&points, 1);
        for end in 0..whole.len() {
            assert_eq!(of_blob(&whole[..end], 4490).unwrap_err(), DAMAGED, "{end}");
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xFF;
            let _ = of_blob(&broken, 4490);
        }
        assert!(of_blob(&whole, 4326).unwrap_err().contains("srs_id 4490"));
        let mut curve = whole;
        curve[9] = 10;
        assert!(of_blob(&curve, 4490).unwrap_err().contains("curves"));
    }
}
