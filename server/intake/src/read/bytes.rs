//! The bytes of a file on their way to the JSON reader: counted, held to UTF-8 and to a size.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::{BufReader, Read},
    rc::Rc,
};

use super::MAX_FEATURE_BYTES;
use crate::format::{self, Format};

/// Where the reader is.
#[derive(Debug, Default)]
pub(super) struct ReadPosition {
    pub(super) byte: Cell<u64>,
    /// Where the feature being read began, if one is.
    pub(super) feature: Cell<Option<u64>>,
    pub(super) too_large: Cell<bool>,
    /// What the text is in, once it has turned out not to be UTF-8.
    pub(super) encoding: Cell<Option<Format>>,
    /// The bytes read last, for a person to find the place.
    last: RefCell<VecDeque<u8>>,
}

/// Bytes before a mistake that a message shows.
const SHOWN: usize = 24;

impl ReadPosition {
    fn passed(&self, byte: u8) {
        let mut last = self.last.borrow_mut();
        if last.len() == SHOWN {
            last.pop_front();
        }
        last.push_back(byte);
    }

    pub(super) fn near(&self) -> String {
        let bytes: Vec<u8> = self.last.borrow().iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        text.replace(|c: char| c.is_control(), " ").trim_matches('\u{FFFD}').trim().to_owned()
    }
}

pub(super) struct Counted<R> {
    inner: BufReader<R>,
    place: Rc<ReadPosition>,
    /// The beginning of a character of several bytes.
    character: Vec<u8>,
}

impl<R> Counted<R> {
    pub(super) fn new(inner: BufReader<R>, place: Rc<ReadPosition>) -> Self {
        Self { inner, place, character: Vec::new() }
    }
}

impl<R: Read> Counted<R> {
    /// Takes note of a byte that is part of a longer character, or should be.
    fn check(&mut self, byte: u8) -> std::io::Result<()> {
        self.character.push(byte);
        match std::str::from_utf8(&self.character) {
            Ok(_whole) => self.character.clear(),
            Err(error) if error.error_len().is_none() => {}
            Err(_not_utf8) => {
                self.character.clear();
                // From the beginning of the text on, so that pairs are not cut in two.
                let last = self.place.last.borrow();
                let begin = last.iter().rposition(|byte| *byte == b'"').map_or(0, |at| at + 1);
                let mut sample: Vec<u8> = last.iter().skip(begin).copied().collect();
                sample
                    .extend(self.inner.buffer().iter().take_while(|byte| **byte != b'"').take(64));
                drop(last);
                self.place.encoding.set(Some(format::of_invalid_utf8(&sample)));
                return Err(std::io::Error::other("not UTF-8"));
            }
        }
        Ok(())
    }
}

/// ASCII record separator, which starts a record of a text sequence.
const RECORD_SEPARATOR: u8 = 0x1E;

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let at = self.place.byte.get() + read as u64;
        self.place.byte.set(at);
        if self.place.feature.get().is_some_and(|start| at - start > MAX_FEATURE_BYTES) {
            self.place.too_large.set(true);
            return Err(std::io::Error::other("feature too large"));
        }
        for byte in &mut buffer[..read] {
            // To JSON a record separator is white space. Inside a string it would be illegal
            // either way, and a record that was cut short still does not parse.
            if *byte == RECORD_SEPARATOR {
                *byte = b' ';
            }
            self.place.passed(*byte);
            if !byte.is_ascii() || !self.character.is_empty() {
                self.check(*byte)?;
            }
        }
        Ok(read)
    }
}
