//! A town of a zoning atlas as it was published: its districts, what each says of eight kinds of homes,
//! and the dimensions that it asks for. Columns are those of the Vermont Zoning Atlas
//! (DOI 10.5281/zenodo.11508693): `1FDP` is whether a one-family home is allowed, `1F_MIN_LOT` its
//! least lot.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// A kind of homes: the prefix of its columns, and what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// The prefix of its columns.
    pub prefix: &'static str,
    /// Its id as a use.
    pub id: &'static str,
    /// Chinese and English.
    pub title: (&'static str, &'static str),
}

const fn home(prefix: &'static str, id: &'static str, title: (&'static str, &'static str)) -> Home {
    Home { prefix, id, title }
}

/// The eight, in the order of the columns.
pub const HOMES: [Home; 8] = [
    home("1F", "one-family", ("单户住宅", "One-family home")),
    home("2F", "two-family", ("双户住宅", "Two-family home")),
    home("3F", "three-family", ("三户住宅", "Three-family home")),
    home("4F", "four-family", ("四户住宅", "Four-family home")),
    home("5F", "five-family", ("五户以上住宅", "Home for five or more families")),
    home("ADU", "accessory-dwelling", ("附属住房", "Accessory dwelling unit")),
    home("AFF", "affordable-housing", ("保障性住房", "Affordable housing")),
    home("PRD", "planned-residential", ("整体规划住区", "Planned residential development")),
];

/// What was published of a use in a district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// `Allowed/Conditional`: without a hearing.
    Allowed,
    /// `Public Hearing`: where a hearing grants it.
    Hearing,
    /// `Prohibited`.
    Prohibited,
    /// `Not Mentioned`: the bylaw does not say.
    NotMentioned,
    /// `Overlay`: the district under it says.
    Overlay,
    /// Nothing was entered.
    Empty,
}

/// What a dimension is measured on, and which way it limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Least lot, in acres.
    Lot,
    /// Least frontage, in feet.
    Frontage,
    /// Least setback from the road, in feet.
    Setback,
    /// Greatest height of a building, in feet.
    Height,
    /// Greatest share of the lot under buildings, in per cent.
    Coverage,
}

/// The ends of the columns that give a dimension.
const DIMENSIONS: [(&str, Dimension); 6] = [
    ("_MIN_LOT", Dimension::Lot),
    ("_FRONT", Dimension::Frontage),
    ("_FSET", Dimension::Setback),
    ("_HEIGHT", Dimension::Height),
    ("_MAX_HEIGHT", Dimension::Height),
    ("_MAX_LOT_BLDG", Dimension::Coverage),
];

/// What is said of one use in one district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it is allowed.
    pub published: Published,
    /// The dimensions, as decimal numbers in their units.
    pub dimensions: BTreeMap<Dimension, String>,
}

/// A district.
#[derive(Clone, Debug, PartialEq)]
pub struct District {
    /// What tells it from the others of the town.
    pub zone: String,
    /// Its name.
    pub name: String,
    /// By use, in the order of [`HOMES`].
    pub entries: Vec<Entry>,
    /// Its ground, as GeoJSON.
    pub outline: Value,
}

/// A town.
#[derive(Clone, Debug, PartialEq)]
pub struct Town {
    /// Its name.
    pub name: String,
    /// The districts in the order of the file. Two may be the same zone.
    pub districts: Vec<District>,
    /// Columns of uses that nothing was made of.
    pub passed_over: BTreeSet<String>,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AtlasError {
    /// No GeoJSON of districts.
    #[error("this is no GeoJSON FeatureCollection with features that have properties: {0}")]
    Shape(String),
    /// A value that was not heard of.
    #[error(
        "feature {feature} ({zone}), column {column}: {value} is none of the values known here; it means nothing until somebody says what"
    )]
    Value {
        /// From 1.
        feature: usize,
        /// The district.
        zone: String,
        /// The column.
        column: String,
        /// As JSON.
        value: String,
    },
}

