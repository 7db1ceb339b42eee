//! A CRS as files describe it, in well-known text (OGC 01-009 and ESRI's way of it), held against
//! the one that a mapping declares. Names differ from program to program, so numbers are compared.

use std::collections::BTreeMap;

use super::Crs;

/// What a description is to the declared CRS.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Described {
    Same,
    /// Another CRS, by the name that the file has for it, with the EPSG code that fits, if one of
    /// CGCS2000 or WGS 84 does.
    Other {
        name: String,
        fits: Option<u16>,
    },
    /// It cannot be compared: it does not read, is a grid of its own (`LOCAL_CS`), or of a projection
    /// that may be the declared one by another name.
    Unclear,
}

/// WGS 84 and CGCS2000 in degrees; CGCS2000 in 6° and 3° zones, with their number before the
/// easting and without.
const COMMON: [std::ops::RangeInclusive<u16>; 2] = [4490..=4554, 4326..=4326];

impl Crs {
    /// Holds a description against this CRS.
    pub(crate) fn described_by(&self, text: &str) -> Described {
        let Some(said) = Node::read(text).as_ref().and_then(Description::of) else {
            return Described::Unclear;
        };
        match of_code(self.code).and_then(|own| said.agrees(&own)) {
            Some(true) => Described::Same,
            None => Described::Unclear,
            Some(false) => {
                let fits = said.fits();
                Described::Other { name: said.name, fits }
            }
        }
    }
}

/// The name that a description has for its CRS, with the EPSG code that fits, if one of CGCS2000 or
/// WGS 84 does.
pub(crate) fn named_by(text: &str) -> Option<(String, Option<u16>)> {
    let root = Node::read(text)?;
    match Description::of(&root) {
        Some(said) => {
            let fits = said.fits();
            Some((said.name, fits))
        }
        None => Some((root.texts.into_iter().next()?, None)),
    }
}

fn of_code(code: u16) -> Option<Description> {
    Description::of(&Node::read(crs_definitions::from_code(code)?.wkt)?)
}

/// What tells one CRS from another.
#[derive(Debug)]
struct Description {
    name: String,
    semi_major_m: f64,
    inverse_flattening: f64,
    prime_meridian: f64,
    /// Whether its datum has moved away from those centred on the Earth today.
    drifted: bool,
    projection: Option<Projection>,
}

#[derive(Debug)]
struct Projection {
    kind: String,
    parameters: BTreeMap<String, f64>,
    unit_m: f64,
}

/// Projections that have one name here, whichever program wrote it: two of them are two CRS.
const TOLD_APART: [&str; 5] = [
    "transverse_mercator",
    "lambert_conformal_conic",
    "albers_conic_equal_area",
    "polyconic",
    "web_mercator",
];

/// Figures of the semi-major axis, m.
const AXIS: f64 = 0.01;
/// CGCS2000 and WGS 84 differ by 1.5e-6 here, a tenth of a millimetre on the ground.
const FLATTENING: f64 = 1e-5;
const ANGLE: f64 = 1e-7;
const LENGTH: f64 = 1e-3;
const SCALE: f64 = 1e-9;

impl Description {
    fn of(root: &Node) -> Option<Self> {
        let projected = root.find("PROJCS");
        let node = projected.or_else(|| root.find("GEOGCS"))?;
        let spheroid = node.find("SPHEROID")?;
        let datum = node.find("DATUM").and_then(|datum| datum.texts.first())?.to_ascii_lowercase();
        let old = ["north_american", "nad83", "nad_1983", "australia_1994", "gda_1994", "gda94"];
        Some(Self {
            name: node.texts.first()?.clone(),
            semi_major_m: *spheroid.numbers.first()?,
            inverse_flattening: *spheroid.numbers.get(1)?,
            prime_meridian: node
                .find("PRIMEM")
                .and_then(|it| it.numbers.first().copied())
                .unwrap_or(0.0),
            drifted: old.iter().any(|name| datum.contains(name)),
            projection: match projected {
                None => None,
                Some(node) => Some(Projection::of(node)?),
            },
        })
    }

    fn fits(&self) -> Option<u16> {
        // CGCS2000 and WGS 84 agree; the one is named that it is.
        let off = |own: &Self| (own.inverse_flattening - self.inverse_flattening).abs();
        COMMON
            .into_iter()
            .flatten()
            .filter_map(|code| Some((code, of_code(code)?)))
            .filter(|(_, own)| self.agrees(own) == Some(true))
            .min_by(|(_, a), (_, b)| off(a).total_cmp(&off(b)))
            .map(|(code, _)| code)
    }

