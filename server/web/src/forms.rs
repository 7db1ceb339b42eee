//! The form of a service at a place. Success redirects; whatever stands against it shows the form
//! again with everything as typed, and where there can be no form, what was typed.

use app::{
    asks,
    context::{Arrival, EarlierRequest, FormRefusal, FormReturn},
    found::{Asked, Found},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    request::{Channel, RequestNumber, Submission},
    service::{Answers, FieldFault, ServiceItem, service},
    suitability::AskWritten,
};
use service::submission::{Accepted, Given, NotKept, Quota};
use service_api::{Refusal, Visit};

use crate::{
    cookies,
    form_body::{Form, read_form, typed},
    opening::{is_forgotten, receipt_at_once, to_locked, to_receipt},
    pages::form_value,
    preferences,
    render::{self, PageInput},
    security::{
        refusal,
        visitor::{AddressedCode, Submissions, Visitor},
    },
    state::AppState,
};

/// `POST /c/{code}/requests/new`: hands in a request. Pressed on a switch of language or size, the form
/// comes back in it with everything as typed, and nothing is handed in; so does one that was carried
/// here from a code that has ended, or from a page that refused it.
pub async fn new_request(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let (mut head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let switched = preferences::chosen(&state, &form);
    cookies::bring(head.headers_mut(), &switched);
    let sent = Sent { state: &state, visitor, head, code, form };
    let untouched = !switched.is_empty() || sent.says("carried");
    let mut response = sent.answered(untouched).await;
    preferences::keep(&mut response, switched);
    response
}

/// A form that was sent, with where it came from.
struct Sent<'s> {
    state: &'s AppState,
    visitor: Visitor,
    head: Request,
    code: AddressedCode,
    form: Form,
}

/// What a browser knows of the requests that were sent with it.
pub(crate) struct Browser<'s> {
    pub(crate) state: &'s AppState,
    pub(crate) visitor: &'s Visitor,
    pub(crate) headers: &'s HeaderMap,
    /// Whether what was sent before is meant again.
    pub(crate) again: bool,
}

impl Quota for Browser<'_> {
    fn count(&self, visit: &Visit) -> Result<(), u64> {
        let Self { state, visitor, headers, .. } = *self;
        Submissions { state, visitor, headers }.count(visit)
    }

    fn asked_before(&self, submission: &Submission) -> Option<RequestNumber> {
        let before = cookies::sent_before(self.headers, &mark(self.state, submission));
        before.filter(|_| !self.again)
    }
}

/// By what a browser knows that it has sent the same before.
pub(crate) fn mark(state: &AppState, submission: &Submission) -> String {
    let asked = serde_json::to_string(&submission.clone().asked()).unwrap_or_default();
    state.receipts.mark("asked", &asked)
}

/// Whether a form's key opens the receipt of its request: for as long as a receipt's cookie lives. The
/// form may be come back to by whoever uses the browser next.
pub(crate) async fn opens_by_token(state: &AppState, number: &RequestNumber) -> bool {
    let Some(opened) = state.portal.open(number, &state.receipts.secret(number)) else {
        return false;
    };
    let kept = state.portal.request(&opened).await.ok().flatten();
    let now = state.clock.now();
    kept.is_some_and(|request| now.duration_since(request.submitted_at) <= cookies::RECEIPT_LIVES)
}

/// What stands against taking a form.
#[derive(Default)]
struct Against {
    faults: Vec<FieldFault>,
    refusal: Option<FormRefusal>,
}

impl Against {
    fn because(refusal: FormRefusal) -> Self {
        Self { refusal: Some(refusal), ..Self::default() }
    }

    fn status(&self) -> StatusCode {
        match &self.refusal {
            Some(refusal) => refusal::Refusal::from(refusal).status(),
            None if self.faults.is_empty() => StatusCode::OK,
            None => refusal::Refusal::Faults.status(),
        }
    }
}

