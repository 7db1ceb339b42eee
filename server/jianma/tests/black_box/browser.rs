//! A browser as far as forms need one: it keeps cookies, each for its path.

use std::{cell::RefCell, collections::BTreeMap};

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

use crate::harness::client;

/// A browser at a portal.
pub struct Browser {
    address: String,
    /// Values by name and path.
    cookies: RefCell<BTreeMap<(String, String), String>>,
}

/// What it was answered.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Where it leads.
    pub fn location(&self) -> String {
        self.headers["location"].to_str().unwrap().to_owned()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let field = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&field)?;
        Some(rest.split('"').next()?.to_owned())
    }
}

impl Browser {
    pub fn at(address: &str) -> Self {
        Self { address: address.to_owned(), cookies: RefCell::default() }
    }

    pub async fn get(&self, path: &str) -> Page {
        let asked = client().get(format!("{}{path}", self.address));
        self.answered(path, asked).await
    }

    /// Sends a form of texts.
    pub async fn post(&self, path: &str, form: &Value) -> Page {
        let asked = client().post(format!("{}{path}", self.address)).form(form);
        self.answered(path, asked).await
    }

    async fn answered(&self, path: &str, asked: reqwest::RequestBuilder) -> Page {
        let asked = asked.header("cookie", self.cookies_for(path));
        let response = asked.send().await.unwrap();
        self.keep(&response);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Page { status, headers, text: response.text().await.unwrap() }
    }

    fn cookies_for(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap_or_default();
        let below = |of: &str| of == "/" || path == of || path.starts_with(&format!("{of}/"));
        let cookies = self.cookies.borrow();
        let sent = cookies.iter().filter(|((_, of), _)| below(of));
        sent.map(|((name, _), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, response: &Response) {
        for cookie in response.headers().get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let mut parts = text.split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            let path = parts.clone().find_map(|part| part.strip_prefix("Path=")).unwrap();
            let key = (name.to_owned(), path.to_owned());
            if parts.any(|part| part == "Max-Age=0") {
                self.cookies.borrow_mut().remove(&key);
            } else {
                self.cookies.borrow_mut().insert(key, value.to_owned());
            }
        }
    }
}
