//! A form in parts (RFC 7578): programs between a browser and us make one of ours. It is not taken, for
//! it can hold files; what was typed into it is given back. The forms about an outline and about a verdict are
//! such by themselves, and their files are read.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::body::{Body, Bytes};
use futures_util::StreamExt as _;

/// Most that comes before a part begins or goes on, bytes: lines about a part have a few hundred.
const MOST_UNREAD: usize = 1 << 20;

/// How much is let in of a form in parts that goes no further.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Let {
    /// Fields.
    pub(crate) fields: usize,
    /// Bytes of what was typed, altogether.
    pub(crate) typed: usize,
    /// Bytes of all of it, the files among them.
    pub(crate) whole: u64,
}

/// What was typed into a form in parts that goes no further, and how many files it brought: they are read past and
/// dropped. `None` of a body of another kind, and of one that did not come whole or is too much: it is no form to be
/// sent again.
pub(crate) async fn typed(
    kind: &str,
    body: Body,
    room: Let,
) -> Option<(Vec<(String, Vec<u8>)>, usize)> {
    let boundary = multer::parse_boundary(kind).ok()?;
    let unread = Arc::<AtomicUsize>::default();
    let mut parts = multer::Multipart::new(in_pieces(body, unread.clone()), boundary);
    let (mut form, mut files, mut whole, mut typed) = (Vec::new(), 0, 0_u64, 0);
    while let Some(mut part) = parts.next_field().await.ok()? {
        let name = part.name().map(str::to_owned).unwrap_or_default();
        let given = part.file_name().map(str::to_owned);
        let (mut bytes, mut is_empty) = (Vec::new(), true);
        while let Some(chunk) = part.chunk().await.ok()? {
            unread.store(0, Ordering::Relaxed);
            is_empty &= chunk.is_empty();
            whole += chunk.len() as u64;
            if given.is_none() {
                typed += chunk.len();
                bytes.extend_from_slice(&chunk);
            }
            if whole > room.whole || typed > room.typed {
                return None;
            }
        }
        match given {
            // What a browser sends where no file was chosen.
            Some(given) => files += usize::from(!given.is_empty() || !is_empty),
            None => form.push((name, bytes)),
        }
        if form.len() > room.fields {
            return None;
        }
    }
    Some((form, files))
}

/// A body, which breaks off where much comes and nothing of it can be read: what looks for the next part keeps all
/// that came before it. Whoever reads a part sets `unread` to nothing.
pub(crate) fn in_pieces(
    body: Body,
    unread: Arc<AtomicUsize>,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static {
    body.into_data_stream().map(move |chunk| {
        let chunk = chunk.map_err(io::Error::other)?;
        if unread.fetch_add(chunk.len(), Ordering::Relaxed) > MOST_UNREAD {
            return Err(io::Error::other("no part begins"));
        }
        Ok(chunk)
    })
}

/// The fields of a form in parts, at most so many, each with as much as came of it; of a file nothing.
/// Of a body of another kind there are none.
pub(crate) async fn fields(kind: &str, body: &[u8], most: usize) -> Vec<(String, Vec<u8>)> {
    let parts = parts(kind, body, most).await.into_iter();
    parts.filter(|part| !part.is_file).map(|part| (part.name, part.bytes)).collect()
}

/// The bytes of a file in a form in parts; `None` where none was chosen.
pub(crate) async fn file(kind: &str, body: &[u8], name: &str, most: usize) -> Option<Vec<u8>> {
    let mut parts = parts(kind, body, most).await.into_iter();
    let part = parts.find(|part| part.is_file && part.name == name)?;
    (!part.bytes.is_empty()).then_some(part.bytes)
}

struct Part {
    name: String,
    is_file: bool,
    bytes: Vec<u8>,
}

/// `None` of a body of another kind.
fn opened(kind: &str, body: &[u8]) -> Option<multer::Multipart<'static>> {
    let boundary = multer::parse_boundary(kind).ok()?;
    let stream = Body::from(body.to_vec()).into_data_stream();
    Some(multer::Multipart::new(stream, boundary))
}

/// Those with a name, among so many.
async fn parts(kind: &str, body: &[u8], most: usize) -> Vec<Part> {
    let mut form = Vec::new();
    let Some(mut parts) = opened(kind, body) else { return form };
    let mut seen = 0;
    while seen < most
        && let Ok(Some(mut part)) = parts.next_field().await
    {
        let (name, is_file) = (part.name().map(str::to_owned), part.file_name().is_some());
        // A file has no part in how many fields there may be.
        seen += usize::from(!is_file && name.is_some());
        let mut bytes = Vec::new();
        // What came before it broke off was typed too.
        while let Ok(Some(chunk)) = part.chunk().await {
            bytes.extend_from_slice(&chunk);
        }
        form.extend(name.map(|name| Part { name, is_file, bytes }));
    }
    form
}

/// The whole of one part, by its name, also where it is a file; none of a body of another kind, or one that
/// broke off.
pub(crate) async fn part(kind: &str, body: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut parts = opened(kind, body)?;
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some(name) {
            return part.bytes().await.ok().map(|bytes| bytes.to_vec());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=x";

    fn part(head: &str, text: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
    }

    async fn read(body: &str) -> Vec<(String, String)> {
        let fields = fields(KIND, body.as_bytes(), 3).await.into_iter();
        fields.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
    }

    #[tokio::test]
    async fn a_file_is_taken_where_it_is_asked_for_by_name() {
        let file = part("name=\"file\"; filename=\"a.json\"", "{}");
        let text = part("name=\"text\"", "typed");
        let all = format!("{text}{file}--x--\r\n");
        for (name, expected) in [("file", Some("{}")), ("text", Some("typed")), ("other", None)] {
            let found = super::part(KIND, all.as_bytes(), name).await;
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{name}");
        }
        let broken = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{";
        assert_eq!(super::part(KIND, broken.as_bytes(), "file").await, None);
        assert_eq!(super::part("text/plain", all.as_bytes(), "file").await, None);
    }

    #[tokio::test]
    async fn what_was_typed_into_a_form_in_parts_reads_and_no_file_does() {
        let typed = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let name = part("name=\"applicant_name\"", "张三 & \"李\"");
        let file = part("name=\"picture\"; filename=\"a.png\"", "PNG");
        let all = format!("{name}{file}{}--x--\r\n", part("name=\"what\"", "一\r\n二"));
        let expected = [typed("applicant_name", "张三 & \"李\""), typed("what", "一\r\n二")];
        assert_eq!(read(&all).await, expected);
        assert_eq!(super::file(KIND, all.as_bytes(), "picture", 3).await, Some(b"PNG".to_vec()));
        let unchosen = part("name=\"picture\"; filename=\"\"", "") + "--x--\r\n";
        assert_eq!(super::file(KIND, unchosen.as_bytes(), "picture", 3).await, None);
        let broken = format!("{name}--x\r\nContent-Disposition: form-data; name=\"what\"\r\n\r\n");
        assert_eq!(read(&broken).await.first(), Some(&expected[0]));
        let many: String = (0..9).map(|at| part(&format!("name=\"f{at}\""), "x")).collect();
        assert_eq!(read(&many).await.len(), 3);
        for kind in ["multipart/form-data", "application/json", "text/plain"] {
            assert_eq!(fields(kind, all.as_bytes(), 3).await, Vec::new(), "{kind}");
        }
    }
}
