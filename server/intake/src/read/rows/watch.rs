//! The bytes of rows on their way to the reader of rows, which takes a quotation mark in the wrong place
//! for text: here it is noticed, before rows behind it become the text of a cell.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::{Error, Read},
    rc::Rc,
};

use super::super::MAX_FEATURE_BYTES;

/// Where in a row the bytes stand, as RFC 4180 and the reader have it.
#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    /// In front of a row, or between rows.
    #[default]
    Row,
    /// In front of a cell.
    Cell,
    /// In a cell without quotation marks, where one is text.
    Plain,
    /// Between the quotation marks of a cell.
    Quoted,
    /// Behind a quotation mark in such a cell: it ends there, or the mark stands doubled for itself.
    Closed,
}

/// A quoted cell that goes on behind the mark that closes it.
struct Stray {
    /// Its row; 0 is the first one, with the names.
    row: u64,
    /// Whether a line ended in the cell, so that it may be made of several rows.
    over_lines: bool,
}

#[derive(Default)]
struct Marks {
    place: Place,
    /// Rows that have ended.
    row: u64,
    over_lines: bool,
    /// At most one of each row.
    stray: VecDeque<Stray>,
    /// Whether the last byte ended a line.
    line_ended: bool,
}

impl Marks {
    fn see(&mut self, byte: u8, separator: u8) {
        let ends_line = matches!(byte, b'\r' | b'\n');
        self.line_ended = ends_line;
        match self.place {
            Place::Quoted => match byte {
                b'"' => self.place = Place::Closed,
                _ => self.over_lines |= ends_line,
            },
            Place::Closed if byte == b'"' => self.place = Place::Quoted,
            Place::Row if ends_line => {}
            _ if ends_line => {
                self.place = Place::Row;
                self.row += 1;
            }
            _ if byte == separator => self.place = Place::Cell,
            Place::Row | Place::Cell if byte == b'"' => {
                self.place = Place::Quoted;
                self.over_lines = false;
            }
            Place::Closed => {
                self.place = Place::Plain;
                self.note();
            }
            _ => self.place = Place::Plain,
        }
    }

    fn note(&mut self) {
        let Self { row, over_lines, .. } = *self;
        match self.stray.back_mut() {
            Some(last) if last.row == row => last.over_lines |= over_lines,
            _ => self.stray.push_back(Stray { row, over_lines }),
        }
    }
}

/// What is known of the bytes so far.
#[derive(Default)]
pub(super) struct Watch {
    /// Bytes since a row began, as far as they are read.
    since: Cell<u64>,
    too_large: Cell<bool>,
    marks: RefCell<Marks>,
}

impl Watch {
    /// A row begins.
    pub(super) fn begin(&self) {
        self.since.set(0);
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.too_large.get()
    }

    /// Whether a mark stands astray in a row that was read, and then whether in a cell of several lines.
    pub(super) fn stray(&self, row: u64) -> Option<bool> {
        let mut marks = self.marks.borrow_mut();
        while marks.stray.front().is_some_and(|stray| stray.row < row) {
            marks.stray.pop_front();
        }
        let stray = marks.stray.front().filter(|stray| stray.row == row)?;
        Some(stray.over_lines)
    }

    /// The row in whose quoted cell the file ends.
    pub(super) fn left_open(&self) -> Option<u64> {
        let marks = self.marks.borrow();
        (marks.place == Place::Quoted).then_some(marks.row)
    }

    /// Whether the last of several lines has no end, as where a file was cut.
    pub(super) fn ends_within_a_line(&self) -> bool {
        let marks = self.marks.borrow();
        marks.row > 0 && !marks.line_ended
    }
}

/// The bytes, watched.
pub(super) struct Watched<R> {
    pub(super) inner: R,
    pub(super) separator: u8,
    pub(super) watch: Rc<Watch>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut marks = self.watch.marks.borrow_mut();
        for byte in &buffer[..read] {
            marks.see(*byte, self.separator);
        }
        let since = self.watch.since.get() + read as u64;
        self.watch.since.set(since);
        if since > MAX_FEATURE_BYTES {
            self.watch.too_large.set(true);
            return Err(Error::other("row too large"));
        }
        Ok(read)
    }
}
