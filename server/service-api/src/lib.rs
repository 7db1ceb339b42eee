//! What the portal offers: the trait that pages, REST and commands ask, and the types of its answers.
//! They belong to none of the askers, and every answer has already passed the disclosure policy.
//!
//! Whoever asks about places brings a [`Visit`] and is told of a [`Place`], of [`SearchHit`]s, of a
//! [`LabelReading`], or why not: a [`Refusal`]. Whoever has the secret of a request opens it
//! ([`Opened`]) and is told how it stands ([`RequestView`]), what is in it ([`DossierView`]), all of it
//! ([`Export`]), or that it was deleted ([`DeletedView`]); [`NotShown`] says that none of it can be
//! answered for.

mod bands;
mod collections;
mod drawn;
pub mod export;
mod extract;
pub mod former;
mod label;
mod notices;
mod redecision;
mod request;
pub mod site_changes;
pub mod site_search;
mod sites;
mod tiles;
mod verdict;
mod visit;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    LandCode, Localized, ParcelCode,
    base_map::{BaseFeature, Bounds},
    contact::Contact,
    dataset::{DataVersion, Epoch},
    extent::PublicExtent,
    figures::{Figures, Window},
    lineage::Lineage,
    outline::Outline,
    policy::Policies,
    profile::PublicProfile,
    record::Value,
    request::RequestNumber,
    retention::Retentions,
    service::ServiceItem,
    signed_verdict::{Issuer, SignedVerdict},
    signing::{PublishedKeys, Signer},
    suitability::RuleSet,
    viewer::Tier,
};

use jiff::civil::Date;

use self::former::{AsOf, PlaceChanges};
pub use self::{
    collections::{
        Collection, CollectionKind, Item, ItemOf, ItemTold, Items, ItemsAsked, ListedCollection,
    },
    drawn::{
        JudgedOutline, LargestPart, MOST_APART, OutlineAsked, OutlineAssessment, PieceApart,
        ToldOfOutline,
    },
    export::Export,
    extract::{ExtractReading, GenuineExtract, ToldNow},
    label::{GenuineLabel, LabelReading, LabelSubject, WithdrawnLabel},
    notices::{NoticeLink, NoticeView},
    redecision::{OfficeSaid, OtherOffice, Redecision},
    request::{
        DeletedBecause, DeletedView, DeliveryProgress, DepartmentProgress, DossierView, Keeping,
        NotShown, Opened, Reach, RequestView,
    },
    site_changes::{Since, SitesSince},
    site_search::{SiteSearch, SitesFound, SitesWanted},
    sites::{Assessment, Judged, NotSoMany, Site, SitesAsked, Told},
    tiles::{TileAsked, TileDrawn, TileLayer},
    verdict::{GenuineVerdict, Now, VerdictReading},
    visit::{ClientAddress, KeyHolder, Visit},
};

/// The server cannot answer just now. Pages say so and offer the next step; they never read it as
/// "nothing found".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the portal cannot answer just now")]
pub struct Unavailable;

/// Why somebody who asks about places is told of none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is there that may be shown: alike for "not found", "classified" and "not permitted"
    /// (rule P5).
    #[error("nothing is there that may be shown")]
    Nothing {
        /// Parcels that the code may have been meant as: likeliest first, few, public ones only.
        near: Vec<LandCode>,
    },
    /// They try too many places (rule P6).
    #[error("too many places were asked for; again in {retry_after} s")]
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The server cannot answer just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A place with the map around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What may be shown.
    pub profile: PublicProfile,
    /// The map around it; `None` where no outline or centroid may be shown.
    pub map: Option<MapAround>,
    /// What the viewer has proved for this place: more than public, if it was written down.
    pub tier: Tier,
    /// What it came out of and what became of it; names no code that may not be shown.
    pub lineage: Lineage,
    /// The code has ended and no data set has its record any more: the rest is empty (rule C7).
    pub only_history: bool,
    /// Of which day's data this is; `None` for those of now.
    pub as_of: Option<Date>,
}

