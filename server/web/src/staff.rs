//! The counter: what stands below `/staff`. Everything there is for who is signed in, but signing in itself;
//! what somebody must be for each route stands in one table (desk D7), and what is not in it is answered to
//! nobody.
//!
//! A session counts here and nowhere else: the door does not know it, so that no page for everybody, and nothing
//! that is kept of one, is ever drawn for a member of staff.

mod admission;
mod cases;
mod deliveries;
mod desk;
mod filing;
mod handing_in;
mod keeping;
mod looks;
mod materials;
mod mirror;
mod outcomes;
mod own;
mod paper;
mod passkeys;
mod queue;
mod reading;
mod request;
mod service;
mod session_cookies;
mod shown;
mod signing_in;
mod supervision;
mod visit;

use app::urls;
use axum::http::Method;
use domain::staff::Act;

use crate::routes::Routes;

/// What somebody must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Anybody: it leads to signing in, and tells nothing.
    Nothing,
    /// Signed in.
    SignedIn,
    /// Signed in, with a role that may do this.
    May(Act),
}

/// What somebody must be, for each route.
pub const NEEDS: [(Method, &str, Need); 38] = [
    (Method::GET, urls::STAFF, Need::May(Act::FindPlaces)),
    (Method::GET, urls::STAFF_SIGN_IN, Need::Nothing),
    (Method::POST, urls::STAFF_SIGN_IN, Need::Nothing),
    (Method::POST, urls::STAFF_SIGN_OUT, Need::SignedIn),
    (Method::GET, urls::STAFF_ENROL_ROUTE, Need::Nothing),
    (Method::POST, urls::STAFF_ENROL_ROUTE, Need::Nothing),
    (Method::GET, urls::STAFF_SESSIONS, Need::SignedIn),
    (Method::POST, urls::STAFF_SESSIONS, Need::SignedIn),
    (Method::GET, urls::STAFF_PASSKEYS, Need::SignedIn),
    (Method::POST, urls::STAFF_PASSKEYS, Need::SignedIn),
    (Method::POST, urls::STAFF_PASSKEY_NEW, Need::SignedIn),
    (Method::POST, urls::STAFF_PASSKEY_ASK, Need::Nothing),
    (Method::POST, urls::STAFF_SERVICE, Need::Nothing),
    (Method::GET, urls::STAFF_SERVICE, Need::Nothing),
    (Method::GET, urls::STAFF_PLACE, Need::May(Act::FindPlaces)),
    (Method::POST, urls::STAFF_PLACE, Need::May(Act::LookCloser)),
    (Method::GET, urls::STAFF_REQUEST, Need::May(Act::FindPlaces)),
    (Method::POST, urls::STAFF_REQUEST, Need::May(Act::ReadRequests)),
    (Method::GET, urls::STAFF_CASES, Need::May(Act::FileForOthers)),
    (Method::POST, urls::STAFF_CASES, Need::May(Act::FileForOthers)),
    (Method::GET, urls::STAFF_CASE_ROUTE, Need::May(Act::FileForOthers)),
    (Method::POST, urls::STAFF_CASE_ROUTE, Need::May(Act::FileForOthers)),
    (Method::GET, urls::STAFF_FORM_ROUTE, Need::May(Act::FileForOthers)),
    (Method::POST, urls::STAFF_FORM_ROUTE, Need::May(Act::FileForOthers)),
    (Method::GET, urls::STAFF_MATERIALS_ROUTE, Need::May(Act::FileForOthers)),
    (Method::POST, urls::STAFF_MATERIALS_ROUTE, Need::May(Act::FileForOthers)),
    (Method::GET, urls::STAFF_PAPER_ROUTE, Need::May(Act::FileForOthers)),
    (Method::POST, urls::STAFF_PAPER_ROUTE, Need::May(Act::FileForOthers)),
    (Method::GET, urls::STAFF_AUDIT, Need::May(Act::ReadLooks)),
    (Method::GET, urls::STAFF_AUDIT_EXPORT, Need::May(Act::ReadLooks)),
    (Method::GET, urls::STAFF_LOCKS, Need::May(Act::LiftLocks)),
    (Method::POST, urls::STAFF_LOCKS, Need::May(Act::LiftLocks)),
    (Method::GET, urls::STAFF_DELIVERIES, Need::May(Act::SeeDeliveries)),
    (Method::GET, urls::STAFF_DELIVERY_ROUTE, Need::May(Act::SeeDeliveries)),
    (Method::POST, urls::STAFF_DELIVERY_ROUTE, Need::May(Act::MendDeliveries)),
    (Method::POST, urls::STAFF_CONFIRM_ROUTE, Need::May(Act::ConfirmDeliveries)),
    (Method::GET, urls::STAFF_QUEUE, Need::May(Act::CallTickets)),
    (Method::POST, urls::STAFF_QUEUE, Need::May(Act::CallTickets)),
];

