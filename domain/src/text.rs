//! What is text, and what only looks like it or looks like nothing: control characters, marks that
//! turn the direction of reading, characters that no font shows. A department prints what it gets,
//! and a clerk must read what the applicant wrote.

use serde::Serialize;

/// Why a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NoText {
    /// Which character is none, from 1.
    pub position: usize,
    /// Its number in Unicode.
    pub code_point: u32,
}

/// The text without what surrounds it: white space, and marks without width that came along when it
/// was copied. Empty when nothing of it can be seen.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_widthless(c));
    if text.chars().all(is_unseen) { "" } else { text }
}

/// The text as keyboards of programs write it: full-width letters, digits and signs (U+FF01–U+FF5E) as
/// ASCII, the wide blank as a blank, and none of the marks without width or of direction that come along
/// when something is copied. For what is read by a rule: a number, a date, an address.
#[must_use]
pub fn narrow(text: &str) -> String {
    without_marks(text).chars().map(half_width).collect()
}

/// The text without marks that have no width or turn the direction of reading.
#[must_use]
pub fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !is_widthless(*c) && !is_direction(*c)).collect()
}

/// The text with each line break as one character: browsers send two (WHATWG HTML, form submission).
#[must_use]
pub fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A full-width letter, digit or sign as its half-width one, and a wide or hard space as a space; anything else as
/// it is.
#[must_use]
pub fn half_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        0x3000 | 0xA0 => ' ',
        _ => c,
    }
}

/// The first character that no text of several lines may have.
#[must_use]
pub fn fault_of_paragraph(text: &str) -> Option<NoText> {
    first(text, |c| is_control(c) && !matches!(c, '\n' | '\r' | '\t'))
}

/// The first character that no text of one line may have.
#[must_use]
pub fn fault_of_line(text: &str) -> Option<NoText> {
    first(text, is_no_part_of_a_line)
}

/// The first character that nothing may have which is read out and compared, as a reference is: no
/// mark without width either, or two that look the same would differ.
#[must_use]
pub fn fault_of_reference(text: &str) -> Option<NoText> {
    first(text, |c| is_no_part_of_a_line(c) || is_widthless(c))
}

fn first(text: &str, is_fault: impl Fn(char) -> bool) -> Option<NoText> {
    text.chars().enumerate().find_map(|(at, c)| {
        let none = is_fault(c) || is_direction(c) || is_no_character(c) || is_tag(c);
        none.then_some(NoText { position: at + 1, code_point: u32::from(c) })
    })
}

fn is_no_part_of_a_line(c: char) -> bool {
    is_control(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// C0 and C1 controls, NUL and line ends among them.
fn is_control(c: char) -> bool {
    c.is_control()
}

/// Marks that make a text read otherwise than it stands (UAX #9).
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Noncharacters, and those that stand for bytes which could not be read.
fn is_no_character(c: char) -> bool {
    let number = u32::from(c);
    number & 0xFFFE == 0xFFFE
        || (0xFDD0..=0xFDEF).contains(&number)
        || (0xFFF9..=0xFFFD).contains(&number)
}

/// Tags: letters and digits that nobody sees, so that a text says to a program what it does not say
/// to its reader.
const fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

/// Formatting marks without width. Not those that choose how the character before them is drawn: a
/// rare character of a name may end with one.
const fn is_widthless(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{FEFF}')
}

/// What leaves nothing on paper.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || is_widthless(c)
        || matches!(
            c,
            '\u{034F}'                          // combining grapheme joiner
            | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // fillers of Hangul
            | '\u{17B4}' | '\u{17B5}'           // inherent vowels of Khmer
            | '\u{180B}'..='\u{180F}'           // selectors of Mongolian
            | '\u{206A}'..='\u{206F}'           // deprecated marks
            | '\u{2800}'                        // the Braille pattern without a dot
            | '\u{FE00}'..='\u{FE0F}'           // variation selectors
            | '\u{1D159}'                       // a note head that is not drawn
            | '\u{1D173}'..='\u{1D17A}'         // beams and slurs of music
            | '\u{E0000}'..='\u{E0FFF}'         // tags, and further variation selectors
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_no_answer() {
        for nothing in [
            "",
            " ",
            "\u{3000}",
            "\u{200B}",
            "\u{200B}\u{FEFF} \u{2060}",
            "\u{3164}",
            "\u{FFA0}",
            "\u{2800}",
            "\u{00AD}",
            "\u{FE0F}",
            "\u{E0100}",
            "\u{034F}",
            "\r\n\t",
        ] {
            assert_eq!(trimmed(nothing), "", "{nothing:?}");
        }
    }

    #[test]
    fn what_a_chinese_keyboard_or_a_contact_app_writes_is_read_as_ascii() {
        assert_eq!(narrow("（０５７２）８０６２３４５　ａ＠ｂ．ｃｎ"), "(0572)8062345 a@b.cn");
        assert_eq!(narrow("\u{202D}138\u{A0}0013\u{200B}8000\u{202C}\u{FEFF}"), "138 00138000");
        assert_eq!(with_line_feeds("一\r\n二\r三\n\n四"), "一\n二\n三\n\n四");
    }

    #[test]
    fn names_and_addresses_stay_as_they_are_written() {
        for name in [
            "张三",
            "𠮷田",
            "㐂",
            "𰻝",
            "阿卜杜拉·买买提",
            "O’Brien",
            "José",
            "e\u{301}",
            "葛\u{E0100}",
            "\u{E863}",
            "می\u{200C}خواهم",
            "1号楼 2单元",
            "Ⅷ",
            "👩🏻\u{200D}🚀",
        ] {
            assert_eq!(trimmed(name), name);
            assert_eq!(fault_of_line(name), None, "{name:?}");
        }
        assert_eq!(trimmed("\u{FEFF}张三\u{200B} \n"), "张三");
    }

    #[test]
    fn a_line_has_no_control_no_line_end_and_no_mark_of_direction() {
        for (text, position) in [
            ("张\0三", 2),
            ("张\r\n三", 2),
            ("a\nb", 2),
            ("a\tb", 2),
            ("a\u{85}b", 2),
            ("a\u{2028}b", 2),
            ("\u{202E}三张", 1),
            ("ab\u{2066}c\u{2069}", 3),
            ("a\u{200F}", 2),
            ("\u{061C}a", 1),
            ("a\u{FFFD}", 2),
            ("a\u{FFFE}", 2),
            ("a\u{1FFFF}", 2),
            ("a\u{FDD0}", 2),
            ("a\u{7F}", 2),
            ("a\u{E0041}", 2),
        ] {
            assert_eq!(fault_of_line(text).map(|fault| fault.position), Some(position), "{text:?}");
        }
    }

    #[test]
    fn a_paragraph_may_have_lines_and_tabs_and_nothing_else_of_the_kind() {
        assert_eq!(fault_of_paragraph("一\r\n二\n三\t四"), None);
        for text in
            ["a\0", "a\u{1B}[2J", "a\u{202E}b", "a\u{FFFD}", "a\u{9B}", "a\u{E0001}", "\u{E007F}a"]
        {
            assert!(fault_of_paragraph(text).is_some(), "{text:?}");
        }
        let fault = fault_of_paragraph("a\u{202E}").unwrap();
        assert_eq!((fault.position, fault.code_point), (2, 0x202E));
    }
}