impl Place {
    /// Whether an outline lies on it, by what is shown of it; not where its code has ended or no outline is shown.
    #[must_use]
    pub fn lies_beneath(&self, outline: &Outline) -> bool {
        let shown = self.profile.outline.as_ref().filter(|_| !self.lineage.ended);
        shown.is_some_and(|shown| !outline.beneath(&[shown]).parcels.is_empty())
    }
}

/// The map around a place, and what of its restrictions may be drawn on it.
#[derive(Clone, Debug, PartialEq)]
pub struct MapAround {
    /// What the map shows, degrees.
    pub bounds: Bounds,
    /// Base map features, in drawing order.
    pub base: Vec<BaseFeature>,
    /// Where in the shown outline its restrictions lie, gravest first; none where that may not be
    /// drawn (row 47).
    pub extents: Vec<PublicExtent>,
}

/// What to search for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Words of a code, an id, an address, a use or a kind; empty for none.
    pub text: String,
    /// Only parcels whose published point lies in this box.
    pub bounds: Option<Bounds>,
    /// Which page, from 1; one beyond the last is the last.
    pub page: usize,
    /// At most this many on a page.
    pub limit: usize,
}

/// A page of what a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchPage {
    /// Best first.
    pub hits: Vec<SearchHit>,
    /// How many match, as far as is counted.
    pub matched: usize,
    /// Whether more than those match.
    pub more: bool,
    /// Whether nothing matches all that was typed, and these match its house number, without the building,
    /// floor or room in it: the same whether there is such a home or not (row 2).
    pub coarser: bool,
    /// Which page this is, from 1.
    pub page: usize,
    /// How many pages there are of those that are counted; 1 of none.
    pub pages: usize,
}

/// A parcel in a list: no outline, no exact position (rule M4).
#[derive(Clone, Debug, PartialEq)]
pub struct SearchHit {
    /// The parcel.
    pub code: ParcelCode,
    /// The source's own id.
    pub local_id: Option<String>,
    /// 坐落, parcel level.
    pub location: Option<String>,
    /// Longitude and latitude, degrees, to three decimals (row 32).
    pub point: Option<(f64, f64)>,
    /// What it is used for, where lists tell that (row 8).
    pub land_use: Option<Value>,
    /// How large it is, where lists tell that (row 6).
    pub area: Option<Value>,
    /// Whether the code is no longer in use.
    pub ended: bool,
    /// Of one that is not: the codes in force that it led to, as far as they may be named.
    pub replaced_by: Vec<ParcelCode>,
    /// Title of its data set.
    pub dataset: Localized,
    /// Its data version, `dataset/number`.
    pub data_version: String,
}

/// A code to try on the home page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The code.
    pub code: LandCode,
    /// What it is.
    pub title: Localized,
}

/// Whether somebody who looks at a place draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// The map around it comes along.
    WithMap,
    /// No map is drawn up: it costs more than the rest.
    Not,
}

/// A place, and of which data it is; `None` where storage does not say.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What may be shown of it.
    pub place: Place,
    /// The state of the data.
    pub epoch: Option<Epoch>,
}

/// The server, as the pages see it. Put into the Leptos context as `Arc<dyn Portal>`.
#[async_trait]
pub trait Portal: Send + Sync {
    /// A look at a place: counted and slowed before it (rule P6), written down where more than
    /// public is shown or anything is denied (rule P9), booked by what it found.
    async fn look(&self, visit: &Visit, code: &LandCode) -> Result<Place, Refusal> {
        Ok(self.see(visit, (code, Drawn::WithMap)).await?.place)
    }

    /// A look that also tells of which data the place is.
    async fn see(&self, visit: &Visit, of: (&LandCode, Drawn)) -> Result<Seen, Refusal>;

    /// A place as everybody may see it by the data of a day, by the policy of today: counted and slowed as a
    /// look is.
    async fn see_as_of(&self, visit: &Visit, code: &LandCode, day: Date) -> Result<AsOf, Refusal>;

    /// What the newest data changed of what everybody may see of a place: counted and slowed as a look is.
    async fn changes_at(&self, visit: &Visit, code: &LandCode) -> Result<PlaceChanges, Refusal>;

    /// Which data are current at this moment; `None` when storage does not say. What was made of them
    /// under the same epoch may be answered again to everybody whom [`Portal::let_at_hand`] lets.
    fn epoch(&self) -> Option<Epoch>;

