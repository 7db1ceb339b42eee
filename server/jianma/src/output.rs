//! What a command has to say, and the one place that says it.

#![expect(clippy::print_stdout, reason = "a command line program answers on standard output")]

use std::{fmt::Display, process::ExitCode, time::Duration};

/// What a command has to say at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The answer, for standard output.
    pub lines: Vec<String>,
    /// What to mind, for standard error.
    pub warnings: Vec<String>,
    /// Whether all is well: whether the program ends with success.
    pub well: bool,
}

/// Nothing to say, and all is well.
impl Default for Output {
    fn default() -> Self {
        Self { lines: Vec::new(), warnings: Vec::new(), well: true }
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

    /// The same answer, and last how long it took.
    #[must_use]
    pub fn took(mut self, time: Duration) -> Self {
        self.lines.push(format!("took {:.1} s", time.as_secs_f64()));
        self
    }

    /// Says it; the code that the program ends with.
    #[must_use]
    pub fn print(&self) -> ExitCode {
        for warning in &self.warnings {
            warn(warning);
        }
        for line in &self.lines {
            say(line);
        }
        if self.well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Says a line on standard output, while a command is under way.
pub fn say(line: impl Display) {
    println!("{line}");
}

/// Says on standard error what to mind, or what went wrong.
pub fn warn(what: impl Display) {
    eprintln!("jianma: {what}");
}
