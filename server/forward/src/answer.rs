//! What a department's answer says: whether it is the department's own, and under which
//! reference it has the delivery.

use std::{borrow::Cow, io::Read};

use axum::http::{HeaderMap, StatusCode, header};
use domain::reference::{ReferenceFault, read_reference, written};
use flate2::read::{GzDecoder, ZlibDecoder};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;

use crate::charset;

/// The most that is read of an answer, bytes.
pub(crate) const LONGEST_ANSWER: usize = 64 * 1024;
/// The most that is read of a list of reports, bytes: each may have 12 KB of text.
pub(crate) const LONGEST_LIST: usize = 8 * 1024 * 1024;
/// Under which names departments nest what they have to say.
const NESTED: [&str; 2] = ["data", "result"];
/// What says no, when it is `false` in an answer.
const DENIALS: [&str; 5] = ["success", "ok", "found", "received", "exists"];

/// What a department's 2xx must have in it before a delivery counts as delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// The delivery's own id: `id` in JSON, or the header `webhook-id` or `Idempotency-Key`
    /// echoed. Nothing that stands between us and the department answers so.
    #[default]
    Id,
    /// The id or a reference, for departments that give a number and no id.
    Reference,
    /// Nothing: any 2xx will do, a sign-in page too. For departments that can do no better.
    Status,
}

/// An answer that was received, as far as it was.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Result<Vec<u8>, Unread>,
    /// The most that is read of it, bytes.
    most: usize,
}

/// Why the body of an answer was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unread {
    Cut,
    TooLong,
}

/// A confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// The department's reference.
    pub(crate) reference: Option<String>,
    /// What of it was lost, in words for the operator.
    pub(crate) remark: Option<String>,
}

impl Answer {
    /// Reads an answer to its end, or as far as it comes, and at most so many bytes.
    pub(crate) async fn read(mut response: Response, most: usize) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Self { status, headers, body: Ok(body), most },
                Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                    return Self { status, headers, body: Err(Unread::TooLong), most };
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Err(_) => return Self { status, headers, body: Err(Unread::Cut), most },
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn bare(status: u16, headers: HeaderMap) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self { status, headers, body: Ok(Vec::new()), most: LONGEST_ANSWER }
    }

    /// Whether its end was lost on the way.
    pub(crate) const fn is_cut(&self) -> bool {
        matches!(self.body, Err(Unread::Cut))
    }

    fn text(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn echoes(&self, id: &str) -> bool {
        ["webhook-id", "idempotency-key"].into_iter().any(|name| {
            self.headers.get(name).is_some_and(|value| value.as_bytes() == id.as_bytes())
        })
    }

    /// The last part of the address that a 201 gives for what it made.
    fn made(&self) -> Option<String> {
        let location =
            self.text(header::LOCATION).filter(|_| self.status == StatusCode::CREATED)?;
        let path = location.split(['?', '#']).next()?.trim_end_matches('/');
        let last = path.rsplit('/').next().filter(|last| !last.is_empty())?;
        // Only what decodes to text can be a reference or our id.
        percent_decoded(last)
    }

    pub(crate) fn json(&self) -> Result<Value, String> {
        let body = match &self.body {
            Ok(body) => body,
            Err(Unread::Cut) => return Err("its answer was cut off".to_owned()),
            Err(Unread::TooLong) => {
                return Err(format!("its answer is longer than {} bytes", self.most));
            }
        };
        let body = unpacked(body, self.text(header::CONTENT_ENCODING), self.most)?;
        let kind = self.text(header::CONTENT_TYPE);
        let text = charset::text_of_answer(&body, kind).map_err(|error| error.to_string())?;
        serde_json::from_str(&text).map_err(|_not_json| {
            let kind = kind.unwrap_or("of no declared type");
            format!("its answer is no JSON but {kind:.60}, {} bytes", body.len())
        })
    }

    /// Whether this 2xx confirms delivery `id`; if not, why not.
    pub(crate) fn confirms(&self, id: &str, rule: Confirmation) -> Result<Confirmed, String> {
        let json = self.json();
        let made = self.made();
        let values = json.as_ref().map_or_else(|_| Vec::new(), parts);
        let named = self.echoes(id)
            || made.as_deref() == Some(id)
            || values.iter().any(|part| part.get("id").and_then(Value::as_str) == Some(id));
        let reference = reference_in(&values, made.as_deref().filter(|made| *made != id));
        let enough = match rule {
            Confirmation::Id => named,
            Confirmation::Reference => named || matches!(reference, Ok(Some(_))),
            Confirmation::Status => true,
        };
        if rule != Confirmation::Status {
            // The rest of it may have held the opposite.
            if self.is_cut() {
                return Err("its answer was cut off".to_owned());
            }
            if let Some(denied) = values.iter().find_map(|part| denial(part)) {
                return Err(format!("its answer says no itself ({denied})"));
            }
        }
        if !enough {
            return Err(json.err().unwrap_or_else(|| match (rule, reference) {
                (Confirmation::Id, Ok(Some(_))) => {
                    "its answer gives a reference and does not name the delivery; if that is how \
                     it confirms, set confirmation = \"reference\""
                        .to_owned()
                }
                (Confirmation::Id, _) => "its answer does not name the delivery".to_owned(),
                _ => "its answer has neither the delivery's id nor a reference".to_owned(),
            }));
        }
        Ok(match reference {
            Ok(reference) => {
                let remark = json.err().filter(|_| reference.is_none() && !self.is_empty());
                let remark = remark.map(|why| format!("no reference was read: {why}"));
                Confirmed { reference, remark }
            }
            Err(fault) => Confirmed { reference: None, remark: Some(fault.to_string()) },
        })
    }

    fn is_empty(&self) -> bool {
        self.body.as_ref().is_ok_and(Vec::is_empty)
    }
}

