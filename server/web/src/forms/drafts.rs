//! Drafts of forms (rule S11): saving what was typed, and going on with it by number and secret. Neither
//! stands in an address or a cookie, and nothing of a draft in a log.

use app::{
    context::{DraftFile, DraftShown, HeldDraft, OpenFault, OpenTyped},
    steps::{DISCARD, DRAFT, DRAFT_SECRET, STEP},
    urls,
};
use axum::{
    extract::{Request, State},
    response::Response,
};
use domain::{
    attachment::Attached,
    code::{LandCode, Strictness},
    request::DraftNumber,
    service::{Answers, ServiceItem},
};
use service::submission::{NotKept, Quota as _};
use store::{AttachmentState, Draft, DraftContent, HELD_FOR, StoreError};

use super::{Against, Sent, item_of};
use crate::{
    client::ClientAddress,
    form_body::Form,
    opening::forget_pages,
    preferences,
    refusal::Refusal,
    render::{self, PageInput},
    security::visitor::{AddressedCode, Submissions, Visitor},
    state::AppState,
};

/// What a form carries that is of the press of a button, or of the draft itself.
const OF_THE_PRESS: [&str; 7] = [STEP, "lang", "elder", "carried", "item", DRAFT, DRAFT_SECRET];

/// The draft of a form, if its secret came with it.
pub(super) fn held(state: &AppState, form: &Form) -> Option<HeldDraft> {
    let (number, secret) = (form.get(DRAFT)?, form.get(DRAFT_SECRET)?);
    let number = state.drafting().held(number, secret)?;
    Some(HeldDraft { secret: state.receipts.draft_secret(&number), number })
}

/// Deletes the draft of a form that was handed in. What stands in the way of it keeps the request from
/// nothing: the draft goes when its time is over.
pub(super) async fn forget(state: &AppState, form: &Form) {
    let Some(HeldDraft { number, .. }) = held(state, form) else { return };
    if let Err(error) = state.drafting().delete(&number).await {
        tracing::error!(%error, "the draft of a request was not deleted; it goes when its time is over");
    }
}

impl Sent<'_> {
    /// Saves what was typed, whatever is wrong with it, and says by what it is opened again.
    pub(super) async fn saved(self, item: &'static ServiceItem) -> Response {
        let Ok(parsed) = &self.code.read else {
            return self.not_taken(Refusal::NotFound).await;
        };
        let code = parsed.code.canonical();
        let visit = &self.visitor.visit;
        if let Err(refusal) = self.state.portal.knows(visit, &code).await {
            return self.refused(item, refusal.into()).await;
        }
        // Come back to with the browser's button, after it was handed in.
        match self.state.store.kept_under(self.text("token")).await {
            Ok(None) => {}
            Ok(Some(number)) => return self.changed(item, number).await,
            Err(error) => {
                tracing::error!(%error, "a draft was not kept");
                let unavailable = service_api::Refusal::Unavailable(service_api::Unavailable);
                return self.refused(item, unavailable.into()).await;
            }
        }
        let (state, visitor, headers) = (self.state, &self.visitor, self.head.headers());
        if let Err(retry_after) = (Submissions { state, visitor, headers }).count(visit) {
            return self.refused(item, NotKept::TooOften { retry_after }).await;
        }
        let fields: Answers = self.form.clone().into_iter().collect();
        let fields = fields.into_iter().filter(|(name, _)| !OF_THE_PRESS.contains(&name.as_str()));
        let content = DraftContent { code, item: item.id.clone(), fields: fields.collect() };
        let held = held(self.state, &self.form).map(|held| held.number);
        let client = visit.client;
        match self.state.drafting().save(held, content).await {
            Ok(draft) => {
                let files = waiting(state, client, &draft, &self.attaching.kept).await;
                shown(self.state, self.head, kept(state, draft, files)).await
            }
            Err(error) => {
                tracing::error!(%error, "a draft was not kept");
                let unavailable = service_api::Refusal::Unavailable(service_api::Unavailable);
                self.refused(item, unavailable.into()).await
            }
        }
    }

    /// Deletes its draft, if its secret came with it.
    pub(super) async fn discarded(self, item: &'static ServiceItem) -> Response {
        match held(self.state, &self.form) {
            Some(HeldDraft { number, .. }) => deleted(self.state, self.head, &number).await,
            None => self.returned(item, Against::default()).await,
        }
    }
}

