//! Files that come in parts, over lines that break. Each part is kept, sealed, before anybody is told that it is there;
//! when all are, they are one file, which is checked as any other and keeps the id.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use domain::{
    attachment::{Attached, FileFault, display_name},
    digest::{hex_digest, hexadecimal},
};
use jiff::Timestamp;
use object_store::{ObjectStoreExt as _, path::Path};
use store::{HELD_FOR, Leftover, NewAttachment, NewUpload, Sealer as _, Upload};

use super::{Files, FilesError, attached, incoming::Taken, named_as_it_is, path, place, unkept};

/// Bytes of a part: what a line that breaks, or a portal that is killed, loses at most.
const PART: usize = 1 << 20;
/// How often the line of one file may break, each time leaving a part that is short. Each part takes a place of its own
/// where files lie, however short it is.
const MOST_SHORT: u64 = 64;

/// Uploads that somebody is adding to.
#[derive(Debug, Default)]
pub(crate) struct Busy(Mutex<HashSet<String>>);

/// That an upload is being added to.
#[derive(Debug)]
struct Turn<'f> {
    busy: &'f Busy,
    id: String,
}

impl Busy {
    fn turn(&self, id: &str) -> Option<Turn<'_>> {
        let mut ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(id.to_owned()).then(|| Turn { busy: self, id: id.to_owned() })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.busy.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// A file that comes in parts, as far as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arriving {
    /// Its id, that of the file when it is whole.
    pub id: String,
    /// What people are shown as its name.
    pub name: String,
    /// How long it will be, bytes.
    pub size: u64,
    /// How much of it is there, bytes.
    pub offset: u64,
    /// Until when it is to be whole, or to be handed in, UTC.
    pub until: Timestamp,
    /// The file, once it is whole.
    pub file: Option<Attached>,
}

impl From<Upload> for Arriving {
    fn from(upload: Upload) -> Self {
        let offset = upload.offset();
        let NewUpload { id, name, size, until, .. } = upload.file;
        Self { id, name, size, offset, until, file: None }
    }
}

/// Why a part is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotGrown {
    /// There is no such upload, or not any more.
    Gone,
    /// It begins elsewhere than where the file ends.
    Offset,
    /// Somebody is adding to it just now.
    Busy,
    /// More comes than was said.
    TooLong,
    /// It came in more parts than are kept of one file; it is let go of.
    TooManyParts,
    /// What is wrong with the file, now that it is whole; or that nothing can be kept.
    File(FileFault),
}

impl From<FileFault> for NotGrown {
    fn from(fault: FileFault) -> Self {
        Self::File(fault)
    }
}

/// A part that is coming in.
#[derive(Debug)]
pub struct Growing<'f> {
    files: &'f Files,
    upload: Upload,
    pending: Vec<u8>,
    /// The room of what is pending.
    taken: Taken,
    _turn: Turn<'f>,
}

impl<'f> Growing<'f> {
    fn new(files: &'f Files, upload: Upload, turn: Turn<'f>) -> Self {
        let taken = Taken::none_of(&files.room);
        Self { files, upload, pending: Vec::new(), taken, _turn: turn }
    }
}

impl Files {
    /// Begins a file that will come in parts, and has its length wait for it.
    ///
    /// # Errors
    /// [`FileFault`] where no such file would ever be taken, or there is no room.
    pub async fn begin(&self, given_name: &str, size: u64) -> Result<Arriving, FileFault> {
        let most = self.budget().file_bytes;
        if size == 0 {
            return Err(FileFault::Empty);
        }
        if size > most {
            return Err(FileFault::TooLarge { most });
        }
        let name = display_name(given_name);
        // Said before it comes: what is of no kind that is taken is sent in vain.
        domain::attachment::MediaType::of_name(&name).ok_or(FileFault::NotTaken)?;
        self.has_room_for(size).await?;
        let mut drawn = [0; 16];
        self.parts.entropy.fill(&mut drawn);
        let file = NewUpload {
            id: hexadecimal(&drawn),
            name,
            size,
            key: self.parts.entropy.key(),
            until: self.parts.clock.now() + HELD_FOR,
        };
        let begun = self.parts.store.begin_upload(&file).await;
        begun.map_err(|error| unkept(&error))?;
        Ok(Upload { file, parts: Vec::new() }.into())
    }