/// A body without the compression that nobody asked for.
fn unpacked<'b>(
    body: &'b [u8],
    coding: Option<&str>,
    most: usize,
) -> Result<Cow<'b, [u8]>, String> {
    let reader: Box<dyn Read + 'b> = match coding.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "identity") => return Ok(Cow::Borrowed(body)),
        Some("gzip" | "x-gzip") => Box::new(GzDecoder::new(body)),
        Some("deflate") => Box::new(ZlibDecoder::new(body)),
        Some(other) => return Err(format!("its answer is compressed as {other:.20}")),
    };
    let mut plain = Vec::new();
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    match reader.take(bound).read_to_end(&mut plain) {
        Ok(length) if length <= most => Ok(Cow::Owned(plain)),
        Ok(_) => Err(format!("its answer is longer than {most} bytes")),
        Err(error) => Err(format!("its answer does not unpack: {error}")),
    }
}

/// An answer and what it nests.
fn parts(answer: &Value) -> Vec<&Value> {
    let nested = NESTED.into_iter().filter_map(|name| answer.get(name));
    std::iter::once(answer).chain(nested).collect()
}

fn reference_in(parts: &[&Value], made: Option<&str>) -> Result<Option<String>, ReferenceFault> {
    for part in parts {
        let given = part.get("reference").unwrap_or(&Value::Null);
        if let Some(reference) = read_reference(given)? {
            return Ok(Some(reference));
        }
    }
    made.map_or(Ok(None), written)
}

/// What in an answer says that the delivery was not taken, though its status does not.
fn denial(part: &Value) -> Option<String> {
    let no = DENIALS.into_iter().find(|name| part.get(name) == Some(&Value::Bool(false)));
    if let Some(name) = no {
        return Some(format!("`{name}` is false"));
    }
    let error = part.get("error").filter(|error| {
        !matches!(error, Value::Null | Value::Bool(false)) && error.as_str() != Some("")
    });
    error.map(|_| "it has an `error`".to_owned())
}

