//! Files that programs bring for a request, whole or in parts as tus 1.0 has them: let in before the time for an answer
//! begins, for a slow line takes longer. What became of one goes on with its request ([`Received`]).

use std::time::Duration;

use attachments::{Arriving, NotGrown};
use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    http::{HeaderMap, Method, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    attachment::{Attached, FileFault},
    request::files::{carried, carried_ids},
};
use futures_util::StreamExt as _;
use service::follow::not_shown;
use store::{AttachmentState, HELD_FOR};

use super::{UPLOADS, receiving::counted};
use crate::{
    client::ClientAddress, form_body::collect, problem::Problem, refusal::Refusal,
    request_id::RequestId, state::AppState,
};

/// The version of tus that is spoken.
pub(crate) const TUS: &str = "1.0.0";
/// The header that names it.
pub(crate) const TUS_RESUMABLE: &str = "tus-resumable";
/// What a part is sent as.
const PART_TYPE: &str = "application/offset+octet-stream";
/// How long a line may be silent before what came of a part is kept: whoever sent it comes back on another.
const SILENCE: Duration = Duration::from_secs(10);
/// How much more than a file may have is let in and dropped, before a line is cut: times.
const MOST_DROPPED: u64 = 4;

/// What comes.
pub(crate) enum Awaited {
    /// A file.
    Whole,
    /// Word of a file that will come in parts.
    Word,
    /// A part of the file of this id, as it stands in the address.
    Part(String),
}

/// What became of what a request brought.
#[derive(Clone, Debug)]
pub struct Received(pub(crate) Result<Arriving, Problem>);

/// Whether a request brings a file.
pub(crate) fn awaited(request: &Request) -> Option<Awaited> {
    let path = request.uri().path();
    match *request.method() {
        Method::POST if path == UPLOADS => {
            let word = request.headers().contains_key(TUS_RESUMABLE);
            Some(if word { Awaited::Word } else { Awaited::Whole })
        }
        Method::PATCH => {
            let id = path.strip_prefix(UPLOADS)?.strip_prefix('/')?;
            Some(Awaited::Part(id.to_owned()))
        }
        _ => None,
    }
}

