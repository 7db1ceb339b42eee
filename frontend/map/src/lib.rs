#![doc = include_str!("../README.md")]

pub mod protocol;

#[cfg(feature = "hydrate")]
mod api;
#[cfg(feature = "hydrate")]
mod ffi;

#[cfg(feature = "hydrate")]
pub use api::{MapError, MapHandle, open};
pub use protocol::{
    Attribution, BaseMap, Bounds, MapAssets, MapRequest, MapWords, Palette, Position, Theme,
};
