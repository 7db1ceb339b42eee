//! A file of parcels, as what is read of it before its features become parcels: whose codes are in it,
//! and which are classified.

use std::path::Path;

use domain::{ParcelCode, code::Strictness};

use super::{stream::read_file, work::Notebook};
use crate::{
    error::IntakeError,
    feature::Properties,
    mapping::{FileMapping, ParcelsMapping},
    template::Filled,
};

/// A file of parcels.
pub(super) struct ParcelFile<'a> {
    pub(super) entry: &'a FileMapping,
    pub(super) path: &'a Path,
    pub(super) mapping: &'a ParcelsMapping,
}

/// Reads a file for the codes of the features that its entry takes; what does not read is refused
/// when its turn comes.
pub(super) fn each_code(
    file: &ParcelFile<'_>,
    each: &mut dyn FnMut(&Properties<'_>, ParcelCode),
) -> Result<(), IntakeError> {
    let ParcelFile { entry, path, mapping } = *file;
    read_file(path, entry, &mut |raw| {
        let Ok(feature) = raw.read() else { return Ok(()) };
        let properties = Properties::of(&feature, &entry.absent);
        if entry.filter.as_ref().is_none_or(|filter| filter.meets(&properties))
            && let Filled::Text(text) = mapping.code.fill(&properties)
            && let Ok(parsed) = ParcelCode::parse(&text, Strictness::LookUp)
        {
            each(&properties, parsed.code);
        }
        Ok(())
    })?;
    Ok(())
}

/// A value that cannot be compared is taken for one that classifies: what is doubtful is not shown.
pub(super) fn is_classified(
    mapping: &ParcelsMapping,
    properties: &Properties<'_>,
    notes: &mut Notebook,
) -> bool {
    let Some(filter) = &mapping.classified else { return false };
    let value = properties.get(filter.property());
    if value.is_some_and(|value| value.is_array() || value.is_object()) {
        notes.left_out.push(format!(
            "classified: `{}` is a list or an object; the parcel is taken for classified",
            filter.property()
        ));
        return true;
    }
    filter.meets(properties)
}
