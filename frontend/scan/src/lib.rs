#![doc = include_str!("../README.md")]

mod code;
mod decoder;
mod frame;
mod grid;
mod ladder;
mod locate;
mod payload;
mod prepare;
mod region;
mod scanner;
mod still;
mod view;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod worker;

pub use decoder::SecondDecoder;
pub use frame::{Frame, FrameError};
pub use payload::{Corner, Payload};
pub use scanner::{Scan, Scanner};
pub use still::{STILL_LONG_SIDE, decode_still};
pub use view::View;
