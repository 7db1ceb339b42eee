//! What the portal finds for a page about places. It is asked before the page is drawn: one that may
//! not be answered is refused without drawing it.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    LandCode,
    code::{CodeError, Parsed, Strictness},
    scanned_text::looks_like_a_code,
};
use service_api::{LabelReading, Place, Portal, Refusal, Search, SearchPage, Visit};

use crate::scan_target::{self, ScanTarget};

/// Results on a page.
const HITS_OF_A_PAGE: usize = 20;

/// What was found, on its way to the one page that shows it: handed on once, never copied, for a
/// place with the map around it is the largest thing that a page holds.
#[derive(Clone, Debug)]
pub struct HandedOver {
    place: Option<(LandCode, bool)>,
    found: Arc<Mutex<Option<Found>>>,
}

impl HandedOver {
    /// Ready to be taken.
    #[must_use]
    pub fn new(found: Found) -> Self {
        let place = match &found {
            Found::Place { code, place } => Some((code.code, place.lineage.ended)),
            _ => None,
        };
        Self { place, found: Arc::new(Mutex::new(Some(found))) }
    }

    /// The place that was found and whether it has ended, for whatever else stands on its page.
    pub(crate) const fn place(&self) -> Option<(LandCode, bool)> {
        self.place
    }

    /// It; `None` for whoever comes after the first.
    pub(crate) fn take(&self) -> Option<Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What was found. Handed over to the pages of places, labels and searches.
#[derive(Clone, Debug)]
pub enum Found {
    /// The place in the address, as far as it may be shown.
    Place {
        /// Its code, canonical.
        code: Parsed<LandCode>,
        /// What may be shown.
        place: Box<Place>,
    },
    /// Nothing that may be shown; alike for every reason (rule P5).
    Nothing {
        /// The code in the address, canonical.
        code: LandCode,
        /// Parcels that it may have been meant as.
        near: Vec<LandCode>,
    },
    /// What was to be a code is none.
    Mistyped {
        /// As written.
        written: String,
        /// What is wrong with it.
        error: CodeError,
        /// Parcels that it may have been meant as.
        near: Vec<LandCode>,
    },
    /// A page of the parcels that match a search.
    Hits(SearchPage),
    /// What was searched for is an address of another site: named, never a link.
    Elsewhere {
        /// It as it may be shown.
        text: String,
        /// Where it points to.
        host: String,
    },
    /// What the label in the address comes to.
    Label(LabelReading),
}

impl Found {
    /// What is at the place of an address; `read` is what its text `written` was read as.
    ///
    /// # Errors
    /// [`Refusal`], but for [`Refusal::Nothing`]: that is a page.
    pub async fn at(
        portal: &dyn Portal,
        visit: &Visit,
        written: String,
        read: Result<Parsed<LandCode>, CodeError>,
    ) -> Result<Self, Refusal> {
        let code = match read {
            Ok(read) => Parsed { code: read.code.canonical(), ..read },
            Err(error) => return Self::mistyped(portal, visit, written, error).await,
        };
        match portal.look(visit, &code.code).await {
            Ok(place) => Ok(Self::Place { code, place: Box::new(place) }),
            Err(Refusal::Nothing { near }) => Ok(Self::Nothing { code: code.code, near }),
            Err(refusal) => Err(refusal),
        }
    }

    /// What a search finds, the page of that number; `own_host` is this portal's host with its port.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn by_words(
        portal: &dyn Portal,
        visit: &Visit,
        words: &str,
        page: usize,
        own_host: &str,
    ) -> Result<Self, Refusal> {
        if looks_like_a_code(words)
            && let Err(error) = LandCode::parse(words, Strictness::LookUp)
        {
            return Self::mistyped(portal, visit, words.to_owned(), error).await;
        }
        if let ScanTarget::Rejected(scan_target::Rejected { text, host: Some(host), .. }) =
            scan_target::judge(words, own_host)
        {
            return Ok(Self::Elsewhere { text, host });
        }
        let search = Search { text: words.to_owned(), bounds: None, page, limit: HITS_OF_A_PAGE };
        portal.search(visit, &search).await.map(Self::Hits)
    }

    async fn mistyped(
        portal: &dyn Portal,
        visit: &Visit,
        written: String,
        error: CodeError,
    ) -> Result<Self, Refusal> {
        let near = portal.mistyped(visit, &written).await?;
        Ok(Self::Mistyped { written, error, near })
    }
}
