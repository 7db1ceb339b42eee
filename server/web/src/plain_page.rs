//! Pages for which nothing is rendered: what is said to many, and often, is written ahead, in both
//! languages at once. Which one somebody reads is not asked.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// What such a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its title, Chinese and English.
    pub title: (&'static str, &'static str),
    /// What happened and what to do, Chinese.
    pub zh: Cow<'static, str>,
    /// The same in English.
    pub en: Cow<'static, str>,
}

impl Words {
    /// Words without figures.
    #[must_use]
    pub const fn fixed(
        title: (&'static str, &'static str),
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self { title, zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// The page of these words, with `more`, in HTML, below them.
    #[must_use]
    pub fn page(&self, status: StatusCode, more: &str) -> Response {
        let Self { title: (title_zh, title_en), zh, en } = self;
        let html = format!(
            "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title_zh} {title_en}</title></head><body><main>\
             <h1>{title_zh}</h1><p>{zh}</p><p><a href=\"/\">回到首页</a></p>\
             <div lang=\"en\"><h2>{title_en}</h2><p>{en}</p><p><a href=\"/\">Home</a></p></div>{more}\
             </main></body></html>\n"
        );
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (status, headers, html).into_response()
    }
}
