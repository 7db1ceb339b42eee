//! The words of a code and the blocks that protect them (ISO/IEC 18004, 7.5.1 and 7.7.3).

use super::Modules;
use super::format_information::FormatInformation;
use super::layout::{Layout, ModuleKind};
use super::reed_solomon::ReedSolomon;

/// Check words of each block (Table 9), by level L, M, Q, H and version.
const CHECKS: [[u8; 40]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30,
        30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30,
        30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

/// Blocks of a symbol (Table 9), by level L, M, Q, H and version.
const BLOCKS: [[u8; 40]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13,
        14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23,
        25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29,
        34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35,
        37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];

/// Check words that an erasure leaves over: a wrong correction then has a chance of some 10^-11.
const SPARE: usize = 4;

/// The data words of a code; nothing if they cannot be corrected. With `guess`, words whose modules
/// are uncertain are taken for lost, more and more of them: that doubles what can be corrected.
pub(super) fn data_codewords(
    modules: &Modules<'_>,
    layout: &Layout,
    format: FormatInformation,
    guess: bool,
) -> Option<Vec<u8>> {
    let version = (layout.modules - 17) / 4;
    let checks = usize::from(*CHECKS.get(format.level)?.get(version - 1)?);
    let count = usize::from(*BLOCKS.get(format.level)?.get(version - 1)?);
    let words = codewords(modules, layout, format.mask);
    let length = words.len() / count;
    let long = words.len() % count;
    let data = length.checked_sub(checks)?;
    let field = ReedSolomon::new();
    let mut all = Vec::with_capacity(words.len());
    for block in 0..count {
        // Words of the blocks take turns; the last data word is that of the long blocks alone.
        let is_long = block >= count - long;
        let mut places: Vec<usize> = (0..data).map(|i| i * count + block).collect();
        if is_long {
            places.push(data * count + block - (count - long));
        }
        let first_check = data * count + long;
        places.extend((0..checks).map(|i| first_check + i * count + block));
        let block: Vec<(u8, f32)> =
            places.iter().filter_map(|&place| words.get(place).copied()).collect();
        let corrected = corrected(&field, &block, checks, guess)?;
        all.extend(corrected.get(..data + usize::from(is_long))?);
    }
    Some(all)
}

fn corrected(
    field: &ReedSolomon,
    block: &[(u8, f32)],
    checks: usize,
    guess: bool,
) -> Option<Vec<u8>> {
    let words: Vec<u8> = block.iter().map(|&(word, _)| word).collect();
    let syndromes = field.syndromes(&words, checks);
    let found = field.correct(&words, &syndromes, checks, &[], spare_check_words(checks));
    if found.is_some() || !guess {
        return found;
    }
    // The least certain first.
    let mut erased: Vec<u8> = Vec::new();
    let mut left: Vec<(u8, f32)> =
        block.iter().enumerate().map(|(place, &(_, certain))| (place as u8, certain)).collect();
    while erased.len() + SPARE + 2 <= checks {
        for _ in 0..2 {
            let mut least = 0;
            for (i, (_, certain)) in left.iter().enumerate() {
                if *certain < left[least].1 {
                    least = i;
                }
            }
            erased.push(left.swap_remove(least).0);
        }
        let found = field.correct(&words, &syndromes, checks, &erased, SPARE);
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Check words that stay unused even where all are trusted: short blocks are else too easily taken
/// for others (7.5.1, Table 9, note b).
fn spare_check_words(checks: usize) -> usize {
    match checks {
        7 => 3,
        10 | 15 | 17 => 1,
        13 => 1,
        _ => 0,
    }
}

/// The words of a code and how certain each is: the certainty of its least certain module.
fn codewords(modules: &Modules<'_>, layout: &Layout, mask: u8) -> Vec<(u8, f32)> {
    let side = layout.modules;
    let mut words = Vec::with_capacity(side * side / 8);
    let (mut word, mut bits, mut certain) = (0, 0, f32::MAX);
    // Pairs of columns from the right, upwards and downwards by turns, past the timing pattern.
    let pairs =
        (0..side / 2).map(|pair| side - 1 - 2 * pair).map(|x| if x <= 6 { x - 1 } else { x });
    for (turn, right) in pairs.enumerate() {
        for step in 0..side {
            let row = if turn % 2 == 0 { side - 1 - step } else { step };
            for column in [right, right - 1] {
                if layout.at(column, row) != ModuleKind::Data {
                    continue;
                }
                let level = modules.at(column, row);
                word = word << 1 | u8::from((level < 0.0) != is_masked(mask, row, column));
                certain = certain.min(level.abs());
                bits += 1;
                if bits == 8 {
                    words.push((word, certain));
                    (word, bits, certain) = (0, 0, f32::MAX);
                }
            }
        }
    }
    words
}

/// Whether a mask turns a module round (Table 10).
fn is_masked(mask: u8, i: usize, j: usize) -> bool {
    0 == match mask {
        0 => (i + j) % 2,
        1 => i % 2,
        2 => j % 3,
        3 => (i + j) % 3,
        4 => (i / 2 + j / 3) % 2,
        5 => i * j % 2 + i * j % 3,
        6 => (i * j % 2 + i * j % 3) % 2,
        _ => ((i + j) % 2 + i * j % 3) % 2,
    }
}
