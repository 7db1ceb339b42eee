//! Keeping files that were checked, handing them out, removing what nobody needs any more.

mod incoming;
mod scanner;
mod trying;
mod uploads;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use domain::{
    Clock, Entropy,
    attachment::{Attached, Budget, FileFault, MediaType, display_name},
    digest::{hex_digest, hexadecimal},
    request::DraftNumber,
};
use jiff::Timestamp;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use store::{
    Attachment, AttachmentState, Cipher, HELD_FOR, Keyring, NewAttachment, RecordKey, SealError,
    Sealer, Store, StoreError,
};
use tokio::sync::{Notify, Semaphore};

use self::{incoming::Room, uploads::Busy};
use crate::check::{Checked, check};

pub use incoming::Incoming;
pub use scanner::Scanner;
pub use trying::TryOutError;
pub use uploads::{Arriving, Growing, NotGrown};

/// Files checked at once: each may take memory for all its pixels.
const CHECKED_AT_ONCE: usize = 2;
/// How long a file waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Files removed in one go.
const STEP: usize = 100;
/// What part of all that may wait for requests may wait with drafts, for 30 days: the other half is for whoever fills
/// in a form now.
const OF_DRAFTS: u64 = 2;
/// How often somebody looks for what is to be removed, at least.
const BETWEEN_LOOKS: Duration = Duration::from_secs(600);

/// Why a file cannot be handed out or removed. The text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Where bytes lie.
    #[error("the files of requests: {0}")]
    Objects(#[from] object_store::Error),
    /// They are not as they were kept.
    #[error("the file {id} of a request is not as it was kept: {reason}")]
    Altered {
        /// The file.
        id: String,
        /// What does not fit.
        reason: SealError,
    },
}

/// What files are kept with.
pub struct Parts {
    /// Where bytes lie.
    pub objects: Arc<dyn ObjectStore>,
    /// Where everything else is kept of them.
    pub store: Arc<dyn Store>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness: names and keys are drawn of it.
    pub entropy: Arc<dyn Entropy>,
    /// What bytes are sealed by.
    pub cipher: Cipher,
    /// How much may be brought.
    pub budget: Budget,
    /// Most that may wait for requests altogether, bytes.
    pub most_held: u64,
    /// What scans them for malware; they are not scanned where there is none.
    pub scanner: Option<Scanner>,
    /// The program that reads documents in a process with bounds, called with [`crate::READ_DOCUMENT`]; without it
    /// they are read here, as a test may.
    pub reader: Option<PathBuf>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("objects", &self.objects).finish_non_exhaustive()
    }
}

/// The files of requests.
pub struct Files {
    parts: Parts,
    pub(crate) checking: Arc<Semaphore>,
    pub(crate) room: Room,
    busy: Busy,
    /// Something was let go of.
    due: Notify,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("budget", &self.parts.budget).finish_non_exhaustive()
    }
}

