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

pub mod amount;
mod embedded;
mod file;
mod library;
mod model;
mod read;
pub mod table;
pub mod tree;

pub use self::{
    embedded::{embedded, read_embedded},
    library::Library,
    model::{
        Basis, Choice, Domain, Kind, Layer, LayerSource, Office, Question, Rule, RuleSet, Scope,
        Score, Table, Take, Tolerance, Use, Value, Words, Worth, Zones,
    },
    read::{RuleErrors, RuleFile},
};

#[cfg(test)]
mod tests;
