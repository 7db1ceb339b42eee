//! Every address of the portal, written once.

use const_format::concatcp;
use domain::{LandCode, address, label::LabelText, request::RequestNumber};

/// Home: scan, type, search.
pub const HOME: &str = "/";
/// The list of services.
pub const SERVICES: &str = "/services";
/// Following a request.
pub const REQUESTS: &str = "/requests";
/// What can be seen here and why.
pub const POLICY: &str = "/policy";
/// What happens with personal data.
pub const PRIVACY: &str = "/privacy";
/// The accessibility statement.
pub const ACCESSIBILITY: &str = "/accessibility";
/// About the portal and its data.
pub const ABOUT: &str = "/about";
/// Where the language and elder switches post to.
pub const PREFERENCES: &str = "/preferences";

/// The route of a place's profile.
pub const PLACE_ROUTE: &str = concatcp!("/", address::PLACE, "/{code}");
/// The route of the form at a place.
pub const NEW_REQUEST_ROUTE: &str = concatcp!(PLACE_ROUTE, NEW_REQUEST);
/// The route of a label's page.
pub const LABEL_ROUTE: &str = concatcp!("/", address::LABEL, "/{label}");
/// What follows a place in the address of its form.
const NEW_REQUEST: &str = "/requests/new";

/// The profile of a place, in canonical form.
#[must_use]
pub fn place(code: &LandCode) -> String {
    address::of_place(code)
}

/// A label's own address.
#[must_use]
pub fn label(label: &LabelText) -> String {
    address::of_label(label)
}

/// The form for a service at a place.
#[must_use]
pub fn new_request(code: &LandCode, item: &str) -> String {
    format!("{}{NEW_REQUEST}?item={item}", place(code))
}

/// The guide of a service.
#[must_use]
pub fn service(item: &str) -> String {
    format!("{SERVICES}/{item}")
}

/// A request's tracking page, which is its receipt too.
#[must_use]
pub fn request(number: &RequestNumber) -> String {
    format!("{REQUESTS}/{number}")
}

/// Where a visitor has their browser forget the secret of a request.
#[must_use]
pub fn forget(number: &RequestNumber) -> String {
    format!("{}/forget", request(number))
}

/// What a visitor may do about their request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See all of it.
    Data,
    /// Take it along as a file.
    File,
    /// Correct it.
    Correct,
    /// Take it back.
    Withdraw,
    /// Have it deleted.
    Delete,
}

/// Where a visitor does something about their request.
#[must_use]
pub fn right(number: &RequestNumber, right: Right) -> String {
    let tail = match right {
        Right::Data => "data",
        Right::File => "data.json",
        Right::Correct => "correct",
        Right::Withdraw => "withdraw",
        Right::Delete => "delete",
    };
    format!("{}/{tail}", request(number))
}

/// The base map of a data set; the map fills in `{bbox}`.
#[must_use]
pub fn base_map(dataset: &str) -> String {
    format!("/api/v1/basemap?dataset={dataset}&bbox={{bbox}}")
}
