//! Routes that know what they are: declared once, read by what stands before handlers, and all asked
//! by a test, also those added tomorrow.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, Method, header},
};

use crate::limits::Kind;

/// Who asks at a route, and so how it says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A person: with a page.
    Person,
    /// A program: with a problem (RFC 9457).
    Program,
}

/// What a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// Who asks there.
    pub audience: Audience,
    /// What it counts as.
    pub kind: Kind,
    /// The first word of its path, which alone is logged: the rest may tell who somebody is (rule
    /// P9).
    pub area: &'static str,
    /// Whether its answers are compressed. Not where one carries a receipt's secret: the length of a
    /// compressed answer tells of what is in it.
    pub compressed: bool,
}

impl RouteInfo {
    /// What an address is that no route knows, and no word of it leads to one.
    #[must_use]
    pub fn nowhere(request: &Request) -> Self {
        Self {
            audience: if wants_json_alone(request.headers()) { Program } else { Person },
            kind: if request.method().is_safe() { Kind::Page } else { Kind::Form },
            area: "other",
            compressed: true,
        }
    }
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its method; `None` for any.
    pub method: Option<Method>,
    /// Its path, parameters in braces.
    pub path: Cow<'static, str>,
    /// What it is.
    pub info: RouteInfo,
}

use Audience::{Person, Program};

/// What each route is, by its path, for what stands before handlers.
#[derive(Clone, Debug)]
pub struct RouteTable {
    by_path: HashMap<Cow<'static, str>, Vec<Route>>,
    /// First words of paths that lead programs alone anywhere.
    of_programs: HashSet<&'static str>,
}

impl RouteTable {
    /// The table of these routes.
    #[must_use]
    pub fn new(routes: Vec<Route>) -> Self {
        let mut by_path = HashMap::<_, Vec<_>>::new();
        let (mut of_programs, mut of_persons) = (HashSet::new(), HashSet::new());
        for route in routes {
            let words = match route.info.audience {
                Program => &mut of_programs,
                Person => &mut of_persons,
            };
            // What is there for operators alone is nowhere to others, also by what is below it.
            if (route.info.kind, &route.method) != (Kind::Operations, &None) {
                words.insert(route.info.area);
            }
            by_path.entry(route.path.clone()).or_default().push(route);
        }
        of_programs.retain(|word| !of_persons.contains(word));
        Self { by_path, of_programs }
    }

    /// What the route of a request is: of its method, or where it has none of that method, of
    /// another; of an address that no route knows, how it is answered that there is nothing.
    #[must_use]
    pub fn find(&self, request: &Request) -> RouteInfo {
        let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let method = match *request.method() {
            Method::HEAD => &Method::GET,
            ref method => method,
        };
        let routes = self.by_path.get(path).map(Vec::as_slice).unwrap_or_default();
        let own = routes.iter().find(|route| route.method.as_ref().is_none_or(|m| m == method));
        own.or(routes.first()).map_or_else(|| self.unknown(request), |route| route.info)
    }

    /// Whoever asks below a word that belongs to programs is one, and so is who wants JSON and no page.
    fn unknown(&self, request: &Request) -> RouteInfo {
        let word = request.uri().path().split('/').find(|part| !part.is_empty());
        match word.and_then(|word| self.of_programs.get(word)).copied() {
            Some(area) => RouteInfo { audience: Program, kind: Kind::Api, area, compressed: true },
            None => RouteInfo::nowhere(request),
        }
    }
}

/// Whether a client names JSON among what it takes, and no page.
fn wants_json_alone(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(|value| value.split(',')).map(str::to_ascii_lowercase);
    let types: Vec<String> = ranges.filter_map(|range| wanted(&range).map(str::to_owned)).collect();
    let is_json = |range: &String| range == "application/json" || range.ends_with("+json");
    let is_page = |range: &String| matches!(&**range, "text/html" | "application/xhtml+xml");
    types.iter().any(is_json) && !types.iter().any(is_page)
}

/// The type or coding that a range of an `Accept` header names; none where its weight of 0 says that
/// it is not wanted (RFC 9110 §12.4.2).
pub(crate) fn wanted(range: &str) -> Option<&str> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let is_zero = weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|it| it <= 0.0));
    (!is_zero).then_some(name)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::routes::Routes;

    async fn nothing() {}

    fn audience(path: &str, accept: Option<&str>) -> (Audience, &'static str) {
        let routes = Routes::new()
            .undescribed("/api/openapi.json", nothing)
            .operations("/healthz", nothing)
            .page("/both/page", nothing)
            .undescribed("/both/data.json", nothing);
        let mut request = Request::builder().uri(path);
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        let info = RouteTable::new(routes.list()).find(&request.body(Body::empty()).unwrap());
        (info.audience, info.area)
    }

    #[test]
    fn an_unknown_address_is_answered_as_who_asks_there_reads() {
        for path in ["/api", "/api/", "/api/v2", "//api/v1", "/api/v1/parcels/x/y", "/healthz/x"] {
            assert_eq!(audience(path, None).0, Program, "{path}");
            assert_eq!(audience(path, Some("text/html")).0, Program, "{path}");
        }
        assert_eq!(audience("/api?x", None), (Program, "api"));
        for path in ["/", "/apis", "/nowhere/api", "/both/other"] {
            assert_eq!(audience(path, None), (Person, "other"), "{path}");
            assert_eq!(audience(path, Some("*/*")).0, Person, "{path}");
            assert_eq!(audience(path, Some("text/html, application/json;q=0.5")).0, Person);
            for refused in ["application/json;q=0", "*/*, application/json ; Q=0.000"] {
                assert_eq!(audience(path, Some(refused)).0, Person, "{path}: {refused}");
            }
            let no_page = "application/json, text/html;q=0";
            for accept in [no_page, "application/json", "Application/Problem+JSON;q=0.9, */*;q=0.1"]
            {
                assert_eq!(audience(path, Some(accept)), (Program, "other"), "{path}: {accept}");
            }
        }
    }
}
