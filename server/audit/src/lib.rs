//! Writing down who was shown what that is not public, and who was shown nothing (rule P9).
//!
//! A disclosure is written before it is made: what cannot be written is not shown. A refusal is
//! written behind the visitor's back, by one task for all of them: neither the time of the answer
//! nor its outcome tells why nothing was shown (rule P5). What signed-in tiers do is written entry
//! by entry; what the public is refused is counted in windows of time.
//!
//! Where the chain ends is noted outside the database: in `audit.end`, and by a witness where one
//! is configured. Whoever can write the database alone, or the database and the key, cannot make
//! the chain run through an end that the witness keeps.

mod accept;
mod auditor;
mod ends;
mod export;
mod prune;
mod shared;
mod verify;
mod window;
mod witness;
mod writer;

pub use accept::{AcceptError, AuditUnderCheck, accept, note_backup};
pub use auditor::{Auditor, auditor};
pub use ends::{END_FILE, Ends, EndsError, is_end_draft};
pub use export::{ExportError, verify as verify_part};
pub use prune::{PruneError, Removed, Wanted, prune};
pub use verify::{Summary, VerifyError, verify};
pub use writer::RefusalWriter;

/// What it may be when an audit ends before the end that was noted.
pub const OLDER_THAN_ITS_END: &str = "the database is older than the end that was noted outside it: \
    it was put back, by hand or of a backup, or entries were removed. If it was put back, have that \
    written down; the gap stays named in the audit. If nobody put it back, stop the portal, keep the data folder as it is, and tell the audit officer";
