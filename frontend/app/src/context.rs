//! What the server hands to every page through the Leptos context.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Locale,
    attachment::{Attached, RefusedFile},
    request::{DraftNumber, ReceiptKey, RequestNumber, Submission},
    service::{Answers, FieldFault},
    suitability::AskWritten,
};
use jiff::{Timestamp, civil::Date};

/// Addresses of the built files, from the bundle's `manifest.json`: logical name to `/pkg/…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets(Arc<BTreeMap<String, String>>);

impl Assets {
    /// The files of a manifest.
    #[must_use]
    pub fn new(files: BTreeMap<String, String>) -> Self {
        Self(Arc::new(files))
    }

    /// The address of a built file; empty when the bundle has none of that name.
    #[must_use]
    pub fn url(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// Who runs this portal, for the footer (rule A6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operator {
    /// 主办单位.
    pub name: domain::Localized,
    /// Contact line, e.g. a phone.
    pub contact: domain::Localized,
    /// 网站标识码, where there is one.
    pub site_id: Option<String>,
    /// 备案号, where there is one.
    pub record_number: Option<String>,
}

/// The request as the page needs it. Provided once per response.
#[derive(Clone, Debug)]
pub struct PageContext {
    /// The language to render.
    pub locale: Locale,
    /// Elder mode: the same page with other tokens.
    pub elder: bool,
    /// The date in China: on it laws are in force or not.
    pub today: Date,
    /// The path asked for, with its query; for the switches that return to it.
    pub path: String,
    /// This portal's host with its port, e.g. `jianma.example`: what an own label points to.
    pub host: String,
    /// Whether people reach it over HTTPS.
    pub tls: bool,
    /// Built files.
    pub assets: Assets,
    /// Who runs the portal.
    pub operator: Arc<Operator>,
    /// An id to name in a complaint; also in the log.
    pub request_id: String,
}

/// A QR symbol to be drawn, without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrSymbol {
    /// Modules along a side.
    pub side: u32,
    /// Its dark modules as SVG path data, each a unit wide, the first at 0 0.
    pub path: String,
}

/// Makes the QR symbol of a text; `None` of one that none can hold. Provided for every page: encoding is
/// another room's.
#[derive(Clone, Copy, Debug)]
pub struct QrEncoder(pub fn(&str) -> Option<QrSymbol>);

/// An unused idempotency key for the form on this page. Provided on form pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormToken(pub String);

/// The page is drawn in one go: all that it shows was found before, and nothing on it comes later
/// (`current::later`). Provided only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InOneGo;

/// The page of a request has the form that corrects it. Provided only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorrectionOffered;

/// A form that came back: shown again with what was typed. Provided only then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormReturn {
    /// As typed.
    pub values: Answers,
    /// What is wrong, in the order of the form. Empty when `refusal` says why.
    pub faults: Vec<FieldFault>,
    /// A reason that is no field's fault.
    pub refusal: Option<FormRefusal>,
    /// Its applicant was told that they have sent the same already: sent again, it is taken.
    pub again: bool,
    /// The facts that it asks an office for.
    pub asks: Option<AskWritten>,
    /// Its key against double submission, which goes with it until it is handed in; none where a new
    /// one is to be drawn.
    pub key: Option<String>,
    /// The data version that it was filled in by, as it came: another one may be shown now.
    pub since: Option<String>,
    /// The draft that it was saved as.
    pub draft: Option<HeldDraft>,
    /// What its applicant is about to hand in: then that is shown, and not the fields. As the department
    /// will get it; nothing is wrong with it, and nothing of it is kept yet.
    pub review: Option<Submission>,
    /// The files that go with it.
    pub files: FilesBack,
}

/// The files of a form that came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesBack {
    /// Those that are kept already.
    pub kept: Vec<Attached>,
    /// Those that were not taken.
    pub refused: Vec<RefusedFile>,
    /// What the form carries of those that are kept.
    pub carried: String,
}

