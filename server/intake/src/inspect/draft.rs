//! A mapping to start from: what the file says is filled in, and what nobody but its owner can
//! decide is left so that the mapping does not read before it is decided.

use std::fmt::Write;

use super::{Layer, Property};

/// The draft of a mapping for a file of that name.
#[must_use]
pub fn draft(name: &str, layers: &[Layer]) -> String {
    let mut text = include_str!("start.toml").to_owned();
    for layer in layers {
        entry(&mut text, name, layer);
    }
    text
}

/// A text as TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A property in a template.
fn in_template(name: &str) -> String {
    let special = [':', '|', '{', '}', ' ', '\'', '`'];
    if name.contains(special) {
        format!("{{`{}`}}", name.replace('`', "``"))
    } else {
        format!("{{{name}}}")
    }
}

fn entry(text: &mut String, name: &str, layer: &Layer) {
    let line = |key: &str, value: String, why: &str| format!("{key} = {value}{why}\n");
    text.push_str("\n[[file]]\n");
    text.push_str(&line("name", quoted(name), ""));
    if let Some(table) = &layer.table {
        text.push_str(&line("table", quoted(table), ""));
    }
    let code = layer.properties.iter().find(|(_, property)| property.codes && property.filled > 0);
    // What is drawn nowhere says more of what is.
    let is_rows = code.is_some() && layer.geometries.is_empty();
    let role = match code {
        Some(_) if is_rows => "\"rows\"",
        Some(_) => "\"parcels\"",
        None => "\"\"",
    };
    text.push_str(&line(
        "role",
        role.to_owned(),
        "   # parcels, units, rows, restriction, base, boundary",
    ));
    let (known, crs) = match &layer.crs {
        Some((_, Some(code))) => ("", format!("\"EPSG:{code}\"")),
        _ => ("   # EPSG:…", "\"\"".to_owned()),
    };
    if !is_rows {
        text.push_str(&line("crs", crs, known));
    }
    if let Some(encoding) = layer.encoding {
        text.push_str(&line("encoding", quoted(&encoding.to_ascii_lowercase()), ""));
    }
    if let Some(separator) = layer.separator {
        text.push_str(&line("separator", quoted(separator.name), ""));
    }
    if is_rows {
        text.push_str(&line("of", "\"parcels\"".to_owned(), "   # parcels, units"));
    }
    if let Some((name, _)) = code {
        text.push_str(&line("code", quoted(&in_template(name)), ""));
    }
    text.push_str("# [file.fields]\n");
    for (name, property) in &layer.properties {
        if code.is_none_or(|(code, _)| code != name) {
            let field = format!("# … = {{ property = {} }}", quoted(name));
            // Writing to a string does not fail.
            let _written = writeln!(text, "{field}   # {}", about(property));
        }
    }
}

/// Types and samples, on one line.
fn about(property: &Property) -> String {
    let types: Vec<&str> = property.types.iter().copied().collect();
    let samples = property.samples.join(" | ").replace(|c: char| c.is_control(), " ");
    format!("{}: {samples}", types.join("/"))
}
