//! What the server hands to the page of the materials of a service in a visit (desk D11).

use domain::{
    LandCode,
    attachment::Attached,
    case::{CaseNumber, FilingMaterial},
    request::{MaterialBy, MaterialSeen},
    service::{Material, ServiceItem},
};
use jiff::Timestamp;

use super::Say;
use crate::context::FilesBack;

/// The key of the words for how a material was before a clerk.
pub(crate) const fn way_key(how: MaterialBy) -> &'static str {
    match how {
        MaterialBy::OriginalSeen => "material_original_seen",
        MaterialBy::CopyCompared => "material_copy_compared",
        MaterialBy::SharedData => "material_shared_data",
        MaterialBy::Promised => "material_promised",
    }
}

/// The materials of a service in a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialsPage {
    /// The visit.
    pub case: CaseNumber,
    /// The service.
    pub item: &'static ServiceItem,
    /// The place.
    pub code: LandCode,
    /// The mark of what is kept, which a save brings back.
    pub was: String,
    /// The materials, as the catalogue lists them.
    pub lines: Vec<MaterialLine>,
    /// What was brought of others, which the catalogue lists no more.
    pub others: Vec<FilingMaterial>,
    /// The material that files are added to, by its place in the list.
    pub chosen: Option<usize>,
    /// The colleague who goes on with the visit now; none where it is the reader's, or nobody's.
    pub holder: Option<String>,
    /// The office of the counter.
    pub office: String,
    /// The present, UTC: the day that stands on the print.
    pub at: Timestamp,
    /// Files that are with no material yet, and those that were not taken.
    pub files: FilesBack,
    /// What was not done, and why.
    pub not_done: Option<Say>,
}

/// A material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialLine {
    /// As the catalogue has it.
    pub material: &'static Material,
    /// Its copies.
    pub files: Vec<Attached>,
    /// What the clerk said of it.
    pub seen: Option<MaterialSeen>,
    /// What stands in its field: the name of a way, or nothing.
    pub chosen: String,
}

impl MaterialLine {
    /// Whether it is still to be brought: nothing was said of it, and the department does not get it by itself.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.seen.is_none() && !self.material.shared
    }
}
