//! How far a backup or a restore is.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// What a backup or a restore says while it is at work.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A line.
    Line(&'a str),
    /// How far a file is.
    Bytes {
        /// What is done with which file.
        task: &'a str,
        /// Bytes done.
        done: u64,
        /// Bytes in all.
        of: u64,
    },
}

/// A file that says how far it was read.
pub(super) struct Measured<'a> {
    file: File,
    task: &'a str,
    done: u64,
    of: u64,
    progress: &'a mut dyn FnMut(Progress<'_>),
}

impl<'a> Measured<'a> {
    pub(super) fn open(
        path: &Path,
        task: &'a str,
        progress: &'a mut dyn FnMut(Progress<'_>),
    ) -> io::Result<Self> {
        let file = File::open(path)?;
        let of = file.metadata()?.len();
        Ok(Self { file, task, done: 0, of, progress })
    }
}

impl Read for Measured<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done += read as u64;
        (self.progress)(Progress::Bytes { task: self.task, done: self.done, of: self.of });
        Ok(read)
    }
}
