//! The rights of applicants, as HTTP and the command line say them; what they are is in
//! [`service::rights`].

pub mod command;
mod export;
pub mod forms;

pub(crate) use export::json_file;
pub use export::{Export, export};
