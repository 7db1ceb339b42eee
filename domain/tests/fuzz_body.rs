//! The body of the fuzz target, with random bytes and with texts that are nearly codes.
#![allow(clippy::panic, reason = "the body says by panicking what does not hold")]

#[path = "../fuzz/src/body.rs"]
mod body;

use proptest::prelude::*;

proptest! {
    #[test]
    fn the_fuzz_target_holds_for_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        body::check(&bytes);
    }

    #[test]
    fn the_fuzz_target_holds_near_codes(
        text in "(https?://jianma\\.example/)?(c/|C/)?[ -]?[0-9OIl３]{10,14}[GJZ6][A-Z8][0-9OI]{4,6}[- ]?([FLQWX][0-9O]{8})?[/?#%@]?"
    ) {
        body::check(text.as_bytes());
    }
}
