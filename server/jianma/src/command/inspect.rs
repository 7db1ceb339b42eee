//! `jianma inspect`: what a file holds, and a mapping to start from.

use std::path::PathBuf;

use clap::Args;
use intake::{
    Encoding, ReadError, Separator, UnknownEncoding,
    inspect::{self, Layer},
};

use crate::output::Output;

/// How `jianma inspect` is called.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// GeoJSON, a Shapefile (its .shp), a GeoPackage, FlatGeobuf or rows of text (CSV), as they are or
    /// packed with gzip; `-` is standard input.
    file: PathBuf,
    /// Encoding of a Shapefile or of rows of text that do not say it, e.g. gbk.
    #[arg(long)]
    encoding: Option<String>,
    /// What stands between the cells of rows of text: , or ; or tab.
    #[arg(long)]
    separator: Option<String>,
    /// Looks at this table of a GeoPackage alone.
    #[arg(long)]
    table: Option<String>,
    /// Prints a mapping to start from, in place of the list.
    #[arg(long)]
    mapping: bool,
}

/// Why there is nothing to say of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// The encoding is not known.
    #[error(transparent)]
    Encoding(#[from] UnknownEncoding),
    /// The separator is not known.
    #[error("`{0}` is no separator; write \",\", \";\" or \"tab\"")]
    Separator(String),
    /// The file does not read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReadError,
    },
}

/// Says what a file holds.
///
/// # Errors
/// [`InspectError`].
pub fn run(arguments: &InspectArgs) -> Result<Output, InspectError> {
    let InspectArgs { file, encoding, separator, table, mapping } = arguments;
    let encoding = encoding.as_deref().map(Encoding::read).transpose()?;
    let separator = separator
        .as_deref()
        .map(|name| Separator::named(name).ok_or_else(|| InspectError::Separator(name.to_owned())))
        .transpose()?;
    let layers = inspect::inspect(file, encoding, table.as_deref(), separator)
        .map_err(|source| InspectError::Read { path: file.clone(), source })?;
    if *mapping {
        return Ok(Output::data(inspect::draft(&inspect::name_of(file), &layers)));
    }
    let mut lines = Vec::new();
    for layer in &layers {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        describe(layer, &mut lines);
    }
    Ok(Output::lines(lines))
}

fn describe(layer: &Layer, lines: &mut Vec<String>) {
    if let Some(table) = &layer.table {
        lines.push(format!("table {table}"));
    }
    lines.push(format!("{} features", layer.features));
    lines.push(match &layer.crs {
        Some((name, Some(code))) => format!("CRS: {name}, which is EPSG:{code}"),
        Some((name, None)) => format!("CRS: {name}, to which no code is known here"),
        None => "CRS: the file does not say it".to_owned(),
    });
    if let Some(encoding) = layer.encoding {
        lines.push(format!("encoding: {encoding}"));
    }
    for (kind, count) in &layer.geometries {
        lines.push(format!("geometry {kind}: {count}"));
    }
    for (count, what) in
        [(layer.without_geometry, "without geometry"), (layer.unreadable, "that do not read")]
    {
        if count > 0 {
            // Features are counted before there is one to be without.
            let share = count as f64 / layer.features as f64 * 100.0;
            lines.push(format!("features {what}: {count} ({share:.1} %)"));
        }
    }
    if let Some((number, reason)) = &layer.first_unreadable {
        lines.push(format!("feature {number} {reason}"));
    }
    lines.extend(layer.remarks.iter().cloned());
    for (name, property) in &layer.properties {
        let types: Vec<&str> = property.types.iter().copied().collect();
        let samples = property.samples.join(" | ");
        lines.push(format!("  {name}\t{}\t{}\t{samples}", types.join("/"), property.filled));
    }
}
