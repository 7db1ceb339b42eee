#![doc = include_str!("../README.md")]

pub mod protocol;

#[cfg(feature = "hydrate")]
mod api;
#[cfg(feature = "hydrate")]
mod ffi;
#[cfg(feature = "hydrate")]
mod ground;

pub use protocol::{Bounds, Hatch, MapAssets, MapRequest, MapWords, Number, Squares};
#[cfg(feature = "hydrate")]
pub use {
    api::{MapError, MapHandle, open},
    ground::Ground,
};
