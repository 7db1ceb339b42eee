//! What was read.

use std::borrow::Cow;

/// A point of the frame that was handed in: x to the right and y down, in pixels.
pub type Corner = (f32, f32);

/// One code that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The data of the code, segments one after the other, before any character set.
    pub bytes: Vec<u8>,
    /// Where the code is: top left, top right, bottom right, bottom left *of the code*, so that
    /// the order also tells how the code is turned (and whether it is mirrored).
    pub corners: [Corner; 4],
}

impl Payload {
    /// The data as text: UTF-8 if it is valid UTF-8, else Latin-1, which is what ISO/IEC 18004
    /// says a byte segment means and what never fails.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match str::from_utf8(&self.bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(self.bytes.iter().copied().map(char::from).collect()),
        }
    }
}

impl Payload {
    /// Whether a point of the frame lies in the code.
    pub(crate) fn covers(&self, (x, y): Corner) -> bool {
        let mut sides = self.corners.iter().enumerate().map(|(i, &(ax, ay))| {
            let (bx, by) = self.corners[(i + 1) % 4];
            (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        });
        let first = sides.next().unwrap_or(0.0);
        sides.all(|side| side * first > 0.0)
    }
}

/// Takes in what one pass has read, once a payload: passes see the same code again and again, and
/// two labels with the same text are one answer.
pub(crate) fn merge(found: &mut Vec<Payload>, more: Vec<Payload>) {
    for payload in more {
        if !found.iter().any(|known| known.bytes == payload.bytes) {
            found.push(payload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(bytes: &[u8]) -> Payload {
        Payload { bytes: bytes.to_vec(), corners: [(0.0, 0.0); 4] }
    }

    #[test]
    fn utf8_is_read_as_utf8_and_the_rest_as_latin_1() {
        assert_eq!(payload("见码".as_bytes()).text(), "见码");
        assert_eq!(payload(b"caf\xe9").text(), "café");
    }

    #[test]
    fn the_same_payload_is_kept_once() {
        let mut found = vec![payload(b"a")];
        merge(&mut found, vec![payload(b"b"), payload(b"a"), payload(b"b")]);
        assert_eq!(found, [payload(b"a"), payload(b"b")]);
    }
}
