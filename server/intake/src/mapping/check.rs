//! What can only be said of all entries of a mapping together: names that must be there, and names
//! that must not be there twice.

use super::{Coverage, FileMapping, MappingError, Partner, Role, UnusedFile, entry::MappingText};

pub(super) fn check_names(
    mapping: MappingText<'_>,
    files: &[FileMapping],
) -> Result<(), MappingError> {
    let has = |is: &dyn Fn(&Role) -> bool| files.iter().any(|entry| is(&entry.role));
    if !has(&|role| matches!(role, Role::Parcels(_))) {
        return Err(mapping
            .table("[[file]]", Some("file"))
            .wrong("no file has the role \"parcels\""));
    }
    let has_units = has(&|role| matches!(role, Role::Units(_)));
    for (at, entry) in files.iter().enumerate() {
        if let Role::Rows(rows) = &entry.role
            && rows.of == Partner::Units
            && !has_units
        {
            return Err(mapping.entry(at, &entry.name).key("of").wrong(
                "no file has the role \"units\", of which these rows could say more; if they are all \
                 that there is of the units, give this file that role",
            ));
        }
    }
    for (at, entry) in files.iter().enumerate() {
        let Role::Restriction(layer) = &entry.role else { continue };
        if let Coverage::Boundary(boundary) = &layer.coverage
            && !files.iter().any(|other| &other.name == boundary)
        {
            return Err(mapping.entry(at, &entry.name).key("coverage.boundary").wrong(format_args!(
                "`{boundary}` has no [[file]] of its own; give it one, with role = \"boundary\" \
                 if it is nothing else"
            )));
        }
    }
    Ok(())
}

pub(super) fn check_unused(
    mapping: MappingText<'_>,
    unused: &[UnusedFile],
    files: &[FileMapping],
) -> Result<(), MappingError> {
    for (at, UnusedFile { name, reason }) in unused.iter().enumerate() {
        let place = mapping.one_of("unused", at, format!("unused {} \"{name}\"", at + 1));
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
