#![doc = include_str!("../README.md")]

mod symbol;
mod flood_fill;
mod frame;
mod grid;
mod ladder;
mod finder_pattern;
mod payload;
mod preprocess;
mod region;
mod scanner;
mod second;
mod still;
mod text;
mod view;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod worker;

pub use frame::{Frame, FrameError};
pub use payload::{Corner, StructuredAppend, Payload};
pub use scanner::{Scan, Scanner};
pub use second::{Grid, SecondDetector};
pub use still::decode_still;
pub use view::View;
