//! What was read.

use crate::text::{Segment, text_of};

/// A point of the frame that was handed in: x to the right and y down, in pixels.
pub type Corner = (f32, f32);

/// One code that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedSymbol {
    /// What it says: all of it, unless it is a `part`.
    pub text: String,
    /// Which part of a whole it is, if it says so and the others are not in view. The text of a
    /// part is cut anywhere and means nothing by itself.
    pub part: Option<StructuredAppend>,
    /// Where the code is: top left, top right, bottom right, bottom left *of the code*, so that
    /// the order also tells how the code is turned (and whether it is mirrored). Of a text that was
    /// joined from several codes, where the first is.
    pub corners: [Corner; 4],
    /// The segments, to be joined with those of other parts.
    pub(crate) segments: Vec<Segment>,
}

/// Which part of a whole a code is (structured append, ISO/IEC 18004, 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StructuredAppend {
    /// Its place, from 1.
    pub number: u8,
    /// How many parts there are, 16 at most.
    pub total: u8,
    /// All bytes of the whole, combined by exclusive or: the same in each part.
    pub parity: u8,
}

impl StructuredAppend {
    /// As the words count, from 0; nothing if the place is beyond the last.
    pub(crate) fn of(at: u8, last: u8, parity: u8) -> Option<Self> {
        (at <= last).then_some(Self { number: at + 1, total: last + 1, parity })
    }

    fn is_of_the_same(self, other: Self) -> bool {
        (self.total, self.parity) == (other.total, other.parity)
    }
}

impl DecodedSymbol {
    /// Nothing if the segments have no text that can be known. A part may end within a character,
    /// so that its own text may be a guess.
    pub(crate) fn new(
        segments: Vec<Segment>,
        part: Option<StructuredAppend>,
        corners: [Corner; 4],
    ) -> Option<Self> {
        let text = match (text_of(&segments), part) {
            (None, Some(_)) => String::new(),
            (text, _) => text?,
        };
        Some(Self { text, part, corners, segments })
    }

    /// Whether a point of the frame lies in the code.
    pub(crate) fn covers(&self, (x, y): Corner) -> bool {
        let mut sides = self.corners.iter().enumerate().map(|(i, &(ax, ay))| {
            let (bx, by) = self.corners[(i + 1) % 4];
            (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        });
        let first = sides.next().unwrap_or(0.0);
        sides.all(|side| side * first > 0.0)
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.text == other.text && self.part == other.part
    }
}

/// Takes in what one pass has read, once a payload: passes see the same code again and again, and
/// two labels with the same text are one answer.
pub(crate) fn merge(found: &mut Vec<DecodedSymbol>, more: Vec<DecodedSymbol>) {
    for payload in more {
        if !found.iter().any(|known| known.says_the_same(&payload)) {
            found.push(payload);
        }
    }
}

/// Puts wholes in the place of parts that are all there and whose bytes have the parity that they
/// say; others stay parts.
pub(crate) fn joined(mut found: Vec<DecodedSymbol>) -> Vec<DecodedSymbol> {
    let mut done = Vec::new();
    while let Some(first) = found.iter().position(|payload| payload.part.is_some()) {
        done.extend(found.drain(..first));
        let Some(part) = found.first().and_then(|payload| payload.part) else { break };
        let (mut parts, others): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|payload| payload.part.is_some_and(|other| part.is_of_the_same(other)));
        match whole(&parts, part) {
            Some(whole) => done.push(whole),
            None => done.append(&mut parts),
        }
        found = others;
    }
    done.append(&mut found);
    done
}

/// The whole of parts; nothing if one is missing, or there twice.
///
/// They are looked up and not sorted: a sort of the standard library is 2 kB of the first load.
fn whole(parts: &[DecodedSymbol], any: StructuredAppend) -> Option<DecodedSymbol> {
    let at = |number: u8| {
        parts.iter().find(|payload| payload.part.is_some_and(|part| part.number == number))
    };
    let in_order: Vec<&DecodedSymbol> = (1..=any.total).map_while(at).collect();
    if in_order.len() != usize::from(any.total) || parts.len() != in_order.len() {
        return None;
    }
    let segments: Vec<Segment> =
        in_order.iter().flat_map(|payload| payload.segments.clone()).collect();
    let parity =
        segments.iter().flat_map(|segment| &segment.bytes).fold(0, |parity, byte| parity ^ byte);
    (parity == any.parity).then(|| DecodedSymbol::new(segments, None, in_order.first()?.corners))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Encoding;

    fn payload(text: &[u8], part: Option<(u8, u8)>) -> DecodedSymbol {
        let segments = vec![Segment { encoding: Encoding::Undeclared, bytes: text.to_vec() }];
        let parity = "见码之地".bytes().fold(0, |parity, byte| parity ^ byte);
        let part = part.map(|(number, total)| StructuredAppend { number, total, parity });
        DecodedSymbol::new(segments, part, [(0.0, 0.0); 4]).unwrap()
    }

    fn texts(found: &[DecodedSymbol]) -> Vec<(&str, Option<u8>)> {
        found.iter().map(|one| (one.text.as_str(), one.part.map(|part| part.number))).collect()
    }

    #[test]
    fn the_same_payload_is_kept_once() {
        let [a, b] = [b"a", b"b"].map(|text| payload(text, None));
        let mut found = vec![a.clone()];
        merge(&mut found, vec![b.clone(), a.clone(), b.clone()]);
        assert_eq!(found, [a, b]);
    }

    #[test]
    fn parts_that_are_all_there_are_joined_even_within_a_character() {
        let bytes = "见码之地".as_bytes();
        let part = |number, range| payload(&bytes[range], Some((number, 3)));
        let [one, two, three] = [part(1, 0..4), part(2, 4..5), part(3, 5..12)];
        let other = payload(b"other", None);
        let all = joined(vec![three.clone(), other, one.clone(), two.clone()]);
        assert_eq!(texts(&all), [("见码之地", None), ("other", None)]);
        let missing = joined(vec![three.clone(), one.clone()]);
        assert!(missing.iter().all(|payload| payload.part.is_some()), "{missing:?}");
        let twice = joined(vec![one, two, three, part(2, 5..6)]);
        assert!(twice.iter().all(|payload| payload.part.is_some()), "{twice:?}");
    }

    #[test]
    fn parts_whose_bytes_have_another_parity_stay_parts() {
        let found = joined(vec![payload(b"A", Some((1, 2))), payload(b"B", Some((2, 2)))]);
        assert_eq!(texts(&found), [("A", Some(1)), ("B", Some(2))]);
    }

    #[test]
    fn a_place_beyond_the_last_is_none() {
        assert_eq!(StructuredAppend::of(2, 1, 0), None);
        assert_eq!(
            StructuredAppend::of(15, 15, 7),
            Some(StructuredAppend { number: 16, total: 16, parity: 7 })
        );
    }
}