    /// Whether both are one; `None` where that cannot be told.
    fn agrees(&self, other: &Self) -> Option<bool> {
        let near = |a: f64, b: f64, by: f64| (a - b).abs() <= by;
        let ground = near(self.semi_major_m, other.semi_major_m, AXIS)
            && near(self.inverse_flattening, other.inverse_flattening, FLATTENING)
            && near(self.prime_meridian, other.prime_meridian, ANGLE)
            && self.drifted == other.drifted;
        match (&self.projection, &other.projection) {
            _ if !ground => Some(false),
            (None, None) => Some(true),
            (Some(a), Some(b)) => a.agrees(b),
            _ => Some(false),
        }
    }
}

impl Projection {
    fn of(node: &Node) -> Option<Self> {
        let name = node.find("PROJECTION")?.texts.first()?.to_ascii_lowercase();
        // Web maps pretend that the ellipsoid is a ball.
        let ball =
            node.find("EXTENSION").is_some_and(|it| it.texts.iter().any(|t| t.contains("@null")))
                || name.contains("auxiliary_sphere")
                || name.contains("pseudo");
        let kind = match &*name {
            _ if ball => "web_mercator",
            "gauss_kruger" | "transverse_mercator_complex" => "transverse_mercator",
            "lambert_conformal_conic_2sp" => "lambert_conformal_conic",
            "albers" => "albers_conic_equal_area",
            other => other,
        };
        let parameter = |node: &Node| {
            let name = node.texts.first()?.to_ascii_lowercase();
            let name = match &*name {
                "longitude_of_center" | "longitude_of_origin" => "central_meridian",
                "latitude_of_center" => "latitude_of_origin",
                other => other,
            };
            Some((name.to_owned(), *node.numbers.first()?))
        };
        let own = |name: &'static str| node.children.iter().filter(move |it| it.is(name));
        Some(Self {
            kind: kind.to_owned(),
            parameters: own("PARAMETER").filter_map(parameter).collect(),
            unit_m: *own("UNIT").next()?.numbers.first()?,
        })
    }

    fn agrees(&self, other: &Self) -> Option<bool> {
        if (self.unit_m - other.unit_m).abs() > SCALE {
            return Some(false);
        }
        let transverse = [
            ("false_easting", 0.0),
            ("false_northing", 0.0),
            ("central_meridian", 0.0),
            ("latitude_of_origin", 0.0),
            ("scale_factor", 1.0),
        ];
        let apart = |name: &str, a: f64, b: f64| {
            let by = match name {
                "false_easting" | "false_northing" => LENGTH,
                "scale_factor" => SCALE,
                _ => ANGLE,
            };
            (a - b).abs() > by
        };
        if self.kind == "transverse_mercator" && other.kind == self.kind {
            let value = |of: &Self, name: &str, usual: f64| {
                of.parameters.get(name).copied().unwrap_or(usual)
            };
            let differs = |(name, usual): (&str, f64)| {
                apart(name, value(self, name, usual), value(other, name, usual))
            };
            return Some(!transverse.into_iter().any(differs));
        }
        let mut shared = self
            .parameters
            .iter()
            .filter_map(|(name, a)| Some((name, *a, *other.parameters.get(name)?)));
        if shared.any(|(name, a, b)| apart(name, a, b)) {
            return Some(false);
        }
        let known = |kind: &str| TOLD_APART.contains(&kind);
        if self.kind == other.kind {
            return Some(true);
        }
        (known(&self.kind) && known(&other.kind)).then_some(false)
    }
}

