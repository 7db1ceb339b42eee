//! The day whose data an address asks for. A query enters no cache.

use app::urls;
use axum::http::Uri;
use domain::clock::china_date;
use jiff::civil::Date;

use crate::state::AppState;

/// The day that an address asks for, as written; `None` where it asks for none.
pub(crate) fn asked(uri: &Uri) -> Option<String> {
    let query = uri.query()?.as_bytes();
    form_urlencoded::parse(query)
        .find_map(|(key, value)| (key == urls::AS_OF).then(|| value.into_owned()))
}

/// The day that is written so, if it is one up to today.
pub(crate) fn day_of(state: &AppState, written: &str) -> Option<Date> {
    let day: Date = written.trim().parse().ok()?;
    (day <= china_date(state.clock.now())).then_some(day)
}
