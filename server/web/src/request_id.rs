//! What is drawn anew for each request.

use std::sync::Arc;

/// The id of one request: on error pages and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);
