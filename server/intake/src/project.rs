//! From the declared coordinate reference system to degrees, CGCS2000/WGS 84.
//!
//! The two agree to a few centimetres, less than a register's survey error, so they are one here.
//! Which other datums are taken is in [`datum`].

mod datum;
mod described;
#[cfg(test)]
mod zones;

use geo::Coord;
use proj4rs::Proj;

use self::datum::Relation;
pub(crate) use self::described::{Described, named_by};

/// A coordinate reference system that a mapping declares.
#[derive(Clone)]
pub struct Crs {
    code: u16,
    work: Work,
    area: Area,
    relation: Relation,
}

#[derive(Clone)]
enum Work {
    /// Degrees on the ellipsoid we keep: nothing to do, and no digit changes.
    Keep,
    Transform {
        from: Box<Proj>,
        to: Box<Proj>,
    },
}

/// Where a CRS may be used. The EPSG definitions at hand carry no area of use, so it follows from
/// the projection; a mapping's `extent` narrows it further.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Area {
    /// Longitude and latitude.
    World,
    /// A transverse Mercator strip around its central meridian, degrees.
    Strip { meridian: f64 },
    /// Any other projection with a central meridian.
    Around { meridian: f64, reach: f64, south: f64, north: f64 },
    /// Mercator, which ends before the poles.
    Mercator,
}

/// Gauss–Krüger zones are 3° or 6° wide, but a county that lies across an edge is drawn in one
/// zone; a full zone beyond that, the scale is off by 1 in 400 and the number must be wrong.
const STRIP_REACH: f64 = 4.5;

impl std::fmt::Debug for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crs(EPSG:{})", self.code)
    }
}

/// Why a CRS cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// Not of the form `EPSG:n`.
    #[error("`{0}` is not a CRS name; write `EPSG:` and a number, e.g. `EPSG:4490`")]
    Name(String),
    /// No such number among the definitions.
    #[error("EPSG:{0} is not among the definitions of this program; export the file as EPSG:4490")]
    Unknown(u16),
    /// Its relation to CGCS2000 is not public (Xi'an 1980), needs a grid file (NAD 27) or is
    /// published as a shift that is off by many metres (Beijing 1954, Tokyo).
    #[error(
        "EPSG:{0} has no published relation to CGCS2000 that is good to a metre; transform the \
         file to EPSG:4490 with the parameters of the surveying office first"
    )]
    Datum(u16),
    /// The projection is not supported.
    #[error("EPSG:{code} cannot be computed here ({reason}); export the file as EPSG:4490")]
    Unsupported {
        /// The code.
        code: u16,
        /// What the projection library says.
        reason: String,
    },
}

/// A coordinate that cannot be in the declared CRS.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("({x}, {y}) is outside the area of the declared CRS {crs}: {hint}")]
pub struct OutsideCrs {
    /// First number as in the file.
    pub x: f64,
    /// Second number as in the file.
    pub y: f64,
    /// The declared CRS.
    pub crs: String,
    /// What it looks like and what to do.
    pub hint: String,
}

