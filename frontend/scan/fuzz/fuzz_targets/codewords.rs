//! Any bytes as the data of a symbol whose error correction is right.
#![no_main]

#[path = "../src/body.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check_codewords(data));