/// Has the files of a draft wait as long as it does; with the day until which each of them waits. What stands in the
/// way is logged, and the days say what is so.
async fn waiting(
    state: &AppState,
    client: ClientAddress,
    draft: &Draft,
    files: &[Attached],
) -> Vec<DraftFile> {
    if files.is_empty() {
        return Vec::new();
    }
    let ids: Vec<String> = files.iter().map(|file| file.id.clone()).collect();
    let known = match new_bytes(state, &ids).await {
        // Too many of one address wait for their own day.
        Ok(new) if new > 0 && state.limits.drafted(client, new).is_err() => Ok(()),
        Ok(_) => state.files.wait_with_draft(&ids, &draft.number, draft.until).await,
        Err(error) => Err(error),
    };
    let known = match known {
        Ok(()) => state.files.known(&ids).await,
        Err(error) => Err(error),
    };
    let known = known.unwrap_or_else(|error| {
        tracing::error!(%error, "the files of a draft wait for their own day only");
        Vec::new()
    });
    let until = |id: &String| {
        known.iter().find_map(|(file, waits)| match waits {
            AttachmentState::Held(until) if file.id == *id => Some(*until),
            AttachmentState::Held(_) | AttachmentState::Claimed(_) => None,
        })
    };
    let each = files.iter();
    each.map(|file| DraftFile { name: file.name.clone(), until: until(&file.id) }).collect()
}

/// Bytes of those files that wait with no draft yet.
async fn new_bytes(state: &AppState, ids: &[String]) -> Result<u64, StoreError> {
    let own_day = state.clock.now() + HELD_FOR;
    let known = state.files.known(ids).await?.into_iter();
    let new = known
        .filter(|(_, waits)| matches!(waits, AttachmentState::Held(until) if *until <= own_day));
    Ok(new.map(|(file, _)| file.size).sum())
}

/// What is said of a draft that was saved.
fn kept(state: &AppState, draft: Draft, files: Vec<DraftFile>) -> DraftShown {
    let Draft { number, until, content: DraftContent { code, item, mut fields }, .. } = draft;
    let held = HeldDraft { secret: state.receipts.draft_secret(&number), number };
    let address = urls::new_request(&code, &item);
    fields.insert("item".to_owned(), item);
    DraftShown::Kept { held, until, files, address, fields }
}

/// A page on a draft, at the address of drafts.
async fn shown(state: &AppState, mut head: Request, draft: DraftShown) -> Response {
    if let Ok(address) = urls::DRAFTS.parse() {
        *head.uri_mut() = address;
    }
    let mut response =
        render::render(state, head, PageInput { draft: Some(draft), ..PageInput::default() }).await;
    forget_pages(&mut response);
    response
}

/// Deletes a draft that is held, and says so; also where it was gone before.
async fn deleted(state: &AppState, head: Request, number: &DraftNumber) -> Response {
    match state.drafting().delete(number).await {
        Ok(_) => {
            state.files.look_now();
            shown(state, head, DraftShown::Deleted).await
        }
        Err(error) => {
            tracing::error!(%error, "a draft was not deleted");
            render::refused(state, head, Refusal::Unavailable).await
        }
    }
}

/// `POST /drafts`: the form of a draft, with everything as typed; or deletes it. Counted and answered as a
/// receipt that is opened: alike where there is no such draft and where its secret is another.
pub async fn open(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let (head, form, switched) = match preferences::read_with_switches(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (number, secret) = (field("number"), field("secret"));
    let open_typed = Some(OpenTyped { number: number.clone(), secret: secret.clone() });
    if !switched.is_empty() {
        let input = PageInput { open_typed, ..PageInput::default() };
        let mut response = render::render(&state, head, input).await;
        preferences::keep(&mut response, switched);
        return response;
    }
    let draft = match state.drafting().open(&number, &secret).await {
        Ok(draft) => draft,
        Err(error) => {
            tracing::error!(%error, "a draft was not read");
            return render::refused(&state, head, Refusal::Unavailable).await;
        }
    };
    let Some(draft) = draft else {
        render::note_wrong_secret(&state, &head);
        let input = PageInput {
            open_fault: Some(OpenFault::of(number, &secret)),
            open_typed,
            status: Some(Refusal::Faults.status()),
            ..PageInput::default()
        };
        return render::render(&state, head, input).await;
    };
    if form.get(STEP).is_some_and(|step| step == DISCARD) {
        return deleted(&state, head, &draft.number).await;
    }
    gone_on(&state, visitor, head, draft).await
}

/// The form of a draft at its own address. What it was about may have ended, or be asked for no more: then
/// that is said, and what was typed is there.
async fn gone_on(state: &AppState, visitor: Visitor, mut head: Request, draft: Draft) -> Response {
    let secret = state.receipts.draft_secret(&draft.number);
    let Draft { number, content: DraftContent { code, item, fields }, .. } = draft;
    if let Ok(address) = urls::new_request(&code, &item).parse() {
        *head.uri_mut() = address;
    }
    let mut form: Form = fields.into_iter().collect();
    let own = [("item", item), (DRAFT, number.to_string()), (DRAFT_SECRET, secret)];
    form.extend(own.map(|(name, text)| (name.to_owned(), text)));
    let written = code.to_string();
    let read = LandCode::parse(&written, Strictness::LookUp);
    let code = AddressedCode { written, read };
    let sent = Sent::of(state, visitor, head, code, (form, None)).await;
    match item_of(state, &sent.head, &sent.form) {
        Some(item) => sent.returned(item, Against::default()).await,
        None => sent.not_taken(Refusal::NotFound).await,
    }
}