/// A part of well-known text: `NAME["text",1.0,CHILD[…]]`.
#[derive(Debug, Default)]
struct Node {
    name: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

/// Deeper than any description is.
const DEEPEST: usize = 16;

impl Node {
    fn read(text: &str) -> Option<Self> {
        Self::read_one(&mut text.trim_start_matches('\u{FEFF}'), DEEPEST)
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The first of that name, itself or below it.
    fn find(&self, name: &str) -> Option<&Self> {
        if self.is(name) {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    fn read_one(rest: &mut &str, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let open = rest.find(['[', '('])?;
        let mut node = Self { name: rest[..open].trim().to_owned(), ..Self::default() };
        *rest = &rest[open + 1..];
        loop {
            *rest = rest.trim_start();
            match rest.chars().next()? {
                ']' | ')' => {
                    *rest = &rest[1..];
                    return Some(node);
                }
                ',' => *rest = &rest[1..],
                '"' => {
                    let (text, after) = rest[1..].split_once('"')?;
                    node.texts.push(text.to_owned());
                    *rest = after;
                }
                _ => {
                    let end = rest.find([',', '[', '(', ']', ')'])?;
                    if rest[end..].starts_with(['[', '(']) {
                        node.children.push(Self::read_one(rest, depth)?);
                    } else {
                        // The direction of an axis is a bare word.
                        node.numbers.extend(rest[..end].trim().parse::<f64>());
                        *rest = &rest[end..];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As ESRI's programs write it.
    fn zone(easting: &str, meridian: &str, axis: &str) -> String {
        format!(
            "PROJCS[\"CGCS2000_3_Degree_GK\",GEOGCS[\"GCS_China_Geodetic_Coordinate_System_2000\",\
             DATUM[\"D_China_2000\",SPHEROID[\"CGCS2000\",{axis},298.257222101]],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],\
             PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",{easting}],\
             PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",{meridian}],\
             PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],\
             UNIT[\"Meter\",1.0]]"
        )
    }

    fn described(declared: &str, text: &str) -> Described {
        Crs::named(declared).unwrap().described_by(text)
    }

    #[test]
    fn zones_with_and_without_their_number_are_told_apart() {
        let with = zone("40500000.0", "120.0", "6378137.0");
        let without = zone("500000.0", "120.0", "6378137.0");
        assert_eq!(described("EPSG:4528", &with), Described::Same);
        assert_eq!(described("EPSG:4549", &without), Described::Same);
        for (declared, text, code) in
            [("EPSG:4549", &with, 4528), ("EPSG:4528", &without, 4549), ("EPSG:4490", &with, 4528)]
        {
            let Described::Other { name, fits } = described(declared, text) else { panic!() };
            assert_eq!((&*name, fits), ("CGCS2000_3_Degree_GK", Some(code)));
        }
        // The next zone, and Xi'an 1980.
        for text in [zone("500000.0", "123.0", "6378137.0"), zone("500000.0", "120.0", "6378140.0")]
        {
            assert!(matches!(described("EPSG:4549", &text), Described::Other { .. }), "{text}");
        }
    }

    #[test]
    fn every_definition_agrees_with_itself_alone() {
        for code in [4326, 4490, 4528, 4549, 3857, 2277, 32650, 2326] {
            let wkt = crs_definitions::from_code(code).unwrap().wkt;
            for other in [4326, 4528, 4549, 3857, 2277, 32650, 2326] {
                let same = described(&format!("EPSG:{other}"), wkt) == Described::Same;
                // WGS 84 and CGCS2000 in degrees are one to us.
                assert_eq!(same, code == other || (code, other) == (4490, 4326), "{code} {other}");
            }
        }
    }

    #[test]
    fn what_does_not_read_is_unclear_and_nothing_makes_it_stumble() {
        let whole = zone("500000.0", "120.0", "6378137.0");
        for end in 0..whole.len() {
            assert_eq!(described("EPSG:4549", &whole[..end]), Described::Unclear, "{end}");
        }
        for text in ["", "[", "]", "PROJCRS[\"x\"]", &"A[".repeat(100_000)] {
            assert_eq!(described("EPSG:4549", text), Described::Unclear);
        }
        let oblique = whole.replace("Gauss_Kruger", "Hotine_Oblique_Mercator");
        assert_eq!(described("EPSG:4549", &oblique), Described::Unclear);
        let grid = "LOCAL_CS[\"City Grid\",LOCAL_DATUM[\"Unknown\",0],UNIT[\"Meter\",1.0]]";
        assert_eq!(described("EPSG:4549", grid), Described::Unclear);
        assert_eq!(named_by(grid), Some(("City Grid".to_owned(), None)));
    }

    #[test]
    fn another_projection_with_the_same_parameters_is_another_crs() {
        let whole = zone("500000.0", "120.0", "6378137.0");
        for kind in ["Lambert_Conformal_Conic", "Polyconic", "Albers"] {
            let text = whole.replace("Gauss_Kruger", kind);
            assert!(matches!(described("EPSG:4549", &text), Described::Other { .. }), "{kind}");
        }
        let same = whole.replace("Gauss_Kruger", "Transverse_Mercator_Complex");
        assert_eq!(described("EPSG:4549", &same), Described::Same);
    }
}
