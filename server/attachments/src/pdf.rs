//! Documents (ISO 32000): kept as they are, so refused if they do anything by themselves.

use domain::attachment::FileFault;
use lopdf::{Dictionary, Document, LoadOptions, Object};

/// Most that one stream may unpack to while the document is read, bytes.
const MOST_UNPACKED: usize = 32 * 1024 * 1024;
/// How a document ends.
const END: &[u8] = b"%%EOF";
/// How an archive (APPNOTE.TXT) names its last record, and how far before the end of a file that may be.
const ARCHIVE_END: &[u8] = b"PK\x05\x06";
/// How it names each file in it.
const ARCHIVE_ENTRY: &[u8] = b"PK\x01\x02";
const ARCHIVE_REACH: usize = 66_000;

/// Keys under which a document keeps what runs, or other files.
const ACTIVE_KEYS: [&[u8]; 6] =
    [b"JS", b"JavaScript", b"XFA", b"EF", b"EmbeddedFiles", b"RichMediaContent"];
/// Actions that run something, send something or open something else (12.6.4).
const ACTIONS: [&[u8]; 10] = [
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"GoToE",
    b"GoToR",
    b"Rendition",
    b"RichMediaExecute",
    b"Movie",
    b"Sound",
];
/// Annotations and streams that hold other files or play something.
const ACTIVE_KINDS: [&[u8]; 6] =
    [b"EmbeddedFile", b"FileAttachment", b"RichMedia", b"Movie", b"Screen", b"3D"];

/// Whether a document is whole, of at most so many pages, and does nothing.
pub(crate) fn check(bytes: &[u8], pages: u32) -> Result<(), FileFault> {
    ends_at_its_end(bytes)?;
    let options =
        LoadOptions { max_decompressed_size: Some(MOST_UNPACKED), ..LoadOptions::default() };
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            lopdf::Error::Decryption(_)
            | lopdf::Error::InvalidPassword
            | lopdf::Error::UnsupportedSecurityHandler(_) => FileFault::Encrypted,
            _ => FileFault::Broken,
        })?;
    if document.was_encrypted() || document.trailer.has(b"Encrypt") {
        return Err(FileFault::Encrypted);
    }
    let most = usize::try_from(pages).unwrap_or(usize::MAX);
    match document.page_iter().take(most.saturating_add(1)).count() {
        0 => return Err(FileFault::Broken),
        count if count > most => return Err(FileFault::TooManyPages { most: pages }),
        _ => {}
    }
    let mut waiting: Vec<&Object> = document.objects.values().collect();
    if is_active(&document.trailer, &mut waiting) {
        return Err(FileFault::Active);
    }
    while let Some(object) = waiting.pop() {
        let active = match object {
            Object::Array(items) => {
                waiting.extend(items);
                false
            }
            Object::Dictionary(entries) => is_active(entries, &mut waiting),
            Object::Stream(stream) => is_active(&stream.dict, &mut waiting),
            _ => false,
        };
        if active {
            return Err(FileFault::Active);
        }
    }
    Ok(())
}

/// Whether a dictionary runs or holds something; what is in it is put among what waits.
fn is_active<'d>(entries: &'d Dictionary, waiting: &mut Vec<&'d Object>) -> bool {
    for (key, value) in entries {
        let key = key.as_slice();
        let names = |list: &[&[u8]]| value.as_name().is_ok_and(|name| list.contains(&name));
        let active = ACTIVE_KEYS.contains(&key)
            || (key == b"S" && names(&ACTIONS))
            || (matches!(key, b"Type" | b"Subtype") && names(&ACTIVE_KINDS));
        if active {
            return true;
        }
        waiting.push(value);
    }
    false
}

/// Nothing but white space follows the end of the document, and no archive is hidden in it.
fn ends_at_its_end(bytes: &[u8]) -> Result<(), FileFault> {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let end = bytes.iter().rposition(|byte| !blank(byte)).map_or(0, |at| at + 1);
    if !bytes[..end].ends_with(END) {
        let cut_off = find(bytes, END).is_none();
        return Err(if cut_off { FileFault::Broken } else { FileFault::Hidden });
    }
    let reach = bytes.len().saturating_sub(ARCHIVE_REACH);
    if find(&bytes[reach..], ARCHIVE_END).is_some() && find(bytes, ARCHIVE_ENTRY).is_some() {
        return Err(FileFault::Hidden);
    }
    Ok(())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}
