//! Bytes as base32 in Crockford's alphabet: digits and capitals without I, L, O and U. Who types a
//! label may write O for 0 and I or L for 1.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Ten bytes are sixteen characters, with no bit left over: every text has one meaning and every
/// value one text.
const CHARACTERS: usize = 16;

/// The sixteen characters of ten bytes.
pub(super) fn write(bytes: &[u8; 10]) -> String {
    let all = bytes.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    (0..CHARACTERS).rev().map(|at| char::from(ALPHABET[(all >> (5 * at)) as usize & 31])).collect()
}

/// The ten bytes of sixteen characters.
pub(super) fn read(text: &str) -> Option<[u8; 10]> {
    if text.len() != CHARACTERS {
        return None;
    }
    let mut all = 0_u128;
    for byte in text.bytes() {
        let plain = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let value = ALPHABET.iter().position(|symbol| *symbol == plain)?;
        all = (all << 5) | value as u128;
    }
    all.to_be_bytes()[6..].try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes: [u8; 10]) {
            let text = write(&bytes);
            prop_assert_eq!(text.len(), CHARACTERS);
            prop_assert_eq!(read(&text), Some(bytes));
            prop_assert_eq!(read(&text.to_ascii_lowercase()), Some(bytes));
        }
    }

    #[test]
    fn look_alikes_are_forgiven_and_the_rest_is_refused() {
        assert_eq!(read("OIL0000000000000"), read("0110000000000000"));
        assert_eq!(read("U000000000000000"), None);
        assert_eq!(read("000000000000000"), None);
        assert_eq!(read("00000000000000000"), None);
        assert_eq!(read("见000000000000é"), None);
    }
}
