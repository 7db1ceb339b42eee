//! What the commands say, on standard output and on standard error.
//!
//! Whoever closes the other end (`jianma versions | head -1`) does not want to read on: that is no
//! fault, the command does its work to the end, and its exit code says what became of it. A full disk
//! behind a redirection is one.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// Says a line.
///
/// # Errors
/// What the file system says, but for an end that was closed.
pub fn line(text: impl Display) -> io::Result<()> {
    written(writeln!(io::stdout().lock(), "{text}"))
}

/// Says a text that has its ends of lines.
///
/// # Errors
/// As [`line`].
pub fn text(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    written(write!(out, "{text}").and_then(|()| out.flush()))
}

/// Says what to mind, beside the answer. Where that cannot be written either, nobody can be told.
pub fn warning(text: impl Display) {
    let _unheard = writeln!(io::stderr().lock(), "jianma: {text}");
}

fn written(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