/// Lets in what comes. It goes on without its body, with what became of it.
pub(crate) async fn receive(state: &AppState, awaited: Awaited, request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let asked = Asked {
        state: state.clone(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        client: parts.extensions.get().copied(),
        id: parts.extensions.get().cloned(),
    };
    // By itself: what came of a line that broke is kept though nobody waits for the answer any more.
    let receiving = tokio::spawn(async move {
        match awaited {
            Awaited::Whole => asked.whole(body).await,
            Awaited::Word => asked.word().await,
            Awaited::Part(id) => asked.part(&id, body).await,
        }
    });
    let received = receiving.await.unwrap_or_else(|_panicked| Err(Problem::unavailable()));
    parts.extensions.insert(Received(received));
    parts.headers.remove(header::CONTENT_LENGTH);
    Request::from_parts(parts, Body::empty())
}

/// A request that brings something.
struct Asked {
    state: AppState,
    query: String,
    headers: HeaderMap,
    client: Option<ClientAddress>,
    id: Option<RequestId>,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Counts a file of so many bytes for the address that it comes from.
    fn counted(&self, bytes: u64) -> Result<(), Problem> {
        let client = self.client.ok_or_else(Problem::unavailable)?;
        let id = self.id.as_ref().map(|id| &*id.0);
        counted(&self.state, client, id, bytes).map_err(Problem::too_many_requests)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.state.settings.limits.upload_seconds)
    }

    /// A file that comes whole.
    async fn whole(&self, body: Body) -> Result<Arriving, Problem> {
        let mut query = form_urlencoded::parse(self.query.as_bytes());
        let name = query.find(|(name, _)| name == "name").map(|(_, name)| name.into_owned());
        let Some(name) = name else {
            let _dropped = collect(body, 0, self.patience()).await;
            return Err(Problem::bad_request("Say in `name` what the file is called."));
        };
        let files = &self.state.files;
        let mut incoming = files.incoming();
        let mut stream = body.into_data_stream();
        let most = files.budget().file_bytes;
        let mut seen = 0;
        let reading = async {
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map_err(|_broken| Refusal::TooSlow.problem())?;
                seen += chunk.len() as u64;
                if seen > most * MOST_DROPPED {
                    return Err(Problem::file(FileFault::TooLarge { most }));
                }
                incoming.push(&chunk);
            }
            Ok(())
        };
        let read = tokio::time::timeout(self.patience(), reading).await;
        read.unwrap_or_else(|_late| Err(Refusal::TooSlow.problem()))?;
        self.counted(incoming.bytes())?;
        let file = incoming.hold(&name).await.map_err(Problem::file)?;
        let Attached { id, name, size, .. } = file.clone();
        let until = self.state.clock.now() + HELD_FOR;
        Ok(Arriving { id, name, size, offset: size, until, file: Some(file) })
    }

    /// That its version of tus is spoken here.
    fn speaks_tus(&self) -> Result<(), Problem> {
        let said = self.header(TUS_RESUMABLE);
        if said == Some(TUS) { Ok(()) } else { Err(Problem::other_version()) }
    }

    /// Word of a file that will come in parts.
    async fn word(&self) -> Result<Arriving, Problem> {
        self.speaks_tus()?;
        let size = self.header("upload-length").and_then(|text| text.parse().ok());
        let size: u64 = size.ok_or_else(|| {
            Problem::bad_request("Say in `Upload-Length` how many bytes the file has.")
        })?;
        let name = self.header("upload-metadata").and_then(name_in).ok_or_else(|| {
            let detail = "Say in `Upload-Metadata` what the file is called: `filename`, in base64.";
            Problem::bad_request(detail)
        })?;
        let most = self.state.files.budget().file_bytes;
        if size > most {
            return Err(Problem::file(FileFault::TooLarge { most }));
        }
        self.counted(size)?;
        self.state.files.begin(&name, size).await.map_err(Problem::file)
    }

    /// A part of a file.
    async fn part(&self, address: &str, body: Body) -> Result<Arriving, Problem> {
        let mut stream = body.into_data_stream();
        let taken = tokio::time::timeout(self.patience(), self.taken(address, &mut stream)).await;
        let taken = taken.unwrap_or_else(|_late| Err(Refusal::TooSlow.problem()));
        if taken.is_err() {
            // A client that is still sending reads no answer.
            let rest = collect(Body::from_stream(stream), 0, SILENCE);
            let _dropped = rest.await;
        }
        taken
    }

    async fn taken(&self, address: &str, stream: &mut BodyDataStream) -> Result<Arriving, Problem> {
        self.speaks_tus()?;
        if self.header("content-type") != Some(PART_TYPE) {
            return Err(Problem::unsupported(format!("Send a part as `{PART_TYPE}`.")));
        }
        let offset = self.header("upload-offset").and_then(|text| text.parse().ok());
        let offset = offset.ok_or_else(|| {
            Problem::bad_request("Say in `Upload-Offset` where the part begins: ask by HEAD.")
        })?;
        let id = id_in(&self.state, address).ok_or_else(Problem::not_found)?;
        let mut growing = self.state.files.grow(&id, offset).await.map_err(not_grown)?;
        // A line that broke or fell silent: what came is kept.
        while let Ok(Some(Ok(chunk))) = tokio::time::timeout(SILENCE, stream.next()).await {
            growing.push(&chunk).await.map_err(not_grown)?;
        }
        growing.ended().await.map_err(not_grown)
    }
}

