//! Words written by the rules of the standard, read back; and words that break them.

use super::*;
use Encoding::{Declared, Hanzi, Kanji, Plain, Undeclared};

/// Data words under construction.
#[derive(Clone, Default)]
struct Writer {
    bits: Vec<bool>,
}

impl Writer {
    fn put(mut self, value: usize, count: usize) -> Self {
        self.bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    fn digits(mut self, text: &str) -> Self {
        self = self.put(1, 4).put(text.len(), 10);
        for three in text.as_bytes().chunks(3) {
            let number = str::from_utf8(three).unwrap().parse().unwrap();
            self = self.put(number, 3 * three.len() + 1);
        }
        self
    }

    fn letters(mut self, text: &str) -> Self {
        self = self.put(2, 4).put(text.len(), 9);
        let value = |letter: u8| LETTERS.iter().position(|&one| one == letter).unwrap();
        for two in text.as_bytes().chunks(2) {
            self = match *two {
                [one, other] => self.put(value(one) * 45 + value(other), 11),
                [one] => self.put(value(one), 6),
                _ => unreachable!("chunks are one or two long"),
            };
        }
        self
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        let head = self.put(4, 4).put(bytes.len(), 8);
        bytes.iter().fold(head, |writer, &byte| writer.put(byte.into(), 8))
    }

    /// As ISO/IEC 18004, 7.4.6 says.
    fn kanji(self, pairs: &[u16]) -> Self {
        let head = self.put(8, 4).put(pairs.len(), 8);
        pairs.iter().fold(head, |writer, &pair| {
            let less = usize::from(pair) - if pair < 0xa000 { 0x8140 } else { 0xc140 };
            writer.put((less >> 8) * 0xc0 + (less & 0xff), 13)
        })
    }

    /// As GB/T 18284 says.
    fn hanzi(self, pairs: &[u16]) -> Self {
        let head = self.put(13, 4).put(GB2312, 4).put(pairs.len(), 8);
        pairs.iter().fold(head, |writer, &pair| {
            let less = usize::from(pair) - if pair < 0xb000 { 0xa1a1 } else { 0xa6a1 };
            writer.put((less >> 8) * 0x60 + (less & 0xff), 13)
        })
    }

    fn part(self, at: usize, last: usize, parity: usize) -> Self {
        self.put(3, 4).put(at, 4).put(last, 4).put(parity, 8)
    }

    /// With a terminator and padding to so many words.
    fn end(self, words: usize) -> Vec<u8> {
        let mut words_so_far = self.put(0, 4).words();
        for pad in [0xec, 0x11].into_iter().cycle().take(words.saturating_sub(words_so_far.len())) {
            words_so_far.push(pad);
        }
        words_so_far
    }

    fn words(self) -> Vec<u8> {
        self.bits
            .chunks(8)
            .map(|eight| eight.iter().enumerate().map(|(i, &bit)| u8::from(bit) << (7 - i)).sum())
            .collect()
    }
}

fn segments(writer: Writer) -> Option<Vec<(Encoding, Vec<u8>)>> {
    let said = decode(&writer.end(100), 5)?;
    Some(said.segments.into_iter().map(|segment| (segment.encoding, segment.bytes)).collect())
}

fn segment(encoding: Encoding, bytes: &[u8]) -> (Encoding, Vec<u8>) {
    (encoding, bytes.to_vec())
}

#[test]
fn every_kind_of_segment_is_read_in_its_place() {
    let writer = Writer::default()
        .digits("330521")
        .hanzi(&[0xb5e3, 0xbac5, 0xa1a1, 0xf7fe])
        .letters("A-B:9")
        .kanji(&[0x8140, 0x935f, 0xe040, 0xebbf])
        .put(7, 4)
        .put(26, 8)
        .bytes("见".as_bytes())
        .put(7, 4)
        .put(0x80 | 899 >> 8, 8)
        .put(899 & 0xff, 8)
        .bytes(&[0xff]);
    let expected = [
        segment(Plain, b"330521"),
        segment(Hanzi, b"\xb5\xe3\xba\xc5\xa1\xa1\xf7\xfe"),
        segment(Plain, b"A-B:9"),
        segment(Kanji, b"\x81\x40\x93\x5f\xe0\x40\xeb\xbf"),
        segment(Declared(26), "见".as_bytes()),
        segment(Declared(899), &[0xff]),
    ];
    assert_eq!(segments(writer), Some(expected.to_vec()));
}

#[test]
fn a_mode_in_the_middle_is_followed_to_its_end_or_the_symbol_is_refused() {
    for mode in 0..16 {
        let said =
            segments(Writer::default().digits("330521001001").put(mode, 4).letters("GB00012"));
        let first = segment(Plain, b"330521001001");
        match mode {
            // A terminator ends the text, whatever follows it.
            0 => assert_eq!(said, Some(vec![first])),
            // These take the digits of what follows for their own; whole segments are above.
            1 | 2 | 4 | 7 | 8 => {
                assert!(said.is_none_or(|segments| segments != [first]), "mode {mode}");
            }
            _ => assert_eq!(said, None, "mode {mode}"),
        }
    }
}

#[test]
fn what_is_cut_off_is_nothing() {
    let steps: [fn(Writer) -> Writer; 5] = [
        |writer| writer.digits("330521001001"),
        |writer| writer.letters("GB00172"),
        |writer| writer.hanzi(&[0xb5e3, 0xbac5]),
        |writer| writer.bytes("地块".as_bytes()),
        |writer| writer.kanji(&[0x935f]),
    ];
    let (mut whole, mut ends) = (Writer::default(), Vec::new());
    for step in steps {
        whole = step(whole);
        ends.push(whole.bits.len());
    }
    assert!(decode(&whole.clone().end(60), 5).is_some());
    let words = whole.words();
    for left in 1..words.len() {
        // Where a segment ends with the words, they end as they should.
        if !ends.iter().any(|end| (0..4).contains(&(left * 8).wrapping_sub(*end))) {
            assert_eq!(decode(&words[..left], 5), None, "{left} words");
        }
    }
}

#[test]
fn a_terminator_that_does_not_fit_must_be_zeros() {
    // 4 + 8 + 8 bits and 4 of a mode; then 1 to 3 bits that are left.
    for left in 1..4 {
        let full = |rest| {
            let digits = ["1", "12", "123"][left - 1];
            Writer::default().bytes(b"ab").digits(digits).put(rest, left)
        };
        let bits = full(0).bits.len();
        let whole = full(0).put(0, (8 - bits % 8) % 8);
        assert!(decode(&whole.words(), 5).is_some());
    }
    let exact = Writer::default().bytes(b"abc").put(0, 4);
    assert!(decode(&exact.words(), 5).is_some());
    let spoiled = Writer::default().digits("12").put(0b001, 3);
    assert_eq!(spoiled.bits.len() % 8, 0);
    assert_eq!(decode(&spoiled.words(), 5), None);
    assert!(decode(&Writer::default().digits("12").put(0, 3).words(), 5).is_some());
}

#[test]
fn characters_that_the_tables_do_not_have_are_refused() {
    let subset = Writer::default().put(13, 4).put(2, 4).put(1, 8).put(0, 13);
    assert_eq!(segments(subset), None);
    for value in [94, 95, 0x52 * 0x60, 8191] {
        let writer = Writer::default().put(13, 4).put(GB2312, 4).put(1, 8).put(value, 13);
        assert_eq!(segments(writer), None, "{value}");
    }
    assert_eq!(segments(Writer::default().put(1, 4).put(3, 10).put(1000, 10)), None);
    assert_eq!(segments(Writer::default().put(2, 4).put(2, 9).put(2025, 11)), None);
    assert_eq!(segments(Writer::default().put(7, 4).put(0xe0, 8).bytes(b"a")), None);
}

#[test]
fn a_part_says_which_it_is_and_only_at_the_start() {
    let said = decode(&Writer::default().part(1, 3, 0x5a).letters("ABC").end(40), 5).unwrap();
    assert_eq!(said.part, Some(StructuredAppend { number: 2, total: 4, parity: 0x5a }));
    assert_eq!(segments(Writer::default().part(2, 1, 0).letters("ABC")), None);
    assert_eq!(segments(Writer::default().letters("ABC").part(0, 1, 0).letters("D")), None);
    assert_eq!(segments(Writer::default().part(0, 1, 0).part(0, 1, 0).letters("D")), None);
}

#[test]
fn fnc1_makes_letters_separators_and_its_application_comes_first() {
    let gs1 = Writer::default().put(5, 4).letters("10ABC%17%%5").digits("21");
    assert_eq!(segments(gs1), Some(vec![segment(Plain, b"10ABC\x1d17%5"), segment(Plain, b"21")]));
    let number = Writer::default().put(9, 4).put(37, 8).letters("AA12%%T%");
    assert_eq!(segments(number), Some(vec![segment(Plain, b"37"), segment(Plain, b"AA12%T\x1d")]));
    let letter = Writer::default().put(9, 4).put(165, 8).bytes(b"%%");
    assert_eq!(segments(letter), Some(vec![segment(Plain, b"A"), segment(Undeclared, b"%%")]));
    assert_eq!(segments(Writer::default().put(9, 4).put(120, 8).letters("A")), None);
    assert_eq!(segments(Writer::default().letters("A").put(5, 4).letters("B")), None);
    assert_eq!(segments(Writer::default().put(5, 4).put(9, 4).put(37, 8).letters("B")), None);
}

#[test]
fn any_mix_of_segments_is_read_as_written_or_not_at_all() {
    let mut state = 20_261_128_u64;
    let mut next = |below: usize| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below
    };
    for round in 0..3000 {
        let (mut writer, mut expected) = (Writer::default(), Vec::new());
        let mut encoding = Undeclared;
        for _ in 0..=next(5) {
            let count = 1 + next(9);
            match next(6) {
                0 => {
                    let text: String = (0..count).map(|_| char::from(digit(next(10)))).collect();
                    writer = writer.digits(&text);
                    expected.push(segment(Plain, text.as_bytes()));
                }
                1 => {
                    let text: String = (0..count).map(|_| char::from(LETTERS[next(45)])).collect();
                    writer = writer.letters(&text);
                    expected.push(segment(Plain, text.as_bytes()));
                }
                2 => {
                    let bytes: Vec<u8> = (0..count).map(|_| next(256) as u8).collect();
                    writer = writer.bytes(&bytes);
                    expected.push((encoding, bytes));
                }
                3 => {
                    let pair = |next: &mut dyn FnMut(usize) -> usize| {
                        (if next(2) == 0 { 0x8140 } else { 0xe040 } + next(10) * 256 + next(0xbd))
                            as u16
                    };
                    let pairs: Vec<u16> = (0..count).map(|_| pair(&mut next)).collect();
                    writer = writer.kanji(&pairs);
                    expected
                        .push((Kanji, pairs.iter().flat_map(|two| two.to_be_bytes()).collect()));
                }
                4 => {
                    let pairs: Vec<u16> =
                        (0..count).map(|_| (0xb0a1 + next(0x48) * 256 + next(94)) as u16).collect();
                    writer = writer.hanzi(&pairs);
                    expected
                        .push((Hanzi, pairs.iter().flat_map(|two| two.to_be_bytes()).collect()));
                }
                _ => {
                    encoding = Declared(next(128) as u32);
                    let Declared(number) = encoding else { unreachable!("just declared") };
                    writer = writer.put(7, 4).put(number as usize, 8);
                }
            }
        }
        assert_eq!(segments(writer).unwrap_or_default(), expected, "round {round}");
    }
}
