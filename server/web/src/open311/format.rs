//! What Open311 answers, in its two formats. An answer is written down once; XML and JSON are made of it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use serde_json::{Value, json};

/// In which form an answer is wanted: the last part of the address says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

impl Format {
    /// The name before the ending of an address, and the format that the ending names.
    pub(super) fn split(last: &str) -> Option<(&str, Self)> {
        let (name, ending) = last.rsplit_once('.')?;
        match ending {
            "json" => Some((name, Self::Json)),
            "xml" => Some((name, Self::Xml)),
            _ => None,
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Xml => "text/xml; charset=utf-8",
        }
    }
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Nothing is said: an empty element, `null`.
    Missing,
    Text(String),
    Flag(bool),
    Number(u32),
    /// Several, each an element of that name.
    Several(&'static str, Vec<Part>),
    Fields(Vec<(&'static str, Part)>),
}

impl Part {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn text_or_missing(text: Option<String>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }

    fn json(&self) -> Value {
        match self {
            Self::Missing => Value::Null,
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
            Self::Several(_, parts) => parts.iter().map(Self::json).collect(),
            Self::Fields(fields) => {
                fields.iter().map(|(name, part)| ((*name).to_owned(), part.json())).collect()
            }
        }
    }

    fn xml(&self, name: &str, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let element = writer.create_element(name);
        let said = match self {
            Self::Missing => {
                element.write_empty()?;
                return Ok(());
            }
            Self::Text(text) => plain(text),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Several(of, parts) => {
                element.write_inner_content(|inner| {
                    parts.iter().try_for_each(|part| part.xml(of, inner))
                })?;
                return Ok(());
            }
            Self::Fields(fields) => {
                element.write_inner_content(|inner| {
                    fields.iter().try_for_each(|(name, part)| part.xml(name, inner))
                })?;
                return Ok(());
            }
        };
        element.write_text_content(BytesText::new(&said))?;
        Ok(())
    }
}

/// A text without the characters that XML has no way to write.
fn plain(text: &str) -> String {
    let written = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(|c| written(c) && !matches!(c, '\u{FFFE}' | '\u{FFFF}')).collect()
}

/// An answer whose root element has that name in XML.
pub(super) fn answer(format: Format, status: StatusCode, root: &str, part: &Part) -> Response {
    let body = match format {
        Format::Json => part.json().to_string().into_bytes(),
        Format::Xml => {
            let mut writer = Writer::new(Vec::new());
            let declared = BytesDecl::new("1.0", Some("utf-8"), None);
            let written = writer
                .write_event(Event::Decl(declared))
                .and_then(|()| part.xml(root, &mut writer));
            if let Err(error) = written {
                // Into memory nothing fails to be written.
                tracing::error!(%error, "an Open311 answer could not be written");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
            writer.into_inner()
        }
    };
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(format.kind()));
    let kept = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (status, [kind, kept], body).into_response()
}

/// Why something is refused, in the words of the specification: `errors` with a code, which is the status too,
/// and a description each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) descriptions: Vec<String>,
    pub(super) retry_after: Option<u64>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, description: impl Into<String>) -> Self {
        Self { status, descriptions: vec![description.into()], retry_after: None }
    }

    pub(super) fn bad(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, description)
    }

    pub(super) fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, description)
    }

    pub(super) fn forbidden(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, description)
    }

    pub(super) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The portal cannot answer just now. Try again.")
    }

    pub(super) fn too_often(seconds: u64) -> Self {
        let description = format!("Too many requests. Wait {seconds} s.");
        let retry_after = Some(seconds);
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, description) }
    }

    pub(super) fn answer(&self, format: Format) -> Response {
        let error = |description: &String| {
            let code = Part::Number(u32::from(self.status.as_u16()));
            Part::Fields(vec![("code", code), ("description", Part::text(description))])
        };
        let errors = Part::Several("error", self.descriptions.iter().map(error).collect());
        let mut response = answer(format, self.status, "errors", &errors);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn s13_one_answer_is_written_in_both_formats_and_nothing_typed_leaves_its_element() {
        let typed = "</description><script>&\u{1}\n号";
        let part = Part::Several(
            "request",
            vec![Part::Fields(vec![
                ("description", Part::text(typed)),
                ("media_url", Part::Missing),
                ("order", Part::Number(1)),
                ("required", Part::Flag(true)),
            ])],
        );
        let xml = body(answer(Format::Xml, StatusCode::OK, "service_requests", &part)).await;
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests><request><description>\
             &lt;/description&gt;&lt;script&gt;&amp;\n号</description><media_url/><order>1</order>\
             <required>true</required></request></service_requests>"
        );
        let json = body(answer(Format::Json, StatusCode::OK, "service_requests", &part)).await;
        assert_eq!(
            serde_json::from_str::<Value>(&json).unwrap(),
            json!([{ "description": typed, "media_url": null, "order": 1, "required": true }])
        );
    }

    #[tokio::test]
    async fn s13_errors_are_those_of_the_specification() {
        let refused = Refused::forbidden("no key");
        let xml = body(refused.answer(Format::Xml)).await;
        assert!(xml.ends_with(
            "<errors><error><code>403</code><description>no key</description></error></errors>"
        ));
        let json = body(refused.answer(Format::Json)).await;
        assert_eq!(json, r#"[{"code":403,"description":"no key"}]"#);
        assert_eq!(Format::split("violation-report.xml"), Some(("violation-report", Format::Xml)));
        assert_eq!(Format::split("requests.csv"), None);
    }
}
