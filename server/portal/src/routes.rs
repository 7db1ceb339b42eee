//! Routes that know what they are: declared once, read by what stands before handlers, and all asked
//! by a test, also those added tomorrow.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    convert::Infallible,
};

use axum::{
    Router,
    extract::{MatchedPath, Request},
    handler::Handler,
    http::{HeaderMap, Method, header},
    response::IntoResponse,
    routing::{MethodRouter, any_service, get, post},
};
use tower_http::{CompressionLevel, compression::CompressionLayer};
use utoipa::openapi::{Components, OpenApi};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::{security::limits::Kind, state::AppState};

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

/// The routes of a router. The only way to add one: elsewhere `axum::Router::route` is forbidden, or
/// the canary test (rule P2) would not ask it.
#[derive(Default)]
pub struct Routes {
    routes: Vec<(Route, MethodRouter<AppState>)>,
    described: OpenApi,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|(route, _)| route)).finish()
    }
}

use Audience::{Person, Program};

impl Routes {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A page: answers GET, and HEAD with it.
    #[must_use]
    pub fn page<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, page: H) -> Self {
        self.with(Some(Method::GET), path, (Person, Kind::Page), get(page))
    }

    /// A form that hands something in.
    #[must_use]
    pub fn form<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, form: H) -> Self {
        self.with(Some(Method::POST), path, (Person, Kind::Form), post(form))
    }

    /// A form that hands nothing in: it counts as a page.
    #[must_use]
    pub fn switch<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, form: H) -> Self {
        self.with(Some(Method::POST), path, (Person, Kind::Page), post(form))
    }

    /// What programs read or hand in, with its description.
    #[must_use]
    pub fn api(self, handlers: UtoipaMethodRouter<AppState>) -> Self {
        self.described(handlers, |method| if method.is_safe() { Kind::Api } else { Kind::Form })
    }

    /// A department's word, with its description.
    #[must_use]
    pub fn callback(self, handlers: UtoipaMethodRouter<AppState>) -> Self {
        self.described(handlers, |_| Kind::Callback)
    }

    /// What programs read and no description names: the description itself.
    #[must_use]
    pub fn undescribed<H: Handler<T, AppState>, T: 'static>(
        self,
        path: &'static str,
        read: H,
    ) -> Self {
        self.with(Some(Method::GET), path, (Program, Kind::Api), get(read))
    }

    /// What operators and their watchdogs ask.
    #[must_use]
    pub fn operations<H: Handler<T, AppState>, T: 'static>(
        self,
        path: &'static str,
        answer: H,
    ) -> Self {
        self.with(Some(Method::GET), path, (Program, Kind::Operations), get(answer))
    }

    /// Built files.
    #[must_use]
    pub fn files<S>(self, path: &'static str, files: S) -> Self
    where
        S: tower::Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.with(None, path, (Person, Kind::File), any_service(files))
    }

    /// The same, whose answers go out as they are.
    #[must_use]
    pub fn uncompressed(mut self) -> Self {
        for (route, _) in &mut self.routes {
            route.info.compressed = false;
        }
        self
    }

    /// These and those of another list.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        self.described.merge(other.described);
        self
    }

    /// What the routes are, without their handlers.
    #[must_use]
    pub fn list(&self) -> Vec<Route> {
        self.routes.iter().map(|(route, _)| route.clone()).collect()
    }

    /// What the routes for programs say of themselves.
    #[must_use]
    pub fn description(&self) -> OpenApi {
        self.described.clone()
    }

    /// The router; `fallback` answers what no route knows.
    #[expect(clippy::disallowed_methods, reason = "here the routes are written down")]
    pub fn into_router<H: Handler<T, AppState>, T: 'static>(self, fallback: H) -> Router<AppState> {
        let (mut compressed, mut plain) = (Router::new(), Router::new());
        for (route, handler) in self.routes {
            let router = if route.info.compressed { &mut compressed } else { &mut plain };
            *router = std::mem::take(router).route(&route.path, handler);
        }
        let small = CompressionLayer::new().quality(CompressionLevel::Fastest);
        compressed.fallback(fallback).layer(small).merge(plain)
    }

    fn with(
        mut self,
        method: Option<Method>,
        path: &'static str,
        (audience, kind): (Audience, Kind),
        handler: MethodRouter<AppState>,
    ) -> Self {
        let area = path.split('/').nth(1).unwrap_or_default();
        let info = RouteInfo { audience, kind, area, compressed: true };
        self.routes.push((Route { method, path: path.into(), info }, handler));
        self
    }

    fn described(
        mut self,
        (schemas, paths, handler): UtoipaMethodRouter<AppState>,
        kind: impl Fn(&Method) -> Kind,
    ) -> Self {
        for (path, item) in &paths.paths {
            let methods = [(Method::GET, &item.get), (Method::POST, &item.post)];
            for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
                let kind = kind(&method);
                let info = RouteInfo { audience: Program, kind, area: "api", compressed: true };
                let route = Route { method: Some(method), path: path.clone().into(), info };
                self.routes.push((route, handler.clone()));
            }
        }
        let components = self.described.components.get_or_insert_with(Components::new);
        components.schemas.extend(schemas);
        for (path, item) in paths.paths {
            match self.described.paths.paths.get_mut(&path) {
                Some(known) => known.merge_operations(item),
                None => {
                    self.described.paths.paths.insert(path, item);
                }
            }
        }
        self
    }
}

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
    pub fn new(routes: &Routes) -> Self {
        let mut by_path = HashMap::<_, Vec<_>>::new();
        let (mut of_programs, mut of_persons) = (HashSet::new(), HashSet::new());
        for route in routes.list() {
            let words = match route.info.audience {
                Program => &mut of_programs,
                Person => &mut of_persons,
            };
            words.insert(route.info.area);
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
        let area = word.and_then(|word| self.of_programs.get(word)).copied();
        let kind = match (area, request.method().is_safe()) {
            (Some(_), _) => Kind::Api,
            (None, true) => Kind::Page,
            (None, false) => Kind::Form,
        };
        let is_program = area.is_some() || wants_json_alone(request.headers());
        RouteInfo {
            audience: if is_program { Program } else { Person },
            kind,
            area: area.unwrap_or("other"),
            compressed: true,
        }
    }
}

/// Whether a client names JSON among what it takes, and no page.
fn wants_json_alone(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let types = values
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let types: Vec<String> = types.collect();
    let is_json = |range: &String| range == "application/json" || range.ends_with("+json");
    let is_page = |range: &String| matches!(&**range, "text/html" | "application/xhtml+xml");
    types.iter().any(is_json) && !types.iter().any(is_page)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

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
        let info = RouteTable::new(&routes).find(&request.body(Body::empty()).unwrap());
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
            for accept in ["application/json", "Application/Problem+JSON;q=0.9, */*;q=0.1"] {
                assert_eq!(audience(path, Some(accept)), (Program, "other"), "{path}: {accept}");
            }
        }
    }
}
