/// How far an import is, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// Something begins or is worth a line.
    Line(&'a str),
    /// A file is being read.
    Reading {
        /// Its name.
        file: &'a str,
        /// Features read of it.
        features: u64,
        /// Bytes read of it.
        bytes: u64,
        /// Its size in bytes, where it has one.
        of: Option<u64>,
    },
}
