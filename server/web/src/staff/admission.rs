//! Who may have what below `/staff`: the table is asked before anything is answered.

use app::{
    staff::{Shows, SignIn, StaffPage, Why, passkeys::OtherWays},
    urls,
};
use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    response::Response,
};
use domain::{scanned_text::stays_here, staff::Member};
use staff::{Recognised, SignedIn, StaffError};

use super::{Need, need_of, session_cookies};
use crate::{
    client::ClientAddress,
    cookies,
    form_body::{Form, read_form},
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security_event::Event,
    state::AppState,
};

/// The header by which a page says that it reads itself anew, and nobody pressed anything (`hall.js`). Who sends it without
/// need is signed out the sooner.
const FOLLOWS: HeaderName = HeaderName::from_static("x-jianma-follows");

/// What of a form is carried through a sign-in, and no more.
const CARRIED: [&str; 7] = ["q", "place", "number", "case", "reason", "to", "note"];

/// Somebody who may have what they ask for.
pub(super) struct Admitted {
    pub(super) who: SignedIn,
    /// To render a page with.
    pub(super) head: Request,
    pub(super) form: Form,
    /// The switches of language and size that the form was sent with.
    pub(super) switched: Vec<HeaderValue>,
}

/// Lets in who may have it, with what they sent; everybody else is answered.
pub(super) async fn admitted(state: &AppState, request: Request) -> Result<Admitted, Response> {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let need = path.as_deref().and_then(|path| need_of(request.method(), path));
    let (mut head, form) = if request.method().is_safe() {
        (request, Form::new())
    } else {
        read_form(state, request).await?
    };
    let Some(need) = need else {
        tracing::error!("a route of the counter is in no table: nobody is answered");
        return Err(render::refused(state, head, Refusal::NotFound).await);
    };
    let follows = head.method().is_safe() && head.headers().contains_key(FOLLOWS);
    let who = match recognised(state, head.headers(), follows).await {
        Ok(Recognised::SignedIn(who)) => who,
        Ok(Recognised::Over(id)) => {
            return Err(sign_in_first(state, head, &form, (Why::Over, id.as_str())).await);
        }
        Ok(Recognised::Nobody) => {
            return Err(sign_in_first(state, head, &form, (Why::Needed, "")).await);
        }
        Err(error) => return Err(unavailable(state, head, &error).await),
    };
    let may = match need {
        Need::Nothing | Need::SignedIn => true,
        Need::May(act) => who.member.may(act),
    };
    if !may {
        return Err(forbidden(state, head, who.member).await);
    }
    let switched = preferences::chosen(state, &form);
    cookies::bring(head.headers_mut(), &switched);
    Ok(Admitted { who, head, form, switched })
}

async fn recognised(
    state: &AppState,
    headers: &HeaderMap,
    follows: bool,
) -> Result<Recognised, StaffError> {
    let token = session_cookies::token(state, headers);
    match token.zip(session_cookies::station(state, headers)) {
        Some((token, station)) if follows => state.staff.recognise_page(&token, &station).await,
        Some((token, station)) => state.staff.recognise(&token, &station).await,
        None => Ok(Recognised::Nobody),
    }
}

/// Counts a stranger of whom something is kept until they come back: one address alone takes it from nobody else.
pub(super) fn counted(state: &AppState, head: &Request) -> Result<(), Refusal> {
    let client = head.extensions().get::<ClientAddress>().copied();
    let client = client.ok_or(Refusal::Unavailable)?;
    state.limits.challenge(client).map_err(|retry_after| {
        state.metrics.limit_hit("challenge");
        render::note(state, head, Event::TooOften);
        Refusal::too_many(retry_after)
    })
}

/// A page of the counter for somebody. Nothing keeps it, and nobody lists it.
pub(super) async fn show(
    state: &AppState,
    head: Request,
    who: Option<Member>,
    (shows, more): (Shows, PageInput),
) -> Response {
    let staff = Some(StaffPage { who, shows });
    listed_nowhere(render::render(state, head, PageInput { staff, ..more }).await)
}

/// Whatever came of it, nobody lists it.
pub(super) fn listed_nowhere(mut response: Response) -> Response {
    let nowhere = HeaderValue::from_static("noindex, nofollow, noarchive");
    response.headers_mut().insert(HeaderName::from_static("x-robots-tag"), nowhere);
    response
}

