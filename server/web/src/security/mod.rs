//! What stands before every handler: who asks, how often, from where, and which headers answer.

pub mod client;
pub mod door;
pub mod events;
pub mod headers;
pub mod limits;
pub mod origin;
pub mod refusal;
pub mod visitor;
