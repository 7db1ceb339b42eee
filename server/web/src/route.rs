//! Routes that know what they are: declared once, read by what stands before handlers, and all asked
//! by a test, also those added tomorrow.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
};

use axum::http::{HeaderMap, Method, Uri, header};

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
    /// What the door answers of it.
    pub at_door: AtDoor,
    /// Whether a program may ask there by a key of its own.
    pub keyed: bool,
}

/// What of a route the door answers, to GET and HEAD, before anybody asks the routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtDoor {
    /// Nothing.
    Nothing,
    /// That the process runs.
    Alive,
    /// What is kept of places.
    Kept(KeptKind),
}

/// An answer about a place that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptKind {
    /// Its page.
    Page,
    /// It as a GeoJSON feature.
    Feature,
    /// What restricts it.
    Restrictions,
}

impl RouteInfo {
    /// What an address is that no route knows, and no word of it leads to one.
    #[must_use]
    pub fn nowhere(method: &Method, headers: &HeaderMap) -> Self {
        Self {
            audience: if wants_json_alone(headers) { Program } else { Person },
            kind: if method.is_safe() { Kind::Page } else { Kind::Form },
            area: "other",
            compressed: true,
            at_door: AtDoor::Nothing,
            keyed: false,
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
#[derive(Clone)]
pub struct RouteTable {
    by_path: matchit::Router<Vec<Route>>,
    /// First words of paths that lead programs alone anywhere.
    of_programs: HashSet<&'static str>,
}

impl std::fmt::Debug for RouteTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RouteTable").field("of_programs", &self.of_programs).finish_non_exhaustive()
    }
}

/// The route of a request.
#[derive(Clone, Copy, Debug)]
pub struct Found<'u> {
    /// What it is.
    pub info: RouteInfo,
    /// The last parameter of its path, as it stands in the address; else empty.
    pub last: &'u str,
}

impl RouteTable {
    /// The table of these routes.
    ///
    /// # Errors
    /// Where the paths of two cannot be told from each other.
    pub fn new(routes: Vec<Route>) -> Result<Self, matchit::InsertError> {
        let mut own = BTreeMap::<_, Vec<_>>::new();
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
            own.entry(route.path.clone()).or_default().push(route);
        }
        of_programs.retain(|word| !of_persons.contains(word));
        let mut by_path = matchit::Router::new();
        for (path, routes) in own {
            by_path.insert(path, routes)?;
        }
        Ok(Self { by_path, of_programs })
    }

    /// What the route of a request is: of its method, or where it has none of that method, of
    /// another; of an address that no route knows, how it is answered that there is nothing.
    #[must_use]
    pub fn find<'u>(&self, method: &Method, uri: &'u Uri, headers: &HeaderMap) -> Found<'u> {
        let asked = if method == Method::HEAD { &Method::GET } else { method };
        let Ok(at) = self.by_path.at(uri.path()) else {
            return Found { info: self.unknown(method, uri, headers), last: "" };
        };
        let own = at.value.iter().find(|route| route.method.as_ref().is_none_or(|m| m == asked));
        let info = own.or(at.value.first()).map(|route| route.info);
        Found {
            info: info.unwrap_or_else(|| self.unknown(method, uri, headers)),
            last: at.params.iter().last().map_or("", |(_, value)| value),
        }
    }

    /// Whoever asks below a word that belongs to programs is one, and so is who wants JSON and no page.
    fn unknown(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> RouteInfo {
        let word = uri.path().split('/').find(|part| !part.is_empty());
        let nowhere = RouteInfo::nowhere(method, headers);
        match word.and_then(|word| self.of_programs.get(word)).copied() {
            Some(area) => RouteInfo { audience: Program, kind: Kind::Api, area, ..nowhere },
            None => nowhere,
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
    use axum::http::Request;

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
        let (head, ()) = request.body(()).unwrap().into_parts();
        let table = RouteTable::new(routes.list()).unwrap();
        let Found { info, .. } = table.find(&head.method, &head.uri, &head.headers);
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
