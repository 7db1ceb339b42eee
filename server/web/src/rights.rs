//! The rights of applicants, as HTTP says them; what they are is in
//! [`service::rights`].

mod export;
pub mod forms;

pub(crate) use export::json_file;
pub use export::{Export, export};
