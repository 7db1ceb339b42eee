//! Two numbers as a place: degrees, or CGCS2000 in a 3° zone. What they are is seen by their size, which no
//! two of these share; what fits nothing, or more than one thing, is refused and never guessed.

use geo::Coord;

use super::{fault::OutlineFault, gauss::ZONES};

/// How a place was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Degrees, CGCS2000 or WGS 84.
    Degrees,
    /// Metres in a 3° zone of CGCS2000.
    Plane {
        /// The zone, 25 to 45.
        zone: u8,
    },
}

/// Beyond this latitude there is no land register of ours, and a longitude stands where it should not.
const FAR_NORTH: f64 = 66.0;
/// Northings of China, m.
const NORTHINGS: std::ops::Range<f64> = 1_700_000.0..6_000_000.0;
/// Eastings of a 3° zone with what counties reach over its edge, m.
const EASTINGS: std::ops::Range<f64> = 250_000.0..750_000.0;
/// What the number of a zone is worth before an easting, m.
const ZONE: f64 = 1_000_000.0;

/// A number of metres.
enum Metres {
    North,
    East { zone: Option<u8>, rest: f64 },
}

/// The place of two numbers in a line: longitude and latitude, or easting (without the zone) and northing; `told`
/// is the zone that the file says.
pub(super) fn place(
    (first, second): (f64, f64),
    told: Option<u8>,
    line: usize,
) -> Result<(Coord<f64>, Written), OutlineFault> {
    if first.abs() <= 180.0 && second.abs() <= 180.0 {
        let swapped = second.abs() > 90.0 || (second.abs() > FAR_NORTH && first.abs() <= FAR_NORTH);
        if swapped {
            return Err(if first.abs() <= 90.0 {
                OutlineFault::Swapped { line }
            } else {
                OutlineFault::OutOfRange { line }
            });
        }
        return Ok((Coord { x: first, y: second }, Written::Degrees));
    }
    let (zone, easting, northing) = match (metres(first)?, metres(second)?) {
        (Some(Metres::East { zone, rest }), Some(Metres::North)) => (zone, rest, second),
        (Some(Metres::North), Some(Metres::East { zone, rest })) => (zone, rest, first),
        _ => return Err(OutlineFault::OutOfRange { line }),
    };
    let zone = match (zone, told) {
        (Some(written), Some(told)) if written != told => {
            return Err(OutlineFault::OtherZone { line, told, written });
        }
        (Some(zone), _) | (None, Some(zone)) => zone,
        (None, None) => return Err(OutlineFault::ZoneMissing),
    };
    Ok((Coord { x: easting, y: northing }, Written::Plane { zone }))
}

fn metres(number: f64) -> Result<Option<Metres>, OutlineFault> {
    if NORTHINGS.contains(&number) {
        return Ok(Some(Metres::North));
    }
    if EASTINGS.contains(&number) {
        return Ok(Some(Metres::East { zone: None, rest: number }));
    }
    let (prefix, rest) = ((number / ZONE).floor(), number.rem_euclid(ZONE));
    if !EASTINGS.contains(&rest) {
        return Ok(None);
    }
    // 6° zones of China are 13 to 23.
    if (13.0..=23.0).contains(&prefix) {
        return Err(OutlineFault::SixDegrees);
    }
    let zone = ZONES.into_iter().find(|zone| f64::from(*zone) == prefix);
    Ok(zone.map(|zone| Metres::East { zone: Some(zone), rest }))
}

/// A zone as it is said, by its number.
pub(super) fn zone(number: &str) -> Result<u8, OutlineFault> {
    let zone: u32 = number.trim().parse().map_err(|_error| OutlineFault::ZoneMissing)?;
    let known = u8::try_from(zone).ok().filter(|zone| ZONES.contains(zone));
    match zone {
        13..=23 => Err(OutlineFault::SixDegrees),
        _ => known.ok_or(OutlineFault::NoSuchZone { zone }),
    }
}

/// Points of one outline, all written alike.
#[derive(Default)]
pub(super) struct Points {
    written: Option<Written>,
}

impl Points {
    /// The next one, as it is written.
    pub(super) fn next(
        &mut self,
        numbers: (f64, f64),
        told: Option<u8>,
        line: usize,
    ) -> Result<Coord<f64>, OutlineFault> {
        let (place, written) = place(numbers, told, line)?;
        if *self.written.get_or_insert(written) == written {
            Ok(place)
        } else {
            Err(OutlineFault::Mixed { line })
        }
    }

    /// How they are written.
    pub(super) fn written(&self) -> Written {
        self.written.unwrap_or(Written::Degrees)
    }
}

/// A number as people write it; what has no end is none.
pub(super) fn number(written: &str, line: usize) -> Result<f64, OutlineFault> {
    let read = written.parse::<f64>().ok().filter(|number| number.is_finite());
    read.ok_or_else(|| OutlineFault::NotANumber {
        line,
        written: written.chars().take(40).collect(),
    })
}
