//! Notes about features: all counted, the first kept for the screen, every one written to a report
//! file as it is made. Memory does not grow with them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use super::{LISTED, Report};

/// Notes that may wait for a better word before they are written: what the first 10,000 parcels
/// whose code is taken are told, of whom it is.
const HELD: usize = 10_000;

/// Notes of one sort about the features of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Notes {
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub first: Vec<Note>,
    #[serde(skip)]
    held: Vec<Note>,
    #[serde(skip)]
    sheet: Sheet,
}

/// A note about one feature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// Its place in the file, from 1.
    pub number: u64,
    /// Its id, as the mapping names it.
    pub id: String,
    /// What is to be said.
    pub reason: String,
}

/// Which part of the report file notes belong to.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sheet {
    file: NotesFile,
    what: &'static str,
    name: String,
    role: String,
}

impl Notes {
    /// Notes of a sort (`refused`, `repaired` …) about a file in a role, which go to `file` too.
    pub(crate) fn of(what: &'static str, name: &str, role: &str, file: &NotesFile) -> Self {
        let (name, role) = (name.to_owned(), role.to_owned());
        Self { sheet: Sheet { file: file.clone(), what, name, role }, ..Self::default() }
    }

    /// Whether every one of them is in a report file.
    pub(super) fn are_written(&self) -> bool {
        self.sheet.file.0.is_some()
    }

    /// Counts a note, writes it, and keeps it if it is among the first.
    pub(crate) fn add(&mut self, number: u64, id: &str, reason: impl Into<String>) {
        let note = Note::new(number, id, &reason.into());
        self.sheet.write(&note);
        self.keep(note);
    }

    /// Counts and keeps a note for which a better reason may still come by [`Notes::amend`] before [`Notes::release`].
    /// `false` when too many wait already; then the note is final.
    pub(crate) fn hold(&mut self, number: u64, id: &str, reason: impl Into<String>) -> bool {
        if self.held.len() >= HELD {
            self.add(number, id, reason);
            return false;
        }
        let note = Note::new(number, id, &reason.into());
        self.held.push(note.clone());
        self.keep(note);
        true
    }

    /// Gives the waiting note about a feature a better reason.
    pub(crate) fn amend(&mut self, number: u64, reason: &str) {
        for note in self.held.iter_mut().chain(&mut self.first).filter(|n| n.number == number) {
            reason.clone_into(&mut note.reason);
        }
    }

    /// Writes the notes that wait.
    pub(crate) fn release(&mut self) {
        for note in std::mem::take(&mut self.held) {
            self.sheet.write(&note);
        }
    }

    fn keep(&mut self, note: Note) {
        self.total += 1;
        if self.first.len() < LISTED {
            self.first.push(note);
        }
    }
}

impl Note {
    /// Marks that a terminal or a reader's eye would obey are shown as what they are.
    fn new(number: u64, id: &str, reason: &str) -> Self {
        Self { number, id: visible(id), reason: visible(reason) }
    }
}

/// Control characters and marks of direction by their number; line breaks stay.
pub(crate) fn visible(text: &str) -> String {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(obeyed) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if obeyed(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
        shown
    })
}

/// A cell that no spreadsheet takes for a formula.
fn as_text(cell: &str) -> std::borrow::Cow<'_, str> {
    let is_number = cell.parse::<f64>().is_ok();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

impl Sheet {
    fn write(&self, note: &Note) {
        let number = note.number.to_string();
        let row = [self.what, &self.name, &self.role, &number, &note.id, &note.reason];
        self.file.write(row.map(as_text).each_ref().map(|cell| &**cell));
    }
}

/// The report file of an import: CSV in UTF-8, one row for each note, written as they come under a
/// name that ends in `.part`, and under its own name once it is whole. Without a file, nothing is
/// written.
#[derive(Clone, Default)]
pub struct NotesFile(Option<Arc<Mutex<Draft>>>);

struct Draft {
    path: PathBuf,
    part: PathBuf,
    rows: Option<csv::Writer<BufWriter<File>>>,
    /// The first failure; nothing is written after it.
    failed: Option<io::Error>,
}

/// The first row of a report file.
pub const COLUMNS: [&str; 6] = ["what", "file", "role", "feature", "id", "note"];

