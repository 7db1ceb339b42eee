//! How far long work is: on a terminal one line that changes, with share, rate and time left;
//! elsewhere a plain line now and then, never a control character.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

use crate::{language::said, translation::width};

/// Between two drawings of the line on a terminal.
const REDRAW: Duration = Duration::from_millis(200);
/// Between two plain lines.
const PLAIN: Duration = Duration::from_secs(10);
/// Longer lines would wrap, and a wrapped line cannot be drawn over; columns.
const WIDTH: usize = 78;

/// Shows how far a piece of work is.
pub struct Meter {
    out: Box<dyn Write + Send>,
    terminal: bool,
    started: Instant,
    /// What is being worked on, and since when.
    task: String,
    since: Duration,
    shown: Option<Duration>,
    /// Whether a line stands on the terminal that must be drawn over.
    drawn: bool,
}

/// How far a task is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What is being worked on, e.g. a file's name.
    pub task: &'a str,
    /// How many things were done, and what they are called: `12000`, `features`.
    pub count: (u64, &'a str),
    /// Work done and the whole of it, in the same measure; `None` where the whole is not known.
    pub share: Option<(u64, u64)>,
}

impl Meter {
    /// A meter on standard error.
    #[must_use]
    pub fn on_stderr() -> Self {
        let stderr = std::io::stderr();
        let terminal = stderr.is_terminal();
        Self::new(Box::new(stderr), terminal)
    }

    /// A meter on `out`; `terminal` tells whether a line can be drawn over.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, terminal: bool) -> Self {
        Self {
            out,
            terminal,
            started: Instant::now(),
            task: String::new(),
            since: Duration::ZERO,
            shown: None,
            drawn: false,
        }
    }

    /// Says a line.
    pub fn line(&mut self, text: &str) {
        self.clear();
        // Whoever closed standard error does not want to know.
        let _closed = writeln!(self.out, "{}", said(text));
    }

    /// Shows how far the work is, if it is time to.
    pub fn at(&mut self, step: &Step<'_>) {
        self.at_time(self.started.elapsed(), step);
    }

    /// Takes the line away that stands on the terminal.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _closed = write!(self.out, "\r\u{1B}[K");
            let _closed = self.out.flush();
        }
    }

    fn at_time(&mut self, now: Duration, step: &Step<'_>) {
        if self.task != step.task {
            step.task.clone_into(&mut self.task);
            self.since = now;
            // Short work is done before anybody asks how far it is.
            self.shown = Some(now);
            return;
        }
        let pause = if self.terminal { REDRAW } else { PLAIN };
        if self.shown.is_some_and(|shown| now.saturating_sub(shown) < pause) {
            return;
        }
        self.shown = Some(now);
        let text = said(&sentence(step, now.saturating_sub(self.since))).into_owned();
        if self.terminal {
            let short = within(&text, WIDTH);
            let _closed = write!(self.out, "\r\u{1B}[K{short}");
            let _closed = self.out.flush();
            self.drawn = true;
        } else {
            let _closed = writeln!(self.out, "{text}");
        }
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter").field("task", &self.task).finish_non_exhaustive()
    }
}

/// As much of a text as fits into so many columns.
fn within(text: &str, columns: usize) -> String {
    let mut left = columns;
    let fits = text.chars().take_while(|character| {
        let room = left.checked_sub(width(*character));
        left = room.unwrap_or_default();
        room.is_some()
    });
    fits.collect()
}

/// `parcels.geojson: 42 %, 12000 features, 8100 a second, 1 min 20 s left`.
fn sentence(step: &Step<'_>, elapsed: Duration) -> String {
    let Step { task, count: (count, noun), share } = *step;
    let seconds = elapsed.as_secs_f64().max(0.001);
    let mut text = format!("{task}: ");
    if let Some((done, of)) = share.filter(|(_, of)| *of > 0) {
        text.push_str(&format!("{:.0} %, ", 100.0 * (done as f64 / of as f64).min(1.0)));
    }
    text.push_str(&format!("{count} {noun}, {:.0} a second", count as f64 / seconds));
    if let Some((done, of)) = share.filter(|(done, of)| *done > 0 && of > done) {
        let left = seconds * (of - done) as f64 / done as f64;
        text.push_str(&format!(", {} left", in_words(left)));
    }
    text
}

fn in_words(seconds: f64) -> String {
    // Past a day nobody counts minutes, and the cast stays far from its end.
    let seconds = seconds.round().min(864_000.0) as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn run(terminal: bool) -> String {
        let paper = Paper::default();
        let mut meter = Meter::new(Box::new(paper.clone()), terminal);
        for second in 0..=60_u64 {
            let count = (second * 100, "features");
            let step = Step { task: "地块.geojson", count, share: Some((second * 10, 1200)) };
            meter.at_time(Duration::from_secs(second), &step);
        }
        meter.line("done");
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_terminal_sees_share_rate_and_time_left_in_one_line() {
        let text = run(true);
        assert!(text.contains("地块.geojson: 25 %, 3000 features, 100 a second, 1 min 30 s left"));
        assert_eq!(text.matches('\n').count(), 1);
        assert!(text.ends_with("\r\u{1B}[Kdone\n"), "{text:?}");
    }

    #[test]
    fn a_line_that_is_drawn_over_is_no_wider_than_a_terminal() {
        assert_eq!(within("地块.geojson", 5), "地块.");
        assert_eq!(within("地块", 3), "地");
        assert_eq!(within("abc", 78), "abc");
    }

    #[test]
    fn elsewhere_there_are_plain_lines_now_and_then() {
        let text = run(false);
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(!text.contains(['\u{1B}', '\r']), "{text:?}");
        assert!(text.starts_with("地块.geojson: 8 %, 1000 features, 100 a second"), "{text}");
    }

    #[test]
    fn without_a_size_there_is_no_share() {
        let step = Step { task: "-", count: (50, "features"), share: None };
        assert_eq!(sentence(&step, Duration::from_secs(10)), "-: 50 features, 5 a second");
        assert_eq!(in_words(7322.0), "2 h 2 min");
        assert_eq!(in_words(f64::INFINITY), "240 h 0 min");
    }
}