    /// A look at a place whose public answer is at hand: counted, slowed and booked as any look that
    /// finds its place (rule P6). Whoever is slowed may wait while somebody publishes: for them it is
    /// asked whether the answer `is_still` at hand. `false` where it is not, and for whom nothing is
    /// answered now: nothing is counted, and they look as others do.
    async fn let_at_hand(
        &self,
        visit: &Visit,
        code: &LandCode,
        is_still: &(dyn Fn() -> bool + Sync),
    ) -> bool;

    /// A place as everybody sees it, to make what is kept of it before somebody asks. Nobody looks, so
    /// nothing is counted or written down: it never answers anybody by itself.
    async fn for_everybody(&self, of: (&LandCode, Drawn)) -> Result<Option<Seen>, Unavailable>;

    /// A look ([`Portal::look`]) for whoever asks only whether there is anything at a place that may
    /// be shown, and what became of it, e.g. to hand in a request about it.
    async fn knows(&self, visit: &Visit, code: &LandCode) -> Result<Lineage, Refusal>;

    /// The parcels under a point (longitude and latitude, degrees) by the outlines that everybody may see of them,
    /// those in force; none where no such outline may be seen. Counts as a try: what it finds is still to be
    /// looked at.
    async fn at_point(&self, visit: &Visit, point: (f64, f64)) -> Result<Vec<ParcelCode>, Refusal>;

    /// Parcels that a text, which is no code, may have been meant as: likeliest first, few, public
    /// ones only, never a household. Counts as a miss: it leads to no place.
    async fn mistyped(&self, visit: &Visit, written: &str) -> Result<Vec<LandCode>, Refusal>;

    /// Parcels that match, best first. Counted by how many it names (rule P6).
    async fn search(&self, visit: &Visit, search: &Search) -> Result<SearchPage, Refusal>;

    /// The rules about sites that count today, one set for each place that they are for; none where this
    /// portal judges no sites.
    fn rule_sets(&self) -> Vec<Arc<RuleSet>>;

    /// Whether sites suit a use. Each site is a look of its own, counted and written down as any
    /// ([`Portal::look`]), and what the visitor may not see of it is not known to the rules.
    async fn assess(&self, visit: &Visit, asked: &SitesAsked) -> Result<Assessment, Refusal>;

    /// Where a use could be: every site that everybody may be listed, judged as if it were asked for alone.
    /// Counted as a search, by how many it names (rule P6).
    async fn search_sites(
        &self,
        visit: &Visit,
        wanted: &SitesWanted,
    ) -> Result<SiteSearch, Refusal>;

    /// The file of each site that was judged, signed, in the order of the sites; none for a site that was
    /// not. They say no more than the assessment does, and nobody looks again.
    fn signed(
        &self,
        told: &Assessment,
        issuer: &Issuer,
    ) -> Result<Vec<Option<SignedVerdict>>, Unavailable>;

    /// The file of an outline that was judged, signed, with the outline in it; none where it was not.
    fn signed_outline(
        &self,
        told: &OutlineAssessment,
        issuer: &Issuer,
    ) -> Result<Option<SignedVerdict>, Unavailable>;

    /// The same of the site of a request with what offices said to it ([`Portal::redecided`]), for whoever opened
    /// it; `None` where none said anything, or the site cannot be judged. It does not tell which request it is of.
    async fn signed_redecision(
        &self,
        opened: &Opened,
        issuer: &Issuer,
    ) -> Result<Option<SignedVerdict>, NotShown>;

    /// What signs for those who hand something in; none where nothing is signed.
    fn signer(&self) -> Option<&dyn Signer>;

    /// The public halves of the keys that files are signed with.
    fn signing_keys(&self) -> Result<PublishedKeys, Unavailable>;

    /// What a file is that somebody brings, and what would be said of its site today: that takes a look
    /// like any other ([`Portal::assess`]), and is told of a genuine file only.
    async fn verdict(&self, visit: &Visit, file: &[u8]) -> Result<VerdictReading, Refusal>;

