//! What must be interactive, one file an island.
//!
//! ```text
//! <Scanner words worker_url own_host field/>      home; worker_url = assets.url("scan-worker.js")
//! <PlaceMap request assets words> svg </PlaceMap> profile; request: map::MapRequest
//! <CodeCheck input words/>                        under the field whose id is `input`
//! <Counter own_host words/>                       every page; a scanner that types
//! <FieldLinks> list </FieldLinks>                 links that lead into fields
//! <SearchKey turn_off turn_on/>                   whether `/` leads to the search field
//! <PageTools title code words/>                   profile: print, hand on, copy the code
//! <ReadAloud words/>                              profile; in elder mode every page
//! <ReceiptTools words/>                           under a receipt's number and secret
//! <RequestWatch changed/>                         beside the parts of a request that change
//! ```

#[macro_use]
mod words;

mod code_check;
mod counter;
mod field_links;
#[cfg(feature = "hydrate")]
mod js_object;
#[cfg(feature = "hydrate")]
mod later;
mod page_tools;
mod place_map;
#[cfg(feature = "hydrate")]
mod preferences;
mod read_aloud;
mod receipt;
mod scanner;
mod search_key;

pub use code_check::{CodeCheck, CodeCheckWords};
pub use counter::{Counter, CounterWords};
pub use field_links::FieldLinks;
pub use page_tools::{PageTools, PageToolsWords};
pub use place_map::{PlaceMap, PlaceMapWords};
pub use read_aloud::{ReadAloud, ReadAloudWords, UNSPOKEN};
pub use receipt::{
    NUMBER as RECEIPT_NUMBER, PARTS as REQUEST_PARTS, ReceiptTools, ReceiptWords, RequestWatch,
    SECRET as RECEIPT_SECRET,
};
pub use scanner::{Scanner, ScannerWords};
pub use search_key::SearchKey;
