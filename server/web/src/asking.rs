//! The form that asks several offices at once (*sites S5*): a request to each, by a key of its own under the form's.
//! One that is not taken loses none of the others, and whatever was typed comes back.

use app::{
    asking::{AskingForm, Became, Part},
    context::{Arrival, EarlierRequest, FormRefusal, FormReturn},
    found::{Asked, Found},
    sites::{Question, Typed},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    LandCode,
    clock::china_date,
    request::{Channel, RequestNumber, key_under},
    service::Answers,
    suitability::AskWritten,
};
use service::submission::{Accepted, Given, NotKept, is_key};
use service_api::{Assessment, Refusal};

use crate::{
    cookies,
    form_body::typed,
    forms::{Browser, mark, opens_by_token},
    opening::is_forgotten,
    preferences,
    refusal::Refusal as Why,
    render::{self, PageInput, own_host},
    security::visitor::{AddressedCode, Visitor},
    state::AppState,
};

/// `GET /c/{code}/requests/ask`: the form. Where nothing is to be asked it leads back to the verdict, which says so.
pub async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let Ok(read) = &code.read else {
        return render::refused(&state, request, Why::NotFound).await;
    };
    let query = request.uri().query().unwrap_or_default();
    let mut typed = Typed::read(query);
    typed.codes = read.code.parcel().as_str().to_owned();
    let host = own_host(&state, request.headers());
    let question = Question::read(typed, state.portal.rule_sets(), &host);
    let there = question.address().unwrap_or_else(|| urls::sites_at(&read.code));
    let answered = question.typed.answers.clone();
    let asked = Asked::Sites(Box::new(question));
    let found = match asked.find(&*state.portal, &visitor.visit, &host).await {
        Ok(found) => found,
        Err(refusal) => return visitor.page(&state, request, &refusal).await,
    };
    let asking = match &found {
        Found::Sites { told: Some(told), .. } => {
            AskingForm::of(told, &answered, &|item| state.portal.offers(item))
        }
        _ => None,
    };
    let Some(asking) = asking else { return Redirect::to(&there).into_response() };
    drawn(&state, request, (found, asking), "private, no-cache").await
}

/// The page with the form, and how long its browser keeps it.
async fn drawn(
    state: &AppState,
    request: Request,
    (found, asking): (Found, AskingForm),
    kept: &'static str,
) -> Response {
    let cookie = cookies::form(state.settings.site.tls);
    let input = PageInput { found: Some(found), asking: Some(asking), ..PageInput::default() };
    let mut response = render::render(state, request, input).await;
    let headers = response.headers_mut();
    headers.extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

/// The form about an outline, of the parcel that it names: `told` is what is said of the outline, as of that parcel.
pub(crate) async fn shown(
    state: &AppState,
    mut request: Request,
    told: Assessment,
    asking: AskingForm,
) -> Response {
    let Ok(there) = Uri::try_from(urls::asked_offices(&asking.code)) else {
        return render::refused(state, request, Why::NotFound).await;
    };
    // It is the page that the form is sent to, whichever form led to it.
    *request.uri_mut() = there;
    let host = own_host(state, request.headers());
    let question = Question::read(Typed::default(), state.portal.rule_sets(), &host);
    let (question, told) = (Box::new(question), Some(Box::new(told)));
    let found = Found::Sites { question, told };
    drawn(state, request, (found, asking), "no-store").await
}

/// `POST /c/{code}/requests/ask`: hands in a request to each office. While anything is wrong with the form none is
/// handed in; after that each stands for itself, and the page says of each what became of it.
pub async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let code = code.read.as_ref().ok().map(|read| LandCode::Parcel(read.code.parcel()));
    let asking =
        code.and_then(|code| AskingForm::read(code, &form, &|item| state.portal.offers(item)));
    let Some(mut asking) = asking else {
        let form = Some(FormReturn::of(typed(&form)));
        let given_back = PageInput { form, ..PageInput::default() };
        return render::refused_with(&state, head, Why::NotFound, given_back).await;
    };
    let says = |name: &str| form.get(name).is_some_and(|text| text == "yes");
    let mut handing = HandingIn {
        state: &state,
        visitor: &visitor,
        headers: head.headers().clone(),
        wait: None,
        cookies: Vec::new(),
        nothing: false,
    };
    let mut status = StatusCode::OK;
    handing.sent_before(&mut asking).await;
    // Nothing is handed in but by its button: not by a switch, and what was brought back from a page that refused it
    // is to be read first.
    if switched.is_empty() && !says("carried") && !handing.nothing {
        asking.check(china_date(state.clock.now()));
        if asking.faults.is_empty() {
            status = handing.all(&mut asking).await;
        } else {
            status = Why::Faults.status();
        }
    }
    let HandingIn { wait, cookies, nothing, .. } = handing;
    if nothing {
        return render::refused(&state, head, Why::NotFound).await;
    }
    let input = PageInput { asking: Some(asking), status: Some(status), ..PageInput::default() };
    let mut response = render::render(&state, head, input).await;
    preferences::keep(&mut response, switched.into_iter().chain(cookies).collect());
    let wait = wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds)));
    response.headers_mut().extend(wait);
    response
}

/// The key of a part, under that of its form.
fn key_of(asking: &AskingForm, part: &Part) -> Option<String> {
    let form = asking.token.as_deref().filter(|token| is_key(token))?;
    Some(key_under(form, &part.item.id))
}

