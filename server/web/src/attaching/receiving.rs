//! Letting a form with files in: each is kept when it has come whole, and nothing of it waits for the rest.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use app::urls;
use axum::{
    body::Body,
    http::{HeaderValue, header, request::Parts},
};
use domain::{
    attachment::{FIELD, FILES, FileFault, RefusedFile, display_name},
    request::files::carried,
    service::service,
};
use multer::{Field, Multipart};

use crate::{
    client::ClientAddress,
    form_body::{Came, MOST_FIELDS},
    multipart::in_pieces,
    request_id::RequestId,
    security_event::Event,
    state::AppState,
};

/// How much more than a request may have is let in and dropped, before a line is cut: times.
const MOST_DROPPED: u64 = 4;

/// What a form brought of files that are not kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brought(pub(super) Vec<RefusedFile>);

impl Brought {
    /// Whether every file that came was kept.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A form in parts that may bring files to where it goes.
pub(crate) struct Awaited {
    boundary: String,
    /// How many files its service takes.
    most: usize,
}

/// Whether it is one: its service says so.
pub(crate) fn awaited(parts: &Parts) -> Option<Awaited> {
    let kind = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    let mut query = form_urlencoded::parse(parts.uri.query()?.as_bytes());
    let (_, item) = query.find(|(name, _)| name == "item")?;
    let most = service(&item)?.attachments.as_ref()?.most;
    let path = parts.uri.path();
    let takes = urls::is_request_form(path) || urls::place_of_staff_materials(path).is_some();
    takes.then_some(Awaited { boundary, most })
}

/// Lets a form with files in and keeps the files. It goes on as the same form that carries them.
pub(crate) async fn receive(
    state: &AppState,
    parts: &mut Parts,
    body: Body,
    Awaited { boundary, most }: Awaited,
) -> (Vec<u8>, Came) {
    let patience = Duration::from_secs(state.settings.limits.upload_seconds);
    let mut receiving = Receiving {
        state,
        text: Vec::new(),
        carried: String::new(),
        held: Vec::new(),
        refused: Vec::new(),
        seen: 0,
        most,
        // Without the door everybody is one: nobody is let in uncounted.
        client: parts
            .extensions
            .get()
            .copied()
            .unwrap_or(ClientAddress(Ipv4Addr::UNSPECIFIED.into())),
        id: parts.extensions.get::<RequestId>().map(|id| id.0.to_string()),
    };
    let unread = Arc::<AtomicUsize>::default();
    let form = Multipart::new(in_pieces(body, unread.clone()), boundary);
    let came = tokio::time::timeout(patience, receiving.all(form, &unread)).await;
    let (text, refused) = receiving.ended();
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    parts.headers.insert(header::CONTENT_TYPE, kind);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.extensions.insert(Brought(refused));
    (text, came.unwrap_or(Came::TooSlowly))
}

/// A form that is coming in.
struct Receiving<'s> {
    state: &'s AppState,
    /// Its fields, as a form without files has them.
    text: Vec<u8>,
    /// What it carried of files that were kept before.
    carried: String,
    /// The ids of those that are kept now.
    held: Vec<String>,
    refused: Vec<RefusedFile>,
    /// Bytes of files so far, those that were dropped too.
    seen: u64,
    /// Most files that are kept of it.
    most: usize,
    /// Where it comes from.
    client: ClientAddress,
    /// The id of the request, for the security log.
    id: Option<String>,
}

