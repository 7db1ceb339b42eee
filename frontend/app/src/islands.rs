//! What must be interactive, one file an island.
//!
//! ```text
//! <Scanner words worker_url own_host field/>      home; worker_url = assets.url("scan-worker.js")
//! <PlaceMap request assets words> svg </PlaceMap> profile; request: map::MapRequest
//! <CodeCheck input words/>                        under the field whose id is `input`
//! <Counter own_host words/>                       every page; a scanner that types
//! <DrawSite assets near words .../>              page of outlines; writes into the field whose id is `points`
//! <DueQuestions questions/>                       a form with questions that wait for an answer
//! <FieldLinks> list </FieldLinks>                 links that lead into fields
//! <KeepTyped form words last_page/>               in the form of a service, and where it is handed in
//! <SearchKey turn_off turn_on/>                   whether `/` leads to the search field
//! <PageTools title code words/>                   profile: print, hand on, copy the code
//! <ReadAloud words/>                              profile; in elder mode every page
//! <ReceiptTools words/>                           under a receipt's number and secret
//! <RequestWatch changed/>                         beside the parts of a request that change
//! ```
//!
//! The server draws each, and hands it its texts (`props.rs`); the browser's half is a function of the
//! island's name that is handed its element. That of the scanner alone is written with Leptos, and
//! comes to home alone: the others do so little that Leptos would be most of what every page loads.

#[macro_use]
mod words;

mod props;

#[cfg(feature = "pages")]
mod copying;
#[cfg(feature = "hydrate")]
mod element;
#[cfg(feature = "hydrate")]
mod js_object;
#[cfg(feature = "hydrate")]
mod later;
#[cfg(feature = "hydrate")]
mod preferences;

mod code_check;
mod counter;
mod read_aloud;

#[cfg(any(feature = "ssr", feature = "pages"))]
mod due_questions;
#[cfg(any(feature = "ssr", feature = "pages"))]
mod field_links;
#[cfg(any(feature = "ssr", feature = "pages"))]
mod keep_typed;
#[cfg(any(feature = "ssr", feature = "pages"))]
mod page_tools;
#[cfg(any(feature = "ssr", feature = "pages"))]
mod place_map;
#[cfg(any(feature = "ssr", feature = "pages"))]
mod receipt;
#[cfg(any(feature = "ssr", feature = "pages"))]
mod search_key;

#[cfg(any(feature = "ssr", feature = "scanner"))]
mod scanner;

#[cfg(any(feature = "ssr", feature = "draw"))]
mod draw_site;

#[cfg(feature = "ssr")]
pub use {
    code_check::{CodeCheck, CodeCheckWords},
    counter::{Counter, CounterWords},
    draw_site::{DrawOn, DrawSite, DrawSiteWords},
    due_questions::{DueQuestions, due_id},
    field_links::FieldLinks,
    keep_typed::{KeepTyped, KeepTypedWords},
    page_tools::{PageTools, PageToolsWords},
    place_map::{PlaceMap, PlaceMapWords},
    read_aloud::{ReadAloud, ReadAloudWords, UNSPOKEN},
    receipt::{
        NUMBER as RECEIPT_NUMBER, PARTS as REQUEST_PARTS, ReceiptTools, ReceiptWords, RequestWatch,
        SECRET as RECEIPT_SECRET,
    },
    scanner::{Scanner, ScannerWords},
    search_key::SearchKey,
};