impl Crs {
    /// The CRS of that name, `EPSG:n`.
    ///
    /// # Errors
    /// [`CrsError`].
    pub fn named(name: &str) -> Result<Self, CrsError> {
        let code: u16 = name
            .trim()
            .strip_prefix("EPSG:")
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| CrsError::Name(name.to_owned()))?;
        let found = crs_definitions::from_code(code).ok_or(CrsError::Unknown(code))?;
        let definition = found.proj4;
        let relation = Relation::of(definition, found.wkt).ok_or(CrsError::Datum(code))?;
        let unsupported = |error: proj4rs::errors::Error| CrsError::Unsupported {
            code,
            reason: error.to_string(),
        };
        let from = Proj::from_proj_string(definition).map_err(unsupported)?;
        let area = area_of(definition, &from);
        let work = if from.is_latlong() && datum::is_earth_centred(definition) {
            Work::Keep
        } else {
            let to = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs")
                .map_err(unsupported)?;
            Work::Transform { from: Box::new(from), to: Box::new(to) }
        };
        Ok(Self { code, work, area, relation })
    }

    /// What the person who imports should know of its relation to CGCS2000, if it is not the same.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        self.relation.remark().map(|remark| format!("{}: {remark}", self.name()))
    }

    /// Its EPSG code.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.code
    }

    /// Its name, `EPSG:n`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("EPSG:{}", self.code)
    }

    /// A coordinate of the file in degrees, longitude first.
    ///
    /// # Errors
    /// [`OutsideCrs`] when the coordinate cannot be in this CRS: the declaration is wrong.
    pub fn to_degrees(&self, c: Coord<f64>) -> Result<Coord<f64>, OutsideCrs> {
        let outside = || self.outside(c);
        match &self.work {
            Work::Keep => on_earth(c).then_some(c).ok_or_else(outside),
            Work::Transform { from, to } => {
                // proj4rs works in radians wherever the unit is an angle.
                let mut point = (c.x, c.y, 0.0);
                if from.is_latlong() {
                    if !on_earth(c) {
                        return Err(outside());
                    }
                    point = (c.x.to_radians(), c.y.to_radians(), 0.0);
                }
                // A corner within 200 m of a projection's origin is one in degrees.
                if !from.is_latlong() && on_earth(c) {
                    return Err(outside());
                }
                proj4rs::transform::transform(from, to, &mut point).map_err(|_error| outside())?;
                let degrees = Coord { x: point.0.to_degrees(), y: point.1.to_degrees() };
                if !on_earth(degrees) || !self.area.holds(degrees) {
                    return Err(outside());
                }
                if !from.is_latlong() {
                    // Far from its area a projection still answers, with nonsense: the way back
                    // shows it.
                    let mut back = point;
                    proj4rs::transform::transform(to, from, &mut back)
                        .map_err(|_error| outside())?;
                    if (back.0 - c.x).abs() > ROUND_TRIP || (back.1 - c.y).abs() > ROUND_TRIP {
                        return Err(outside());
                    }
                }
                Ok(degrees)
            }
        }
    }

    fn outside(&self, c: Coord<f64>) -> OutsideCrs {
        let angular = match &self.work {
            Work::Keep => true,
            Work::Transform { from, .. } => from.is_latlong(),
        };
        let hint = if !c.x.is_finite() || !c.y.is_finite() {
            "it is not a number".to_owned()
        } else if angular && c.x.abs() <= 90.0 && c.y.abs() <= 180.0 {
            "it looks like latitude first; GeoJSON wants longitude first: export the file again"
                .to_owned()
        } else if angular {
            format!(
                "longitude must be −180 to 180 and latitude −90 to 90. It looks like projected \
                 coordinates in metres or feet: declare the CRS they are in, e.g. {}",
                suggestion(c)
            )
        } else if on_earth(c) {
            "it looks like longitude and latitude in degrees: declare `crs = \"EPSG:4490\"` \
             (or EPSG:4326)"
                .to_owned()
        } else {
            "declare the CRS that the coordinates are in, easting first; for CGCS2000 mind the \
             zone and whether the easting begins with its number"
                .to_owned()
        };
        OutsideCrs { x: c.x, y: c.y, crs: self.name(), hint }
    }
}

/// How far a coordinate may be from itself after the way there and back, in the file's unit.
const ROUND_TRIP: f64 = 0.01;

fn on_earth(c: Coord<f64>) -> bool {
    // NaN fails every comparison.
    c.x.abs() <= 180.0 && c.y.abs() <= 90.0
}

/// The declaration that fits the numbers, as far as they tell.
fn suggestion(c: Coord<f64>) -> String {
    // CGCS2000 in 3° zones with the zone number before the easting: zones 25 to 45, EPSG 4513 to
    // 4533.
    let zone = (c.x / 1_000_000.0).floor();
    if (25.0..=45.0).contains(&zone) && (1_500_000.0..6_200_000.0).contains(&c.y) {
        return format!("`crs = \"EPSG:{}\"` (CGCS2000, 3° zone {zone})", 4513.0 + zone - 25.0);
    }
    "`crs = \"EPSG:4528\"` (CGCS2000 zone 40, metres) or `crs = \"EPSG:2277\"` (Texas Central, feet)"
        .to_owned()
}

impl Area {
    fn holds(self, c: Coord<f64>) -> bool {
        let from = |meridian: f64| {
            let apart = (c.x - meridian).rem_euclid(360.0);
            apart.min(360.0 - apart)
        };
        match self {
            Self::World => true,
            Self::Strip { meridian } => from(meridian) <= STRIP_REACH,
            Self::Around { meridian, reach, south, north } => {
                from(meridian) <= reach && (south..=north).contains(&c.y)
            }
            Self::Mercator => c.y.abs() <= 85.06,
        }
    }
}

