//! The disclosure audit: who was shown what that is not public, and who was shown nothing
//! (rules P4, P9, X2; 不动产登记资料查询暂行办法, to be confirmed; 网络安全法 art. 23).
//!
//! Every entry is sealed with a key over itself and the entry before: one that is changed, removed
//! or moved breaks the chain, and nobody without the key can mend it. A chain begins with a note of
//! its birth, so that an empty one was emptied. What was put back, and what was pruned after its
//! time, stays named in it.

mod chain;
mod check;
mod head;
mod record;
mod staff;
#[cfg(test)]
mod tests;

pub use chain::{AuditEntry, AuditKey};
pub use check::{AuditCheck, AuditFault, Checked, Elsewhere, Gap};
pub use head::{Head, HeadError};
pub use record::{
    AuditEvent, AuditLeap, AuditNote, MissCount, Misses, Outcome, Pruned, Record, Restored,
    StandingOut, Withheld,
};
pub use staff::{CaseStep, MaterialFile, Mend, SignInWay, StaffDid, StaffRecord};
