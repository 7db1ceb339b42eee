//! What an import did, for the person who ran it.

mod notes;

use std::fmt;

use domain::dataset::DataVersion;
use serde::Serialize;

pub use self::notes::{COLUMNS, Note, Notes, NotesFile};
use crate::mapping::{FileMapping, UnusedFile};

/// Notes of one sort listed by name in a [`Report`]; beyond that they are only counted.
pub const LISTED: usize = 20;

/// What an import read, stored, repaired and refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// The data set.
    pub dataset: String,
    /// One entry for every use of a file, in the order in which they were read.
    pub files: Vec<FileReport>,
    /// One entry for every layer.
    pub layers: Vec<LayerReport>,
    /// What the person should know and nothing was refused for.
    pub warnings: Vec<String>,
    /// Files that were given and that the mapping has no use for.
    pub not_used: Vec<UnusedFile>,
    /// The new version; `None` when nothing was published.
    pub published: Option<DataVersion>,
    /// Whether it was a check alone, after which a real import would have published.
    pub checked: bool,
}

/// What became of the features of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FileReport {
    /// The file's name.
    pub name: String,
    /// Its role: `parcels`, `restriction` …
    pub role: String,
    /// Features in the file.
    pub read: u64,
    /// Features that the mapping's `where` leaves out.
    pub filtered: u64,
    /// Features stored.
    pub stored: u64,
    /// Features of classified parcels, or that lie in classified land alone: nothing of them is
    /// stored but keyed digests of the parcels' codes.
    pub withheld: u64,
    /// Features whose geometry was repaired; they are among the stored ones.
    pub repaired: Notes,
    /// Features not stored.
    pub refused: Notes,
    /// More refused features than this, and nothing is published.
    pub max_refused: u64,
    /// Parcels made of several features of the file and others.
    pub joined: Notes,
    /// Rows of a parcel or unit of which another row was read before.
    pub further: Notes,
    /// Parcels stored without an outline, because the source has none.
    pub without_outline: Notes,
    /// Values that did not fit their field and were left out; the features are stored.
    pub values_left_out: Notes,
    /// Corners that stood twice in a row and were taken out.
    pub repeated_points: u64,
    /// Features whose heights were dropped.
    pub heights_dropped: u64,
}

/// What a restriction layer met.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LayerReport {
    /// The layer's id.
    pub id: String,
    /// Its features.
    pub features: u64,
    /// Parcels that its data reach.
    pub parcels_covered: u64,
    /// Parcels that it concerns: at least one overlap above the tolerance.
    pub parcels_concerned: u64,
    /// Overlaps, slivers among them.
    pub findings: u64,
    /// Overlaps below the tolerance.
    pub slivers: u64,
}

impl FileReport {
    /// Of the file of an entry, nothing read yet; its notes go to `notes` too.
    pub(crate) fn of(entry: &FileMapping, notes: &NotesFile) -> Self {
        let (name, role) = (&entry.name, entry.role.name());
        let of = |what| Notes::of(what, name, role, notes);
        Self {
            name: name.clone(),
            role: role.to_owned(),
            max_refused: entry.max_refused,
            repaired: of("repaired"),
            refused: of("refused"),
            joined: of("joined"),
            further: of("further row"),
            without_outline: of("without outline"),
            values_left_out: of("value left out"),
            ..Self::default()
        }
    }
}

