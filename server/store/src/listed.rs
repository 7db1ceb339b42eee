//! Lists that go on behind a row that does not read.

use std::fmt;

/// Something that is not as it was kept, or that no key at hand opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFault {
    /// Table and row.
    pub place: String,
    /// What is wrong, for the operator.
    pub reason: String,
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}", self.place, self.reason)
    }
}

/// The rows that read, and what is wrong with each of the others: one of them hides no other row, and
/// is not silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// In the order of the list.
    pub rows: Vec<T>,
    /// In the order of the list.
    pub faults: Vec<RecordFault>,
}

impl<T> FromIterator<Result<T, RecordFault>> for Listed<T> {
    fn from_iter<I: IntoIterator<Item = Result<T, RecordFault>>>(reads: I) -> Self {
        let mut listed = Self { rows: Vec::new(), faults: Vec::new() };
        for read in reads {
            match read {
                Ok(row) => listed.rows.push(row),
                Err(fault) => listed.faults.push(fault),
            }
        }
        listed
    }
}
