//! A layer in several files: one entry describes it, the others name it by its id.

use toml::{Table, Value};

use super::{
    MappingError,
    entry::{MappingEntry, MappingText},
};

/// The entries with the description of the layer in place of every `layer = "ID"`.
pub(super) fn with_layers_filled_in(
    mapping: MappingText<'_>,
    mut entries: Vec<Table>,
) -> Result<Vec<Table>, MappingError> {
    let described = described(mapping, &entries)?;
    for (at, entry) in entries.iter_mut().enumerate() {
        let Some(Value::String(id)) = entry.get("layer") else { continue };
        let Some((_, layer)) = described.iter().find(|(known, _)| known == id) else {
            return Err(place(mapping, at, entry).key("layer").wrong(format_args!(
                "no entry describes a layer `{id}`; give one of them a [file.layer] with this id"
            )));
        };
        let layer = layer.clone();
        entry.insert("layer".to_owned(), Value::Table(layer));
    }
    Ok(entries)
}

/// The layers that entries describe, by id.
fn described(
    mapping: MappingText<'_>,
    entries: &[Table],
) -> Result<Vec<(String, Table)>, MappingError> {
    let mut layers: Vec<(String, Table)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some(Value::Table(layer)) = entry.get("layer") else { continue };
        // What is wrong with the table itself is said when the entry is read.
        let Some(id) = layer.get("id").and_then(Value::as_str) else { continue };
        if layers.iter().any(|(known, _)| known == id) {
            return Err(place(mapping, at, entry).key("layer.id").wrong(format_args!(
                "`{id}` is the id of another layer; if this file feeds it too, write \
                 layer = \"{id}\" in place of the table"
            )));
        }
        layers.push((id.to_owned(), layer.clone()));
    }
    Ok(layers)
}

fn place<'a>(mapping: MappingText<'a>, at: usize, entry: &Table) -> MappingEntry<'a> {
    mapping.entry(at, entry.get("name").and_then(Value::as_str).unwrap_or("without a name"))
}
