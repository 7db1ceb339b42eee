//! The way to a department, as far as HTTP is concerned.

use std::error::Error as _;

use async_trait::async_trait;
use reqwest::{Client, Proxy, Request, Response, redirect};

use crate::departments::Department;

/// What carries an exchange to a department and its answer back. TLS, proxies and time limits are its
/// own. The network is a parameter, as clock and store are: so schedules of failures can be run by
/// thousands.
#[async_trait]
pub trait Wire: Send + Sync {
    /// Sends `request`, and returns once the head of an answer is there.
    ///
    /// # Errors
    /// [`Lost`]: how far it came.
    async fn exchange(&self, request: Request) -> Result<Response, Lost>;
}

/// An exchange without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// There was no connection, so the department has nothing of it.
    NoConnection(String),
    /// The time was up. The department may have it.
    NoAnswer,
    /// The connection ended on the way. The department may have it.
    OnTheWay(String),
}

#[async_trait]
impl Wire for Client {
    async fn exchange(&self, request: Request) -> Result<Response, Lost> {
        self.execute(request).await.map_err(|error| {
            // The address carries the delivery's id, which the log line has anyway.
            let error = error.without_url();
            if error.is_connect() || error.is_builder() {
                Lost::NoConnection(innermost(&error))
            } else if error.is_timeout() {
                Lost::NoAnswer
            } else {
                Lost::OnTheWay(innermost(&error))
            }
        })
    }
}

/// The HTTP client for a department: whom it trusts, by which proxy, how long.
pub(crate) fn client_for(department: &Department) -> Result<Client, reqwest::Error> {
    let mut client = Client::builder()
        .user_agent(concat!("jianma/", env!("CARGO_PKG_VERSION")))
        // A signed body goes where the configuration says, not where an answer or a variable
        // of the environment points.
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(department.timeout)
        // Shorter than the whole, so that «no connection» is told from «no answer».
        .connect_timeout(department.timeout / 2);
    let outward = [department.endpoint.as_ref(), department.proxy.as_ref()];
    client = if outward.into_iter().flatten().any(|url| url.scheme() == "https") {
        client.tls_certs_merge(department.authorities.iter().cloned())
    } else {
        // Nobody has to be trusted, so a machine that trusts nobody will do.
        client.tls_certs_only([])
    };
    if let Some(proxy) = &department.proxy {
        client = client.proxy(Proxy::all(proxy.clone())?);
    }
    client.build()
}

/// reqwest's own text only says «error sending request» or «builder error»; the cause lies further in.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(next) = cause.and_then(|error| error.source()) {
        cause = Some(next);
    }
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}
