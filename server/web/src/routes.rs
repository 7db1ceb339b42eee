//! Writing routes down: each once, with its handler and what it is.

use std::convert::Infallible;

use axum::{
    Router,
    extract::Request,
    handler::Handler,
    http::Method,
    response::IntoResponse,
    routing::{MethodRouter, any, any_service, get, post},
};
use tower_http::{CompressionLevel, compression::CompressionLayer};
use utoipa::openapi::{Components, OpenApi, OpenApiBuilder};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::{
    limits::Kind,
    route::{
        AtDoor,
        Audience::{self, Person, Program},
        KeptKind, Route, RouteInfo,
    },
    state::AppState,
};

/// The routes of a router. The only way to add one: elsewhere `axum::Router::route` is forbidden, or
/// the canary test (rule P2) would not ask it.
#[derive(Default)]
pub struct Routes {
    /// With each handler its routes: one for each method.
    routes: Vec<(Vec<Route>, MethodRouter<AppState>)>,
    described: OpenApi,
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

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

    /// A route of a place: the door answers what is kept of it.
    #[must_use]
    pub fn page_kept<H: Handler<T, AppState>, T: 'static>(
        self,
        path: &'static str,
        page: H,
    ) -> Self {
        let at_door = AtDoor::Kept(KeptKind::Page);
        self.with_at_door(Some(Method::GET), path, (Person, Kind::Page, at_door), get(page))
    }

    /// A form that hands something in.
    #[must_use]
    pub fn form<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, form: H) -> Self {
        self.with(Some(Method::POST), path, (Person, Kind::Form), post(form))
    }

    /// A form that opens a receipt.
    #[must_use]
    pub fn opening<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, form: H) -> Self {
        self.with(Some(Method::POST), path, (Person, Kind::Receipt), post(form))
    }

    /// A form that hands nothing in: it counts as a page.
    #[must_use]
    pub fn switch<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, form: H) -> Self {
        self.with(Some(Method::POST), path, (Person, Kind::Page), post(form))
    }

    /// What programs read or hand in, with its description.
    #[must_use]
    pub fn api(self, handlers: UtoipaMethodRouter<AppState>) -> Self {
        self.described(handlers, AtDoor::Nothing, |method| {
            if method.is_safe() { Kind::Api } else { Kind::Form }
        })
    }

    /// What programs read of a place, with its description: the door answers what is kept of it.
    #[must_use]
    pub fn api_kept(self, handlers: UtoipaMethodRouter<AppState>, kept: KeptKind) -> Self {
        self.described(handlers, AtDoor::Kept(kept), |_| Kind::Api)
    }

    /// What programs ask with a body and hand nothing in by, or bring to what is handed in later, with its description:
    /// it counts as a read.
    #[must_use]
    pub fn question(self, handlers: UtoipaMethodRouter<AppState>) -> Self {
        self.described(handlers, AtDoor::Nothing, |_| Kind::Api)
    }

    /// A department's word, with its description.
    #[must_use]
    pub fn callback(self, handlers: UtoipaMethodRouter<AppState>) -> Self {
        self.described(handlers, AtDoor::Nothing, |_| Kind::Callback)
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

    /// Whether the process runs: the door says so.
    #[must_use]
    pub fn alive<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, answer: H) -> Self {
        let kind = (Program, Kind::Operations, AtDoor::Alive);
        self.with_at_door(Some(Method::GET), path, kind, get(answer))
    }

    /// What is there for operators alone, whatever the method: the answer tells strangers nothing.
    #[must_use]
    pub fn operators<H: Handler<T, AppState>, T: 'static>(
        self,
        path: &'static str,
        answer: H,
    ) -> Self {
        self.with(None, path, (Program, Kind::Operations), any(answer))
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

    /// These routes, whose answers go out uncompressed.
    #[must_use]
    pub fn uncompressed(mut self) -> Self {
        for route in self.routes.iter_mut().flat_map(|(routes, _)| routes) {
            route.info.compressed = false;
        }
        self
    }

    /// These routes, where programs may ask by a key of their own.
    #[must_use]
    pub fn keyed(mut self) -> Self {
        for route in self.routes.iter_mut().flat_map(|(routes, _)| routes) {
            route.info.keyed = true;
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
        self.routes.iter().flat_map(|(routes, _)| routes).cloned().collect()
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
        for (routes, handler) in self.routes {
            let Some(route) = routes.first() else { continue };
            let router = if route.info.compressed { &mut compressed } else { &mut plain };
            *router = std::mem::take(router).route(&route.path, handler);
        }
        let small = CompressionLayer::new().quality(CompressionLevel::Fastest);
        compressed.fallback(fallback).layer(small).merge(plain)
    }

    fn with(
        self,
        method: Option<Method>,
        path: &'static str,
        (audience, kind): (Audience, Kind),
        handler: MethodRouter<AppState>,
    ) -> Self {
        self.with_at_door(method, path, (audience, kind, AtDoor::Nothing), handler)
    }

    fn with_at_door(
        mut self,
        method: Option<Method>,
        path: &'static str,
        (audience, kind, at_door): (Audience, Kind, AtDoor),
        handler: MethodRouter<AppState>,
    ) -> Self {
        let area = path.split('/').nth(1).unwrap_or_default();
        let info = RouteInfo { audience, kind, area, compressed: true, at_door, keyed: false };
        self.routes.push((vec![Route { method, path: path.into(), info }], handler));
        self
    }

    fn described(
        mut self,
        (schemas, paths, handler): UtoipaMethodRouter<AppState>,
        at_door: AtDoor,
        kind: impl Fn(&Method) -> Kind,
    ) -> Self {
        for (path, item) in &paths.paths {
            let methods = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            let described = methods.into_iter().filter(|(_, operation)| operation.is_some());
            let routes = described.map(|(method, _)| {
                let kind = kind(&method);
                let at_door = if method == Method::GET { at_door } else { AtDoor::Nothing };
                let area = if path.starts_with("/open311/") { "open311" } else { "api" };
                let audience = Program;
                let (compressed, keyed) = (true, false);
                let info = RouteInfo { audience, kind, area, compressed, at_door, keyed };
                Route { method: Some(method), path: path.clone().into(), info }
            });
            self.routes.push((routes.collect(), handler.clone()));
        }
        let mut components = Components::new();
        components.schemas.extend(schemas);
        let described = OpenApiBuilder::new().paths(paths).components(Some(components));
        self.described.merge(described.build());
        self
    }
}
