#![doc = include_str!("../README.md")]

mod decoder;
mod frame;
mod payload;
mod prepare;
mod scanner;
mod still;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod worker;

pub use frame::{Frame, FrameError};
pub use payload::{Corner, Payload};
pub use scanner::Scanner;
pub use still::{STILL_LONG_SIDE, decode_still};