impl Sent<'_> {
    fn text(&self, name: &str) -> &str {
        self.form.get(name).map_or("", String::as_str)
    }

    fn says(&self, name: &str) -> bool {
        self.text(name) == "yes"
    }

    /// The facts that it asks for.
    fn asks(&self) -> Option<AskWritten> {
        asks::read(self.form.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// The service, by the form or by its address.
    fn item(&self) -> Option<&'static ServiceItem> {
        let query = self.head.uri().query().unwrap_or_default().as_bytes();
        let named = self.form.get("item").cloned().or_else(|| form_value(query, "item"));
        service(&named?).filter(|item| self.state.portal.offers(item))
    }

    async fn answered(self, untouched: bool) -> Response {
        let (Ok(parsed), Some(item)) = (&self.code.read, self.item()) else {
            return self.not_taken(refusal::Refusal::NotFound).await;
        };
        if untouched {
            return self.returned(item, Against::default()).await;
        }
        let answers: Answers = self.form.clone().into_iter().collect();
        let asks = self.asks();
        let given = Given {
            item,
            code: parsed.code.canonical(),
            answers: &answers,
            seen: self.text("seen"),
            key: self.text("token"),
            channel: Channel::Applicant,
            asks: asks.as_ref(),
            knows_of_end: self.says("ended"),
        };
        let browser = Browser {
            state: self.state,
            visitor: &self.visitor,
            headers: self.head.headers(),
            again: self.says("again"),
        };
        match self.state.reception().submit(&self.visitor.visit, given, &browser).await {
            Ok(Accepted { number, repeated, submission }) => {
                let sent = submission.and_then(|submission| {
                    let mark = mark(self.state, &submission);
                    cookies::sent(self.head.headers(), &mark, &number, self.tls())
                });
                let mut response = self.receipt(number, repeated).await;
                preferences::keep(&mut response, sent.into_iter().collect());
                response
            }
            Err(why) => self.refused(item, why).await,
        }
    }

    fn tls(&self) -> bool {
        self.state.settings.site.tls
    }

    async fn receipt(self, number: RequestNumber, repeated: bool) -> Response {
        let forgotten = is_forgotten(self.state, self.head.headers(), &number);
        if forgotten || !opens_by_token(self.state, &number).await {
            return to_locked(&number);
        }
        let arrival = if repeated { Arrival::Repeated } else { Arrival::Submitted };
        let secret = self.state.receipts.secret(&number);
        let held = cookies::held(number, secret, arrival, self.state.clock.now());
        if cookies::are_kept(self.head.headers()) {
            to_receipt(self.state, &held)
        } else {
            receipt_at_once(self.state, self.head, held).await
        }
    }

    async fn refused(self, item: &'static ServiceItem, why: NotKept) -> Response {
        match why {
            NotKept::Refused(Refusal::Nothing { near }) => self.nothing_there(near).await,
            NotKept::Refused(Refusal::TooMany { retry_after }) => self.too_many(retry_after),
            NotKept::Refused(Refusal::Unavailable(_)) => {
                self.returned(item, Against::because(FormRefusal::Unavailable)).await
            }
            NotKept::NotOffered => self.not_taken(refusal::Refusal::NotFound).await,
            NotKept::Ended(_) => self.returned(item, Against::because(FormRefusal::Ended)).await,
            NotKept::AskedBefore(number) => {
                let before = FormRefusal::Sent(EarlierRequest { number, secret: None });
                self.returned(item, Against::because(before)).await
            }
            NotKept::Asks(_) => self.returned(item, Against::because(FormRefusal::Asks)).await,
            NotKept::TooOften { retry_after } => {
                self.returned(item, Against::because(FormRefusal::TooMany { retry_after })).await
            }
            NotKept::KeyReused(number) => self.changed(item, number).await,
            NotKept::Faults(faults) => self.returned(item, Against { faults, refusal: None }).await,
        }
    }

    /// The form's key proves that the first request is theirs: its receipt opens, while it may.
    async fn changed(self, item: &'static ServiceItem, number: RequestNumber) -> Response {
        let forgotten = is_forgotten(self.state, self.head.headers(), &number);
        if forgotten || !opens_by_token(self.state, &number).await {
            let first = EarlierRequest { number, secret: None };
            return self.returned(item, Against::because(FormRefusal::Changed(first))).await;
        }
        let secret = self.state.receipts.secret(&number);
        let (arrival, now) = (Arrival::Repeated, self.state.clock.now());
        let held = cookies::held(number.clone(), secret.clone(), arrival, now);
        let shown = (!cookies::are_kept(self.head.headers())).then_some(secret);
        let first = EarlierRequest { number, secret: shown };
        let cookie = cookies::receipt(&held, self.tls());
        let mut response = self.returned(item, Against::because(FormRefusal::Changed(first))).await;
        preferences::keep(&mut response, cookie.into_iter().collect());
        response
    }

    fn too_many(&self, retry_after: u64) -> Response {
        self.visitor.note_too_many(self.state);
        refusal::too_many_of_form(&self.head, retry_after, &self.form)
    }

    /// Nothing is there that may be shown, in the words of every such answer, and what was typed.
    async fn nothing_there(self, near: Vec<domain::LandCode>) -> Response {
        let Ok(parsed) = &self.code.read else {
            return self.not_taken(refusal::Refusal::NotFound).await;
        };
        let found = Found::Nothing { code: parsed.code.canonical(), near };
        let status = Some(refusal::Refusal::NotFound.status());
        let input = PageInput { found: Some(found), status, ..self.given_back() };
        render::render(self.state, self.head, input).await
    }

    /// A page without a form, which says why, and what was typed.
    async fn not_taken(self, refusal: refusal::Refusal) -> Response {
        let given_back = self.given_back();
        render::refused_with(self.state, self.head, refusal, given_back).await
    }

    fn given_back(&self) -> PageInput {
        PageInput { form: Some(FormReturn::of(typed(&self.form))), ..PageInput::default() }
    }

    /// The form again, with everything as typed.
    async fn returned(self, item: &'static ServiceItem, against: Against) -> Response {
        let AddressedCode { written, read } = self.code.clone();
        // The same place again: it was counted when the request was handed in.
        let host = render::own_host(self.state, self.head.headers());
        let asked = Asked::Place { written, read };
        let found = match asked.find(&*self.state.portal, &self.visitor.visit, &host).await {
            Ok(found @ Found::Place { .. }) => found,
            Ok(Found::Nothing { near, .. }) => return self.nothing_there(near).await,
            Err(Refusal::TooMany { retry_after }) => return self.too_many(retry_after),
            Ok(_) => return self.not_taken(refusal::Refusal::NotFound).await,
            Err(_) => return self.not_taken(refusal::Refusal::Unavailable).await,
        };
        let status = against.status();
        let wait = match against.refusal {
            Some(FormRefusal::TooMany { retry_after }) => Some(retry_after),
            _ => None,
        };
        let Against { faults, refusal } = against;
        // Only what the form asks for is shown again.
        let asked = self.form.iter().filter(|(name, _)| item.question(name).is_some());
        let values = asked.map(|(name, value)| (name.clone(), value.clone())).collect();
        // What cannot be asked is left out of the form that comes back, which says so.
        let asks = self.asks().filter(|_| !matches!(refusal, Some(FormRefusal::Asks)));
        let again = self.says("again") || matches!(refusal, Some(FormRefusal::Sent(_)));
        let input = PageInput {
            found: Some(found),
            form: Some(FormReturn { values, faults, refusal, again, asks }),
            status: Some(status),
            ..PageInput::default()
        };
        let mut response = render::render(self.state, self.head, input).await;
        let headers = response.headers_mut();
        headers.extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}
