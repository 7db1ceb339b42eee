//! The form of a service at a place. Success redirects; whatever stands against it shows the form
//! again with everything as typed, and where there can be no form, what was typed.

pub(crate) mod at_counter;
mod browser;
pub mod drafts;
mod review;

use app::{
    asks,
    context::{Arrival, EarlierRequest, FormRefusal, FormReturn},
    found::{Asked, Found},
    staff::StaffPage,
    steps::{LESS, MORE, SINCE, STEP},
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::{
    request::{Channel, RequestNumber, Submission},
    service::{Answers, FieldFault, ServiceItem, service},
    suitability::AskWritten,
};
use service::submission::{Accepted, Given, NotKept, is_key};
use service_api::Refusal;

use crate::{
    attaching::{Attaching, Brought},
    cookies,
    form_body::{Form, typed},
    opening::{is_forgotten, receipt_at_once, to_locked, to_receipt},
    pages::form_value,
    preferences,
    render::{self, PageInput},
    security::{
        refusal,
        visitor::{AddressedCode, Visitor},
    },
    state::AppState,
};

pub(crate) use self::browser::{Browser, mark};
use self::review::{Step, step};

/// `POST /c/{code}/requests/new`: hands in a request, or goes to another of the form's pages (`Step`).
/// Pressed on a switch of language or size, the page comes back in it with everything as typed, and
/// nothing is handed in; so does a form that was carried here from a code that has ended, or from a page
/// that refused it.
pub async fn new_request(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    let (mut head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let brought = head.extensions_mut().remove::<Brought>();
    let sent = Sent::of(&state, visitor, head, code, (form, brought)).await;
    let mut response = sent.answered(!switched.is_empty()).await;
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
    attaching: Attaching,
    /// The page of the counter that the form stands on, where staff fill it in.
    staff: Option<StaffPage>,
}

/// The service, by the form or by its address.
pub(crate) fn item_of(
    state: &AppState,
    head: &Request,
    form: &Form,
) -> Option<&'static ServiceItem> {
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let named = form.get("item").cloned().or_else(|| form_value(query, "item"));
    service(&named?).filter(|item| state.portal.offers(item))
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
    /// Nothing does: what is about to be handed in.
    review: Option<Submission>,
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

/// Adds the copy of a group that a button of the form asked for, or takes one out.
pub(crate) fn change_copies(item: &ServiceItem, form: &mut Form) {
    let step = form.get(STEP).cloned().unwrap_or_default();
    if let Some(group) = step.strip_prefix(MORE) {
        item.one_more(group, form);
    }
    let less = step.strip_prefix(LESS).and_then(|rest| rest.rsplit_once('.'));
    if let Some((group, Ok(number))) = less.map(|(group, n)| (group, n.parse::<usize>()))
        && let Some(at) = number.checked_sub(1)
    {
        item.one_less(group, at, form);
    }
}

impl<'s> Sent<'s> {
    /// A form with the files that it carries, and those that were brought with it.
    async fn of(
        state: &'s AppState,
        visitor: Visitor,
        head: Request,
        code: AddressedCode,
        (mut form, brought): (Form, Option<Brought>),
    ) -> Self {
        let item = item_of(state, &head, &form);
        if let Some(item) = item {
            change_copies(item, &mut form);
        }
        // Of a service that is not there just now nothing that was uploaded is let go of.
        let most =
            item.map_or(usize::MAX, |item| item.attachments.as_ref().map_or(0, |it| it.most));
        let attaching = Attaching::of(state, &mut form, brought, most).await;
        Self { state, visitor, head, code, form, attaching, staff: None }
    }

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

    async fn answered(self, switched: bool) -> Response {
        let item = item_of(self.state, &self.head, &self.form);
        let (Ok(parsed), Some(item)) = (&self.code.read, item) else {
            return self.not_taken(refusal::Refusal::NotFound).await;
        };
        if self.attaching.only || !self.attaching.refused.is_empty() {
            return self.returned(item, Against::default()).await;
        }
        let step = step(self.state, &self.form, switched).await;
        match step {
            Step::Fields => return self.returned(item, Against::default()).await,
            Step::Save => return self.saved(item).await,
            Step::Discard => return self.discarded(item).await,
            Step::Review | Step::HandIn => {}
        }
        let answers: Answers = self.form.clone().into_iter().collect();
        let asks = self.asks();
        let files = self.attaching.addressed(self.state);
        let given = Given {
            item,
            code: parsed.code.canonical(),
            answers: &answers,
            seen: self.text("seen"),
            key: self.text("token"),
            channel: Channel::Applicant,
            assisted: None,
            asks: asks.as_ref(),
            attachments: &files,
            knows_of_end: self.says("ended"),
        };
        let browser = Browser {
            state: self.state,
            visitor: &self.visitor,
            headers: self.head.headers(),
            again: self.says("again"),
        };
        let (reception, visit) = (self.state.reception(), &self.visitor.visit);
        if step == Step::Review {
            let looked = reception.review(visit, given, &browser).await;
            return self.reviewed(item, looked).await;
        }
        match reception.submit(visit, given, &browser).await {
            Ok(Accepted { number, repeated, submission }) => {
                drafts::forget(self.state, &self.form).await;
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

    async fn refused(mut self, item: &'static ServiceItem, why: NotKept) -> Response {
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
            NotKept::Files(ids) => {
                self.attaching.gone(self.state, &mut self.form, &ids);
                self.returned(item, Against::default()).await
            }
            NotKept::KeyReused(number) => self.changed(item, number).await,
            NotKept::Faults(faults) => {
                self.returned(item, Against { faults, ..Against::default() }).await
            }
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
        let form = Some(FormReturn::of(typed(&self.form)));
        PageInput { form, staff: self.staff.clone(), ..PageInput::default() }
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
        let faulty = !self.attaching.refused.is_empty() && against.status() == StatusCode::OK;
        let status = if faulty { refusal::Refusal::Faults.status() } else { against.status() };
        let wait = match against.refusal {
            Some(FormRefusal::TooMany { retry_after }) => Some(retry_after),
            _ => None,
        };
        let Against { faults, refusal, review } = against;
        // Only what the form asks for is shown again.
        let asked = self.form.iter().filter(|(name, _)| item.question(name).is_some());
        let values = asked.map(|(name, value)| (name.clone(), value.clone())).collect();
        // What cannot be asked is left out of the form that comes back, which says so.
        let asks = self.asks().filter(|_| !matches!(refusal, Some(FormRefusal::Asks)));
        let files = self.attaching.back(&self.form);
        let again = self.says("again") || matches!(refusal, Some(FormRefusal::Sent(_)));
        // Once the key has handed something else in, it can hand in nothing more.
        let used = matches!(refusal, Some(FormRefusal::Changed(_)));
        let key = Some(self.text("token")).filter(|key| is_key(key) && !used).map(str::to_owned);
        let since = [self.text(SINCE), self.text("seen")].into_iter().find(|it| !it.is_empty());
        let since = since.map(str::to_owned);
        let draft = drafts::held(self.state, &self.form);
        let back =
            FormReturn { values, faults, refusal, again, asks, key, since, draft, review, files };
        let input = PageInput {
            found: Some(found),
            form: Some(back),
            status: Some(status),
            staff: self.staff.clone(),
            ..PageInput::default()
        };
        let mut response = render::render(self.state, self.head, input).await;
        let headers = response.headers_mut();
        headers.extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}
