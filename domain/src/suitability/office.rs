//! Facts that offices are asked for and say of a site (*sites S5*): what a request asks, what an answer can
//! be, and the facts of a site with such answers laid over them.

mod asked;
mod laid;
mod said;
#[cfg(test)]
mod tests;

pub use self::{
    asked::{AskError, AskWritten, AskedBy, FactAsked, FactsAsked, MOST_ASKED, Takes},
    laid::Disputed,
    said::{OverlapSaid, Said, SaidError},
};
