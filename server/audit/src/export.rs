//! A part of the audit in a file of its own: a line of JSON for each entry, between one that says
//! behind which entry it begins and one that proves its end.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::audit::{AuditCheck, AuditEntry, AuditFault, AuditKey, Head, Record};
use serde::{Deserialize, Serialize};

use super::verify::Summary;

/// Raised when an older program could not read it.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Beginning {
    jianma_audit: u32,
    /// The entry before the first; none when it is the first of all.
    behind: Option<Head>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    sequence: u64,
    record: Record,
    seal: String,
}

#[derive(Serialize, Deserialize)]
struct End {
    end: Head,
    proof: String,
}

/// Why a part is not written, or does not pass.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file system said no.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not what this program writes, or was cut off.
    #[error("{path} does not read as a part of an audit, in line {line}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Which.
        line: usize,
    },
    /// It is not as it was written.
    #[error(transparent)]
    Fault(#[from] AuditFault),
}

/// A part that is being written into a new file that only its owner may read.
pub(super) struct Export {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Export {
    pub(super) fn begin(path: &Path, behind: Option<Head>) -> Result<Self, ExportError> {
        let opened = File::options().write(true).create_new(true).mode(0o600).open(path);
        let file = opened.map_err(failed(path))?;
        let mut export = Self { path: path.to_owned(), file: BufWriter::new(file) };
        export.line(&Beginning { jianma_audit: FORMAT, behind })?;
        Ok(export)
    }

    pub(super) fn take(&mut self, entry: &AuditEntry) -> Result<(), ExportError> {
        let AuditEntry { sequence, record, seal } = entry.clone();
        self.line(&Line { sequence, record, seal })
    }

    /// On disk when this returns.
    pub(super) fn finish(mut self, end: Head, key: &AuditKey) -> Result<(), ExportError> {
        let proof = key.head_proof(&end);
        self.line(&End { end, proof })?;
        let path = self.path;
        let synced = self.file.into_inner().map_err(io::IntoInnerError::into_error);
        synced.and_then(|file| file.sync_all()).map_err(failed(&path))
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), ExportError> {
        let written = serde_json::to_writer(&mut self.file, value).map_err(io::Error::from);
        written.and_then(|()| self.file.write_all(b"\n")).map_err(failed(&self.path))
    }
}

/// Checks every entry of a part. It must run through `expect`, as far as those are in it.
///
/// # Errors
/// [`ExportError`] at the first line that is not as it was written.
pub fn verify(path: &Path, key: &AuditKey, expect: Vec<Head>) -> Result<Summary, ExportError> {
    let unreadable = |line: usize| ExportError::Unreadable { path: path.to_owned(), line };
    let file = File::open(path).map_err(failed(path))?;
    let mut lines = BufReader::new(file).lines();
    let mut next = || lines.next().transpose().map_err(failed(path));
    let first = next()?.and_then(|text| serde_json::from_str::<Beginning>(&text).ok());
    let beginning = first.filter(|first| first.jianma_audit == FORMAT).ok_or(unreadable(1))?;
    let mut check = AuditCheck::new(key, expect).part_behind(beginning.behind);
    let mut summary = Summary::default();
    let mut number = 1;
    let end = loop {
        number += 1;
        let Some(text) = next()? else { return Err(unreadable(number)) };
        if let Ok(end) = serde_json::from_str::<End>(&text) {
            break end;
        }
        let line: Line = serde_json::from_str(&text).or(Err(unreadable(number)))?;
        let Line { sequence, record, seal } = line;
        summary.count(sequence, &record);
        check.take(&AuditEntry { sequence, record, seal })?;
    };
    summary.checked = check.end(Some((end.end, end.proof)))?;
    Ok(summary)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ExportError {
    let path = path.to_owned();
    move |source| ExportError::File { path, source }
}
