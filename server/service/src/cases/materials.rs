//! What is brought and said of the materials of a service in a visit (desk D11).

use domain::{
    LandCode,
    attachment::Attached,
    case::{CaseNumber, Filing, FilingMaterial},
    service::ServiceItem,
    staff::Member,
};

use super::{Casework, NotChanged};

/// What a keyed mark of a list of materials as it is kept is called.
const MATERIALS: &str = "materials";

/// The materials of a service as they are saved.
#[derive(Clone, Copy, Debug)]
pub struct MaterialsSaved<'f> {
    /// The place.
    pub code: LandCode,
    /// The service.
    pub item: &'f ServiceItem,
    /// What there is of each of which there is something.
    pub materials: &'f [FilingMaterial],
    /// The mark of what was kept when the list was opened ([`Casework::materials_kept`]).
    pub was: &'f str,
}

impl Casework<'_> {
    /// The mark of a list of materials as it is kept, and as the catalogue has it: who changes it over another one's
    /// change, or over another catalogue, is told.
    #[must_use]
    pub fn materials_kept(&self, filing: &Filing, item: &ServiceItem) -> String {
        let texts: Vec<&str> = item.materials.iter().map(|one| one.zh.as_str()).collect();
        let text = serde_json::to_string(&(&filing.materials, texts));
        self.receipts.mark(MATERIALS, &text.unwrap_or_default())
    }

    /// Keeps what was brought and said of the materials of a service. Where the files are others, what its applicant
    /// had confirmed is void: they go with it.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn save_materials(
        &self,
        number: &CaseNumber,
        who: &Member,
        form: MaterialsSaved<'_>,
    ) -> Result<(), NotChanged> {
        self.change(number, who, |case| {
            let MaterialsSaved { code, item, materials, was } = form;
            let filings = &mut case.content.filings;
            let filing = filings.iter_mut().find(|one| one.code == code && one.item == item.id);
            let filing = filing.ok_or(NotChanged::Stale)?;
            if filing.number.is_some() {
                return Err(NotChanged::HandedIn);
            }
            if self.materials_kept(filing, item) != was {
                return Err(NotChanged::Stale);
            }
            let before: Vec<Attached> = filing.files().cloned().collect();
            filing.materials = materials.to_vec();
            if !filing.files().eq(&before) {
                filing.consent = None;
                filing.confirmed_in = None;
            }
            Ok(())
        })
        .await
    }
}
