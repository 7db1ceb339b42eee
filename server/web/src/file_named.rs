//! Files that people take away: kept under a name by whoever asked, and by nobody on the way.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};

/// The answer as a file of that name.
pub(crate) fn file_named(mut file: Response, name: &str) -> Response {
    let headers = file.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    file
}