/// What a part hands in.
fn given<'g>(
    asking: &'g AskingForm,
    part: &'g Part,
    (answers, asks, key): (&'g Answers, &'g AskWritten, &'g str),
) -> Given<'g> {
    Given {
        item: part.item,
        code: asking.code,
        answers,
        seen: &asking.seen,
        key,
        channel: Channel::Applicant,
        assisted: None,
        asks: Some(asks),
        knows_of_end: false,
        attachments: &[],
    }
}

/// The requests of one form on their way in.
struct HandingIn<'s> {
    state: &'s AppState,
    visitor: &'s Visitor,
    /// As the browser sent them, with the marks of what was handed in since.
    headers: HeaderMap,
    /// How long whoever hands in too many has to wait, seconds.
    wait: Option<u64>,
    /// The receipts.
    cookies: Vec<HeaderValue>,
    /// Nothing is there that may be shown.
    nothing: bool,
}

impl HandingIn<'_> {
    /// Looks up what the form says was handed in before. Nothing is handed in: what is not there any more is open again.
    async fn sent_before(&mut self, asking: &mut AskingForm) {
        for at in 0..asking.parts.len() {
            let Some(part) = asking.parts.get(at).filter(|part| part.sent) else { continue };
            let Some(key) = key_of(asking, part) else { continue };
            let (answers, asks) = (asking.answers(part), asking.asks(part));
            let given = given(asking, part, (&answers, &asks, &key));
            let found = self.state.reception().kept_under(given).await;
            let became = match found {
                Ok(Some((number, same))) => self.kept(number, !same).await,
                Ok(None) => Became::Open,
                Err(why) => self.refused(why),
            };
            if let Some(part) = asking.parts.get_mut(at) {
                part.became = became;
            }
        }
    }

    /// Hands in one after the other; the status of the answer.
    async fn all(&mut self, asking: &mut AskingForm) -> StatusCode {
        let mut status = StatusCode::OK;
        // What is found of one part is said before it counts for another.
        let again = asking.again;
        for at in 0..asking.parts.len() {
            if asking.parts.get(at).is_some_and(|part| part.became != Became::Open) {
                continue;
            }
            let became = self.one(asking, at, again).await;
            if let Became::Refused(refusal) = &became {
                asking.again |= matches!(refusal, FormRefusal::Sent(_));
                status = Why::from(refusal).status();
            }
            if let Some(part) = asking.parts.get_mut(at) {
                part.became = became;
            }
            if self.nothing {
                break;
            }
        }
        status
    }

    async fn one(&mut self, asking: &AskingForm, at: usize, again: bool) -> Became {
        let Some(part) = asking.parts.get(at) else { return Became::Open };
        let (answers, asks) = (asking.answers(part), asking.asks(part));
        // Where the form has no key, a new one is drawn for each.
        let key = key_of(asking, part).unwrap_or_default();
        let given = given(asking, part, (&answers, &asks, &key));
        let browser =
            Browser { state: self.state, visitor: self.visitor, headers: &self.headers, again };
        let visit = &self.visitor.visit;
        match self.state.reception().submit(visit, given, &browser).await {
            Ok(Accepted { number, submission, .. }) => {
                let tls = self.state.settings.site.tls;
                let sent = submission.and_then(|submission| {
                    let mark = mark(self.state, &submission);
                    cookies::sent(&self.headers, &mark, &number, tls)
                });
                cookies::bring(&mut self.headers, sent.as_slice());
                self.cookies.extend(sent);
                self.kept(number, false).await
            }
            Err(NotKept::KeyReused(number)) => self.kept(number, true).await,
            Err(why) => self.refused(why),
        }
    }

    /// A request that is kept, with its secret as long as its form opens it.
    async fn kept(&mut self, number: RequestNumber, before: bool) -> Became {
        let forgotten = is_forgotten(self.state, &self.headers, &number);
        if forgotten || !opens_by_token(self.state, &number).await {
            return Became::Kept { number, secret: None, before };
        }
        let secret = self.state.receipts.secret(&number);
        let now = self.state.clock.now();
        let held = cookies::held(number.clone(), secret.clone(), Arrival::Submitted, now);
        self.cookies.extend(cookies::receipt(&held, self.state.settings.site.tls));
        Became::Kept { number, secret: Some(secret), before }
    }

    fn refused(&mut self, why: NotKept) -> Became {
        Became::Refused(match why {
            NotKept::Refused(Refusal::Nothing { .. }) => {
                self.nothing = true;
                FormRefusal::Unavailable
            }
            NotKept::Refused(Refusal::TooMany { retry_after }) => {
                self.visitor.note_too_many(self.state);
                self.wait = Some(retry_after);
                FormRefusal::TooMany { retry_after }
            }
            NotKept::TooOften { retry_after } => {
                self.wait = Some(retry_after);
                FormRefusal::TooMany { retry_after }
            }
            NotKept::Asks(_) => FormRefusal::Asks,
            NotKept::Ended(_) => FormRefusal::Ended,
            NotKept::AskedBefore(number) => {
                FormRefusal::Sent(EarlierRequest { number, secret: None })
            }
            // What is wrong with answers was looked for before.
            NotKept::Refused(Refusal::Unavailable(_))
            | NotKept::NotOffered
            | NotKept::Faults(_)
            | NotKept::KeyReused(_)
            | NotKept::Files(_) => FormRefusal::Unavailable,
        })
    }
}