    /// Whether ground that somebody drew suits a use. It is a look of its own: counted, and the dearer the more
    /// of them are had at one place. Whatever somebody has proved, they are told what everybody is: a proof is
    /// for a place that has a code.
    async fn assess_outline(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
    ) -> Result<OutlineAssessment, Refusal>;

    /// Features of a data set's base map in a box, at most `limit`, in drawing order; of all data sets where
    /// none is named, each in its own order.
    async fn base_map(
        &self,
        dataset: Option<&str>,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable>;

    /// What anybody may take along as a whole: what the policies give out of the current data, in one order.
    async fn collections(&self) -> Result<Vec<ListedCollection>, Unavailable>;

    /// Items of a collection, in an order that stays the same while the data do; `None` where there is no such
    /// collection, or it is not given out.
    async fn items(
        &self,
        collection: &str,
        asked: &ItemsAsked,
    ) -> Result<Option<Items>, Unavailable>;

    /// One item. Of a parcel it is a look like any other ([`Portal::see`]).
    async fn item(&self, visit: &Visit, of: (&str, &str)) -> Result<ItemOf, Refusal>;

    /// The current data versions.
    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable>;

    /// The layers that are drawn in tiles: those that the policies give out as a whole.
    async fn tile_layers(&self) -> Result<Vec<TileLayer>, Unavailable>;

    /// A tile of them.
    async fn tile(&self, asked: &TileAsked) -> Result<TileDrawn, Unavailable>;

    /// Codes worth trying, of the demonstration where it is loaded: of real land nobody tells a story.
    async fn examples(&self) -> Result<Vec<Example>, Unavailable>;

    /// Opens a request with its secret; `None` alike for a wrong number and a wrong secret, and after
    /// the same time.
    fn open(&self, number: &RequestNumber, secret: &str) -> Option<Opened>;

    /// How a request stands; `None` where it is not there any more.
    async fn request(&self, opened: &Opened) -> Result<Option<RequestView>, NotShown>;

    /// A request with what is in it.
    async fn dossier(&self, opened: &Opened) -> Result<Option<DossierView>, NotShown>;

    /// The site of a request judged again with what offices said of the facts that it asks for, by what
    /// everybody may see of the site; `None` of a request that asks for none, or is not there any more. It
    /// belongs to whoever opened the request, and nobody else is told of it.
    async fn redecided(&self, opened: &Opened) -> Result<Option<Redecision>, NotShown>;

    /// Everything that is kept on a request, for taking along.
    async fn export(&self, opened: &Opened) -> Result<Option<Export>, NotShown>;

    /// What is left of a request that was deleted.
    async fn deleted(&self, opened: &Opened) -> Result<Option<DeletedView>, Unavailable>;

    /// Where the notices stand of which a message brought this link; `None` alike for a wrong number and a
    /// wrong token.
    async fn notices_by(
        &self,
        number: &RequestNumber,
        link: (NoticeLink, &str),
    ) -> Result<Option<NoticeView>, Unavailable>;

    /// The public figures of a window, as they are made once a day: what they tell depends on no small count.
    async fn figures(&self, window: Window) -> Result<Arc<Figures>, Unavailable>;

    /// Whether it tells applicants by e-mail that something happened.
    fn sends_notices(&self) -> bool;

    /// How long the requests of each item are kept.
    fn retentions(&self) -> &Retentions;

    /// What a label comes to; `text` is what follows `/l/`, `host` is where this portal is
    /// reached. Whoever guesses at labels is slowed and refused as for places.
    async fn label(&self, visit: &Visit, text: &str, host: &str) -> Result<LabelReading, Refusal>;

    /// Where requests go.
    fn reach(&self) -> Reach;

    /// Whether a service can be asked for here: its department is one of those that are configured, or
    /// none is yet, and requests wait until there are.
    fn offers(&self, item: &ServiceItem) -> bool;

    /// The name of an office, by its id; `None` of one that is no department of the configuration.
    fn office(&self, id: &str) -> Option<&Localized>;

    /// How people reach a department, by its id; `None` where nothing was said of it.
    fn contact(&self, department: &str) -> Option<&Contact>;

    /// The policies: which one governs a data set, and what it says to whoever asks why.
    fn policies(&self) -> &Policies;
}
