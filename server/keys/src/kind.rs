//! The kinds of key that a portal makes. Secrets of departments lie beside them, under the names
//! that the configuration gives.

use store::Traces;

use super::{AUDIT, CLASSIFIED, LABELS, LIST, RECEIPT, RECORDS, SIGNING};

/// A kind of key.
pub(crate) struct Kind {
    /// Its name in the folder of the keys.
    pub(crate) file: &'static str,
    /// What is lost with it.
    pub(crate) means: &'static str,
    /// Whether further keys are added to the file: then it is known by no fingerprint.
    pub(crate) grows: bool,
    /// Whether a database holds what was made with it.
    pub(crate) was_used: fn(&Traces) -> bool,
}

/// Every kind: what is exported, missed, and taken for a sign that there was a database.
pub(crate) const ALL: [Kind; 6] = [
    Kind {
        file: RECEIPT,
        means: "no receipt that was given opens without it",
        grows: false,
        was_used: |traces| traces.requests,
    },
    Kind {
        file: AUDIT,
        means: "the disclosure audit can be neither checked nor added to without it",
        grows: false,
        was_used: |traces| traces.audit,
    },
    Kind {
        file: LABELS,
        means: "no label that hangs is genuine without it",
        grows: true,
        was_used: |traces| traces.labels,
    },
    Kind {
        file: CLASSIFIED,
        means: "no classified code is known to be one without it",
        grows: false,
        was_used: |traces| traces.classified,
    },
    Kind {
        file: RECORDS,
        means: "no request that was kept opens without it",
        grows: true,
        was_used: |traces| traces.sealed,
    },
    Kind {
        file: SIGNING,
        means: "no verdict that was given out can be told from a forged one without it",
        grows: true,
        // Files are kept by those who were given them.
        was_used: |_| false,
    },
];

/// What is lost with a key.
pub(crate) fn means(file: &str) -> &'static str {
    if file == LIST {
        return "a key that is lost from now on, or an audit that was emptied, is not missed without it";
    }
    ALL.iter().find(|kind| kind.file == file).map_or(
        "what was signed or sealed with it counts no more, and departments refuse what is signed \
         with another",
        |kind| kind.means,
    )
}
