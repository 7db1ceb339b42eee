//! The files of a form. They are kept as soon as they are there, whatever becomes of the form, and go on
//! with it as one ordinary field ([`FIELD`]): what comes back of it for any reason brings them along.

mod receiving;
pub(crate) mod uploads;

use app::context::FilesBack;
use const_format::concatcp;
use domain::{
    address::API,
    attachment::{ATTACH, Attached, DETACH, FIELD, FileFault, RefusedFile},
    request::files::{self, carried, carried_ids},
};
use jiff::{SignedDuration, Timestamp};

pub(crate) use self::receiving::{Brought, awaited, receive};
use crate::{form_body::Form, state::AppState};

/// Where programs bring files ([`crate::rest::uploads`]).
pub const UPLOADS: &str = concatcp!(API, "/uploads");
/// How long a department fetches a file under the address that it is sent: longer than a delivery is tried,
/// and as long as most requests take. After that it asks for a new one.
const ADDRESS_LIVES: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The files that go with a form, as it stands now.
#[derive(Debug, Default)]
pub(crate) struct Attaching {
    /// Those that are kept.
    pub(crate) kept: Vec<Attached>,
    /// Those that are not, of what was brought now.
    pub(crate) refused: Vec<RefusedFile>,
    /// Whether files were to be kept or taken away, and nothing handed in.
    pub(crate) only: bool,
}

impl Attaching {
    /// Puts together what a form carries and what was refused of it; what it carries on stands in its field.
    /// `most` is how many files its service takes.
    pub(crate) async fn of(
        state: &AppState,
        form: &mut Form,
        brought: Option<Brought>,
        most: usize,
    ) -> Self {
        let detached = form.remove(DETACH);
        let only = form.remove(ATTACH).is_some() || detached.is_some();
        let Brought(refused) = brought.unwrap_or_default();
        let mut attaching = Self { kept: Vec::new(), refused, only };
        let text = form.get(FIELD).map_or("", String::as_str);
        let mut ids = carried_ids(&state.receipts, text);
        if let Some(id) = detached
            && let Some(at) = ids.iter().position(|known| *known == id)
        {
            ids.remove(at);
            attaching.let_go(state, &id).await;
        }
        for file in attaching.found(state, &ids).await {
            attaching.add(state, file, most).await;
        }
        attaching.write(state, form);
        attaching
    }

    /// The files of these ids, as far as they are there.
    async fn found(&mut self, state: &AppState, ids: &[String]) -> Vec<Attached> {
        if ids.is_empty() {
            return Vec::new();
        }
        let gone = |fault| RefusedFile { name: String::new(), fault };
        match state.files.known(ids).await {
            Ok(known) => {
                let missing = ids.len().saturating_sub(known.len());
                self.refused.extend((0..missing).map(|_| gone(FileFault::Gone)));
                known.into_iter().map(|(file, _)| file).collect()
            }
            Err(error) => {
                tracing::error!(%error, "the files of a form cannot be found");
                self.refused.push(gone(FileFault::Unavailable));
                Vec::new()
            }
        }
    }

    /// One more file, where there is room for it.
    async fn add(&mut self, state: &AppState, file: Attached, most: usize) {
        let bytes = state.files.budget().request_bytes;
        let together: u64 = self.kept.iter().map(|file| file.size).sum();
        let fault = if self.kept.len() >= most {
            FileFault::TooMany { most }
        } else if together + file.size > bytes {
            FileFault::TooMuch { most: bytes }
        } else {
            return self.kept.push(file);
        };
        self.let_go(state, &file.id).await;
        self.refused.push(RefusedFile { name: file.name, fault });
    }

    async fn let_go(&self, state: &AppState, id: &str) {
        if let Err(error) = state.files.let_go(id).await {
            // It goes by itself after its day.
            tracing::warn!(%error, "a file of a form was not let go of");
        }
    }

    /// Writes what goes on with the form into its field.
    fn write(&self, state: &AppState, form: &mut Form) {
        let text = carried(&state.receipts, self.kept.iter().map(|file| &*file.id));
        if text.is_empty() {
            form.remove(FIELD);
        } else {
            form.insert(FIELD.to_owned(), text);
        }
    }

    /// Takes out the files that cannot go with this form, and says so.
    pub(crate) fn gone(&mut self, state: &AppState, form: &mut Form, ids: &[String]) {
        let (gone, kept) =
            std::mem::take(&mut self.kept).into_iter().partition(|file| ids.contains(&file.id));
        self.kept = kept;
        let refused = |file: Attached| RefusedFile { name: file.name, fault: FileFault::Gone };
        let gone: Vec<Attached> = gone;
        self.refused.extend(gone.into_iter().map(refused));
        self.write(state, form);
    }

    /// The files with the addresses that their department is sent.
    pub(crate) fn addressed(&self, state: &AppState) -> Vec<Attached> {
        addressed(state, self.kept.clone(), state.clock.now())
    }

    /// What the form shows of them.
    pub(crate) fn back(&self, form: &Form) -> FilesBack {
        let carried = form.get(FIELD).cloned().unwrap_or_default();
        FilesBack { kept: self.kept.clone(), refused: self.refused.clone(), carried }
    }
}

/// Files with new addresses for a department. Their host is the one that the operator set: one that a
/// visitor names goes into nothing that we sign.
pub(crate) fn addressed(
    state: &AppState,
    files: impl IntoIterator<Item = Attached>,
    now: Timestamp,
) -> Vec<Attached> {
    let site = &state.settings.site;
    let base = site.host.as_ref().map(|host| app::urls::absolute(site.tls, host, ""));
    let base = base.unwrap_or_default();
    let expires = now + ADDRESS_LIVES;
    let with = |file| files::addressed(file, &base, &state.receipts, expires);
    files.into_iter().map(with).collect()
}
