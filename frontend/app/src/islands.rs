//! What must be interactive, one file an island.
//!
//! ```text
//! <Scanner words worker_url own_host field/>      home; worker_url = assets.url("scan-worker.js")
//! <PlaceMap request assets words> svg </PlaceMap> profile; request: map::MapRequest
//! <CodeCheck input words/>                        under the field whose id is `input`
//! <Counter own_host words/>                       every page; a scanner that types
//! <ReceiptTools words/>                           under a receipt's number and secret
//! <RequestWatch changed/>                         beside the parts of a request that change
//! ```

#[macro_use]
mod words;

mod code_check;
mod counter;
#[cfg(feature = "hydrate")]
mod later;
mod place_map;
mod receipt;
mod scanner;

pub use code_check::{CodeCheck, CodeCheckWords};
pub use counter::{Counter, CounterWords};
pub use place_map::{PlaceMap, PlaceMapWords};
pub use receipt::{
    NUMBER as RECEIPT_NUMBER, PARTS as REQUEST_PARTS, ReceiptTools, ReceiptWords, RequestWatch,
    SECRET as RECEIPT_SECRET,
};
pub use scanner::{Scanner, ScannerWords};
