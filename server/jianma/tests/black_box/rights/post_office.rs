//! A server of mail for the portal to send to, as `mailin` speaks SMTP; it keeps what it took.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mailin::{Action, Handler, Response, SessionBuilder, response};

/// A letter that was taken.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    /// As it came, unfolded.
    pub head: String,
    /// Decoded.
    pub subject: String,
    /// Decoded.
    pub body: String,
}

impl Letter {
    fn read(to: String, raw: &[u8]) -> Self {
        let text = String::from_utf8(raw.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let subject = header(&head, "Subject").replace("?= =?", "?==?");
        let subject = subject.split_inclusive("?=").map(decoded_word).collect();
        let body = match header(&head, "Content-Transfer-Encoding") {
            "base64" => from_base64(&body.replace("\r\n", "")),
            "quoted-printable" => from_quoted(body),
            _ => body.to_owned(),
        };
        Self { to, subject, body: body.replace("\r\n", "\n"), head }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        header(&self.head, name)
    }

    /// The line of the body that holds `part`.
    pub fn line(&self, part: &str) -> &str {
        self.body.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{self:?}"))
    }
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let value = |line: &'h str| line.strip_prefix(name)?.strip_prefix(": ");
    head.split("\r\n").find_map(value).unwrap_or_default()
}

fn decoded_word(word: &str) -> String {
    let inner = |word: &str| {
        let (plain, encoded) = word.split_once("=?utf-8?b?")?;
        Some(format!("{plain}{}", from_base64(encoded.strip_suffix("?=")?)))
    };
    inner(word).unwrap_or_else(|| word.to_owned())
}

fn from_base64(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

fn from_quoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Clone, Default)]
struct Desk {
    letters: Arc<Mutex<Vec<Letter>>>,
    /// Nobody of this name lives here.
    unknown: Arc<Mutex<Option<String>>>,
    /// It takes its time before it says that it took a letter, and takes none then.
    slow: Arc<AtomicBool>,
    to: String,
    bytes: Vec<u8>,
}

impl Handler for Desk {
    fn rcpt(&mut self, to: &str) -> Response {
        if self.unknown.lock().unwrap().as_deref() == Some(to) {
            return Response::custom(550, "5.1.1 nobody of that name lives here".to_owned());
        }
        to.clone_into(&mut self.to);
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let bytes = std::mem::take(&mut self.bytes);
        if self.slow.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_secs(5));
            return response::INTERNAL_ERROR;
        }
        self.letters.lock().unwrap().push(Letter::read(self.to.clone(), &bytes));
        response::OK
    }
}

/// A post office that is open until it is dropped.
pub struct PostOffice {
    desk: Desk,
    closed: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl PostOffice {
    /// Opens one on a port of this machine.
    pub fn open(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (desk, closed) = (Desk::default(), Arc::new(AtomicBool::new(false)));
        let (at, until) = (desk.clone(), closed.clone());
        let listening = thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((line, _)) => {
                        let desk = at.clone();
                        // A line that breaks off is the other side's matter.
                        thread::spawn(move || drop(speak(line, desk)));
                    }
                    Err(_nobody) => thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        Self { desk, closed, listening: Some(listening) }
    }

    /// Every letter that it took, in order.
    pub fn letters(&self) -> Vec<Letter> {
        self.desk.letters.lock().unwrap().clone()
    }

    /// From now on nobody of this name lives here.
    pub fn forget(&self, address: &str) {
        *self.desk.unknown.lock().unwrap() = Some(address.to_owned());
    }

    /// Whether it takes its time and no letters.
    pub fn set_slow(&self, slow: bool) {
        self.desk.slow.store(slow, Ordering::Relaxed);
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        if let Some(listening) = self.listening.take() {
            listening.join().unwrap();
        }
    }
}

fn speak(line: TcpStream, desk: Desk) -> io::Result<()> {
    line.set_nonblocking(false)?;
    let mut answers = line.try_clone()?;
    let mut session = SessionBuilder::new("post.example").build(line.peer_addr()?.ip(), desk);
    session.greeting().write_to(&mut answers)?;
    let mut lines = BufReader::new(line);
    let mut bytes = Vec::new();
    while lines.read_until(b'\n', &mut bytes)? > 0 {
        let answer = session.process(&bytes);
        bytes.clear();
        if !matches!(answer.action, Action::NoReply) {
            answer.write_to(&mut answers)?;
            answers.flush()?;
        }
        if matches!(answer.action, Action::Close) {
            break;
        }
    }
    Ok(())
}
