//! Does this site suit that use? Rules as data, in three values.
//!
//! **Rules** are TOML in a closed vocabulary, in dated directories ([`Library`], [`RuleSet`]). There is no
//! expression language, no arithmetic and no test for *unknown* (see [`tree`]); figures have units
//! ([`amount`]), and use tables are CSV ([`table`]). Other languages turn a layer that did not answer into
//! *allowed* as soon as somebody writes *not*; here that cannot be written.
//!
//! # A whole rule set
//!
//! `sample/2026-11-28/rules.toml`:
#![doc = concat!("```toml\n", include_str!("example/sample/2026-11-28/rules.toml"), "```")]
//!
//! `sample/2026-11-28/uses-by-zone.csv` beside it:
#![doc = concat!("```csv\n", include_str!("example/sample/2026-11-28/uses-by-zone.csv"), "```")]

//!
//! # From facts to a verdict
//!
//! [`RuleSet::asks`] says what must be found out for a use; whoever gathers it writes down what it is, or
//! why it is not known ([`Facts`], [`Cause`]). [`RuleSet::assess`] says what follows ([`Verdict`]): each
//! rule with its evidence, what is possible, and which facts would settle it. What is not known is a set
//! of causes and never a value ([`truth`]); a verdict is certain only if every way in which the unknown
//! may come out leads to it. [`RuleSet::otherwise`] says what would have to be
//! different, [`RuleSet::score`] and [`compare`] which of several sites is nicer, and
//! [`RuleSet::search`] works the same rules over columns of many sites, and [`Groups`] over a whole
//! register, exactly.

mod allowed;
pub mod amount;
mod answers;
mod bits;
mod change;
mod columns;
mod completions;
mod covers;
mod dmn;
mod embedded;
mod fact;
mod file;
mod find;
mod groups;
mod judge;
mod library;
mod model;
mod next;
mod office;
mod open;
mod others;
mod otherwise;
mod outcome;
pub mod pairwise;
mod read;
mod samples;
mod score;
mod settle;
pub mod table;
pub mod tree;
pub mod truth;
mod verdict;
mod widening;
mod zone;
mod zoned;

pub use self::{
    answers::{AnswerError, NOT_KNOWN},
    bits::{Bits, Column},
    change::{Change, Changes},
    columns::Columns,
    completions::MOST_ROWS,
    covers::Covers,
    dmn::{DmnCase, cases as dmn_cases},
    embedded::{embedded, read_embedded},
    fact::{Cause, Fact, FactKey, Facts, Known, Overlap, Overlaps, Reading, Seen},
    groups::{Bands, Gathering, Groups, Told},
    judge::{Case, Evidence, Measured},
    library::Library,
    model::{
        Basis, Choice, Classes, Domain, Fill, Kind, Layer, LayerSource, NextStep, Office, Question,
        Rule, RuleSet, Scope, Score, Table, Take, Tolerance, Use, Value, Words, Worth, Zones,
    },
    office::{
        AskError, AskWritten, AskedBy, Disputed, FactAsked, FactsAsked, MOST_ASKED, OverlapSaid,
        Said, SaidError, Takes,
    },
    open::Open,
    others::{OtherUse, OtherUses},
    otherwise::Otherwise,
    outcome::{Answer, Outcome, Possible},
    read::{RuleErrors, RuleFile},
    score::{MOST_SITES, NotComparable, Part, Place, Scored, Span, compare},
    settle::{Settling, Way},
    verdict::{Finding, Ground, Standing, Verdict},
    zone::{ZoneShare, ZonesSeen},
    zoned::ZoneRefusal,
};

#[cfg(test)]
mod tests;