/// What somebody must be for a route; none of one that is not in the table.
pub(crate) fn need_of(method: &Method, path: &str) -> Option<Need> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    NEEDS.iter().find(|(own, at, _)| own == method && *at == path).map(|(_, _, need)| *need)
}

/// The routes of the counter. What they answer tells of somebody: its length must not.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .page(urls::STAFF, desk::page)
        .page(urls::STAFF_SIGN_IN, signing_in::page)
        .opening(urls::STAFF_SIGN_IN, signing_in::sign_in)
        .switch(urls::STAFF_SIGN_OUT, own::sign_out)
        .page(urls::STAFF_ENROL_ROUTE, signing_in::invited)
        .opening(urls::STAFF_ENROL_ROUTE, signing_in::enrol)
        .page(urls::STAFF_SESSIONS, own::sessions)
        .switch(urls::STAFF_SESSIONS, own::end)
        .page(urls::STAFF_PASSKEYS, passkeys::back)
        .opening(urls::STAFF_PASSKEYS, passkeys::act)
        .opening(urls::STAFF_PASSKEY_NEW, passkeys::ask_for_new)
        .opening(urls::STAFF_PASSKEY_ASK, passkeys::ask)
        .opening(urls::STAFF_SERVICE, service::direct)
        .page(urls::STAFF_SERVICE, service::returned)
        .page(urls::STAFF_PLACE, desk::back)
        .switch(urls::STAFF_PLACE, desk::closer)
        .page(urls::STAFF_REQUEST, request::back)
        .switch(urls::STAFF_REQUEST, request::read)
        .page(urls::STAFF_CASES, cases::list)
        .switch(urls::STAFF_CASES, cases::open)
        .page(urls::STAFF_CASE_ROUTE, cases::page)
        .switch(urls::STAFF_CASE_ROUTE, cases::act)
        .page(urls::STAFF_FORM_ROUTE, filing::form)
        .switch(urls::STAFF_FORM_ROUTE, filing::save)
        .page(urls::STAFF_MATERIALS_ROUTE, materials::page)
        .switch(urls::STAFF_MATERIALS_ROUTE, materials::act)
        .page(urls::STAFF_PAPER_ROUTE, paper::page)
        .switch(urls::STAFF_PAPER_ROUTE, paper::act)
        .page(urls::KEEPING_SCRIPT, keeping::script)
        // For applicants: nobody is signed in there.
        .page(urls::MIRROR, mirror::page)
        .opening(urls::MIRROR, mirror::act)
        .page(urls::STAFF_AUDIT, looks::page)
        .page(urls::STAFF_AUDIT_EXPORT, looks::export)
        .page(urls::STAFF_LOCKS, own::locks)
        .switch(urls::STAFF_LOCKS, own::lift)
        .page(urls::STAFF_DELIVERIES, supervision::list)
        .page(urls::STAFF_DELIVERY_ROUTE, deliveries::page)
        .switch(urls::STAFF_DELIVERY_ROUTE, deliveries::mend)
        .switch(urls::STAFF_CONFIRM_ROUTE, deliveries::confirm)
        .page(urls::STAFF_QUEUE, queue::page)
        .switch(urls::STAFF_QUEUE, queue::press)
        .uncompressed()
}
