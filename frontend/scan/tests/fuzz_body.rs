//! The bodies of the fuzz targets, with random bytes and with what the fuzzer begins with.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "the body says by panicking what does not hold"
)]

#[path = "../fuzz/src/body.rs"]
mod body;
mod drawing;

use drawing::Noise;

fn bytes(noise: &mut Noise, most: u64) -> Vec<u8> {
    (0..noise.next() % most).map(|_| (noise.next() >> 8) as u8).collect()
}

#[test]
fn the_fuzz_targets_hold_for_any_bytes() {
    let mut noise = Noise(20_261_129);
    for _ in 0..60 {
        body::check_frame(&bytes(&mut noise, 4000));
        body::check_codewords(&bytes(&mut noise, 60));
    }
}

#[test]
fn the_fuzz_targets_hold_for_their_seeds() -> std::io::Result<()> {
    // From the folder of the crate, where tests run: a path of the compiler's may be another machine's.
    let seeds = "fuzz/seeds";
    for seed in std::fs::read_dir(format!("{seeds}/frame"))? {
        body::check_frame(&std::fs::read(seed?.path())?);
    }
    for seed in std::fs::read_dir(format!("{seeds}/codewords"))? {
        body::check_codewords(&std::fs::read(seed?.path())?);
    }
    Ok(())
}
