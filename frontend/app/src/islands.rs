//! What must be interactive, one file an island.
//!
//! ```text
//! <Scanner words worker_url own_host field/>      home; worker_url = assets.url("scan-worker.js")
//! <PlaceMap request assets words> svg </PlaceMap> profile; request: map::MapRequest
//! <CodeCheck input words/>                        under the field whose id is `input`
//! <Counter own_host words/>                       every page; a scanner that types
//! <SearchKey turn_off turn_on/>                   whether `/` leads to the search field
//! ```

#[macro_use]
mod words;

mod code_check;
mod counter;
#[cfg(feature = "hydrate")]
mod later;
mod place_map;
#[cfg(feature = "hydrate")]
mod preferences;
mod scanner;
mod search_key;

pub use code_check::{CodeCheck, CodeCheckWords};
pub use counter::{Counter, CounterWords};
pub use place_map::{PlaceMap, PlaceMapWords};
pub use scanner::{Scanner, ScannerWords};
pub use search_key::SearchKey;
