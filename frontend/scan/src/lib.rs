#![doc = include_str!("../README.md")]

mod decoded_symbol;
mod finder_pattern;
mod flood_fill;
mod frame;
mod grid;
mod ladder;
mod preprocess;
mod region;
mod scanner;
mod second;
mod still;
mod symbol;
mod text;
mod view;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod worker;

pub use decoded_symbol::{Corner, DecodedSymbol, StructuredAppend};
pub use frame::{Frame, FrameError};
pub use scanner::{Scan, Scanner};
pub use second::{Grid, SecondDetector};
pub use still::decode_still;
pub use view::View;
