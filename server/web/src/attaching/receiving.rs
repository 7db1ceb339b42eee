//! Letting a form with files in: each is kept when it has come whole, and nothing of it waits for the rest.

use std::time::Duration;

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
    form_body::{Came, MOST_FIELDS},
    state::AppState,
};

/// How much more than a request may have is let in and dropped, before a line is cut: times.
const MOST_DROPPED: u64 = 4;

/// What a form brought of files that are not kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brought(pub(super) Vec<RefusedFile>);

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
    let place = parts.uri.path().strip_prefix("/c/")?;
    let most = service(&item)?.attachments.as_ref()?.most;
    place.ends_with("/requests/new").then_some(Awaited { boundary, most })
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
    };
    let form = Multipart::new(body.into_data_stream(), boundary);
    let came = tokio::time::timeout(patience, receiving.all(form)).await;
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
}

impl Receiving<'_> {
    async fn all(&mut self, mut form: Multipart<'static>) -> Came {
        let mut fields = 0;
        loop {
            let part = match form.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Came::Whole,
                Err(_) => return Came::BrokenOff,
            };
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let came = match part.file_name().map(str::to_owned) {
                Some(given) if name == FILES => self.file(part, &given).await,
                // Nothing of ours brings others.
                Some(_) => continue,
                None => {
                    fields += 1;
                    self.field(part, &name).await
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
    async fn field(&mut self, mut part: Field<'static>, name: &str) -> Came {
        let most = self.state.settings.limits.body_bytes;
        let mut typed = Vec::new();
        let came = loop {
            match part.chunk().await {
                Ok(Some(chunk)) => {
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

    async fn file(&mut self, mut part: Field<'static>, given: &str) -> Came {
        let files = &self.state.files;
        let most = files.budget().request_bytes;
        let mut incoming = files.incoming();
        loop {
            match part.chunk().await {
                Ok(Some(chunk)) => {
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
