//! Which datums are taken for CGCS2000, and how well they agree with it.
//!
//! An EPSG definition brings a shift to WGS 84 along that is the best of a whole country; in one
//! place it may be off by fifteen metres, and nothing says so. Only shifts that are good to a metre
//! everywhere are taken, and said to be.

use super::parameter;

/// How a datum lies to CGCS2000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// Centred on the Earth, as CGCS2000 is: a few decimetres at most, by the drift of continents.
    Same,
    /// Centred on the Earth, and since then moved away by a metre or two.
    Drifted,
    /// Related by parameters that its own surveying office publishes for the whole area.
    Published,
}

/// Shifts that the EPSG register holds to be good to 1.5 m or better in their whole area: Hong Kong
/// 1980, CH1903 and CH1903+, and the Dutch RD (Amersfoort).
const PUBLISHED: [&str; 3] = [
    "-162.619,-276.959,-161.764,0.067753,-2.243649,-1.158827,-1.094246",
    "674.374,15.056,405.346,0,0,0,0",
    "565.2369,50.0087,465.658,-0.406857,0.350733,-1.87035,4.0812",
];

impl Relation {
    /// `None` if the relation is unknown or not good to a metre.
    pub(super) fn of(definition: &str, wkt: &str) -> Option<Self> {
        if is_earth_centred(definition) {
            let drifted = parameter(definition, "datum") == Some("NAD83")
                || wkt.contains("North_American_Datum_1983")
                || wkt.contains("NAD83")
                || wkt.contains("Geocentric_Datum_of_Australia_1994");
            return Some(if drifted { Self::Drifted } else { Self::Same });
        }
        // Web maps: the ellipsoid is WGS 84 and the projection pretends it is a ball.
        if parameter(definition, "nadgrids") == Some("@null") {
            return Some(Self::Same);
        }
        parameter(definition, "towgs84")
            .is_some_and(|shift| PUBLISHED.contains(&shift))
            .then_some(Self::Published)
    }

    /// What is to be said of it.
    pub(super) fn remark(self) -> Option<&'static str> {
        match self {
            Self::Same => None,
            Self::Drifted => Some(
                "its datum lies one to two metres from CGCS2000 by now and is taken as it is; \
                 give parcels and restrictions in the same datum",
            ),
            Self::Published => Some(
                "its datum is shifted to CGCS2000 with the published parameters, which are good \
                 to about a metre",
            ),
        }
    }
}

/// Whether the ellipsoid is the one we keep and its centre the Earth's.
pub(super) fn is_earth_centred(definition: &str) -> bool {
    match parameter(definition, "towgs84") {
        Some(shift) => {
            shift.split(',').all(|part| part.parse() == Ok(0.0))
                && matches!(parameter(definition, "ellps"), Some("GRS80" | "WGS84"))
        }
        None => {
            matches!(parameter(definition, "datum"), Some("WGS84" | "NAD83"))
                || matches!(parameter(definition, "ellps"), Some("GRS80" | "WGS84"))
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::Coord;

    use super::super::{Crs, CrsError};

    #[test]
    fn datums_centred_on_the_earth_are_taken_as_they_are() {
        // CGCS2000, WGS 84, ETRS89, GDA2020, JGD2000, JGD2011, TWD97, KGD2002, NZGD2000, and zones
        // of them.
        for code in [
            4490, 4326, 4258, 7844, 4612, 6668, 3824, 4737, 4167, 4528, 4549, 25832, 32651, 7856,
            6677, 3826, 3857,
        ] {
            let crs = Crs::named(&format!("EPSG:{code}")).unwrap();
            assert_eq!(crs.remark(), None, "{code}");
        }
        // NAD83 in all its forms, GDA94.
        for code in [4269, 2277, 6318, 4283, 28355] {
            let remark = Crs::named(&format!("EPSG:{code}")).unwrap().remark().unwrap();
            assert!(remark.contains("one to two metres") && remark.contains("EPSG:"), "{remark}");
        }
    }

    #[test]
    fn a_shift_that_is_off_by_metres_is_refused_and_says_what_to_do() {
        // Beijing 1954 and its zones, New Beijing, Xi'an 1980, Pulkovo 1942 and 1995, Tokyo, the
        // Korean datum of 1985, OSGB 36, NAD 27, Indian 1975, Hong Kong 1963.
        for code in [
            4214, 21413, 2401, 2422, 2433, 4555, 4610, 2364, 4284, 4200, 28405, 4301, 30161, 4162,
            4277, 27700, 4267, 4240, 4738,
        ] {
            let error = Crs::named(&format!("EPSG:{code}")).unwrap_err();
            assert_eq!(error, CrsError::Datum(code));
            assert!(error.to_string().contains("parameters of the surveying office"), "{error}");
        }
    }

    #[test]
    fn a_published_shift_is_used_and_said() {
        let crs = Crs::named("EPSG:2326").unwrap();
        assert!(crs.remark().unwrap().contains("about a metre"));
        // The origin of the grid, 22°18'43.68" N 114°10'42.80" E in Hong Kong 1980, by PROJ 9.
        let c = crs.to_degrees(Coord { x: 836_694.05, y: 819_069.80 }).unwrap();
        assert!((c.x - LON).abs() < 1e-7 && (c.y - LAT).abs() < 1e-7, "{c:?}");
    }

    const LON: f64 = 114.181_009_327_1;
    const LAT: f64 = 22.310_602_433_8;
}
