#![doc = include_str!("../README.md")]

mod blocks;
#[cfg(all(feature = "module", target_arch = "wasm32"))]
mod module;

use rxing::common::{BitArray, BitMatrix, DetectorRXingResult as _};
use rxing::qrcode::cpp_port::detector;
use scan::{Corner, Frame, Grid, SecondDetector};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Triples of finder patterns that are tried in one frame: texture can have thousands.
const MOST_TRIES: usize = 120;

/// Smaller frames cannot hold a code: version 1 has 21 modules.
const SMALLEST_SIDE: usize = 21;

/// The detector. It keeps nothing from frame to frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rxing;

impl SecondDetector for Rxing {
    fn find(&mut self, frame: &Frame) -> Vec<Grid> {
        if frame.width() < SMALLEST_SIDE || frame.height() < SMALLEST_SIDE {
            return Vec::new();
        }
        // Its detector says of itself that it can panic. In wasm a panic ends the module, and the
        // worker loads another.
        catch_unwind(AssertUnwindSafe(|| find(frame))).unwrap_or_default()
    }
}

fn find(frame: &Frame) -> Vec<Grid> {
    let Some(matrix) = matrix_of(frame) else { return Vec::new() };
    // "Hard": every third row, so that the smallest patterns are met.
    let mut patterns = detector::FindFinderPatterns(&matrix, true, 0);
    let mut used = Vec::new();
    let mut found = Vec::new();
    for set in detector::GenerateFinderPatternSets(&mut patterns).iter().take(MOST_TRIES) {
        if [set.bl, set.tl, set.tr].iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        let Ok(sampled) = detector::SampleQR(&matrix, set) else { continue };
        // Row by row: top left, top right, bottom left, bottom right.
        let corner = |i: usize| -> Corner {
            sampled.getPoints().get(i).map_or((0.0, 0.0), |point| (point.x, point.y))
        };
        let bits = sampled.getBits();
        let side = bits.width();
        let dark = (0..side * bits.height()).map(|i| bits.get(i % side, i / side));
        let grid = Grid::new(dark, [0, 1, 3, 2].map(corner));
        if let Some(grid) = grid.filter(Grid::holds) {
            used.extend([set.bl, set.tl, set.tr]);
            found.push(grid);
        }
    }
    found
}

/// The frame in black and white, in the form that the detector reads: a bit for each pixel.
fn matrix_of(frame: &Frame) -> Option<BitMatrix> {
    const WORD: usize = usize::BITS as usize;
    let width = frame.width();
    let mut matrix =
        BitMatrix::new(u32::try_from(width).ok()?, u32::try_from(frame.height()).ok()?).ok()?;
    let mut bits = BitArray::with_size(width);
    for (y, row) in blocks::threshold(frame).chunks_exact(width).enumerate() {
        for (i, pixels) in row.chunks(WORD).enumerate() {
            let word = pixels
                .iter()
                .enumerate()
                .fold(0, |word, (at, &pixel)| word | usize::from(pixel < 128) << at);
            bits.setBulk(i * WORD, word);
        }
        matrix.setRow(u32::try_from(y).ok()?, &bits);
    }
    Some(matrix)
}
