//! Finding places as people say them: what a search is taken to mean (`asked`), and the texts that it
//! is held against (`told`).

mod asked;
mod certificate;
mod coordinates;
mod otherwise;
mod told;

pub use asked::SearchWords;
pub use certificate::is_certificate_number;
pub use coordinates::are_coordinates;
pub use otherwise::Reading;
pub use told::{address_text, kind_text, use_text};

use crate::text;

/// Longest text looked for, characters: an address is shorter, and a phrase costs by its length. Of a
/// longer one the beginning is looked for. In letters an address takes twice as many.
#[must_use]
pub fn longest_text(text: &str) -> usize {
    // Where the writing of Chinese begins in Unicode; marks like ’ stand before it.
    let in_letters = text.chars().all(|c| c < '\u{2E80}');
    if in_letters { 128 } else { 64 }
}

/// A text as it is compared: half width, small letters, no blank but between two words in letters. So
/// 永安街 １２ 号 and 永安街12号 are one.
#[must_use]
pub fn folded(text: &str) -> String {
    let narrow = text::narrow(text).to_lowercase();
    let mut folded = String::with_capacity(narrow.len());
    for word in narrow.split_whitespace() {
        let joint = folded.chars().last().zip(word.chars().next());
        if joint.is_some_and(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()) {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Whether a folded address has a folded word. A house number is not found at the end of a longer one.
#[must_use]
pub fn has(text: &str, word: &str) -> bool {
    let ends_a_number = |at: usize| text[..at].ends_with(|c: char| c.is_ascii_digit());
    let number = is_number(word);
    text.match_indices(word).any(|(at, _)| !number || !ends_a_number(at))
}

/// Whether a word is a number, alone or with what it counts: 40, 40号.
#[must_use]
pub fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_blanks_make_no_difference() {
        for text in ["永安街 １２　号", "永安街12号", " 永安街\u{200B}12 号 "] {
            assert_eq!(folded(text), "永安街12号");
        }
        assert_eq!(folded("ＭＡＩＮ  Street 5"), "main street 5");
        assert_eq!(folded("A座"), "a座");
    }

    #[test]
    fn a_house_number_is_not_the_end_of_another() {
        assert!(has("智造路40号", "40号") && has("40号", "40号"));
        assert!(!has("智造路140号", "40号"));
        assert!(has("智造路140号40号楼", "40号"));
        assert!(!has("智造路140号", "40") && has("智造路400号", "40"), "it may go on");
        assert!(has("100%", "0%"), "no number");
    }
}