impl NotesFile {
    /// Begins a report file, readable by its owner alone: ids of classified parcels may be in it. It
    /// takes no other file's place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        if path.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "there is a file of that name; name one that is not there yet",
            ));
        }
        let options = OpenOptions::new().write(true).create_new(true).mode(0o600).clone();
        let mut file = BufWriter::new(options.open(&part)?);
        // Without this mark, spreadsheets read Chinese in UTF-8 as something else.
        file.write_all("\u{FEFF}".as_bytes())?;
        let mut rows = csv::Writer::from_writer(file);
        rows.write_record(COLUMNS)?;
        let draft = Draft { path: path.to_owned(), part, rows: Some(rows), failed: None };
        Ok(Self(Some(Arc::new(Mutex::new(draft)))))
    }

    fn write(&self, row: [&str; 6]) {
        let Some(draft) = &self.0 else { return };
        let mut draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = &mut *draft;
        if let (Some(rows), None) = (&mut draft.rows, &draft.failed) {
            draft.failed = rows.write_record(row).err().map(io::Error::from);
        }
    }

    /// That everything was written so far.
    ///
    /// # Errors
    /// The first failure to write.
    pub fn check(&self) -> io::Result<()> {
        let Some(draft) = &self.0 else { return Ok(()) };
        let mut draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = &mut *draft;
        if let (Some(rows), None) = (&mut draft.rows, &draft.failed) {
            draft.failed = rows.flush().err();
        }
        match draft.failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Writes what is left to say, `outcome` last, and gives the file its name, which is returned.
    /// `report` is what there is of a report; an import that stopped early has none.
    ///
    /// # Errors
    /// When it cannot be written; what there is stays under the name that ends in `.part`.
    pub fn finish(&self, report: Option<&Report>, outcome: &str) -> io::Result<Option<PathBuf>> {
        for unused in report.into_iter().flat_map(|report| &report.not_used) {
            self.write(["not used", &unused.name, "", "", "", &unused.reason]);
        }
        for warning in report.into_iter().flat_map(|report| &report.warnings) {
            self.write(["warning", "", "", "", "", warning]);
        }
        self.write(["result", "", "", "", "", outcome]);
        self.check()?;
        let Some(draft) = &self.0 else { return Ok(None) };
        let mut draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = draft.rows.take() {
            let file = rows.into_inner().map_err(|error| error.into_error())?;
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            fs::rename(&draft.part, &draft.path)?;
        }
        Ok(Some(draft.path.clone()))
    }
}

impl std::fmt::Debug for NotesFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "NotesFile" } else { "NotesFile(none)" })
    }
}

impl PartialEq for NotesFile {
    /// Whether both are one file.
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for NotesFile {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_is_a_row_and_memory_keeps_twenty() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/trial.csv");
        let file = NotesFile::create(&path).unwrap();
        let mut refused = Notes::of("refused", "地块, \"a\".geojson", "parcels", &file);
        for number in 1..=30_000 {
            refused.add(number, &format!("P{number}"), "has no area\nat all");
        }
        assert_eq!((refused.total, refused.first.len()), (30_000, LISTED));
        assert!(!path.exists());
        assert_eq!(file.finish(None, "Nothing was published.").unwrap().as_deref(), Some(&*path));

        let text = fs::read_to_string(&path).unwrap();
        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes())
                .records()
                .collect::<Result<_, _>>()
                .unwrap();
        assert_eq!(rows.len(), 30_001);
        let last =
            ["refused", "地块, \"a\".geojson", "parcels", "30000", "P30000", "has no area\nat all"];
        assert_eq!(rows[29_999], last[..]);
        assert_eq!(&rows[30_000][0], "result");
    }

    #[test]
    fn a_note_that_waits_is_written_with_its_better_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trial.csv");
        let file = NotesFile::create(&path).unwrap();
        let mut refused = Notes::of("refused", "a", "parcels", &file);
        assert!(refused.hold(7, "P7", "of another"));
        refused.amend(7, "of feature 3");
        refused.release();
        file.finish(None, "").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("of feature 3") && !text.contains("of another"), "{text}");
        assert_eq!(refused.first[0].reason, "of feature 3");
    }

    #[test]
    fn a_report_takes_no_other_files_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.sqlite3");
        fs::write(&path, "precious").unwrap();
        assert_eq!(NotesFile::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn nothing_in_a_note_is_obeyed() {
        let note = Note::new(1, "\u{1b}[31mred\u{7}", "a\u{202e}b\nc");
        assert_eq!((&*note.id, &*note.reason), ("\\u{1b}[31mred\\u{7}", "a\\u{202e}b\nc"));
        assert_eq!(as_text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!((as_text("-5"), as_text("号-5")), ("-5".into(), "号-5".into()));
    }
}
