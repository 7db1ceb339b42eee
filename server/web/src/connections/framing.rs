//! Where the heads of requests begin and end in what a caller sends. The HTTP library takes a bare
//! LF for the end of a line; a proxy in front may not, and then the two see different requests in
//! the same bytes (RFC 9112 §2.2). So here a line ends with CR LF, and a bare LF is made a
//! character that no head may hold: the library answers 400.

/// Most characters of a header line that are looked at: the two that frame a body are shorter.
const LOOKED_AT: usize = 256;

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Head,
    /// A body of so many more bytes.
    Body(u64),
    /// The line before a chunk.
    Size,
    /// A chunk of so many more bytes, its line end among them.
    Chunk(u64),
    Trailer,
    /// After a fault: nothing more is asked on this connection.
    Refused,
}

/// Follows one connection.
#[derive(Debug)]
pub(super) struct Framing {
    part: Part,
    /// The line so far, as much of it as is looked at.
    line: Vec<u8>,
    /// How long the line really is.
    length: usize,
    /// The byte before.
    before: u8,
    /// Whether the head has its first line.
    begun: bool,
    /// What the head says of its body.
    body: Option<u64>,
    chunked: bool,
}

impl Default for Framing {
    fn default() -> Self {
        Self {
            part: Part::Head,
            line: Vec::new(),
            length: 0,
            before: 0,
            begun: false,
            body: None,
            chunked: false,
        }
    }
}

impl Framing {
    /// Whether nothing of a request has come that is not whole.
    pub(super) fn is_between_requests(&self) -> bool {
        self.part == Part::Head && !self.begun && self.length == 0
    }

    /// Follows `bytes`, and makes every bare LF of a head, a chunk's line or a trailer a NUL.
    pub(super) fn follow(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            at += match self.part {
                Part::Refused => return,
                Part::Body(left) => {
                    let (taken, left) = skip(left, rest.len());
                    self.part = if left == 0 { Part::Head } else { Part::Body(left) };
                    taken
                }
                Part::Chunk(left) => {
                    let (taken, left) = skip(left, rest.len());
                    self.part = if left == 0 { Part::Size } else { Part::Chunk(left) };
                    taken
                }
                Part::Head | Part::Size | Part::Trailer => {
                    let end = rest.iter().position(|byte| *byte == b'\n');
                    let (line, feed) = rest.split_at_mut(end.unwrap_or(rest.len()));
                    self.go_on(line);
                    if let Some(feed) = feed.first_mut() {
                        self.end_line(feed);
                    }
                    line.len() + usize::from(end.is_some())
                }
            };
        }
    }

    /// Takes more of a line.
    fn go_on(&mut self, bytes: &[u8]) {
        let room = LOOKED_AT - self.line.len();
        self.line.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.length += bytes.len();
        self.before = bytes.last().copied().unwrap_or(self.before);
    }

    /// Takes the end of a line.
    fn end_line(&mut self, line_feed: &mut u8) {
        if self.before != b'\r' {
            *line_feed = 0;
            self.part = Part::Refused;
            return;
        }
        let whole = self.length <= LOOKED_AT;
        let length = self.length - 1;
        let mut line = std::mem::take(&mut self.line);
        (self.length, self.before) = (0, 0);
        let text = line.get(..length.min(line.len())).unwrap_or_default();
        match self.part {
            Part::Head if length == 0 && !self.begun => {} // allowed before a request
            Part::Head if length == 0 => self.end_of_head(line_feed),
            Part::Head if !self.begun => self.begun = true,
            Part::Head => self.header(text, whole),
            Part::Size => {
                let digits = text.split(|byte| *byte == b';').next().unwrap_or_default();
                let size = std::str::from_utf8(digits).ok().map(str::trim);
                self.part = match size.and_then(|size| u64::from_str_radix(size, 16).ok()) {
                    Some(0) => Part::Trailer,
                    Some(size) => Part::Chunk(size.saturating_add(2)),
                    None => Part::Refused,
                };
            }
            Part::Trailer if length == 0 => self.part = Part::Head,
            Part::Trailer | Part::Body(_) | Part::Chunk(_) | Part::Refused => {}
        }
        line.clear();
        self.line = line;
    }

    /// Notes what a header says of the body.
    fn header(&mut self, line: &[u8], whole: bool) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = line.split_at(colon);
        let value = String::from_utf8_lossy(value.get(1..).unwrap_or_default());
        if name.eq_ignore_ascii_case(b"content-length") {
            // One that does not read is refused by the library.
            self.body = Some(value.trim().parse().unwrap_or(0));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            // Only the end of the line tells, and nobody sends a longer one.
            self.chunked = !whole || value.to_ascii_lowercase().contains("chunked");
        }
    }

    /// A body that is framed in two ways is two bodies (RFC 9112 §6.1): its head is refused like one
    /// with a bare LF.
    fn end_of_head(&mut self, line_feed: &mut u8) {
        self.part = match (self.chunked, self.body) {
            (true, Some(_)) => {
                *line_feed = 0;
                Part::Refused
            }
            (true, None) => Part::Size,
            (false, None | Some(0)) => Part::Head,
            (false, Some(length)) => Part::Body(length),
        };
        (self.begun, self.chunked, self.body) = (false, false, None);
    }
}

/// How many of `there` bytes are passed over, and how many are left to pass over afterwards.
fn skip(left: u64, there: usize) -> (usize, u64) {
    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(there);
    (taken, left - taken as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library is handed, given all at once and byte by byte.
    fn followed(text: &str) -> (String, Framing) {
        let mut whole = text.as_bytes().to_vec();
        Framing::default().follow(&mut whole);
        let (mut bytes, mut framing) = (text.as_bytes().to_vec(), Framing::default());
        for byte in &mut bytes {
            framing.follow(std::slice::from_mut(byte));
        }
        assert_eq!(whole, bytes);
        (String::from_utf8(bytes).unwrap(), framing)
    }

    #[test]
    fn a_line_of_a_head_ends_with_cr_lf_and_nothing_else() {
        for bare in [
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\n\nGET / HTTP/1.1\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\nc\r\n0\r\nA: b\n\r\n",
            // A body framed in two ways.
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ] {
            let (handed, framing) = followed(bare);
            assert_eq!(handed.matches('\0').count(), 1, "{bare:?}");
            assert_eq!(framing.part, Part::Refused);
        }
    }

    #[test]
    fn what_is_framed_rightly_goes_through_as_it_came() {
        for right in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-LENGTH: 4\r\n\r\n\n\n\n\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\n\n\n\r\n\r\n0\r\nA: b\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        ] {
            let (handed, framing) = followed(right);
            assert_eq!(handed, right);
            assert!(framing.is_between_requests(), "{right:?} {framing:?}");
        }
        assert!(!followed("GET / HT").1.is_between_requests());
        assert!(
            !followed("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab").1.is_between_requests()
        );
    }
}
