//! The materials of a service in a visit: how each was before the clerk, signed with their name, and its copies
//! (desk D11). It works by one form, which a browser without JavaScript sends too.

mod change;

use app::{
    context::FilesBack,
    staff::{
        Say, Shows,
        materials::{MaterialLine, MaterialsPage},
    },
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    LandCode,
    attachment::{Attached, FIELD, FileFault, RefusedFile},
    case::{Case, Filing, FilingMaterial},
    request::files::{carried, carried_ids},
    service::ServiceItem,
    staff::Member,
};
use service::cases::{MaterialsSaved, NotChanged};

use self::change::{Changed, NotSaid, changed};
use super::{
    admission,
    visit::{Entered, entered, gone, noted, read, said},
};
use crate::{
    attaching::{Attaching, Brought},
    form_body::Form,
    forms::item_of,
    opening::to,
    preferences,
    render::PageInput,
    security::visitor::AddressedCode,
    state::AppState,
};

/// The field that names the material to which files are added, by its place in the list.
const MATERIAL: &str = "material";
/// The mark of what was kept when the list was opened.
const WAS: &str = "was";

/// A list of materials that somebody may have.
struct Open {
    who: Member,
    head: Request,
    case: Case,
    place: LandCode,
    item: &'static ServiceItem,
    form: Form,
    /// Files that came and are with no material yet, and those that were not taken.
    files: FilesBack,
    /// Whether something that was brought was not taken: nobody signs a word about copies before they know that.
    unsettled: bool,
}

impl Open {
    /// Of a service that the visit has and that was not handed in; else the answer.
    async fn of(
        state: &AppState,
        (who, head, case): (Member, Request, Case),
        (code, form): (AddressedCode, Form),
    ) -> Result<Self, Response> {
        let place = code.read.as_ref().ok().map(|read| read.code.canonical());
        let item = item_of(state, &head, &form);
        let Some((place, item)) = place.zip(item) else {
            return Err(gone(state, head, &who).await);
        };
        let is_open = case.filing(&place, &item.id).is_some_and(|one| one.number.is_none());
        if !is_open {
            return Err(to(&urls::staff_case(&case.number), None::<HeaderValue>));
        }
        let files = FilesBack::default();
        Ok(Self { who, head, case, place, item, form, files, unsettled: false })
    }

    fn filing(&self) -> Option<&Filing> {
        self.case.filing(&self.place, &self.item.id)
    }

    /// That another one changed what is kept since the list was opened that was sent now.
    fn late(&self, state: &AppState) -> Option<Say> {
        let sent = self.form.get(WAS)?;
        let now = self.filing().map(|one| state.casework().materials_kept(one, self.item));
        (Some(sent) != now.as_ref()).then_some(Say::Stale)
    }

    /// Takes the files in that the form brought, as far as the service has room for them beside those that it has.
    async fn with_files(mut self, state: &AppState, brought: Option<Brought>) -> Self {
        let had: Vec<Attached> =
            self.filing().map(|one| one.files().cloned().collect()).unwrap_or_default();
        let most = self.item.attachments.as_ref().map_or(0, |takes| takes.most).max(had.len());
        let own = carried(&state.receipts, had.iter().map(|file| &*file.id));
        let new = self.form.get(FIELD).cloned().unwrap_or_default();
        let any_refused = brought.as_ref().is_some_and(|brought| !brought.is_empty());
        let mut both = Form::from([(FIELD.to_owned(), format!("{own} {new}"))]);
        let Attaching { kept, refused, .. } = Attaching::of(state, &mut both, brought, most).await;
        let is_new = |file: &Attached| !had.iter().any(|own| own.id == file.id);
        let kept: Vec<Attached> = kept.into_iter().filter(is_new).collect();
        let is_lost = |id: &String| !kept.iter().chain(&had).any(|file| file.id == *id);
        self.unsettled = any_refused || carried_ids(&state.receipts, &new).iter().any(is_lost);
        let carried = carried(&state.receipts, kept.iter().map(|file| &*file.id));
        self.files = FilesBack { kept, refused, carried };
        self
    }

    fn address(&self) -> String {
        urls::staff_materials(&self.case.number, &self.place, &self.item.id)
    }
}

/// `GET /staff/cases/{case}/materials/{code}`.
pub async fn page(
    State(state): State<AppState>,
    code: AddressedCode,
    request: Request,
) -> Response {
    let Entered { who, head, case, .. } = match entered(&state, request).await {
        Ok(entered) => entered,
        Err(response) => return response,
    };
    match Open::of(&state, (who, head, case), (code, Form::new())).await {
        Ok(open) => drawn(&state, known(&state, open).await, None).await,
        Err(response) => response,
    }
}

/// `POST /staff/cases/{case}/materials/{code}`: keeps the files that came with the material that is named, and what the
/// clerk says of each.
pub async fn act(State(state): State<AppState>, code: AddressedCode, request: Request) -> Response {
    let Entered { who, mut head, case, form, switched } = match entered(&state, request).await {
        Ok(entered) => entered,
        Err(response) => return response,
    };
    let brought = head.extensions_mut().remove::<Brought>();
    let open = match Open::of(&state, (who, head, case), (code, form)).await {
        Ok(open) => open.with_files(&state, brought).await,
        Err(response) => return response,
    };
    let mut response = if switched.is_empty() {
        saved(&state, open).await
    } else {
        let late = open.late(&state);
        drawn(&state, open, late).await
    };
    preferences::keep(&mut response, switched);
    response
}

/// The list with what was ticked and brought before somebody had to sign in again (desk D4). Nothing is kept yet.
pub(super) async fn again(
    state: &AppState,
    who: Member,
    head: Request,
    (code, form): (AddressedCode, Form),
) -> Response {
    let (head, case) = match read(state, head, &who).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    match Open::of(state, (who, head, case), (code, form)).await {
        Ok(open) => {
            let open = open.with_files(state, None).await;
            let late = open.late(state);
            drawn(state, open, late).await
        }
        Err(response) => response,
    }
}

