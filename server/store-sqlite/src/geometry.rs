//! Geometry columns: WKB, degrees, longitude first.
//!
//! Written with the crate wkb. Read here: its reader is made for geometries of any dimension and
//! byte order, and panics on some that are corrupt (a multipoint cut short, in 0.9.3).

use domain::area::area_m2;
use geo::{
    BoundingRect, Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint,
    MultiPolygon, Point, Polygon,
};
use store::{Bounds, StoreError};
use wkb::{
    error::WkbError,
    writer::{self, WriteOptions},
};

use crate::error::SqliteError;

/// Any geometry as WKB, little-endian.
pub(super) fn write(geometry: &Geometry<f64>) -> Result<Vec<u8>, SqliteError> {
    written(writer::geometry_wkb_size(geometry), |bytes, options| {
        writer::write_geometry(bytes, geometry, options)
    })
}

/// A multipolygon as WKB.
pub(super) fn write_outline(outline: &MultiPolygon<f64>) -> Result<Vec<u8>, SqliteError> {
    written(writer::multi_polygon_wkb_size(outline), |bytes, options| {
        writer::write_multi_polygon(bytes, outline, options)
    })
}

fn written(
    size: usize,
    write: impl FnOnce(&mut Vec<u8>, &WriteOptions) -> Result<(), WkbError>,
) -> Result<Vec<u8>, SqliteError> {
    let mut bytes = Vec::with_capacity(size);
    write(&mut bytes, &WriteOptions::default())
        .map_err(|error| StoreError::Staging { reason: format!("a geometry: {error}") })?;
    Ok(bytes)
}

/// Any geometry from WKB as [`write()`] makes it.
pub(super) fn read(bytes: &[u8]) -> Result<Geometry<f64>, SqliteError> {
    let mut rest = Rest(bytes);
    let geometry = rest.geometry(0)?;
    if rest.0.is_empty() { Ok(geometry) } else { Err(corrupt("more bytes than it needs")) }
}

/// A multipolygon from WKB.
pub(super) fn read_outline(bytes: &[u8]) -> Result<MultiPolygon<f64>, SqliteError> {
    match read(bytes)? {
        Geometry::MultiPolygon(outline) => Ok(outline),
        other => Err(unexpected("multipolygon", &other)),
    }
}

/// Geometry collections within each other: none deeper than this is read.
const DEEPEST: u8 = 8;

/// Of a coordinate, bytes.
const SIZE_OF_COORD: usize = 16;

fn coord_of(bytes: &[u8; SIZE_OF_COORD]) -> Coord<f64> {
    let from = |first: usize| f64::from_le_bytes(std::array::from_fn(|at| bytes[first + at]));
    Coord { x: from(0), y: from(8) }
}

