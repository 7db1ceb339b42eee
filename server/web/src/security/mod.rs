//! What stands before every handler: who asks, how often, from where, and which headers answer.

pub mod arrival;
pub mod caller;
pub(crate) mod fault;
pub mod headers;
pub(crate) mod keyed;
pub mod origin;
pub mod recognise;
pub mod refusal;
pub mod visitor;
