//! What a file holds, for whoever is to write a mapping for it.

mod draft;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use domain::{ParcelCode, code::Strictness};
use serde_json::Value as Json;

use crate::{
    encoding::Encoding,
    feature::{Feature, plain},
    given::{Given, unpacked},
    read::{Declared, ReadError, Said, Stop, each_feature_of, tables},
    separator::Separator,
};

pub use self::draft::draft;

/// A layer of a file: a table of a GeoPackage, or all that another file has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Its table, in a GeoPackage.
    pub table: Option<String>,
    /// Its features.
    pub features: u64,
    /// What the file calls its CRS, with the EPSG code, if that is known.
    pub crs: Option<(String, Option<u16>)>,
    /// What its texts are in, in a Shapefile or rows of text.
    pub encoding: Option<&'static str>,
    /// What stands between its cells, where that was told for rows of text.
    pub separator: Option<Separator>,
    /// Its geometries: how many of each type.
    pub geometries: BTreeMap<&'static str, u64>,
    /// Features without a geometry.
    pub without_geometry: u64,
    /// Features that do not read.
    pub unreadable: u64,
    /// The first of them, by its place in the file, with the reason.
    pub first_unreadable: Option<(u64, String)>,
    /// Its properties, by name.
    pub properties: BTreeMap<String, Property>,
    /// What else is to be said of it.
    pub remarks: Vec<String>,
}

/// A property of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Property {
    /// The types of its values: `text`, `number`, `truth`, `list`.
    pub types: BTreeSet<&'static str>,
    /// Features in which it says something.
    pub filled: u64,
    /// Its first values that differ.
    pub samples: Vec<String>,
    /// Whether every one of its values is a parcel code.
    pub codes: bool,
}

/// Values of a property that are shown.
pub const SAMPLES: usize = 3;
/// Characters of a value that are shown.
const SHOWN: usize = 40;
/// Properties that are listed; a file with more has its data in their names.
const MOST: usize = 500;

/// Looks through a file: every layer, or the one in `table`. `encoding` is that of a Shapefile that
/// does not say it, or of rows of text; `separator` is what stands between the cells of these.
///
/// # Errors
/// [`ReadError`].
pub fn inspect(
    path: &Path,
    encoding: Option<Encoding>,
    table: Option<&str>,
    separator: Option<Separator>,
) -> Result<Vec<Layer>, ReadError> {
    let given = Given::lay_down(name_of(path), path)?;
    let path = &given.path;
    let named: Vec<Option<String>> = match (table, tables(path)?) {
        (None, Some(tables)) => tables.into_iter().map(Some).collect(),
        (table, _) => vec![table.map(str::to_owned)],
    };
    named.into_iter().map(|table| layer(path, encoding, table, separator)).collect()
}

/// The name that a mapping has for a file: without its folders, and without what says that it is packed.
#[must_use]
pub fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    unpacked(&name).to_owned()
}

fn layer(
    path: &Path,
    encoding: Option<Encoding>,
    table: Option<String>,
    separator: Option<Separator>,
) -> Result<Layer, ReadError> {
    let mut layer = Layer::default();
    let declared = Declared { encoding, table: table.as_deref(), separator, ..Declared::nothing() };
    let read = each_feature_of::<std::convert::Infallible>(path, &declared, &mut |raw| {
        layer.features += 1;
        match raw.read() {
            Ok(feature) => layer.note(&feature),
            Err(reason) => {
                layer.unreadable += 1;
                layer.first_unreadable.get_or_insert((raw.number, reason));
            }
        }
        Ok(())
    });
    let said = read.map_err(|stop| match stop {
        Stop::Read(error) => error,
        Stop::Sink(never) => match never {},
    })?;
    let Said { crs, encoding, remarks } = said;
    Ok(Layer { table, crs, encoding, separator, remarks, ..layer })
}

impl Layer {
    fn note(&mut self, feature: &Feature) {
        match &feature.geometry {
            None => self.without_geometry += 1,
            Some(geometry) => *self.geometries.entry(geometry.type_name()).or_default() += 1,
        }
        for (name, value) in &feature.properties {
            if let Some(property) = self.properties.get_mut(name) {
                property.note(value);
            } else if self.properties.len() < MOST {
                self.properties.entry(name.clone()).or_default().note(value);
            }
        }
    }
}

impl Property {
    fn note(&mut self, value: &Json) {
        let (kind, text) = match value {
            Json::Null => return,
            Json::Array(_) | Json::Object(_) => ("list", value.to_string()),
            Json::Bool(_) => ("truth", value.to_string()),
            Json::Number(_) => ("number", plain(value).unwrap_or_default()),
            Json::String(text) if text.trim().is_empty() => return,
            Json::String(text) => ("text", text.trim().to_owned()),
        };
        self.codes = (self.codes || self.filled == 0)
            && ParcelCode::parse(&text, Strictness::LookUp).is_ok();
        self.types.insert(kind);
        self.filled += 1;
        if self.samples.len() < SAMPLES {
            let shown: String = text.chars().take(SHOWN).collect();
            if !self.samples.contains(&shown) {
                self.samples.push(shown);
            }
        }
    }
}