impl Receiving<'_> {
    async fn all(&mut self, mut form: Multipart<'static>, unread: &AtomicUsize) -> Came {
        let mut fields = 0;
        loop {
            let part = match form.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Came::Whole,
                Err(_) => return Came::BrokenOff,
            };
            unread.store(0, Ordering::Relaxed);
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let came = match part.file_name().map(str::to_owned) {
                Some(given) if name == FILES => self.file(part, &given, unread).await,
                // Nothing of ours brings others.
                Some(_) => self.dropped(part, unread).await,
                None => {
                    fields += 1;
                    self.field(part, &name, unread).await
                }
            };
            if came != Came::Whole {
                return came;
            }
            if fields > MOST_FIELDS {
                return Came::TooMuch;
            }
        }
    }

    /// A field, as far as it came.
    async fn field(&mut self, mut part: Field<'static>, name: &str, unread: &AtomicUsize) -> Came {
        let most = self.state.settings.limits.body_bytes;
        let mut typed = Vec::new();
        let came = loop {
            match part.chunk().await {
                Ok(Some(chunk)) => {
                    unread.store(0, Ordering::Relaxed);
                    let room = (most + 1).saturating_sub(self.text.len() + typed.len());
                    typed.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                }
                Ok(None) => break Came::Whole,
                Err(_) => break Came::BrokenOff,
            }
        };
        if name == FIELD {
            self.carried = String::from_utf8_lossy(&typed).into_owned();
        } else {
            self.write(name, &typed);
        }
        came
    }

    fn write(&mut self, name: &str, typed: &[u8]) {
        let encoded = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
        let pair = format!("&{}={}", encoded(name.as_bytes()), encoded(typed));
        self.text.extend_from_slice(pair.as_bytes());
    }

    /// Its fields, with what it carries of files from now on, and what was refused.
    fn ended(mut self) -> (Vec<u8>, Vec<RefusedFile>) {
        let marked = carried(&self.state.receipts, self.held.iter().map(String::as_str));
        let all = format!("{} {marked}", self.carried);
        if !all.trim().is_empty() {
            self.write(FIELD, all.trim().as_bytes());
        }
        (self.text, self.refused)
    }

    /// A part that nothing of ours brings: read past, as far as a line is not cut.
    async fn dropped(&mut self, mut part: Field<'static>, unread: &AtomicUsize) -> Came {
        loop {
            match part.chunk().await {
                Ok(Some(chunk)) => {
                    unread.store(0, Ordering::Relaxed);
                    self.seen += chunk.len() as u64;
                }
                Ok(None) => return Came::Whole,
                Err(_) => return Came::BrokenOff,
            }
            if self.seen > self.state.files.budget().request_bytes * MOST_DROPPED {
                return Came::TooMuch;
            }
        }
    }

    async fn file(&mut self, mut part: Field<'static>, given: &str, unread: &AtomicUsize) -> Came {
        let files = &self.state.files;
        let most = files.budget().request_bytes;
        let mut incoming = files.incoming();
        loop {
            match part.chunk().await {
                Ok(Some(chunk)) => {
                    unread.store(0, Ordering::Relaxed);
                    self.seen += chunk.len() as u64;
                    incoming.push(&chunk);
                }
                Ok(None) => break,
                Err(_) => return Came::BrokenOff,
            }
            if self.seen > most * MOST_DROPPED {
                self.refuse(given, FileFault::TooMuch { most });
                return Came::TooMuch;
            }
        }
        // What a browser sends where no file was chosen.
        if given.is_empty() && incoming.is_empty() {
            return Came::Whole;
        }
        if self.held.len() >= self.most {
            self.refuse(given, FileFault::TooMany { most: self.most });
            return Came::Whole;
        }
        if let Err(seconds) = counted(self.state, self.client, self.id.as_deref(), incoming.bytes())
        {
            self.refuse(given, FileFault::TooOften { seconds });
            return Came::Whole;
        }
        match incoming.hold(given).await {
            Ok(held) => self.held.push(held.id),
            Err(fault) => self.refuse(given, fault),
        }
        Came::Whole
    }

    fn refuse(&mut self, given: &str, fault: FileFault) {
        self.refused.push(RefusedFile { name: display_name(given), fault });
    }
}

/// Counts a file of so many bytes for the address that it comes from; one too many is written down.
pub(super) fn counted(
    state: &AppState,
    client: ClientAddress,
    id: Option<&str>,
    bytes: u64,
) -> Result<(), u64> {
    let in_hall = state.settings.halls.values().any(|hall| hall.is_of(client));
    let counted = state.limits.upload(client, in_hall, bytes);
    if counted.is_err() {
        state.metrics.limit_hit("upload");
        let mark = state.marks.mark(client);
        state.security.note(Event::TooOften, Some(&mark), id);
    }
    counted
}
