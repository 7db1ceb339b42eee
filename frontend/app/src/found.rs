//! What the portal finds for a page about places. It is asked before the page is drawn: one that may
//! not be answered is refused without drawing it.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    LandCode,
    base_map::Bounds,
    code::{CodeError, Parsed, Strictness},
    outline::Outline,
    request::is_mistyped_number,
    scanned_text::{looks_like_a_code, without_name},
    search::{are_coordinates, is_certificate_number},
};
use geo::BoundingRect;
use jiff::civil::Date;
use service_api::{
    Assessment, ExtractReading, LabelReading, OutlineAssessment, Place, Portal, Refusal, Search,
    SearchHit, SearchPage, SiteSearch, VerdictReading, Visit,
};

use crate::{
    outlines::{DrawingGround, OutlineQuestion},
    scan_target::{self, ScanTarget},
    site_search::SearchQuestion,
    sites::Question,
};

/// Results on a page.
const HITS_OF_A_PAGE: usize = 20;
/// Parcels that are listed of an outline.
const PARCELS_OF_AN_OUTLINE: usize = 12;

/// How what a document shows stands to the file in it. Only the file is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// It is what this portal draws of the file, to the byte.
    Same,
    /// It is not: what it shows may be another thing than what was signed.
    Differs,
    /// It cannot be drawn again here.
    Unknown,
}

impl Drawn {
    const ALL: [Self; 3] = [Self::Same, Self::Differs, Self::Unknown];

    /// Its name in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Unknown => "unknown",
        }
    }

    /// What has that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|drawn| drawn.name() == name)
    }
}

/// What was found, on its way to the one page that shows it: handed on once, never copied, for a
/// place with the map around it is the largest thing that a page holds.
#[derive(Clone, Debug)]
pub struct HandedOver {
    place: Option<(LandCode, bool)>,
    search: bool,
    asks_sites: bool,
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
        let search = !matches!(
            &found,
            Found::Place { .. }
                | Found::NoDay { .. }
                | Found::Label(LabelReading::Genuine(_) | LabelReading::Withdrawn(_))
                | Found::Sites { .. }
                | Found::SiteSearch { .. }
                | Found::Verdict { .. }
                | Found::Extract { .. }
                | Found::VerdictTyped(_)
                | Found::NoFile
                | Found::Outline { .. }
        );
        let asks_sites = match &found {
            Found::Sites { question, told: None } => !question.sets.is_empty(),
            Found::SiteSearch { question, told: None } => !question.question.sets.is_empty(),
            _ => false,
        };
        Self { place, search, asks_sites, found: Arc::new(Mutex::new(Some(found))) }
    }

    /// The place that was found and whether it has ended, for whatever else stands on its page.
    pub(crate) const fn place(&self) -> Option<(LandCode, bool)> {
        self.place
    }

    /// Whether its page has a search field.
    pub(crate) const fn has_search(&self) -> bool {
        self.search
    }

    /// Whether its page asks about sites, and is about nothing else.
    pub(crate) const fn asks_sites(&self) -> bool {
        self.asks_sites
    }

    /// It; `None` for whoever comes after the first.
    pub(crate) fn take(&self) -> Option<Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the address of a page asks the portal for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The place of a code.
    Place {
        /// The code as written.
        written: String,
        /// What it was read as.
        read: Result<Parsed<LandCode>, CodeError>,
    },
    /// What a label comes to: its text.
    Label(String),
    /// What fits these words.
    Words {
        /// As typed.
        words: String,
        /// Which page of it, from 1.
        page: usize,
    },
    /// Whether sites suit a use.
    Sites(Box<Question>),
    /// Where a use could be.
    SiteSearch(Box<SearchQuestion>),
    /// Whether the ground of an outline suits one.
    Outline(Box<OutlineQuestion>),
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
    /// A day of which nothing can be said.
    NoDay {
        /// The place that was asked for, canonical.
        code: LandCode,
        /// The first day of which everything can be said; none where it was no day up to today.
        from: Option<Date>,
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
    /// What was searched for are coordinates, by which nothing is found.
    Coordinates,
    /// What was searched for is the number of a certificate, by which nothing is found (row 24).
    Certificate,
    /// What was searched for was to be the number of a request and is none.
    MistypedRequest,
    /// What was searched for is an address of another site: named, never a link.
    Elsewhere {
        /// It as it may be shown.
        text: String,
        /// Where it points to.
        host: String,
    },
    /// What the label in the address comes to.
    Label(LabelReading),
    /// What a verdict comes to that somebody brought to be checked.
    Verdict {
        /// What it comes to.
        reading: Box<VerdictReading>,
        /// Its text, which goes along with a switch of language or size.
        text: String,
        /// Of a document with the file in it: how the two stand to each other.
        drawn: Option<Drawn>,
    },
    /// An extract that was brought, or the code of a printed one, and what it comes to.
    Extract {
        /// What it comes to.
        reading: Box<ExtractReading>,
        /// Its text, which goes along with a switch of language or size; empty of a printed one.
        text: String,
        /// Of a document with the file in it: how the two stand to each other.
        drawn: Option<Drawn>,
    },
    /// The text of one that is not checked yet: a switch of language or size brought it.
    VerdictTyped(String),
    /// Nothing was brought to be checked.
    NoFile,
    /// A question about sites.
    Sites {
        /// The question, as far as it was asked.
        question: Box<Question>,
        /// What is said of the sites, where nothing is wrong with it.
        told: Option<Box<Assessment>>,
    },
    /// A question to all sites.
    SiteSearch {
        /// The question, as far as it was asked.
        question: Box<SearchQuestion>,
        /// What is said, where nothing is wrong with it.
        told: Option<SiteSearch>,
    },
    /// A question about an outline.
    Outline {
        /// The question, as far as it was asked.
        question: Box<OutlineQuestion>,
        /// What is said of it, where nothing is wrong with it.
        told: Option<Box<OutlineAssessment>>,
    },
}