/// The value of `+name=` in a PROJ definition.
fn parameter<'a>(definition: &'a str, name: &str) -> Option<&'a str> {
    definition
        .split_whitespace()
        .filter_map(|word| word.strip_prefix('+')?.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn area_of(definition: &str, projection: &Proj) -> Area {
    if projection.is_latlong() {
        return Area::World;
    }
    let number = |name| parameter(definition, name).and_then(|v| v.parse::<f64>().ok());
    let meridian = match number("zone") {
        Some(zone) => zone * 6.0 - 183.0,
        None => number("lon_0").or_else(|| number("lonc")).unwrap_or(0.0),
    };
    match parameter(definition, "proj") {
        Some("tmerc" | "utm" | "etmerc") => Area::Strip { meridian },
        Some("merc" | "webmerc") => Area::Mercator,
        // Conic zones are drawn for a state or a country: generous, for there is no table here.
        Some("lcc" | "aea" | "eqdc") => {
            let lower = number("lat_1").or_else(|| number("lat_0")).unwrap_or(0.0);
            let upper = number("lat_2").unwrap_or(lower);
            let (low, high) = (lower.min(upper), lower.max(upper));
            let reach = (high - low).mul_add(3.0, 6.0);
            Area::Around {
                meridian,
                reach: reach.min(60.0),
                south: low - reach / 2.0,
                north: high + reach / 2.0,
            }
        }
        _ => Area::Around { meridian, reach: 90.0, south: -90.0, north: 90.0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn degrees(crs: &str, x: f64, y: f64) -> Result<Coord<f64>, OutsideCrs> {
        Crs::named(crs).unwrap().to_degrees(Coord { x, y })
    }

    #[test]
    fn degrees_keep_every_digit() {
        for crs in ["EPSG:4326", "EPSG:4490"] {
            let c = degrees(crs, 119.974_512_345_678_9, 30.533_000_000_000_01).unwrap();
            assert_eq!((c.x, c.y), (119.974_512_345_678_9, 30.533_000_000_000_01));
        }
    }

    #[test]
    fn the_zones_of_zhejiang_agree_with_kruegers_series() {
        // Figures by Krüger's n-series to n⁴ on GRS 80, computed apart from proj4rs.
        for (crs, x, y, lon, lat) in [
            ("EPSG:4528", 40_548_122.063_062, 3_347_932.816_199, 120.5, 30.25),
            ("EPSG:4549", 548_122.063_062, 3_347_932.816_199, 120.5, 30.25),
            ("EPSG:4550", 352_447.704_354, 3_099_348.644_565, 121.5, 28.0),
        ] {
            let c = degrees(crs, x, y).unwrap();
            // 1e-9° is a tenth of a millimetre.
            assert!((c.x - lon).abs() < 1e-9 && (c.y - lat).abs() < 1e-9, "{crs} {c:?}");
        }
        // A point on the central meridian stays on it.
        let c = degrees("EPSG:4528", 40_500_000.0, 3_400_000.0).unwrap();
        assert!((c.x - 120.0).abs() < 1e-12);
    }

    #[test]
    fn feet_called_degrees_are_refused_and_feet_called_feet_are_read() {
        let error = degrees("EPSG:4326", 3_140_115.0, 10_035_883.0).unwrap_err();
        let text = error.to_string();
        for word in ["3140115", "EPSG:4326", "EPSG:2277", "feet"] {
            assert!(text.contains(word), "{text}");
        }
        let austin = degrees("EPSG:2277", 3_140_115.0, 10_035_883.0).unwrap();
        assert!((austin.x + 97.7).abs() < 0.3 && (austin.y - 30.2).abs() < 0.3, "{austin:?}");
    }

    #[test]
    fn hints_say_what_it_looks_like() {
        let hint = |crs, x, y| degrees(crs, x, y).unwrap_err().hint;
        assert!(hint("EPSG:4490", 30.2, 120.1).contains("latitude first"));
        assert!(hint("EPSG:4490", 40_548_117.5, 3_347_900.0).contains("EPSG:4528"));
        assert!(hint("EPSG:4528", 120.1, 30.2).contains("degrees"));
        // Taken for metres, degrees lie beside the origin of every projection.
        for crs in ["EPSG:4549", "EPSG:3857", "EPSG:32650", "EPSG:2277"] {
            assert!(hint(crs, 120.1, 30.2).contains("degrees"), "{crs}");
        }
        // Without the zone number, 120° would lie 40 000 km west.
        assert!(degrees("EPSG:4528", 548_117.5, 3_347_900.0).is_err());
        // Northing first.
        assert!(degrees("EPSG:4528", 3_347_900.0, 40_548_117.5).is_err());
        assert!(degrees("EPSG:4326", f64::NAN, 1.0).is_err());
        assert!(degrees("EPSG:3857", 13_414_030.0, 3_536_000.0).is_ok());
    }

    #[test]
    fn systems_that_cannot_be_related_are_refused() {
        assert_eq!(Crs::named("EPSG:1").unwrap_err(), CrsError::Unknown(1));
        assert!(matches!(Crs::named("wgs84").unwrap_err(), CrsError::Name(_)));
    }
}