    /// How far an upload came: one whose parts are all there is made a file now, if it was not yet.
    ///
    /// # Errors
    /// [`NotGrown`].
    pub async fn arriving(&self, id: &str) -> Result<Arriving, NotGrown> {
        if let Some(file) = self.whole(id).await? {
            return Ok(file);
        }
        let upload = self.coming(id).await?;
        if upload.offset() < upload.file.size {
            return Ok(upload.into());
        }
        let turn = self.busy.turn(id).ok_or(NotGrown::Busy)?;
        // What a picture became may be of another length than what came.
        Growing::new(self, upload, turn)
            .ended()
            .await
            .map(|whole| Arriving { offset: whole.size, ..whole })
    }

    /// Begins to add to an upload whose parts end at `offset`.
    ///
    /// # Errors
    /// [`NotGrown`].
    pub async fn grow(&self, id: &str, offset: u64) -> Result<Growing<'_>, NotGrown> {
        let turn = self.busy.turn(id).ok_or(NotGrown::Busy)?;
        if self.whole(id).await?.is_some() {
            return Err(NotGrown::Offset);
        }
        let upload = self.coming(id).await?;
        if upload.offset() != offset {
            return Err(NotGrown::Offset);
        }
        Ok(Growing::new(self, upload, turn))
    }

    /// Lets go of an upload, or of the file that it became while that waits for its request. Not while something is
    /// added to it: that would be left where nobody looks for it.
    ///
    /// # Errors
    /// [`NotGrown`].
    pub async fn let_go_of_upload(&self, id: &str) -> Result<(), NotGrown> {
        let _turn = self.busy.turn(id).ok_or(NotGrown::Busy)?;
        if self.whole(id).await?.is_none() {
            self.coming(id).await?;
        }
        Ok(self.let_go(id).await.map_err(|error| unkept(&error))?)
    }

    /// The file that an upload became, while it waits for its request.
    async fn whole(&self, id: &str) -> Result<Option<Arriving>, NotGrown> {
        let known = self.parts.store.attachments(&[id.to_owned()]).await;
        let known = known.map_err(|error| unkept(&error))?;
        let now = self.parts.clock.now();
        let held = known.into_iter().next().filter(|one| match one.state {
            store::AttachmentState::Held(until) => until > now,
            store::AttachmentState::Claimed(_) => false,
        });
        Ok(held.map(|one| {
            let (until, file) = (one.file.held_until, attached(&one.file));
            let Attached { id, name, size, .. } = file.clone();
            Arriving { id, name, size, offset: size, until, file: Some(file) }
        }))
    }

    async fn coming(&self, id: &str) -> Result<Upload, NotGrown> {
        let found = self.parts.store.upload(id).await.map_err(|error| unkept(&error))?;
        let now = self.parts.clock.now();
        found.filter(|upload| upload.file.until > now).ok_or(NotGrown::Gone)
    }

    /// Removes the parts of a file: those that came, and one that was begun.
    pub(super) async fn remove_parts(&self, left: &Leftover) -> Result<(), FilesError> {
        let Some(parts) = left.parts else { return Ok(()) };
        for at in 0..=parts {
            self.delete(&part_path(&left.id, at)).await?;
        }
        Ok(())
    }
}