/// The form to sign in by, which leads back to where somebody was with what they had typed (desk D4).
async fn sign_in_first(
    state: &AppState,
    head: Request,
    form: &Form,
    (why, name): (Why, &str),
) -> Response {
    let here = head.uri().path_and_query().map_or(urls::STAFF, |path| path.as_str());
    // There is no page where something is confirmed: it stands on that of the delivery.
    let delivery = here.strip_suffix(urls::STAFF_CONFIRM).and_then(|it| it.strip_suffix('/'));
    let delivery = delivery.filter(|path| path.starts_with(urls::STAFF_DELIVERIES));
    let back = back(Some(delivery.unwrap_or(here)));
    let carried = if head.method() == Method::POST { carried(&back, form) } else { Vec::new() };
    let shows = SignIn { why, name: name.to_owned(), back, carried };
    sign_in_form(state, head, shows, StatusCode::UNAUTHORIZED).await
}

/// The form to sign in by.
pub(super) async fn sign_in_form(
    state: &AppState,
    head: Request,
    form: SignIn,
    status: StatusCode,
) -> Response {
    let ways = OtherWays {
        passkeys: state.passkeys.is_ok(),
        service: state.staff_service.as_ref().map(|service| service.label().clone()),
    };
    let more = PageInput { status: Some(status), ..PageInput::default() };
    show(state, head, None, (Shows::SignIn(form, ways), more)).await
}

async fn forbidden(state: &AppState, head: Request, who: Member) -> Response {
    let more = PageInput { status: Some(StatusCode::FORBIDDEN), ..PageInput::default() };
    show(state, head, Some(who), (Shows::Forbidden, more)).await
}

/// That it cannot be done now; nothing was.
pub(super) async fn unavailable(state: &AppState, head: Request, error: &StaffError) -> Response {
    tracing::error!(%error, "the counter cannot answer");
    render::refused(state, head, Refusal::Unavailable).await
}

/// Whether a field comes along: of the form of a service, and of its materials, all of them.
fn comes_along(back: &str, name: &str) -> bool {
    CARRIED.contains(&name)
        || urls::place_of_staff_form(back).is_some()
        || urls::place_of_staff_materials(back).is_some()
}

/// What of the form of an address comes along.
pub(super) fn carried(back: &str, form: &Form) -> Vec<(String, String)> {
    let own = form.iter().filter(|(name, _)| comes_along(back, name));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What came along through a sign-in.
pub(super) fn brought(back: &str, form: &Form) -> Form {
    let own = |(name, value): (&String, &String)| {
        let name = name.strip_prefix("typed.").filter(|name| comes_along(back, name))?;
        Some((name.to_owned(), value.clone()))
    };
    form.iter().filter_map(own).collect()
}

/// An address of the counter to go on at; its desk for any other.
pub(super) fn back(told: Option<&str>) -> String {
    let is_ours = |path: &&str| {
        let rest = path.strip_prefix(urls::STAFF);
        stays_here(path) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    told.filter(is_ours).unwrap_or(urls::STAFF).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desk_d1_nobody_is_led_anywhere_but_to_the_counter() {
        for ours in ["/staff", "/staff/sessions", "/staff?q=330521"] {
            assert_eq!(back(Some(ours)), ours);
        }
        for other in ["", "/", "//evil.example/staff", "/staffing", "https://evil.example/staff"] {
            assert_eq!(back(Some(other)), "/staff", "{other}");
        }
        assert_eq!(back(None), "/staff");
    }

    #[test]
    fn desk_d4_what_was_typed_comes_along_and_no_passphrase_does() {
        let typed = [("reason", "补正"), ("passphrase", "x"), ("token", "y"), ("q", "1")];
        let form: Form = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let along = carried("/staff/place", &form);
        let names: Vec<&str> = along.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["q", "reason"]);
        let sent: Form =
            along.iter().map(|(name, text)| (format!("typed.{name}"), text.clone())).collect();
        assert_eq!(brought("/staff/place", &sent), along.into_iter().collect());
        // The form of a service comes along whole.
        let form: Form = [("what_is_wrong".to_owned(), "面积".to_owned())].into();
        let back = "/staff/cases/BJ-22334455/forms/330521001001GB00001?item=data-correction";
        assert_eq!(carried(back, &form).len(), 1);
    }
}
