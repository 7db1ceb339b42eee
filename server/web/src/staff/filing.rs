//! The form of a service in a visit: filled in by staff, kept with the visit at each press, handed in from no such
//! page (desk D2, D5).

use app::{
    staff::{Say, Shows, StaffPage, filing::FormPage},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    LandCode,
    audit::CaseStep,
    case::{Case, Filing, MOST_FILINGS},
    service::ServiceItem,
    staff::Member,
};
use service::cases::{FormSaved, NotChanged};

use super::{
    admission::{self, Admitted, admitted, listed_nowhere},
    keeping::{KEEPS, form_of, kept_as_typed},
    visit::{gone, noted, read, said, unwritten},
};
use crate::{
    form_body::Form,
    forms::{
        at_counter::{AtCounter, Step, kept, step},
        change_copies,
    },
    opening::to,
    preferences,
    security::visitor::{AddressedCode, Visitor},
    state::AppState,
};

/// A form of a visit that somebody may have.
struct Open {
    who: Member,
    case: Case,
    place: LandCode,
    item: &'static ServiceItem,
    at: AtCounter,
}

impl Open {
    /// Of a visit that was read; else the answer.
    async fn of(
        state: &AppState,
        who: Member,
        head: Request,
        (code, form): (AddressedCode, Form),
    ) -> Result<Self, Response> {
        let (head, case) = read(state, head, &who).await?;
        let place = code.read.as_ref().ok().map(|read| read.code.canonical());
        let visitor = head.extensions().get::<Visitor>().cloned();
        let (Some(place), Some(visitor)) = (place, visitor) else {
            return Err(gone(state, head, &who).await);
        };
        // Of a place its form says what everybody may see.
        let visitor = Visitor { visit: visitor.as_everybody(), ..visitor };
        let page = StaffPage { who: Some(who.clone()), shows: Shows::CaseGone };
        let mut at = AtCounter { visitor, head, code, form, page };
        match at.item(state) {
            Some(item) => {
                change_copies(item, &mut at.form);
                Ok(Self { who, case, place, item, at })
            }
            None => Err(gone(state, at.head, &who).await),
        }
    }

    fn filing(&self) -> Option<&Filing> {
        self.case.filing(&self.place, &self.item.id)
    }

    /// The form with what stands above it. What another one saved since it was opened stands beside it, and only then
    /// it may be saved over that.
    fn with(mut self, state: &AppState, not_done: Option<Say>, opened: Opened) -> Self {
        let filing = self.filing();
        let was = state.casework().kept(filing);
        let sent = self.at.form.get("was").filter(|_| opened == Opened::Before);
        let fields = || filing.map(|filing| filing.fields.clone()).unwrap_or_default();
        let kept = sent.filter(|sent| **sent != was).map(|_| fields());
        let case = self.case.number.clone();
        self.at.page.shows = Shows::Form(Box::new(FormPage { case, was, kept, not_done }));
        self
    }

    async fn fields(self, state: &AppState, not_done: Option<Say>) -> Response {
        self.drawn(state, not_done, Opened::Before).await
    }

    async fn drawn(self, state: &AppState, not_done: Option<Say>, opened: Opened) -> Response {
        let this = self.with(state, not_done, opened);
        let mut response = this.at.fields(state, this.item).await;
        if let Some(say) = not_done {
            let is_fault = matches!(say, Say::NotRecorded | Say::Unavailable);
            let failed = StatusCode::SERVICE_UNAVAILABLE;
            *response.status_mut() = if is_fault { failed } else { StatusCode::CONFLICT };
        }
        response
    }
}

/// Since when a form is on somebody's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    /// Before it was sent: another one may have saved since.
    Before,
    /// What was sent was kept just now.
    Now,
}

/// `GET /staff/cases/{case}/forms/{code}`: the form as it is kept; a new one with the applicant's particulars.
pub async fn form(
    State(state): State<AppState>,
    code: AddressedCode,
    request: Request,
) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let mut open = match Open::of(&state, who.member, head, (code, Form::new())).await {
        Ok(open) => open,
        Err(response) => return listed_nowhere(response),
    };
    if open.filing().is_some_and(|filing| filing.number.is_some()) {
        return to(&urls::staff_case(&open.case.number), None::<HeaderValue>);
    }
    let fields = match open.filing() {
        Some(filing) => filing.fields.clone(),
        None => open.case.content.person.clone(),
    };
    open.at.form.extend(fields);
    listed_nowhere(open.fields(&state, None).await)
}

/// `POST /staff/cases/{case}/forms/{code}`: keeps it, and shows it as its applicant will be shown it.
pub async fn save(
    State(state): State<AppState>,
    code: AddressedCode,
    request: Request,
) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    if head.headers().contains_key(KEEPS) {
        let of = form_of(&state, &head, (&code, &form));
        return listed_nowhere(kept_as_typed(&state, &who.member, (of, form)).await);
    }
    let mut response = match Open::of(&state, who.member, head, (code, form)).await {
        Ok(open) => saved(&state, open, !switched.is_empty()).await,
        Err(response) => response,
    };
    preferences::keep(&mut response, switched);
    listed_nowhere(response)
}

