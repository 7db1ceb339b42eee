//! Reading documents in a process of its own. What reads them takes as much memory and time as whoever made
//! them likes, by a file of a few hundred bytes; a process has bounds, and when it ends at them nothing else does.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
};

use domain::attachment::FileFault;

use crate::pdf;

/// What the program is called with, before the most pages; the document comes by its standard input.
pub const READ_DOCUMENT: &str = "read-document";
/// Ends of the process. Any other is that of one that did not get so far.
const TAKEN: u8 = 40;
const TOO_MANY_PAGES: u8 = 41;
const ENCRYPTED: u8 = 42;
const ACTIVE: u8 = 43;
const HIDDEN: u8 = 44;
const BROKEN: u8 = 45;

/// Has the program read a document.
///
/// # Errors
/// [`FileFault`]; [`FileFault::Broken`] for one that cannot be read within bounds.
pub(crate) fn read(program: &Path, bytes: &[u8], pages: u32) -> Result<(), FileFault> {
    let spawned = Command::new(program)
        .args([READ_DOCUMENT, &pages.to_string()])
        .env_clear()
        // KiB that the allocator sets aside at once, within the bounds of the process.
        .env("MIMALLOC_ARENA_RESERVE", "32768")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = spawned.map_err(|error| {
        tracing::error!(%error, "no process reads documents: none is taken");
        FileFault::Unavailable
    })?;
    // One that has ended already says why by how it ended.
    let _ = child.stdin.take().map(|mut pipe| pipe.write_all(bytes));
    let ended = child.wait().or(Err(FileFault::Unavailable))?;
    match ended.code().and_then(|code| u8::try_from(code).ok()) {
        Some(TAKEN) => Ok(()),
        Some(TOO_MANY_PAGES) => Err(FileFault::TooManyPages { most: pages }),
        Some(ENCRYPTED) => Err(FileFault::Encrypted),
        Some(ACTIVE) => Err(FileFault::Active),
        Some(HIDDEN) => Err(FileFault::Hidden),
        _ => Err(FileFault::Broken),
    }
}

/// Reads a document in this process, which ends with what is returned. Whoever calls it has set its bounds.
#[must_use]
pub fn read_here(mut document: impl Read, pages: u32) -> u8 {
    let mut bytes = Vec::new();
    if document.read_to_end(&mut bytes).is_err() {
        return BROKEN;
    }
    match pdf::check(&bytes, pages) {
        Ok(()) => TAKEN,
        Err(FileFault::TooManyPages { .. }) => TOO_MANY_PAGES,
        Err(FileFault::Encrypted) => ENCRYPTED,
        Err(FileFault::Active) => ACTIVE,
        Err(FileFault::Hidden) => HIDDEN,
        Err(_) => BROKEN,
    }
}
