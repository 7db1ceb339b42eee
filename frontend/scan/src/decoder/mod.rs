//! The decoders: each takes a frame and gives back every code that it can read in it.
//!
//! A decoder knows nothing of passes, sizes or time; [`crate::prepare`] makes the frame easier and
//! [`crate::scanner`] and [`crate::still`] decide who reads what when. A further decoder is a
//! further file here and a further line where passes are run.

pub(crate) mod quirc;
