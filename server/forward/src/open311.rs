//! Departments that speak Open311 GeoReport v2 and nothing else: a request is posted to them as a report, and what
//! they say of it is read from where they publish it ([`crate::StatusReader`]).
//!
//! The protocol knows no key of a report. So the number of the request stands first in its description, and where an
//! answer was lost the department's own list is searched for it before anything is sent again. Where the list does
//! not have it nobody can tell whether the report is there: a person has to ask, and is told so.

mod report;

use std::{collections::BTreeMap, fmt};

use domain::reference::read_reference;
use reqwest::Url;
use serde_json::Value;

use crate::answer::Confirmed;

pub use report::Places;
pub(crate) use report::{Unsaid, form, listed};

/// What stands before a token in the place of a reference, until the department has given one.
const TOKEN: &str = "token:";

/// How a department is spoken to by Open311.
#[derive(Clone)]
pub struct Open311 {
    /// Which of its jurisdictions is meant, where it has several.
    pub jurisdiction_id: Option<String>,
    /// The key that it gave this portal.
    pub api_key: Option<String>,
    /// What it calls each service, by the item of the catalogue.
    pub services: BTreeMap<String, String>,
    /// Whether everybody may read descriptions and files of reports, as the protocol has it: then it gets no address
    /// by which files are opened.
    pub publishes: bool,
}

impl fmt::Debug for Open311 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jurisdiction_id, services, publishes, .. } = self;
        f.debug_struct("Open311")
            .field("jurisdiction_id", jurisdiction_id)
            .field("services", services)
            .field("publishes", publishes)
            .finish_non_exhaustive()
    }
}

impl Open311 {
    /// An address below its endpoint, with the jurisdiction that is meant.
    pub(crate) fn address(&self, endpoint: &Url, below: &[&str]) -> Url {
        let mut url = endpoint.clone();
        // Fails for addresses that cannot have a path; those were refused when read.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(below);
        }
        if let Some(jurisdiction) = &self.jurisdiction_id {
            url.query_pairs_mut().append_pair("jurisdiction_id", jurisdiction);
        }
        url
    }
}

/// What an answer to a report says: the department's own id, or a token that leads to one.
///
/// # Errors
/// In words, where it says neither.
pub(crate) fn kept(answer: &Value) -> Result<Confirmed, String> {
    let said = answer.get(0).unwrap_or(answer);
    let text = |name: &str| read_reference(said.get(name).unwrap_or(&Value::Null));
    let reference = match (text("service_request_id"), text("token")) {
        (Ok(Some(id)), _) => id,
        (_, Ok(Some(token))) => format!("{TOKEN}{token}"),
        (Err(fault), _) => return Err(format!("its service_request_id is no reference: {fault}")),
        (_, Err(fault)) => return Err(format!("its token is no reference: {fault}")),
        (Ok(None), Ok(None)) => {
            return Err("it gives no service_request_id and no token".to_owned());
        }
    };
    Ok(Confirmed { reference: Some(reference), remark: None })
}

/// The token that stands in the place of a reference.
pub(crate) fn token_of(reference: &str) -> Option<&str> {
    reference.strip_prefix(TOKEN)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s5_an_answer_to_a_report_is_read_as_open311_servers_write_it() {
        let read = |answer: Value| kept(&answer).map(|it| it.reference.unwrap());
        assert_eq!(read(json!([{ "service_request_id": "293944" }])).unwrap(), "293944");
        assert_eq!(read(json!([{ "service_request_id": 293_944 }])).unwrap(), "293944");
        assert_eq!(read(json!({ "service_request_id": "a" })).unwrap(), "a");
        let token = read(json!([{ "service_request_id": "", "token": "12345" }])).unwrap();
        assert_eq!(token_of(&token), Some("12345"));
        for nothing in [json!([]), json!([{}]), json!("ok"), json!([{ "service_request_id": [] }])]
        {
            assert!(read(nothing.clone()).is_err(), "{nothing}");
        }
    }

    #[test]
    fn an_address_stands_below_the_endpoint_with_its_jurisdiction() {
        let of = |jurisdiction: Option<&str>| Open311 {
            jurisdiction_id: jurisdiction.map(str::to_owned),
            api_key: Some("secret-key".into()),
            services: BTreeMap::new(),
            publishes: true,
        };
        let endpoint: Url = "https://o.example/v2/".parse().unwrap();
        let address = of(Some("city.gov")).address(&endpoint, &["requests", "a b.json"]);
        assert_eq!(
            address.as_str(),
            "https://o.example/v2/requests/a%20b.json?jurisdiction_id=city.gov"
        );
        assert_eq!(
            of(None).address(&endpoint, &["requests.json"]).as_str(),
            "https://o.example/v2/requests.json"
        );
        assert!(!format!("{:?}", of(None)).contains("secret-key"));
    }
}
