//! Extracts of places: taken away from the page of the place, brought back to the page that checks them, or checked
//! by the code of a printed one.

use app::{
    extracts::extract,
    found::{Asked, Drawn as PagesDrawn, Found},
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    LandCode, Locale,
    clock::china_date,
    code::Parsed,
    signed_extract::{
        Checked, LONGEST, SignedExtract, Stub, StubRead, check, digest,
        is_cut_short as is_beginning, sign,
    },
};
use service_api::{
    Drawn, ExtractReading, GenuineExtract, Refusal, Seen, ToldNow, Unavailable, VerdictReading,
};

use crate::{
    cookies,
    file_named::file_named,
    issuer::issuer,
    pages::{self, draw},
    security::visitor::{AddressedCode, AddressedText, Visitor},
    state::AppState,
};

/// `GET /c/{code}/extract.json`: everything that everybody is told of a place, signed, as a file.
pub async fn file(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    taken_away(&state, &visitor, code, request, "json").await
}

/// `GET /c/{code}/extract.pdf`: the same as a document, with the file in it.
pub async fn document(
    State(state): State<AppState>,
    visitor: Visitor,
    code: AddressedCode,
    request: Request,
) -> Response {
    taken_away(&state, &visitor, code, request, "pdf").await
}

async fn taken_away(
    state: &AppState,
    visitor: &Visitor,
    code: AddressedCode,
    request: Request,
    ending: &'static str,
) -> Response {
    let AddressedCode { written, read } = code;
    let Ok(parsed) = &read else {
        return pages::show(state, visitor, request, Asked::Place { written, read }).await;
    };
    let code = parsed.code.canonical();
    let own = urls::extract(&code, ending);
    if request.uri().path() != own {
        return Redirect::to(&own).into_response();
    }
    // Whoever is handed the file need not be who took it: it tells what everybody is told.
    let seen = state.portal.see(&visitor.as_everybody(), (&code, Drawn::WithMap)).await;
    let place = match seen {
        Ok(Seen { place, .. }) => place,
        Err(refusal) => {
            let found = Found::by_look(Parsed { code, ..parsed.clone() }, Err(refusal));
            return draw(state, visitor, request, found).await;
        }
    };
    let locale = cookies::locale(request.headers());
    let (own_state, issuer) = (state.clone(), issuer(state));
    let work = async move {
        let now = own_state.clock.now();
        let Some(extract) = extract(&place, &code, &issuer, china_date(now)) else {
            return Ok(None);
        };
        let signer = own_state.portal.signer().ok_or(Unavailable)?;
        let signed = sign(extract, now, signer).map_err(|error| {
            tracing::error!(%error, "an extract is not signed");
            Unavailable
        })?;
        let bytes = match ending {
            "pdf" => drawn(&signed, locale).ok_or(Unavailable)?,
            _ => signed.text.into_bytes(),
        };
        Ok::<_, Unavailable>(Some(bytes))
    };
    match state.drawing.draw(work).await {
        Ok(Some(bytes)) => answer(bytes, &code, ending),
        // Its page says what became of it.
        Ok(None) => Redirect::to(&urls::place(&code)).into_response(),
        Err(unavailable) => visitor.page(state, request, &Refusal::from(unavailable)).await,
    }
}

fn answer(bytes: Vec<u8>, code: &LandCode, ending: &'static str) -> Response {
    let kind = match ending {
        "pdf" => "application/pdf",
        _ => "application/json",
    };
    let file = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response();
    file_named(file, &format!("{}.extract.{ending}", code.as_str()))
}

/// The document of a file. It takes some milliseconds.
fn drawn(file: &SignedExtract, locale: Locale) -> Option<Vec<u8>> {
    let drawn = app::extract_paper(locale, file).to_pdf();
    drawn.inspect_err(|error| tracing::error!(%error, "an extract is not drawn")).ok()
}

/// Whether a document ends before its end.
pub(crate) fn is_cut_short(document: &[u8]) -> bool {
    let end = &document[document.len().saturating_sub(1024)..];
    !end.windows(5).any(|bytes| bytes == b"%%EOF")
}

/// What is said of a file whose end is missing.
pub(crate) fn cut_short(text: String) -> Found {
    Found::Extract { reading: Box::new(ExtractReading::CutShort), text, drawn: None }
}

