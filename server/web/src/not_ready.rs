//! What is still being put together.

/// On an answer: it says that something is still being put together, which is no error and logged as none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotReady;
