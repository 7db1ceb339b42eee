//! A file on its way in: as much of it as may be, and no more memory for all of them than there is.

use std::sync::Arc;

use domain::attachment::{Attached, FileFault};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Files;

/// Memory for files that are on their way, all together, KiB.
const ROOM_KIB: usize = 192 * 1024;

/// Room for files on their way.
#[derive(Debug)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ROOM_KIB)))
    }
}

impl Room {
    /// How much is left, KiB.
    #[cfg(test)]
    pub(crate) fn left(&self) -> usize {
        self.0.available_permits()
    }
}

/// What one file takes of the room, until it is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    room: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Taken {
    pub(super) fn none_of(room: &Room) -> Self {
        Self { room: room.0.clone(), taken: None }
    }

    /// Takes as much as so many bytes need in all.
    pub(super) fn up_to(&mut self, bytes: usize) -> Result<(), FileFault> {
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = bytes.div_ceil(1024).saturating_sub(has);
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        let more = self.room.clone().try_acquire_many_owned(missing);
        let more = more.or(Err(FileFault::Unavailable))?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }

    pub(super) fn give_back(&mut self) {
        self.taken = None;
    }
}

/// A file on its way in.
pub struct Incoming<'f> {
    files: &'f Files,
    taken: Taken,
    bytes: Vec<u8>,
    fault: Option<FileFault>,
}

impl std::fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl<'f> Incoming<'f> {
    pub(crate) fn new(files: &'f Files, room: &Room) -> Self {
        Self { files, taken: Taken::none_of(room), bytes: Vec::new(), fault: None }
    }

    /// Takes the next bytes; those of a file that is too long, or for which there is no room, are dropped.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        let most = self.files.budget().file_bytes;
        if (self.bytes.len() + chunk.len()) as u64 > most {
            return self.give_up(FileFault::TooLarge { most });
        }
        if let Err(full) = self.taken.up_to(self.bytes.len() + chunk.len()) {
            return self.give_up(full);
        }
        self.bytes.extend_from_slice(chunk);
    }

    fn give_up(&mut self, fault: FileFault) {
        (self.bytes, self.fault) = (Vec::new(), Some(fault));
        self.taken.give_back();
    }

    /// Whether nothing came of it: no file was chosen.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.fault.is_none()
    }

    /// How long it is, bytes; nothing of one that is dropped.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// All of it, with the room that it takes: to be kept as long as it is.
    ///
    /// # Errors
    /// [`FileFault`] of one that was dropped.
    pub(super) fn whole(self) -> Result<(Vec<u8>, Taken), FileFault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok((self.bytes, self.taken)),
        }
    }

    /// Checks and keeps it, now that all of it is there.
    ///
    /// # Errors
    /// As [`Files::hold`].
    pub async fn hold(self, name: &str) -> Result<Attached, FileFault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => self.files.hold(name, self.bytes).await,
        }
    }
}
