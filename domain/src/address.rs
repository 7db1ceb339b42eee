//! The addresses that stand on labels and lead to places: `/c/…` and `/l/…`, on a label in capitals
//! (rule Q1); and those by which programs reach the portal. Every other place that needs one takes it from
//! here.

use std::fmt::Display;

use crate::code::LandCode;

/// The first word of a place's address; its code follows.
pub const PLACE: &str = "c";
/// The first word of a label's address; its text follows.
pub const LABEL: &str = "l";

macro_rules! api {
    ($below:literal) => {
        concat!("/api/v1", $below)
    };
}

/// What every address of the API begins with: its version.
pub const API: &str = api!("");
/// The route on which departments tell what they did, their id in its place.
pub const CALLBACKS_ROUTE: &str = api!("/departments/{id}/callbacks");

/// Where a department tells what it did.
#[must_use]
pub fn of_callbacks(department: &str) -> String {
    CALLBACKS_ROUTE.replace("{id}", department)
}

/// The path of a place's profile, its code in canonical form.
#[must_use]
pub fn of_place(code: &LandCode) -> String {
    format!("/{PLACE}/{}", code.canonical())
}

/// The path of a label's page.
#[must_use]
pub fn of_label(label: impl Display) -> String {
    format!("/{LABEL}/{label}")
}

/// What follows `word` in a path that begins with it, in whatever case.
#[must_use]
pub fn below<'p>(word: &str, path: &'p str) -> Option<&'p str> {
    let (head, rest) = path.strip_prefix('/')?.split_once('/')?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// A path in the letters that pages are routed by: a label printed in capitals leads to its page.
#[must_use]
pub fn as_routed(path: &str) -> String {
    let routed = |word| below(word, path).map(|rest| format!("/{word}/{rest}"));
    [PLACE, LABEL].into_iter().find_map(routed).unwrap_or_else(|| path.to_owned())
}
