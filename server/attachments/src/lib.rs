//! Files that people bring with a request: checked, cleaned, sealed, kept, removed.
//!
//! Whatever is not known to be harmless is refused, with a `FileFault` that says why. A picture is drawn
//! anew, so that nothing but its pixels is left of what was brought: no place, no camera, nothing behind its
//! end. A document is kept byte for byte, for it may be signed, and is refused if it does anything by itself.
//!
//! Bytes lie in an [`ObjectStore`] under a name drawn at random, sealed under a key drawn for each file. That
//! key is in the file's row of the database alone, sealed as everything personal there: rotating the keys of
//! requests leaves the bytes as they are, and a row that is let go of has taken its file with it, also in a
//! backup of the bytes.

mod apart;
mod check;
mod keeping;
mod pdf;
mod picture;
mod s3;

pub use apart::{READ_DOCUMENT, read_here};
pub use check::{Checked, check};
pub use keeping::{
    Arriving, Files, FilesError, Growing, Incoming, NotGrown, Parts, Scanner, TryOutError,
    keep_tidy,
};
pub use object_store::{ObjectStore, local::LocalFileSystem};
pub use s3::{S3, S3Credentials, S3Error};

#[cfg(test)]
mod tests;
