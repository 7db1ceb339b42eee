//! What can only be said of all entries of a mapping together: names that must be there, and names
//! that must not be there twice.

use super::{Coverage, FileMapping, MappingError, Role, UnusedFile, entry::MappingEntry};

pub(super) fn check_names(file: &str, files: &[FileMapping]) -> Result<(), MappingError> {
    let place = |entry: &FileMapping| MappingEntry {
        file: file.to_owned(),
        place: format!("[[file]] \"{}\"", entry.name),
    };
    if !files.iter().any(|entry| matches!(entry.role, Role::Parcels(_))) {
        return Err(MappingEntry { file: file.to_owned(), place: "[[file]]".to_owned() }
            .wrong("no file has the role \"parcels\""));
    }
    for entry in files {
        let Role::Restriction(layer) = &entry.role else { continue };
        if let Coverage::Boundary(boundary) = &layer.coverage
            && !files.iter().any(|other| &other.name == boundary)
        {
            return Err(place(entry).key("coverage.boundary").wrong(format_args!(
                "`{boundary}` has no [[file]] of its own; give it one, with role = \"boundary\" \
                 if it is nothing else"
            )));
        }
    }
    Ok(())
}

pub(super) fn check_unused(
    file: &str,
    unused: &[UnusedFile],
    files: &[FileMapping],
) -> Result<(), MappingError> {
    for (at, UnusedFile { name, reason }) in unused.iter().enumerate() {
        let place =
            MappingEntry { file: file.to_owned(), place: format!("unused {} \"{name}\"", at + 1) };
        if name.is_empty() || name.contains(['/', '\\']) {
            return Err(place.key("name").wrong("write the file's name without folders"));
        }
        if reason.trim().is_empty() {
            return Err(place.key("reason").wrong("say why the file is not used"));
        }
        if files.iter().any(|entry| &entry.name == name) {
            return Err(place.wrong("the file has a [[file]], so it is used; take out one of them"));
        }
        if unused[..at].iter().any(|other| &other.name == name) {
            return Err(place.wrong("the file is listed twice"));
        }
    }
    Ok(())
}
