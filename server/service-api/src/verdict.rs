//! What a file that says it is a verdict of this portal comes to.

use std::sync::Arc;

use domain::{
    signed_verdict::{Judgement, Signing},
    suitability::{Answer, RuleSet},
};
use jiff::civil::Date;

/// What a file is.
#[derive(Clone, Debug)]
pub enum VerdictReading {
    /// It is as this portal signed it.
    Genuine(Box<GenuineVerdict>),
    /// It names a key of this portal, and is not what was signed with it.
    Altered,
    /// No key of this portal signed it.
    NotOurs,
    /// It is as it was signed, with a key that this portal does not trust any more.
    Revoked {
        /// Since when, in China.
        since: Date,
    },
    /// It is signed in a way that this portal is too old for.
    Newer,
    /// It is no verdict, or does not read.
    NoVerdict,
}

/// A file as it was signed.
#[derive(Clone, Debug)]
pub struct GenuineVerdict {
    /// What was judged.
    pub judgement: Judgement,
    /// When and with which key it was signed.
    pub signed: Signing,
    /// The edition of the rules that it names, where this portal has it: what its questions ask.
    pub rules: Option<Arc<RuleSet>>,
    /// Whether the verdict was reached again from its facts, to the byte; `None` where this portal does not
    /// have its rules any more.
    pub reached_again: Option<bool>,
    /// What would be said today.
    pub now: Now,
}

/// What would be said of the site today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Now {
    /// It was judged again, with the same answers of the applicant.
    Said {
        /// What can be said.
        answer: Answer,
        /// Whether each rule stands as it did, and the same is possible: the same conditions.
        same: bool,
        /// From when the rules count that took the place of the file's, where others do.
        other_rules: Option<Date>,
        /// The data that took the place of the file's, where others did: `dataset/number` and their date.
        other_data: Option<(String, Date)>,
    },
    /// Nothing can be said: this portal does not judge the use any more, or there is nothing at the code
    /// that may be shown or judged.
    Nothing,
}

impl GenuineVerdict {
    /// Whether the same would be said today.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.has_same_answer() && matches!(&self.now, Now::Said { same: true, .. })
    }

    /// Whether the answer would be the same today, if under other conditions.
    #[must_use]
    pub fn has_same_answer(&self) -> bool {
        matches!(&self.now, Now::Said { answer, .. } if Some(*answer) == self.judgement.answer())
    }
}