/// What a file is called by the metadata of tus: `filename`, or `name`, in base64.
fn name_in(metadata: &str) -> Option<String> {
    let named = |wanted: &str| {
        let pair = metadata.split(',').find_map(|pair| {
            let (key, value) = pair.trim().split_once(' ')?;
            (key == wanted).then_some(value.trim())
        });
        String::from_utf8(STANDARD.decode(pair?).ok()?).ok()
    };
    named("filename").or_else(|| named("name"))
}

/// What a program calls an upload: its id with this portal's mark, as a form carries it.
pub(crate) fn token(state: &AppState, id: &str) -> String {
    carried(&state.receipts, [id])
}

/// The id of an upload, where this portal marked it.
pub(crate) fn id_in(state: &AppState, token: &str) -> Option<String> {
    carried_ids(&state.receipts, token).pop()
}

/// What a program is told of a part that is not taken.
pub(crate) fn not_grown(why: NotGrown) -> Problem {
    match why {
        NotGrown::Gone => Problem::not_found(),
        NotGrown::Offset => Problem::conflict(
            "The part does not begin where the file ends: ask by HEAD, and go on from there.",
        ),
        NotGrown::Busy => {
            Problem::conflict("Another part is coming in. Ask by HEAD, and go on from there.")
        }
        NotGrown::TooLong => {
            Problem::bad_request("More came than `Upload-Length` said. Nothing of it was kept.")
        }
        NotGrown::TooManyParts => Problem::bad_request(
            "The file came in too many short parts and was let go of. Begin it anew, with parts of 1 MiB or more.",
        ),
        NotGrown::File(fault) => Problem::file(fault),
    }
}

/// How far an upload came. By itself: what is being put together goes on though nobody waits for the answer any more,
/// and is not begun again by whoever asks next.
pub(crate) async fn arriving(state: &AppState, id: String) -> Result<Arriving, Problem> {
    let files = state.files.clone();
    let looking = tokio::spawn(async move { files.arriving(&id).await });
    let found = looking.await.unwrap_or(Err(NotGrown::File(FileFault::Unavailable)));
    found.map_err(not_grown)
}

/// The files that a request names, as they were called when they were brought; `most` is how many its service takes.
///
/// # Errors
/// [`Problem`] for one that is not there, and for too many.
pub(crate) async fn named(
    state: &AppState,
    tokens: &[String],
    most: usize,
) -> Result<Vec<Attached>, Problem> {
    if tokens.len() > most {
        return Err(Problem::file(FileFault::TooMany { most }));
    }
    let gone = || Problem::file(FileFault::Gone);
    let mut ids: Vec<String> = Vec::new();
    for token in tokens {
        let id = id_in(state, token).ok_or_else(gone)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut files = Vec::new();
    for id in &ids {
        let known = state.files.known(std::slice::from_ref(id)).await;
        let known = known.map_err(|error| Problem::from(not_shown(error)))?;
        match known.into_iter().next() {
            // One that went with a request is looked at again: this may be the same request once more.
            Some((file, AttachmentState::Held(_) | AttachmentState::Claimed(_))) => {
                files.push(file);
            }
            None => match arriving(state, id.clone()).await?.file {
                Some(file) => files.push(file),
                None => return Err(Problem::conflict("A file of `attachments` is not whole yet.")),
            },
        }
    }
    let most = state.files.budget().request_bytes;
    if files.iter().map(|file| file.size).sum::<u64>() > most {
        return Err(Problem::file(FileFault::TooMuch { most }));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_from_the_metadata_of_tus() {
        let name = STANDARD.encode("裂缝.jpg");
        for metadata in [
            format!("filename {name}"),
            format!("filetype aW1hZ2UvanBlZw==, filename {name}"),
            format!("is_confidential,name {name}"),
        ] {
            assert_eq!(name_in(&metadata).as_deref(), Some("裂缝.jpg"), "{metadata}");
        }
        for metadata in ["", "filename", "filename %%", "filetype aW1hZ2UvanBlZw=="] {
            assert_eq!(name_in(metadata), None, "{metadata}");
        }
    }
}
