//! What clusters say, in bits: possible outcomes, how rules stand, and how outcomes differ by a question.

use super::clusters::COMMON;
use crate::suitability::{completions::MOST_ROWS, outcome::Outcome};

/// Ways in which two questions of yes and no come out.
pub(super) const ASSIGNMENTS: usize = 1 << COMMON;
/// More ways than are looked at.
pub(super) const TOO_MANY: u32 = 65_537;
const _: () = assert!(TOO_MANY as usize == MOST_ROWS + 1, "one more than are looked at");
/// Outcomes that are possible, a bit each.
pub(super) const SUITS: u8 = Outcome::Suits.bit();
pub(super) const SUITS_IF: u8 = Outcome::SuitsIf.bit();
pub(super) const DOES_NOT: u8 = Outcome::DoesNot.bit();

/// Flags, by Kleene's logic: a hard rule stands, or may; a condition does, or may.
pub(super) const HARD: u32 = 1;
pub(super) const HARD_OPEN: u32 = 1 << 1;
pub(super) const CONDITION: u32 = 1 << 2;
pub(super) const CONDITION_OPEN: u32 = 1 << 3;
/// Whether an open rule asks the first, the second of the common questions.
pub(super) const ASKED: [u32; COMMON] = [1 << 4, 1 << 5];
/// How outcomes differ by a common question, all else alike: six flags for each question and each answer to
/// the other one.
pub(super) const DIFFERENCES: u32 = 8;
pub(super) const ALL_DIFFERENCES: u32 = u32::MAX << DIFFERENCES;
pub(super) const TO_NO: u32 = 1;
pub(super) const FROM_NO: u32 = 1 << 1;
pub(super) const TO_IF: u32 = 1 << 2;
pub(super) const FROM_IF: u32 = 1 << 3;
pub(super) const NEVER_TO_IF: u32 = 1 << 4;
pub(super) const NEVER_FROM_IF: u32 = 1 << 5;

/// Where the six flags of a question stand, for an answer to the other one.
pub(super) const fn differences(question: usize, other: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "0 to 3")]
    let place = (question * 2 + other) as u32;
    DIFFERENCES + place * 6
}

/// The two assignments that differ in a question alone, the other one being answered so.
pub(super) const fn both(question: usize, other: usize) -> (usize, usize) {
    let rest = other << (1 - question);
    (rest, rest | 1 << question)
}

/// The outcomes that are possible by Kleene's logic.
pub(super) const fn kleene(flags: u32) -> u8 {
    if flags & HARD != 0 {
        return DOES_NOT;
    }
    let rest = match (flags & CONDITION != 0, flags & CONDITION_OPEN != 0) {
        (true, _) => SUITS_IF,
        (false, true) => SUITS | SUITS_IF,
        (false, false) => SUITS,
    };
    if flags & HARD_OPEN != 0 { rest | DOES_NOT } else { rest }
}
