//! What must be interactive, one file an island.
//!
//! ```text
//! <Scanner words worker_url own_host/>            home; worker_url = assets.url("scan-worker.js")
//! <PlaceMap request assets words> svg </PlaceMap> profile; request: map::MapRequest
//! <CodeCheck input words/>                        under the field whose id is `input`
//! ```

mod code_check;
mod place_map;
mod scanner;

pub use code_check::{CodeCheck, CodeCheckWords};
pub use place_map::{PlaceMap, PlaceMapWords};
pub use scanner::{Scanner, ScannerWords};
