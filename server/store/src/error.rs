/// Why storage did not answer. The text is for the log; visitors never see it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database said no, in the words of its engine.
    #[error(transparent)]
    Engine(Box<dyn std::error::Error + Send + Sync>),
    /// The disk of the data folder is full. What was kept is whole.
    #[error(
        "there is no room left on the disk of the data folder; free some and try again, nothing \
         that was kept is lost"
    )]
    DiskFull,
    /// An import stops before it takes the room that requests need.
    #[error(
        "only {free_mib} MiB are left on the disk of the data folder, and an import leaves \
         {reserve_mib} MiB for requests; free some and import again"
    )]
    LittleRoom {
        /// What is free.
        free_mib: u64,
        /// What is not touched.
        reserve_mib: u64,
    },
    /// A version cannot be made current again. The text is for the operator.
    #[error("{reason}")]
    NoRollback {
        /// Why not.
        reason: String,
        /// The number of a version that was rolled back, and can be made current again by it.
        kept: Option<u32>,
    },
    /// The data folder cannot be used.
    #[error("the data folder {path}: {source}")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no database yet.
    #[error("{place} holds no data: there is no {missing}; name what `serve` uses")]
    NoData {
        /// Where it was looked for: a folder, or a database without its password.
        place: String,
        /// What is not there.
        missing: &'static str,
    },
    /// A stored value does not read: the file was changed by another program.
    #[error("stored {what} does not read: {reason}")]
    Corrupt {
        /// What was read.
        what: &'static str,
        /// Why it does not read.
        reason: String,
    },
    /// The tables were made by another version of the program, or changed by hand.
    #[error("the database does not fit this program: {reason}")]
    Schema {
        /// What does not fit.
        reason: String,
    },
    /// The digests of classified codes were made with another key.
    #[error(
        "the key of classified parcels is not the one that this data folder was made with, so they \
         would not be told from others; put `classified.key` back from the backup's file of keys"
    )]
    WrongKey,
    /// An import, a rollback or a clean-up is running, here or in another process. It can be tried
    /// again later.
    #[error("an import, a rollback or a clean-up is running; try again when it has ended")]
    ImportRunning,
    /// An import hands in something that cannot be kept: it names what it has not staged, stages
    /// something twice, or holds a figure that is not a number.
    #[error("the import cannot stage this: {reason}")]
    Staging {
        /// What is wrong with it.
        reason: String,
    },
    /// The disclosure audit is not as it was written.
    #[error("the audit was tampered with: {reason}; run verify-audit")]
    Tampered {
        /// What does not fit.
        reason: &'static str,
    },
    /// Requests were asked for without the keys that open them.
    #[error("the store was opened without the keys of its requests")]
    NoRecordKeys,
    /// A key that sealed requests is missing, or another one is in its place. Nothing was changed.
    #[error(
        "requests in the data folder are sealed with the key {id}, and {reason}. Put back the \
         `records.keys` that belongs to this database: it is in the file of keys of its backup. \
         Nothing was changed"
    )]
    RecordKey {
        /// The key that is asked for.
        id: String,
        /// What is wrong.
        reason: crate::SealError,
    },
    /// Something that is sealed does not open.
    #[error("{place} does not open: {reason}")]
    Sealed {
        /// Table, row and column.
        place: String,
        /// Why.
        reason: crate::SealError,
    },
    /// Rows of a request were cut off or changed, outside this program.
    #[error(
        "{missing} of the request {number} are missing or were changed outside this program: it is \
         not answered for"
    )]
    Incomplete {
        /// The request.
        number: String,
        /// What.
        missing: &'static str,
    },
    /// A delivery's row names another department than the one that it was made for.
    #[error(
        "the delivery {id} was not made for {department}: its row was changed outside this program. \
         Nothing is sent"
    )]
    Misaddressed {
        /// The delivery.
        id: String,
        /// The department that its row names.
        department: String,
    },
    /// A read took longer than it may, or nobody waited for it any more.
    #[error("a read was stopped: its time was up, or its caller had gone")]
    Interrupted,
    /// The engine found pages of the database that are not as it left them. Once found, storage counts
    /// as damaged until the program starts again.
    #[error("the database is damaged; restore it from the backup")]
    Damaged,
    /// The thread that worked for this call is gone.
    #[error("the storage thread stopped")]
    Stopped,
}

impl StoreError {
    /// Whether it is about one row and says nothing of the others: that one was altered, or no key at
    /// hand opens it.
    #[must_use]
    pub const fn is_of_one_row(&self) -> bool {
        self.is_of_altered_rows() || matches!(self, Self::Sealed { .. })
    }

    /// Whether something that was kept is not as it was written: missing, moved here from elsewhere, or
    /// changed outside this program. Trying again does not help.
    #[must_use]
    pub const fn is_of_altered_rows(&self) -> bool {
        use crate::SealError::{Forged, NotSealed};
        matches!(
            self,
            Self::Sealed { reason: Forged | NotSealed, .. }
                | Self::Incomplete { .. }
                | Self::Misaddressed { .. }
                | Self::Corrupt { .. }
        )
    }
}
