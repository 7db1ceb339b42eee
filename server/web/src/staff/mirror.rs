//! What an applicant at the counter opens on their own phone, or on a screen that faces them: what staff have written
//! for them, read only, the button that confirms it, and then number and secret, which no page of staff has
//! (desk D2).
//!
//! A code opens it in one browser, once. Nobody is signed in here; what a member of staff brings says only that the
//! screen is one of the counter.

use app::{
    staff::{
        Shows,
        filing::{CLEARS_AFTER, LEFT_AFTER, MirrorPage, ReceiptShown},
    },
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    audit::CaseStep,
    case::{Case, Filing, MirrorOpened, SHOWN_FOR},
    request::{Consent, ConsentBy},
    staff::Member,
};
use service::cases::{NotChanged, digest_of};

use super::{admission, session_cookies, shown, visit::noted};
use crate::{
    cookies,
    opening::{forget_pages, to},
    pages::form_value,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::Visitor,
    state::AppState,
};

/// The pick-up code and the token that a browser brings.
fn brought(headers: &HeaderMap) -> Option<(String, String)> {
    let (code, token) = cookies::read(headers, cookies::MIRROR)?.split_once('.')?;
    (!token.is_empty()).then(|| (code.to_owned(), token.to_owned()))
}

/// `GET /counter`: what this browser has opened; else the field for a code.
pub async fn page(State(state): State<AppState>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let code = form_value(query, urls::PICK_UP);
    let opened = match brought(request.headers()) {
        // Another code is meant than the one that was opened here before.
        Some((own, _)) if code.as_ref().is_some_and(|code| *code != own) => None,
        Some((own, token)) => match state.casework().mirrored(&own, &token).await {
            Ok(found) => found.map(|found| ((own, token), found)),
            Err(error) => return admission::unavailable(&state, request, &error.into()).await,
        },
        None => None,
    };
    match opened {
        // Nobody pressed anything for long; what an applicant opened on a device of their own stays.
        Some((_, (_, opened)))
            if opened.how == ConsentBy::CounterScreen
                && form_value(query, urls::CLEARED).is_some() =>
        {
            forgotten(state.settings.site.tls)
        }
        Some((by, found)) => shown_to(&state, request, (by, found), false).await,
        None => {
            let code = code.unwrap_or_default();
            let shows = MirrorPage::PickUp { code, wrong: false };
            drawn(&state, request, shows, StatusCode::OK).await
        }
    }
}

/// `POST /counter`: opens a code, confirms what is shown, or has the browser forget it.
pub async fn act(State(state): State<AppState>, request: Request) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let tls = state.settings.site.tls;
    if !switched.is_empty() {
        let mut response = page(State(state), head).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    match &*field("do") {
        "confirm" => match brought(head.headers()) {
            Some(by) => confirm(&state, head, by, &field("shown")).await,
            None => to(urls::MIRROR, None::<HeaderValue>),
        },
        "forget" => forgotten(tls),
        _ => opened(&state, head, field(urls::PICK_UP)).await,
    }
}

/// Has the browser forget what was opened in it.
fn forgotten(tls: bool) -> Response {
    let mut response = to(urls::MIRROR, cookies::mirror(None, 0, tls));
    forget_pages(&mut response);
    response
}

/// Who showed the visit: in the audit it stands with them.
async fn shown_by(state: &AppState, case: &Case) -> Option<Member> {
    let id = &case.content.mirror.as_ref()?.shown_by;
    let account = state.staff.member(id).await;
    let account = account.inspect_err(|error| tracing::error!(%error, "an account is not read"));
    account.ok().flatten().map(|account| account.member)
}

async fn opened(state: &AppState, head: Request, code: String) -> Response {
    let casework = state.casework();
    let wrong = |code| MirrorPage::PickUp { code, wrong: true };
    let case = match casework.to_open(&code).await {
        Ok(Some(case)) => case,
        Ok(None) => {
            render::note_wrong_secret(state, &head);
            return drawn(state, head, wrong(code), Refusal::Faults.status()).await;
        }
        Err(error) => return admission::unavailable(state, head, &error.into()).await,
    };
    // The browser of a counter has its mark; the phone of an applicant has not.
    let at_counter = session_cookies::station(state, head.headers()).is_some();
    let how = if at_counter { ConsentBy::CounterScreen } else { ConsentBy::AnotherBrowser };
    let Some(who) = shown_by(state, &case).await else {
        return render::refused(state, head, Refusal::Unavailable).await;
    };
    if !noted(state, &who, &case.number, CaseStep::Mirrored { how }).await {
        return render::refused(state, head, Refusal::Unavailable).await;
    }
    let code = case.content.mirror.map(|mirror| mirror.code).unwrap_or_default();
    let token = state.draw_token(18);
    match casework.open_mirror(&code, &token, how).await {
        Ok(()) => {
            let (brings, tls) = (format!("{code}.{token}"), state.settings.site.tls);
            to(urls::MIRROR, cookies::mirror(Some(&brings), SHOWN_FOR.as_secs(), tls))
        }
        Err(NotChanged::Store(error)) => admission::unavailable(state, head, &error.into()).await,
        Err(_) => drawn(state, head, wrong(code), Refusal::Faults.status()).await,
    }
}

