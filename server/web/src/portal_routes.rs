//! The portal's routes: every address that it answers, and what each is.

use std::path::Path;

use app::urls::{self, Right};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use tower_http::services::{ServeDir, ServeFile};

use crate::{
    asking, extracts, forms, halls, ogc, opening, outlines, pages, place_feed, preferences, rest,
    rights, route::Route, routes::Routes, site_feed, staff, verdicts,
};

/// The routes of the portal. The folder is that of built files.
#[must_use]
pub fn routes(site: &Path) -> Routes {
    // Only what the route lets through is asked for: `pkg/…` of the folder.
    let built = ServeDir::new(site).precompressed_br().precompressed_gzip();
    let built = tower::ServiceBuilder::new().layer(middleware::from_fn(immutable)).service(built);
    let root_file = |name: &str| ServeFile::new(site.join(name));
    let receipts = Routes::new()
        // Its answer can be the receipt.
        .form(urls::NEW_REQUEST_ROUTE, forms::new_request)
        .form(urls::ASK_OFFICES_ROUTE, asking::ask)
        .page(urls::DRAFTS, pages::page)
        .opening(urls::DRAFTS, forms::drafts::open)
        .page(urls::REQUESTS, pages::page)
        .opening(urls::REQUESTS, opening::open_request)
        .page(urls::REQUEST_ROUTE, pages::receipt)
        .opening(urls::REQUEST_ROUTE, opening::open_request)
        .switch(urls::FORGET_ROUTE, opening::forget)
        .page(Right::Data.route(), pages::receipt)
        .page(Right::File.route(), rights::forms::file)
        .page(urls::REQUEST_VERDICT_ROUTE, verdicts::of_request)
        .page(urls::REQUEST_PAPER_ROUTE, verdicts::document_of_request)
        .page(Right::Correct.route(), rights::forms::correction)
        .form(Right::Correct.route(), rights::forms::correct)
        .page(Right::Withdraw.route(), pages::receipt)
        .form(Right::Withdraw.route(), rights::forms::withdraw)
        .page(Right::Rate.route(), pages::receipt)
        .form(Right::Rate.route(), rights::forms::rate)
        .page(Right::Reopen.route(), pages::receipt)
        .form(Right::Reopen.route(), rights::reopening::reopen)
        .page(Right::Delete.route(), pages::receipt)
        .form(Right::Delete.route(), rights::forms::delete)
        .page(urls::OUTCOME_ROUTE, pages::receipt)
        .page(urls::OUTCOME_PDF_ROUTE, rights::outcomes::document)
        .page(urls::NOTICES_ROUTE, rights::notices::page)
        .form(urls::NOTICES_ROUTE, rights::notices::name)
        .page(urls::CONFIRM_ROUTE, pages::receipt)
        .form(urls::CONFIRM_ROUTE, rights::notices::follow)
        .page(urls::STOP_ROUTE, pages::receipt)
        .form(urls::STOP_ROUTE, rights::notices::follow)
        .merge(rest::receipt_routes());
    // Built files have compressed twins.
    let built = Routes::new().files("/pkg/{*file}", built);
    Routes::new()
        .page(urls::HOME, pages::home)
        .page_kept(urls::PLACE_ROUTE, pages::place)
        .page(urls::CHANGES_ROUTE, place_feed::feed)
        .page(urls::EXTRACT_ROUTE, extracts::file)
        .page(urls::EXTRACT_PAPER_ROUTE, extracts::document)
        .page(urls::NEW_REQUEST_ROUTE, pages::new_request)
        .page(urls::ASK_OFFICES_ROUTE, asking::form)
        .page(urls::LABEL_ROUTE, pages::label)
        .page(urls::SCENE_ROUTE, pages::scene)
        .page(urls::SERVICES, pages::page)
        .page(urls::SERVICE_ROUTE, pages::page)
        .page(urls::SITES, pages::sites)
        .page(urls::SITE_SEARCH, pages::site_search)
        .page(urls::SEARCH_FEED, site_feed::feed)
        .page(urls::VERDICT_ROUTE, verdicts::file)
        .page(urls::VERDICT_PAPER_ROUTE, verdicts::document)
        .page(urls::VERIFY, pages::page)
        .page(urls::VERIFY_STUB_ROUTE, extracts::printed)
        .switch(urls::VERIFY, verdicts::verify)
        .page(urls::OUTLINE, outlines::form)
        .switch(urls::OUTLINE, outlines::ask)
        .switch(urls::OUTLINE_ASK_ROUTE, outlines::ask_offices)
        .switch(urls::OUTLINE_VERDICT_ROUTE, outlines::file)
        .switch(urls::OUTLINE_VERDICT_PAPER_ROUTE, outlines::document)
        .page(urls::HALL_ROUTE, halls::board)
        .page(urls::HALL_TICKET_ROUTE, halls::ticket)
        .page(urls::HALL_EVENTS_ROUTE, halls::events)
        .page(urls::HALL_SCRIPT, halls::script)
        .form(urls::HALL_TICKET_ROUTE, halls::take)
        .page(urls::FIGURES, pages::page)
        .page(urls::LAWS, pages::page)
        .page(urls::PRIVACY, pages::page)
        .page(urls::POLICY, pages::page)
        .page(urls::ACCESSIBILITY, pages::page)
        .page(urls::HELP, pages::page)
        .page(urls::ABOUT, pages::page)
        .switch(urls::PREFERENCES, preferences::choose)
        .files("/favicon.svg", root_file("favicon.svg"))
        .files("/robots.txt", root_file("robots.txt"))
        .merge(rest::routes())
        .merge(ogc::routes())
        .merge(staff::routes())
        .merge(receipts.merge(built).uncompressed())
}

/// Every route there is, for whoever must ask them all.
#[must_use]
pub fn known_routes() -> Vec<Route> {
    routes(Path::new(".")).list()
}

/// Built files carry their content's hash in their name: they never change.
async fn immutable(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::AtDoor;

    #[test]
    fn every_route_is_exactly_this() {
        let mut lines = String::new();
        for Route { method, path, info } in known_routes() {
            let method = method.as_ref().map_or("any", |method| method.as_str());
            let compressed = if info.compressed { "" } else { ", uncompressed" };
            let at_door = match info.at_door {
                AtDoor::Nothing => "",
                AtDoor::Alive | AtDoor::Kept(_) => ", at the door",
            };
            let keyed = if info.keyed { ", by key" } else { "" };
            lines.push_str(&format!(
                "{method} {path}: {:?}, {}{compressed}{at_door}{keyed}\n",
                info.audience,
                info.kind.name()
            ));
        }
        insta::assert_snapshot!(lines);
    }
}