/// The form with what was typed before somebody had to sign in again (desk D4). Nothing is kept yet.
pub(super) async fn again(
    state: &AppState,
    who: Member,
    head: Request,
    (code, form): (AddressedCode, Form),
) -> Response {
    match Open::of(state, who, head, (code, form)).await {
        Ok(open) => listed_nowhere(open.fields(state, None).await),
        Err(response) => response,
    }
}

async fn saved(state: &AppState, open: Open, switched: bool) -> Response {
    let to_case = to(&urls::staff_case(&open.case.number), None::<HeaderValue>);
    let step = step(state, &open.at.form, switched).await;
    if switched && step != Step::Review {
        return open.fields(state, None).await;
    }
    if open.filing().is_some_and(|filing| filing.number.is_some()) {
        return to_case;
    }
    if step == Step::Discard {
        return dropped(state, open).await;
    }
    let casework = state.casework();
    let fields = kept(&open.at.form);
    let was = open.at.form.get("was").cloned().unwrap_or_default();
    let noted_at = Some(state.clock.now());
    let form = FormSaved {
        code: open.place,
        item: open.item,
        fields: &fields,
        was: &was,
        noted_at,
        pressed: true,
    };
    // The audit says nothing that will not come to pass.
    if !open.case.is_open_to(&open.who.id, state.clock.now()) {
        return open.fields(state, Some(Say::Held)).await;
    }
    if casework.is_stale(open.filing(), form) {
        return open.fields(state, Some(Say::Stale)).await;
    }
    if open.filing().is_none() && open.case.content.filings.len() >= MOST_FILINGS {
        return open.fields(state, Some(Say::Full)).await;
    }
    let saved = CaseStep::Saved { item: open.item.id.clone(), code: open.place };
    if !noted(state, &open.who, &open.case.number, saved).await {
        return open.fields(state, Some(Say::NotRecorded)).await;
    }
    let kept = casework.save(&open.case.number, &open.who, form).await;
    let case = casework.case(&open.case.number, &open.who).await;
    let case = match case {
        Ok(Some(case)) => case,
        Ok(None) => return gone(state, open.at.head, &open.who).await,
        Err(error) => {
            tracing::error!(%error, "a visit is not read");
            return open.fields(state, Some(Say::Unavailable)).await;
        }
    };
    let open = Open { case, ..open };
    match kept {
        Ok(()) => {}
        Err(NotChanged::Gone) => return gone(state, open.at.head, &open.who).await,
        Err(NotChanged::Store(error)) => {
            tracing::error!(%error, "the form of a visit is not kept");
            return open.fields(state, Some(Say::Unavailable)).await;
        }
        Err(not) => return open.fields(state, said(&not)).await,
    }
    match step {
        Step::Save | Step::HandIn => to_case,
        Step::Fields | Step::Discard => open.drawn(state, None, Opened::Now).await,
        Step::Review => {
            let open = open.with(state, None, Opened::Now);
            let Some(filing) = open.case.filing(&open.place, &open.item.id) else {
                return to_case;
            };
            // One that was handed in is on no page of the counter but its number.
            open.at.reviewed(state, (open.item, filing)).await.unwrap_or(to_case)
        }
    }
}

/// Throws the form of a service away.
async fn dropped(state: &AppState, open: Open) -> Response {
    let was = open.at.form.get("was").cloned().unwrap_or_default();
    if !open.case.is_open_to(&open.who.id, state.clock.now()) {
        return open.fields(state, Some(Say::Held)).await;
    }
    if open.filing().is_some() && state.casework().kept(open.filing()) != was {
        return open.fields(state, Some(Say::Stale)).await;
    }
    let Open { who, case, place, item, at } = open;
    let step = CaseStep::Dropped { item: item.id.clone(), code: place };
    if !noted(state, &who, &case.number, step).await {
        return unwritten(state, at.head, &who).await;
    }
    let dropping = |case: &mut Case| {
        let kept = case.filing(&place, &item.id);
        if kept
            .is_some_and(|kept| kept.number.is_some() || state.casework().kept(Some(kept)) != was)
        {
            return Err(NotChanged::Stale);
        }
        case.content.filings.retain(|one| one.code != place || one.item != item.id);
        Ok(())
    };
    match state.casework().change(&case.number, &who, dropping).await {
        Ok(()) => to(&urls::staff_case(&case.number), None::<HeaderValue>),
        Err(NotChanged::Store(error)) => {
            admission::unavailable(state, at.head, &error.into()).await
        }
        Err(not) => Open { who, case, place, item, at }.fields(state, said(&not)).await,
    }
}