/// Takes the applicant's word for what they were shown, if it is still that.
async fn confirm(
    state: &AppState,
    head: Request,
    (code, token): (String, String),
    seen: &str,
) -> Response {
    let casework = state.casework();
    let (case, opened) = match casework.mirrored(&code, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return to(urls::MIRROR, None::<HeaderValue>),
        Err(error) => return admission::unavailable(state, head, &error.into()).await,
    };
    let visitor = head.extensions().get::<Visitor>().cloned();
    let Some((who, visitor)) = shown_by(state, &case).await.zip(visitor) else {
        return render::refused(state, head, Refusal::Unavailable).await;
    };
    match take(state, (&visitor, head.headers()), (&who, &case), (opened.how, seen)).await {
        Taken::Changed => shown_to(state, head, ((code, token), (case, opened)), true).await,
        Taken::NotWritten => render::refused(state, head, Refusal::Unavailable).await,
        Taken::Consents(consents) => {
            let keeping = |case: &mut Case| keep(case, &consents, Some(&opened.mark));
            match casework.change_mirrored((&code, &token), keeping).await {
                Ok(()) => to(urls::MIRROR, None::<HeaderValue>),
                Err(NotChanged::Store(error)) => {
                    admission::unavailable(state, head, &error.into()).await
                }
                Err(_) => to(urls::MIRROR, None::<HeaderValue>),
            }
        }
    }
}

/// What came of an applicant's word.
pub(super) enum Taken {
    /// It is not what they were shown.
    Changed,
    /// It cannot be written down.
    NotWritten,
    /// What they confirmed, by the key of each filing with its form as it was.
    Consents(Vec<(String, domain::service::Answers, Consent)>),
}

/// Writes down that an applicant confirmed what they have seen, and nothing else.
pub(super) async fn take(
    state: &AppState,
    of: (&Visitor, &HeaderMap),
    (who, case): (&Member, &Case),
    (how, seen): (ConsentBy, &str),
) -> Taken {
    let shown = shown::ready(state, of, case).await;
    if shown.is_empty() || shown::digests(&shown) != seen {
        return Taken::Changed;
    }
    let at = state.clock.now();
    let mut consents = Vec::new();
    for one in shown.iter().filter(|one| one.confirmed.is_none()) {
        let Some(content_sha256) = digest_of(&one.submission) else { return Taken::NotWritten };
        let Some(filing) = case.filing(&one.code, &one.item.id) else { return Taken::Changed };
        let consent = Consent { content_sha256, how, at };
        let step = CaseStep::Confirmed { item: filing.item.clone(), consent: consent.clone() };
        if !noted(state, who, &case.number, step).await {
            return Taken::NotWritten;
        }
        consents.push((filing.key.clone(), filing.fields.clone(), consent));
    }
    Taken::Consents(consents)
}

/// Keeps what was confirmed with each filing that nobody has changed meanwhile.
pub(super) fn keep(
    case: &mut Case,
    consents: &[(String, domain::service::Answers, Consent)],
    confirmed_in: Option<&String>,
) {
    for (key, fields, consent) in consents {
        let is_it =
            |one: &&mut Filing| one.key == *key && one.fields == *fields && one.number.is_none();
        if let Some(filing) = case.content.filings.iter_mut().find(is_it) {
            filing.consent = Some(consent.clone());
            filing.confirmed_in = confirmed_in.cloned();
        }
    }
}

/// The page of what a browser has opened. Who reads number and secret there has them.
async fn shown_to(
    state: &AppState,
    head: Request,
    ((code, token), (case, opened)): ((String, String), (Case, MirrorOpened)),
    changed: bool,
) -> Response {
    let Some(visitor) = head.extensions().get::<Visitor>().cloned() else {
        return render::refused(state, head, Refusal::Unavailable).await;
    };
    let filings = shown::ready(state, (&visitor, head.headers()), &case).await;
    // What was confirmed elsewhere, or signed on paper, is not this browser's: another code shows no secret again.
    let is_own = |filing: &&Filing| filing.confirmed_in.as_ref() == Some(&opened.mark);
    let handed_in = case.content.filings.iter().filter(is_own);
    let receipt = |filing: &Filing| {
        let number = filing.number.clone()?;
        let secret = state.receipts.secret(&number);
        Some(ReceiptShown { item: filing.item.clone(), number, secret, copy: false })
    };
    let receipts: Vec<ReceiptShown> = handed_in.filter_map(receipt).collect();
    let numbers: Vec<_> = receipts.iter().map(|receipt| receipt.number.clone()).collect();
    let is_new = |filing: &Filing| {
        !filing.taken && filing.number.as_ref().is_some_and(|number| numbers.contains(number))
    };
    if case.content.filings.iter().any(is_new) {
        let taking = |case: &mut Case| {
            case.content.filings.iter_mut().filter(|it| is_new(it)).for_each(|it| it.taken = true);
        };
        if let Err(error) = state.casework().change_mirrored((&code, &token), taking).await {
            tracing::warn!(%error, "that an applicant has their receipt is not kept");
        }
    }
    let shown = shown::digests(&filings);
    let status = if changed { StatusCode::CONFLICT } else { StatusCode::OK };
    // What an applicant leaves behind on a screen of the counter is not for the next one.
    let is_done = !receipts.is_empty() && filings.iter().all(|filing| filing.confirmed.is_some());
    let after = if is_done { CLEARS_AFTER } else { LEFT_AFTER };
    let clears = (opened.how == ConsentBy::CounterScreen).then_some(after);
    let page = MirrorPage::Shown { filings, shown, changed, receipts, clears };
    let mut response = drawn(state, head, page, status).await;
    let cleared =
        clears.map(|after| format!("{}; url={}?{}=1", after * 60, urls::MIRROR, urls::CLEARED));
    if let Some(cleared) = cleared.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::REFRESH, cleared);
    }
    response
}

async fn drawn(state: &AppState, head: Request, page: MirrorPage, status: StatusCode) -> Response {
    let more = PageInput { status: Some(status), ..PageInput::default() };
    admission::show(state, head, None, (Shows::Mirror(Box::new(page)), more)).await
}