/// What is left to read.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SqliteError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(|| corrupt("cut short"))?;
        self.0 = rest;
        Ok(*taken)
    }

    /// The type of the geometry that follows.
    fn kind(&mut self) -> Result<u32, SqliteError> {
        match self.take()? {
            [1] => Ok(u32::from_le_bytes(self.take()?)),
            _ => Err(corrupt("not little-endian")),
        }
    }

    /// Reads how many parts follow, each of at least `smallest` bytes: a false count is found out before
    /// memory is set aside for it.
    fn count(&mut self, smallest: usize) -> Result<usize, SqliteError> {
        let count = usize::try_from(u32::from_le_bytes(self.take()?)).unwrap_or(usize::MAX);
        let fits = count.checked_mul(smallest).is_some_and(|bytes| bytes <= self.0.len());
        if fits { Ok(count) } else { Err(corrupt("cut short")) }
    }

    /// Reads a count and so many parts, of at least `smallest` bytes each.
    fn many<T>(
        &mut self,
        smallest: usize,
        mut part: impl FnMut(&mut Self) -> Result<T, SqliteError>,
    ) -> Result<Vec<T>, SqliteError> {
        let count = self.count(smallest)?;
        let mut parts = Vec::with_capacity(count);
        for _ in 0..count {
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    /// Like [`Rest::many`], for parts that are geometries of one type themselves.
    fn many_of<T>(
        &mut self,
        kind: u32,
        part: impl Fn(&mut Self) -> Result<T, SqliteError>,
    ) -> Result<Vec<T>, SqliteError> {
        self.many(9, |rest| {
            if rest.kind()? == kind { part(rest) } else { Err(corrupt("a part of another type")) }
        })
    }

    fn coord(&mut self) -> Result<Coord<f64>, SqliteError> {
        Ok(coord_of(&self.take()?))
    }

    /// Most of what is read: all of its points at once.
    fn line(&mut self) -> Result<LineString<f64>, SqliteError> {
        let count = self.count(SIZE_OF_COORD)?;
        let (points, rest) = self.0.split_at(count * SIZE_OF_COORD);
        self.0 = rest;
        let (points, _) = points.as_chunks::<SIZE_OF_COORD>();
        Ok(LineString(points.iter().map(coord_of).collect()))
    }

    fn polygon(&mut self) -> Result<Polygon<f64>, SqliteError> {
        let mut rings = self.many(4, Self::line)?.into_iter();
        let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
        Ok(Polygon::new(exterior, rings.collect()))
    }

    fn geometry(&mut self, depth: u8) -> Result<Geometry<f64>, SqliteError> {
        Ok(match self.kind()? {
            1 => Geometry::Point(Point(self.coord()?)),
            2 => Geometry::LineString(self.line()?),
            3 => Geometry::Polygon(self.polygon()?),
            4 => Geometry::MultiPoint(MultiPoint(self.many_of(1, |r| r.coord().map(Point))?)),
            5 => Geometry::MultiLineString(MultiLineString(self.many_of(2, Self::line)?)),
            6 => Geometry::MultiPolygon(MultiPolygon(self.many_of(3, Self::polygon)?)),
            7 if depth < DEEPEST => Geometry::GeometryCollection(GeometryCollection(
                self.many(9, |rest| rest.geometry(depth + 1))?,
            )),
            _ => return Err(corrupt("of an unknown type")),
        })
    }
}

fn corrupt(reason: &str) -> SqliteError {
    StoreError::Corrupt { what: "geometry", reason: reason.to_owned() }.into()
}

fn unexpected(expected: &str, found: &Geometry<f64>) -> SqliteError {
    let found = match found {
        Geometry::Point(_) => "point",
        Geometry::LineString(_) => "line string",
        Geometry::Polygon(_) => "polygon",
        Geometry::MultiPolygon(_) => "multipolygon",
        _ => "other geometry",
    };
    corrupt(&format!("{found} instead of {expected}"))
}

/// The box of a geometry; `None` when it is empty or has a coordinate that is not a number.
pub(super) fn bounds<G>(geometry: &G) -> Option<Bounds>
where
    G: BoundingRect<f64>,
    G::Output: Into<Option<geo::Rect<f64>>>,
{
    let rect: geo::Rect<f64> = geometry.bounding_rect().into()?;
    let bounds =
        Bounds { west: rect.min().x, south: rect.min().y, east: rect.max().x, north: rect.max().y };
    [bounds.west, bounds.south, bounds.east, bounds.north]
        .iter()
        .all(|edge| edge.is_finite())
        .then_some(bounds)
}

/// How large a feature is, m², by the one measure; `None` of a line or a point.
pub(super) fn area_of(outline: &MultiPolygon<f64>) -> Option<f64> {
    Some(area_m2(outline)).filter(|area| area.is_finite() && *area > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator of numbers without a seed from outside: the same test every time.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0
        }

        fn below(&mut self, limit: u64) -> usize {
            usize::try_from(self.next() % limit).unwrap()
        }

        fn line(&mut self, shortest: u64) -> LineString<f64> {
            let points = shortest + self.next() % 9;
            (0..points)
                .map(|_| {
                    let part = |bits: u64| f64::from(u32::try_from(bits >> 32).unwrap()) / 1e10;
                    (120.0 + part(self.next()), 30.0 + part(self.next()))
                })
                .collect()
        }

        fn polygon(&mut self) -> Polygon<f64> {
            let holes = (0..self.below(3)).map(|_| self.line(4)).collect();
            Polygon::new(self.line(4), holes)
        }

        fn geometry(&mut self) -> Geometry<f64> {
            match self.below(7) {
                0 => Geometry::Point(Point(self.line(1).0[0])),
                1 => Geometry::LineString(self.line(0)),
                2 => Geometry::Polygon(self.polygon()),
                3 => Geometry::MultiLineString(MultiLineString(
                    (0..self.below(4)).map(|_| self.line(2)).collect(),
                )),
                4 => Geometry::MultiPoint(MultiPoint(
                    self.line(0).0.into_iter().map(Point).collect(),
                )),
                5 => Geometry::GeometryCollection(GeometryCollection(
                    (0..self.below(3)).map(|_| self.geometry()).collect(),
                )),
                _ => Geometry::MultiPolygon(MultiPolygon(
                    (0..self.below(4)).map(|_| self.polygon()).collect(),
                )),
            }
        }
    }

    #[test]
    fn every_geometry_comes_back_bit_for_bit() {
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
        for _ in 0..2_000 {
            let geometry = numbers.geometry();
            assert_eq!(read(&write(&geometry).unwrap()).unwrap(), geometry);
        }
        let none = MultiPolygon::<f64>(Vec::new());
        assert_eq!(read_outline(&write_outline(&none).unwrap()).unwrap(), none);
        assert_eq!(bounds(&none), None);
    }

    #[test]
    fn a_corrupt_blob_is_an_error_and_never_a_panic() {
        let mut numbers = Numbers(42);
        for _ in 0..2_000 {
            let mut bytes = write(&numbers.geometry()).unwrap();
            // Counts stand in the first bytes: change those most of the time.
            for _ in 0..=numbers.below(3) {
                let reach = if numbers.below(3) == 0 { bytes.len() } else { bytes.len().min(20) };
                let at = numbers.below(reach as u64);
                bytes[at] = numbers.next().to_le_bytes()[3];
            }
            drop(read(&bytes));
            bytes.truncate(numbers.below(bytes.len() as u64));
            drop(read(&bytes));
        }
        assert!(read(&[]).is_err());
        let point = write(&Geometry::Point(Point::new(120.0, 30.0))).unwrap();
        assert!(read_outline(&point).is_err());
        let mut long = point;
        long.push(0);
        assert!(read(&long).is_err());
    }
}