/// What a file is that is no verdict.
pub(crate) async fn brought(
    state: &AppState,
    visitor: &Visitor,
    (given, text): (&[u8], String),
    document: Option<Vec<u8>>,
    carried: Option<PagesDrawn>,
) -> Result<Found, Refusal> {
    let keys = state.portal.signing_keys()?;
    let signer = state.portal.signer().ok_or(Unavailable)?;
    let reading = match check(given, &keys, signer) {
        Checked::Genuine(file) => {
            let stub = Stub::of(&file.extract, file.signed.at).ok_or(Unavailable)?;
            let reading = genuine(state, visitor, stub, Some(file.clone())).await?;
            let drawn = match document {
                Some(document) => Some(compared(state, *file, document).await),
                None => carried,
            };
            return Ok(Found::Extract { reading: Box::new(reading), text, drawn });
        }
        Checked::Altered => ExtractReading::Altered,
        Checked::UnknownKey(_) => ExtractReading::NotOurs,
        Checked::Revoked { since, .. } => ExtractReading::Revoked { since: china_date(since) },
        Checked::Newer => ExtractReading::Newer,
        Checked::NoFile if given.len() <= LONGEST && is_beginning(given) => {
            ExtractReading::CutShort
        }
        Checked::NoFile => {
            let reading = Box::new(VerdictReading::NoVerdict);
            return Ok(Found::Verdict { reading, text, drawn: None });
        }
    };
    Ok(Found::Extract { reading: Box::new(reading), text, drawn: None })
}

/// How a document stands to the genuine file in it.
async fn compared(state: &AppState, file: SignedExtract, document: Vec<u8>) -> PagesDrawn {
    let compare = async move {
        let drawn = [Locale::Zh, Locale::En].map(|locale| drawn(&file, locale));
        match drawn {
            _ if drawn.iter().flatten().any(|drawn| *drawn == document) => PagesDrawn::Same,
            [Some(_), Some(_)] => PagesDrawn::Differs,
            _ => PagesDrawn::Unknown,
        }
    };
    state.drawing.draw(compare).await
}

/// `GET /verify/{stub}`: what the code of a printed extract comes to.
pub async fn printed(
    State(state): State<AppState>,
    visitor: Visitor,
    AddressedText(stub): AddressedText,
    request: Request,
) -> Response {
    let found = read(&state, &visitor, &stub).await;
    draw(&state, &visitor, request, found).await
}

async fn read(state: &AppState, visitor: &Visitor, stub: &str) -> Result<Found, Refusal> {
    let keys = state.portal.signing_keys()?;
    let signer = state.portal.signer().ok_or(Unavailable)?;
    let reading = match Stub::check(stub, &keys, signer) {
        StubRead::Genuine(stub) => genuine(state, visitor, stub, None).await?,
        StubRead::Altered => ExtractReading::Altered,
        StubRead::Revoked { since } => ExtractReading::Revoked { since: china_date(since) },
        StubRead::NoStub => ExtractReading::NoStub,
    };
    Ok(Found::Extract { reading: Box::new(reading), text: String::new(), drawn: None })
}

/// A genuine one, held against what everybody is told now: a look like any other.
async fn genuine(
    state: &AppState,
    visitor: &Visitor,
    stub: Stub,
    file: Option<Box<SignedExtract>>,
) -> Result<ExtractReading, Refusal> {
    let seen = state.portal.see(&visitor.as_everybody(), (&stub.code, Drawn::WithMap)).await;
    let now = match seen {
        Ok(Seen { place, .. }) => {
            let (today, issuer) = (china_date(state.clock.now()), issuer(state));
            let version = place.profile.version.clone();
            let code = stub.code;
            let again = async move {
                extract(&place, &code, &issuer, today).map(|extract| digest(&extract))
            };
            match state.drawing.draw(again).await {
                None => ToldNow::Ended,
                Some(Some(digest)) if digest == stub.digest => ToldNow::Same,
                Some(_) if version.label() != stub.version => ToldNow::OtherData {
                    since: Some(version.imported_at).filter(|since| *since > stub.at),
                    source_date: version.dataset.source_date,
                },
                Some(_) => ToldNow::Otherwise,
            }
        }
        Err(Refusal::Nothing { .. }) => ToldNow::Nothing,
        Err(refusal) => return Err(refusal),
    };
    let Stub { code, at, version, .. } = stub;
    Ok(ExtractReading::Genuine(Box::new(GenuineExtract { code, at, version, file, now })))
}
