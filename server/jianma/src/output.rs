//! What a command has to say, and the one place that says it, in the language of the environment.
//!
//! Whoever closes the other end (`jianma versions | head -1`) does not want to read on: that is no
//! fault, the command does its work to the end, and its exit code says what became of it. A full disk
//! behind a redirection is one.

use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use store::RecordFault;

use crate::language::said;

/// What a command has to say at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The answer, for standard output.
    pub lines: Vec<String>,
    /// What to mind, for standard error.
    pub warnings: Vec<String>,
    /// Whether all is well: whether the program ends with success.
    pub well: bool,
    /// Whether the answer is somebody's data, to be given out as they are in any language.
    pub is_data: bool,
    /// The code that the program ends with, where there is more to tell by it than whether all is well.
    pub code: Option<u8>,
}

/// Nothing to say, and all is well.
impl Default for Output {
    fn default() -> Self {
        Self { lines: Vec::new(), warnings: Vec::new(), well: true, is_data: false, code: None }
    }
}

impl Output {
    /// An answer, where all is well.
    #[must_use]
    pub fn lines(lines: Vec<String>) -> Self {
        Self { lines, ..Self::default() }
    }

    /// An answer of one line, where all is well.
    #[must_use]
    pub fn line(line: impl Into<String>) -> Self {
        Self::lines(vec![line.into()])
    }

    /// An answer that is somebody's data.
    #[must_use]
    pub fn data(text: impl Into<String>) -> Self {
        Self { is_data: true, ..Self::line(text) }
    }

    /// Names the rows of a list that do not read; all is well only where there are none.
    pub fn name_faults(&mut self, faults: &[RecordFault]) {
        self.well &= faults.is_empty();
        self.warnings.extend(faults.iter().map(ToString::to_string));
    }

    /// Says what can be done about rows of requests and deliveries that do not read.
    pub fn say_of_altered(&mut self, faults: &[RecordFault]) {
        if !faults.is_empty() {
            let remedy = "restore the backup, or see what happened with `jianma requests check`; \
                          `jianma deliveries redirect` sends a delivery where it belongs";
            self.warnings.push(remedy.to_owned());
        }
    }

    /// This list; of one without a row it is said that there is none, where no program reads it
    /// for a row.
    #[must_use]
    pub fn or_says(mut self, none: &str) -> Self {
        if self.lines.is_empty() && self.warnings.is_empty() {
            self.warnings.push(none.to_owned());
        }
        self
    }

    /// This answer, and last how long it took.
    #[must_use]
    pub fn took(mut self, time: Duration) -> Self {
        self.lines.push(format!("took {:.1} s", time.as_secs_f64()));
        self
    }

    /// Says it; the code that the program ends with.
    ///
    /// # Errors
    /// As [`say`].
    pub fn print(&self) -> io::Result<ExitCode> {
        self.warnings.iter().for_each(warn);
        for line in &self.lines {
            if self.is_data { give_out(line)? } else { say(line)? }
        }
        let by_well = if self.well { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        Ok(self.code.map_or(by_well, ExitCode::from))
    }
}

/// Says a line on standard output.
///
/// # Errors
/// What the file system says, but for an end that was closed.
pub fn say(line: impl Display) -> io::Result<()> {
    give_out(said(&line.to_string()))
}

/// Writes a line on standard output in the words that it has.
///
/// # Errors
/// As [`say`].
pub fn give_out(line: impl Display) -> io::Result<()> {
    match writeln!(io::stdout().lock(), "{}", printable(&line)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Says where a server listens; it serves, whoever reads that.
pub fn say_ready(line: impl Display) {
    if let Err(error) = say(&line) {
        tracing::warn!(%error, "{line}, which cannot be written to standard output");
    }
}

/// Says on standard error what to mind, or what went wrong. Where that cannot be written either, nobody
/// can be told.
pub fn warn(what: impl Display) {
    let _unheard = writeln!(io::stderr().lock(), "jianma: {}", printable(&said(&what.to_string())));
}

/// A text that does nothing to a terminal: what was altered in a database can hold anything.
fn printable(text: &impl Display) -> String {
    let is_bare = |c: char| c.is_control() && !matches!(c, '\t' | '\n');
    let text = text.to_string();
    if !text.contains(is_bare) {
        return text;
    }
    text.chars()
        .flat_map(|c| if is_bare(c) { c.escape_unicode().collect() } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_does_nothing_to_a_terminal() {
        assert_eq!(printable(&"a\t张\u{1b}[31m\u{9b}"), "a\t张\\u{1b}[31m\\u{9b}");
    }
}