impl Files {
    /// Files kept with these.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            checking: Arc::new(Semaphore::new(CHECKED_AT_ONCE)),
            room: Room::default(),
            busy: Busy::default(),
            due: Notify::new(),
        }
    }

    /// How much may be brought.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.parts.budget
    }

    /// A file that is about to come, piece by piece.
    #[must_use]
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming::new(self, &self.room)
    }

    /// Checks a file that was brought and keeps it until its request is handed in, or for [`HELD_FOR`].
    /// When it returns, it is on disk.
    ///
    /// # Errors
    /// [`FileFault`] says what is wrong with it, or that it cannot be kept just now.
    pub async fn hold(&self, given_name: &str, bytes: Vec<u8>) -> Result<Attached, FileFault> {
        let name = display_name(given_name);
        let checked = self.passed(&name, bytes).await?;
        self.has_room_for(checked.bytes.len() as u64).await?;
        self.keep(named_as_it_is(name, checked.media_type), checked).await
    }

    /// That so many bytes more may wait for their request.
    async fn has_room_for(&self, size: u64) -> Result<(), FileFault> {
        let held = self.parts.store.held_bytes().await.map_err(|error| unkept(&error))?;
        if held.saturating_add(size) > self.parts.most_held {
            tracing::error!(
                files.held_bytes = held,
                "too many files wait for their requests: no more are taken until some are handed in or \
                 their day is over"
            );
            return Err(FileFault::Unavailable);
        }
        Ok(())
    }

    /// Checked, and let pass by the scanner where there is one.
    async fn passed(&self, name: &str, bytes: Vec<u8>) -> Result<Checked, FileFault> {
        let checked = self.checked(name, bytes).await?;
        if let Some(scanner) = &self.parts.scanner {
            scanner.pass(&checked.bytes).await?;
        }
        Ok(checked)
    }

    /// In its turn, and apart from what answers.
    async fn checked(&self, name: &str, bytes: Vec<u8>) -> Result<Checked, FileFault> {
        let turn = self.checking.clone().acquire_owned();
        let turn = tokio::time::timeout(LONGEST_WAIT, turn).await;
        let Ok(Ok(turn)) = turn else { return Err(FileFault::Unavailable) };
        let (name, budget) = (name.to_owned(), self.parts.budget);
        let reader = self.parts.reader.clone();
        let check = move || {
            // Its turn ends with it, also where nobody waits for what comes of it any more.
            let _turn = turn;
            check(&name, bytes, &budget, reader.as_deref())
        };
        let checking = tokio::task::spawn_blocking(check);
        // Whatever a reader stumbles over is no file that anybody could be shown.
        checking.await.unwrap_or(Err(FileFault::Broken))
    }

    async fn keep(&self, name: String, checked: Checked) -> Result<Attached, FileFault> {
        let Parts { objects, store, clock, entropy, .. } = &self.parts;
        let mut drawn = [0; 16];
        entropy.fill(&mut drawn);
        let Checked { bytes, media_type } = checked;
        let file = NewAttachment {
            id: hexadecimal(&drawn),
            name,
            media_type,
            size: bytes.len() as u64,
            sha256: hex_digest(&bytes),
            key: entropy.key(),
            held_until: clock.now() + HELD_FOR,
        };
        let sealed = self.sealer(file.key).seal(&place(&file.id), &bytes);
        let sealed = sealed.map_err(|error| unkept(&error))?;
        // The row first: bytes that no row names would never be removed.
        store.hold_attachment(&file).await.map_err(|error| unkept(&error))?;
        if let Err(error) = objects.put(&path(&file.id), sealed.into()).await {
            let _removed_later = store.drop_attachment(&file.id).await;
            return Err(unkept(&error));
        }
        Ok(attached(&file))
    }

    /// The files of these ids, with whose they are; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known(
        &self,
        ids: &[String],
    ) -> Result<Vec<(Attached, AttachmentState)>, StoreError> {
        let found = self.parts.store.attachments(ids).await?.into_iter();
        Ok(found.map(|Attachment { file, state }| (attached(&file), state)).collect())
    }

    /// A file with its bytes; `None` where it is not there, or not any more.
    ///
    /// # Errors
    /// [`FilesError`].
    pub async fn fetch(&self, id: &str) -> Result<Option<(Attached, Vec<u8>)>, FilesError> {
        let found = self.parts.store.attachments(&[id.to_owned()]).await?;
        let Some(Attachment { file, .. }) = found.into_iter().next() else { return Ok(None) };
        let sealed = self.parts.objects.get(&path(id)).await?.bytes().await?;
        let bytes = self.sealer(file.key).open(&place(id), &sealed);
        let bytes = bytes.map_err(|reason| FilesError::Altered { id: id.to_owned(), reason })?;
        Ok(Some((attached(&file), bytes)))
    }

    /// Lets go of a file that waits for its request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_go(&self, id: &str) -> Result<(), StoreError> {
        self.parts.store.drop_attachment(id).await?;
        self.look_now();
        Ok(())
    }

    /// Has whoever removes what is due look at once: something was let go of.
    pub fn look_now(&self) {
        self.due.notify_one();
    }

    /// Has these files wait with a draft that was saved, as long as it is kept. Where too many wait with drafts they
    /// wait for their own day only: [`Self::known`] says until when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wait_with_draft(
        &self,
        ids: &[String],
        draft: &DraftNumber,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let Parts { store, most_held, .. } = &self.parts;
        let most = *most_held / OF_DRAFTS;
        if !store.wait_with_draft(ids, draft, until, most).await? {
            tracing::warn!(
                files.most_bytes = most,
                "too many files wait with drafts: those of a draft that was saved now wait a day only"
            );
        }
        Ok(())
    }

    /// Removes the bytes of what was let go of, waited too long or went with a request that was deleted;
    /// how many there were.
    ///
    /// # Errors
    /// [`FilesError`]; what is left is removed the next time.
    pub async fn remove_due(&self) -> Result<usize, FilesError> {
        let Parts { store, clock, .. } = &self.parts;
        let mut removed = 0;
        loop {
            let due = store.attachments_to_remove(clock.now(), STEP).await?;
            for left in &due {
                self.delete(&path(&left.id)).await?;
                self.remove_parts(left).await?;
                store.forget_attachment(&left.id).await?;
            }
            removed += due.len();
            if due.len() < STEP {
                break;
            }
        }
        // Of what is one file now the parts go.
        for left in store.parts_left(STEP).await? {
            self.remove_parts(&left).await?;
            store.forget_parts(&left.id).await?;
        }
        Ok(removed)
    }

    /// Removes what lies there, if anything does.
    async fn delete(&self, path: &Path) -> Result<(), FilesError> {
        match self.parts.objects.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What a file is sealed by, under its own key.
    fn sealer(&self, key: [u8; 32]) -> Keyring {
        let Parts { cipher, entropy, .. } = &self.parts;
        // What a file was sealed by stands in its head: each cipher has the key ready.
        let others = Cipher::ALL.into_iter().filter(|other| other != cipher);
        let keys = others.chain([*cipher]).map(|cipher| RecordKey { cipher, secret: key });
        Keyring::new(keys.collect(), entropy.clone())
    }
}

/// Removes for ever what is due: now and then, and at once what was let go of, so that nobody fills the disk by
/// bringing files and letting go of them.
pub async fn keep_tidy(files: Arc<Files>) {
    loop {
        match files.remove_due().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(files.removed = removed, "removed files of requests"),
            Err(error) => {
                tracing::error!(%error, "files of requests that are due were not removed; trying again");
            }
        }
        // Earlier, where something was let go of.
        let _at_its_time = tokio::time::timeout(BETWEEN_LOOKS, files.due.notified()).await;
    }
}

/// Where a file lies.
fn path(id: &str) -> Path {
    Path::from_iter([id.get(..2).unwrap_or(id), id])
}

/// What its bytes are bound to.
fn place(id: &str) -> String {
    format!("attachment.bytes/{id}")
}

fn attached(file: &NewAttachment) -> Attached {
    let NewAttachment { id, name, media_type, size, sha256, .. } = file.clone();
    Attached { id, name, media_type, size, sha256, address: String::new(), expires: None }
}

/// A name that ends as what it became.
fn named_as_it_is(name: String, is: MediaType) -> String {
    if MediaType::of_name(&name) == Some(is) {
        return name;
    }
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    format!("{stem}.{}", is.extensions()[0])
}

fn unkept(error: &dyn fmt::Display) -> FileFault {
    tracing::error!(%error, "a file of a request was not kept");
    FileFault::Unavailable
}
