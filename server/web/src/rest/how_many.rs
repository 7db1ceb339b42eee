//! How many, for programs.

use serde::Serialize;
use service_api::site_search::{Count, FEW};
use utoipa::ToSchema;

/// How many: `exactly`, or `fewer_than` where exact small counts are not told.
#[derive(Debug, Serialize, ToSchema)]
pub struct HowMany {
    /// Just so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    exactly: Option<usize>,
    /// One at least, and fewer than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    fewer_than: Option<usize>,
}

impl From<Count> for HowMany {
    fn from(count: Count) -> Self {
        match count {
            Count::Exactly(count) => Self { exactly: Some(count), fewer_than: None },
            Count::Few => Self { exactly: None, fewer_than: Some(FEW) },
        }
    }
}
