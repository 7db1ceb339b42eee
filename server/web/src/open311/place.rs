//! Where a report is about: a code, an address, or a point.

use domain::{
    LandCode,
    code::Strictness,
    search::{SearchWords, folded},
};
use service_api::{Search, SearchPage};

use super::format::Refused;
use crate::{form_body::Form, security::visitor::Visitor, state::AppState};

/// The place that a form names: `address_id` (a code of ours), `lat` with `long`, or `address_string`; the first
/// of them that is there.
///
/// # Errors
/// [`Refused`] says what leads to no place, or to several.
pub(super) async fn of(
    state: &AppState,
    visitor: &Visitor,
    form: &Form,
) -> Result<LandCode, Refused> {
    let given = |name: &str| super::given(form, name);
    if let Some(code) = given("address_id") {
        return read(code).ok_or_else(|| {
            Refused::bad("address_id is a parcel code (19 characters) or a unit code (28).")
        });
    }
    match (given("lat"), given("long"), given("address_string")) {
        (Some(latitude), Some(longitude), _) => at(state, visitor, (longitude, latitude)).await,
        (None, None, Some(address)) => match read(address) {
            Some(code) => Ok(code),
            None => called(state, visitor, address).await,
        },
        (None, None, None) => {
            Err(Refused::bad("Send lat and long, address_string, or a parcel code as address_id."))
        }
        _ => Err(Refused::bad("lat and long come together.")),
    }
}

fn read(text: &str) -> Option<LandCode> {
    LandCode::parse(text, Strictness::LookUp).ok().map(|parsed| parsed.code.canonical())
}

/// The parcel under a point. WGS 84, as the specification has it: CGCS2000, in which parcels are, differs from it
/// by less than the outlines that everybody may see.
async fn at(
    state: &AppState,
    visitor: &Visitor,
    (longitude, latitude): (&str, &str),
) -> Result<LandCode, Refused> {
    let degrees = |text: &str, most: f64| {
        text.parse::<f64>().ok().filter(|it| it.is_finite() && it.abs() <= most)
    };
    let point = degrees(longitude, 180.0).zip(degrees(latitude, 90.0));
    let point = point.ok_or_else(|| Refused::bad("lat and long are decimal degrees, WGS 84."))?;
    let found = state.portal.at_point(&visitor.visit, point).await;
    let found = found.map_err(|refusal| refused(state, visitor, &refusal, NO_PARCEL))?;
    match found[..] {
        [code] => Ok(LandCode::Parcel(code)),
        [] => Err(Refused::bad(NO_PARCEL)),
        _ => Err(Refused::bad(
            "lat and long lie in several parcels. Send the code of the one that is meant as address_id.",
        )),
    }
}

const NO_PARCEL: &str = "lat and long lie in no parcel whose outline everybody may see. Coordinates are WGS 84 (not GCJ-02 or BD-09); if they are right, send a parcel code as address_id.";

/// The one parcel of an address.
async fn called(state: &AppState, visitor: &Visitor, address: &str) -> Result<LandCode, Refused> {
    let search = Search { text: address.to_owned(), bounds: None, page: 1, limit: 2 };
    let found = state.portal.search(&visitor.visit, &search).await;
    let none =
        "address_string leads to no parcel. Send lat and long, or a parcel code as address_id.";
    let SearchPage { hits, matched, more, coarser, .. } =
        found.map_err(|refusal| refused(state, visitor, &refusal, none))?;
    // Nobody sees what was found before the report is kept: only what says all that was said is meant.
    let said = SearchWords::of(address).words;
    let says_it = |location: &str| {
        let location = folded(location);
        !said.is_empty() && said.iter().all(|word| location.contains(word.as_str()))
    };
    match &hits[..] {
        [hit]
            if matched == 1
                && !more
                && !coarser
                && hit.location.as_deref().is_some_and(says_it) =>
        {
            Ok(LandCode::Parcel(hit.code))
        }
        [] => Err(Refused::bad(none)),
        _ => Err(Refused::bad(
            "address_string leads to several parcels. Send lat and long, or a parcel code as address_id.",
        )),
    }
}

/// A refusal of a look, once it is written down; `none` is what is said where nothing is there.
pub(super) fn refused(
    state: &AppState,
    visitor: &Visitor,
    refusal: &service_api::Refusal,
    none: &str,
) -> Refused {
    visitor.noted(state, refusal);
    match refusal {
        service_api::Refusal::Nothing { .. } => Refused::bad(none),
        service_api::Refusal::TooMany { retry_after } => Refused::too_often(*retry_after),
        service_api::Refusal::Unavailable(_) => Refused::unavailable(),
    }
}