/// Reads a town's file.
///
/// # Errors
/// [`AtlasError`] with the place of the first value that is not known.
pub fn read(text: &str) -> Result<Town, AtlasError> {
    let shape = |what: &str| AtlasError::Shape(what.to_owned());
    let file: Value = serde_json::from_str(text).map_err(|error| shape(&error.to_string()))?;
    let features = file.get("features").and_then(Value::as_array);
    let features = features.filter(|features| !features.is_empty());
    let features = features.ok_or_else(|| shape("it has no features"))?;
    let mut town =
        Town { name: String::new(), districts: Vec::new(), passed_over: BTreeSet::new() };
    for (at, feature) in features.iter().enumerate() {
        let columns = feature.get("properties").and_then(Value::as_object);
        let columns = columns.ok_or_else(|| shape("a feature has no properties"))?;
        let outline = feature.get("geometry").cloned().unwrap_or_default();
        let district = district(at + 1, columns, outline, &mut town.passed_over)?;
        town.districts.push(district);
        if town.name.is_empty() {
            town.name = written(columns, "JXTN").unwrap_or("Town").to_owned();
        }
    }
    tell_apart(&mut town.districts);
    Ok(town)
}

/// A column's text without the blanks around it; none where it is empty.
fn written<'a>(columns: &'a Map<String, Value>, column: &str) -> Option<&'a str> {
    columns.get(column)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn district(
    feature: usize,
    columns: &Map<String, Value>,
    outline: Value,
    passed_over: &mut BTreeSet<String>,
) -> Result<District, AtlasError> {
    let name = written(columns, "DIST_NAME");
    let zone = written(columns, "ABB_DIST_NAME").or(name);
    let zone = zone.map_or_else(|| format!("district {feature}"), str::to_owned);
    let wrong = |column: &str, value: &Value| AtlasError::Value {
        feature,
        zone: zone.clone(),
        column: column.to_owned(),
        value: value.to_string(),
    };
    let mut entries = Vec::new();
    for home in HOMES {
        let column = format!("{}DP", home.prefix);
        let value = columns.get(&column).unwrap_or(&Value::Null);
        let published = published(value).ok_or_else(|| wrong(&column, value))?;
        let mut dimensions = BTreeMap::new();
        let given = columns.iter().filter(|(_, value)| !is_blank(value));
        let of_home = given
            .filter_map(|(column, value)| Some((column, column.strip_prefix(home.prefix)?, value)));
        for (column, end, value) in of_home.filter(|(_, end, _)| *end != "DP") {
            let known = DIMENSIONS.iter().find(|(known, _)| *known == end);
            let Some((_, dimension)) = known else {
                passed_over.insert(column.clone());
                continue;
            };
            let number = number(value).ok_or_else(|| wrong(column, value))?;
            if dimensions.insert(*dimension, number.clone()).is_some_and(|other| other != number) {
                return Err(wrong(column, value));
            }
        }
        entries.push(Entry { published, dimensions });
    }
    let name = name.unwrap_or(&zone).to_owned();
    Ok(District { zone, name, entries, outline })
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// What a value says, however it is capitalised: the source does not keep to one way.
fn published(value: &Value) -> Option<Published> {
    let text = match value {
        Value::Null => "",
        Value::String(text) => text.trim(),
        _ => return None,
    };
    match text.to_ascii_lowercase().as_str() {
        "allowed/conditional" => Some(Published::Allowed),
        "public hearing" => Some(Published::Hearing),
        "prohibited" => Some(Published::Prohibited),
        "not mentioned" => Some(Published::NotMentioned),
        "overlay" => Some(Published::Overlay),
        "" => Some(Published::Empty),
        _ => None,
    }
}

/// A dimension as a decimal number; nothing below 0, and no words.
fn number(value: &Value) -> Option<String> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    // A limit has nine places at most.
    let written = || format!("{number:.9}").trim_end_matches('0').trim_end_matches('.').to_owned();
    (number.is_finite() && number >= 0.0).then(written)
}

/// Gives districts of one abbreviation names of their own, unless they are the same in all that is
/// said of them.
fn tell_apart(districts: &mut [District]) {
    let spelled = |district: &District| format!("{} ({})", district.zone, district.name);
    let differ = |a: &District, b: &District| a.zone == b.zone && a.entries != b.entries;
    let unclear = |districts: &[District]| -> Vec<usize> {
        let is = |at: &usize| districts.iter().any(|other| differ(&districts[*at], other));
        (0..districts.len()).filter(is).collect()
    };
    for at in unclear(districts) {
        districts[at].zone = spelled(&districts[at]);
    }
    for at in unclear(districts) {
        districts[at].zone = format!("{} {}", districts[at].zone, at + 1);
    }
}
