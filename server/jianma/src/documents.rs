//! `jianma read-document`: reads a document that somebody brought, in a process with bounds. The portal calls it; it
//! is no command for people.

use std::{env, io, process::ExitCode};

use attachments::{READ_DOCUMENT, read_here};
use rustix::process::{Resource, Rlimit, setrlimit};

/// Most address space, bytes: a document of the largest size that is taken needs a tenth of it.
const MOST_MEMORY: u64 = 1 << 30;
/// Most time of the processor, seconds.
const MOST_SECONDS: u64 = 20;

/// Reads the document, where this process was called to; none where it was called for anything else.
#[must_use]
pub fn read_document() -> Option<ExitCode> {
    let mut arguments = env::args().skip(1);
    let pages = match (arguments.next(), arguments.next()) {
        (Some(called), Some(pages)) if called == READ_DOCUMENT => pages.parse().ok()?,
        _ => return None,
    };
    for (what, most) in [(Resource::As, MOST_MEMORY), (Resource::Cpu, MOST_SECONDS)] {
        let bound = Rlimit { current: Some(most), maximum: Some(most) };
        if setrlimit(what, bound).is_err() {
            return Some(ExitCode::FAILURE);
        }
    }
    Some(ExitCode::from(read_here(io::stdin().lock(), pages)))
}
