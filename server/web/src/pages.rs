//! What each page's address answers.

use app::{
    found::{Asked, Found},
    site_search::SearchQuestion,
    sites::{Question, Typed},
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    address,
    code::{CodeError, LandCode, Parsed},
    request::RequestNumber,
    scanned_text::ScannedText,
};
use service_api::{Drawn, Place, Refusal, Seen, SiteSearch, former::AsOf};

use crate::{
    as_of, cookies,
    limits::Kind,
    not_ready::NotReady,
    place_answers::{self, Making},
    render::{PageInput, own_host, render},
    representation::{Representation, Wants},
    security::{
        refusal::refuse,
        visitor::{AddressedCode, AddressedText, Visitor},
    },
    state::AppState,
};

/// Any page.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    render(&state, request, PageInput::default()).await
}

/// What no route knows: labels printed in capitals are led to their page, the rest is not found, in the
/// form that whoever asks there reads.
pub async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    // It has no path that a page could be at.
    if request.method() == Method::CONNECT {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path();
    let routed = address::as_routed(path);
    if routed != path {
        return redirect(&routed, request.uri().query());
    }
    refuse(&state, request, crate::refusal::Refusal::NotFound).await
}

/// Home. A code, an address of ours or the number of a request in the search field goes straight to its
/// page; that of a request asks for its secret, whether there is such a request or not.
pub async fn home(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let typed = form_value(query, "q").unwrap_or_default();
    let typed = typed.trim();
    if typed.is_empty() {
        return render(&state, request, PageInput::default()).await;
    }
    if let Some(number) = RequestNumber::searched_for(typed) {
        return Redirect::to(&app::urls::request(&number)).into_response();
    }
    let page = form_value(query, "page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let host = own_host(&state, request.headers());
    match ScannedText::judge(typed, &host) {
        ScannedText::Code(code) => Redirect::to(&app::urls::place(&code)).into_response(),
        ScannedText::Here(path) => Redirect::to(&path).into_response(),
        ScannedText::Foreign { .. } => {
            show(&state, &visitor, request, Asked::Words { words: typed.to_owned(), page }).await
        }
    }
}

/// A profile. Any other way of writing the code is led to the canonical one; a text that is no code
/// goes on to the page, which says what is wrong with it.
pub async fn place(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let led = canonical(request.uri(), &code.read).is_some();
    if let Some(day) = as_of::asked(request.uri()).filter(|_| !led) {
        return place_as_of(&state, &visitor, code, request, &day).await;
    }
    let read = code.read.as_ref().ok().filter(|_| !led);
    let wanted = read.and_then(|read| {
        let asked = (request.uri(), request.headers());
        place_answers::wanted_page(&state, &visitor.visit, asked, read)
    });
    let (Some(wanted), Some(read)) = (wanted, read.cloned()) else {
        return at_place(state, visitor, code, request).await;
    };
    let making = Making::of(&state, wanted);
    match state.portal.see(&visitor.visit, (&read.code, Drawn::WithMap)).await {
        Ok(Seen { place, epoch: Some(epoch) }) => {
            let wants = Wants::of(request.headers());
            let drawing = found(&state, request, read, place);
            let made = making.answer(&state, epoch, drawing).await;
            made.map_or_else(|response| response, |made| made.answer.respond(&wants))
        }
        // Nobody can ask whether it is still so.
        Ok(Seen { place, epoch: None }) => {
            let found = Found::Place { code: read, place: Box::new(place) };
            draw(&state, &visitor, request, Ok(found)).await
        }
        // A *no* waits for nobody else's.
        Err(refusal) => {
            let found = Found::by_look(read, Err(refusal));
            draw(&state, &visitor, request, found).await
        }
    }
}

/// `GET /c/{code}?asof=DATE`: its code is canonical.
async fn place_as_of(
    state: &AppState,
    visitor: &Visitor,
    code: AddressedCode,
    request: Request,
    written: &str,
) -> Response {
    let AddressedCode { written: as_written, read } = code;
    let read = match read {
        Ok(read) => Parsed { code: read.code.canonical(), ..read },
        Err(error) => {
            let asked = Asked::Place { written: as_written, read: Err(error) };
            return show(state, visitor, request, asked).await;
        }
    };
    let found = match as_of::day_of(state, written) {
        None => Ok(Found::NoDay { code: read.code, from: None }),
        Some(day) => match state.portal.see_as_of(&visitor.visit, &read.code, day).await {
            Ok(AsOf::Then(place)) => Ok(Found::Place { code: read, place }),
            Ok(AsOf::Current) => {
                return Redirect::to(&app::urls::place(&read.code)).into_response();
            }
            Ok(AsOf::NotKept { from }) => Ok(Found::NoDay { code: read.code, from: Some(from) }),
            Err(refusal) => Found::by_look(read, Err(refusal)),
        },
    };
    draw(state, visitor, request, found).await
}

/// The page of a place that was found, as bytes, made by one thread from beginning to end; what is none
/// comes back as it is.
pub(crate) async fn found(
    state: &AppState,
    request: Request,
    code: Parsed<LandCode>,
    place: Place,
) -> Result<Representation, Response> {
    let found = Found::Place { code, place: Box::new(place) };
    state.drawing.draw(rendered(state.clone(), request, found, place_answers::whole)).await
}

/// Renders what was found, and goes on with the page on whichever thread that is.
async fn rendered<T, F: Future<Output = T>>(
    state: AppState,
    request: Request,
    found: Found,
    then: impl FnOnce(Response) -> F,
) -> T {
    let input = PageInput { found: Some(found), whole: true, ..PageInput::default() };
    then(render(&state, request, input).await).await
}

/// A page of a place, drawn for who asks.
async fn at_place(
    state: AppState,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let AddressedCode { written, read } = code;
    if let Some(to) = canonical(request.uri(), &read) {
        return redirect(&to, request.uri().query());
    }
    show(&state, &visitor, request, Asked::Place { written, read }).await
}

/// A place as a scene begins: what a field sign leads to. It is a look like any other.
pub async fn scene(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let named = request.uri().path().split('/').nth(2).unwrap_or_default();
    if domain::scene::scene(named).is_none() {
        return refuse(&state, request, crate::refusal::Refusal::NotFound).await;
    }
    let AddressedCode { written, read } = code;
    let before = format!("{}/{named}", app::urls::SCENES);
    if let Some(to) = canonical_after(&before, request.uri(), &read) {
        return redirect(&to, request.uri().query());
    }
    show(&state, &visitor, request, Asked::Place { written, read }).await
}

/// The form at a place. Its cookie comes back with it, if the browser keeps any. The browser may keep
/// the page for its way back: one that was refused unread is there with what was typed.
pub async fn new_request(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let cookie = cookies::form(state.settings.site.tls);
    let mut response = at_place(state, visitor, code, request).await;
    if response.status() == StatusCode::OK {
        let headers = response.headers_mut();
        headers.extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// A request, or a page on it. Any other way of writing its number is led to the one whose pages have
/// the cookie.
pub async fn receipt(
    State(state): State<AppState>,
    AddressedText(written): AddressedText,
    request: Request,
) -> Response {
    match other_address(&written, request.uri()) {
        Some(to) => Redirect::to(&to).into_response(),
        None => render(&state, request, PageInput::default()).await,
    }
}

/// The address of a page on a request whose number is written in another way than it should.
pub(crate) fn other_address(written: &str, uri: &Uri) -> Option<String> {
    let number = RequestNumber::parse(written).filter(|number| number.as_str() != written)?;
    let after = uri.path().splitn(4, '/').nth(3);
    let after = after.map_or_else(String::new, |rest| format!("/{rest}"));
    Some(format!("{}{after}", app::urls::request(&number)))
}

/// What a label comes to.
pub async fn label(
    State(state): State<AppState>,
    visitor: Visitor,
    AddressedText(label): AddressedText,
    request: Request,
) -> Response {
    show(&state, &visitor, request, Asked::Label(label)).await
}

/// Whether sites suit a use. However it was asked, it is led to one address, which says the same to whoever
/// opens it. Each further site counts as a page.
pub async fn sites(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let typed = Typed::read(request.uri().query().unwrap_or_default());
    let host = own_host(&state, request.headers());
    let question = Question::read(typed, state.portal.rule_sets(), &host);
    if let Some(to) = question.address() {
        let here = request.uri().path_and_query().map_or("", |path| path.as_str());
        if to != here {
            return Redirect::to(&to).into_response();
        }
    }
    let sites = question.asks.as_ref().map_or(0, |asks| asks.parcels().len());
    let more = sites.saturating_sub(1);
    if let Err(retry_after) = visitor.reads(&state, request.headers(), Kind::Page, more) {
        return refuse(&state, request, crate::refusal::Refusal::too_many(retry_after)).await;
    }
    show(&state, &visitor, request, Asked::Sites(Box::new(question))).await
}

/// Where a use could be. However it was asked, it is led to one address.
pub async fn site_search(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let question = SearchQuestion::read(query, state.portal.rule_sets());
    if let Some(to) = question.address() {
        let here = request.uri().path_and_query().map_or("", |path| path.as_str());
        if to != here {
            return Redirect::to(&to).into_response();
        }
    }
    let host = own_host(&state, request.headers());
    let asked = Asked::SiteSearch(Box::new(question));
    let found = asked.find(&*state.portal, &visitor.visit, &host).await;
    let retry_after = match &found {
        Ok(Found::SiteSearch { told: Some(SiteSearch::NotYet { retry_after }), .. }) => {
            Some(*retry_after)
        }
        _ => None,
    };
    let mut response = draw(&state, &visitor, request, found).await;
    if let Some(wait) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        response.extensions_mut().insert(NotReady);
    }
    response
}

/// A page with what is found for it, or why that may not be said.
pub(crate) async fn show(
    state: &AppState,
    visitor: &Visitor,
    request: Request,
    asked: Asked,
) -> Response {
    let host = own_host(state, request.headers());
    let found = asked.find(&*state.portal, &visitor.visit, &host).await;
    draw(state, visitor, request, found).await
}

pub(crate) async fn draw(
    state: &AppState,
    visitor: &Visitor,
    request: Request,
    found: Result<Found, Refusal>,
) -> Response {
    match found {
        Ok(
            found @ (Found::Place { .. }
            | Found::Label(_)
            | Found::Sites { told: Some(_), .. }
            | Found::SiteSearch { told: Some(_), .. }
            | Found::Outline { told: Some(_), .. }),
        ) => {
            state
                .drawing
                .draw(rendered(state.clone(), request, found, place_answers::at_once))
                .await
        }
        Ok(found) => {
            let input = PageInput { found: Some(found), ..PageInput::default() };
            render(state, request, input).await
        }
        Err(refusal) => visitor.page(state, request, &refusal).await,
    }
}

/// The address of a place whose code is written in another way than it should.
fn canonical(uri: &Uri, read: &Result<Parsed<LandCode>, CodeError>) -> Option<String> {
    let rest = address::below(address::PLACE, uri.path())?;
    other_code(rest, read).map(|rest| format!("/{}/{rest}", address::PLACE))
}

/// The same of an address that begins with `before`, which is followed by the code.
fn canonical_after(
    before: &str,
    uri: &Uri,
    read: &Result<Parsed<LandCode>, CodeError>,
) -> Option<String> {
    let rest = uri.path().strip_prefix(before)?.strip_prefix('/')?;
    other_code(rest, read).map(|rest| format!("{before}/{rest}"))
}

/// What begins with a code, with the code as it should be written, if it is written in another way.
fn other_code(rest: &str, read: &Result<Parsed<LandCode>, CodeError>) -> Option<String> {
    let (in_path, tail) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let parsed = read.as_ref().ok()?;
    // A unit that is none but has a number keeps it, so that the page can say what is odd (C2).
    let odd = parsed.code.canonical() != parsed.code && !parsed.warnings.is_empty();
    let code = if odd { parsed.code } else { parsed.code.canonical() };
    (code.as_str() != in_path).then(|| format!("{code}{tail}"))
}

fn redirect(to: &str, query: Option<&str>) -> Response {
    let to = query.map_or_else(|| to.to_owned(), |query| format!("{to}?{query}"));
    Redirect::permanent(&to).into_response()
}

/// The first value of `name` in a URL-encoded form or query.
#[must_use]
pub fn form_value(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded)
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

#[cfg(test)]
mod tests {
    use domain::code::Strictness;

    use super::*;

    fn led_to(path: &str) -> Option<String> {
        let written = path.split('/').nth(2).unwrap().replace("%20", " ");
        canonical(&path.parse().unwrap(), &LandCode::parse(&written, Strictness::LookUp))
    }

    #[test]
    fn every_way_of_writing_a_number_has_one_address_for_each_page_on_its_request() {
        let number = "JM-20261122-7K3MQ2VX";
        for tail in ["", "/data", "/correct"] {
            let path = format!("/requests/x{tail}").parse().unwrap();
            let written = ["jm-20261122-7k3mq2vx", "JM202611227K3MQ2VX", " JM-20261122-7K3MQ2VX"];
            for written in written {
                let to = other_address(written, &path);
                assert_eq!(to, Some(format!("/requests/{number}{tail}")), "{written}");
            }
            assert_eq!(other_address(number, &path), None);
            assert_eq!(other_address("nonsense", &path), None);
        }
    }

    #[test]
    fn every_way_of_writing_a_code_has_one_address() {
        let one = Some("/c/330521001002GB00011".to_owned());
        for path in [
            "/c/330521001002gb00011",
            "/c/330521%20001002%20GB00011",
            "/c/330521-001002-GB00011",
            "/c/330521001002GB00011W00000000",
        ] {
            assert_eq!(led_to(path), one, "{path}");
        }
        assert_eq!(led_to("/c/330521001002GB00011"), None);
        assert_eq!(led_to("/c/330521001002GB00011W00000333"), None, "C2: accepted and flagged");
        assert_eq!(led_to("/c/nonsense"), None);
        assert_eq!(
            led_to("/c/330521001002gb00011/requests/new").as_deref(),
            Some("/c/330521001002GB00011/requests/new")
        );
    }
}