impl Asked {
    /// Asks the portal; `own_host` is its host with its port.
    ///
    /// # Errors
    /// [`Refusal`], but for [`Refusal::Nothing`]: that is a page.
    pub async fn find(
        self,
        portal: &dyn Portal,
        visit: &Visit,
        own_host: &str,
    ) -> Result<Found, Refusal> {
        match self {
            Self::Place { written, read } => Found::at(portal, visit, written, read).await,
            Self::Label(text) => portal.label(visit, &text, own_host).await.map(Found::Label),
            Self::Words { words, page } => {
                Found::by_words(portal, visit, &words, page, own_host).await
            }
            Self::Sites(question) => {
                let told = match &question.asks {
                    Some(asked) => Some(Box::new(portal.assess(visit, asked).await?)),
                    None => None,
                };
                Ok(Found::Sites { question, told })
            }
            Self::SiteSearch(question) => {
                let told = match &question.wanted {
                    Some(wanted) => Some(portal.search_sites(visit, wanted).await?),
                    None => None,
                };
                Ok(Found::SiteSearch { question, told })
            }
            Self::Outline(mut question) => {
                let versions = portal.versions().await?;
                question.ground = DrawingGround::of(versions, portal.policies());
                let told = match &question.asks {
                    Some(asked) => Some(Box::new(portal.assess_outline(visit, asked).await?)),
                    None => None,
                };
                if let Some(asked) = question.asks.as_ref().filter(|_| question.lists_parcels) {
                    question.parcels = Some(listed(portal, visit, asked.outline()).await?);
                }
                Ok(Found::Outline { question, told })
            }
        }
    }
}

/// The parcels that a list may name whose published point lies in the box around an outline.
async fn listed(
    portal: &dyn Portal,
    visit: &Visit,
    outline: &Outline,
) -> Result<Vec<SearchHit>, Refusal> {
    let Some(around) = outline.shape().bounding_rect() else { return Ok(Vec::new()) };
    let bounds = Bounds {
        west: around.min().x,
        south: around.min().y,
        east: around.max().x,
        north: around.max().y,
    };
    let search =
        Search { text: String::new(), bounds: Some(bounds), page: 1, limit: PARCELS_OF_AN_OUTLINE };
    Ok(portal.search(visit, &search).await?.hits)
}

impl Found {
    async fn at(
        portal: &dyn Portal,
        visit: &Visit,
        written: String,
        read: Result<Parsed<LandCode>, CodeError>,
    ) -> Result<Self, Refusal> {
        let code = match read {
            Ok(read) => Parsed { code: read.code.canonical(), ..read },
            Err(error) => return Self::mistyped(portal, visit, written, error).await,
        };
        let looked = portal.look(visit, &code.code).await.map(Box::new);
        Self::by_look(code, looked)
    }

    /// What a look at a place came to; its code is canonical.
    ///
    /// # Errors
    /// [`Refusal`], but for [`Refusal::Nothing`]: that is a page.
    pub fn by_look(
        code: Parsed<LandCode>,
        looked: Result<Box<Place>, Refusal>,
    ) -> Result<Self, Refusal> {
        match looked {
            Ok(place) => Ok(Self::Place { code, place }),
            Err(Refusal::Nothing { near }) => Ok(Self::Nothing { code: code.code, near }),
            Err(refusal) => Err(refusal),
        }
    }

    async fn by_words(
        portal: &dyn Portal,
        visit: &Visit,
        words: &str,
        page: usize,
        own_host: &str,
    ) -> Result<Self, Refusal> {
        if are_coordinates(words) {
            return Ok(Self::Coordinates);
        }
        if is_certificate_number(words) {
            return Ok(Self::Certificate);
        }
        if is_mistyped_number(words) {
            return Ok(Self::MistypedRequest);
        }
        let code = without_name(words);
        if looks_like_a_code(words)
            && let Err(error) = LandCode::parse(code, Strictness::LookUp)
        {
            return Self::mistyped(portal, visit, code.to_owned(), error).await;
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