impl Report {
    /// Features refused in all files.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.files.iter().map(|file| file.refused.total).sum()
    }

    /// What was done with a file in a role; the first such entry.
    #[must_use]
    pub fn file(&self, name: &str, role: &str) -> Option<&FileReport> {
        self.files.iter().find(|file| file.name == name && file.role == role)
    }

    /// What a layer met.
    #[must_use]
    pub fn layer(&self, id: &str) -> Option<&LayerReport> {
        self.layers.iter().find(|layer| layer.id == id)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.published {
            Some(version) => writeln!(f, "Published {}.", version.label())?,
            None if self.checked => writeln!(
                f,
                "Checked: this would be published. Nothing was written; {} stays as it was.",
                self.dataset
            )?,
            None => writeln!(f, "Nothing was published; {} stays as it was.", self.dataset)?,
        }
        writeln!(f)?;
        let mut rows = vec![
            ["file", "role", "read", "stored", "classified", "left out", "repaired", "refused"]
                .map(str::to_owned),
        ];
        rows.extend(self.files.iter().map(|file| {
            [
                file.name.clone(),
                file.role.clone(),
                file.read.to_string(),
                file.stored.to_string(),
                file.withheld.to_string(),
                file.filtered.to_string(),
                file.repaired.total.to_string(),
                file.refused.total.to_string(),
            ]
        }));
        table(f, &rows, 2)?;
        if !self.layers.is_empty() {
            writeln!(f)?;
            let mut rows = vec![
                ["layer", "features", "parcels reached", "concerned", "overlaps", "slivers"]
                    .map(str::to_owned),
            ];
            rows.extend(self.layers.iter().map(|layer| {
                [
                    layer.id.clone(),
                    layer.features.to_string(),
                    layer.parcels_covered.to_string(),
                    layer.parcels_concerned.to_string(),
                    layer.findings.to_string(),
                    layer.slivers.to_string(),
                ]
            }));
            table(f, &rows, 1)?;
        }
        for UnusedFile { name, reason } in &self.not_used {
            writeln!(f, "\nNot used: {name} because {reason}.")?;
        }
        for warning in &self.warnings {
            writeln!(f, "\nWarning: {warning}")?;
        }
        for file in &self.files {
            let FileReport { repaired, refused, joined, further, .. } = file;
            let FileReport { without_outline, values_left_out, .. } = file;
            for (title, notes) in [
                ("Refused", refused),
                ("Repaired", repaired),
                ("Joined into one parcel", joined),
                ("Further rows of one code", further),
                ("Stored without an outline", without_outline),
                ("Values left out", values_left_out),
            ] {
                list(f, title, &file.name, notes)?;
            }
            if file.repeated_points > 0 {
                writeln!(
                    f,
                    "\n{}: {} repeated corners taken out.",
                    file.name, file.repeated_points
                )?;
            }
            if file.heights_dropped > 0 {
                writeln!(
                    f,
                    "\n{}: heights of {} features dropped.",
                    file.name, file.heights_dropped
                )?;
            }
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, file: &str, notes: &Notes) -> fmt::Result {
    if notes.total == 0 {
        return Ok(());
    }
    writeln!(f, "\n{title} in {file}: {}", notes.total)?;
    for note in &notes.first {
        writeln!(f, "  feature {} ({}): {}", note.number, note.id, note.reason)?;
    }
    let more = notes.total - notes.first.len() as u64;
    if more > 0 {
        let rest = if notes.are_written() { ", all in the report file" } else { "" };
        writeln!(f, "  … and {more} more{rest}")?;
    }
    Ok(())
}

/// Columns padded to their widest cell; the first `left` to the left, figures to the right.
fn table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    rows: &[[String; N]],
    left: usize,
) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell =
                if at < left { format!("{cell:<width$}") } else { format!("{cell:>width$}") };
            line.push_str(&cell);
            line.push_str("  ");
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_as_plain_text() {
        let mut file = FileReport {
            name: "parcels.geojson".to_owned(),
            role: "parcels".to_owned(),
            read: 30,
            stored: 5,
            ..FileReport::default()
        };
        for number in 1..=25 {
            file.refused.add(number, &format!("P{number}"), "has no area");
        }
        let report = Report { dataset: "trial".to_owned(), files: vec![file], ..Report::default() };
        let text = report.to_string();
        assert_eq!(report.refused(), 25);
        for line in [
            "Nothing was published; trial stays as it was.",
            "file             role     read  stored  classified  left out  repaired  refused",
            "parcels.geojson  parcels    30       5           0         0         0       25",
            "  feature 20 (P20): has no area",
            "  … and 5 more",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\nin\n{text}");
        }
        assert!(!text.contains("P21"));
    }
}