/// Decodes `%41`; `None` for what is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_JM-20261128-7K3MQ2VX_planning";

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers.collect(),
            body: Ok(body.to_vec()),
            most: LONGEST_ANSWER,
        }
    }

    fn named(rest: &str) -> String {
        format!(r#"{{"id":"{ID}"{rest}}}"#)
    }

    fn reference(confirmed: Result<Confirmed, String>) -> Option<String> {
        confirmed.unwrap().reference
    }

    #[test]
    fn s5_only_an_answer_that_names_the_delivery_confirms_it() {
        let echoed = [("webhook-id", ID)];
        let created = format!("https://oa.example/deliveries/{ID}");
        for own in [
            answer(200, &[], named("").as_bytes()),
            answer(202, &[], named(r#","reference":null"#).as_bytes()),
            answer(200, &[("content-encoding", "identity")], named("").as_bytes()),
            answer(200, &[], format!(r#"{{"code":0,"data":{}}}"#, named("")).as_bytes()),
            answer(204, &echoed, b""),
            answer(200, &[("idempotency-key", ID)], b"<html>"),
            answer(201, &[("location", &created)], b""),
        ] {
            assert!(own.confirms(ID, Confirmation::Id).is_ok(), "{own:?}");
        }
        for other in [
            answer(200, &[("content-type", "text/html")], b"<!doctype html><title>OA</title>"),
            answer(204, &[], b""),
            answer(200, &[], b"ok"),
            answer(200, &[], b"{}"),
            answer(200, &[], br#"{"reference":"A-1"}"#),
            answer(200, &[], br#"{"code":401,"msg":"not signed in"}"#),
            answer(200, &[], br#"{"id":"msg_JM-20261128-22222222_planning"}"#),
            answer(200, &[("webhook-id", "msg_other")], b"{}"),
            // Whatever repeats what it was sent has it in its text, and not as its answer.
            answer(200, &[], format!("<p>{ID}</p>").as_bytes()),
            answer(200, &[], format!(r#"{{"headers":{{"webhook-id":"{ID}"}}}}"#).as_bytes()),
            answer(200, &[], named(r#","success":false"#).as_bytes()),
            answer(200, &[], named(r#","error":"duplicate key""#).as_bytes()),
            answer(200, &[], named(r#","found":false"#).as_bytes()),
            answer(201, &[("location", "/cases/77")], b""),
            Answer { body: Err(Unread::Cut), ..answer(200, &echoed, b"") },
        ] {
            assert!(other.confirms(ID, Confirmation::Id).is_err(), "{other:?}");
        }
        // A body without end is not read; the header alone speaks.
        let long = Answer { body: Err(Unread::TooLong), ..answer(200, &echoed, b"") };
        let remark = long.confirms(ID, Confirmation::Id).unwrap().remark.unwrap();
        assert!(remark.contains("longer than"), "{remark}");
    }

    #[test]
    fn s5_departments_that_cannot_are_taken_at_their_reference_or_their_status_by_leave() {
        let numbered = answer(200, &[], br#"{"reference":"A-1"}"#);
        let page = answer(200, &[], b"<html>");
        assert_eq!(reference(numbered.confirms(ID, Confirmation::Reference)).unwrap(), "A-1");
        assert!(page.confirms(ID, Confirmation::Reference).is_err());
        assert_eq!(reference(numbered.confirms(ID, Confirmation::Status)).unwrap(), "A-1");
        let hint = numbered.confirms(ID, Confirmation::Id).unwrap_err();
        assert!(hint.contains("confirmation = \"reference\""), "{hint}");
        let remark = page.confirms(ID, Confirmation::Status).unwrap().remark.unwrap();
        assert!(remark.contains("no JSON"), "{remark}");
        let made = answer(201, &[("location", "https://oa.example/cases/A-7/?x=1")], b"");
        assert_eq!(reference(made.confirms(ID, Confirmation::Reference)).unwrap(), "A-7");
    }

    #[test]
    fn s5_a_reference_is_read_from_what_departments_really_answer() {
        let (gbk, ..) = encoding_rs::GBK.encode("受字〔2026〕1号");
        let mut in_gbk = format!(r#"{{"id":"{ID}","reference":""#).into_bytes();
        in_gbk.extend_from_slice(&gbk);
        in_gbk.extend_from_slice(br#""}"#);
        let declared = [("content-type", "application/json;charset=gbk")];
        let nested = format!(r#"{{"code":0,"id":"{ID}","data":{{"reference":77}}}}"#);
        for (own, read) in [
            (answer(200, &[], named(r#","reference":" SD-1 ""#).as_bytes()), "SD-1"),
            (answer(200, &[], format!("\u{feff}{}", named(r#","reference":"B""#)).as_bytes()), "B"),
            (answer(200, &[], named(r#","reference":20261129"#).as_bytes()), "20261129"),
            (answer(200, &declared, &in_gbk), "受字〔2026〕1号"),
            (answer(200, &[], &in_gbk), "受字〔2026〕1号"),
            (answer(200, &[], nested.as_bytes()), "77"),
            (answer(201, &[("location", "/cases/2026%2F7")], named("").as_bytes()), "2026/7"),
        ] {
            assert_eq!(reference(own.confirms(ID, Confirmation::Id)).as_deref(), Some(read));
        }
    }

    #[test]
    fn s5_what_is_packed_is_unpacked_within_reason() {
        use flate2::{Compression, read::GzEncoder};
        let packed = |body: &[u8]| {
            let mut out = Vec::new();
            GzEncoder::new(body, Compression::best()).read_to_end(&mut out).unwrap();
            out
        };
        let gzip = [("content-encoding", "GZIP")];
        let own = answer(200, &gzip, &packed(named(r#","reference":"Z-1""#).as_bytes()));
        assert_eq!(reference(own.confirms(ID, Confirmation::Id)).as_deref(), Some("Z-1"));
        let bomb = answer(200, &gzip, &packed(&vec![b' '; 50_000_000]));
        assert!(bomb.confirms(ID, Confirmation::Id).unwrap_err().contains("longer than"));
        let broken = answer(200, &gzip, b"{}");
        assert!(broken.confirms(ID, Confirmation::Id).unwrap_err().contains("unpack"));
        let other = answer(200, &[("content-encoding", "br")], b"{}");
        assert!(other.confirms(ID, Confirmation::Id).unwrap_err().contains("compressed as br"));
    }

    #[test]
    fn s5_a_reference_that_is_lost_is_told() {
        let long = format!(r#","reference":"{}""#, "9".repeat(250));
        for (own, told) in [
            (answer(200, &[], named(&long).as_bytes()), "250 characters"),
            (answer(200, &[], named(r#","reference":{"no":1}"#).as_bytes()), "neither text"),
            (answer(200, &[("webhook-id", ID)], b"accepted A-1"), "no JSON"),
        ] {
            let confirmed = own.confirms(ID, Confirmation::Id).unwrap();
            assert_eq!(confirmed.reference, None);
            assert!(confirmed.remark.as_ref().unwrap().contains(told), "{confirmed:?}");
        }
        // One that never was is no loss.
        for own in [answer(200, &[], named("").as_bytes()), answer(204, &[("webhook-id", ID)], b"")]
        {
            assert_eq!(own.confirms(ID, Confirmation::Id).unwrap().remark, None);
        }
    }
}
