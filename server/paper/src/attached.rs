//! Taking the attached file out of a document that anybody may have made.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// No document of ours is longer, bytes: a form must hold it.
pub const MOST_BYTES: usize = 1024 * 1024;

/// What the dictionary of an attached file calls it (ISO 32000-1, 7.11.4).
const TYPE: &[u8] = b"/EmbeddedFile";
/// How far behind that its bytes begin at most: dictionaries are short.
const MOST_OF_A_DICTIONARY: usize = 2_000;

/// Whether a file says that it is a PDF.
#[must_use]
pub fn is_pdf(file: &[u8]) -> bool {
    file.starts_with(b"%PDF-")
}

/// The one file that is attached to a document, of `longest` bytes at most; `None` where there is none, where
/// there are several, and where it does not read as ours are written: deflated, and not encrypted.
#[must_use]
pub fn attached(file: &[u8], longest: usize) -> Option<Vec<u8>> {
    if !is_pdf(file) || file.len() > MOST_BYTES {
        return None;
    }
    let mut places = places(file, TYPE).filter(|at| {
        let after = file.get(at + TYPE.len());
        after.is_none_or(|byte| !byte.is_ascii_alphanumeric())
    });
    let (at, None) = (places.next()?, places.next()) else { return None };
    let rest = file.get(at..)?;
    let keyword = b"stream";
    let begins = places_within(rest, keyword, MOST_OF_A_DICTIONARY)? + keyword.len();
    let bytes = rest.get(begins..)?;
    let bytes = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n"))?;
    decompress_to_vec_zlib_with_limit(bytes, longest).ok()
}

fn places<'f>(file: &'f [u8], word: &'f [u8]) -> impl Iterator<Item = usize> + 'f {
    file.windows(word.len()).enumerate().filter(move |(_, part)| *part == word).map(|(at, _)| at)
}

fn places_within(file: &[u8], word: &[u8], most: usize) -> Option<usize> {
    places(&file[..file.len().min(most)], word).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(parts: &[&[u8]]) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        for part in parts {
            let stream = miniz_oxide::deflate::compress_to_vec_zlib(part, 6);
            file.extend(b"1 0 obj\n<</Type/EmbeddedFile/Length 9>>\nstream\n");
            file.extend(stream);
            file.extend(b"\nendstream\nendobj\n/Names<</EmbeddedFiles 3 0 R>>\n");
        }
        file
    }

    #[test]
    fn sites_s6_one_attached_file_is_taken_out_and_nothing_else() {
        assert_eq!(attached(&pdf(&[b"{}"]), 9).as_deref(), Some(&b"{}"[..]));
        assert_eq!(attached(&pdf(&[]), 9), None);
        assert_eq!(attached(&pdf(&[b"{}", b"{}"]), 9), None, "nobody can tell which is meant");
        assert_eq!(attached(&pdf(&[b"1234567890"]), 9), None, "too long");
        assert_eq!(attached(&pdf(&[&[0; 1 << 20]]), 9), None, "a bomb");
        assert_eq!(attached(&pdf(&[b"{}"])[1..], 9), None, "no PDF");
    }

    #[test]
    fn sites_s6_no_file_brings_it_down() {
        let whole = pdf(&[b"{\"format\":\"jianma-verdict\"}"]);
        for end in 0..whole.len() {
            let _ = attached(&whole[..end], 99);
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut file = whole.clone();
                file[at] ^= 1 << bit;
                if let Some(text) = attached(&file, 99) {
                    // What comes out is all of it, or the checksum of the stream refuses it.
                    assert_eq!(text, b"{\"format\":\"jianma-verdict\"}", "byte {at}, bit {bit}");
                }
            }
        }
        let mut long = whole;
        long.resize(MOST_BYTES + 1, b' ');
        assert_eq!(attached(&long, 99), None);
    }
}