impl FormReturn {
    /// What was typed, with which nothing is wrong.
    #[must_use]
    pub fn of(values: Answers) -> Self {
        Self {
            values,
            faults: Vec::new(),
            refusal: None,
            again: false,
            asks: None,
            key: None,
            since: None,
            draft: None,
            review: None,
            files: FilesBack::default(),
        }
    }
}

/// A draft in the hands of whoever has its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldDraft {
    /// Its number.
    pub number: DraftNumber,
    /// Its secret, as it is.
    pub secret: String,
}

/// A file that waits with a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    /// What its owner calls it.
    pub name: String,
    /// When it is no longer there, UTC; `None` where that is not known just now.
    pub until: Option<Timestamp>,
}

/// What became of a draft, on a page of its own. Provided only then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftShown {
    /// It was saved.
    Kept {
        /// What opens it again.
        held: HeldDraft,
        /// When it is no longer given back, UTC.
        until: Timestamp,
        /// The files that wait with it.
        files: Vec<DraftFile>,
        /// Where its form is.
        address: String,
        /// The fields of its form, to go on with.
        fields: Answers,
    },
    /// It was deleted.
    Deleted,
}

/// A request that was made before with the same form, or with the same content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRequest {
    /// Its number.
    pub number: RequestNumber,
    /// Its secret, for a browser that keeps no cookie with which its page would open.
    pub secret: Option<String>,
}

/// Why a form was not taken although its fields are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormRefusal {
    /// The form's key was used for another submission: it was changed after it was sent.
    Changed(EarlierRequest),
    /// The same was sent from this browser within the hour.
    Sent(EarlierRequest),
    /// The code has ended.
    Ended,
    /// Too many were handed in.
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Storage did not answer; nothing was kept.
    Unavailable,
    /// The request was corrected as often as it can be.
    TooOften,
    /// The rules do not ask its department for what it asks for.
    Asks,
    /// Too many addresses were named for the notices of the request.
    Addresses,
}

/// The receipt secret that this visitor holds, from the cookie of this request's page or from the form
/// that was just answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptSecret {
    /// The request.
    pub number: RequestNumber,
    /// The secret as given.
    pub secret: String,
    /// How the visitor came to it.
    pub arrival: Arrival,
    /// When their browser forgets it, UTC; none when it keeps no cookies.
    pub until: Option<Timestamp>,
}

/// How a visitor came to a receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// With its number and secret.
    #[default]
    Opened,
    /// From the form, just handed in.
    Submitted,
    /// From a form that had been handed in before.
    Repeated,
}

/// Why an attempt to open a request failed, for the form on `/requests`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFault {
    /// The number as typed.
    pub number: String,
    /// Whether the secret had the form of one. It tells nothing of any request.
    pub secret_has_form: bool,
    /// Whether none was typed.
    pub secret_missing: bool,
}

impl OpenFault {
    /// What is to be said of a number and a secret that open nothing.
    #[must_use]
    pub fn of(number: String, secret: &str) -> Self {
        let (secret_has_form, secret_missing) = (ReceiptKey::has_form(secret), secret.is_empty());
        Self { number, secret_has_form, secret_missing }
    }
}

/// What stood in the form that opens a request when it was refused, or a switch of language or size
/// was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTyped {
    /// The number as typed.
    pub number: String,
    /// The secret as typed.
    pub secret: String,
}

impl OpenTyped {
    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.number.is_empty() && self.secret.is_empty()
    }
}

/// What stood in the search field when a form was refused that took it along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTyped(pub String);

/// An error page to render instead of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorPage {
    /// 404.
    NotFound,
    /// 403: a form sent from another site.
    CrossSite,
    /// 401: a proof of who somebody is that is not valid, or not any more.
    Proof,
    /// 415: a form in another encoding than the page it came from.
    Unreadable,
    /// 413: more than is read of a form.
    TooLarge,
    /// 503: a form that did not arrive whole in time.
    TooSlow,
    /// 500 and 503.
    Unavailable,
}