/// The list, with the files of it that are not there any more.
async fn known(state: &AppState, mut open: Open) -> Open {
    let files: Vec<Attached> =
        open.filing().map(|one| one.files().cloned().collect()).unwrap_or_default();
    let ids: Vec<String> = files.iter().map(|file| file.id.clone()).collect();
    let refused = |file: &Attached, fault| RefusedFile { name: file.name.clone(), fault };
    open.files.refused = match state.files.known(&ids).await {
        Ok(known) => {
            let is_gone = |file: &&Attached| !known.iter().any(|(one, _)| one.id == file.id);
            files.iter().filter(is_gone).map(|file| refused(file, FileFault::Gone)).collect()
        }
        Err(error) => {
            tracing::error!(%error, "the files of a visit cannot be found");
            files.iter().map(|file| refused(file, FileFault::Unavailable)).collect()
        }
    };
    open
}

async fn saved(state: &AppState, mut open: Open) -> Response {
    let Some(filing) = open.filing() else { return gone(state, open.head, &open.who).await };
    // The audit says nothing that will not come to pass.
    if !open.case.is_open_to(&open.who.id, state.clock.now()) {
        return drawn(state, open, Some(Say::Held)).await;
    }
    let was = open.form.get(WAS).cloned().unwrap_or_default();
    if state.casework().materials_kept(filing, open.item) != was {
        return drawn(state, open, Some(Say::Stale)).await;
    }
    if open.unsettled {
        return drawn(state, open, None).await;
    }
    let Changed { materials, steps } = match changed(state, &open) {
        Ok(changed) => changed,
        Err(not) => {
            let say = match not {
                NotSaid::NoSuchWay => Say::NoSuchWay,
                NotSaid::NoMaterial => Say::NoMaterial,
                NotSaid::NotSigned => Say::NotSigned,
            };
            return drawn(state, open, Some(say)).await;
        }
    };
    for step in steps {
        if !noted(state, &open.who, &open.case.number, step).await {
            return drawn(state, open, Some(Say::NotRecorded)).await;
        }
    }
    let saved =
        MaterialsSaved { code: open.place, item: open.item, materials: &materials, was: &was };
    match state.casework().save_materials(&open.case.number, &open.who, saved).await {
        Ok(()) => {}
        Err(NotChanged::Gone) => return gone(state, open.head, &open.who).await,
        Err(NotChanged::Store(error)) => {
            tracing::error!(%error, "the materials of a visit are not kept");
            return drawn(state, open, Some(Say::Unavailable)).await;
        }
        Err(not) => return drawn(state, open, said(&not)).await,
    }
    state.files.look_now();
    if open.files.refused.is_empty() {
        return to(&open.address(), None::<HeaderValue>);
    }
    // What was refused is said beside what was kept.
    let refused = std::mem::take(&mut open.files.refused);
    match state.casework().case(&open.case.number, &open.who).await {
        Ok(Some(case)) => {
            let (form, files) = (Form::new(), FilesBack { refused, ..FilesBack::default() });
            drawn(state, Open { case, form, files, ..open }, None).await
        }
        Ok(None) => gone(state, open.head, &open.who).await,
        Err(error) => admission::unavailable(state, open.head, &error.into()).await,
    }
}

/// The list as it is kept, with what was ticked and brought and is not.
async fn drawn(state: &AppState, open: Open, not_done: Option<Say>) -> Response {
    let now = state.clock.now();
    let Some(filing) = open.filing() else { return gone(state, open.head, &open.who).await };
    let was = state.casework().materials_kept(filing, open.item);
    let own = |text: &str| filing.material(text).cloned();
    let lines = open.item.materials.iter().enumerate().map(|(at, material)| {
        let FilingMaterial { files, seen, .. } = own(&material.zh).unwrap_or_else(|| {
            FilingMaterial { material: material.zh.clone(), files: Vec::new(), seen: None }
        });
        let chosen = open.form.get(&change::way_field(at)).cloned();
        let kept = seen.as_ref().map_or("", |seen| seen.how.name());
        let chosen = chosen.unwrap_or_else(|| kept.to_owned());
        MaterialLine { material, files, seen, chosen }
    });
    let is_other =
        |one: &&FilingMaterial| !open.item.materials.iter().any(|it| it.zh == one.material);
    let others = filing.materials.iter().filter(is_other);
    let holder = open.case.content.holder.as_ref();
    let other = holder.filter(|it| it.until > now && it.staff != open.who.id);
    let status = match not_done {
        None if open.files.refused.is_empty() => StatusCode::OK,
        None | Some(Say::NoSuchWay | Say::NoMaterial) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(Say::NotSigned | Say::NotRecorded | Say::Unavailable) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Some(_) => StatusCode::CONFLICT,
    };
    let page = MaterialsPage {
        case: open.case.number.clone(),
        item: open.item,
        code: open.place,
        was,
        lines: lines.collect(),
        others: others.cloned().collect(),
        chosen: open.form.get(MATERIAL).and_then(|at| at.parse().ok()),
        holder: other.map(|it| it.staff.to_string()),
        office: open.who.office.clone(),
        at: now,
        files: open.files,
        not_done,
    };
    let more = PageInput { status: Some(status), ..PageInput::default() };
    admission::show(state, open.head, Some(open.who), (Shows::Materials(Box::new(page)), more))
        .await
}

/// The files that came and are with no material yet, by their ids.
fn new_ids(state: &AppState, files: &FilesBack) -> Vec<String> {
    carried_ids(&state.receipts, &files.carried)
}