impl Growing<'_> {
    /// Takes the next bytes: of each mebibyte it is told once it is kept.
    ///
    /// # Errors
    /// [`NotGrown`]; what was kept before stays.
    pub async fn push(&mut self, chunk: &[u8]) -> Result<(), NotGrown> {
        let come = self.upload.offset() + (self.pending.len() + chunk.len()) as u64;
        if come > self.upload.file.size {
            return Err(NotGrown::TooLong);
        }
        let mut rest = chunk;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(PART - self.pending.len()));
            self.taken.up_to(self.pending.len() + now.len())?;
            self.pending.extend_from_slice(now);
            rest = later;
            if self.pending.len() == PART {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Keeps what came, also of a line that broke. When all is there, it is checked and is a file.
    ///
    /// # Errors
    /// [`NotGrown::File`] says what is wrong with the file; it is let go of then.
    pub async fn ended(mut self) -> Result<Arriving, NotGrown> {
        if !self.pending.is_empty() {
            self.keep().await?;
        }
        if self.upload.offset() < self.upload.file.size {
            return Ok(self.upload.into());
        }
        match self.become_file().await {
            Err(NotGrown::File(FileFault::Unavailable)) => {
                Err(NotGrown::File(FileFault::Unavailable))
            }
            Err(NotGrown::File(fault)) => {
                let gone = self.files.let_go(&self.upload.file.id).await;
                gone.map_err(|error| unkept(&error))?;
                Err(NotGrown::File(fault))
            }
            other => other,
        }
    }

    /// A part is there when its row says so. Until then the next one lies in its place.
    pub(crate) async fn keep(&mut self) -> Result<(), NotGrown> {
        let NewUpload { id, key, size, .. } = &self.upload.file;
        let (at, offset) = (self.upload.parts.len(), self.upload.offset());
        if at as u64 >= size.div_ceil(PART as u64) + MOST_SHORT {
            self.files.let_go(id).await.map_err(|error| unkept(&error))?;
            return Err(NotGrown::TooManyParts);
        }
        let bytes = self.pending.len() as u64;
        let parts = &self.files.parts;
        // This one may have come over a line that had been dead for long: what another portal has kept meanwhile of
        // the same file lies in the same place.
        let known = parts.store.upload(id).await.map_err(|error| unkept(&error))?;
        if known.ok_or(NotGrown::Gone)?.parts.len() != at {
            return Err(NotGrown::Offset);
        }
        let sealed = self.files.sealer(*key).seal(&part_place(id, at), &self.pending);
        let sealed = sealed.map_err(|error| unkept(&error))?;
        let put = parts.objects.put(&part_path(id, at), sealed.into()).await;
        put.map_err(|error| unkept(&error))?;
        let noted = parts.store.grow_upload(id, offset, bytes).await;
        if !noted.map_err(|error| unkept(&error))? {
            let known = parts.store.upload(id).await.map_err(|error| unkept(&error))?;
            if known.is_some() {
                return Err(NotGrown::Offset);
            }
            // Let go of meanwhile: whoever removed its parts may have been there before this one was.
            let gone = self.files.delete(&part_path(id, at)).await;
            gone.map_err(|error| unkept(&error))?;
            return Err(NotGrown::Gone);
        }
        self.upload.parts.push(bytes);
        self.pending = Vec::new();
        self.taken.give_back();
        Ok(())
    }

    /// All parts, checked and kept as one.
    async fn become_file(&self) -> Result<Arriving, NotGrown> {
        let Files { parts, .. } = self.files;
        let NewUpload { id, name, key, .. } = &self.upload.file;
        // As much memory as any file takes that is on its way.
        let mut incoming = self.files.incoming();
        for (at, length) in self.upload.parts.iter().enumerate() {
            let sealed = async { parts.objects.get(&part_path(id, at)).await?.bytes().await };
            let sealed = sealed.await.map_err(|error| unkept(&error))?;
            let part = self.files.sealer(*key).open(&part_place(id, at), &sealed);
            let part = part.map_err(|error| unkept(&error))?;
            // Of two that added to it through two portals at once, the longer may lie there; or the shorter: then it
            // is to be brought anew.
            let length = usize::try_from(*length).unwrap_or(usize::MAX);
            incoming.push(part.get(..length).ok_or(FileFault::Gone)?);
        }
        let (bytes, taken) = incoming.whole()?;
        let checked = self.files.passed(name, bytes).await?;
        drop(taken);
        // A picture that was drawn anew may be longer than what was announced, which is counted already.
        let more = (checked.bytes.len() as u64).saturating_sub(self.upload.file.size);
        self.files.has_room_for(more).await?;
        let name = named_as_it_is(name.clone(), checked.media_type);
        let file = NewAttachment {
            id: id.clone(),
            name,
            media_type: checked.media_type,
            size: checked.bytes.len() as u64,
            sha256: hex_digest(&checked.bytes),
            key: *key,
            held_until: parts.clock.now() + HELD_FOR,
        };
        let sealed = self.files.sealer(*key).seal(&place(id), &checked.bytes);
        let sealed = sealed.map_err(|error| unkept(&error))?;
        let put = parts.objects.put(&path(id), sealed.into()).await;
        put.map_err(|error| unkept(&error))?;
        let finished = parts.store.finish_upload(&file).await;
        if !finished.map_err(|error| unkept(&error))? {
            // Let go of meanwhile, or over: no row names these bytes. Another portal may have made it the same file.
            let known = parts.store.attachments(std::slice::from_ref(id)).await;
            if known.map_err(|error| unkept(&error))?.is_empty() {
                let gone = self.files.delete(&path(id)).await;
                gone.map_err(|error| unkept(&error))?;
            }
            return Err(NotGrown::Gone);
        }
        // Its parts are not needed any more.
        self.files.look_now();
        let until = file.held_until;
        let file = attached(&file);
        let Attached { id, name, size, .. } = file.clone();
        Ok(Arriving { id, name, size, offset: self.upload.file.size, until, file: Some(file) })
    }
}

/// Where a part lies: beside the file that it becomes.
fn part_path(id: &str, at: usize) -> Path {
    Path::from_iter([id.get(..2).unwrap_or(id), &format!("{id}.{at}")])
}

/// What its bytes are bound to.
fn part_place(id: &str, at: usize) -> String {
    format!("attachment.part/{id}/{at}")
}
