//! The laws that the portal quotes, as data: which version, in force from when, repealed by what,
//! and whether their text was read. Source: `domain/data/laws.toml`.
//!
//! A sentence that rests on a law names it by id and article, `{law:planning-law:8,40}`, and
//! [`LegalText`] writes title, version and article in the reader's language; so no sentence can
//! outlive its law unseen, and what nobody has read is marked as to be confirmed.

mod article;
mod citation;
mod document;
mod error;
mod ledger;
mod prose;
mod register;
mod text;

pub use self::{
    article::{Article, Articles, Numbering, Span, Spans, as_printed},
    citation::{Citation, Coming, Fault},
    document::LegalDocument,
    error::CitationError,
    ledger::{Entry, Ledger},
    register::{Kind, Law, Reading, Register, Renumbering, Repeal, Source, Version},
    text::LegalText,
};
pub(crate) use document::Written;
pub(crate) use register::parse;
pub use register::register;

#[cfg(test)]
mod tests;
