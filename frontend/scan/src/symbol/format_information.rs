//! FormatInformation information (ISO/IEC 18004, 7.9): error correction level and mask, twice in each code.

use super::Modules;

/// Bits that may be wrong in a copy: its words differ in at least 7.
const MOST_WRONG: u32 = 3;

/// What a code says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FormatInformation {
    /// L, M, Q or H.
    pub level: usize,
    pub mask: u8,
    /// Bits of both copies, of 30, that are not as they should be.
    pub wrong: u32,
}

/// The format that both copies are nearest to; nothing if neither can be corrected.
pub(super) fn format_information(modules: &Modules<'_>) -> Option<FormatInformation> {
    let side = modules.count();
    let (mut one, mut other) = (0, 0);
    for i in 0..15 {
        let (x, y) = match i {
            0..=5 => (8, i),
            6 | 7 => (8, i + 1),
            8 => (7, 8),
            _ => (14 - i, 8),
        };
        one |= u32::from(modules.is_dark(x, y)) << i;
        let (x, y) = if i < 8 { (side - 1 - i, 8) } else { (8, side - 15 + i) };
        other |= u32::from(modules.is_dark(x, y)) << i;
    }
    let mut best: Option<FormatInformation> = None;
    for data in 0..32 {
        let word = word_of(data);
        let (a, b) = ((word ^ one).count_ones(), (word ^ other).count_ones());
        let wrong = a + b;
        if a.min(b) <= MOST_WRONG && best.is_none_or(|best| wrong < best.wrong) {
            // Levels are numbered M, L, H, Q (Table 12).
            let level = [1, 0, 3, 2].get(data as usize >> 3).copied().unwrap_or(0);
            best = Some(FormatInformation { level, mask: data as u8 & 7, wrong });
        }
    }
    best
}

/// Five bits with the ten that protect them, masked.
fn word_of(data: u32) -> u32 {
    /// x^10 + x^8 + x^5 + x^4 + x^2 + x + 1.
    const GENERATOR: u32 = 0b101_0011_0111;
    let mut rest = data << 10;
    for bit in (10..15).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= GENERATOR << (bit - 10);
        }
    }
    (data << 10 | rest) ^ 0b101_0100_0001_0010
}
