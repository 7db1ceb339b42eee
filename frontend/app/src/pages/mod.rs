//! The pages, one file a route.

#![allow(clippy::needless_pass_by_value, reason = "a component owns its props")]

mod about;
mod accessibility;
mod asking;
mod draft_form;
mod drafts;
mod error;
mod extract_paper;
mod figures;
mod former;
mod hall;
mod help;
mod history;
mod home;
mod label;
mod laws;
mod new_request;
mod notices;
mod opened;
mod outcome;
mod place;
mod place_map;
mod policy;
mod privacy;
mod rating;
mod reopening;
mod request;
mod requests;
mod review;
mod rights;
mod scene;
mod search;
mod service;
mod services;
mod sites;
mod staff;
mod verify;

pub use about::AboutPage;
pub use accessibility::AccessibilityPage;
pub use drafts::DraftsPage;
pub use error::ErrorView;
pub use extract_paper::extract_paper;
pub use figures::FiguresPage;
pub use hall::{HallHead, HallView};
pub use help::HelpPage;
pub use home::HomePage;
pub use label::LabelPage;
pub use laws::LawsPage;
pub use new_request::NewRequestPage;
pub use notices::{NoticeLinkPage, NoticesPage};
pub use outcome::{OutcomePage, outcome_paper};
pub use place::PlacePage;
pub(crate) use place::{location, text_of};
pub use policy::PolicyPage;
pub use privacy::PrivacyPage;
pub use rating::RatePage;
pub use reopening::ReopenPage;
pub use request::RequestPage;
pub use requests::RequestsPage;
pub use rights::{CorrectPage, DataPage, DeletePage, WithdrawPage};
pub use scene::ScenePage;
pub use service::ServicePage;
pub use services::ServicesPage;
pub(crate) use sites::changed;
#[cfg(test)]
pub(crate) use sites::draw_site_words;
pub use sites::{
    AskOfficesPage, OutlinePage, SiteSearchPage, SitesPage,
    paper::{office_word, verdict_paper},
};
pub use staff::StaffView;
pub use verify::VerifyPage;
